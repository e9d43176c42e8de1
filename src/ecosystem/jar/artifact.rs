//! Java archives. Source: the "JAR File Specification".

use crate::inventory::{
    Entry, EntryKind, EntryPointWeight, Inventory, Kind, ManifestProblem, MissingEntryPoint, Package,
};
use crate::project::Project;

use super::advice::JarAdvice;
use super::{attributes, pom, services, signed};
use crate::ecosystem::format::{Advice, Certainty, Compiled, Format};
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::purl::Purl;

/// A Java archive of any kind.
#[derive(Debug)]
pub(crate) struct Jar;

/// Folders of libraries in applications for servers, for Spring Boot, Android and mods.
const LIBRARIES: [&str; 10] = [
    "",
    "lib",
    "libs",
    "WEB-INF/lib",
    "WEB-INF/lib-provided",
    "BOOT-INF/lib",
    "APP-INF/lib",
    "META-INF/lib",
    "META-INF/jars",
    "META-INF/jarjar",
];

impl Format for Jar {
    fn kind(&self) -> Kind {
        Kind::Jar
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".jar", ".war", ".ear", ".aar"]
    }

    /// Nothing is unpacked: classes are found by their path, each library's by its own.
    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        let path = if entry.parent.is_some() { &entry.place } else { &entry.path };
        (entry.kind == EntryKind::File).then(|| path.clone())
    }

    /// Servers and launchers read the libraries of an application as Java reads the application.
    fn unpacks<'a>(&'a self, _inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        Box::new(|entry| {
            let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let name = name.to_ascii_lowercase();
            LIBRARIES.contains(&folder)
                && self.suffixes().iter().chain(&[".rar"]).any(|end| name.ends_with(end))
        })
    }

    fn advice(&self) -> &'static dyn Advice {
        &JarAdvice
    }

    fn certainty(&self) -> Certainty {
        Certainty::Looks
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.top_files().any(|entry| entry.path == MANIFEST)
    }

    fn keeps(&self, path: &str) -> bool {
        path.eq_ignore_ascii_case(MANIFEST)
            || pom::is_properties(path)
            || pom::is_model(path)
            || services::is_list(path)
            || signed::is_signature_file(path)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        // Archives without a manifest are valid and run; only one that is there in a doubtful way is a problem.
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
            license: attribute("Bundle-License")
                .and_then(|value| osgi(&value))
                .or_else(|| pom::licences(inventory))
                .or_else(|| pom::licence_of_group(inventory)),
            manifest: found.map(|found| found.entry.place.clone()).unwrap_or_default(),
            ..Package::default()
        };
        let mut poms = inventory.manifests.iter().filter(|kept| pom::is_properties(&kept.path));
        // A single pom is the archive's own; several belong to what was merged into it.
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
        package.declared.missing = missing_classes(inventory, attribute);
        package.declared.missing.extend(services::missing(inventory));
        Some(package)
    }

    fn has_digests(&self) -> bool {
        true
    }

    fn is_table(&self, path: &str) -> bool {
        path == MANIFEST
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        let (group, artifact) = package.name.split_once(':')?;
        Some(Purl { kind: "maven", namespace: Some(group), name: artifact.to_owned(), ..Purl::default() })
    }

    fn compiled(&self) -> Compiled {
        Compiled::Classes
    }

    fn written_in(&self) -> &'static [&'static str] {
        &["pom.xml", "build.gradle", "build.gradle.kts"]
    }
}

const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// The classes that Java starts by the manifest, if they can only be in the archive itself.
fn missing_classes(
    inventory: &Inventory,
    attribute: impl Fn(&str) -> Option<String>,
) -> Vec<MissingEntryPoint> {
    const STARTED: [&str; 4] = ["Main-Class", "Premain-Class", "Agent-Class", "Launcher-Agent-Class"];
    let holds_libraries = inventory.top_files().any(|entry| entry.path.ends_with(".jar"));
    if !inventory.artifact.path.ends_with(".jar") || holds_libraries || attribute("Class-Path").is_some() {
        return Vec::new();
    }
    let absent = STARTED.iter().filter_map(|key| {
        let class = attribute(key)?.trim().to_owned();
        let path = format!("{}.class", class.replace('.', "/"));
        let is_name = class.chars().all(|c| c.is_alphanumeric() || "._$".contains(c));
        let is_there = inventory.top_files().any(|entry| entry.path == path);
        // Many libraries name a main class of another archive, and nobody starts them.
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let is_of_folder = |entry: &Entry| {
            entry
                .path
                .strip_prefix(&folder)
                .is_some_and(|name| name.ends_with(".class") && !name.contains('/'))
        };
        let weight = match *key {
            "Main-Class" if inventory.top_files().any(is_of_folder) => EntryPointWeight::Part,
            "Main-Class" => EntryPointWeight::Hint,
            _ => EntryPointWeight::Command,
        };
        (is_name && !class.is_empty() && !is_there).then(|| MissingEntryPoint {
            field: (*key).to_owned(),
            target: class,
            weight,
            near: None,
            place: None,
            line: None,
        })
    });
    absent.collect()
}

/// OSGi's licences: names or addresses with attributes (`MIT;link="https://..."`), separated by commas.
fn osgi(value: &str) -> Option<String> {
    let mut names = Vec::new();
    let mut is_quoted = false;
    let clauses = value.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    for clause in clauses {
        let name = clause.split(';').next().unwrap_or_default().trim().trim_matches('"');
        if !name.is_empty() && name != "<<EXTERNAL>>" {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(" AND "))
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

    #[test]
    fn classes_that_are_started() {
        use EntryPointWeight::{Command, Hint, Part};
        for (attributes, expected) in [
            ("Main-Class: acme.Main\n", &[][..]),
            ("Main-Class: acme.Gone\n", &[Part]),
            ("Main-Class: other.Gone\n", &[Hint]),
            ("Main-Class: other.Gone\nClass-Path: other.jar\n", &[]),
            ("Premain-Class: other.Agent\n", &[Command]),
        ] {
            let manifest = format!("Manifest-Version: 1.0\n{attributes}\n");
            let files = [(MANIFEST, manifest.as_str()), ("acme/Main.class", "")];
            let package = Jar.read(&inventory("a.jar", "zip", &files), None, &mut Vec::new()).unwrap();
            let found: Vec<EntryPointWeight> =
                package.declared.missing.iter().map(|one| one.weight).collect();
            assert_eq!(found, expected, "{attributes}");
        }
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
        use RecordTrouble::{Absent, Digest, NoDigest, NotRecorded, OldDigest};
        let old = |name: &str, algorithm: &str| format!("Name: {name}\r\n{algorithm}-Digest: AAAA\r\n\r\n");
        let other = A.replace("q6s=", "AAA=");
        for (sections, expected) in [
            (format!("{A}{B}"), &[][..]),
            (A.to_owned(), &[(NotRecorded, "b.class")]),
            (format!("{other}{B}"), &[(Digest, "a.class")]),
            (format!("{A}{}", old("b.class", "SHA1")), &[(NoDigest, "b.class")]),
            (
                format!("{}{}", old("a.class", "SHA1"), old("b.class", "MD5")),
                &[(NoDigest, "a.class"), (NoDigest, "b.class")],
            ),
            (
                format!("{}{}", old("a.class", "SHA1"), old("b.class", "SHA-1")),
                &[(OldDigest, "a.class"), (OldDigest, "b.class")],
            ),
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
    fn licences() {
        for (value, expected) in [
            ("BSD-3-Clause;link=https://opensource.org/licenses/BSD-3-Clause", Some("BSD-3-Clause")),
            ("\"Apache-2.0\";link=\"https://www.apache.org/licenses/LICENSE-2.0.txt\"", Some("Apache-2.0")),
            ("MIT;description=\"a, b\",EPL-2.0", Some("MIT AND EPL-2.0")),
            (
                "https://www.apache.org/licenses/LICENSE-2.0.txt",
                Some("https://www.apache.org/licenses/LICENSE-2.0.txt"),
            ),
            ("<<EXTERNAL>>", None),
        ] {
            assert_eq!(osgi(value).as_deref(), expected);
        }
        let pom = "<project xmlns=\"x\"><name>d</name><licenses><license><name>Apache License, Version 2.0</name><url>u</url></license></licenses></project>";
        let files = [(MANIFEST, "Manifest-Version: 1.0\n"), ("META-INF/maven/g/a/pom.xml", pom)];
        let package = Jar.read(&inventory("demo.jar", "zip", &files), None, &mut Vec::new()).unwrap();
        assert_eq!(package.license.as_deref(), Some("Apache License, Version 2.0"));
        for (group, expected) in [
            ("org.apache.felix", Some("Apache-2.0 (as all of org.apache)")),
            ("org.apache", Some("Apache-2.0 (as all of org.apache)")),
            ("org.eclipse.jetty", Some("EPL-2.0 (as all of org.eclipse)")),
            ("org.apachefriends", None),
            ("com.acme", None),
        ] {
            let pom = "<project><parent><groupId>g</groupId></parent></project>";
            let paths = ["pom.xml", "pom.properties"].map(|name| format!("META-INF/maven/{group}/a/{name}"));
            let files = [(MANIFEST, "Manifest-Version: 1.0\n"), (&*paths[0], pom), (&*paths[1], "")];
            let package = Jar.read(&inventory("demo.jar", "zip", &files), None, &mut Vec::new()).unwrap();
            assert_eq!(package.license.as_deref(), expected, "{group}");
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
