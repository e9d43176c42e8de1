//! What would still stop the release once the files were left out that helps say to leave out: a map that gives
//! nothing away as long as the sources ship beside it, an entry point that a new list no longer covers. Told at once,
//! it saves a round.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Entry, EntryId, EntryKind, FromCommit, Inventory};
use crate::policy::Judged;
use crate::settings::Level;

/// What the advice on one finding may bring up is advised on again, so many times.
const MOST_ROUNDS: usize = 4;

/// The findings that would block after the changes that blocking findings propose. `judge` judges what is left.
pub(super) fn findings(
    inventory: &Inventory,
    now: &[Judged],
    fail_on: Level,
    mut judge: impl FnMut(Inventory) -> Vec<Judged>,
) -> Vec<Judged> {
    let blocks = |judged: &&Judged| judged.waived.is_none() && judged.level >= fail_on;
    let mut known: BTreeSet<String> =
        now.iter().filter(blocks).map(|judged| judged.finding_id.clone()).collect();
    let mut removed: BTreeSet<EntryId> = now.iter().filter(blocks).flat_map(removes).collect();
    let mut later: Vec<Judged> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        if removed.is_empty() {
            break;
        }
        let judged = judge(without(inventory, &removed));
        let new = judged.into_iter().filter(|one| blocks(&one) && known.insert(one.finding_id.clone()));
        let new: Vec<Judged> = new.collect();
        let before = removed.len();
        removed.extend(new.iter().flat_map(removes));
        later.extend(new);
        if removed.len() == before {
            break;
        }
    }
    later
}

fn removes(judged: &Judged) -> impl Iterator<Item = EntryId> {
    judged.finding.remedy.iter().flat_map(|remedy| remedy.removes.iter().copied())
}

/// The inventory of the artifact without these entries and all that is in them. Numbers stay as they are.
fn without(inventory: &Inventory, removed: &BTreeSet<EntryId>) -> Inventory {
    let mut rest = inventory.clone();
    let mut gone: BTreeMap<EntryId, bool> = BTreeMap::new();
    for entry in &mut rest.entries {
        let is_gone = removed.contains(&entry.id)
            || entry.parent.is_some_and(|parent| gone.get(&parent).copied().unwrap_or_default());
        gone.insert(entry.id, is_gone);
        if is_gone {
            // A folder without a name is nothing to any rule.
            **entry = Entry { id: entry.id, kind: EntryKind::Directory, ..Entry::default() };
        }
    }
    let is_gone = |id: EntryId| gone.get(&id).copied().unwrap_or_default();
    rest.manifests.retain(|kept| !is_gone(kept.entry));
    rest.payloads.retain(|id| !is_gone(*id));
    if let Some(FromCommit::Compared(comparison)) = &mut rest.from_commit {
        comparison.differing.retain(|differing| !is_gone(differing.entry));
        comparison.absent.retain(|id| !is_gone(*id));
        comparison.untold.retain(|id| !is_gone(*id));
    }
    let places: BTreeSet<&str> =
        inventory.everything().filter(|entry| is_gone(entry.id)).map(|entry| entry.place.as_str()).collect();
    rest.anomalies.retain(|anomaly| !places.contains(anomaly.place.as_str()));
    rest.unexamined.retain(|part| part.within.as_deref().is_none_or(|file| !places.contains(file)));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::npm;
    use crate::inventory::{Comparison, Differing};

    #[test]
    fn a_file_that_is_left_out_is_compared_with_no_commit() {
        let [left_out, stays] = [EntryId(1), EntryId(0)];
        let comparison = Comparison {
            differing: [left_out, stays].map(|entry| Differing { entry, ..Differing::default() }).into(),
            absent: vec![left_out],
            untold: vec![left_out, stays],
            ..Comparison::default()
        };
        let from_commit = Some(FromCommit::Compared(comparison));
        let inventory = Inventory { from_commit, ..npm("1.0.0", &[("a.js", 1), ("a.js.bak", 1)]) };
        let rest = without(&inventory, &BTreeSet::from([left_out])).from_commit;
        let Some(FromCommit::Compared(rest)) = rest else { panic!("compared no more") };
        assert_eq!(rest.differing.iter().map(|one| one.entry).collect::<Vec<_>>(), [stays]);
        assert_eq!((rest.absent, rest.untold), (vec![], vec![stays]));
    }
}
