//! Ruby gems: a tar with `metadata.gz`, `data.tar.gz` and `checksums.yaml.gz`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crate::inventory::{
    Anomaly, AnomalyKind, BrokenImport, Command, Entry, EntryId, EntryKind, Gemspec, Import, Inventory, Kind,
    Making, ManifestProblem, Package, RecordProblem, RecordTrouble,
};
use crate::project::Project;

use super::advice::GemAdvice;
use super::names::platform;
use super::origin::GemOrigins;
use super::project::gemspec;
use super::specification::{Specification, stands_in_data, yaml};
use super::{DATA, client, keep_out, wholeness};
use crate::ecosystem::client::{ClientError, Fetched, Wish};
use crate::ecosystem::folder::Files;
use crate::ecosystem::format::{Advice, Certainty, Format};
use crate::ecosystem::gem::registry;
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::registry::Registry;

/// A packed gem.
#[derive(Debug)]
pub(crate) struct Gem;

impl Format for Gem {
    fn kind(&self) -> Kind {
        Kind::Gem
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".gem"]
    }

    /// RubyGems writes the data into a folder of the gem's full name.
    fn installs(&self, inventory: &Inventory, entry: &Entry) -> Option<String> {
        let package = inventory.package.as_ref()?;
        let platform = platform(crate::ecosystem::file_name(&inventory.artifact.path), &package.version);
        let full = [&package.name, &package.version, &platform];
        let full: Vec<&str> = full.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let full = full.join("-");
        match inventory.entry(entry.parent?)?.path.as_str() {
            DATA if matches!(entry.kind, EntryKind::Hardlink { .. } | EntryKind::Special) => None,
            DATA => Some(format!("gems/{full}/{}", entry.path)),
            METADATA => Some(format!("specifications/{full}.gemspec")),
            _ => None,
        }
    }

    /// As they are in the archive; RubyGems 3.3 even lets everybody write where they say so.
    fn installed_mode(&self, inventory: &Inventory, entry: &Entry) -> Option<u32> {
        let package = inventory.package.as_ref()?;
        let is_data = inventory.entry(entry.parent?)?.path == DATA;
        let is_command = package.commands.iter().any(|command| command.starts == entry.path);
        let run = if is_command { 0o111 } else { 0 };
        entry.mode.filter(|_| is_data).map(|mode| mode | run)
    }

    fn unpacks<'a>(&'a self, _inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        Box::new(|entry| entry.parent.is_none() && [METADATA, DATA, CHECKSUMS].contains(&entry.path.as_str()))
    }

    fn odd_landings(&self, inventory: &Inventory) -> Vec<Anomaly> {
        let mut odd = odd_commands(inventory);
        odd.extend(odd_folders(inventory));
        odd
    }

    fn making(&self, _inventory: &Inventory, project: Option<&Project>) -> Making {
        let gemspec = project.and_then(|project| {
            let files = Files::OnDisk(&project.folder);
            let file = gemspec(&files)?;
            let name = keep_out::spec(&files.text(&file)?)?.to_owned();
            Some(Gemspec { file, name })
        });
        Making { gemspec, ..Making::default() }
    }

    fn advice(&self) -> &'static dyn Advice {
        &GemAdvice
    }

    fn certainty(&self) -> Certainty {
        Certainty::Own
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        let has = |name: &str| inventory.top_files().any(|entry| entry.path == name);
        has(METADATA) && has(DATA)
    }

    fn keeps(&self, path: &str) -> bool {
        path == METADATA || path == CHECKSUMS
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let found = locate::manifest(inventory, METADATA, |path| Fit::of(path, METADATA), problems)?;
        let specification = match gunzip(found.bytes).and_then(|text| yaml::<Specification>(&text)) {
            Ok(specification) => specification,
            Err(why) => {
                problems.push(locate::unreadable(&found.entry.place, None, &why));
                return None;
            }
        };
        let mut package = Package {
            license: (!specification.licenses.is_empty()).then(|| specification.licenses.join(" OR ")),
            manifest: found.entry.place.clone(),
            ..Package::default()
        };
        package.declared.record = file_list(inventory, &specification);
        package.declared.record.extend(checksums(inventory));
        package.declared.record.extend(strangers(inventory));
        package.commands = commands(&specification);
        package.declared.missing = wholeness::missing(inventory, &specification);
        package.name = specification.name;
        package.version = specification.version.version;
        Some(package)
    }

    /// Ruby is read line by line: what the quick look found is sure.
    fn broken_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        _sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        let specification = specification(inventory);
        specification
            .map(|specification| wholeness::broken_imports(inventory, package, &specification))
            .unwrap_or_default()
    }

    fn has_digests(&self) -> bool {
        true
    }

    fn platform(&self, file: &str, version: &str) -> String {
        platform(file, version)
    }

    fn origins(&self) -> Option<&'static dyn Origins> {
        Some(&GemOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::GemServer)
    }

    fn purl<'a>(&self, package: &'a Package, file: &str) -> Option<Purl<'a>> {
        let platform = platform(file, &package.version);
        Some(Purl { kind: "gem", name: package.name.clone(), platform: Some(platform), ..Purl::default() })
    }

    fn fetch(&self, wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        Some(client::fetch(wish))
    }
}

const METADATA: &str = "metadata.gz";
const CHECKSUMS: &str = "checksums.yaml.gz";

/// Most bytes that a compressed member may unpack to.
const MOST_UNPACKED: u64 = crate::ecosystem::MOST_KEPT;

/// The commands that RubyGems makes of executables.
fn commands(specification: &Specification) -> Vec<Command> {
    let folder = specification.bindir.as_deref().unwrap_or("bin");
    let command = |name: &String| Command {
        name: name.clone(),
        starts: format!("{folder}/{name}"),
        declared_in: METADATA.to_owned(),
    };
    specification.executables.iter().map(command).collect()
}

/// Commands whose name or file leads elsewhere.
fn odd_commands(inventory: &Inventory) -> Vec<Anomaly> {
    let Some(package) = &inventory.package else { return Vec::new() };
    let Some(entry) = inventory.top_files().find(|entry| entry.path == METADATA) else { return Vec::new() };
    let leads_away = |command: &&Command| command.name.contains(['/', '\\']) || leads_out(&command.starts);
    let odd = package.commands.iter().filter(leads_away).map(|command| {
        let detail = format!(
            "the command `{}`, which starts `{}`, is no file of the gem's folder of commands: RubyGems writes it elsewhere or refuses the gem",
            command.name, command.starts
        );
        Anomaly::of(AnomalyKind::PathTraversal, entry, detail)
    });
    odd.collect()
}

/// The specification, read again.
fn specification(inventory: &Inventory) -> Option<Specification> {
    let kept = inventory.manifests.iter().rfind(|kept| kept.path == METADATA)?;
    yaml(&gunzip(&kept.bytes).ok()?).ok()
}

/// Folders that Ruby loads from, and programs that build the gem, where they lead out of it.
fn odd_folders(inventory: &Inventory) -> Vec<Anomaly> {
    let Some(entry) = inventory.top_files().find(|entry| entry.path == METADATA) else { return Vec::new() };
    let Some(specification) = specification(inventory) else { return Vec::new() };
    let loaded = specification.require_paths.into_iter().map(|path| ("loads from", path));
    let run = specification.extensions.into_iter().map(|path| ("runs at install", path));
    loaded
        .chain(run)
        .filter(|(_, path)| leads_out(path))
        .map(|(what, path)| {
            let detail = format!("Ruby {what} `{path}`, which is no place within the gem");
            Anomaly::of(AnomalyKind::PathTraversal, entry, detail)
        })
        .collect()
}

/// Whether a path of the specification leads out of the gem.
fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|segment| segment == "..")
}

/// Holds the specification's `files` against the entries of the inner archive, both ways.
fn file_list(inventory: &Inventory, specification: &Specification) -> Vec<RecordProblem> {
    let mut listed: BTreeSet<String> = specification.files.iter().map(|path| plain(path)).collect();
    let packed: BTreeMap<&str, &Entry> = inventory
        .files()
        .filter(|entry| stands_in_data(inventory, entry))
        .map(|entry| (entry.path.as_str(), entry))
        .collect();
    if listed.is_empty() || packed.is_empty() {
        return Vec::new();
    }
    // `gem build` packs these, too, and writes them into the list only where it checks the specification
    let folder = specification.bindir.as_deref().unwrap_or("bin");
    let commands = specification.executables.iter().map(|name| plain(&format!("{folder}/{name}")));
    listed.extend(commands.filter(|path| packed.contains_key(path.as_str())));
    let mut problems = Vec::new();
    let mut add = |kind, path: &str, entry: Option<&Entry>, detail: String| {
        problems.push(RecordProblem {
            kind,
            table: METADATA.to_owned(),
            path: path.to_owned(),
            entry: entry.map(|entry| entry.id),
            line: None,
            detail,
        });
    };
    for (path, entry) in &packed {
        if !listed.contains(*path) {
            let detail =
                format!("`{path}` is in the gem but not in its file list: it was added after the build");
            add(RecordTrouble::NotRecorded, path, Some(entry), detail);
        }
    }
    let links: BTreeSet<&str> = inventory
        .entries
        .iter()
        .filter(|entry| !entry.has_bytes() && stands_in_data(inventory, entry))
        .map(|entry| entry.path.as_str())
        .collect();
    // Old lists name folders as well, and `gem build` packs the files alone.
    let folders: BTreeSet<&str> =
        packed.keys().flat_map(|path| path.match_indices('/').filter_map(|(at, _)| path.get(..at))).collect();
    for path in listed.iter().map(String::as_str) {
        if !packed.contains_key(path) && !links.contains(path) && !folders.contains(path) {
            add(
                RecordTrouble::Absent,
                path,
                None,
                format!("the gem's file list names `{path}`, which is not in it"),
            );
        }
    }
    problems
}

/// A path without `.` and empty segments.
fn plain(path: &str) -> String {
    path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect::<Vec<_>>().join("/")
}

/// Members that `gem build` doesn't write; signatures end in `.sig`.
fn strangers(inventory: &Inventory) -> Vec<RecordProblem> {
    let is_own =
        |path: &str| [METADATA, DATA, CHECKSUMS].contains(&path.strip_suffix(".sig").unwrap_or(path));
    let strangers = inventory.top_files().filter(|entry| !is_own(&entry.path));
    strangers
        .map(|entry| RecordProblem {
            kind: RecordTrouble::NotRecorded,
            table: METADATA.to_owned(),
            path: entry.path.clone(),
            entry: Some(entry.id),
            line: None,
            detail: format!(
                "`{}` is next to the gem's data, where no gem has a file: it was added after the build",
                entry.path
            ),
        })
        .collect()
}

/// Compares `checksums.yaml.gz` with the members' digests.
fn checksums(inventory: &Inventory) -> Vec<RecordProblem> {
    let Some(table) = inventory.manifests.iter().rfind(|kept| kept.path == CHECKSUMS) else {
        return Vec::new();
    };
    let problem = |kind, path: &str, entry: Option<&Entry>, detail: String| RecordProblem {
        kind,
        table: CHECKSUMS.to_owned(),
        path: path.to_owned(),
        entry: entry.map(|entry| entry.id),
        line: None,
        detail,
    };
    let read =
        gunzip(&table.bytes).and_then(|text| yaml::<BTreeMap<String, BTreeMap<String, String>>>(&text));
    let algorithms = match read {
        Ok(algorithms) => algorithms,
        Err(why) => {
            return vec![problem(
                RecordTrouble::Malformed,
                CHECKSUMS,
                None,
                format!("{CHECKSUMS} can't be read: {why}"),
            )];
        }
    };
    let mut problems = Vec::new();
    for (path, expected) in algorithms.get("SHA256").into_iter().flatten() {
        match inventory.top_files().find(|entry| entry.path == *path) {
            None => {
                let detail = format!("{CHECKSUMS} names `{path}`, which is not in the gem");
                problems.push(problem(RecordTrouble::Absent, path, None, detail));
            }
            Some(entry)
                if entry.sha256.as_ref().is_some_and(|actual| !actual.eq_ignore_ascii_case(expected)) =>
            {
                let detail = format!("`{path}` doesn't have the digest that {CHECKSUMS} gives");
                problems.push(problem(RecordTrouble::Digest, path, Some(entry), detail));
            }
            Some(_) => {}
        }
    }
    problems
}

fn gunzip(bytes: &[u8]) -> Result<String, String> {
    let mut text = String::new();
    let mut reader = flate2::read::GzDecoder::new(bytes).take(MOST_UNPACKED + 1);
    reader.read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_UNPACKED { Err("it is too large".to_owned()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, ManifestFile};
    use std::io::Write;

    fn gz(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    const SPECIFICATION: &str = "--- !ruby/object:Gem::Specification\nname: demo\nversion: !ruby/object:Gem::Version\n  version: 1.2.3\nlicenses:\n- MIT\nfiles:\n- lib\n- ./lib//demo.rb\n- README.md\nbindir: exe\nexecutables:\n- demo\n";

    fn gem(checksum: &str, inner: &[&str]) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.artifact.path = "demo-1.2.3.gem".into();
        let mut add = |path: &str, place: String, bytes: Option<Vec<u8>>| {
            let id = EntryId(inventory.entries.len() as u32);
            let parent = place.contains('!').then_some(EntryId(1));
            let sha256 = Some("ab".repeat(32));
            inventory.entries.push(Box::new(Entry {
                id,
                parent,
                path: path.into(),
                place,
                sha256,
                ..Entry::default()
            }));
            inventory.manifests.extend(bytes.map(|bytes| ManifestFile {
                entry: id,
                path: path.into(),
                bytes,
            }));
        };
        add(METADATA, METADATA.into(), Some(gz(SPECIFICATION)));
        add(DATA, DATA.into(), None);
        let checksums = format!("---\nSHA256:\n  data.tar.gz: {checksum}\nSHA512:\n  data.tar.gz: x\n");
        add(CHECKSUMS, CHECKSUMS.into(), Some(gz(&checksums)));
        for path in inner {
            add(path, format!("{DATA}!{path}"), None);
        }
        inventory
    }

    #[test]
    fn file_list_and_checksums() {
        use RecordTrouble::{Absent, Digest, NotRecorded};
        let right = "ab".repeat(32);
        for (checksum, inner, expected) in [
            (right.as_str(), &["lib/demo.rb", "README.md"][..], &[][..]),
            (&right, &["lib/demo.rb", "README.md", ".env"], &[(NotRecorded, ".env")]),
            (&right, &["lib/demo.rb", "README.md", "exe/demo"], &[]),
            (&right, &["lib/demo.rb", "README.md", "bin/demo"], &[(NotRecorded, "bin/demo")]),
            (&right, &["lib/demo.rb"], &[(Absent, "README.md")]),
            (&right, &["README.md"], &[(Absent, "lib"), (Absent, "lib/demo.rb")]),
            ("00", &["lib/demo.rb", "README.md"], &[(Digest, DATA)]),
        ] {
            let package = Gem.read(&gem(checksum, inner), None, &mut Vec::new()).unwrap();
            assert_eq!((package.name.as_str(), package.version.as_str()), ("demo", "1.2.3"));
            assert_eq!(package.license.as_deref(), Some("MIT"));
            let found: Vec<(RecordTrouble, &str)> =
                package.declared.record.iter().map(|problem| (problem.kind, problem.path.as_str())).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_no_gem_has_beside_its_data() {
        let mut inventory = gem(&"ab".repeat(32), &["lib/demo.rb", "README.md"]);
        for path in ["metadata.gz.sig", "install.rb"] {
            let id = EntryId(inventory.entries.len() as u32);
            let entry = Entry { id, path: path.into(), place: path.into(), ..Entry::default() };
            inventory.entries.push(Box::new(entry));
        }
        let package = Gem.read(&inventory, None, &mut Vec::new()).unwrap();
        let found: Vec<&str> = package.declared.record.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(found, ["install.rb"]);
    }
}
