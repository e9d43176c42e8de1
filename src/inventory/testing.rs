use super::{Entry, EntryId, Inventory, Kind, Package};

/// Entries with their numbers.
pub(crate) fn numbered(entries: impl IntoIterator<Item = Entry>) -> Vec<Box<Entry>> {
    let entries = entries.into_iter().enumerate();
    entries.map(|(number, entry)| Box::new(Entry { id: EntryId(number as u32), ..entry })).collect()
}

/// The npm package `acme` with files of these paths, below `package/`, and sizes.
pub(crate) fn npm(version: &str, files: &[(&str, u64)]) -> Inventory {
    let package = Package {
        name: "acme".into(),
        version: version.into(),
        root: "package".into(),
        ..Package::default()
    };
    let entries = numbered(files.iter().map(|(path, size)| {
        let path = format!("package/{path}");
        Entry { place: path.clone(), path, size: *size, ..Entry::default() }
    }));
    Inventory { kind: Kind::Npm, entries, package: Some(package), ..Inventory::default() }
}
