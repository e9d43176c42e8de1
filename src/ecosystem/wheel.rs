//! Python wheels. Source: PyPA specifications "Binary distribution format", "Recording installed projects" and
//! "Entry points".

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;

use crate::inventory::{
    Declared, Entry, EntryPointWeight, Inventory, Kind, ManifestProblem, Mismatch, MissingEntryPoint,
    Package, RecordProblem, RecordTrouble,
};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, python};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Wheel, suffixes: &[".whl"], keeps, recognises, read };

const KEPT: [&str; 5] = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"];

fn keeps(path: &str) -> bool {
    in_dist_info(path).is_some_and(|(_, name)| KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)))
}

/// The `.dist-info` folder at the top and the rest of a path in it.
fn in_dist_info(path: &str) -> Option<(&str, &str)> {
    path.split_once('/').filter(|(folder, _)| folder.to_ascii_lowercase().ends_with(".dist-info"))
}

fn recognises(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| in_dist_info(&entry.path).is_some_and(|(_, name)| name == "WHEEL"))
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let own = |path: &str, name: &str| in_dist_info(path).map_or(Fit::No, |(_, rest)| Fit::of(rest, name));
    let metadata =
        locate::manifest(inventory, "*.dist-info/METADATA", |path| own(path, "METADATA"), problems)?;
    let fields = python::fields(metadata.bytes);
    let mut package = python::package(&fields, &metadata.entry.place, "");
    if package.name.is_empty() || package.version.is_empty() {
        problems.push(locate::unreadable(metadata.entry, None, "it has no Name or no Version"));
    }
    package.mismatches = mismatches(inventory, &package);
    let info = locate::folder(&metadata.entry.path);
    let beside = |name: &str| {
        let path = format!("{info}/{name}");
        inventory.manifests.iter().rfind(|kept| kept.path == path)
    };
    package.declared = Declared {
        record: match beside("RECORD") {
            Some(table) => record(inventory, info, &table.bytes),
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
        missing: beside("entry_points.txt").map(|table| missing(inventory, &table.bytes)).unwrap_or_default(),
        ..Declared::default()
    };
    if let Some(table) = beside("top_level.txt") {
        top_level(inventory, &String::from_utf8_lossy(&table.bytes), &mut package.declared);
    }
    Some(package)
}

/// The file name and the `.dist-info` folder repeat name and version.
fn mismatches(inventory: &Inventory, package: &Package) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let folder = locate::folder(&package.manifest);
    if let Some((name, version)) = folder.strip_suffix(".dist-info").and_then(|stem| stem.split_once('-')) {
        python::compare(package, folder, name, version, &mut found);
    }
    let file = super::file_name(&inventory.artifact.path);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        if let (Some(name), Some(version)) = (parts.next(), parts.next()) {
            python::compare(package, "the file name", name, version, &mut found);
        }
    }
    found
}

/// A line of RECORD.
struct Line {
    number: u64,
    path: String,
    hash: String,
    size: String,
}

/// Holds RECORD against the entries, both ways.
fn record(inventory: &Inventory, info: &str, bytes: &[u8]) -> Vec<RecordProblem> {
    let table = format!("{info}/RECORD");
    let mut problems = Vec::new();
    let mut problem = |kind, path: &str, entry: Option<&Entry>, line: Option<u64>, detail: String| {
        let entry = entry.map(|entry| entry.id);
        problems.push(RecordProblem {
            kind,
            table: table.clone(),
            path: path.to_owned(),
            entry,
            line,
            detail,
        });
    };
    let entries: BTreeMap<&str, &Entry> =
        inventory.top_files().map(|entry| (entry.path.as_str(), entry)).collect();
    let mut recorded: BTreeSet<String> = BTreeSet::new();
    // RECORD can't hold its own digest, and signatures are made after it.
    let unhashed = [table.clone(), format!("{info}/RECORD.jws"), format!("{info}/RECORD.p7s")];
    for line in lines(&String::from_utf8_lossy(bytes)) {
        let Line { number, path, hash, size } = line;
        let at = Some(number);
        let Some(normal) = inside(&path) else {
            problem(
                RecordTrouble::Malformed,
                &path,
                None,
                at,
                format!("RECORD names `{path}`, a place outside of the wheel"),
            );
            continue;
        };
        let entry = entries.get(normal.as_str()).copied();
        if !recorded.insert(normal.clone()) {
            problem(RecordTrouble::Twice, &path, entry, at, format!("`{path}` stands twice in RECORD"));
            continue;
        }
        let Some(entry) = entry else {
            if !unhashed.contains(&normal) || normal == table {
                problem(
                    RecordTrouble::Absent,
                    &path,
                    None,
                    at,
                    format!("RECORD names `{path}`, which is not in the wheel"),
                );
            }
            continue;
        };
        if unhashed.contains(&normal) {
            continue;
        }
        match digest(&hash, entry) {
            Digest::Right => {}
            Digest::Wrong => {
                let detail = format!("`{path}` has other bytes than RECORD says");
                problem(RecordTrouble::Digest, &path, Some(entry), at, detail);
            }
            Digest::Worthless(why) => {
                problem(
                    RecordTrouble::NoDigest,
                    &path,
                    Some(entry),
                    at,
                    format!("RECORD {why} for `{path}`"),
                );
            }
        }
        if !size.is_empty() && size.parse() != Ok(entry.size) {
            let detail = format!("`{path}` has {} bytes, and {size} in RECORD", entry.size);
            problem(RecordTrouble::Size, &path, Some(entry), at, detail);
        }
    }
    for entry in entries.values() {
        if !recorded.contains(&entry.path) && !unhashed.contains(&entry.path) {
            let detail =
                format!("`{}` is in the wheel and not in RECORD: it was added after the build", entry.path);
            problem(RecordTrouble::NotRecorded, &entry.path, Some(entry), None, detail);
        }
    }
    problems
}

/// A path as the archive has it; `None` when it leaves the wheel.
fn inside(path: &str) -> Option<String> {
    let unix = path.replace('\\', "/");
    let is_absolute = unix.starts_with('/') || unix.get(1..3) == Some(":/");
    let segments: Vec<&str> =
        unix.split('/').filter(|segment| !segment.is_empty() && *segment != ".").collect();
    (!is_absolute && !segments.contains(&"..") && !segments.is_empty()).then(|| segments.join("/"))
}

/// The lines of RECORD, which is CSV.
fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| {
        let mut fields = csv_fields(line).into_iter();
        let mut next = || fields.next().unwrap_or_default();
        Line { number, path: next(), hash: next(), size: next() }
    })
}

fn csv_fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(field) = fields.last_mut() {
                    field.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => {
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

enum Digest {
    Right,
    Wrong,
    Worthless(&'static str),
}

fn digest(hash: &str, entry: &Entry) -> Digest {
    let Some((algorithm, value)) = hash.split_once('=') else { return Digest::Worthless("has no digest") };
    match algorithm.to_ascii_lowercase().as_str() {
        "sha256" => {}
        "sha384" | "sha512" => return Digest::Worthless("has a digest that isn't SHA-256"),
        _ => return Digest::Worthless("has a digest too weak to mean anything"),
    }
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(value.trim_end_matches('='));
    let Some(actual) = &entry.sha256 else { return Digest::Right };
    match decoded {
        Ok(bytes) if crate::stocktake::hex(&bytes) == *actual => Digest::Right,
        _ => Digest::Wrong,
    }
}

/// Scripts whose module the wheel should hold and doesn't.
fn missing(inventory: &Inventory, bytes: &[u8]) -> Vec<MissingEntryPoint> {
    let text = String::from_utf8_lossy(bytes);
    let paths: BTreeSet<&str> = inventory.top_files().map(|entry| installed(&entry.path)).collect();
    let mut group = String::new();
    let mut missing = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.split(['#', ';']).next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            group = name.trim().to_owned();
            continue;
        }
        let Some((name, target)) =
            line.split_once('=').filter(|_| matches!(group.as_str(), "console_scripts" | "gui_scripts"))
        else {
            continue;
        };
        let module = target.split([':', '[']).next().unwrap_or_default().trim();
        if !has_module(&paths, module) {
            missing.push(MissingEntryPoint {
                field: format!("entry_points.txt [{group}] {}", name.trim()),
                target: module.to_owned(),
                weight: EntryPointWeight::Part,
                line: Some(number),
            });
        }
    }
    missing
}

/// Where a file of `*.data/purelib` and the like ends up.
fn installed(path: &str) -> &str {
    let Some((folder, rest)) = path.split_once('/') else { return path };
    match rest.split_once('/') {
        Some(("purelib" | "platlib", below)) if folder.ends_with(".data") => below,
        _ => path,
    }
}

/// Whether a module is there; a module of a package that the wheel has nothing of is somebody else's.
fn has_module(paths: &BTreeSet<&str>, module: &str) -> bool {
    let path = module.replace('.', "/");
    let top = path.split('/').next().unwrap_or_default();
    let begins = |prefix: &str| paths.range(prefix..).next().is_some_and(|found| found.starts_with(prefix));
    let is_ours = begins(&format!("{top}/")) || begins(&format!("{top}."));
    !is_ours || begins(&format!("{path}.")) || begins(&format!("{path}/"))
}

/// What stands at the top of the wheel and isn't named in `top_level.txt`.
fn top_level(inventory: &Inventory, text: &str, declared: &mut Declared) {
    let names: BTreeSet<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if names.is_empty() {
        return;
    }
    // Namespace packages are named with all their parts: `a/b`.
    let tops: BTreeSet<&str> = names.iter().filter_map(|name| name.split(['/', '.']).next()).collect();
    let is_code = |path: &str| {
        path.ends_with(".py") || path.ends_with(".so") || path.ends_with(".pyd") || path.ends_with(".pyc")
    };
    let is_declared = |path: &str| {
        let first = path.split('/').next().unwrap_or_default();
        let module = first.split('.').next().unwrap_or_default();
        tops.contains(module) || tops.contains(first)
    };
    let is_special = |path: &str| {
        path.split_once('/').is_some_and(|(folder, _)| {
            [".dist-info", ".data", ".libs", ".dylibs"].iter().any(|end| folder.ends_with(end))
        })
    };
    declared.has_allowlist = Some(true);
    declared.allowlist_name = "top_level.txt";
    declared.patterns = names.iter().map(|name| (*name).to_owned()).collect();
    declared.unlisted = inventory
        .top_files()
        .filter(|entry| is_code(&entry.path) && !is_special(&entry.path) && !is_declared(&entry.path))
        .map(|entry| entry.id)
        .collect();
}

#[cfg(test)]
mod tests {
    use super::super::tests::inventory;
    use super::*;
    use sha2::Digest as _;

    const METADATA: &str = "Name: demo\nVersion: 1.0\n";

    fn package(files: &[(&str, &str)]) -> Package {
        let mut inventory = inventory("demo-1.0-py3-none-any.whl", "zip", files);
        for entry in &mut inventory.entries {
            let text = files.iter().find(|(path, _)| *path == entry.path).unwrap().1;
            entry.sha256 = Some(crate::stocktake::hex(&sha2::Sha256::digest(text)));
        }
        let mut problems = Vec::new();
        read(&inventory, None, &mut problems).unwrap()
    }

    fn hashed(path: &str, text: &str) -> String {
        let digest = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(text));
        format!("{path},sha256={digest},{}\n", text.len())
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
        use RecordTrouble::{Absent, Digest, Malformed, NoDigest, NotRecorded, Size, Twice};
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
            ("demo/b.py,md5=AAAA,1", &b, &[(NoDigest, "demo/b.py")]),
            (&format!("{right}{right}"), &b, &[(Twice, "demo/b.py")]),
            ("../x.py,,", &[], &[(Malformed, "../x.py")]),
            ("\"demo/a,b.py\",sha256=x,1", &[], &[(Absent, "demo/a,b.py")]),
            ("", &[("demo-1.0.dist-info/RECORD.jws", "x")], &[]),
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
                "[console_scripts]\nx = demo.cli:main\ny = other:main\nz = demo.gone:main [x]\n[other]\nq = demo.gone\n",
            ),
            ("demo-1.0.dist-info/top_level.txt", "demo\n"),
            ("demo/cli.py", ""),
            ("stray/x.py", ""),
            ("README.md", ""),
        ]);
        let mismatches: Vec<(&str, &str)> =
            package.mismatches.iter().map(|m| (m.what, m.elsewhere.as_str())).collect();
        assert_eq!(mismatches, [("version", "demo-1.0.dist-info"), ("version", "the file name")]);
        let missing: Vec<&str> =
            package.declared.missing.iter().map(|missing| missing.target.as_str()).collect();
        assert_eq!(missing, ["demo.gone"]);
        assert_eq!(package.declared.unlisted.len(), 1);
    }
}
