//! Visual Studio Code extensions: a zip in the Open Packaging Conventions with the extension under `extension/`.

use quick_xml::events::Event;

use crate::inventory::{Inventory, Kind, ManifestProblem, Mismatch, Package};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, npm};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Vsix, suffixes: &[".vsix"], keeps, recognises, read };

const VSIX_MANIFEST: &str = "extension.vsixmanifest";
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
    let mut package = npm::package(inventory, &manifest, found, "extension", project);
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
                });
            }
        }
    }
    if !publisher.is_empty() {
        package.name = format!("{publisher}.{}", package.name);
    }
    Some(package)
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
