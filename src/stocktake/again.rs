//! Files that are read once more, when all entries are known: those that must be parsed to be sure of their imports.

use std::collections::{BTreeMap, HashMap};

use crate::ecosystem;
use crate::inspect::parsed_imports;
use crate::inventory::{EntryId, EntryKind, Import, Inventory};
use crate::timings::timed;
use crate::unpack::{self, Blob, Damage, FileSource, Header, Limits, RawAnomaly, Sink, Spent};

use super::Stocktake;

/// More entries than the inventory has: padding counts as one, and is entered only where something was seen in it.
const UNSEEN: u64 = 64;

/// Writes down which imports lead nowhere.
pub(super) fn imports(inventory: &mut Inventory, source: &FileSource, name: &str, stocktake: &Stocktake<'_>) {
    let timings = stocktake.scanner.timings();
    let sure = timed(timings, "imports again", || {
        let mut sure =
            parsed(&ecosystem::doubtful_imports(inventory), inventory, source, name, stocktake.limits);
        let leading = ecosystem::leading_imports(inventory, &sure);
        sure.extend(parsed(&leading, inventory, source, name, stocktake.limits));
        sure
    });
    ecosystem::settle_imports(inventory, &sure);
}

/// The imports of some files.
fn parsed(
    files: &[EntryId],
    inventory: &Inventory,
    source: &FileSource,
    name: &str,
    limits: &Limits,
) -> BTreeMap<EntryId, Vec<Import>> {
    let Some(last) = files.iter().max() else { return BTreeMap::new() };
    let wanted = files.iter().filter_map(|id| inventory.entry(*id));
    let wanted = wanted.map(|entry| ((entry.offset, entry.path.as_str()), entry.id)).collect();
    let mut again = Again { wanted, open: None, found: BTreeMap::new() };
    // Nothing behind the last of them is wanted. What is wrong with the artifact was told the first time, and what is not
    // found now stays unknown.
    let entries = inventory.everything().filter(|entry| entry.parent.is_none() && entry.id <= *last).count();
    let limits = Limits { entries: entries as u64 + UNSEEN, ..limits.clone() };
    let _ = unpack::walk(source, name, &limits, &Spent::default(), &mut again);
    again.found
}

/// Parses the files that are wanted.
struct Again<'a> {
    /// By where they stand and their paths.
    wanted: HashMap<(u64, &'a str), EntryId>,
    open: Option<(EntryId, String, Vec<u8>)>,
    found: BTreeMap<EntryId, Vec<Import>>,
}

impl Sink for Again<'_> {
    fn begin(&mut self, header: Header) {
        let id = self.wanted.get(&(header.offset, header.path.as_str())).copied();
        self.open = id.filter(|_| header.kind == EntryKind::File).map(|id| (id, header.path, Vec::new()));
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Some((_, _, text)) = &mut self.open {
            text.extend_from_slice(bytes);
        }
    }

    fn end(&mut self) {
        if let Some((id, path, text)) = self.open.take()
            && let Some(imports) = parsed_imports(&path, &text)
        {
            self.found.insert(id, imports);
        }
    }

    fn broken(&mut self, _: Damage) {
        self.open = None;
    }

    fn anomaly(&mut self, _: RawAnomaly) {}

    fn blob(&mut self, _: Blob) {}
}
