//! The modules that a wheel speaks of: in `entry_points.txt` and in setuptools' `top_level.txt`.

use std::collections::BTreeSet;

use crate::ecosystem::{
    self,
    folder::{self, Files},
};
use crate::inventory::{
    Declared, Defect, DefectKind, EntryPointWeight, Inventory, MissingEntryPoint, Package,
};
use crate::project::Project;

use super::entry_points;

/// Scripts and plugins whose module the wheel should have but doesn't.
pub(super) fn missing(
    inventory: &Inventory,
    bytes: &[u8],
    requirements: &[String],
) -> Vec<MissingEntryPoint> {
    let paths: BTreeSet<&str> = inventory.top_files().map(|entry| installed(&entry.path)).collect();
    let mut missing = Vec::new();
    for point in entry_points::read(bytes) {
        let module = point.module();
        let is_lost = !has_module(&paths, module)
            || point.is_command() && is_named_after_own(&paths, module, requirements);
        if is_lost && (point.is_command() || is_of_package(&paths, module)) {
            missing.push(MissingEntryPoint {
                field: format!("entry_points.txt [{}] {}", point.group, point.name),
                target: module.to_owned(),
                weight: if point.is_command() { EntryPointWeight::Command } else { EntryPointWeight::Part },
                near: None,
                place: None,
                line: Some(point.line),
            });
        }
    }
    missing
}

/// A wheel with no file but its own description, for which no other one is installed either, or which speaks of a module of
/// its own name.
pub(super) fn nothing_to_install(
    inventory: &Inventory,
    fields: &[(String, String)],
    description: &str,
    [points, top_level]: [Option<&[u8]>; 2],
    package: &Package,
) -> Option<MissingEntryPoint> {
    let is_own = |path: &str| path.split('/').next().is_some_and(|top| top.ends_with(".dist-info"));
    let is_empty = inventory.top_files().all(|entry| is_own(&entry.path));
    let needs_others = fields.iter().any(|(key, _)| key == "requires-dist");
    let names = package.name.to_lowercase().replace(['-', '.'], "_");
    let is_named = |module: &str| module.split('.').next().is_some_and(|top| top.to_lowercase() == names);
    let names_itself = || {
        points.is_some_and(|table| entry_points::read(table).iter().any(|point| is_named(point.module())))
            || top_level
                .is_some_and(|list| String::from_utf8_lossy(list).lines().any(|top| is_named(top.trim())))
    };
    let names_itself = || names_itself() && !requires_its_release(fields, &package.version);
    let is_lacking = || (!needs_others || names_itself()) && !is_left_empty(fields, description);
    (is_empty && is_lacking()).then(|| MissingEntryPoint {
        field: "METADATA".to_owned(),
        target: package.name.clone(),
        weight: EntryPointWeight::Whole,
        near: None,
        place: None,
        line: None,
    })
}

/// Whether it always requires another wheel of its own release, which then has its modules: `acme-slim[all]==2.1.0`.
fn requires_its_release(fields: &[(String, String)], version: &str) -> bool {
    let is_pinned = |requirement: &str| {
        let wanted = requirement.split(';').next().unwrap_or_default();
        let pinned = wanted.split_once("==").map(|(_, pinned)| pinned.trim_matches([' ', ')', '=']));
        pinned == Some(version)
    };
    let is_optional =
        |requirement: &str| requirement.split_once(';').is_some_and(|(_, marker)| marker.contains("extra"));
    fields
        .iter()
        .filter(|(key, _)| key == "requires-dist")
        .any(|(_, requirement)| is_pinned(requirement) && !is_optional(requirement))
}

/// Whether a project says of itself that there is nothing in it any more, or not yet.
fn is_left_empty(fields: &[(String, String)], description: &str) -> bool {
    /// Characters of the description: further down it speaks of other things.
    const EARLY: usize = 500;
    const WORDS: [&str; 14] = [
        "deprecated",
        "obsolete",
        "placeholder",
        "place holder",
        "dummy",
        "reserved",
        "renamed",
        "no longer",
        "superseded",
        "do not install",
        "empty package",
        "empty release",
        "intentionally empty",
        "but is empty",
    ];
    let says = |value: &str| {
        let lower = value.to_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    fields.iter().any(|(key, value)| match key.as_str() {
        "summary" => says(value),
        "classifier" => value == "Development Status :: 7 - Inactive",
        _ => false,
    }) || says(&description.chars().take(EARLY).collect::<String>())
}

/// Where a file of `*.data/purelib` and the like ends up.
pub(super) fn installed(path: &str) -> &str {
    let Some((folder, rest)) = path.split_once('/') else { return path };
    match rest.split_once('/') {
        Some(("purelib" | "platlib", below)) if folder.ends_with(".data") => below,
        _ => path,
    }
}

/// Whether a module is there; one of a package that the wheel has nothing of is somebody else's.
fn has_module(paths: &BTreeSet<&str>, module: &str) -> bool {
    let path = module.replace('.', "/");
    let top = path.split('/').next().unwrap_or_default();
    let begins = |prefix: &str| paths.range(prefix..).next().is_some_and(|found| found.starts_with(prefix));
    let is_ours = begins(&format!("{top}/")) || begins(&format!("{top}."));
    !is_ours || begins(&format!("{path}.")) || begins(&format!("{path}/"))
}

/// Whether a module is nowhere at the top, but one that begins like it is, and nothing that the wheel requires is called like
/// it: `acme_cli` beside `acme`.
fn is_named_after_own(paths: &BTreeSet<&str>, module: &str, requirements: &[String]) -> bool {
    let top = module.split('.').next().unwrap_or_default();
    let begins = |prefix: &str| paths.range(prefix..).next().is_some_and(|found| found.starts_with(prefix));
    let is_there = |top: &str| begins(&format!("{top}/")) || begins(&format!("{top}."));
    let plain = |name: &str| name.to_lowercase().replace(['-', '.'], "_");
    let is_required = || {
        let names = requirements.iter().map(|one| plain(one));
        names.into_iter().any(|one| one.starts_with(&plain(top)))
    };
    let shorter = top.match_indices('_').filter_map(|(at, _)| top.get(..at)).filter(|own| !own.is_empty());
    !is_there(top) && shorter.into_iter().any(is_there) && !is_required()
}

/// Whether a module would stand in a package of this wheel, and not in a folder that several wheels share, as the plugins
/// of a wheel that only requires others do.
fn is_of_package(paths: &BTreeSet<&str>, module: &str) -> bool {
    let path = module.replace('.', "/");
    let begins = |prefix: &str| paths.range(prefix..).next().is_some_and(|found| found.starts_with(prefix));
    let folders = path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at));
    let nearest = folders.into_iter().find(|folder| begins(&format!("{folder}/")));
    nearest.is_none_or(|folder| begins(&format!("{folder}/__init__.")))
}

/// What stands at the top of the wheel under a name that says nothing of the package, so that it is written over what
/// other packages have under it.
pub(super) fn common_names(
    inventory: &Inventory,
    package: &Package,
    project: Option<&Project>,
) -> Vec<Defect> {
    const COMMON: [&str; 26] = [
        "src",
        "lib",
        "tests",
        "test",
        "testing",
        "docs",
        "doc",
        "examples",
        "example",
        "benchmarks",
        "benchmark",
        "scripts",
        "tools",
        "samples",
        "conftest.py",
        "setup.py",
        "noxfile.py",
        "license",
        "license.txt",
        "license.md",
        "readme",
        "readme.md",
        "readme.rst",
        "readme.txt",
        "changelog.md",
        "pyproject.toml",
    ];
    let own = package.name.to_lowercase().replace(['-', '.'], "_");
    let tops =
        inventory.top_files().map(|entry| installed(&entry.path)).filter_map(|path| path.split('/').next());
    let tops: BTreeSet<&str> = tops.filter(|top| COMMON.contains(&top.to_lowercase().as_str())).collect();
    let project = project.filter(|project| is_of(project, package));
    let is_of_project = |top: &str| project.is_some_and(|project| is_unnamed(project, top));
    let one = |top: &str| Defect {
        kind: if is_of_project(top) { DefectKind::TopLevelOfProject } else { DefectKind::CommonTopLevel },
        field: "the top of the wheel".to_owned(),
        subject: top.to_owned(),
        line: None,
    };
    tops.into_iter().filter(|top| *top != own).map(one).collect()
}

/// Whether a project is the wheel's own.
fn is_of(project: &Project, package: &Package) -> bool {
    ecosystem::names(project).iter().any(|name| folder::is_same_name(name, &package.name))
}

/// Whether a project has a file or folder of a name at its top and its settings don't name it in quotes, as a package.
fn is_unnamed(project: &Project, top: &str) -> bool {
    let files = Files::OnDisk(&project.folder);
    let names = |file: &&str| {
        let text = files.text(file).unwrap_or_default();
        text.contains(&format!("\"{top}\"")) || text.contains(&format!("'{top}'"))
    };
    project.folder.join(top).exists() && !["pyproject.toml", "setup.py", "setup.cfg"].iter().any(names)
}

/// What is at the top of the wheel but not named in `top_level.txt`.
pub(super) fn top_level(inventory: &Inventory, text: &str, declared: &mut Declared) {
    let names: BTreeSet<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if names.is_empty() {
        return;
    }
    // Namespace packages are named with all their parts: `a/b`.
    let tops: BTreeSet<&str> = names.iter().filter_map(|name| name.split(['/', '.']).next()).collect();
    // What CMake and the like compile into the top is no module that setuptools knows of.
    let is_compiled = |path: &str| path.contains('/') && (path.ends_with(".so") || path.ends_with(".pyd"));
    let is_code = |path: &str| path.ends_with(".py") || path.ends_with(".pyc") || is_compiled(path);
    // a module that Python is to load whenever it starts
    let started: BTreeSet<&str> =
        inventory.top_files().filter_map(|entry| entry.path.strip_suffix(".pth")).collect();
    let is_declared = |path: &str| {
        let first = path.split('/').next().unwrap_or_default();
        let module = first.split('.').next().unwrap_or_default();
        tops.contains(module) || tops.contains(first) || started.contains(module)
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
