//! Items of a list that several findings write finer ones in place of. Each knows of its own file alone and would name
//! the others' again; so they are told of each other, and all say the same.

use crate::ecosystem::{self, Change, Edit};
use crate::inventory::{Entry, EntryId, Inventory};
use crate::policy::Judged;
use crate::settings::Level;

/// Lets all findings, those of now and those that would come later, write the same in place of an item.
pub(super) fn agree(inventory: &Inventory, now: &mut [Judged], later: &mut [Judged]) {
    let all = || now.iter().chain(later.iter()).filter(|judged| judged.waived.is_none());
    if !all().any(|judged| edits(judged).any(is_finer)) {
        return;
    }
    let counts = |judged: &&Judged| judged.level >= Level::Warning;
    let removed = all().filter(counts).filter_map(|judged| judged.finding.remedy.as_deref());
    let mut removed: Vec<EntryId> = removed.flat_map(|remedy| remedy.removes.iter().copied()).collect();
    removed.sort_unstable();
    removed.dedup();
    let entries: Vec<&Entry> = removed.iter().filter_map(|id| inventory.entry(*id)).collect();
    let agreed = ecosystem::narrowed(inventory, &entries);
    for judged in now.iter_mut().chain(later.iter_mut()) {
        take_over(judged, &agreed);
    }
}

fn edits(judged: &Judged) -> impl Iterator<Item = &Edit> {
    judged.finding.remedy.iter().flat_map(|remedy| &remedy.edits)
}

fn is_finer(edit: &Edit) -> bool {
    matches!(&edit.change, Change::Replace { by, .. } if !by.is_empty())
}

/// Writes what was agreed on into a finding, and into its words.
fn take_over(judged: &mut Judged, agreed: &[Edit]) {
    let Some(remedy) = judged.finding.remedy.as_deref_mut() else { return };
    for edit in remedy.edits.iter_mut().filter(|edit| is_finer(edit)) {
        let Some(other) = agreed.iter().find(|other| is_same_item(edit, other)) else { continue };
        let (before, after) = (edit.to_string(), other.to_string());
        judged.finding.help = judged.finding.help.replace(&before, &after);
        remedy.words = remedy.words.replace(&before, &after);
        *edit = other.clone();
    }
}

fn is_same_item(one: &Edit, other: &Edit) -> bool {
    let (Change::Replace { item, .. }, Change::Replace { item: other_item, .. }) =
        (&one.change, &other.change)
    else {
        return false;
    };
    one.file == other.file && one.list == other.list && item == other_item
}
