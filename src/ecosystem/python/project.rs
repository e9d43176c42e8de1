//! A folder that wheels and source distributions are built from. What `pyproject.toml` and `setup.cfg` say is read as
//! the metadata fields that a backend makes of it, so that a project and its artifacts are understood alike.
//! `setup.py` is a program, which is not run.

use std::path::{Component, Path, PathBuf};

use toml::{Table, Value};

use super::MANIFESTS;
use super::metadata;
use crate::ecosystem::folder::{Files, ProjectFolder, SettingsTables, matching};
use crate::ecosystem::locate;
use crate::inventory::{ManifestProblem, Package};
use crate::project::{Member, read};

pub(super) struct PythonProject;

impl ProjectFolder for PythonProject {
    fn is_here(&self, files: &Files<'_>) -> bool {
        manifest(files).is_some()
    }

    fn broken(&self, files: &Files<'_>) -> Option<String> {
        let text = files.text(PYPROJECT)?;
        let error = toml::from_str::<Table>(&text).err()?;
        let line = error.span().map_or(1, |span| locate::line_at(&text, span.start));
        Some(format!("{PYPROJECT}:{line}: the manifest can't be read: {}", error.message()))
    }

    fn reads(&self, name: &str) -> bool {
        MANIFESTS.contains(&name)
    }

    fn package(&self, files: &Files<'_>, _problems: &mut Vec<ManifestProblem>) -> Option<Package> {
        let settings = pyproject(files).unwrap_or_default();
        let table = |path: &[&str]| {
            path.iter().try_fold(None, |table: Option<&Table>, key| {
                Some(Some(table.unwrap_or(&settings).get(*key)?.as_table()?))
            })?
        };
        if let Some(project) = table(&["project"]) {
            let mut fields = of_project(project, &files.folder());
            let dynamic = |key: &str| {
                let keys = project.get("dynamic").and_then(Value::as_array);
                keys.is_some_and(|keys| keys.iter().any(|one| one.as_str() == Some(key)))
            };
            // setuptools fills in what is in its own file.
            fields.extend(setup_cfg(files).into_iter().filter(|(key, _)| {
                dynamic(match key.as_str() {
                    "classifier" => "classifiers",
                    key => key,
                })
            }));
            return Some(metadata::package(&fields, "pyproject.toml", ""));
        }
        if let Some(poetry) = table(&["tool", "poetry"]) {
            return Some(metadata::package(&of_poetry(poetry), "pyproject.toml", ""));
        }
        let fields = setup_cfg(files);
        (!fields.is_empty()).then(|| metadata::package(&fields, "setup.cfg", ""))
    }

    /// Workspaces are uv's.
    fn members(&self, folder: &Path) -> Option<Vec<Member>> {
        let settings = pyproject(&Files::OnDisk(folder))?;
        let workspace = settings.get("tool")?.get("uv")?.get("workspace")?.as_table()?;
        let strings = |key: &str| {
            let items = workspace.get(key).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).collect::<Vec<_>>()
        };
        let mut patterns: Vec<String> = strings("members").into_iter().map(str::to_owned).collect();
        patterns.extend(strings("exclude").into_iter().map(|pattern| format!("!{pattern}")));
        let mut folders = matching(folder, &patterns, &[".venv"], PYPROJECT);
        folders.insert(folder.to_path_buf());
        Some(folders.into_iter().filter_map(member).collect())
    }

    fn dependencies(&self, folder: &Path) -> Vec<String> {
        let Some(settings) = pyproject(&Files::OnDisk(folder)) else { return Vec::new() };
        let Some(project) = settings.get("project").and_then(Value::as_table) else { return Vec::new() };
        let own = project.get("dependencies").and_then(Value::as_array);
        let optional = project.get("optional-dependencies").and_then(Value::as_table);
        let groups = settings.get("dependency-groups").and_then(Value::as_table);
        let lists =
            [optional, groups].into_iter().flatten().flat_map(Table::values).filter_map(Value::as_array);
        let all = own.into_iter().chain(lists).flatten().filter_map(Value::as_str);
        all.map(|requirement| name_in(requirement).to_owned()).collect()
    }

    fn settings(&self) -> Option<SettingsTables> {
        Some(("pyproject.toml", &[&["tool", "packgate"]]))
    }
}

const PYPROJECT: &str = "pyproject.toml";

/// A package of a workspace.
fn member(folder: PathBuf) -> Option<Member> {
    let files = Files::OnDisk(&folder);
    let package = PythonProject.package(&files, &mut Vec::new())?;
    let settings = pyproject(&files)?;
    let is_package = settings.get("tool").and_then(|tool| tool.get("uv")?.get("package")?.as_bool());
    let is_package = is_package.unwrap_or_else(|| settings.contains_key("build-system"));
    let held_back = match package.private {
        true => Some("a classifier in pyproject.toml says that it is private"),
        false => (!is_package).then_some("pyproject.toml has no [build-system]"),
    };
    let (name, version, private) = (package.name, package.version, package.private);
    Some(Member { name, version, folder, private, held_back, manifest: PYPROJECT })
}

/// The name at the head of a requirement: `acme-core[cli]>=1`.
fn name_in(requirement: &str) -> &str {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let requirement = requirement.trim_start();
    requirement.split(|c| !is_name(c)).next().unwrap_or_default()
}

/// The manifest that the folder is packed from: a `pyproject.toml` may contain only settings of tools.
pub(super) fn manifest(files: &Files<'_>) -> Option<&'static str> {
    let is_package = pyproject(files).is_some_and(|table| {
        table.get("build-system").is_some_and(|system| !is_setuptools(system) || is_set_up(files))
            || table.contains_key("project")
            || table.get("tool").and_then(|tool| tool.get("poetry")).is_some()
    });
    match is_package {
        true => Some("pyproject.toml"),
        false => files.has("setup.py").then_some("setup.py"),
    }
}

/// Whether setuptools builds, which knows no package without `[project]` but by what is set up in its own files: in a
/// repository of several packages the settings of tools may stand beside it.
fn is_setuptools(system: &Value) -> bool {
    system
        .get("build-backend")
        .and_then(Value::as_str)
        .is_none_or(|backend| backend.starts_with("setuptools."))
}

fn is_set_up(files: &Files<'_>) -> bool {
    files.has("setup.py") || files.has("setup.cfg")
}

fn pyproject(files: &Files<'_>) -> Option<Table> {
    toml::from_str(&files.text("pyproject.toml")?).ok()
}

type Fields = Vec<(String, String)>;

fn field(key: &str, value: impl Into<String>) -> (String, String) {
    (key.to_owned(), value.into())
}

/// `[project]` as a backend writes it down.
fn of_project(project: &Table, folder: &Path) -> Fields {
    let mut fields = names(project);
    fields.extend(match project.get("license") {
        Some(Value::String(expression)) => Some(field("license-expression", expression)),
        Some(Value::Table(licence)) => match (licence.get("text"), licence.get("file")) {
            (Some(text), _) => text.as_str().map(|text| field("license", text)),
            (None, Some(file)) => {
                file.as_str().and_then(|file| inside(folder, file)).map(|text| field("license", text))
            }
            (None, None) => None,
        },
        _ => None,
    });
    fields.extend(classifiers(project));
    fields
}

/// A file below the folder.
fn inside(folder: &Path, file: &str) -> Option<String> {
    let below =
        Path::new(file).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    below.then(|| read(&folder.join(file))).flatten()
}

/// `[tool.poetry]` likewise.
fn of_poetry(poetry: &Table) -> Fields {
    let mut fields = names(poetry);
    fields.extend(poetry.get("license").and_then(Value::as_str).map(|licence| field("license", licence)));
    fields.extend(classifiers(poetry));
    fields
}

fn names(table: &Table) -> Fields {
    let text = |key: &str| Some(field(key, table.get(key)?.as_str()?));
    ["name", "version"].into_iter().filter_map(text).collect()
}

fn classifiers(table: &Table) -> impl Iterator<Item = (String, String)> {
    let all = table.get("classifiers").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(|one| field("classifier", one))
}

/// `[metadata]` of setuptools' file: keys with a value, or with several on indented lines below.
fn setup_cfg(files: &Files<'_>) -> Fields {
    let text = files.text("setup.cfg").unwrap_or_default();
    let mut fields = Fields::new();
    let mut section = "";
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        let value = if line.starts_with([' ', '\t']) {
            line.trim()
        } else if let Some(name) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
            continue;
        } else {
            let Some((name, value)) = line.split_once(['=', ':']) else { continue };
            key = name.trim().to_ascii_lowercase().replace('-', "_");
            value.trim()
        };
        let field_name = match key.as_str() {
            "name" | "version" | "license" => key.as_str(),
            "classifiers" | "classifier" => "classifier",
            "license_expression" => "license-expression",
            _ => continue,
        };
        // `attr:` and `file:` lead elsewhere.
        let is_said = !value.is_empty() && !value.starts_with("attr:") && !value.starts_with("file:");
        if section == "metadata" && is_said {
            fields.push(field(field_name, value));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(files: &[(&str, &str)]) -> Option<(Option<String>, bool)> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let files = Files::OnDisk(folder.path());
        let package =
            PythonProject.is_here(&files).then(|| PythonProject.package(&files, &mut Vec::new()))??;
        Some((package.license, package.private))
    }

    #[test]
    fn manifests() {
        let private = "Private :: Do Not Upload";
        let poetry = "[tool.poetry]\nname = 'a'\nlicense = 'MIT'";
        let cfg = "[metadata]\nname = a\nlicense = BSD\nclassifiers =\n    # x\n    License :: OSI Approved :: MIT License\n    Private :: x\n[options]\nlicense = no";
        for (files, expected) in [
            (&[("pyproject.toml", "[project]\nlicense = 'MIT'")][..], Some((Some("MIT"), false))),
            (
                &[("pyproject.toml", "[project]\nlicense = { text = 'BSD' }")],
                Some((Some("BSD-2-Clause"), false)),
            ),
            (
                &[("pyproject.toml", "[project]\nlicense = { file = 'L' }"), ("L", "MIT License\n\nAcme")],
                Some((Some("MIT"), false)),
            ),
            (&[("pyproject.toml", "[project]\nlicense = { file = '../L' }")], Some((None, false))),
            (
                &[("pyproject.toml", &format!("[project]\nlicense = 'MIT'\nclassifiers = ['{private}']"))],
                Some((Some("MIT"), true)),
            ),
            (
                &[("pyproject.toml", "[project]\nclassifiers = ['License :: OSI Approved :: MIT License']")],
                Some((Some("MIT"), false)),
            ),
            (&[("pyproject.toml", poetry)], Some((Some("MIT"), false))),
            (&[("setup.cfg", cfg), ("setup.py", "")], Some((Some("BSD-2-Clause"), true))),
            (
                &[("setup.cfg", cfg), ("pyproject.toml", "[project]\nname = 'a'\ndynamic = ['license']")],
                Some((Some("BSD-2-Clause"), false)),
            ),
            (&[("pyproject.toml", "[tool.ruff]")], None),
            (&[("setup.py", "")], None),
        ] {
            let found = package(files);
            let found = found.as_ref().map(|(licence, private)| (licence.as_deref(), *private));
            assert_eq!(found, expected, "{files:?}");
        }
    }
}
