//! Visual Studio Code extensions: a zip in the Open Packaging Conventions with the extension under `extension/`.
//!
//! `package.json` is npm's, but vsce packs by rules of its own, and nobody runs npm on an installed extension.

use quick_xml::events::Event;

use crate::inventory::{Declared, EntryId, Inventory, Kind, ManifestProblem, Mismatch, Package};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, npm, vsce};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Vsix, suffixes: &[".vsix"], keeps, recognises, read };

const VSIX_MANIFEST: &str = "extension.vsixmanifest";
const FOLDER: &str = "extension";
const PACKAGE_JSON: &str = "extension/package.json";

fn keeps(path: &str) -> bool {
    [VSIX_MANIFEST, PACKAGE_JSON, "[Content_Types].xml"].iter().any(|kept| kept.eq_ignore_ascii_case(path))
}

fn recognises(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| entry.path == VSIX_MANIFEST)
}

fn read(
    inventory: &Inventory,
    project: Option<&Project>,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Package> {
    let identity = locate::manifest(inventory, VSIX_MANIFEST, |path| Fit::of(path, VSIX_MANIFEST), problems)
        .and_then(|found| identity(found.bytes));
    let found = locate::manifest(inventory, PACKAGE_JSON, |path| Fit::of(path, PACKAGE_JSON), problems)?;
    let manifest = npm::Manifest::read(found, problems)?;
    let read_by_npm = npm::package(inventory, &manifest, found, FOLDER, None);
    let mut package = Package {
        declared: declared(inventory, &manifest, read_by_npm.declared, project),
        // Both are npm's: vsce publishes what is private to npm, and the editor runs no install scripts.
        private: false,
        private_line: None,
        install_scripts: Vec::new(),
        ..read_by_npm
    };
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
    if !publisher.is_empty() {
        package.name = format!("{publisher}.{}", package.name);
    }
    Some(package)
}

/// The allowlist as vsce reads it, in the place of what npm makes of it.
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
    Declared {
        has_allowlist,
        unlisted: unlisted(inventory, manifest, project),
        denied: Vec::new(),
        // An extension needs more than what `main` leads to: whatever `contributes` names.
        proposal: Vec::new(),
        ..read_by_npm
    }
}

/// The files that vsce would have left out by `files`.
fn unlisted(inventory: &Inventory, manifest: &npm::Manifest, project: Option<&Project>) -> Vec<EntryId> {
    let own = npm::OwnFiles::of(inventory, FOLDER);
    let Some(files) = manifest.files.as_deref().and_then(vsce::Files::new) else { return Vec::new() };
    if !files.explains(&own.paths) || project.is_some_and(|project| project.folder.join(IGNORE_FILE).exists())
    {
        return Vec::new();
    }
    own.ids.iter().zip(&own.paths).filter(|(_, path)| !files.packs(path)).map(|(id, _)| *id).collect()
}

/// vsce never packs it, so that an artifact doesn't tell whether there was one.
const IGNORE_FILE: &str = ".vscodeignore";

/// Whether this is the extension's project, and nothing in it says what may ship.
fn ignores_nothing(manifest: &npm::Manifest, project: &Project) -> bool {
    let own = Project::package_json(&project.folder);
    let same = |key: &str| {
        let theirs = own.as_ref().and_then(|own| own.get(key)?.as_str());
        theirs.is_some() && theirs == manifest.text(key)
    };
    same("name") && same("publisher") && !project.folder.join(IGNORE_FILE).exists()
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
