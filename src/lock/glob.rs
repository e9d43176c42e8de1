//! Globs of lock lines: `*` and `?` stay inside a segment, `**` as a segment stands for any number of
//! segments. Brackets and braces mean themselves (`pages/[id].js` is a path like any other).

/// Whether a path matches, in time proportional to the product of both lengths at most.
pub(super) fn matches(glob: &str, path: &str) -> bool {
    let segments: Vec<Vec<char>> = path.split('/').map(|segment| segment.chars().collect()).collect();
    let wanted: Vec<Vec<char>> = glob.split('/').map(|segment| segment.chars().collect()).collect();
    backtrack(
        &wanted,
        &segments,
        |glob| glob == &['*', '*'],
        |glob, segment| backtrack(glob, segment, |c| *c == '*', |c, other| *c == '?' || c == other),
    )
}

/// Whether a text holds a wildcard.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The classic two-pointer match: only the last star is ever taken back.
fn backtrack<T>(glob: &[T], text: &[T], star: impl Fn(&T) -> bool, same: impl Fn(&T, &T) -> bool) -> bool {
    let (mut g, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(item) = text.get(t) {
        match glob.get(g) {
            Some(wanted) if star(wanted) => {
                retry = Some((g + 1, t));
                g += 1;
            }
            Some(wanted) if same(wanted, item) => {
                g += 1;
                t += 1;
            }
            _ => match retry {
                Some((after_star, from)) => {
                    retry = Some((after_star, from + 1));
                    g = after_star;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    glob.get(g..).is_some_and(|rest| rest.iter().all(star))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs() {
        for (glob, path, expected) in [
            ("a.js", "a.js", true),
            ("a.js", "b.js", false),
            ("dist/*-????????.js", "dist/index-BkYR3Qdz.js", true),
            ("dist/*-????????.js", "dist/index-BkYR3Qdz.js.map", false),
            ("dist/*-????????.js", "dist/index-BkYR3Q.js", false),
            ("dist/*-????????.js", "dist/sub/index-BkYR3Qdz.js", false),
            ("dist/*", "dist/", true),
            ("dist/**", "dist/a/b/c", true),
            ("dist/**/x.js", "dist/x.js", true),
            ("dist/**/x.js", "dist/a/b/x.js", true),
            ("dist/**/x.js", "dist/a/b/y.js", false),
            ("**", "anything/at/all", true),
            ("**/*.d.ts", "index.d.ts", true),
            ("*.d.ts", "a/index.d.ts", false),
            ("pages/[id].js", "pages/[id].js", true),
            ("pages/[id].js", "pages/i.js", false),
            ("?.js", "ä.js", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(glob, path), expected, "{glob} on {path}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(50_000)[..20_000].replace('a', "b")));
        assert!(!matches(&"**/a/".repeat(50), &"b/".repeat(2_000)));
    }
}
