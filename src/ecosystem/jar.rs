//! Java archives. Source: the "JAR File Specification".

use std::collections::BTreeMap;

use base64::Engine as _;

use crate::inventory::{Entry, Inventory, Kind, ManifestProblem, Package, RecordProblem, RecordTrouble};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit, Located};

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
    if let Some(found) = found.filter(|_| is_signed(inventory)) {
        package.declared.record = signed(inventory, found);
    }
    Some(package)
}

/// Whether there is a signature file beside the manifest.
fn is_signed(inventory: &Inventory) -> bool {
    inventory
        .top_files()
        .any(|entry| in_meta_inf(&entry.path).is_some_and(|name| name.to_ascii_uppercase().ends_with(".SF")))
}

/// The name of a file directly in `META-INF`.
fn in_meta_inf(path: &str) -> Option<&str> {
    path.strip_prefix("META-INF/").filter(|name| !name.contains('/'))
}

/// Holds the digests of a signed archive's manifest against the entries, both ways.
fn signed(inventory: &Inventory, found: Located<'_>) -> Vec<RecordProblem> {
    let mut sections: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for section in sections_of(found.bytes).into_iter().skip(1) {
        if let Some((_, name)) = section.iter().find(|(key, _)| key.eq_ignore_ascii_case("Name")) {
            sections.insert(name.clone(), section);
        }
    }
    let mut problems = Vec::new();
    let mut add = |kind, path: &str, entry: Option<&Entry>, detail: String| {
        problems.push(RecordProblem {
            kind,
            table: found.entry.place.clone(),
            path: path.to_owned(),
            entry: entry.map(|entry| entry.id),
            line: None,
            detail,
        });
    };
    let entries: BTreeMap<&str, &Entry> =
        inventory.top_files().map(|entry| (entry.path.as_str(), entry)).collect();
    for (path, entry) in &entries {
        // What belongs to the signature itself isn't signed.
        let is_signature = in_meta_inf(path).is_some_and(|name| {
            let upper = name.to_ascii_uppercase();
            upper == "MANIFEST.MF"
                || upper.starts_with("SIG-")
                || [".SF", ".RSA", ".DSA", ".EC"].iter().any(|end| upper.ends_with(end))
        });
        match sections.get(*path) {
            None if !is_signature => {
                add(
                    RecordTrouble::NotRecorded,
                    path,
                    Some(entry),
                    format!("`{path}` is not among the signed files: it was added after signing"),
                );
            }
            Some(section) => {
                let digest = section.iter().find(|(key, _)| key.eq_ignore_ascii_case("SHA-256-Digest"));
                let Some((_, digest)) = digest else { continue };
                let decoded =
                    base64::engine::general_purpose::STANDARD.decode(digest.as_bytes()).unwrap_or_default();
                if entry.sha256.as_ref().is_some_and(|actual| *actual != crate::stocktake::hex(&decoded)) {
                    add(
                        RecordTrouble::Digest,
                        path,
                        Some(entry),
                        format!("`{path}` has other bytes than were signed"),
                    );
                }
            }
            None => {}
        }
    }
    for path in sections.keys().filter(|path| !path.ends_with('/') && !entries.contains_key(path.as_str())) {
        add(RecordTrouble::Absent, path, None, format!("`{path}` was signed and is not in the archive"));
    }
    problems
}

/// The main section.
fn main_attributes(bytes: &[u8]) -> Vec<(String, String)> {
    sections_of(bytes).into_iter().next().unwrap_or_default()
}

/// Sections, divided by empty lines, of `Key: value`; long lines are continued by a leading space.
fn sections_of(bytes: &[u8]) -> Vec<Vec<(String, String)>> {
    let text = String::from_utf8_lossy(bytes);
    let mut sections: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines() {
        if line.is_empty() {
            if sections.last().is_some_and(|section| !section.is_empty()) {
                sections.push(Vec::new());
            }
            continue;
        }
        let Some(section) = sections.last_mut() else { break };
        if let Some(rest) = line.strip_prefix(' ') {
            if let Some((_, value)) = section.last_mut() {
                value.push_str(rest);
            }
        } else if let Some((key, value)) = line.split_once(':') {
            section.push((key.trim().to_owned(), value.trim_start().to_owned()));
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::super::tests::inventory;
    use super::*;

    #[test]
    fn names_and_signed_files() {
        let manifest = "Manifest-Version: 1.0\r\nImplementation-Title: de\r\n mo\r\nImplementation-Version: 1.0\r\n\r\nName: a.class\r\nSHA-256-Digest: q6s=\r\n\r\nName: gone.class\r\n";
        let mut signed = inventory(
            "demo.jar",
            "zip",
            &[
                (MANIFEST, manifest),
                ("META-INF/X.SF", ""),
                ("META-INF/X.RSA", ""),
                ("a.class", ""),
                ("b.class", ""),
            ],
        );
        signed.entries[3].sha256 = Some("abab".to_owned());
        let package = read(&signed, None, &mut Vec::new()).unwrap();
        assert_eq!((package.name.as_str(), package.version.as_str()), ("demo", "1.0"));
        let found: Vec<(RecordTrouble, &str)> =
            package.declared.record.iter().map(|problem| (problem.kind, problem.path.as_str())).collect();
        assert_eq!(found, [(RecordTrouble::NotRecorded, "b.class"), (RecordTrouble::Absent, "gone.class")]);
        signed.entries[3].sha256 = Some("00".to_owned());
        assert_eq!(
            read(&signed, None, &mut Vec::new()).unwrap().declared.record[0].kind,
            RecordTrouble::Digest
        );
        signed.entries[1].path = "META-INF/other".to_owned();
        assert_eq!(read(&signed, None, &mut Vec::new()).unwrap().declared.record, []);
    }
}
