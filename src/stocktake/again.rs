//! Files that are looked at once more, when all entries are known: those that must be parsed to be sure of their imports. What
//! wasn't kept in memory for that is read again.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::ecosystem;
use crate::inspect::parsed_imports;
use crate::inventory::{EntryId, EntryKind, Import, Inventory, KeptText};
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
    let mut found = BTreeMap::new();
    let mut unkept = Vec::new();
    for entry in files.iter().filter_map(|id| inventory.entry(*id)) {
        let script = || inventory.scripts.get(&entry.id).map(|text| Cow::Borrowed(&**text));
        match script().or_else(|| inventory.modules.get(&entry.id).map(KeptText::text)) {
            Some(text) => found.extend(parsed_imports(&entry.path, &text).map(|imports| (entry.id, imports))),
            None => unkept.push(entry),
        }
    }
    let Some(last) = unkept.iter().map(|entry| entry.id).max() else { return found };
    let wanted = unkept.iter().map(|entry| ((entry.offset, entry.path.as_str()), entry.id)).collect();
    let mut again = Again { wanted, open: None, found };
    // Nothing behind the last of them is wanted. What is wrong with the artifact was told the first time, and what is not
    // found now stays unknown.
    let entries = inventory.everything().filter(|entry| entry.parent.is_none() && entry.id <= last).count();
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
    fn wants(&self, header: &Header) -> bool {
        self.wanted.contains_key(&(header.offset, header.path.as_str()))
    }

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::inspect::{ScanOptions, Scanner};
    use crate::stocktake::Budget;

    fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
        let packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(packer);
        for (path, text) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, text.as_bytes()).expect("an entry");
        }
        archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("a tarball")
    }

    const FILES: [(&str, &str); 5] = [
        ("package/package.json", r#"{"name": "demo", "main": "a.js"}"#),
        ("package/a.js", "require('./b.js'); if (x) { require('./c.js'); }"),
        ("package/a.d.ts", "export * from './b.js';"),
        ("package/data.txt", "require('./d.js')"),
        ("package/last/b.js", "import('./c.js'); import './d.js';"),
    ];

    fn zip() -> Vec<u8> {
        use std::io::Write as _;
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (path, text) in FILES {
            archive.start_file(path, zip::write::SimpleFileOptions::default()).expect("an entry");
            archive.write_all(text.as_bytes()).expect("its text");
        }
        archive.finish().expect("a zip").into_inner()
    }

    /// What one worker finds in an artifact, how that is read, and the file that it is in.
    fn taken(artifact: &[u8]) -> (Inventory, FileSource, tempfile::NamedTempFile) {
        let scanner = Scanner::new(ScanOptions::default());
        let (limits, budget) = (Limits::default(), Budget::new(1 << 20));
        let stocktake = Stocktake {
            scanner: &scanner,
            limits: &limits,
            kind: None,
            project: None,
            budget: &budget,
            workers: 1,
        };
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), artifact).expect("an artifact");
        let source = FileSource::open(file.path()).expect("the artifact");
        let (inventory, _) = stocktake.with_workers(file.path(), &source);
        (inventory, source, file)
    }

    #[test]
    fn what_is_read_again_is_what_was_kept() {
        let limits = Limits::default();
        for bytes in [tarball(&FILES), zip()] {
            let (mut inventory, source, _file) = taken(&bytes);
            let kept: BTreeSet<EntryId> =
                inventory.scripts.keys().chain(inventory.modules.keys()).copied().collect();
            let modules: Vec<EntryId> = kept.iter().copied().collect();
            let path = |id: &EntryId| inventory.entry(*id).expect("an entry").path.clone();
            assert_eq!(modules.iter().map(path).collect::<Vec<_>>(), [FILES[1].0, FILES[2].0, FILES[4].0]);
            let found = parsed(&modules, &inventory, &source, "x", &limits);
            assert!(found.len() == modules.len() && found.values().all(|imports| !imports.is_empty()));
            for (id, text) in std::mem::take(&mut inventory.scripts) {
                inventory.modules.insert(id, KeptText::Plain(text));
            }
            let packed = inventory.modules.iter().map(|(id, text)| (*id, KeptText::packed(&text.text())));
            inventory.modules = packed.collect();
            assert_eq!(parsed(&modules, &inventory, &source, "x", &limits), found);
            inventory.modules.clear();
            for some in [&modules[..], &modules[1..], &modules[..1]] {
                let again = parsed(some, &inventory, &source, "x", &limits);
                let of_some = found.iter().filter(|(id, _)| some.contains(id));
                assert!(again.iter().eq(of_some), "{again:?} {found:?}");
            }
        }
    }

    /// What inspectors decode where it is, in the bytes that they are given, is not what a module has.
    #[test]
    fn a_module_is_kept_as_it_is_in_the_artifact() {
        let map = r#"{"version": 3, "sources": ["a.ts"], "sourcesContent": ["export {};"], "mappings": ""}"#;
        let map = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, map);
        let last = format!("require('x');\n//# sourceMappingURL=data:application/json;base64,{map}\n");
        // nothing else has room as it is behind these
        let blank = "\n".repeat(1 << 20);
        let names: Vec<String> = (0..8).map(|number| format!("package/{number}.js")).collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), blank.as_str())).collect();
        files.push(("package/a/b/c/d/e/last.js", &last));
        let (inventory, ..) = taken(&tarball(&files));
        let kept = inventory.modules.values().last().expect("a module");
        assert!(matches!(kept, KeptText::Packed(_)));
        assert_eq!(kept.text(), last.as_bytes());
    }
}
