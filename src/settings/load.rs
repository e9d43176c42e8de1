//! Finding the project's settings: from a folder up to the root of its repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::ecosystem::{self, SettingsTables};
use crate::project::Project;

use super::model::{PolicyChoice, Settings};
use super::node::{self, Node};
use super::policy_file::{self, ChoiceError};
use super::problem::{Problem, Problems, SettingsErrors, Source};
use super::read::read;
use super::validate;

/// The settings' own file.
const OWN: SettingsTables = ("packgate.toml", &[&[]]);

/// What is at the root of a repository.
const ROOT_SIGNS: &[&str] = &[".git", ".hg", ".jj", ".svn", ".sl", ".bzr", ".fslckout", "_darcs"];

/// A table of settings that was found.
struct Found {
    source: Arc<Source>,
    path: PathBuf,
    folder: PathBuf,
    /// `packgate.toml`, `package.json (packgate)`.
    label: String,
    table: Node,
}

impl Settings {
    /// Reads the settings of the project in `project`. `policy` is what `--policy` asks for: `auto`, a built-in
    /// policy, or a path relative to the working directory.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, not just the first problem.
    pub fn load(project: &Path, policy: Option<&str>) -> Result<Self, SettingsErrors> {
        let folder = project.canonicalize().map_err(|error| {
            let message = format!("the project folder {} can't be read: {error}", project.display());
            SettingsErrors(vec![Problem::new(message, "")])
        })?;
        Self::of(&Project::new(folder), policy)
    }

    /// The same of a project: what stands in its folder and in those above it, the outermost first, up to the root of
    /// its repository, or without one of its workspace.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings at once.
    pub fn of(project: &Project, policy: Option<&str>) -> Result<Self, SettingsErrors> {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        let mut folders = folders(project);
        folders.reverse();
        for folder in folders {
            match only_one(folder) {
                Ok(Some(found)) => problems.extend(settings.add(&found, project)),
                Ok(None) => {}
                Err(found) => problems.extend(found),
            }
        }
        if settings.files.is_empty() {
            log::info!("no settings in {} or above it in its repository", project.folder.display());
        }
        if let Some(word) = policy {
            match policy_file::choose(word, Path::new("")) {
                Ok(choice) => settings.choose(choice, "--policy"),
                Err(ChoiceError::Word(message, help)) => {
                    problems.push(Problem::new(format!("--policy: {message}"), help));
                }
                Err(ChoiceError::File(found)) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(settings) } else { Err(SettingsErrors(problems)) }
    }

    /// Replaces the settings' own choice of policy.
    pub fn choose(&mut self, policy: PolicyChoice, origin: &str) {
        self.policy = policy;
        origin.clone_into(&mut self.policy_origin);
    }

    /// Adds what one file says to what those above it said; returns what is wrong with it.
    fn add(&mut self, found: &Found, project: &Project) -> Vec<Problem> {
        let mut problems = Problems::new(&found.source);
        let before = self.waivers.len();
        validate::add(self, &found.table, &found.folder, &mut problems);
        let is_common =
            found.folder != project.folder && ecosystem::has_members_below(project, &found.folder);
        self.waivers.iter_mut().skip(before).for_each(|waiver| waiver.inherited = is_common);
        self.files.push(found.path.clone());
        problems.finish()
    }
}

/// The settings in a folder, which may stand in one place only.
fn only_one(folder: &Path) -> Result<Option<Found>, Vec<Problem>> {
    let mut found = at(folder)?;
    if found.len() > 1 {
        let labels: Vec<&str> = found.iter().map(|found| found.label.as_str()).collect();
        let message = format!("there are settings in more than one place: {}", labels.join(" and "));
        return Err(vec![Problem::new(message, "keep one of them")]);
    }
    let found = found.pop();
    if let Some(found) = &found {
        log::info!("settings from {}", found.path.display());
    }
    Ok(found)
}

/// The folders to look into, nearest first.
fn folders(project: &Project) -> Vec<&Path> {
    let folder = &project.folder;
    let depth = folder.ancestors().position(|above| ROOT_SIGNS.iter().any(|sign| above.join(sign).exists()));
    match depth {
        Some(depth) => folder.ancestors().take(depth + 1).collect(),
        None => ecosystem::upwards(project).collect(),
    }
}

/// All settings in one folder.
fn at(folder: &Path) -> Result<Vec<Found>, Vec<Problem>> {
    let mut all = Vec::new();
    let mut problems = Vec::new();
    for (file, tables) in std::iter::once(OWN).chain(ecosystem::settings_tables()) {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        match in_file(&path, folder, file, tables) {
            Ok(found) => all.extend(found),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

fn in_file(path: &Path, folder: &Path, file: &str, tables: &[&[&str]]) -> Result<Vec<Found>, Vec<Problem>> {
    let name = shown(path);
    let own = file == OWN.0;
    let text = match read(path, &name) {
        Ok(text) => text,
        Err(problem) if own => return Err(vec![problem]),
        // What is wrong with a manifest is its client's business, unless it may hold settings.
        Err(_) => return Ok(Vec::new()),
    };
    if !own && !text.contains("packgate") {
        return Ok(Vec::new());
    }
    // Blanks instead of a byte-order mark keep all places right.
    let text = text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}")).unwrap_or(text);
    let source = Source::new(name, text);
    let root = match file.ends_with(".json") {
        true => node::json_member(&source.text, "packgate"),
        false => node::toml(&source.text).map(Some),
    };
    let root = root.map_err(|places| Problem::malformed(&source, places))?;
    let mut found = Vec::new();
    for way in tables {
        let way_below: &[&str] = if file.ends_with(".json") { &[] } else { way };
        let table = way_below.iter().try_fold(root.as_ref(), |node, step| node.map(|node| node.get(step)));
        if let Some(Some(table)) = table {
            let label = match own {
                true => source.name.clone(),
                false => format!("{} ({})", source.name, way.join(".")),
            };
            found.push(Found {
                source: Arc::clone(&source),
                path: path.to_owned(),
                folder: folder.to_owned(),
                label,
                table: table.clone(),
            });
        }
    }
    Ok(found)
}

/// The path relative to the working directory, if that is below it or in the same branch.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
    here.and_then(|here| relative(path, &here)).unwrap_or_else(|| path.to_owned()).display().to_string()
}

/// `path` as seen from `here`, if its folder is `here`, below it or above it.
fn relative(path: &Path, here: &Path) -> Option<PathBuf> {
    if let Ok(below) = path.strip_prefix(here) {
        return Some(below.to_owned());
    }
    let up = here.strip_prefix(path.parent()?).ok()?.components().count();
    let mut relative: PathBuf = std::iter::repeat_n("..", up).collect();
    relative.push(path.file_name()?);
    Some(relative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_seen_from_here() {
        for (path, here, expected) in [
            ("/a/b/packgate.toml", "/a/b", Some("packgate.toml")),
            ("/a/b/packgate.toml", "/a", Some("b/packgate.toml")),
            ("/a/b/packgate.toml", "/a/b/c/d", Some("../../packgate.toml")),
            ("/a/b/packgate.toml", "/a/x", None),
        ] {
            assert_eq!(
                relative(Path::new(path), Path::new(here)),
                expected.map(PathBuf::from),
                "{path} {here}"
            );
        }
    }
}
