//! Visual Studio Code extensions: a zip in the Open Packaging Conventions with the extension under `extension/`.
//!
//! `package.json` is npm's, but vsce packs by rules of its own, and nobody runs npm on an installed extension.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use crate::inventory::{
    BrokenImport, Declared, Denied, Entry, EntryId, EntryKind, Import, Inventory, Kind, Making,
    ManifestProblem, Mismatch, Package,
};
use crate::project::Project;

use super::advice::VsixAdvice;
use super::origin::VsixOrigins;
use super::project::{as_published, full_name};
use super::{FOLDER, IGNORE_FILE, content_types, contributes, files, ignore};
use crate::ecosystem::format::{Advice, Certainty, Compiled, Fields, Format};
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::npm;
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::registry::Registry;
use crate::ecosystem::vsix::registry;

/// A packed extension.
#[derive(Debug)]
pub(crate) struct Extension;

impl Format for Extension {
    fn kind(&self) -> Kind {
        Kind::Vsix
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".vsix"]
    }

    /// Visual Studio Code cuts off what begins with the folder's name, and leaves out the rest.
    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        let below = entry.path.strip_prefix(FOLDER).filter(|_| entry.kind == EntryKind::File)?;
        Some(below.strip_prefix('/').unwrap_or(below).to_owned())
    }

    fn installed_mode(&self, _inventory: &Inventory, entry: &Entry) -> Option<u32> {
        Some(entry.mode.unwrap_or(0o644) & 0o755)
    }

    fn certainty(&self) -> Certainty {
        Certainty::Own
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.top_files().any(|entry| entry.path == VSIX_MANIFEST)
    }

    fn keeps(&self, path: &str) -> bool {
        [VSIX_MANIFEST, PACKAGE_JSON, content_types::PATH].iter().any(|kept| kept.eq_ignore_ascii_case(path))
    }

    fn read(
        &self,
        inventory: &Inventory,
        project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let identity =
            locate::manifest(inventory, VSIX_MANIFEST, |path| Fit::of(path, VSIX_MANIFEST), problems)
                .and_then(|found| identity(found.bytes));
        let found = locate::manifest(inventory, PACKAGE_JSON, |path| Fit::of(path, PACKAGE_JSON), problems)?;
        let manifest = npm::Manifest::read(&found.entry.place, found.bytes, problems)?;
        let read_by_npm = npm::package(inventory, &manifest, found, FOLDER, None);
        let declared = declared(inventory, &manifest, read_by_npm.declared.clone(), project);
        let mut package = as_published(Package { declared, ..read_by_npm });
        package.declared.missing.extend(contributes::missing(inventory, &manifest));
        package.doubtful_imports =
            npm::doubtful_imports(inventory, &manifest, &package, npm::Brought::InPackage);
        package.entrances = npm::entrances(inventory, &manifest, &package, npm::Brought::InPackage);
        let publisher = manifest.text("publisher").unwrap_or_default().to_owned();
        if let Some(identity) = identity {
            let pairs = [
                ("name", &package.name, &identity.id),
                ("version", &package.version, &identity.version),
                ("publisher", &publisher, &identity.publisher),
            ];
            for (what, ours, theirs) in pairs {
                if !ours.eq_ignore_ascii_case(theirs) {
                    package.mismatches.push(Mismatch {
                        what,
                        manifest: ours.clone(),
                        elsewhere: VSIX_MANIFEST.to_owned(),
                        other: theirs.clone(),
                        place: None,
                    });
                }
            }
        }
        package.name = full_name(&publisher, &package.name);
        Some(package)
    }

    fn leading_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<EntryId> {
        npm::leading_imports(inventory, package, sure, npm::Brought::InPackage)
    }

    fn broken_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        npm::broken_imports(inventory, package, sure, npm::Brought::InPackage)
    }

    fn fields(&self, _path: &str, manifest: &[u8]) -> Option<Fields> {
        npm::fields(manifest)
    }

    fn platform(&self, file: &str, version: &str) -> String {
        platform(file, version)
    }

    fn origins(&self) -> Option<&'static dyn Origins> {
        Some(&VsixOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::Galleries)
    }

    fn purl<'a>(&self, package: &'a Package, file: &str) -> Option<Purl<'a>> {
        let (publisher, name) = package.name.split_once('.')?;
        Some(Purl {
            kind: "vscode-extension",
            namespace: Some(publisher),
            name: name.to_owned(),
            platform: Some(platform(file, &package.version)),
        })
    }

    fn file_in_registry(&self, package: &Package, file: &str) -> String {
        let Package { name, version, .. } = package;
        match platform(file, version) {
            platform if platform.is_empty() => format!("{name}-{version}.vsix"),
            platform => format!("{name}-{version}@{platform}.vsix"),
        }
    }

    fn compiled(&self) -> Compiled {
        Compiled::Scripts
    }

    fn written_in(&self) -> &'static [&'static str] {
        &["package.json"]
    }

    fn making(&self, _inventory: &Inventory, project: Option<&Project>) -> Making {
        let text = project.and_then(|project| crate::project::read(&project.folder.join(IGNORE_FILE)));
        let lines = text.as_deref().unwrap_or_default().lines();
        let brings_back = lines.filter_map(|line| line.trim().strip_prefix('!')).map(str::to_owned).collect();
        Making { packer: "vsce", brings_back, ..Making::default() }
    }

    fn advice(&self) -> &'static dyn Advice {
        &VsixAdvice
    }
}

const VSIX_MANIFEST: &str = "extension.vsixmanifest";
const PACKAGE_JSON: &str = "extension/package.json";

/// The allowlist as vsce reads it, instead of npm's reading.
fn declared(
    inventory: &Inventory,
    manifest: &npm::Manifest,
    read_by_npm: Declared,
    project: Option<&Project>,
) -> Declared {
    let has_allowlist = match &manifest.files {
        Some(_) => Some(true),
        None => project.filter(|project| ignores_nothing(manifest, project)).map(|_| false),
    };
    let held = held(inventory, manifest, project);
    Declared {
        has_allowlist,
        unlisted: held.unlisted,
        denied: held.denied,
        record: content_types::check(inventory),
        // An extension needs more than what `main` leads to: whatever `contributes` names.
        proposal: Vec::new(),
        ..read_by_npm
    }
}

/// What the lists of an extension say about its files.
#[derive(Debug, Default)]
struct Held {
    unlisted: Vec<EntryId>,
    denied: Vec<Denied>,
}

/// The files that vsce would have left out: going by `.vscodeignore` and its own list if the project is available,
/// otherwise by `files`.
fn held(inventory: &Inventory, manifest: &npm::Manifest, project: Option<&Project>) -> Held {
    let own = npm::OwnFiles::of(inventory, FOLDER);
    let text = project.and_then(|project| crate::project::read(&project.folder.join(IGNORE_FILE)));
    let is_ours = project.is_some_and(|project| is_of(manifest, project));
    if is_ours && (text.is_some() || manifest.files.is_none()) {
        return ignored(&own, text.as_deref().unwrap_or_default());
    }
    let Some(files) = manifest.files.as_deref().and_then(files::Files::new) else { return Held::default() };
    if text.is_some() || !files.explains(&own.paths) {
        return Held::default();
    }
    let unlisted = own.ids.iter().zip(&own.paths).filter(|(_, path)| !files.packs(path));
    Held { unlisted: unlisted.map(|(id, _)| *id).collect(), denied: Vec::new() }
}

fn ignored(own: &npm::OwnFiles<'_>, text: &str) -> Held {
    let mut held = Held::default();
    let Some(ignore) = ignore::Ignore::new(text) else { return held };
    for (id, path) in own.ids.iter().zip(&own.paths) {
        if let Some(line) = ignore.takes_out(path) {
            let list = if line.number.is_some() { IGNORE_FILE } else { "vsce's own list" };
            held.unlisted.push(*id);
            held.denied.push(Denied { entry: *id, item: line.text.clone(), list, line: line.number });
        }
    }
    held
}

/// Whether nothing in the extension's project says what may ship.
fn ignores_nothing(manifest: &npm::Manifest, project: &Project) -> bool {
    is_of(manifest, project) && !project.folder.join(IGNORE_FILE).exists()
}

/// Whether this is the extension's project.
fn is_of(manifest: &npm::Manifest, project: &Project) -> bool {
    let own = npm::manifest_at(&project.folder);
    let same = |key: &str| {
        let theirs = own.as_ref().and_then(|own| own.get(key)?.as_str());
        theirs.is_some() && theirs == manifest.text(key)
    };
    same("name") && same("publisher")
}

/// The `Identity` element of the manifest.
#[derive(Debug, Default)]
struct Identity {
    id: String,
    version: String,
    publisher: String,
}

fn identity(bytes: &[u8]) -> Option<Identity> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element))
                if element.local_name().as_ref() == "Identity" =>
            {
                let mut identity = Identity::default();
                for attribute in element.attributes().flatten() {
                    let value = attribute.value.clone().into_owned();
                    match attribute.key.as_ref() {
                        "Id" => identity.id = value,
                        "Version" => identity.version = value,
                        "Publisher" => identity.publisher = value,
                        _ => {}
                    }
                }
                return Some(identity);
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

/// The platform in a file's name.
fn platform(file: &str, version: &str) -> String {
    // `name-linux-x64-1.2.3.vsix` and `name-1.2.3@linux-x64.vsix`.
    let known = ["win32", "linux", "alpine", "darwin", "web"];
    let stem = file.strip_suffix(".vsix").unwrap_or(file);
    let (before, after) = stem.split_once('@').unwrap_or((stem, ""));
    let before = before.strip_suffix(version).unwrap_or(before).trim_end_matches('-');
    let mut words = before.rsplit('-');
    let (last, system) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if known.iter().any(|system| after.starts_with(system)) {
        after.to_owned()
    } else if known.contains(&system) && last.len() <= 5 {
        format!("{system}-{last}")
    } else {
        String::new()
    }
}
