//! Which rows of the table a path fits. A pattern fits whole segments at the end of the path, or, with a `/` at
//! its end, the folder that they name and all below it; `*` and `?` stay within a segment.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem;

use super::table::{STRAYS, StrayRow};
use crate::inspect::pattern::fit;
use crate::paths;

/// A row that a path fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    /// The rule that the row is of, as its index in [`STRAYS`].
    pub(crate) rule: usize,
    pub(crate) row: &'static StrayRow,
    pub(crate) pattern: &'static str,
    /// Segments before those that the pattern names.
    pub(crate) depth: usize,
    /// Bytes of the path up to the end of the named segments.
    pub(crate) end: usize,
}

/// The patterns of all rules: by a segment that they name in full, and those that name none.
#[derive(Debug)]
struct Index {
    by_segment: HashMap<&'static str, Vec<Candidate>>,
    /// For each first byte the lengths of the segments above, as bits: most paths need no hash.
    lengths: [u64; 256],
    /// By the last byte of a path that they could fit.
    by_last: Vec<Vec<(Shape, Candidate)>>,
    /// Those that end in anything.
    others: Vec<(Shape, Candidate)>,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    rule: usize,
    row: &'static StrayRow,
    pattern: &'static str,
}

/// What a path must look like at least for a pattern without a literal segment to fit.
#[derive(Debug)]
enum Shape {
    /// The file's name begins and ends so, has this in it, and at least so many bytes.
    Name { head: &'static str, tail: &'static str, part: &'static str, least: usize },
    /// A folder's name ends so, or begins so if the end is free.
    Folder(Box<memmem::Finder<'static>>),
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let by_last = (0..=u8::MAX).map(|_| Vec::new()).collect();
        let mut index = Self { by_segment: HashMap::new(), lengths: [0; 256], by_last, others: Vec::new() };
        for (rule, stray) in STRAYS.iter().enumerate() {
            for row in stray.rows {
                for pattern in row.paths {
                    index.add(Candidate { rule, row, pattern });
                }
            }
        }
        index
    }

    fn add(&mut self, candidate: Candidate) {
        let is_literal = |segment: &&str| !segment.is_empty() && !segment.contains(WILD);
        // the last ones are words that many paths have
        match candidate.pattern.split('/').find(is_literal) {
            Some(segment) => {
                if let Some(lengths) = self.lengths.get_mut(first_byte(segment)) {
                    *lengths |= bit(segment);
                }
                self.by_segment.entry(segment).or_default().push(candidate);
            }
            None => {
                let shape = Shape::of(candidate.pattern);
                let by_last = shape.last().and_then(|last| self.by_last.get_mut(usize::from(last)));
                by_last.unwrap_or(&mut self.others).push((shape, candidate));
            }
        }
    }

    /// The patterns that could fit the path.
    fn candidates<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Candidate> {
        let known = |segment: &&str| {
            self.lengths.get(first_byte(segment)).is_some_and(|lengths| lengths & bit(segment) != 0)
        };
        let named =
            path.split('/').filter(known).filter_map(|segment| self.by_segment.get(segment)).flatten();
        let name = path.rsplit('/').next().unwrap_or_default();
        let last = path.as_bytes().last().map_or(0, |&byte| usize::from(byte));
        let others = self.by_last.get(last).into_iter().flatten().chain(&self.others);
        let others = others.filter(move |(shape, _)| shape.could_be(path, name));
        named.chain(others.map(|(_, candidate)| candidate))
    }
}

const WILD: [char; 3] = ['*', '?', '['];

impl Shape {
    fn of(pattern: &'static str) -> Self {
        let folder = pattern.strip_suffix('/');
        let name = folder.unwrap_or(pattern).rsplit('/').next().unwrap_or_default();
        let head = name.split(WILD).next().unwrap_or_default();
        let tail = name.rsplit(['*', '?', ']']).next().unwrap_or_default();
        match folder {
            Some(_) => Self::Folder(Box::new(memmem::Finder::new(if tail.is_empty() { head } else { tail }))),
            None => {
                let parts = || name.split("[0-9]").flat_map(|part| part.split(WILD));
                let part = parts().max_by_key(|part| part.len()).unwrap_or_default();
                let least = parts().map(str::len).sum();
                Self::Name { head, tail, part, least }
            }
        }
    }

    fn could_be(&self, path: &str, name: &str) -> bool {
        match self {
            Self::Name { head, tail, part, least } => {
                name.len() >= *least
                    && begins_like(name, head)
                    && name.starts_with(head)
                    && name.ends_with(tail)
                    && name.contains(part)
            }
            Self::Folder(part) => part.find(path.as_bytes()).is_some(),
        }
    }

    /// The last byte that a path must have, if it must.
    fn last(&self) -> Option<u8> {
        match self {
            Self::Name { tail, .. } => tail.as_bytes().last().copied(),
            Self::Folder(_) => None,
        }
    }
}

/// Whether a name has the first byte of another: most have not, and that is told without comparing more.
fn begins_like(name: &str, head: &str) -> bool {
    head.as_bytes().first().is_none_or(|first| name.as_bytes().first() == Some(first))
}

fn first_byte(segment: &str) -> usize {
    segment.as_bytes().first().map_or(0, |&byte| usize::from(byte))
}

fn bit(segment: &str) -> u64 {
    1 << segment.len().min(63)
}

/// All rows whose paths fit and whose exceptions don't, each once.
pub(crate) fn matches(path: &str) -> Vec<Match> {
    let mut found = Vec::new();
    matches_as_written(path, &mut found);
    if let Some(path) = paths::with_lower_case_extension(path) {
        matches_as_written(&path, &mut found);
    }
    found
}

fn matches_as_written(path: &str, found: &mut Vec<Match>) {
    for &Candidate { rule, row, pattern } in INDEX.candidates(path) {
        if found.iter().any(|other| std::ptr::eq(other.row, row)) {
            continue;
        }
        let Some((depth, end)) = fit(pattern, path) else { continue };
        if !is_excepted(row, path) {
            found.push(Match { rule, row, pattern, depth, end });
        }
    }
}

/// Whether the path is one of those that are no strays after all.
pub(crate) fn is_excepted(row: &StrayRow, path: &str) -> bool {
    row.not.iter().any(|pattern| fit(pattern, path).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_a_folder_ends() {
        let path = "package/.git/hooks/x";
        let found = matches(path);
        assert_eq!(&path[..found[0].end], "package/.git");
        assert_eq!(found[0].depth, 1);
        assert_eq!(STRAYS[found[0].rule].name, "stray-vcs");
    }

    #[test]
    fn an_extension_may_be_in_capitals() {
        let rules =
            |path: &str| matches(path).iter().map(|found| STRAYS[found.rule].name).collect::<Vec<_>>();
        assert!(rules("package/dist/server.KEY").contains(&"stray-credential"));
        assert_eq!(rules("package/dist/INDEX.JS"), [""; 0]);
        assert_eq!(rules("package/.DS_Store").len(), 1);
    }

    #[test]
    fn exceptions_hold() {
        let rules =
            |path: &str| matches(path).iter().map(|found| STRAYS[found.rule].name).collect::<Vec<_>>();
        assert_eq!(rules("package/.env.example"), [""; 0]);
        assert!(rules("package/.env").contains(&"stray-credential"));
        assert_eq!(rules("package/secrets/index.js"), [""; 0]);
        assert_eq!(rules("package/lib/core/index.js"), [""; 0]);
        assert_eq!(rules("lib/python3.12/site-packages/a/__pycache__/b.pyc"), [""; 0]);
        for stray in [".venv/lib/python3.12/site-packages/a/__pycache__/b.pyc", "a/__pycache__/b.pyc"] {
            assert!(rules(stray).contains(&"stray-cache"), "{stray}");
        }
    }
}
