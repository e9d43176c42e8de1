//! The clients of JavaScript packages: npm, pnpm, yarn and bun pack, npm fetches.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{MANIFEST, project};
use crate::ecosystem::client::{Client, ClientError, Fetched, Recipe, Release, Run, Wish};
use crate::ecosystem::folder::{Files, ProjectFolder as _, public_members};
use crate::project::Project;
use crate::scratch;

pub(super) struct NpmClient;

impl Client for NpmClient {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        if !project::NpmProject.is_here(&Files::OnDisk(folder)) {
            return None;
        }
        let manifest = project::at(folder).unwrap_or_default();
        let private = manifest.get("private") == Some(&Value::Bool(true));
        let members = if private { public_members(folder, MANIFEST) } else { Vec::new() };
        match members.is_empty() {
            true => Some(Recipe::one(MANIFEST, private, folder)),
            false => Some(Recipe { manifest: MANIFEST, private: false, folders: members }),
        }
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        pack(folder, into)
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("", &[".tgz"])
    }

    fn publishes_by(&self) -> &'static str {
        "npm publish"
    }

    fn hook(&self) -> Option<(&'static str, &'static str)> {
        Some((
            "In package.json, so that `npm publish` can't bypass it:",
            "\"scripts\": { \"prepublishOnly\": \"packgate check\" }",
        ))
    }
}

/// The clients that pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
}

impl Manager {
    const ALL: [(Self, &'static str, &'static [&'static str]); 4] = [
        (Self::Npm, "npm", &["package-lock.json", "npm-shrinkwrap.json"]),
        (Self::Pnpm, "pnpm", &["pnpm-lock.yaml"]),
        (Self::Yarn, "yarn", &["yarn.lock"]),
        (Self::Bun, "bun", &["bun.lock", "bun.lockb"]),
    ];

    /// The manager that the project uses, its program and how that is known.
    fn of(folder: &Path) -> (Self, &'static str, String) {
        let project = Project::new(folder);
        for folder in project.upwards() {
            let manifest = project::at(folder).unwrap_or_default();
            let named = manifest.get("packageManager").and_then(Value::as_str);
            let named = named.and_then(|named| named.split('@').next());
            if let Some((manager, program, _)) =
                Self::ALL.iter().find(|(_, program, _)| Some(*program) == named)
            {
                return (*manager, program, format!("packageManager in {}", folder.join(MANIFEST).display()));
            }
            for (manager, program, locks) in Self::ALL {
                if let Some(lock) = locks.iter().find(|lock| folder.join(lock).is_file()) {
                    return (manager, program, format!("{} is there", folder.join(lock).display()));
                }
            }
        }
        (Self::Npm, "npm", "package.json is there".to_owned())
    }
}

/// What the project's lists are read by: `yarn 1` where that is the old one.
pub(super) fn packer(folder: &Path) -> &'static str {
    let (manager, program, _) = Manager::of(folder);
    if manager != Manager::Yarn {
        return program;
    }
    // Those since 2 have settings of their own, or are named by version.
    let project = Project::new(folder);
    let is_named = |folder: &Path| {
        let manifest = project::at(folder).unwrap_or_default();
        let named = manifest.get("packageManager").and_then(Value::as_str);
        named.is_some_and(|named| named.starts_with("yarn@") && !named.starts_with("yarn@1."))
    };
    match project.upwards().any(|folder| folder.join(".yarnrc.yml").exists() || is_named(folder)) {
        true => "yarn",
        false => "yarn 1",
    }
}

fn pack(folder: &Path, into: &Path) -> Result<String, ClientError> {
    let (manager, program, because) = Manager::of(folder);
    let run = Run::of(program, &because, folder)?;
    let within = running_script(folder);
    let manifest = project::at(folder).unwrap_or_default();
    if within.is_none() && manifest.pointer("/scripts/prepublishOnly").is_some() {
        run.with(&["run", "prepublishOnly"], &[])?;
    }
    // prepack, prepare and postpack are the client's own business; if one of them started this audit, running it
    // again would go in circles.
    let skip_scripts = within.is_some_and(|script| script != "prepublishOnly");
    let into_text = into.as_os_str().to_owned();
    match manager {
        Manager::Npm | Manager::Pnpm => {
            let mut arguments = vec!["pack"];
            if skip_scripts {
                arguments.push(if manager == Manager::Npm {
                    "--ignore-scripts"
                } else {
                    "--config.ignore-scripts=true"
                });
            }
            arguments.push("--pack-destination");
            run.with(&arguments, &[into_text])
        }
        Manager::Yarn => {
            let is_classic = run.output(&["--version"])?.trim().starts_with("1.");
            let file = into.join("package.tgz").into_os_string();
            run.with(&["pack", if is_classic { "--filename" } else { "--out" }], &[file])
        }
        Manager::Bun => {
            let mut arguments = vec!["pm", "pack"];
            if skip_scripts {
                arguments.push("--ignore-scripts");
            }
            arguments.push("--destination");
            run.with(&arguments, &[into_text])
        }
    }
}

/// The lifecycle script of this package that started this program, if one did.
fn running_script(folder: &Path) -> Option<String> {
    let event = std::env::var("npm_lifecycle_event").ok()?;
    let manifest = PathBuf::from(std::env::var_os("npm_package_json")?);
    let of_this_package = fs::canonicalize(manifest).ok()?.parent()? == folder;
    let packs = ["prepublish", "prepublishOnly", "prepack", "prepare", "postpack"];
    (of_this_package && packs.contains(&event.as_str())).then_some(event)
}

/// `npm pack` of a name downloads its tarball; no script of it runs.
pub(super) fn fetch(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    let run = Run::of("npm", "it fetches the earlier release", wish.folder)?;
    let version = match wish.release {
        Release::Latest => "latest",
        Release::Version(version) => version,
    };
    let into = scratch::Folder::new()?;
    let arguments = ["pack", &format!("{}@{version}", wish.name), "--pack-destination"];
    let command = run.with(&arguments, &[OsString::from(into.path())])?;
    Fetched::only_file(into, command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manager_is_the_project_s_own() {
        let program = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                fs::write(folder.path().join(path), text).unwrap();
            }
            Manager::of(folder.path()).1
        };
        assert_eq!(program(&[("package.json", "{}")]), "npm");
        assert_eq!(
            program(&[("package.json", r#"{"packageManager": "yarn@4.1.0"}"#), ("pnpm-lock.yaml", "")]),
            "yarn"
        );
        assert_eq!(program(&[("package.json", "{}"), ("pnpm-lock.yaml", "")]), "pnpm");
        assert_eq!(program(&[("package.json", "{}"), ("bun.lock", "")]), "bun");
    }
}
