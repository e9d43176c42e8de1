//! `[Content_Types].xml` of the Open Packaging Conventions: a type for each extension, or for a single file.

use std::collections::BTreeSet;

use quick_xml::events::Event;

use crate::ecosystem::locate;
use crate::inventory::{Inventory, RecordProblem, RecordTrouble};

/// Where it is.
pub(super) const PATH: &str = "[Content_Types].xml";

/// Files with an extension that the table has no type for: packing writes one for each, so they were added
/// afterwards, and readers of the format don't see them.
pub(super) fn check(inventory: &Inventory) -> Vec<RecordProblem> {
    let Some(table) = inventory.top_files().find(|entry| entry.path == PATH) else { return Vec::new() };
    let read = locate::kept(inventory, table).and_then(Types::read);
    let problem = |kind, path: &str, entry, detail| RecordProblem {
        kind,
        table: PATH.to_owned(),
        path: path.to_owned(),
        entry,
        line: None,
        detail,
    };
    let Some(types) = read else {
        return vec![problem(RecordTrouble::Malformed, PATH, None, format!("{PATH} can't be read"))];
    };
    let untyped = inventory.top_files().filter(|entry| entry.path != PATH && !types.covers(&entry.path));
    untyped
        .map(|entry| {
            let detail = format!(
                "`{}` has no type in {PATH}, which is written for all files when packing",
                entry.path
            );
            problem(RecordTrouble::NotRecorded, &entry.path, Some(entry.id), detail)
        })
        .collect()
}

/// What the table names, in lower case.
#[derive(Debug, Default)]
struct Types {
    extensions: BTreeSet<String>,
    parts: BTreeSet<String>,
}

impl Types {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = quick_xml::Reader::from_reader(bytes);
        let mut buffer = Vec::new();
        let mut types = Self::default();
        loop {
            match reader.read_event_into(&mut buffer).ok()? {
                Event::Start(element) | Event::Empty(element) => {
                    let attribute = |name: &str| {
                        let mut all = element.attributes().flatten();
                        let found = all.find(|attribute| attribute.key.as_ref() == name)?;
                        Some(found.value.trim_start_matches(['.', '/']).to_lowercase())
                    };
                    match element.local_name().as_ref() {
                        "Default" => types.extensions.extend(attribute("Extension")),
                        "Override" => types.parts.extend(attribute("PartName")),
                        _ => {}
                    }
                }
                Event::Eof => return Some(types),
                _ => {}
            }
            buffer.clear();
        }
    }

    fn covers(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        // What begins with a dot is a name without an extension.
        let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, end)| end);
        let Some(extension) = extension else { return true };
        self.extensions.contains(&extension.to_lowercase()) || self.parts.contains(&path.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn files_without_a_type() {
        let table = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension=".json" ContentType="application/json"/><Default Extension="JS" ContentType="x/y"></Default>
            <Override PartName="/a/b.bin" ContentType="x/y"/></Types>"#;
        let paths = ["x.json", "a/x.js", "a/b.bin", "LICENSE", "a/.env", ".x.JSON"];
        let untyped = |table: &str, more: &[&str]| -> Vec<String> {
            let mut files = vec![(PATH, table)];
            files.extend(paths.iter().chain(more).map(|path| (*path, "")));
            check(&inventory("d.vsix", "zip", &files)).into_iter().map(|problem| problem.path).collect()
        };
        assert_eq!(untyped(table, &[]), [""; 0]);
        assert_eq!(untyped(table, &["a/c.bin", "x.map"]), ["a/c.bin", "x.map"]);
        assert_eq!(untyped("<Types><Default", &[]), [PATH]);
        assert_eq!(check(&inventory("d.vsix", "zip", &[("a.b", "")])), []);
    }
}
