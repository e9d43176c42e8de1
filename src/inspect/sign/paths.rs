//! Which rows of the table a path fits. A pattern fits whole segments at the end of the path, or, with a `/` at
//! its end, the folder that they name and all below it; `*` and `?` stay within a segment.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::{STRAYS, StrayRow, StrayRule};

/// A row that a path fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) rule: &'static StrayRule,
    pub(crate) row: &'static StrayRow,
    pub(crate) pattern: &'static str,
    /// Segments before those that the pattern names.
    pub(crate) depth: usize,
    /// Bytes of the path up to the end of the named segments.
    pub(crate) end: usize,
}

type Candidate = (&'static StrayRule, &'static StrayRow, &'static str);

/// The patterns by a segment that they name in full; those that name none apart.
#[derive(Debug, Default)]
struct Index {
    by_segment: HashMap<&'static str, Vec<Candidate>>,
    others: Vec<Candidate>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::default();
    for rule in STRAYS {
        for row in rule.rows {
            for pattern in row.paths {
                let literal = pattern
                    .split('/')
                    .rfind(|segment| !segment.is_empty() && !segment.contains(['*', '?', '[']));
                let list = match literal {
                    Some(segment) => index.by_segment.entry(segment).or_default(),
                    None => &mut index.others,
                };
                list.push((rule, row, pattern));
            }
        }
    }
    index
});

/// All rows whose paths fit and whose exceptions don't, each once.
pub(crate) fn matches(path: &str) -> Vec<Match> {
    let named = path.split('/').filter_map(|segment| INDEX.by_segment.get(segment)).flatten();
    let mut found: Vec<Match> = Vec::new();
    for &(rule, row, pattern) in named.chain(&INDEX.others) {
        if found.iter().any(|other| std::ptr::eq(other.row, row)) {
            continue;
        }
        let Some((depth, end)) = fit(pattern, path) else { continue };
        if !row.not.iter().any(|pattern| fit(pattern, path).is_some()) {
            found.push(Match { rule, row, pattern, depth, end });
        }
    }
    found
}

/// Where the pattern fits: segments before it, and the byte at which its last segment ends.
fn fit(pattern: &str, path: &str) -> Option<(usize, usize)> {
    let (wanted, folder) = pattern.strip_suffix('/').map_or((pattern, false), |wanted| (wanted, true));
    let length = wanted.split('/').count();
    let segments = path.split('/').count();
    let places = if folder {
        0..segments.saturating_sub(length)
    } else {
        segments.checked_sub(length)?..segments - length + 1
    };
    places.into_iter().find_map(|depth| {
        let mut here = path.split('/').skip(depth);
        let fits = wanted
            .split('/')
            .all(|part| here.next().is_some_and(|segment| wildcard(part.as_bytes(), segment.as_bytes())));
        let bytes = path.split('/').take(depth + length).map(|segment| segment.len() + 1).sum::<usize>();
        fits.then(|| (depth, bytes.saturating_sub(1)))
    })
}

/// `*`, `?` and `[0-9]` as in a shell, without going back more than one star: linear but for repeats.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
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

    #[test]
    fn says_where_a_folder_ends() {
        let path = "package/.git/hooks/x";
        let found = matches(path);
        assert_eq!(&path[..found[0].end], "package/.git");
        assert_eq!(found[0].depth, 1);
    }

    #[test]
    fn exceptions_hold() {
        let rules = |path: &str| matches(path).iter().map(|found| found.rule.name).collect::<Vec<_>>();
        assert_eq!(rules("package/.env.example"), [""; 0]);
        assert!(rules("package/.env").contains(&"stray-credential"));
        assert_eq!(rules("package/secrets/index.js"), [""; 0]);
        assert_eq!(rules("package/lib/core/index.js"), [""; 0]);
    }
}
