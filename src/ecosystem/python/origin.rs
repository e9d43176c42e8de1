//! Where the files of a source distribution and of a wheel come from.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::bytes::Regex;
use toml::{Table, Value};

use crate::ecosystem::origin::{Origin, Origins, Ships, below};
use crate::inventory::{Entry, Inventory, Package};
use crate::project::{read, read_bytes};

pub(super) struct SdistOrigins;
pub(super) struct WheelOrigins;

impl Origins for SdistOrigins {
    fn of<'a>(&self, _inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a> {
        match below(package, &entry.path) {
            None | Some("PKG-INFO") => Origin::Made,
            Some(path) if is_egg_info(path) => Origin::Made,
            Some(ORIGINAL) => Origin::File(MANIFEST),
            Some(path) => Origin::File(path),
        }
    }

    fn ships(&self, _inventory: &Inventory, _package: &Package) -> Ships {
        Ships::Source
    }

    fn made(&self, folder: &Path) -> Vec<String> {
        made(folder)
    }

    /// setuptools writes `setup.cfg` anew, without comments and with a section of its own; uv and PDM write
    /// `pyproject.toml` anew.
    fn rewrites(&self, path: &str, shipped: &[u8], tracked: &[u8]) -> bool {
        match path {
            "setup.cfg" => settings(shipped) == settings(tracked),
            MANIFEST => is_same_manifest(shipped, tracked),
            _ => false,
        }
    }
}

impl Origins for WheelOrigins {
    fn of<'a>(&self, _inventory: &Inventory, _package: &Package, entry: &'a Entry) -> Origin<'a> {
        let top = entry.path.split('/').next().unwrap_or_default();
        match top.ends_with(".dist-info") || top.ends_with(".data") {
            true => Origin::Made,
            false => Origin::Below(&entry.path),
        }
    }

    fn ships(&self, inventory: &Inventory, _package: &Package) -> Ships {
        let is_wheel = |path: &str| path.ends_with(".dist-info/WHEEL") && path.matches('/').count() == 1;
        let words = inventory.manifests.iter().rfind(|kept| is_wheel(&kept.path));
        let is_pure = words.is_some_and(|kept| {
            let text = String::from_utf8_lossy(&kept.bytes).to_ascii_lowercase();
            text.lines().any(|line| line.split_whitespace().eq(["root-is-purelib:", "true"]))
        });
        if is_pure { Ships::Source } else { Ships::Built }
    }

    fn made(&self, folder: &Path) -> Vec<String> {
        made(folder)
    }
}

const MANIFEST: &str = "pyproject.toml";

/// What uv calls the manifest as it was, beside the one that it writes.
const ORIGINAL: &str = "pyproject.toml.orig";

/// Whether two manifests say the same, but for the fields that the build fills in.
fn is_same_manifest(shipped: &[u8], tracked: &[u8]) -> bool {
    let read = |text| toml::from_str::<Table>(std::str::from_utf8(text).ok()?).ok();
    let (Some(mut shipped), Some(mut tracked)) = (read(shipped), read(tracked)) else { return false };
    let dynamic = tracked.get("project").and_then(|project| project.get("dynamic")?.as_array()).cloned();
    for table in [&mut shipped, &mut tracked] {
        // PDM writes the table of all tools, and where it has no settings, an empty one.
        if table.get("tool").and_then(Value::as_table).is_some_and(Table::is_empty) {
            table.remove("tool");
        }
        let Some(project) = table.get_mut("project").and_then(Value::as_table_mut) else { continue };
        project.remove("dynamic");
        for field in dynamic.iter().flatten().filter_map(Value::as_str) {
            project.remove(field);
        }
    }
    shipped == tracked
}

/// `demo.egg-info/SOURCES.txt`, also below `src`.
fn is_egg_info(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with(".egg-info"))
}

/// Keys under which tools name files that they write: setuptools-scm, hatch-vcs, pdm, versioningit, versioneer,
/// scikit-build.
const WRITTEN: [&str; 11] = [
    "write_to",
    "write-to",
    "version_file",
    "version-file",
    "versionfile_source",
    "versionfile_build",
    "versionfile-source",
    "versionfile-build",
    "source-file",
    "build-file",
    "artifacts",
];

/// The files that the build writes because the project's settings say so.
fn made(folder: &Path) -> Vec<String> {
    let mut all = BTreeSet::new();
    let settings = read(&folder.join(MANIFEST)).and_then(|text| toml::from_str::<Table>(&text).ok());
    let settings = settings.unwrap_or_default();
    if let Some(tools) = settings.get("tool") {
        named(tools, &mut all);
    }
    let backend = settings.get("build-system").and_then(|system| system.get("build-backend")?.as_str());
    let tools = settings.get("tool");
    let written = tools.and_then(|tools| tools.get("versioningit")?.get("write")?.get("file")?.as_str());
    all.extend(written.map(str::to_owned));
    if tools.is_some_and(|tools| tools.get("poetry-dynamic-versioning").is_some()) {
        all.extend(WITH_VERSIONS.map(str::to_owned));
    }
    all.extend(match backend.unwrap_or_default() {
        backend if backend.starts_with("poetry") => vec!["setup.py".to_owned()],
        // They are written for the paths in the archive.
        "maturin" => ["Cargo.toml", "Cargo.lock", "pyproject.toml"].map(str::to_owned).into(),
        "pbr.build" => OF_PBR.map(str::to_owned).into(),
        _ => Vec::new(),
    });
    for name in ["setup.py", "setup.cfg"] {
        let text = read_bytes(&folder.join(name)).unwrap_or_default();
        all.extend(
            ASSIGNED
                .iter()
                .flat_map(|assigned| assigned.captures_iter(&text))
                .filter_map(|found| found.get(1))
                .map(|path| String::from_utf8_lossy(path.as_bytes()).into_owned()),
        );
        if memchr::memmem::find(&text, b"pbr").is_some() {
            all.extend(OF_PBR.map(str::to_owned));
        }
    }
    all.into_iter().map(|path| path.trim_start_matches(['.', '/']).to_owned()).collect()
}

/// Where poetry's plugin for versions writes them.
const WITH_VERSIONS: [&str; 4] = ["pyproject.toml", "__init__.py", "__version__.py", "_version.py"];

/// What pbr makes of git's history.
const OF_PBR: [&str; 2] = ["AUTHORS", "ChangeLog"];

/// The same keys in `setup.py` and `setup.cfg`.
static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern =
        r#"(?:write_to|version_file|versionfile_source|versionfile_build)["']?\s*[:=]\s*["']?([^\s"',)]+)"#;
    Regex::new(pattern).ok()
});

fn named(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let is_written = WRITTEN.contains(&key.as_str());
                match value {
                    Value::String(path) if is_written => drop(all.insert(path.clone())),
                    Value::Array(paths) if is_written => {
                        all.extend(paths.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    other => named(other, all),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| named(value, all)),
        _ => {}
    }
}

/// What `setup.cfg` says, without comments, blanks and what setuptools adds.
fn settings(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut section = String::new();
    let mut all = Vec::new();
    for line in text.lines() {
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with(['#', ';']) {
            continue;
        }
        if plain.starts_with('[') {
            section = plain.to_owned();
        } else if section != "[egg_info]" {
            let words: String = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            let (key, value) = words.split_once(['=', ':']).unwrap_or(("", &words));
            all.push(format!("{section} {} {}", key.trim().to_ascii_lowercase(), value.trim()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn what_setuptools_makes_of_its_settings() {
        let ours = b"# words\n[metadata]\nName=demo\nclassifiers =\n    A\n\n[egg_info]\ntag_build=dev\n";
        let theirs =
            b"[metadata]\nname = demo\nclassifiers = \n\tA\n\n[egg_info]\ntag_build = \ntag_date = 0\n\n";
        assert_eq!(settings(ours), settings(theirs));
        assert_ne!(settings(ours), settings(b"[metadata]\nname = other\nclassifiers =\n    A\n"));
    }

    #[test]
    fn what_uv_and_pdm_make_of_the_manifest() {
        let tracked = "# ours\n[project]\nname = 'a'\ndynamic = ['version']\nauthors = [{ name = 'Ada' }]\n";
        let theirs = "[project]\nname = \"a\"\nversion = \"1.0\"\n\n[[project.authors]]\nname = \"Ada\"\n";
        let rewrites = |shipped: &str, tracked: &str| {
            SdistOrigins.rewrites(MANIFEST, shipped.as_bytes(), tracked.as_bytes())
        };
        assert!(rewrites(theirs, tracked));
        assert!(rewrites(&format!("{theirs}\n[tool]\n"), tracked));
        assert!(!rewrites(&format!("{theirs}\n[tool]\na = 1\n"), tracked));
        assert!(!rewrites(&theirs.replace("Ada", "Eve"), tracked));
        assert!(!rewrites(theirs, &tracked.replace("'version'", "'readme'")), "nobody fills it in");
        assert!(!rewrites("[project", tracked) && !rewrites(theirs, ""));
    }

    #[test]
    fn files_that_a_build_writes() {
        let folder = tree(&[
            (
                "pyproject.toml",
                "[build-system]\nbuild-backend = \"hatchling.build\"\n[tool.hatch.build.hooks.vcs]\nversion-file = \"a/_v.py\"\n[tool.hatch.build]\nartifacts = [\"*.mo\"]\n[tool.setuptools_scm]\nwrite_to = \"./b/_v.py\"\n",
            ),
            ("setup.py", "setup(use_scm_version={'write_to': 'c/_v.py', 'x': 1})\n"),
            ("setup.cfg", "[versioneer]\nversionfile_source = d/_v.py\n"),
        ]);
        assert_eq!(made(folder.path()), ["*.mo", "b/_v.py", "a/_v.py", "c/_v.py", "d/_v.py"]);
    }
}
