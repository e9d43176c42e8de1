use super::{At, Entry, EntryId, Fate, Inventory, Kind, OwnLines, OwnText, Package};

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

/// What was found of a file of the project: no line yet.
pub(crate) fn own_text(file: &str) -> OwnText {
    let fate = if file.ends_with(".ts") { Fate::Lowered } else { Fate::Kept };
    let (lines, known) = (OwnLines::default(), Vec::new());
    let at = At { line: Some(3), ..At::default() };
    let (file, number) = (file.to_owned(), 0);
    OwnText { file, fate, of: 40, decoded: false, commented: false, lines, bytes: 0, at, number, known }
}
