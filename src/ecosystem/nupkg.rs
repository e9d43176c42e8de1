//! NuGet packages: a zip with one `.nuspec` at its top.

use quick_xml::events::Event;

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Nupkg, suffixes: &[".nupkg", ".snupkg"], keeps, recognises, read };

fn keeps(path: &str) -> bool {
    fit(path) != Fit::No
}

fn fit(path: &str) -> Fit {
    if path.contains('/') {
        Fit::No
    } else if path.ends_with(".nuspec") {
        Fit::Exact
    } else if path.to_ascii_lowercase().ends_with(".nuspec") {
        Fit::OtherCase
    } else {
        Fit::No
    }
}

fn recognises(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| fit(&entry.path) == Fit::Exact)
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let found = locate::manifest(inventory, "*.nuspec", fit, problems)?;
    match package(found.bytes) {
        Ok(package) => Some(Package { manifest: found.entry.place.clone(), ..package }),
        Err(why) => {
            problems.push(locate::unreadable(found.entry, None, &why));
            None
        }
    }
}

/// Reads `package/metadata`.
fn package(bytes: &[u8]) -> Result<Package, String> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    let mut package = Package::default();
    let mut path: Vec<String> = Vec::new();
    let mut license_is_file = false;
    loop {
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(element) => {
                if path.len() > 64 {
                    return Err("elements are nested too deep".to_owned());
                }
                let name = element.local_name().as_ref().to_owned();
                if name == "license" {
                    license_is_file = element.attributes().flatten().any(|attribute| {
                        attribute.key.as_ref() == "type" && attribute.value.as_ref() == "file"
                    });
                }
                path.push(name);
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) if path.len() == 3 => {
                let value = text.trim().to_owned();
                match path.last().map(String::as_str) {
                    Some("id") => package.name = value,
                    Some("version") => package.version = value,
                    Some("license") if license_is_file => {
                        package.license = Some(format!("SEE LICENSE IN {value}"))
                    }
                    Some("license") => package.license = Some(value),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if package.name.is_empty() { Err("it has no id".to_owned()) } else { Ok(package) }
}
