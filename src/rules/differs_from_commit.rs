use serde::Serialize;

use crate::inventory::{Comparison, Differing, Entry, FromCommit, Inventory};
use crate::settings::Level;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "differs-from-commit",
    family: Family::Allowlist,
    summary: "A file differs from what version control holds at the commit",
    docs: r#"
## What it does

Compares each file that version control tracks with what it holds at the commit that the artifact should be from:
the one given with `--commit`, otherwise the one that a crate names in `.cargo_vcs_info.json`, otherwise `HEAD` or the
tag of the artifact's version, whichever it fits better. It does so where the project is at hand (`--project`) and
is in a git repository. What the ecosystem's client rewrites (`Cargo.toml`, `setup.cfg`, the `package.json` of pnpm and
yarn, a `package.json` whose version is set only when publishing) isn't counted. A file of Git LFS is compared by its
digest. A file in which git itself fills in `$Format:...$` isn't compared.

If only the ends of lines differ, the message says so, and the finding is never more than a note: git itself changes
them on some systems.

## Why it matters

An uncommitted change is about to be published: nobody reviewed it, the tag doesn't have it, and nobody can build the
package again.

## What to do

Commit the change or undo it, and pack again, best in a fresh checkout of the tag.

## Example

`src/login.rs` has one line more than at `HEAD`, with which somebody tried something.
"#,
    check,
};

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    commit: &'a str,
    because: &'a str,
    paths: Vec<&'a str>,
    only_line_ends: bool,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(comparison) = comparison(context.inventory) else { return };
    let (ends, bytes): (Vec<&Differing>, Vec<&Differing>) =
        comparison.differing.iter().partition(|differing| differing.only_line_ends);
    for group in [bytes, ends] {
        let Some(first) = group.first() else { continue };
        let only_line_ends = first.only_line_ends;
        let files: Vec<&Entry> =
            group.iter().filter_map(|differing| context.inventory.entry(differing.entry)).collect();
        let (what, level) = match only_line_ends {
            true => (", in the ends of lines only", Level::Note),
            false => ("", Level::Error),
        };
        let told = |entries: &[&Entry]| {
            let subject = match entries {
                [_] => "This file differs".to_owned(),
                all => format!("{} differ", words::counted(all.len() as u64, "file")),
            };
            format!(
                "{subject} from what version control holds at {}{what}{}.",
                comparison.at(),
                named(entries)
            )
        };
        let help = match only_line_ends {
            true => {
                "Say in .gitattributes which line ends the files have, so that every checkout has the same."
            }
            false => {
                "Commit the change or undo it, and pack again; --commit names another commit to compare with."
            }
        };
        findings.extend(places(&files).into_iter().map(|(place, entries)| {
            // Nobody is told to commit credentials.
            let help = match context.have_secrets(&entries) && !only_line_ends {
                true => {
                    "Undo the change and pack again: what holds credentials must not be committed either."
                }
                false => help,
            };
            let paths = group
                .iter()
                .filter(|differing| entries.iter().any(|entry| entry.id == differing.entry))
                .map(|differing| differing.path.as_str())
                .collect();
            Finding::new(rule, place)
                .message(told(&entries))
                .help(help)
                .evidence(Evidence {
                    commit: &comparison.commit,
                    because: &comparison.because,
                    paths,
                    only_line_ends,
                })
                .at_most(level)
        }));
    }
}

/// What was compared, if it could be.
pub(super) fn comparison(inventory: &Inventory) -> Option<&Comparison> {
    match inventory.from_commit.as_ref()? {
        FromCommit::Compared(comparison) => Some(comparison),
        FromCommit::Not(_) => None,
    }
}

/// Files where a finding on each is read; more than a few are one finding.
pub(super) fn places<'a>(files: &[&'a Entry]) -> Vec<(Place, Vec<&'a Entry>)> {
    const MOST_SINGLE: usize = 10;
    match files.len() {
        0 => Vec::new(),
        1..=MOST_SINGLE => files.iter().map(|entry| (Place::entry(entry), vec![*entry])).collect(),
        _ => vec![(Place::artifact(), files.to_vec())],
    }
}

/// The first of several files, after a colon.
pub(super) fn named(entries: &[&Entry]) -> String {
    const MOST_NAMED: usize = 5;
    if entries.len() < 2 {
        return String::new();
    }
    let names: Vec<String> =
        entries.iter().take(MOST_NAMED).map(|entry| format!("`{}`", entry.place)).collect();
    let more = if entries.len() > names.len() { ", ..." } else { "" };
    format!(": {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{At, EntryId, Secret, VersionTag};
    use crate::rules::testing::{run, tree};

    fn differing(entries: &[(u32, bool)]) -> Inventory {
        let differing = entries
            .iter()
            .map(|(entry, only_line_ends)| Differing {
                entry: EntryId(*entry),
                path: format!("{entry}.js"),
                only_line_ends: *only_line_ends,
            })
            .collect();
        let comparison = Comparison {
            commit: "0123456789abcdef".into(),
            because: "HEAD".into(),
            tag: Some(VersionTag { name: "v1.0.0".into(), commit: "fedcba9876543210".into() }),
            differing,
            ..Comparison::default()
        };
        let paths: Vec<String> = (0..20).map(|number| format!("package/{number}.js")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        Inventory { from_commit: Some(FromCommit::Compared(comparison)), ..tree(&paths) }
    }

    #[test]
    fn fires() {
        let found = run(&RULE, &differing(&[(0, false), (1, true)]));
        assert_eq!(
            found.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>(),
            [
                "This file differs from what version control holds at HEAD (0123456789ab; tag v1.0.0 is another commit, fedcba987654).",
                "This file differs from what version control holds at HEAD (0123456789ab; tag v1.0.0 is another commit, fedcba987654), in the ends of lines only.",
            ]
        );
        assert_eq!(found[1].at_most, Some(Level::Note));
        let many: Vec<(u32, bool)> = (0..15).map(|number| (number, false)).collect();
        let found = run(&RULE, &differing(&many));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.starts_with("15 files differ"), "{}", found[0].message);
    }

    #[test]
    fn nobody_is_told_to_commit_credentials() {
        let mut inventory = differing(&[(0, false)]);
        assert!(run(&RULE, &inventory)[0].help.starts_with("Commit the change"));
        let (redacted, digest) = (String::new(), String::new());
        let secret = Secret { rule: "secret-npm-token", at: At::default(), redacted, digest };
        inventory.entries[0].secrets.push(secret);
        assert!(run(&RULE, &inventory)[0].help.starts_with("Undo the change"));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &differing(&[])), []);
        let not = Inventory { from_commit: Some(FromCommit::Not("x".into())), ..Inventory::default() };
        assert_eq!(run(&RULE, &not), []);
        assert_eq!(run(&RULE, &Inventory::default()), []);
    }
}
