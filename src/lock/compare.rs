use std::collections::HashMap;

use crate::inventory::{EntryId, Inventory};

use super::subject::{relative, spellings};
use super::survey::locked;
use super::{Line, OWN_FILES, Pattern, Section, glob};

/// How an artifact differs from what the lock says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift<'a> {
    /// Entries that no line allows, in the order of the artifact, with their path relative to the root.
    pub new: Vec<(EntryId, String)>,
    /// Lines whose paths aren't there.
    pub missing: Vec<&'a Line>,
    /// Entries larger than their line allows.
    pub grown: Vec<Grown>,
}

/// An entry that outgrew its size class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grown {
    /// The entry.
    pub entry: EntryId,
    /// Path relative to the root.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// What its line allows, in bytes.
    pub most: u64,
}

impl Drift<'_> {
    /// Whether the artifact is what the lock says.
    pub fn is_none(&self) -> bool {
        self.new.is_empty() && self.missing.is_empty() && self.grown.is_empty()
    }
}

/// Compares an artifact with the section that is about it.
pub fn compare<'a>(section: &'a Section, inventory: &Inventory) -> Drift<'a> {
    let index = Index::of(&section.lines);
    let mut used = vec![false; section.lines.len()];
    let mut drift = Drift::default();
    for entry in locked(inventory) {
        let path = relative(inventory, &entry.path);
        let matching = index.matching(&spellings(inventory, &path));
        for at in &matching {
            if let Some(used) = used.get_mut(*at) {
                *used = true;
            }
        }
        match matching.iter().filter_map(|at| section.lines.get(*at)).map(Line::most).max() {
            None => drift.new.push((entry.id, path)),
            Some(most) if entry.size > most => {
                drift.grown.push(Grown { entry: entry.id, path, bytes: entry.size, most })
            }
            Some(_) => {}
        }
    }
    drift.missing = section
        .lines
        .iter()
        .zip(used)
        .filter(|(line, used)| !used && line.is_promise() && !OWN_FILES.contains(&line.pattern.text()))
        .map(|(line, _)| line)
        .collect();
    drift
}

/// Lines by what they match, so that a path isn't compared with all of them.
pub(super) struct Index<'a> {
    plain: HashMap<&'a str, usize>,
    globs: Vec<Glob<'a>>,
    lines: &'a [Line],
}

struct Glob<'a> {
    text: &'a str,
    /// What is before the first and after the last wildcard: a quick way to say no.
    prefix: &'a str,
    suffix: &'a str,
    line: usize,
}

impl<'a> Index<'a> {
    pub(super) fn of(lines: &'a [Line]) -> Self {
        let mut plain = HashMap::new();
        let mut globs = Vec::new();
        for (line, text) in lines.iter().map(|line| &line.pattern).enumerate() {
            let wildcard = |c: char| matches!(c, '*' | '?');
            match text {
                Pattern::Glob(text) if glob::has_wildcard(text) => {
                    let prefix = text.split(wildcard).next().unwrap_or_default();
                    let suffix = text.rsplit(wildcard).next().unwrap_or_default();
                    // `dist/**/x` allows `dist/x` too, where the two slashes are one.
                    let suffix = suffix.trim_start_matches('/');
                    globs.push(Glob { text, prefix, suffix, line });
                }
                Pattern::Glob(text) | Pattern::Exact(text) => {
                    plain.insert(text.as_str(), line);
                }
            }
        }
        Self { plain, globs, lines }
    }

    /// The lines that allow a path: one that names it, or else all globs that fit.
    pub(super) fn matching(&self, spellings: &[String]) -> Vec<usize> {
        let named = spellings
            .iter()
            .filter_map(|spelling| self.plain.get(spelling.as_str()).copied())
            .find(|at| self.lines.get(*at).is_some_and(|line| line.pattern.allows(spellings)));
        if let Some(named) = named {
            return vec![named];
        }
        let fits = |glob: &&Glob<'_>| {
            spellings.iter().any(|path| {
                path.starts_with(glob.prefix) && path.ends_with(glob.suffix) && glob::matches(glob.text, path)
            })
        };
        self.globs.iter().filter(fits).map(|glob| glob.line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::survey::survey;
    use super::super::{Lock, Subject, parse};
    use super::*;
    use crate::inventory::testing::npm;
    use std::path::Path;

    fn section(inventory: &Inventory) -> Section {
        Section { subject: Subject::of(inventory), number: 0, comments: Vec::new(), lines: survey(inventory) }
    }

    fn lock(lines: &str) -> Lock {
        parse(Path::new("packgate.lock"), format!("packgate-lock 1\n\n[npm acme]\n{lines}").as_bytes())
            .unwrap()
    }

    fn new_paths(drift: &Drift<'_>) -> Vec<String> {
        drift.new.iter().map(|(_, path)| path.clone()).collect()
    }

    #[test]
    fn an_artifact_is_what_its_own_lock_says() {
        let inventory = npm(
            "1.0.0",
            &[("a.js", 1), ("what?.js", 2), ("big-1.0.0.bin", 60 << 20), ("m/x-BkYR3Qdz.js", 4)],
        );
        assert!(compare(&section(&inventory), &inventory).is_none());
    }

    #[test]
    fn the_next_release_with_other_version_and_hashes_is_too() {
        let one =
            npm("1.0.0", &[("big-1.0.0.bin", 60 << 20), ("m/x-BkYR3Qdz.js", 4), ("m/y-1x2Y3z4W.js", 4)]);
        let two =
            npm("1.1.0", &[("big-1.1.0.bin", 61 << 20), ("m/x-ZZtop123.js", 9), ("m/new-9A8b7C6d.js", 4)]);
        assert!(compare(&section(&one), &two).is_none());
    }

    #[test]
    fn the_map_is_new() {
        let one = npm("1.0.0", &[("cli.js", 4000), ("m/x-BkYR3Qdz.js", 4)]);
        let two = npm(
            "1.0.1",
            &[
                ("cli.js", 4000),
                ("cli.js.map", 59_800_000),
                ("m/x-BkYR3Qdz.js", 4),
                ("m/x-BkYR3Qdz.js.map", 4),
            ],
        );
        let section = section(&one);
        assert_eq!(new_paths(&compare(&section, &two)), ["cli.js.map", "m/x-BkYR3Qdz.js.map"]);
    }

    #[test]
    fn missing_and_grown() {
        let lock = lock("a.js\nb.js  optional\nc.node  <= 2 MiB\ndist/x-????????.js\ndocs/**\n");
        let drifted = npm("1.0.0", &[("c.node", 3 << 20), ("d.js", 1)]);
        let drift = compare(&lock.sections[0], &drifted);
        assert_eq!(new_paths(&drift), ["d.js"]);
        assert_eq!(drift.missing.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 7]);
        assert_eq!((drift.grown[0].bytes, drift.grown[0].most), (3 << 20, 2 << 20));
    }

    #[test]
    fn what_lies_outside_the_root_is_not_what_lies_inside() {
        let mut inventory = npm("1.0.0", &[("a.js", 1)]);
        inventory.entries[0].path = "a.js".into();
        assert_eq!(new_paths(&compare(&lock("a.js\n").sections[0], &inventory)), ["../a.js"]);
    }

    #[test]
    fn globs_by_hand() {
        let lock = lock("dist/**/x.js\nlocale/*.json\n");
        let fine = npm("1.0.0", &[("dist/x.js", 1), ("dist/a/b/x.js", 1), ("locale/de.json", 1)]);
        assert!(compare(&lock.sections[0], &fine).is_none());
        let not = npm("1.0.0", &[("dist/xx.js", 1), ("locale/de/x.json", 1)]);
        assert_eq!(compare(&lock.sections[0], &not).new.len(), 2);
    }
}
