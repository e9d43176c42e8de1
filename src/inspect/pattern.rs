//! Patterns for paths: whole segments at the end of a path, or, with a `/` at the end, the folder that they name and
//! all below it; `*` and `?` stay within a segment.

/// Where the pattern fits: segments before it, and the byte at which its last segment ends.
pub(super) fn fit(pattern: &str, path: &str) -> Option<(usize, usize)> {
    let Some(wanted) = pattern.strip_suffix('/') else { return at_end(pattern, path) };
    let length = wanted.split('/').count();
    let places = path.split('/').count().saturating_sub(length);
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    starts.enumerate().take(places).find_map(|(depth, start)| {
        let mut here = path.get(start..)?.split('/');
        let mut end = start;
        let fits = wanted.split('/').all(|part| {
            here.next().is_some_and(|segment| {
                end += segment.len() + 1;
                wildcard(part.as_bytes(), segment.as_bytes())
            })
        });
        fits.then(|| (depth, end.saturating_sub(1)))
    })
}

/// The same for whole segments at the end.
fn at_end(pattern: &str, path: &str) -> Option<(usize, usize)> {
    let mut start = path.len() + 1;
    for part in pattern.rsplit('/') {
        let before = path.get(..start.checked_sub(1)?)?.as_bytes();
        start = memchr::memrchr(b'/', before).map_or(0, |slash| slash + 1);
        if !wildcard(part.as_bytes(), before.get(start..)?) {
            return None;
        }
    }
    let depth = memchr::memchr_iter(b'/', path.get(..start)?.as_bytes()).count();
    Some((depth, path.len()))
}

/// `*`, `?` and `[0-9]` as in a shell, without going back more than one star: linear but for repeats.
pub(super) fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    const DIGIT: &[u8] = b"[0-9]";
    let (mut at, mut text_at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let rest = pattern.get(at..).unwrap_or_default();
        match (rest, text.get(text_at)) {
            ([], None) => return true,
            ([b'*', ..], _) => {
                star = Some((at + 1, text_at));
                at += 1;
                continue;
            }
            ([b'?', ..], Some(_)) => (at, text_at) = (at + 1, text_at + 1),
            (class, Some(byte)) if class.starts_with(DIGIT) && byte.is_ascii_digit() => {
                (at, text_at) = (at + DIGIT.len(), text_at + 1);
            }
            ([wanted, ..], Some(byte)) if wanted == byte => (at, text_at) = (at + 1, text_at + 1),
            _ => match star {
                Some((after, from)) if from < text.len() => {
                    star = Some((after, from + 1));
                    (at, text_at) = (after, from + 1);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_segments() {
        for (pattern, path, fits) in [
            (".git/", "package/.git/config", true),
            (".git/", "package/.git", false),
            (".git/", "package/x.git/config", false),
            (".git", "package/sub/.git", true),
            ("test/", "package/contest/a.js", false),
            (".claude/settings.json", "a/b/.claude/settings.json", true),
            (".claude/settings.json", "a/b/.claude/x/settings.json", false),
            ("*.log", "a/b.log", true),
            ("*.log", "a/b.log/c", false),
            (".env.*", "a/.env.local", true),
            (".env.*", "a/.env", false),
            ("._*", "package/._", true),
            ("report.[0-9]*.json", "report.20250101.1.json", true),
            ("report.[0-9]*.json", "report.x.json", false),
            ("coverage/*/*.html", "package/coverage/src/a.js.html", true),
            ("*", "", true),
            ("a/b/c", "b/c", false),
        ] {
            assert_eq!(fit(pattern, path).is_some(), fits, "{pattern} {path}");
        }
    }
}
