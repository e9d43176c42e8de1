//! Java archives. Source: the "JAR File Specification".

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Jar, suffixes: &[".jar", ".war", ".ear", ".aar"], keeps, recognises, read };

const MANIFEST: &str = "META-INF/MANIFEST.MF";

fn keeps(path: &str) -> bool {
    path.eq_ignore_ascii_case(MANIFEST) || pom_properties(path)
}

fn pom_properties(path: &str) -> bool {
    path.starts_with("META-INF/maven/") && path.ends_with("/pom.properties")
}

fn recognises(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| entry.path == MANIFEST)
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    // Archives without a manifest are legal and run: only one that is there in a doubtful way is a problem.
    let found = locate::optional(inventory, |path| Fit::of(path, MANIFEST), problems);
    let attributes = found.map(|found| main_attributes(found.bytes)).unwrap_or_default();
    let attribute = |key: &str| {
        attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| v.clone())
    };
    let mut package = Package {
        name: attribute("Bundle-SymbolicName")
            .map(|name| name.split(';').next().unwrap_or_default().trim().to_owned())
            .or_else(|| attribute("Implementation-Title"))
            .unwrap_or_default(),
        version: attribute("Implementation-Version")
            .or_else(|| attribute("Bundle-Version"))
            .unwrap_or_default(),
        license: attribute("Bundle-License"),
        manifest: found.map(|found| found.entry.place.clone()).unwrap_or_default(),
        ..Package::default()
    };
    let mut poms = inventory.manifests.iter().filter(|kept| pom_properties(&kept.path));
    // A single pom is the archive's own; several are those of what was merged into it.
    if let (Some(pom), None) = (poms.next(), poms.next()) {
        let text = String::from_utf8_lossy(&pom.bytes);
        let property = |key: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(k, _)| k.trim() == key)
                .map(|(_, v)| v.trim())
        };
        if let (Some(group), Some(artifact), Some(version)) =
            (property("groupId"), property("artifactId"), property("version"))
        {
            package.name = format!("{group}:{artifact}");
            package.version = version.to_owned();
        }
    }
    Some(package)
}

/// The main section: `Key: value`, long lines continued by a leading space.
fn main_attributes(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let mut attributes: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix(' ') {
            if let Some((_, value)) = attributes.last_mut() {
                value.push_str(rest);
            }
        } else if let Some((key, value)) = line.split_once(':') {
            attributes.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    attributes
}
