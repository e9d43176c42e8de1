//! Python wheels. Source: PyPA specifications "Binary distribution format", "Recording installed projects" and
//! "Entry points".

mod commands;
mod entry_points;
mod functions;
mod imports;
mod installed;
mod modules;
mod record;
mod required;
mod tags;
mod taken;

use std::collections::BTreeMap;

use crate::inventory::{
    Anomaly, BrokenImport, Declared, Entry, EntryId, Import, Inventory, Kind, Making, ManifestProblem,
    ManifestTrouble, Mismatch, Package, RecordProblem, RecordTrouble,
};
use crate::paths;
use crate::project::Project;

use super::advice::{self, PythonAdvice};
use super::origin::WheelOrigins;
use super::{client, metadata, names};
use crate::ecosystem::client::{ClientError, Fetched, Wish};
use crate::ecosystem::format::{Advice, Certainty, Fields, Format};
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::python::registry;
use crate::ecosystem::registry::Registry;

/// A wheel.
#[derive(Debug)]
pub(crate) struct Wheel;

impl Format for Wheel {
    fn kind(&self) -> Kind {
        Kind::Wheel
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".whl"]
    }

    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        installed::path(entry)
    }

    /// pip and uv keep of the permissions only whether somebody may run the file.
    fn installed_mode(&self, _inventory: &Inventory, entry: &Entry) -> Option<u32> {
        Some(if entry.mode.unwrap_or_default() & 0o111 == 0 { 0o644 } else { 0o755 })
    }

    fn odd_landings(&self, inventory: &Inventory) -> Vec<Anomaly> {
        installed::odd_landings(inventory)
    }

    fn certainty(&self) -> Certainty {
        Certainty::Own
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.top_files().any(|entry| in_dist_info(&entry.path).is_some_and(|(_, name)| name == "WHEEL"))
    }

    fn keeps(&self, path: &str) -> bool {
        in_dist_info(path).is_some_and(|(_, name)| KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)))
    }

    fn read(
        &self,
        inventory: &Inventory,
        project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let own =
            |path: &str, name: &str| in_dist_info(path).map_or(Fit::No, |(_, rest)| Fit::of(rest, name));
        let found =
            locate::manifest(inventory, "*.dist-info/METADATA", |path| own(path, "METADATA"), problems)?;
        let fields = metadata::fields(found.bytes);
        let mut package = metadata::package(&fields, &found.entry.place, "");
        if package.name.is_empty() || package.version.is_empty() {
            problems.push(locate::unreadable(&found.entry.place, None, "it has no Name or no Version"));
        }
        problems.extend(metadata::contradictions(&fields, &found.entry.place));
        package.defects = metadata::unresolvable(&fields);
        package.defects.extend(modules::common_names(inventory, &package, project));
        package.mismatches = mismatches(inventory, &package);
        let info = paths::folder(&found.entry.path);
        problems.extend(second_folder(inventory, info));
        let beside = |name: &str| {
            let path = format!("{info}/{name}");
            inventory.manifests.iter().rfind(|kept| kept.path == path)
        };
        let points = beside("entry_points.txt");
        problems.extend(points.and_then(|kept| entry_points::trouble(&kept.bytes, &kept.path)));
        package.commands = installed::commands(
            inventory,
            points.map(|kept| kept.path.as_str()).unwrap_or_default(),
            points.map(|kept| kept.bytes.as_slice()).unwrap_or_default(),
        );
        package.doubtful_imports = functions::doubtful(inventory, &package);
        package.doubtful_imports.extend(taken::doubtful(inventory, &package, &requirements(&fields)));
        package.doubtful_imports.extend(required::doubtful(inventory, &package, &fields));
        if let Some(project) = project {
            package.mismatches.extend(commands::undeclared(project, &package));
        }
        package.declared = Declared {
        record: match beside("RECORD") {
            Some(table) => record::check(inventory, info, &table.bytes),
            None => vec![RecordProblem {
                kind: RecordTrouble::Absent,
                table: format!("{info}/RECORD"),
                path: format!("{info}/RECORD"),
                entry: None,
                line: None,
                detail: "there is no RECORD, so nothing says which files belong to the wheel; installers refuse it"
                    .to_owned(),
            }],
        },
        missing: points
            .map(|table| modules::missing(inventory, &table.bytes, &requirements(&fields)))
            .unwrap_or_default()
            .into_iter()
            .chain(modules::nothing_to_install(
                inventory,
                &fields,
                &metadata::description(found.bytes),
                ["entry_points.txt", "top_level.txt"].map(|name| beside(name).map(|kept| kept.bytes.as_slice())),
                &package,
            ))
            .collect(),
        ..Declared::default()
    };
        match beside("WHEEL") {
            Some(wheel) => {
                let file = crate::ecosystem::file_name(&inventory.artifact.path);
                package.mismatches.extend(tags::mismatch(file, &format!("{info}/WHEEL"), &wheel.bytes));
                problems.extend(tags::unknown_format(&format!("{info}/WHEEL"), &wheel.bytes));
            }
            None => problems.push(ManifestProblem {
                kind: ManifestTrouble::Malformed,
                place: format!("{info}/WHEEL"),
                line: None,
                detail: format!("there is no {info}/WHEEL; installers refuse the wheel"),
            }),
        }
        if let Some(table) = beside("top_level.txt") {
            modules::top_level(inventory, &String::from_utf8_lossy(&table.bytes), &mut package.declared);
        }
        Some(package)
    }

    /// Python is read line by line: which modules it asks for, the quick look found for sure. Which names a module has,
    /// that of a command is read again for.
    fn broken_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        let kept = inventory.manifests.iter().rfind(|kept| kept.path.ends_with(".dist-info/METADATA"));
        let fields = kept.map(|kept| metadata::fields(&kept.bytes)).unwrap_or_default();
        let requirements = requirements(&fields);
        let mut broken = imports::broken(inventory, package, &requirements);
        broken.extend(functions::absent(inventory, package, sure));
        broken.extend(taken::absent(inventory, package, &requirements, sure));
        broken.extend(required::absent(inventory, package, &fields, sure));
        broken
    }

    fn fields(&self, _path: &str, manifest: &[u8]) -> Option<Fields> {
        metadata::compared(manifest)
    }

    fn has_digests(&self) -> bool {
        true
    }

    fn is_table(&self, path: &str) -> bool {
        path.split_once('/').is_some_and(|(folder, name)| folder.ends_with(".dist-info") && name == "RECORD")
    }

    fn beside(&self, path: &str) -> Option<&'static str> {
        path.ends_with(".dist-info/entry_points.txt").then_some("entry_points.txt")
    }

    fn platform(&self, file: &str, _version: &str) -> String {
        names::platform(file)
    }

    fn written_in(&self) -> &'static [&'static str] {
        &super::MANIFESTS
    }

    fn making(&self, inventory: &Inventory, project: Option<&Project>) -> Making {
        advice::making(inventory, project)
    }

    fn advice(&self) -> &'static dyn Advice {
        &PythonAdvice
    }

    fn origins(&self) -> Option<&'static dyn Origins> {
        Some(&WheelOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::PackageIndex)
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        Some(metadata::purl(package))
    }

    fn fetch(&self, wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        Some(client::fetch_wheel(wish))
    }
}

const KEPT: [&str; 5] = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"];

/// The `.dist-info` folder at the top and the rest of a path in it.
fn in_dist_info(path: &str) -> Option<(&str, &str)> {
    path.split_once('/').filter(|(folder, _)| folder.to_ascii_lowercase().ends_with(".dist-info"))
}

/// A second `.dist-info` folder: installers refuse the wheel or take either.
fn second_folder(inventory: &Inventory, info: &str) -> Option<ManifestProblem> {
    let folders: BTreeMap<&str, &Entry> = inventory
        .top_files()
        .filter_map(|entry| Some((in_dist_info(&entry.path)?.0, entry)))
        .filter(|(folder, _)| *folder != info)
        .collect();
    let (folder, entry) = folders.first_key_value()?;
    Some(ManifestProblem {
        kind: ManifestTrouble::Twice,
        place: entry.place.clone(),
        line: None,
        detail: format!("the wheel has two folders of metadata, {info} and {folder}"),
    })
}

/// The file name and the `.dist-info` folder repeat name and version.
fn mismatches(inventory: &Inventory, package: &Package) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let folder = paths::folder(&package.manifest);
    if let Some((name, version)) = folder.strip_suffix(".dist-info").and_then(|stem| stem.split_once('-')) {
        metadata::compare(package, folder, name, version, &mut found);
    }
    let file = crate::ecosystem::file_name(&inventory.artifact.path);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        if let (Some(name), Some(version)) = (parts.next(), parts.next()) {
            metadata::compare(package, "the file name", name, version, &mut found);
        }
    }
    found
}

/// What the metadata says that the package requires.
fn requirements(fields: &[(String, String)]) -> Vec<String> {
    let required = fields.iter().filter(|(key, _)| key == "requires-dist");
    required.map(|(_, value)| value.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inventory::WideDigests;
    use base64::Engine as _;
    use sha2::Digest as _;

    const METADATA: &str = "Name: demo\nVersion: 1.0\n";

    fn package(files: &[(&str, &str)]) -> Package {
        let mut inventory = inventory("demo-1.0-py3-none-any.whl", "zip", files);
        for entry in &mut inventory.entries {
            let text = files.iter().find(|(path, _)| *path == entry.path).unwrap().1;
            let hex = crate::words::hex;
            entry.sha256 = Some(hex(&sha2::Sha256::digest(text)));
            let sha384 = hex(&sha2::Sha384::digest(text));
            entry.wide = Some(Box::new(WideDigests { sha384, sha512: hex(&sha2::Sha512::digest(text)) }));
        }
        let mut problems = Vec::new();
        Wheel.read(&inventory, None, &mut problems).unwrap()
    }

    fn encoded(digest: &[u8]) -> String {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
    }

    fn hashed(path: &str, text: &str) -> String {
        format!("{path},sha256={},{}\n", encoded(&sha2::Sha256::digest(text)), text.len())
    }

    fn troubles(record: &str, extra: &[(&str, &str)]) -> Vec<(RecordTrouble, String)> {
        let own = hashed("demo/a.py", "a") + &hashed("demo-1.0.dist-info/METADATA", METADATA);
        let record = format!("{own}demo-1.0.dist-info/RECORD,,\n{record}");
        let mut files = vec![
            ("demo/a.py", "a"),
            ("demo-1.0.dist-info/METADATA", METADATA),
            ("demo-1.0.dist-info/RECORD", record.as_str()),
        ];
        files.extend_from_slice(extra);
        package(&files).declared.record.into_iter().map(|problem| (problem.kind, problem.path)).collect()
    }

    #[test]
    fn record_both_ways() {
        use RecordTrouble::{Absent, Digest, HexDigest, Malformed, NoDigest, NotRecorded, Size, Twice};
        let b = [("demo/b.py", "b")];
        let right = hashed("demo/b.py", "b");
        let same_digest = right.replace(",1\n", ",2\n");
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(RecordTrouble, &'a str)]);
        let cases: &[Case<'_>] = &[
            ("", &[], &[]),
            (&right, &b, &[]),
            ("", &b, &[(NotRecorded, "demo/b.py")]),
            (&right, &[], &[(Absent, "demo/b.py")]),
            (&hashed("demo/b.py", "c"), &b, &[(Digest, "demo/b.py")]),
            (&same_digest, &b, &[(Size, "demo/b.py")]),
            ("demo/b.py,,", &b, &[(NoDigest, "demo/b.py")]),
            (
                &format!("demo/b.py,sha256={},1", crate::words::hex(&sha2::Sha256::digest("b"))),
                &b,
                &[(HexDigest, "demo/b.py")],
            ),
            (
                &format!("demo/b.py,sha256={},1", crate::words::hex(&sha2::Sha256::digest("c"))),
                &b,
                &[(Digest, "demo/b.py")],
            ),
            ("demo/b.py,md5=AAAA,1", &b, &[(NoDigest, "demo/b.py")]),
            (&format!("{right}{right}"), &b, &[(Twice, "demo/b.py")]),
            ("../x.py,,", &[], &[(Malformed, "../x.py")]),
            ("\"demo/a,b.py\",sha256=x,1", &[], &[(Absent, "demo/a,b.py")]),
            (&format!("demo/b.py,sha512={}==,1", encoded(&sha2::Sha512::digest("b"))), &b, &[]),
            (&format!("demo/b.py,SHA384={},1", encoded(&sha2::Sha384::digest("b"))), &b, &[]),
            (
                &format!("demo/b.py,sha512={},1", encoded(&sha2::Sha512::digest("c"))),
                &b,
                &[(Digest, "demo/b.py")],
            ),
            (
                &format!("demo/b.py,sha384={},1", encoded(&sha2::Sha256::digest("b"))),
                &b,
                &[(Digest, "demo/b.py")],
            ),
            ("demo/b.py,sha512=,1", &b, &[(Digest, "demo/b.py")]),
            (&right.replace('\n', ",more\r\n"), &b, &[(Malformed, "demo/b.py")]),
            ("\"demo/b.py\"", &b, &[(NoDigest, "demo/b.py")]),
            (&right.replace("demo/", "./demo//"), &b, &[]),
            ("/demo/b.py,,\nC:\\b.py,,", &[], &[(Malformed, "/demo/b.py"), (Malformed, "C:\\b.py")]),
            ("", &[("demo-1.0.dist-info/RECORD.jws", "x"), ("demo-1.0.dist-info/RECORD.p7s", "x")], &[]),
            ("demo-1.0.dist-info/RECORD.p7s,,", &[], &[]),
        ];
        for (record, extra, expected) in cases {
            let expected: Vec<(RecordTrouble, String)> =
                expected.iter().map(|(kind, path)| (*kind, (*path).to_owned())).collect();
            assert_eq!(troubles(record, extra), expected, "{record}");
        }
        let without = package(&[("demo-1.0.dist-info/METADATA", METADATA)]);
        assert_eq!(without.declared.record[0].kind, Absent);
    }

    #[test]
    fn names_versions_and_scripts() {
        let package = package(&[
            ("demo-1.0.dist-info/METADATA", "Name: Demo\nVersion: 2.0\n"),
            (
                "demo-1.0.dist-info/entry_points.txt",
                "[console_scripts]\nx = demo.cli:main\ny = other:main\nz = demo.gone:main [x]\n[other]\nq = demo.gone\nr = demo.cli.Class\ns = demo.shared.gone\n",
            ),
            ("demo-1.0.dist-info/top_level.txt", "demo\n"),
            ("demo/__init__.py", ""),
            ("demo/cli.py", ""),
            ("demo/shared/part.py", ""),
            ("stray/x.py", ""),
            ("_start.pth", ""),
            ("_start.py", ""),
            ("_built.cpython-311-x86_64-linux-gnu.so", ""),
            ("README.md", ""),
        ]);
        let mismatches: Vec<(&str, &str)> =
            package.mismatches.iter().map(|m| (m.what, m.elsewhere.as_str())).collect();
        assert_eq!(mismatches, [("version", "demo-1.0.dist-info"), ("version", "the file name")]);
        let missing: Vec<&str> =
            package.declared.missing.iter().map(|missing| missing.target.as_str()).collect();
        assert_eq!(missing, ["demo.gone", "demo.gone"]);
        assert_eq!(package.declared.unlisted.len(), 1);
    }
}
