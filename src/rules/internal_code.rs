use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::ecosystem::{self, Remedy};
use crate::inventory::{CodeMatch, Entry, EntryId, Inventory};
use crate::paths;
use crate::settings::Settings;
use crate::words::counted;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-code",
    family: Family::InternalSources,
    summary: "Text of internal files, wherever it was pasted or bundled",
    docs: r#"
## What it does

Fingerprints the code in the folders of `internal.roots` and in private members of the workspace (but for examples,
documentation and demos, and for the project's own folder) by winnowing (Schleimer, Wilkerson, Aiken 2003), and looks for it in every text of the artifact: in files, in bundles, and in the
texts inside source maps. For each internal file it says how much of it would get out.

Formatting, quotes, comments, types and the order of functions don't matter. Code whose names a minifier has shortened
is recognised by what it leaves: the names of properties and the words in strings. **A file that has few of
these, and names of properties that are shortened, too, are out of reach.** Text that many internal files share, and files
of only a few lines, don't count. Where nothing but pages (Markdown, reStructuredText, AsciiDoc) has text of a program, it must be
half of that: a program that writes pages has their sentences.

## Why it matters

A list of paths sees files. It doesn't see the helper that a bundler pulled in from a private package, or the function
that somebody pasted.

## What to do

Take the module out of the bundle: import it at run time, mark it external, or move what is needed to a public
place. If the code may be published, take its folder off the list.

## Example

```toml
[internal]
roots = ["packages/private-core"]
# For a release job without those sources, made earlier by: packgate fingerprint -o private.fingerprints
fingerprints = ["private.fingerprints"]
```
"#,
    check,
};

/// How many fingerprints of a file must be found that no other reported file explains, for a share of the file in
/// percent: the smaller the share, the more. Unrelated texts share one or two now and then: the same idiom, the same
/// snippet.
const ENOUGH: [(usize, usize); 4] = [(3, 50), (4, 25), (5, 8), (40, 0)];
/// The same for what minifiers keep, of which short lists of what everybody knows are made, too.
const ENOUGH_MINIFIED: [(usize, usize); 4] = [(3, 50), (6, 30), (12, 15), (40, 5)];
/// The same where only pages have a program's text: a program that writes pages has their sentences, and its tests have
/// whole pages.
const ENOUGH_OF_PAGES: [(usize, usize); 1] = [(3, 50)];
/// Entries kept in the evidence of one finding.
const MOST_PLACES: usize = 50;

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut named: HashSet<&str> = HashSet::new();
    let mut told: HashSet<EntryId> = HashSet::new();
    let mut swept = Swept::new(context);
    for (is_minified, enough) in [(false, &ENOUGH), (true, &ENOUGH_MINIFIED)] {
        let mut suspects: Vec<Suspect<'_>> =
            Suspect::all(context.inventory, is_minified).into_values().collect();
        // The file of which most got out takes its fingerprints first, so that one that merely shares a function with it
        // isn't reported; one that is named by all words already does so before the others.
        suspects.sort_by_key(|one| {
            (!named.contains(one.file), Reverse(one.percent()), Reverse(one.found.len()), one.file)
        });
        let mut explained: HashSet<u64> = HashSet::new();
        let mut new = Vec::new();
        for suspect in &suspects {
            // Where files are named by all words, those that are like them have much in common with the text.
            let times = if suspect.places.iter().all(|(entry, _)| told.contains(&entry.id)) { 4 } else { 1 };
            let own = suspect.found.iter().filter(|print| !explained.contains(*print)).count();
            let is_enough =
                |(least, percent): &(usize, usize)| own >= least * times && own * 100 >= suspect.of * percent;
            let enough = if suspect.is_in_pages_alone() { &ENOUGH_OF_PAGES[..] } else { &enough[..] };
            if named.contains(suspect.file) {
                explained.extend(&suspect.found);
            } else if enough.iter().any(is_enough) {
                explained.extend(&suspect.found);
                new.push(suspect);
                findings.extend(suspect.finding(rule, context.settings, swept.remedy(suspect)));
            }
        }
        for suspect in new {
            named.insert(suspect.file);
            told.extend(suspect.places.iter().map(|(entry, _)| entry.id));
        }
    }
}

/// How much of an internal file is in the artifact, and where.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// The internal file.
    file: &'a str,
    /// Whether it was recognised by what minifiers keep.
    minified: bool,
    /// The line in it where the longest part begins.
    line: u32,
    /// How much of it, in fingerprints.
    percent: usize,
    fingerprints: Share,
    /// Where its text is.
    places: Vec<TextPlace<'a>>,
}

/// How many of the file's fingerprints were found.
#[derive(Debug, Serialize)]
struct Share {
    found: usize,
    of: usize,
}

/// A place in the artifact with text of the internal file.
#[derive(Debug, Serialize)]
struct TextPlace<'a> {
    place: &'a str,
    line: Option<u64>,
    /// The line in the internal file.
    internal_line: u32,
}

/// An internal file with text in the artifact, by all its words or by those that minifiers keep.
struct Suspect<'a> {
    file: &'a str,
    is_minified: bool,
    of: usize,
    found: HashSet<u64>,
    places: Vec<(&'a Entry, &'a CodeMatch)>,
}

impl<'a> Suspect<'a> {
    /// Those by one stream of words.
    fn all(inventory: &'a Inventory, is_minified: bool) -> BTreeMap<&'a str, Self> {
        let mut suspects: BTreeMap<&str, Self> = BTreeMap::new();
        for entry in inventory.files() {
            for found in entry.internal_code.iter().filter(|found| found.is_minified == is_minified) {
                let (file, of) = (found.file.as_str(), found.of as usize);
                let new = || Self { file, is_minified, of, found: HashSet::new(), places: Vec::new() };
                let suspect = suspects.entry(file).or_insert_with(new);
                suspect.found.extend(&found.found);
                suspect.places.push((entry, found));
            }
        }
        suspects
    }

    fn percent(&self) -> usize {
        (self.found.len() * 100).checked_div(self.of).unwrap_or(0).min(100)
    }

    /// Whether a program's text is in nothing but pages.
    fn is_in_pages_alone(&self) -> bool {
        !paths::is_page(self.file) && self.places.iter().all(|(entry, _)| paths::is_page(&entry.path))
    }

    /// What makes the file internal is a list of the settings, or that its workspace package is private.
    fn help(&self, settings: &Settings) -> String {
        let internal = &settings.internal;
        let is_root = |root: &PathBuf| {
            root.components()
                .next_back()
                .is_some_and(|name| Path::new(self.file).components().any(|part| part == name))
        };
        let why = if internal.roots.iter().any(is_root) {
            "take its folder off internal.roots"
        } else if !internal.fingerprints.is_empty() {
            "take it out of the files that internal.fingerprints are made from"
        } else {
            // Nobody could install it.
            return "Take the module out of what is packed or bundled, and out of the imports of this package: nobody can \
                    install a private one. If it may be published, let its manifest allow that: being private makes \
                    it internal."
                .to_owned();
        };
        format!("Take the module out of the bundle, or mark it external; if it may be published, {why}.")
    }

    fn finding(&self, rule: &Rule, settings: &Settings, remedy: Option<Remedy>) -> Option<Finding> {
        let (entry, most) =
            self.places.iter().max_by_key(|(entry, found)| (found.found.len(), Reverse(entry.id)))?;
        let elsewhere = match self.places.len() {
            1 => String::new(),
            places => format!(", and in {} more", counted(places as u64 - 1, "file")),
        };
        let places = self.places.iter().take(MOST_PLACES).map(|(entry, found)| TextPlace {
            place: &entry.place,
            line: found.at.line,
            internal_line: found.line,
        });
        let minified = if self.is_minified { ", its names shortened" } else { "" };
        let evidence = Evidence {
            file: self.file,
            minified: self.is_minified,
            line: most.line,
            percent: self.percent(),
            fingerprints: Share { found: self.found.len(), of: self.of },
            places: places.collect(),
        };
        let finding = Finding::new(rule, Place::at(entry, &most.at)).message(format!(
            "This file contains text of the internal file {} (from its line {}{elsewhere}{minified}): about {} % of that file would get out.",
            self.file,
            most.line,
            self.percent(),
        ));
        let finding = match remedy {
            Some(remedy) => finding.remedy(
                remedy,
                "If it may be published, let its manifest allow that: being private makes it internal.",
            ),
            None => finding.help(self.help(settings)),
        };
        Some(finding.evidence(evidence).key(self.file))
    }
}

/// Private members of the workspace whose folders lie in the artifact as they do there: nothing bundles them, they are
/// swept in, and the lists of the package leave them out.
struct Swept<'c, 'a> {
    context: &'c Context<'a>,
    /// By folder, as from the workspace's.
    remedies: BTreeMap<&'c str, Option<Remedy>>,
}

impl<'c, 'a> Swept<'c, 'a> {
    fn new(context: &'c Context<'a>) -> Self {
        Self { context, remedies: BTreeMap::new() }
    }

    /// How to leave out the member that a file is of; `None` if its text is anywhere else as well.
    fn remedy(&mut self, suspect: &Suspect<'_>) -> Option<Remedy> {
        let (inventory, root) = (self.context.inventory, self.context.root());
        let private_members = self.context.private_members?;
        let is_below =
            |path: &str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let mut folders = private_members.members.iter().map(|(folder, _)| folder.as_str());
        let folder = folders.find(|folder| is_below(suspect.file, folder))?;
        let place = match private_members.home.as_str() {
            "" => folder,
            home => folder.strip_prefix(home)?.strip_prefix('/')?,
        };
        let is_swept = |entry: &Entry| {
            let below = entry.path.strip_prefix(root).unwrap_or(&entry.path).trim_start_matches('/');
            entry.parent.is_none() && is_below(below, place)
        };
        if !suspect.places.iter().all(|(entry, _)| is_swept(entry)) {
            return None;
        }
        let remedy = self.remedies.entry(folder).or_insert_with(|| {
            let files = inventory.files().filter(|entry| is_swept(entry));
            let remedy = ecosystem::leave_out(inventory, &files.collect::<Vec<_>>(), None);
            (!remedy.edits.is_empty()).then_some(remedy)
        });
        remedy.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::At;
    use crate::rules::testing::{entry, inventory, run};

    fn with(place: &str, matches: &[(&str, u32, std::ops::Range<u64>)]) -> Entry {
        let one = |(file, of, found): &(&str, u32, std::ops::Range<u64>)| CodeMatch {
            file: (*file).to_owned(),
            is_minified: false,
            line: 7,
            of: *of,
            found: found.clone().collect(),
            at: At { line: Some(3), ..At::default() },
        };
        Entry { internal_code: matches.iter().map(one).collect(), ..entry(place) }
    }

    fn named(entries: Vec<Entry>) -> Vec<(String, u64)> {
        let found = run(&RULE, &inventory(entries));
        found
            .into_iter()
            .map(|found| (found.key, found.evidence.value()["percent"].as_u64().unwrap_or(0)))
            .collect()
    }

    #[test]
    fn adds_up_what_stands_in_several_entries() {
        let entries =
            vec![with("a.js", &[("core/x.ts", 20, 0..3)]), with("b.js", &[("core/x.ts", 20, 2..6)])];
        let found = run(&RULE, &inventory(entries));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.path, "b.js");
        assert!(found[0].message.contains("about 30 %"), "{}", found[0].message);
    }

    #[test]
    fn an_idiom_or_a_small_part_accuses_nobody() {
        assert!(named(vec![with("a.js", &[("core/x.ts", 20, 0..4)])]).is_empty());
        assert!(named(vec![with("a.js", &[("core/x.ts", 3, 0..2)])]).is_empty());
        assert!(named(vec![with("a.js", &[("core/x.ts", 400, 0..12)])]).is_empty());
        assert_eq!(named(vec![with("a.js", &[("core/x.ts", 4000, 0..60)])]).len(), 1);
    }

    #[test]
    fn a_page_has_sentences_of_the_program_that_writes_it() {
        for (place, found, expected) in
            [("docs/lints.md", 0..90, 0), ("docs/lints.rst", 0..110, 1), ("src/lints.rs", 0..20, 1)]
        {
            assert_eq!(named(vec![with(place, &[("xtask/main.rs", 200, found)])]).len(), expected, "{place}");
        }
        assert_eq!(named(vec![with("a.md", &[("core/plan.md", 200, 0..20)])]).len(), 1);
    }

    #[test]
    fn what_minifiers_keep_counts_where_no_file_is_named_by_all_words() {
        let all = with("a.js", &[("core/gone.ts", 30, 0..30)]);
        let mut kept = with("a.js", &[("core/gone.ts", 10, 90..100), ("core/alike.ts", 9, 91..100)]);
        kept.internal_code.iter_mut().for_each(|found| found.is_minified = true);
        let entry = |mut entry: Entry, more: &[CodeMatch]| {
            entry.internal_code.extend(more.iter().cloned());
            entry
        };
        assert_eq!(named(vec![entry(all, &kept.internal_code)]), [("core/gone.ts".to_owned(), 100)]);
        assert_eq!(named(vec![kept]), [("core/gone.ts".to_owned(), 100)]);
    }

    #[test]
    fn a_private_member_that_is_swept_in_is_left_out_by_a_line() {
        use crate::inventory::{Declared, Kind, Package};
        use crate::paths::PrivateMembers;
        let file = "packages/core/src/x.py";
        for (home, place, also, expected) in [
            ("", "hay-1.0/packages/core/src/x.py", None, Some("packages/core/**")),
            ("packages", "hay-1.0/core/src/x.py", None, Some("core/**")),
            // Bundled, or pasted, whatever else is swept in.
            ("", "hay-1.0/src/hay/x.py", None, None),
            ("", "hay-1.0/packages/core/src/x.py", Some("hay-1.0/src/hay/x.py"), None),
            ("packages/hay", "hay-1.0/packages/core/src/x.py", None, None),
        ] {
            let members = PrivateMembers {
                home: home.to_owned(),
                members: vec![("packages/core".to_owned(), "core".to_owned())],
                ..PrivateMembers::default()
            };
            let beside = place.replace("src/x.py", "pyproject.toml");
            let mut entries = vec![with(place, &[(file, 20, 0..20)]), entry(&beside), entry("hay-1.0/a.py")];
            entries.push(entry("hay-1.0/packages/web/a.py"));
            entries.extend(also.map(|also| with(also, &[(file, 20, 0..20)])));
            let mut inventory = inventory(entries);
            inventory.kind = Kind::Crate;
            let declared = Declared { has_allowlist: Some(false), ..Declared::default() };
            inventory.package = Some(Package { root: "hay-1.0".to_owned(), declared, ..Package::default() });
            let settings = Settings::default();
            let found = crate::rules::testing::run_in(
                &RULE,
                &Context::new(&inventory, &settings).in_workspace(&members),
            );
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].remedy.is_some(), expected.is_some(), "{place}: {}", found[0].help);
            assert!(found[0].help.contains(expected.unwrap_or("")), "{}", found[0].help);
        }
    }

    #[test]
    fn a_file_that_only_shares_with_another_is_not_named() {
        let shared = [("core/gone.ts", 30, 0..30), ("core/stays.ts", 40, 22..30)];
        assert_eq!(named(vec![with("a.js", &shared)]), [("core/gone.ts".to_owned(), 100)]);
    }
}
