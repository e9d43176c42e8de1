use crate::inventory::Inventory;

use super::compare::{Index, compare};
use super::subject::spellings;
use super::survey::survey_with_paths;
use super::{Line, Lock, Section, Subject, size_class};

/// A lock that was brought up to date.
#[derive(Debug, Clone)]
pub struct Update {
    /// The new lock.
    pub lock: Lock,
    /// What became of which lines, by section.
    pub changes: Vec<Change>,
}

/// A line that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The section that it is in.
    pub subject: Subject,
    /// Whether the line is new.
    pub added: bool,
    /// The line as written.
    pub text: String,
}

/// Brings a lock up to date with artifacts. Sections about other artifacts stay as they are. Comments
/// stay, and so do lines that still fit, be it that somebody wrote a wider glob by hand than packgate would
/// have; lines go when no artifact has their paths, and come for paths that no line allows. Where several
/// artifacts share a section, a path that only some of them have is optional.
pub fn update(lock: &Lock, inventories: &[Inventory]) -> Update {
    let mut new = lock.clone();
    let mut subjects: Vec<Subject> = inventories.iter().map(Subject::of).collect();
    subjects.sort();
    subjects.dedup();
    let mut changes = Vec::new();
    for subject in subjects {
        let own: Vec<&Inventory> =
            inventories.iter().filter(|inventory| Subject::of(inventory) == subject).collect();
        let before = lock.section(&subject).cloned();
        let after = section(&subject, before.as_ref(), &own);
        changes.extend(differences(&subject, before.as_ref(), &after));
        match new.sections.iter_mut().find(|section| section.subject == subject) {
            Some(section) => *section = after,
            None => new.sections.push(after),
        }
    }
    new.sections.sort_by(|a, b| a.subject.cmp(&b.subject));
    Update { lock: new, changes }
}

fn section(subject: &Subject, before: Option<&Section>, inventories: &[&Inventory]) -> Section {
    let empty = || Section { subject: subject.clone(), number: 0, comments: Vec::new(), lines: Vec::new() };
    let mut section = before.cloned().unwrap_or_else(empty);
    for inventory in inventories {
        grow(&mut section, inventory);
        add_missing(&mut section, inventory);
    }
    // Which lines have no path in how many of the artifacts.
    let mut absent = vec![0; section.lines.len()];
    for inventory in inventories {
        for line in compare(&section, inventory).missing {
            if let Some(at) = section.lines.iter().position(|other| std::ptr::eq(other, line))
                && let Some(count) = absent.get_mut(at)
            {
                *count += 1;
            }
        }
    }
    let mut absent = absent.into_iter();
    section.lines.retain_mut(|line| {
        let count = absent.next().unwrap_or(0);
        line.optional |= count > 0;
        count < inventories.len()
    });
    section
}

/// Raises the limits of lines that an entry has outgrown.
fn grow(section: &mut Section, inventory: &Inventory) {
    let index = Index::of(&section.lines);
    let mut raised = Vec::new();
    for grown in compare(section, inventory).grown {
        for at in index.matching(&spellings(inventory, &grown.path)) {
            raised.push((at, grown.bytes));
        }
    }
    for (at, bytes) in raised {
        if let Some(line) = section.lines.get_mut(at)
            && line.most() < bytes
        {
            line.limit = size_class(bytes);
        }
    }
}

/// Adds lines for paths that none allows, each where it belongs.
fn add_missing(section: &mut Section, inventory: &Inventory) {
    let drift = compare(section, inventory);
    let new: std::collections::HashSet<&str> = drift.new.iter().map(|(_, path)| path.as_str()).collect();
    let lines: Vec<Line> = survey_with_paths(inventory)
        .into_iter()
        .filter(|surveyed| surveyed.paths.iter().any(|path| new.contains(path.as_str())))
        .map(|surveyed| surveyed.line)
        .collect();
    for line in lines {
        let at = section.lines.partition_point(|other| other.pattern.text() < line.pattern.text());
        // A quoted and an unquoted line of the same text can't both be there.
        if section.lines.get(at).is_none_or(|other| other.pattern.text() != line.pattern.text()) {
            section.lines.insert(at, line);
        } else if let Some(other) = section.lines.get_mut(at) {
            other.pattern = line.pattern;
        }
    }
}

fn differences(subject: &Subject, before: Option<&Section>, after: &Section) -> Vec<Change> {
    let texts = |lines: &[Line]| {
        lines.iter().map(|line| (line.pattern.text().to_owned(), line.to_string())).collect()
    };
    let old: Vec<(String, String)> = before.map(|section| texts(&section.lines)).unwrap_or_default();
    let new: Vec<(String, String)> = texts(&after.lines);
    let known = |list: &[(String, String)], item: &(String, String)| list.binary_search(item).is_ok();
    let gone = old.iter().filter(|item| !known(&new, item)).map(|item| (item, false));
    let come = new.iter().filter(|item| !known(&old, item)).map(|item| (item, true));
    let mut all: Vec<_> = gone.chain(come).collect();
    all.sort();
    all.into_iter()
        .map(|((_, text), added)| Change { subject: subject.clone(), added, text: text.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{parse, write};
    use super::*;
    use crate::inventory::testing::npm;
    use std::path::Path;

    fn lock(lines: &str) -> Lock {
        parse(Path::new("packgate.lock"), format!("packgate-lock 1\n\n[npm acme]\n{lines}").as_bytes())
            .unwrap()
    }

    fn body(update: &Update) -> String {
        write(&update.lock).split_once("[npm acme]\n").unwrap().1.to_owned()
    }

    fn shown(update: &Update) -> Vec<String> {
        update
            .changes
            .iter()
            .map(|change| format!("{}{}", if change.added { '+' } else { '-' }, change.text))
            .collect()
    }

    #[test]
    fn a_new_path_is_one_line() {
        let lock = lock("# The program.\na.js\nz.js\n");
        let updated = update(&lock, &[npm("1.0.0", &[("a.js", 1), ("m.js", 1), ("z.js", 1)])]);
        assert_eq!(body(&updated), "# The program.\na.js\nm.js\nz.js\n");
        assert_eq!(shown(&updated), ["+m.js"]);
    }

    #[test]
    fn packgate_s_own_files_are_no_drift() {
        let release = npm("1.0.0", &[("a.js", 1), ("packgate.lock", 1), ("packgate.toml", 1)]);
        let updated = update(&Lock::default(), std::slice::from_ref(&release));
        assert_eq!(body(&updated), "a.js\n");
        let older = lock("a.js\npackgate.lock\n");
        for release in [release, npm("1.0.0", &[("a.js", 1)])] {
            assert!(compare(&older.sections[0], &release).is_none());
        }
        let elsewhere = npm("1.0.0", &[("a.js", 1), ("b/packgate.lock", 1)]);
        assert_eq!(shown(&update(&older, &[elsewhere])), ["+b/packgate.lock"]);
    }

    #[test]
    fn an_unchanged_release_changes_nothing() {
        let text = "a-{version}.js\nbig.bin  <= 64 MiB\n# Ours.\ndocs/**\nx-????????.js\n";
        let release = npm("9.0.0", &[("a-9.0.0.js", 1), ("big.bin", 3 << 20), ("x-0f1e2d3c.js", 1)]);
        let updated = update(&lock(text), &[release]);
        assert_eq!(body(&updated), text);
        assert_eq!(updated.changes, []);
    }

    #[test]
    fn globs_by_hand_and_optional_lines_stay() {
        let text = "docs/**\nlocale/*.json\nmaybe.js  optional\n";
        let updated = update(&lock(text), &[npm("1.0.0", &[("locale/de.json", 1), ("docs/a/b.md", 1)])]);
        assert_eq!(body(&updated), text);
    }

    #[test]
    fn lines_go_and_limits_rise() {
        let updated =
            update(&lock("a.js\nb.bin  <= 2 MiB\nc-????????.js\n"), &[npm("1.0.0", &[("b.bin", 5 << 20)])]);
        assert_eq!(body(&updated), "b.bin  <= 8 MiB\n");
        assert_eq!(shown(&updated), ["-a.js", "-b.bin  <= 2 MiB", "+b.bin  <= 8 MiB", "-c-????????.js"]);
    }

    #[test]
    fn artifacts_that_share_a_section() {
        let one = npm("1.0.0", &[("a.js", 1), ("only-here.js", 1)]);
        let two = npm("1.0.0", &[("a.js", 1), ("only-there.js", 1)]);
        let updated = update(&Lock::default(), &[one.clone(), two.clone()]);
        assert_eq!(body(&updated), "a.js\nonly-here.js  optional\nonly-there.js  optional\n");
        assert_eq!(update(&updated.lock, &[two]).changes, []);
        assert_eq!(update(&updated.lock, &[one]).changes, []);
    }

    #[test]
    fn other_sections_stay() {
        let text = "packgate-lock 1\n\n# One.\n[npm aaa]\nx.js\n\n[npm zzz]\ny.js\n";
        let lock = parse(Path::new("packgate.lock"), text.as_bytes()).unwrap();
        let updated = update(&lock, &[npm("1.0.0", &[("a.js", 1)])]);
        assert_eq!(
            write(&updated.lock),
            "packgate-lock 1\n\n# One.\n[npm aaa]\nx.js\n\n[npm acme]\na.js\n\n[npm zzz]\ny.js\n"
        );
    }

    proptest::proptest! {
        /// Whatever the paths: an update makes the lock fit, can be written and read, and a second one does nothing.
        #[test]
        fn an_update_settles(paths in proptest::collection::btree_set("[a-cA-C0-9*? .#\\[-]{1,10}(/[a-c0-9-]{1,9}(\\.js)?)?", 1..12)) {
            let files: Vec<(&str, u64)> = paths.iter().map(|path| (path.as_str(), 1)).filter(|(path, _)| !path.split('/').any(|s| s == "." || s == "..")).collect();
            let release = npm("1.0.0", &files);
            let once = update(&Lock::default(), std::slice::from_ref(&release));
            let text = write(&once.lock);
            let read = parse(Path::new(""), text.as_bytes()).unwrap();
            proptest::prop_assert!(compare(&read.sections[0], &release).is_none(), "{}", text);
            proptest::prop_assert_eq!(update(&read, &[release]).changes, vec![]);
        }
    }
}
