//! Java archives. Source: the "JAR File Specification".

use crate::inventory::{Entry, EntryKind, Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::{attributes, signed};
use crate::ecosystem::format::{Certainty, Compiled, Format};
use crate::ecosystem::locate::{self, Fit};

/// A Java archive of any flavour.
#[derive(Debug)]
pub(crate) struct Jar;

impl Format for Jar {
    fn kind(&self) -> Kind {
        Kind::Jar
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".jar", ".war", ".ear", ".aar"]
    }

    /// Nothing is unpacked: classes are found by their path.
    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        (entry.kind == EntryKind::File).then(|| entry.path.clone())
    }

    fn certainty(&self) -> Certainty {
        Certainty::Looks
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.top_files().any(|entry| entry.path == MANIFEST)
    }

    fn keeps(&self, path: &str) -> bool {
        path.eq_ignore_ascii_case(MANIFEST) || pom_properties(path) || signed::is_signature_file(path)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        // Archives without a manifest are legal and run: only one that is there in a doubtful way is a problem.
        let found = locate::optional(inventory, |path| Fit::of(path, MANIFEST), problems);
        let sections = found.map(|found| attributes::sections(found.bytes)).unwrap_or_default();
        let attribute = |key: &str| sections.first().and_then(|main| main.get(key)).map(str::to_owned);
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
        if let Some(found) = found {
            package.declared.record = signed::check(inventory, found);
        }
        Some(package)
    }

    fn has_digests(&self) -> bool {
        true
    }

    fn is_table(&self, path: &str) -> bool {
        path == MANIFEST
    }

    fn compiled(&self) -> Compiled {
        Compiled::Classes
    }

    fn written_in(&self) -> &'static [&'static str] {
        &["pom.xml", "build.gradle", "build.gradle.kts"]
    }
}

const MANIFEST: &str = "META-INF/MANIFEST.MF";

fn pom_properties(path: &str) -> bool {
    path.starts_with("META-INF/maven/") && path.ends_with("/pom.properties")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inventory::RecordTrouble;

    fn encoded(bytes: &str) -> String {
        use base64::Engine as _;
        use sha2::Digest as _;
        base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(bytes))
    }

    fn troubles(manifest: &str, signature: &str) -> Vec<(RecordTrouble, String)> {
        let files = [
            (MANIFEST, manifest),
            ("META-INF/X.SF", signature),
            ("META-INF/X.RSA", ""),
            ("a.class", ""),
            ("b.class", ""),
        ];
        let mut inventory = inventory("demo.jar", "zip", &files);
        inventory.entries[3].sha256 = Some("abab".to_owned());
        let package = Jar.read(&inventory, None, &mut Vec::new()).unwrap();
        assert_eq!((package.name.as_str(), package.version.as_str()), ("demo", "1.0"));
        package.declared.record.into_iter().map(|problem| (problem.kind, problem.path)).collect()
    }

    const MAIN: &str =
        "Manifest-Version: 1.0\r\nImplementation-Title: de\r\n mo\r\nImplementation-Version: 1.0\r\n\r\n";
    const A: &str = "Name: a.class\r\nSHA-256-Digest: q6s=\r\n\r\n";
    const B: &str = "Name: b.class\r\n\r\n";

    #[test]
    fn files_of_signed_archives() {
        use RecordTrouble::{Absent, Digest, NoDigest, NotRecorded};
        let other = A.replace("q6s=", "AAA=");
        for (sections, expected) in [
            (format!("{A}{B}"), &[][..]),
            (A.to_owned(), &[(NotRecorded, "b.class")]),
            (format!("{other}{B}"), &[(Digest, "a.class")]),
            (format!("{A}Name: b.class\r\nSHA1-Digest: AAAA\r\n"), &[(NoDigest, "b.class")]),
            (format!("{A}{B}Name: gone.class\r\n\r\nName: folder/\r\n"), &[(Absent, "gone.class")]),
        ] {
            let manifest = format!("{MAIN}{sections}");
            let signature =
                format!("Signature-Version: 1.0\nSHA-256-Digest-Manifest: {}\n", encoded(&manifest));
            let expected: Vec<_> = expected.iter().map(|(kind, path)| (*kind, (*path).to_owned())).collect();
            assert_eq!(troubles(&manifest, &signature), expected, "{sections}");
        }
    }

    #[test]
    fn signature_files() {
        use RecordTrouble::{Digest, NotRecorded};
        let manifest = format!("{MAIN}{A}{B}");
        let of = |path: &str, section: &str| {
            format!("Name: {path}\r\nSHA-256-Digest: {}\r\n\r\n", encoded(section))
        };
        let main = "Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: AAAA\r\n\r\n";
        for (signature, expected) in [
            (format!("{main}{}{}", of("a.class", A), of("b.class", B)), &[][..]),
            (format!("{main}{}", of("a.class", A)), &[(NotRecorded, "b.class")]),
            (format!("{main}{}{}", of("a.class", A), of("b.class", A)), &[(Digest, "b.class")]),
            (String::new(), &[(NotRecorded, "a.class"), (NotRecorded, "b.class")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(kind, path)| (*kind, (*path).to_owned())).collect();
            assert_eq!(troubles(&manifest, &signature), expected, "{signature}");
        }
        let unsigned = inventory("demo.jar", "zip", &[(MANIFEST, &manifest), ("c.class", "")]);
        assert_eq!(Jar.read(&unsigned, None, &mut Vec::new()).unwrap().declared.record, []);
    }
}
