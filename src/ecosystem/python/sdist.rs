//! Python source distributions. Source: PyPA specification "Source distribution format".

use std::collections::BTreeSet;

use crate::inventory::{
    EntryId, EntryKind, Inventory, Kind, Making, ManifestProblem, Package, RecordProblem, RecordTrouble,
};
use crate::paths;
use crate::project::Project;

use super::advice::{self, PythonAdvice};
use super::origin::SdistOrigins;
use super::{client, metadata, sdist_build};
use crate::ecosystem::client::{ClientError, Fetched, Wish};
use crate::ecosystem::format::{Advice, Certainty, Fields, Format};
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::python::registry;
use crate::ecosystem::registry::Registry;

/// A source distribution.
#[derive(Debug)]
pub(crate) struct Sdist;

impl Format for Sdist {
    fn kind(&self) -> Kind {
        Kind::Sdist
    }

    fn usual_ends(&self) -> &'static [&'static str] {
        &[".tar.gz", ".zip", ".tar.bz2"]
    }

    fn certainty(&self) -> Certainty {
        Certainty::Manifest
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        let (mut has_info, mut has_python, mut is_npm, mut has_other) = (false, false, false, false);
        for entry in inventory.top_files() {
            match entry.path.split_once('/') {
                Some((_, "PKG-INFO")) => has_info = true,
                Some((_, "setup.py" | "pyproject.toml" | "pkg-info" | "Pkg-Info")) => has_python = true,
                Some(("package", "package.json")) => is_npm = true,
                Some((_, "package.json" | "Cargo.toml")) => has_other = true,
                _ => {}
            }
        }
        let is_named = inventory.artifact.path.ends_with(".tar.gz");
        // npm's folder always has that name, and no sdist's has.
        !is_npm && (has_info || has_python && !has_other && is_named)
    }

    fn keeps(&self, path: &str) -> bool {
        let below = path.split_once('/').map_or("", |(_, rest)| rest);
        below.eq_ignore_ascii_case("PKG-INFO")
            || ["pyproject.toml", "setup.cfg", "setup.py"].contains(&below)
            || is_sources(below)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let found =
            locate::manifest(inventory, "PKG-INFO", |path| Fit::below_root(path, "PKG-INFO"), problems)?;
        let fields = metadata::fields(found.bytes);
        let root = paths::folder(&found.entry.path);
        let mut package = metadata::package(&fields, &found.entry.place, root);
        if package.name.is_empty() || package.version.is_empty() {
            problems.push(locate::unreadable(&found.entry.place, None, "it has no Name or no Version"));
        }
        problems.extend(metadata::contradictions(&fields, &found.entry.place));
        let mut mismatches = Vec::new();
        if let Some((name, version)) = root.rsplit_once('-') {
            metadata::compare(&package, "the folder in the archive", name, version, &mut mismatches);
        }
        package.mismatches = mismatches;
        package.declared.record = sources(inventory, root);
        package.declared.missing = sdist_build::missing(inventory, root);
        Some(package)
    }

    fn fields(&self, _path: &str, manifest: &[u8]) -> Option<Fields> {
        metadata::compared(manifest)
    }

    fn has_one_folder(&self) -> bool {
        true
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
        Some(&SdistOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::PackageIndex)
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        Some(metadata::purl(package))
    }

    fn fetch(&self, wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        Some(client::fetch_sdist(wish))
    }
}

/// setuptools' list of what it packed, by its path from the package's folder.
fn is_sources(below: &str) -> bool {
    below.ends_with(".egg-info/SOURCES.txt") && below.split('/').count() <= 3
}

/// Compares `SOURCES.txt` with the entries. setuptools writes it when packing; other backends pack what an earlier
/// run left in the folder, so only setuptools' own archives are judged by it.
fn sources(inventory: &Inventory, root: &str) -> Vec<RecordProblem> {
    let below =
        |path: &'_ str| path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
    let mut tables =
        inventory.manifests.iter().filter(|kept| below(&kept.path).is_some_and(|path| is_sources(&path)));
    let (Some(table), None) = (tables.next(), tables.next()) else { return Vec::new() };
    let text = String::from_utf8_lossy(&table.bytes);
    let listed: BTreeSet<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
    // Some builds list files by their absolute path.
    let absolute: Vec<&String> = listed.iter().filter(|path| path.starts_with('/')).collect();
    let is_absolute = |path: &str| {
        absolute.iter().any(|full| full.strip_suffix(path).is_some_and(|before| before.ends_with('/')))
    };
    let Some(own) = below(&table.path) else { return Vec::new() };
    if !listed.contains(&own) || is_another_backend(inventory, root) {
        return Vec::new();
    }
    // What packing adds after the list is written.
    let added = ["PKG-INFO", "setup.cfg"];
    let mut problems = Vec::new();
    let mut add = |kind, path: &str, entry: Option<EntryId>, detail: String| {
        let (table, path) = (table.path.clone(), path.to_owned());
        problems.push(RecordProblem { kind, table, path, entry, line: None, detail });
    };
    let mut there = BTreeSet::new();
    for entry in inventory.entries.iter().filter(|entry| entry.parent.is_none()) {
        let Some(path) = below(&entry.path) else { continue };
        let is_known = listed.contains(&path)
            || added.contains(&path.as_str())
            || path.starts_with(paths::folder(&own))
            || is_absolute(&path);
        if entry.kind == EntryKind::File && !is_known {
            let detail = format!("`{path}` is in the archive and not in SOURCES.txt");
            add(RecordTrouble::Unlisted, &path, Some(entry.id), detail);
        }
        there.insert(path);
    }
    for path in listed.difference(&there) {
        let detail = format!("SOURCES.txt names `{path}`, which is not in the archive");
        add(RecordTrouble::Stale, path, None, detail);
    }
    problems
}

/// A line of the list as a path with `.`, `..` and empty segments resolved. A leading `/` is kept.
fn plain(line: &str) -> String {
    let line = line.trim().replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in line.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let start = if line.starts_with('/') { "/" } else { "" };
    format!("{start}{}", segments.join("/"))
}

/// Whether `pyproject.toml` names a backend other than setuptools.
fn is_another_backend(inventory: &Inventory, root: &str) -> bool {
    let path = format!("{root}/pyproject.toml");
    let settings = inventory.manifests.iter().rfind(|kept| kept.path == path);
    let table =
        settings.and_then(|kept| toml::from_str::<toml::Table>(&String::from_utf8_lossy(&kept.bytes)).ok());
    let backend = table.as_ref().and_then(|table| table.get("build-system")?.get("build-backend")?.as_str());
    backend.is_some_and(|backend| !backend.starts_with("setuptools.build_meta"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    const INFO: (&str, &str) = ("d-1.0/PKG-INFO", "Name: d\nVersion: 1.0\n");
    const SOURCES: (&str, &str) =
        ("d-1.0/d.egg-info/SOURCES.txt", "setup.py\nd/__init__.py\nd.egg-info/SOURCES.txt\n");

    fn recorded(files: &[(&str, &str)]) -> Vec<String> {
        let inventory = inventory("d-1.0.tar.gz", "gzip", files);
        let package = Sdist.read(&inventory, None, &mut Vec::new()).unwrap();
        assert_eq!(package.mismatches, []);
        package.declared.record.into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn what_setuptools_did_not_pack() {
        let whole =
            [INFO, SOURCES, ("d-1.0/setup.py", ""), ("d-1.0/setup.cfg", ""), ("d-1.0/d/__init__.py", "")];
        assert!(recorded(&whole).is_empty());
        assert_eq!(recorded(&[&whole[..], &[("d-1.0/d/x.py", "")]].concat()), ["d/x.py"]);
        assert_eq!(recorded(&whole[..4]), ["d/__init__.py"]);
        let spelled = [
            INFO,
            (
                "d-1.0/d.egg-info/SOURCES.txt",
                "./setup.py\nd//x/../__init__.py\n/home/ci/d/a.py\nd.egg-info\\SOURCES.txt\n",
            ),
        ];
        let files = [("d-1.0/setup.py", ""), ("d-1.0/d/__init__.py", ""), ("d-1.0/a.py", "")];
        assert_eq!(recorded(&[&spelled[..], &files].concat()), ["/home/ci/d/a.py"]);
        let settings = ("d-1.0/pyproject.toml", "[build-system]\nbuild-backend = \"hatchling.build\"\n");
        assert!(recorded(&[INFO, SOURCES, settings, ("d-1.0/y.py", "")]).is_empty());
        assert!(recorded(&[INFO, ("d-1.0/y.py", "")]).is_empty());
    }
}
