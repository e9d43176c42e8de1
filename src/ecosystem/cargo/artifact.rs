//! Rust crates. Source: the Cargo book, chapters "The Manifest Format" and "cargo package".

use std::collections::{BTreeMap, BTreeSet};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use memchr::memmem;
use toml::{Table, Value};

use crate::inventory::{
    BrokenImport, Declared, Defect, DefectKind, Entry, EntryId, EntryKind, EntryPointWeight, Import,
    ImportTrouble, Inventory, Kind, Making, ManifestProblem, ManifestTrouble, Mismatch, MissingEntryPoint,
    Package, VcsState,
};
use crate::paths;
use crate::project::Project;

use super::advice::CargoAdvice;
use super::manifest::{self, line_of, package_table, parse};
use super::origin::CrateOrigins;
use super::project::list_of_workspace;
use super::{LOCK, MANIFEST, ORIGINAL, VCS_INFO, client, modules};
use crate::ecosystem::cargo::registry;
use crate::ecosystem::client::{ClientError, Fetched, Wish};
use crate::ecosystem::format::{Advice, Certainty, Fields, Format};
use crate::ecosystem::locate::{self, Fit, Located};
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::registry::Registry;

/// What cargo runs before it compiles the crate, if the manifest names no other.
const BUILD_SCRIPT: &str = "build.rs";

/// Whether a build script writes modules beside those that are packed: it speaks of `src`, and of writing or of programs,
/// but not of the folder that cargo has for what is generated.
fn writes_sources(script: &[u8]) -> bool {
    const WRITERS: [&[u8]; 5] =
        [b"fs::write", b"File::create", b"write_to_file", b".out_dir(", b"Command::new"];
    let has = |text: &[u8]| memmem::find(script, text).is_some();
    (has(b"\"src") || has(b"\"./src")) && !has(b"\"OUT_DIR\"") && WRITERS.into_iter().any(has)
}

/// A packed crate.
#[derive(Debug)]
pub(crate) struct Crate;

impl Format for Crate {
    fn kind(&self) -> Kind {
        Kind::Crate
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".crate"]
    }

    /// cargo keeps the crate's folder, and takes no links.
    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        (entry.kind == EntryKind::File).then(|| entry.path.clone())
    }

    fn installed_mode(&self, _inventory: &Inventory, entry: &Entry) -> Option<u32> {
        Some(entry.mode? & 0o755)
    }

    fn certainty(&self) -> Certainty {
        Certainty::Manifest
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        let has =
            |name: &str| inventory.top_files().any(|entry| Fit::below_root(&entry.path, name) == Fit::Exact);
        let has_others = || has("package.json") || has("PKG-INFO");
        has(MANIFEST) && (has(ORIGINAL) || has(VCS_INFO) || !has_others())
    }

    fn keeps(&self, path: &str) -> bool {
        let below = path.split_once('/').map_or(path, |(_, rest)| rest);
        below.eq_ignore_ascii_case(MANIFEST) || [ORIGINAL, VCS_INFO, BUILD_SCRIPT].contains(&below)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let found = locate::manifest(inventory, MANIFEST, |path| Fit::below_root(path, MANIFEST), problems)?;
        let root = paths::folder(&found.entry.path);
        let place = &found.entry.place;
        let table = parse(place, found.bytes, problems)?;
        let Some(package) = manifest::package(place, found.bytes, &table, None) else {
            problems.push(locate::unreadable(place, None, "it has no [package]"));
            return None;
        };
        let mut package = Package { root: root.to_owned(), ..package };
        let files = Files::of(inventory, root);
        let original = files.kept(inventory, ORIGINAL);
        let original_text = original.map(|located| String::from_utf8_lossy(located.bytes).into_owned());
        let lists = Lists::of(&table);
        if let (Some(located), Some(text)) = (original, &original_text) {
            disagreement(located, text, &lists, problems);
            package.mismatches = renamed(located, text, &package);
        }
        if let Some(info) = files.kept(inventory, VCS_INFO)
            && serde_json::from_slice::<serde_json::Value>(info.bytes).is_err()
        {
            problems.push(malformed(info.entry, "it can't be read, so what it was packed from is unknown"));
        }
        package.defects = unresolvable(&table);
        package.declared = declared(&files, &table, &lists, original_text.as_deref());
        package.vcs = vcs(&files, inventory);
        let expected = format!("{}-{}", package.name, package.version);
        if root != expected {
            package.mismatches.push(Mismatch {
                what: if root.starts_with(&format!("{}-", package.name)) { "version" } else { "name" },
                manifest: expected,
                elsewhere: "the folder in the archive".to_owned(),
                other: root.to_owned(),
                place: None,
            });
        }
        Some(package)
    }

    /// Rust is read line by line: what the quick look found is sure.
    fn broken_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        _sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        let files = Files::of(inventory, &package.root);
        let manifest = files.kept(inventory, MANIFEST);
        let table = manifest.and_then(|kept| toml::from_str(&String::from_utf8_lossy(kept.bytes)).ok());
        let mut broken = table.map(|table: Table| modules::broken(&files.all, &table)).unwrap_or_default();
        let script = files.kept(inventory, BUILD_SCRIPT);
        if !broken.is_empty() && script.is_some_and(|script| writes_sources(script.bytes)) {
            broken.retain(|one| one.trouble != ImportTrouble::Absent);
        }
        broken
    }

    fn fields(&self, _path: &str, manifest: &[u8]) -> Option<Fields> {
        manifest::fields(manifest)
    }

    fn has_one_folder(&self) -> bool {
        true
    }

    fn folder_name(&self, package: &Package) -> Option<String> {
        Some(format!("{}-{}", package.name, package.version))
    }

    fn written_in(&self) -> &'static [&'static str] {
        &[MANIFEST]
    }

    fn making(&self, _inventory: &Inventory, project: Option<&Project>) -> Making {
        let list_of_workspace = project.and_then(|project| list_of_workspace(&project.folder));
        Making { list_of_workspace, ..Making::default() }
    }

    fn advice(&self) -> &'static dyn Advice {
        &CargoAdvice
    }

    fn origins(&self) -> Option<&'static dyn Origins> {
        Some(&CrateOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::CrateRegistry)
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        Some(Purl { kind: "cargo", name: package.name.clone(), ..Purl::default() })
    }

    fn file_in_registry(&self, package: &Package, _file: &str) -> String {
        format!("{}-{}.crate", package.name, package.version)
    }

    fn fetch(&self, wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        Some(client::fetch(wish))
    }
}

/// The crate's files by their paths from its folder.
struct Files<'a> {
    all: Vec<(&'a Entry, &'a str)>,
    names: BTreeSet<&'a str>,
}

impl<'a> Files<'a> {
    fn of(inventory: &'a Inventory, root: &str) -> Self {
        let below = |entry: &'a Entry| Some((entry, entry.path.strip_prefix(root)?.strip_prefix('/')?));
        let all: Vec<(&Entry, &str)> = inventory.top_files().filter_map(below).collect();
        let names = all.iter().map(|(_, path)| *path).collect();
        Self { all, names }
    }

    fn kept(&self, inventory: &'a Inventory, name: &str) -> Option<Located<'a>> {
        let (entry, _) = self.all.iter().rev().find(|(_, path)| *path == name)?;
        Some(Located { entry, bytes: locate::kept(inventory, entry)? })
    }
}

/// `include` and `exclude`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lists {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Lists {
    fn of(table: &Table) -> Self {
        let list = |key: &str| {
            strings(package_table(table).and_then(|package| package.get(key))).unwrap_or_default()
        };
        Self { include: list("include"), exclude: list("exclude") }
    }
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// cargo writes `Cargo.toml` from `Cargo.toml.orig`: lists that differ were changed afterwards.
fn disagreement(original: Located<'_>, text: &str, lists: &Lists, problems: &mut Vec<ManifestProblem>) {
    let table = toml::from_str::<Table>(text).ok();
    let Some(package) = table.as_ref().and_then(package_table) else {
        problems.push(malformed(original.entry, "it can't be read, although cargo made Cargo.toml from it"));
        return;
    };
    for (key, ours) in [("include", &lists.include), ("exclude", &lists.exclude)] {
        // A list inherited from the workspace is elsewhere.
        if package.get(key).is_some_and(|value| !value.is_array()) {
            continue;
        }
        let theirs = strings(package.get(key)).unwrap_or_default();
        if theirs != *ours {
            problems.push(ManifestProblem {
                kind: ManifestTrouble::Malformed,
                place: original.entry.place.clone(),
                line: line_of(text, key),
                detail: format!(
                    "its {key} and that of Cargo.toml differ, although cargo makes one from the other"
                ),
            });
        }
    }
}

/// A file of cargo's own that isn't what cargo writes.
fn malformed(entry: &Entry, detail: &str) -> ManifestProblem {
    ManifestProblem {
        kind: ManifestTrouble::Malformed,
        place: entry.place.clone(),
        line: None,
        detail: detail.to_owned(),
    }
}

/// Name and version, if they differ from the manifest that cargo made of it. What is inherited from the workspace is
/// elsewhere.
fn renamed(original: Located<'_>, text: &str, ours: &Package) -> Vec<Mismatch> {
    let table = toml::from_str::<Table>(text).ok();
    let theirs = |key: &str| table.as_ref().and_then(package_table)?.get(key)?.as_str();
    let pairs = [("name", &ours.name, theirs("name")), ("version", &ours.version, theirs("version"))];
    let differing = pairs.into_iter().filter_map(|(what, ours, theirs)| {
        let other = theirs.filter(|theirs| theirs.trim() != ours.trim())?;
        Some(Mismatch {
            what,
            manifest: ours.clone(),
            elsewhere: ORIGINAL.to_owned(),
            other: other.to_owned(),
            place: Some(original.entry.place.clone()),
        })
    });
    differing.collect()
}

fn declared(files: &Files<'_>, table: &Table, lists: &Lists, original: Option<&str>) -> Declared {
    let mut declared = Declared::default();
    let (key, patterns, name) = match (lists.include.is_empty(), lists.exclude.is_empty()) {
        (false, _) => ("include", &lists.include, "include in Cargo.toml"),
        (true, false) => ("exclude", &lists.exclude, "exclude in Cargo.toml"),
        (true, true) => ("", &lists.include, "Cargo.toml"),
    };
    declared.allowlist_name = name;
    declared.patterns.clone_from(patterns);
    declared.line = original.and_then(|text| line_of(text, key)).filter(|_| !key.is_empty());
    if !key.is_empty() {
        declared.has_allowlist = (key == "include").then_some(true);
        declared.unlisted = unlisted(files, table, lists).unwrap_or_default();
    }
    let (entry_points, missing) = targets(files, table);
    declared.entry_points = entry_points;
    declared.missing = missing;
    declared.missing.extend(documents(files, table));
    declared
}

/// Dependencies that lie beside the crate and say no version by which a registry knows them. cargo packs none such.
fn unresolvable(table: &Table) -> Vec<Defect> {
    let everywhere =
        table.get("target").and_then(Value::as_table).into_iter().flat_map(|targets| targets.values());
    let tables = everywhere.filter_map(Value::as_table).chain([table]);
    let lists = tables.flat_map(|table| {
        ["dependencies", "build-dependencies"]
            .into_iter()
            .filter_map(|key| Some((key, table.get(key)?.as_table()?)))
    });
    let is_lost = |dependency: &Value| {
        dependency.get("path").is_some()
            && dependency.get("version").is_none()
            && dependency.get("git").is_none()
    };
    let one = |key: &str, name: &str, dependency: &Value| Defect {
        kind: DefectKind::UnresolvableDependency,
        field: format!("{key}.{name}"),
        subject: format!("path = {}", dependency.get("path").unwrap_or(&Value::Boolean(true))),
        line: None,
    };
    let lost = |(key, list): (&'static str, &Table)| {
        let lost = list.iter().filter(|(_, dependency)| is_lost(dependency));
        lost.map(|(name, dependency)| one(key, name, dependency)).collect::<Vec<_>>()
    };
    lists.flat_map(lost).collect()
}

/// The files that cargo would not have packed; `None` if the patterns can't be read, which cargo refuses.
fn unlisted(files: &Files<'_>, table: &Table, lists: &Lists) -> Option<Vec<EntryId>> {
    let include = matcher(&lists.include)?;
    let exclude = matcher(&lists.exclude)?;
    let by_itself = written_by_cargo(table);
    let packs = |path: &str| {
        if lists.include.is_empty() {
            !exclude.matched_path_or_any_parents(path, false).is_ignore()
        } else {
            include.matched_path_or_any_parents(path, false).is_ignore()
        }
    };
    let is_unlisted = |path: &str| !by_itself.contains(path) && !packs(path);
    Some(files.all.iter().filter(|(_, path)| is_unlisted(path)).map(|(entry, _)| entry.id).collect())
}

fn matcher(patterns: &[String]) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder.add_line(None, pattern).ok()?;
    }
    builder.build().ok()
}

/// What cargo adds whatever the lists say.
fn written_by_cargo(table: &Table) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = [MANIFEST, ORIGINAL, VCS_INFO, LOCK].map(str::to_owned).into();
    let package = package_table(table);
    if package.is_none_or(|package| !package.contains_key("readme")) {
        names.extend(["README.md", "README.txt", "README"].map(str::to_owned));
    }
    for key in ["readme", "license-file"] {
        if let Some(path) = package.and_then(|package| package.get(key)).and_then(Value::as_str) {
            names.extend(normal(path));
            // One from outside the crate's folder is copied to its top.
            names.extend(path.rsplit('/').next().map(str::to_owned));
        }
    }
    names
}

/// The paths of library, programs and build script, and those of them that are missing.
fn targets(files: &Files<'_>, table: &Table) -> (Vec<String>, Vec<MissingEntryPoint>) {
    let mut present = Vec::new();
    let mut missing = Vec::new();
    let mut follow = |field: String, path: Option<&str>, weight: EntryPointWeight| {
        let Some(path) = path else { return };
        match normal(path).filter(|path| files.names.contains(path.as_str())) {
            Some(path) => present.push(path),
            None => missing.push(MissingEntryPoint {
                field,
                target: path.to_owned(),
                weight,
                near: None,
                place: None,
                line: None,
            }),
        }
    };
    let path_of = |target: &Value| target.get("path").and_then(Value::as_str).map(str::to_owned);
    let library = table.get("lib").and_then(path_of);
    follow("[lib] path".to_owned(), library.as_deref(), EntryPointWeight::Whole);
    let build = package_table(table).and_then(|package| package.get("build")).and_then(Value::as_str);
    follow("build".to_owned(), build, EntryPointWeight::Whole);
    let programs: Vec<&Value> = table.get("bin").and_then(Value::as_array).into_iter().flatten().collect();
    for program in &programs {
        let name = program.get("name").and_then(Value::as_str).unwrap_or_default();
        let path = path_of(program).or_else(|| {
            let by_name =
                [format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs"), "src/main.rs".to_owned()];
            let is_there = by_name.iter().any(|path| files.names.contains(path.as_str()));
            let [first, ..] = by_name;
            (!is_there).then_some(first)
        });
        follow(format!("[[bin]] {name}"), path.as_deref(), EntryPointWeight::Command);
    }
    let found_by_name =
        |path: &&str| matches!(*path, "src/lib.rs" | "src/main.rs") || path.starts_with("src/bin/");
    let by_name: Vec<&str> = files.names.iter().copied().filter(found_by_name).collect();
    if library.is_none() && programs.is_empty() && by_name.is_empty() {
        missing.push(MissingEntryPoint {
            field: "Cargo.toml".to_owned(),
            target: "src/lib.rs or src/main.rs".to_owned(),
            weight: EntryPointWeight::Whole,
            near: None,
            place: None,
            line: None,
        });
    }
    present.extend(by_name.into_iter().map(str::to_owned));
    present.sort();
    present.dedup();
    (present, missing)
}

/// A readme and licence that the manifest names but the crate lacks. cargo copies one from outside the crate's folder
/// to its top.
fn documents(files: &Files<'_>, table: &Table) -> Vec<MissingEntryPoint> {
    let missing = |key: &&str| {
        let path = package_table(table)?.get(*key)?.as_str()?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_there = files.names.contains(name)
            || normal(path).is_some_and(|path| files.names.contains(path.as_str()));
        (!is_there).then(|| MissingEntryPoint {
            field: (*key).to_owned(),
            target: path.to_owned(),
            weight: EntryPointWeight::Hint,
            near: None,
            place: None,
            line: None,
        })
    };
    ["readme", "license-file"].iter().filter_map(missing).collect()
}

/// A path relative to the crate's folder with `.`, empty segments and `..` resolved; `None` if it leaves the folder.
fn normal(path: &str) -> Option<String> {
    paths::join("", &path.replace('\\', "/"))
}

/// What the crate says about its checkout.
fn vcs(files: &Files<'_>, inventory: &Inventory) -> Option<VcsState> {
    let info = files.kept(inventory, VCS_INFO);
    let stated = info.and_then(|info| serde_json::from_slice::<serde_json::Value>(info.bytes).ok());
    let git = stated.as_ref().and_then(|stated| stated.get("git"));
    let git = git?;
    Some(VcsState {
        revision: git.get("sha1").and_then(|id| id.as_str()).map(str::to_owned),
        dirty: git.get("dirty").and_then(serde_json::Value::as_bool).unwrap_or(false),
        place: info.map(|info| info.entry.place.clone()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    fn read_all(files: &[(&str, &str)]) -> (Package, Vec<ManifestProblem>) {
        let inventory = inventory("d-1.0.0.crate", "gzip", files);
        let mut problems = Vec::new();
        (Crate.read(&inventory, None, &mut problems).unwrap(), problems)
    }

    fn unlisted(manifest: &str, paths: &[&str]) -> Vec<String> {
        let manifest = format!("[package]\nname = \"d\"\nversion = \"1.0.0\"\n{manifest}");
        let mut files = vec![("d-1.0.0/Cargo.toml".to_owned(), manifest.as_str())];
        files.extend(paths.iter().map(|path| (format!("d-1.0.0/{path}"), "")));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let (package, _) = read_all(&files);
        package
            .declared
            .unlisted
            .iter()
            .map(|id| files[id.index()].0["d-1.0.0/".len()..].to_owned())
            .collect()
    }

    #[test]
    fn what_the_build_script_writes_is_not_missing() {
        let generates = "let to = root.join(\"src\"); Command::new(\"python3\").arg(&to).status();";
        let compiles = "cc::Build::new().file(\"src/a.c\").compile(\"a\");";
        let elsewhere = "println!(\"src\"); fs::write(Path::new(&env(\"OUT_DIR\")), text);";
        assert!(writes_sources(generates.as_bytes()));
        assert!(writes_sources(b"prost_build::Config::new().out_dir(\"src/pb\")"));
        assert!(!writes_sources(compiles.as_bytes()) && !writes_sources(elsewhere.as_bytes()));
    }

    #[test]
    fn include_and_exclude_are_gitignore_patterns() {
        let always = ["Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"];
        for (manifest, paths, expected) in [
            (
                "include = [\"src/**/*.rs\"]",
                &["src/a.rs", "src/b/c.rs", "src/x.txt", "notes.md"][..],
                &["src/x.txt", "notes.md"][..],
            ),
            ("include = [\"src\"]", &["src/a.rs", "x/src/b.rs", "z"], &["z"]),
            ("include = [\"/src\"]", &["src/a.rs", "x/src/b.rs"], &["x/src/b.rs"]),
            ("include = [\"/src\", \"!/src/secret.rs\"]", &["src/a.rs", "src/secret.rs"], &["src/secret.rs"]),
            (
                "include = [\"*.rs\"]\nreadme = \"docs/READ.md\"",
                &["src/a.rs", "docs/READ.md", "docs/x.md"],
                &["docs/x.md"],
            ),
            ("include = [\"src\"]\nreadme = \"../README.md\"", &["src/a.rs", "README.md"], &[]),
            (
                "exclude = [\"tests\", \"*.bin\"]",
                &["src/a.rs", "tests/a.rs", "a.bin"],
                &["tests/a.rs", "a.bin"],
            ),
            ("include = [\"src\"]", &always, &[]),
            ("", &["anything"], &[]),
        ] {
            assert_eq!(unlisted(manifest, paths), expected, "{manifest}");
        }
    }

    #[test]
    fn targets_and_state() {
        let manifest = "[package]\nname = \"d\"\nversion = \"1.0.0\"\nbuild = \"build.rs\"\n[lib]\npath = \"src/lib.rs\"\n[[bin]]\nname = \"x\"\npath = \"src/x.rs\"\n";
        let info = r#"{"git": {"sha1": "abc", "dirty": true}}"#;
        let (package, problems) = read_all(&[
            ("d-1.0.0/Cargo.toml", manifest),
            ("d-1.0.0/.cargo_vcs_info.json", info),
            ("d-1.0.0/src/lib.rs", ""),
        ]);
        assert_eq!(problems, []);
        let missing: Vec<(&str, EntryPointWeight)> =
            package.declared.missing.iter().map(|missing| (missing.field.as_str(), missing.weight)).collect();
        assert_eq!(missing, [("build", EntryPointWeight::Whole), ("[[bin]] x", EntryPointWeight::Command)]);
        assert!(package.vcs.unwrap().dirty);
        assert_eq!(package.mismatches, []);
    }

    #[test]
    fn dependencies_that_only_lie_beside_it() {
        let manifest = "[package]\nname = \"d\"\nversion = \"1.0.0\"\n[dependencies]\na = { path = \"../a\" }\nb = { path = \"../b\", version = \"1\" }\nc = \"1\"\n[dev-dependencies]\nd = { path = \"../d\" }\n[target.'cfg(unix)'.build-dependencies.e]\npath = \"../e\"\n";
        let (package, _) = read_all(&[("d-1.0.0/Cargo.toml", manifest), ("d-1.0.0/src/lib.rs", "")]);
        let fields: Vec<&str> = package.defects.iter().map(|defect| defect.field.as_str()).collect();
        assert_eq!(fields, ["build-dependencies.e", "dependencies.a"]);
    }

    #[test]
    fn documents_and_programs_that_are_missing() {
        let missing = |more: &str, paths: &[&str]| -> Vec<String> {
            let manifest = format!("[package]\nname = \"d\"\nversion = \"1.0.0\"\n{more}");
            let mut files = vec![("d-1.0.0/Cargo.toml", manifest.as_str()), ("d-1.0.0/src/lib.rs", "")];
            files.extend(paths.iter().map(|path| (*path, "")));
            read_all(&files).0.declared.missing.into_iter().map(|missing| missing.field).collect()
        };
        let documents = "readme = \"docs/R.md\"\nlicense-file = \"../L\"\n";
        assert_eq!(missing(documents, &[]), ["readme", "license-file"]);
        assert_eq!(missing(documents, &["d-1.0.0/docs/R.md", "d-1.0.0/L"]), [""; 0]);
        assert_eq!(missing("readme = false\n", &[]), [""; 0]);
        assert_eq!(missing("[[bin]]\nname = \"x\"\n", &[]), ["[[bin]] x"]);
        for path in ["d-1.0.0/src/bin/x.rs", "d-1.0.0/src/bin/x/main.rs", "d-1.0.0/src/main.rs"] {
            assert_eq!(missing("[[bin]]\nname = \"x\"\n", &[path]), [""; 0]);
        }
    }

    #[test]
    fn what_cargo_wrote_and_somebody_changed() {
        let manifest = "[package]\nname = \"d\"\nversion = \"1.0.0\"\n";
        let with = |original: &str, info: &str| {
            let (package, problems) = read_all(&[
                ("d-1.0.0/Cargo.toml", manifest),
                ("d-1.0.0/Cargo.toml.orig", original),
                ("d-1.0.0/.cargo_vcs_info.json", info),
                ("d-1.0.0/src/lib.rs", ""),
            ]);
            (package.mismatches.len(), problems.len())
        };
        let workspace = "[package]\nname = \"d\"\nversion.workspace = true\n";
        for (original, info, expected) in [
            (manifest, "{}", (0, 0)),
            (workspace, "{}", (0, 0)),
            (manifest, "{", (0, 1)),
            ("[[[", "{}", (0, 1)),
            ("[package]\nname = \"e\"\nversion = \"1.0.1\"\n", "{}", (2, 0)),
        ] {
            assert_eq!(with(original, info), expected, "{original} {info}");
        }
    }

    #[test]
    fn what_was_changed_afterwards() {
        let manifest = "[package]\nname = \"d\"\nversion = \"2.0.0\"\ninclude = [\"src\", \"notes\"]\n";
        let original = "[package]\nname = \"d\"\nversion = \"2.0.0\"\n\ninclude = [\"src\"]\n";
        let (package, problems) = read_all(&[
            ("d-1.0.0/Cargo.toml", manifest),
            ("d-1.0.0/Cargo.toml.orig", original),
            ("d-1.0.0/src/lib.rs", ""),
        ]);
        assert_eq!(
            problems.iter().map(|problem| (problem.kind, problem.line)).collect::<Vec<_>>(),
            [(ManifestTrouble::Malformed, Some(5))]
        );
        assert_eq!(package.mismatches.iter().map(|mismatch| mismatch.what).collect::<Vec<_>>(), ["version"]);
    }
}
