//! Libraries of an Nx workspace: `project.json` names the folder that a target writes, and Nx's own executors put a
//! manifest there that is made of the library's (nx.dev, "project configuration" and "executors").

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Library, MANIFEST, ng_packagr};
use crate::paths::join;
use crate::project::read;

/// The workspace's settings, at its root.
const WORKSPACE: &str = "nx.json";
/// A project's settings.
const PROJECT: &str = "project.json";
/// Executors that write a library with its manifest, behind `@nx/` or `@nrwl/`.
const EXECUTORS: [&str; 5] = ["js:tsc", "js:swc", "rollup:rollup", "esbuild:esbuild", "vite:build"];
/// Folders in folders that projects are looked for in.
const DEEPEST: usize = 5;
/// Folders that are looked into, at the most.
const MOST_FOLDERS: usize = 10_000;

/// The folder that Nx publishes the library in `folder` from, as seen from there.
pub(super) fn destination(folder: &Path) -> Option<String> {
    if !folder.join(PROJECT).is_file() {
        return None;
    }
    let folder = std::path::absolute(folder).ok()?;
    let root = folder.ancestors().find(|above| above.join(WORKSPACE).is_file())?;
    let here = folder.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    let library = library(root, &here, &workspace(root)?)?;
    let levels = here.split('/').filter(|name| !name.is_empty()).count();
    match library.written.strip_prefix(&format!("{here}/")) {
        Some(below) => Some(below.to_owned()),
        None => Some(format!("{}{}", "../".repeat(levels), library.written)),
    }
}

/// The libraries of the workspace with its root in `folder`.
pub(super) fn libraries(folder: &Path) -> Vec<Library> {
    let Some(settings) = workspace(folder) else { return Vec::new() };
    projects(folder).iter().filter_map(|project| library(folder, project, &settings)).collect()
}

fn workspace(root: &Path) -> Option<Value> {
    serde_json::from_str(&read(&root.join(WORKSPACE))?).ok()
}

/// The folders with a project's settings.
fn projects(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    for _ in 0..MOST_FOLDERS {
        let Some(at) = waiting.pop() else { break };
        if root.join(&at).join(PROJECT).is_file() {
            found.push(at.clone());
        }
        if at.split('/').count() >= DEEPEST {
            continue;
        }
        let folders = fs::read_dir(root.join(&at)).into_iter().flatten().flatten();
        let folders = folders.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
        let names = names.filter(|name| !name.starts_with('.') && name != "node_modules" && name != "dist");
        waiting.extend(names.filter_map(|name| join(&at, &name)));
    }
    found
}

/// The project in the folder `project` of a workspace, if it is a library that is published from elsewhere.
fn library(root: &Path, project: &str, workspace: &Value) -> Option<Library> {
    if let Some(library) = ng_packagr::library(root, project) {
        return Some(library);
    }
    let folder = root.join(project);
    let settings: Value = serde_json::from_str(&read(&folder.join(PROJECT))?).ok()?;
    if settings.get("projectType").is_some_and(|kind| kind == "application")
        || !folder.join(MANIFEST).is_file()
    {
        return None;
    }
    let mut targets = settings.get("targets")?.as_object()?.iter();
    let written = targets.find_map(|(name, target)| output(name, target, workspace))?;
    let name = settings.get("name").and_then(Value::as_str).unwrap_or_default();
    let written = written.replace("{workspaceRoot}/", "").replace("{projectRoot}", project);
    let written = join("", &written.replace("{projectName}", name))?;
    // A package may as well be published from its own folder, with what a build wrote below.
    let is_below = Path::new(&written).starts_with(project);
    (!is_below || root.join(&written).join(MANIFEST).is_file())
        .then(|| Library { folder: project.to_owned(), written })
}

/// The folder that a target writes a library to: by its own options, else by the workspace's for all targets of the name
/// or the executor.
fn output(name: &str, target: &Value, workspace: &Value) -> Option<String> {
    let executor = target.get("executor")?.as_str()?;
    let own = executor.strip_prefix("@nx/").or_else(|| executor.strip_prefix("@nrwl/"))?;
    if !EXECUTORS.contains(&own) {
        return None;
    }
    let defaults = workspace.get("targetDefaults");
    let defaults = [executor, name].into_iter().filter_map(|of| defaults?.get(of));
    let path = |target: &Value| target.pointer("/options/outputPath")?.as_str().map(str::to_owned);
    path(target).or_else(|| defaults.into_iter().find_map(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    fn project(executor: &str, output: &str) -> String {
        let options = match output {
            "" => "{}".to_owned(),
            output => format!(r#"{{"outputPath": "{output}"}}"#),
        };
        format!(
            r#"{{"name": "ui", "targets": {{"build": {{"executor": "{executor}", "options": {options}}}}}}}"#
        )
    }

    #[test]
    fn a_library_is_published_from_where_its_target_writes() {
        let defaults = r#"{"targetDefaults": {"build": {"options": {"outputPath": "dist/{projectRoot}"}}}}"#;
        for (workspace, executor, output, expected) in [
            ("{}", "@nx/js:tsc", "dist/libs/ui", Some("dist/libs/ui")),
            ("{}", "@nrwl/js:swc", "{workspaceRoot}/dist/{projectRoot}", Some("dist/libs/ui")),
            ("{}", "@nx/vite:build", "out/{projectName}", Some("out/ui")),
            (defaults, "@nx/rollup:rollup", "", Some("dist/libs/ui")),
            ("{}", "@nx/rollup:rollup", "", None),
            ("{}", "@nx/webpack:webpack", "dist/libs/ui", None),
            ("{}", "@nx/js:tsc", "libs/ui/dist", None),
            ("{}", "@nx/js:tsc", "../elsewhere", None),
        ] {
            let settings = project(executor, output);
            let folder = tree(&[
                ("nx.json", workspace),
                ("libs/ui/project.json", &settings),
                ("libs/ui/package.json", "{}"),
            ]);
            let found: Vec<String> =
                libraries(folder.path()).into_iter().map(|library| library.written).collect();
            assert_eq!(found, Vec::from_iter(expected), "{executor} {output}");
            let seen = destination(&folder.path().join("libs/ui"));
            assert_eq!(seen, expected.map(|written| format!("../../{written}")));
        }
    }

    #[test]
    fn applications_and_projects_without_manifest_are_not_published() {
        let settings = project("@nx/js:tsc", "dist/libs/ui");
        let application = settings.replacen('{', r#"{"projectType": "application", "#, 1);
        let folder = tree(&[
            ("nx.json", "{}"),
            ("apps/shop/project.json", &application),
            ("apps/shop/package.json", "{}"),
            ("libs/inner/project.json", &settings),
        ]);
        assert_eq!(libraries(folder.path()), []);
    }
}
