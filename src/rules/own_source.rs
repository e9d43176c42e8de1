use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{Entry, OwnLines};
use crate::recoverable::{Escape, Meaning};

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "own-source",
    family: Family::InternalSources,
    summary: "Original text of the project's own source files, however it is wrapped",
    docs: r#"
## What it does

Knows the project's own source text and looks for it in every file of the artifact, in the members of archives inside
it, and in what is encoded or compressed there. It says which of the project's files it found, and how many of their
lines.

It knows the source files that version control tracks (without version control, those that no ignore file excludes) in
the package's folder and in the workspace members that it depends on. It doesn't look for licences, generated and
minified files, folders of other people's code (`node_modules`, `vendor`, ...), documentation and examples, nor for
files that ship unchanged because they run as they are or because the allowlist names them: what a package ships as a file,
it may have in its documentation as well.

Whole lines are compared, without blanks, quotes, comment marks, line numbers and diff marks; in what is no code, also
behind what `grep`, `git blame`, logs and the columns of tables put before them, and one after the other in a longer line,
as search indexes have them. What counts is what a build drops (plain comments, types, templates), and statements where there shouldn't be any: in declarations, in
archives, in anything that isn't code; code in comments of a script, and all in its string and template literals. Markdown
may show parts of a file, but not a whole one. Fewer than four lines of a file don't count, and neither do lines that many
files share. An ordinary bundle, minified or not, keeps none of that. What is in source maps is left to the rules on
source maps.

It needs the project: the folder that the command runs in, or `--project`. A release job without the sources can name a file made by `packgate fingerprint --own` in `own-fingerprints`. `own = "off"` turns the search off; `own = "on"` extends it to artifacts whose package has another name.

## Why it matters

Lists of names cover some of the files in which tools leave sources: maps, caches, reports, backups, snapshots. The
text itself gives away all of them, even those that nobody has thought of.

## What to do

Look at the place, and take the file out of the package or turn off the option that puts the text there. If the file is
to ship, name it in the allowlist.

## Example

`dist/worker.js` contains a worker as base64, with its own source map; `dist/assets/pricing.ts` was inlined as a data URL;
`notes.patch` was left next to the build.
"#,
    check,
};

/// The project's files of which text got out.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// The first of them.
    files: Vec<Named<'a>>,
    /// How many there are.
    count: usize,
    /// How many entries they are in.
    entries: usize,
    /// The wrapping around the text, if there is one.
    inside: Option<&'a str>,
    /// Lines of the file that most of got out, by class.
    lines: OwnLines,
}

/// One of the project's files.
#[derive(Debug, Serialize)]
struct Named<'a> {
    file: &'a str,
    lines: u32,
}

/// With more entries than this, one finding per folder is enough.
const MOST_SINGLE: usize = 20;
/// Files in the evidence of a finding.
const MOST_FILES: usize = 20;
/// Files named in its message.
const MOST_NAMED: usize = 3;

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let all = context.survey().own.iter().filter(|escape| escape.meaning == Meaning::Source);
    let all: Vec<&Escape<'_>> = all.collect();
    let as_it_is: Vec<&Entry> =
        all.iter().filter(|escape| is_as_it_is(escape)).map(|escape| escape.entry).collect();
    for group in groups(all.into_iter()) {
        let files = files(&group);
        let (named, lines) = words(&files);
        let Some(finding) = finding(rule, &group, &files) else { continue };
        let finding = finding.message(format!(
            "{} original text of {named}: a stranger can read at least {lines} as they were written.",
            subject(&group, ["holds", "hold"])
        ));
        let nested: Vec<&Entry> = group
            .iter()
            .map(|escape| escape.entry)
            .filter(|entry| !context.inventory.is_unpacked(entry))
            .collect();
        findings.push(match group.iter().all(|escape| is_as_it_is(escape)) {
            false if nested.len() == group.len() => {
                let one = nested.first().is_some_and(|first| nested.iter().all(|entry| entry.id == first.id));
                let all = if one { nested.get(..1).unwrap_or_default() } else { &nested[..] };
                finding.remedy(ecosystem::leave_out(context.inventory, all, None), "")
            }
            true => finding.remedy(
                ecosystem::leave_out(context.inventory, &as_it_is, None),
                "If it is to ship, name it in the allowlist.",
            ),
            false => finding.help(
                "Take it out of the package, or turn off the option that puts source text there. If the file is to ship, name it in the allowlist.",
            ),
        });
    }
}

/// Whether the entry is the project's file itself, at the place where the project has it.
fn is_as_it_is(escape: &Escape<'_>) -> bool {
    let path = escape.entry.below_root();
    let outside = escape.text.file.strip_suffix(path);
    escape.entry.parent.is_none() && outside.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// What got out, by entry; by folder where there are many.
pub(super) fn groups<'a>(all: impl Iterator<Item = &'a Escape<'a>>) -> Vec<Vec<&'a Escape<'a>>> {
    let mut by_entry: BTreeMap<u32, Vec<&Escape<'_>>> = BTreeMap::new();
    for escape in all {
        by_entry.entry(escape.entry.id.0).or_default().push(escape);
    }
    if by_entry.len() <= MOST_SINGLE {
        return by_entry.into_values().collect();
    }
    let mut by_folder: BTreeMap<&str, Vec<&Escape<'_>>> = BTreeMap::new();
    for group in by_entry.into_values() {
        let place = group.first().map_or("", |escape| escape.entry.place.as_str());
        by_folder
            .entry(place.rsplit_once(['/', '!']).map_or("", |(folder, _)| folder))
            .or_default()
            .extend(group);
    }
    by_folder.into_values().collect()
}

/// The project's files of which a group has text, each with the most lines in a single entry; the largest first.
pub(super) fn files<'a>(group: &[&'a Escape<'a>]) -> Vec<(&'a str, u32)> {
    let mut lines: BTreeMap<&str, BTreeMap<u32, u32>> = BTreeMap::new();
    for escape in group {
        *lines.entry(&escape.text.file).or_default().entry(escape.entry.id.0).or_default() +=
            escape.text.lines.all();
    }
    let most = |entries: &BTreeMap<u32, u32>| entries.values().copied().max().unwrap_or(0);
    let mut files: Vec<_> = lines.iter().map(|(file, entries)| (*file, most(entries))).collect();
    files.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    files
}

/// Beginning of a message: what a group is, and the verb for one file or several.
pub(super) fn subject(group: &[&Escape<'_>], [one, many]: [&str; 2]) -> String {
    match entries(group) {
        1 => format!("This file {one}"),
        _ => format!("Files in this folder {many}"),
    }
}

/// How many entries a group is in.
fn entries(group: &[&Escape<'_>]) -> usize {
    group.iter().map(|escape| escape.entry.id).collect::<BTreeSet<_>>().len()
}

/// The files and the sum of their lines, in words.
pub(super) fn words(files: &[(&str, u32)]) -> (String, String) {
    let lines: u64 = files.iter().map(|(_, lines)| u64::from(*lines)).sum();
    let named: Vec<&str> = files.iter().take(MOST_NAMED).map(|(file, _)| *file).collect();
    let named = match files.len() {
        1 => format!("the project's file {}", named.join("")),
        all if all <= MOST_NAMED => format!("{all} of the project's files ({})", named.join(", ")),
        all => format!("{all} of the project's files ({}, ...)", named.join(", ")),
    };
    (named, if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") })
}

/// A finding for a group at its place, with evidence but no message yet.
pub(super) fn finding(rule: &Rule, group: &[&Escape<'_>], files: &[(&str, u32)]) -> Option<Finding> {
    let first =
        group.iter().max_by_key(|escape| (escape.text.lines.all(), std::cmp::Reverse(escape.entry.id)))?;
    let entries = entries(group);
    let place = match entries {
        1 => Place::at(first.entry, &first.text.at),
        _ => {
            let folder = first.entry.place.rsplit_once(['/', '!']).map_or("", |(folder, _)| folder);
            Place { path: folder.to_owned(), ..Place::default() }
        }
    };
    let named = files.iter().take(MOST_FILES).map(|&(file, lines)| Named { file, lines }).collect();
    Some(Finding::new(rule, place).evidence(Evidence {
        files: named,
        count: files.len(),
        entries,
        inside: first.text.at.inside.as_deref(),
        lines: first.text.lines,
    }))
}

#[cfg(test)]
pub(super) mod testing {
    use crate::inventory::testing::own_text;
    use crate::inventory::{Entry, Inventory, OwnLines, OwnText};
    use crate::rules::testing::{entry, inventory};

    /// Lines of a file in an entry.
    pub(crate) fn text(file: &str, lines: OwnLines) -> OwnText {
        OwnText { lines, ..own_text(file) }
    }

    /// An inventory of entries with such lines.
    pub(crate) fn with(entries: &[(&str, &[OwnText])]) -> Inventory {
        let one = |(place, texts): &(&str, &[OwnText])| Entry {
            own_text: texts.iter().cloned().collect(),
            ..entry(place)
        };
        inventory(entries.iter().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{text, with};
    use super::*;
    use crate::inventory::OwnLines;
    use crate::rules::testing::run;

    const TYPES: OwnLines = OwnLines { comments: 0, docs: 0, lowered: 4, statements: 0, code: 9 };
    const COMMENTS: OwnLines = OwnLines { comments: 6, docs: 9, lowered: 0, statements: 9, code: 9 };
    const CODE: OwnLines = OwnLines { comments: 1, docs: 0, lowered: 0, statements: 30, code: 30 };

    fn fires(place: &str, lines: OwnLines) -> bool {
        !run(&RULE, &with(&[(place, &[text("src/a.ts", lines)])])).is_empty()
    }

    #[test]
    fn types_are_source_wherever_they_stand() {
        for place in ["package/dist/a.js", "package/a.json", "package/notes.patch", "package/x.zip"] {
            assert!(fires(place, TYPES), "{place}");
        }
        assert!(!fires("package/README.md", TYPES));
        assert!(fires("package/README.md", OwnLines { comments: 25, ..TYPES }));
        assert!(!fires("package/dist/a.d.ts", TYPES));
    }

    #[test]
    fn code_may_keep_statements_and_comments() {
        assert!(!fires("package/dist/a.js", COMMENTS));
        assert!(!fires("package/dist/a.js", CODE));
        assert!(fires("package/dist/cache.pack", CODE));
        assert!(fires("package/dist/a.d.ts", CODE));
        assert!(fires("package/docs/a.html", COMMENTS));
    }

    #[test]
    fn three_lines_are_chance() {
        assert!(!fires("package/a.json", OwnLines { comments: 3, ..OwnLines::default() }));
        assert!(!fires("package/a.json", OwnLines { code: 40, statements: 0, ..OwnLines::default() }));
    }

    #[test]
    fn all_lines_of_a_file_are_the_file() {
        let most = OwnLines { docs: 34, code: 2, ..OwnLines::default() };
        assert!(fires("package/a.json", most));
        assert!(!fires("package/a.json", OwnLines { docs: 30, ..most }));
        assert!(!fires("package/a.json", OwnLines { docs: 40, code: 0, ..most }));
    }

    #[test]
    fn names_the_files_with_most_lines_first() {
        let files = [text("src/a.ts", TYPES), text("src/b.ts", CODE)];
        let found = run(&RULE, &with(&[("package/dist/a.bin", &files)]));
        assert_eq!(found.len(), 1);
        let expected = "This file holds original text of 2 of the project's files (src/b.ts, src/a.ts): a stranger can read at least 74 lines as they were written.";
        assert_eq!(found[0].message, expected);
        assert_eq!(found[0].evidence.value()["files"][0]["file"], "src/b.ts");
    }

    #[test]
    fn many_entries_of_a_folder_are_one_finding() {
        let places: Vec<String> = (0..30).map(|number| format!("package/cache/{number}.bin")).collect();
        let texts = [text("src/a.ts", TYPES)];
        let entries: Vec<_> = places.iter().map(|place| (place.as_str(), texts.as_slice())).collect();
        let found = run(&RULE, &with(&entries));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.path, "package/cache");
    }
}
