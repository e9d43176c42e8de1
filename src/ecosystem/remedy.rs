//! What to do about a finding: words, and the changes to files of the project that they stand for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::inventory::{Entry, EntryId, Inventory, Kind};

use super::edit::{Change, Edit};
use super::unwanted::{Unwanted, below};

/// What to do about a finding, in words and as changes to files of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedy {
    /// The words of the help.
    pub words: String,
    /// The same for `packgate fix`; nothing where no list decides.
    pub edits: Vec<Edit>,
    /// What the artifact no longer has afterwards.
    pub removes: Vec<EntryId>,
}

/// What to say of the lists of a package that must not be published anyway.
pub(crate) const PRIVATE: &str = "If the package isn't published, this doesn't matter: see private-package.";

/// More patterns than this are not written down one by one.
const MOST_PATTERNS: usize = 12;

/// How to leave entries out of the package. `usual` is the pattern that people write for them.
pub(crate) fn leave_out(inventory: &Inventory, entries: &[&Entry], usual: Option<&str>) -> Remedy {
    let removes: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let Some(unwanted) = Unwanted::of(inventory, entries, usual) else {
        return nested(inventory, entries);
    };
    if inventory.making.deployed_from.is_some() {
        // The finding on the private package says that nothing else counts.
        return Remedy::default();
    }
    let entered = inventory.package.iter().flat_map(|package| &package.declared.entry_points);
    if let Some(program) = entered.into_iter().find(|path| unwanted.paths.contains(path.as_str())) {
        let words =
            format!("The package is entered by {program}, which can't be left out: build it without that.");
        return Remedy { words, ..Remedy::default() };
    }
    let copied = copied(inventory, entries);
    let is_written = inventory.making.is_generated || inventory.kind == Kind::Directory;
    if let Some(from) = copied.as_ref().filter(|_| is_written) {
        return Remedy { words: copied_by_build(from), removes, ..Remedy::default() };
    }
    let advice = super::format(inventory.kind).advice();
    if let Some(from) = &inventory.making.generated_from {
        let edits = advice.leave_out(inventory, &unwanted).unwrap_or_default();
        let (words, edits): (Vec<String>, Vec<Edit>) =
            edits.into_iter().map(|edit| elsewhere(edit, from)).unzip();
        return Remedy { words: words.join("\n"), edits, ..Remedy::default() };
    }
    if inventory.making.is_generated {
        let words = out_of_folder(&unwanted.patterns.join(" and "));
        return Remedy { words, removes, ..Remedy::default() };
    }
    if unwanted.patterns.len() > MOST_PATTERNS {
        let words = advice.leave_out_by_hand(inventory, &unwanted, &counted(&unwanted));
        return Remedy { words, ..Remedy::default() };
    }
    match advice.leave_out(inventory, &unwanted) {
        Some(edits) => {
            let words = edits.iter().fold(String::new(), |mut words, edit| {
                let between = if words.is_empty() { "" } else { "\n" };
                let _ = write!(words, "{between}{edit}");
                words
            });
            let words = match copied {
                Some(from) => format!("{words}\nOr move {from} elsewhere, from where the build copies it."),
                None => words,
            };
            Remedy { words, edits, removes }
        }
        None => {
            let words = advice.leave_out_by_hand(inventory, &unwanted, &unwanted.patterns.join(" and "));
            Remedy { words, ..Remedy::default() }
        }
    }
}

/// What becomes of each item that is too wide when all of these entries are left out at once.
pub(crate) fn narrowed(inventory: &Inventory, entries: &[&Entry]) -> Vec<Edit> {
    let Some(unwanted) = Unwanted::of(inventory, entries, None) else { return Vec::new() };
    let edits = super::format(inventory.kind).advice().leave_out(inventory, &unwanted).unwrap_or_default();
    edits.into_iter().filter(|edit| matches!(edit.change, Change::Replace { .. })).collect()
}

/// A change to a manifest that a build writes, in words, if this is one: nobody else changes it.
fn by_build(inventory: &Inventory, edit: &Edit) -> Option<Remedy> {
    let making = &inventory.making;
    let (words, edits) = match &making.generated_from {
        Some(from) => {
            let (words, edit) = elsewhere(edit.clone(), from);
            (words, vec![edit])
        }
        None if making.is_generated => {
            let words =
                format!("{edit}\nA build writes this manifest: have that do it, or the next one undoes it.");
            (words, Vec::new())
        }
        None => return None,
    };
    Some(Remedy { words, edits, ..Remedy::default() })
}

/// The same change to the manifest that a build takes the fields of this one from, and its words. Nothing is gone from the
/// artifact before that build.
fn elsewhere(edit: Edit, from: &str) -> (String, Edit) {
    let edit = Edit { file: from.to_owned(), ..edit };
    (format!("{edit}\nThen build again: the build takes this over."), edit)
}

/// How to keep something out of a folder that a build writes.
pub(super) fn out_of_folder(what: &str) -> String {
    format!("Have the build write {what} elsewhere, or delete it from the folder before that is published.")
}

/// The files of the project that the build has copied these from, if it has all of them.
fn copied(inventory: &Inventory, entries: &[&Entry]) -> Option<String> {
    let copies = &inventory.making.copies;
    let from =
        |entry: &&Entry| copies.iter().find(|copy| copy.place == entry.place).map(|copy| copy.from.as_str());
    let all: Option<BTreeSet<&str>> = entries.iter().map(from).collect();
    Some(all?.into_iter().collect::<Vec<_>>().join(" and "))
}

/// How to write an allowlist of these items where there is none.
pub(crate) fn new_allowlist(inventory: &Inventory, items: &[String]) -> Option<Remedy> {
    let advice = super::format(inventory.kind).advice();
    let edit = advice.new_allowlist(items)?;
    if let Some(remedy) = by_build(inventory, &edit) {
        return Some(remedy);
    }
    let is_packed = advice.packed_by(items);
    let is_left_out = |entry: &&Entry| !is_packed(below(inventory, entry));
    let removes = inventory.top_files().filter(is_left_out).map(|entry| entry.id).collect();
    Some(Remedy { words: edit.to_string(), edits: vec![edit], removes })
}

/// How to have a file shipped that the allowlist keeps out, or that an ignore file does where there is none; `None` if
/// it is missing for another reason.
pub(crate) fn let_in(inventory: &Inventory, path: &str) -> Option<Remedy> {
    let declared = &inventory.package.as_ref()?.declared;
    if declared.has_allowlist == Some(false) {
        let is_covered = super::format(inventory.kind).advice().let_in(declared, path).is_some();
        return new_allowlist(inventory, &declared.proposal).filter(|_| is_covered);
    }
    let edit = super::format(inventory.kind).advice().let_in(declared, path)?;
    by_build(inventory, &edit)
        .or_else(|| Some(Remedy { words: edit.to_string(), edits: vec![edit], ..Remedy::default() }))
}

fn counted(unwanted: &Unwanted<'_>) -> String {
    let files = crate::words::counted(unwanted.paths.len() as u64, "file");
    let first = unwanted.patterns.first().map_or("", String::as_str);
    format!("these {files}, from {first} on,")
}

/// What to do about a file that a build takes along, and that nobody builds.
fn copied_by_build(from: &str) -> String {
    format!("The build copies {from}: move that elsewhere, and delete the copy.")
}

/// An archive within the package is made by whoever packed that one; where a build has only copied it, it is left out.
fn nested(inventory: &Inventory, entries: &[&Entry]) -> Remedy {
    let carriers: Vec<&Entry> = entries.iter().filter_map(|entry| outermost(inventory, entry)).collect();
    let making = &inventory.making;
    let is_written = making.is_generated || inventory.kind == Kind::Directory;
    if let Some(from) = copied(inventory, &carriers).filter(|_| is_written && !carriers.is_empty()) {
        let removes = carriers.iter().map(|carrier| carrier.id).collect();
        return Remedy { words: copied_by_build(&from), removes, ..Remedy::default() };
    }
    let carrier = entries.iter().find_map(|entry| inventory.entry(entry.parent?));
    let carrier = carrier.map_or("the archive", |carrier| carrier.place.as_str());
    let words = match entries {
        [only] => format!(
            "Leave {} out of {carrier} when that is packed, or leave out {carrier} itself.",
            only.path
        ),
        _ => {
            format!("Leave these files out of {carrier} when that is packed, or leave out {carrier} itself.")
        }
    };
    Remedy { words, ..Remedy::default() }
}

/// The file of the artifact itself that an entry lies in.
fn outermost<'a>(inventory: &'a Inventory, entry: &'a Entry) -> Option<&'a Entry> {
    let mut entry = inventory.entry(entry.parent?)?;
    while !inventory.is_unpacked(entry) {
        entry = inventory.entry(entry.parent?)?;
    }
    Some(entry)
}
