use thin_vec::{ThinVec, thin_vec};

use crate::inventory::{Anomaly, Entry, EntryId, EntryKind, Inventory, KeptText, ManifestFile, Unexamined};
use crate::unpack::{Header, RawAnomaly};

/// An examined entry with what was found inside it, not yet numbered.
#[derive(Debug)]
pub(super) struct Examined {
    pub(super) ordinal: usize,
    /// It stays where it is until the inventory goes.
    pub(super) entry: Box<Entry>,
    pub(super) children: ThinVec<Examined>,
    pub(super) anomalies: ThinVec<Anomaly>,
    pub(super) unexamined: ThinVec<Unexamined>,
    pub(super) manifest: Option<Box<[u8]>>,
    /// The text of a script that the package may be entered by.
    pub(super) script: Option<Box<[u8]>>,
    /// The text of another module that may have to be parsed, if there was room for it.
    pub(super) module: Option<KeptText>,
}

impl Examined {
    pub(super) fn new(ordinal: usize, header: &Header, place: &str) -> Self {
        let entry = Entry {
            path: header.path.clone(),
            place: place.to_owned(),
            kind: header.kind.clone(),
            size: header.size.unwrap_or(0),
            mode: header.mode,
            offset: header.offset,
            ..Entry::default()
        };
        Self {
            ordinal,
            entry: Box::new(entry),
            children: ThinVec::new(),
            anomalies: ThinVec::new(),
            unexamined: ThinVec::new(),
            manifest: None,
            script: None,
            module: None,
        }
    }

    /// Whether these are bytes of no entry as ordinary writers leave them, in which nothing was seen.
    fn says_nothing(&self) -> bool {
        matches!(self.entry.kind, EntryKind::Blob { usual: true })
            && !self.entry.is_notable()
            && self.children.is_empty()
            && self.unexamined.is_empty()
    }

    /// An entry that could not be looked at.
    pub(super) fn unseen(ordinal: usize, header: &Header, place: &str, why: String) -> Self {
        let unexamined = thin_vec![Unexamined::new(place, why)];
        Self { unexamined, ..Self::new(ordinal, header, place) }
    }
}

/// Everything found in an artifact, entries in any order.
#[derive(Debug, Default)]
pub(super) struct Stock {
    pub(super) containers: Vec<&'static str>,
    pub(super) entries: Vec<Examined>,
    pub(super) anomalies: Vec<RawAnomaly>,
    pub(super) unexamined: Vec<Unexamined>,
}

impl Stock {
    /// Puts the entries in order and numbers them: a nested one follows its container.
    pub(super) fn flatten(mut self) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.artifact.containers = self.containers;
        inventory.unexamined = self.unexamined;
        inventory.anomalies = self.anomalies.into_iter().map(|anomaly| under("", "", anomaly)).collect();
        self.entries.sort_by_key(|examined| examined.ordinal);
        inventory.entries.reserve(self.entries.len());
        for examined in self.entries {
            enter(examined, None, &mut inventory);
        }
        inventory
    }
}

fn enter(mut examined: Examined, parent: Option<EntryId>, inventory: &mut Inventory) {
    if examined.says_nothing() {
        return;
    }
    let id = EntryId(u32::try_from(inventory.entries.len()).unwrap_or(u32::MAX));
    examined.entry.id = id;
    examined.entry.parent = parent;
    if let Some(bytes) = examined.manifest {
        inventory.manifests.push(ManifestFile {
            entry: id,
            path: examined.entry.path.clone(),
            bytes: bytes.into(),
        });
    }
    inventory.scripts.extend(examined.script.map(|text| (id, text)));
    inventory.modules.extend(examined.module.map(|text| (id, text)));
    inventory.entries.push(examined.entry);
    inventory.anomalies.extend(examined.anomalies);
    inventory.unexamined.extend(examined.unexamined);
    examined.children.sort_by_key(|child| child.ordinal);
    for child in examined.children {
        enter(child, Some(id), inventory);
    }
}

/// Puts an anomaly of a nested container under its place in the artifact.
pub(super) fn under(prefix: &str, container: &str, anomaly: RawAnomaly) -> Anomaly {
    let place = match &anomaly.entry {
        Some(path) => format!("{prefix}{path}"),
        None => container.to_owned(),
    };
    let RawAnomaly { kind, offset, detail, .. } = anomaly;
    Anomaly { kind, offset, place, container: container.to_owned(), payload: false, detail }
}
