//! cargo packs, and leaves a release in its own cache when asked about it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::MANIFEST;
use super::manifest::package_table;
use super::project::{CargoProject, list_of_workspace, place_of_list, table_at};
use crate::ecosystem::client::{Client, ClientError, Fetched, Recipe, Rewrite, Run, Wish};
use crate::ecosystem::folder::{Files, ProjectFolder as _, is_named_after, members};
use crate::ecosystem::{Change, Edit, List};
use crate::project::{Member, Project};
use crate::scratch;

pub(super) struct Cargo;

impl Client for Cargo {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        let table = table_at(folder)?;
        package_table(&table)?;
        let package = CargoProject.package(&Files::OnDisk(folder), &mut Vec::new());
        let recipe = Recipe::new(MANIFEST, package.is_some_and(|package| package.private));
        Some(Recipe { is_part: is_only_linked(&table, folder), ..recipe })
    }

    /// What is packed isn't built for that.
    fn runs_programs(&self, _folder: &Path) -> bool {
        false
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        let run = Run::of("cargo", "Cargo.toml is there", folder)?;
        let alone = package(&run, &[], into);
        let drawn_on = needed(folder);
        if alone.is_ok() || drawn_on.len() < 2 {
            return alone.map_err(|error| explained(error, folder));
        }
        // What it depends on may not be published yet: cargo then packs it only together with that.
        // What it says then is about the package, not about how this was tried.
        let command = package(&run, &drawn_on, into).map_err(|error| explained(error, folder))?;
        let (below, _) = self.leaves();
        let others = drawn_on.iter().skip(1);
        for file in fs::read_dir(into.join(below))?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let fits = |other: &str| is_named_after(&name, other);
            let longest = drawn_on.iter().filter(|one| fits(one)).max_by_key(|one| one.len());
            if others.clone().any(|other| Some(other) == longest) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(command)
    }

    fn pack_all(&self, root: &Path, members: &[&Member], into: &Path) -> Option<Result<String, ClientError>> {
        let names: Vec<String> = members.iter().map(|member| member.name.clone()).collect();
        let run = Run::of("cargo", "Cargo.toml is there", root).map(|run| run.packing(members));
        Some(run.and_then(|run| package(&run, &names, into)))
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("package", &[".crate"])
    }

    /// cargo takes no file: it gets its login only if what it packs itself is what was checked.
    fn release(&self, folder: &Path) -> Vec<String> {
        let is_virtual = table_at(folder).is_some_and(|table| package_table(&table).is_none());
        let all = if is_virtual { " --workspace" } else { "" };
        vec![format!("cargo package{all} && packgate publish")]
    }

    fn allowlist(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some(("include =", &["cargo.", ".cargo_vcs_info.json"]))
    }

    fn keep_out(&self, folder: &Path, names: &[&str]) -> Option<Rewrite> {
        let (file, tables) = place_of_list(list_of_workspace(folder).as_deref());
        let text = fs::read_to_string(folder.join(&file)).ok()?;
        if package_table(&table_at(folder)?)?.contains_key("include") {
            return None;
        }
        let list = Some(List { tables, key: "exclude", begins_with: Vec::new() });
        let change = Change::Add(names.iter().map(|name| format!("/{name}")).collect());
        let changed = Edit { file: file.clone(), list, change }.apply(Some(&text)).ok()?;
        (changed != text).then_some(Rewrite { file, text: changed })
    }

    /// cargo takes no file; from an unchanged folder it packs the same bytes once more.
    fn publishes(&self, folder: &Path, _file: &str) -> String {
        let table = table_at(folder).unwrap_or_default();
        let name = package_table(&table).and_then(|package| package.get("name")?.as_str());
        name.map_or_else(|| "cargo publish".to_owned(), |name| format!("cargo publish -p {name}"))
    }
}

/// Packs the package of the folder, or those of these names.
fn package(run: &Run<'_>, names: &[String], into: &Path) -> Result<String, ClientError> {
    let mut arguments = vec!["package", "--no-verify", "--allow-dirty"];
    arguments.extend(names.iter().flat_map(|name| ["-p", name]));
    arguments.extend(["--target-dir"]);
    let arguments: Vec<&OsStr> = arguments.into_iter().map(OsStr::new).chain([into.as_os_str()]).collect();
    run.named("cargo package --no-verify --allow-dirty".to_owned(), &arguments)
}

/// Whether a package is a library that no crate can depend on, as those are that Node.js and Python load, and no program.
fn is_only_linked(table: &Table, folder: &Path) -> bool {
    let types = table.get("lib").and_then(|library| library.get("crate-type")).and_then(Value::as_array);
    let is_for_others = |kind: &Value| matches!(kind.as_str(), Some("cdylib" | "staticlib"));
    types.is_some_and(|types| !types.is_empty() && types.iter().all(is_for_others))
        && !table.contains_key("bin")
        && !folder.join("src/main.rs").is_file()
        && !folder.join("src/bin").is_dir()
}

/// What cargo says of a dependency that is in no registry, with why it isn't, if that is a private member of the
/// workspace.
fn explained(error: ClientError, folder: &Path) -> ClientError {
    let ClientError::Failed { command, status, mut output } = error else { return error };
    let project = Project::new(folder);
    let is_missed = |one: &&Member| {
        let name = &one.name;
        one.private && (output.contains(&format!("`{name}`")) || output.contains(&format!("`{name} = ")))
    };
    if let Some(Member { name, .. }) = members(&project).iter().find(is_missed) {
        output.push_str(&format!(
            "\n{name} is a member of this workspace whose Cargo.toml says `publish = false`: nobody could install what needs it. \
             Take it out of the dependencies, or publish it too."
        ));
    }
    ClientError::Failed { command, status, output }
}

/// The names of a package and of the members of its workspace that it draws on.
fn needed(folder: &Path) -> Vec<String> {
    let project = Project::new(folder);
    let members: Vec<&Member> = members(&project).iter().filter(|one| one.manifest == MANIFEST).collect();
    let mut names: Vec<String> =
        members.iter().filter(|one| one.folder == project.folder).map(|one| one.name.clone()).collect();
    let mut folders = vec![project.folder.clone()];
    while let Some(folder) = folders.pop() {
        let needs = CargoProject.dependencies(&folder);
        for member in members.iter().filter(|one| !one.private && needs.contains(&one.name)) {
            if !names.contains(&member.name) {
                names.push(member.name.clone());
                folders.push(member.folder.clone());
            }
        }
    }
    names
}

/// cargo has no command to download a crate, but `cargo info` puts it into cargo's own cache.
pub(super) fn fetch(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    // In an empty folder: in a workspace that has the package, cargo would show the local one.
    let elsewhere = scratch::Folder::new()?;
    let run = Run::of("cargo", "it fetches the earlier release", elsewhere.path())?;
    let specifier = wish.release.after(wish.name, "@");
    let command = format!("cargo info {specifier}");
    let shown = run.output(&["info", &specifier, "--color", "never", "--quiet"])?;
    let version = shown.lines().find_map(|line| line.strip_prefix("version: "));
    let version = version.and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let file = format!("{}-{version}.crate", wish.name);
    let found = home().and_then(|home| newest_in_cache(&home, &file));
    match found {
        Some(path) => Ok(Fetched::in_cache(path, command)),
        None => Err(ClientError::NothingWritten { command }),
    }
}

/// The file of this name in the caches of all registries that a home of cargo has.
pub(super) fn newest_in_cache(home: &Path, file: &str) -> Option<PathBuf> {
    let registries = std::fs::read_dir(home.join("registry").join("cache")).ok()?.flatten();
    let mut found: Vec<PathBuf> =
        registries.map(|registry| registry.path().join(file)).filter(|path| path.is_file()).collect();
    found.sort_by_key(|path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
    found.pop()
}

/// cargo's home.
pub(super) fn home() -> Option<PathBuf> {
    let home = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    home("CARGO_HOME")
        .or_else(|| home(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(|home| home.join(".cargo")))
}
