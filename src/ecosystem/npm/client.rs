//! The clients of JavaScript packages: npm, pnpm, yarn and bun pack, npm fetches.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::project::{self, PREPUBLISH, PREPUBLISH_ONLY, has_script};
use super::{MANIFEST, libraries, together};
use crate::ecosystem::client::{
    Client, ClientError, Fetched, Recipe, Release, Rewrite, Run, Wish, find_program,
};
use crate::ecosystem::folder::{Files, ProjectFolder as _, upwards};
use crate::project::{Member, Project};
use crate::scratch;

pub(super) struct NpmClient;

impl Client for NpmClient {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        if !project::NpmProject.is_here(&Files::OnDisk(folder)) {
            return None;
        }
        let manifest = project::at(folder).unwrap_or_default();
        Some(Recipe::new(MANIFEST, manifest.get("private") == Some(&Value::Bool(true))))
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        pack(folder, into)
    }

    fn pack_all(&self, root: &Path, members: &[&Member], into: &Path) -> Option<Result<String, ClientError>> {
        if members.iter().any(|member| libraries::destination(&member.folder).is_some()) {
            return None;
        }
        let project = Project::new(root);
        let (manager, program, because) = Manager::of(&project);
        let words = match manager {
            Manager::Npm => together::by_npm(root, members),
            Manager::Pnpm => together::by_pnpm(root, members),
            Manager::Yarn if packer(&project) == YARN => together::by_yarn(members),
            Manager::Yarn | Manager::Bun => return None,
        };
        let run = Run::of(program, &because, root).map(|run| run.packing(members));
        Some(run.and_then(|run| together::pack(&run, &words, members, into)))
    }

    fn is_publishing(&self, folder: &Path) -> bool {
        running_script(folder).is_some()
    }

    fn runs_programs(&self, folder: &Path) -> bool {
        let manifest = project::at(folder).unwrap_or_default();
        let scripts = manifest.get("scripts").and_then(Value::as_object);
        let of_packing = |name: &String| {
            let name = name.strip_prefix("pnpm:").unwrap_or(name);
            OF_PACKING.contains(&name)
        };
        scripts.is_some_and(|scripts| scripts.keys().any(of_packing))
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("", &[".tgz"])
    }

    /// A file was packed already, so that pnpm's look at the working tree tells nothing of it; and yarn takes no file.
    fn publishes(&self, folder: &Path, file: &str) -> String {
        let command = match Manager::of(&Project::new(folder)).0 {
            Manager::Pnpm => "pnpm publish --no-git-checks",
            Manager::Bun if find_program("npm").is_none() => "bun publish",
            _ => "npm publish",
        };
        format!("{command} {file}")
    }

    /// changesets and lerna pack once more for publishing what isn't in the registry yet; `packgate publish` sends that
    /// as it was checked.
    fn release(&self, folder: &Path) -> Vec<String> {
        let start = match Manager::of(&Project::new(folder)).0 {
            Manager::Npm => "npx",
            Manager::Pnpm => "pnpm exec",
            Manager::Yarn => "yarn",
            Manager::Bun => "bunx",
        };
        if folder.join(".changeset").join("config.json").is_file() {
            return vec![format!(
                "packgate publish && {start} changeset tag # in place of changeset publish"
            )];
        }
        if folder.join("lerna.json").is_file() {
            return vec![format!("{start} lerna version && packgate publish # in place of lerna publish")];
        }
        vec![
            "rm -rf packed && packgate check --keep packed &&".to_owned(),
            format!("  for file in packed/*.tgz; do {} || exit; done", self.publishes(folder, "\"./$file\"")),
        ]
    }

    fn hook(&self, folder: &Path) -> Option<(&'static str, &'static str)> {
        Some(match script_of_publishing(&Project::new(folder)) {
            PREPUBLISH => (
                "A seat belt beside that, in package.json: yarn packs once more after it, so it sees a twin",
                "\"scripts\": { \"prepublish\": \"packgate check\" }",
            ),
            _ => (
                "A seat belt beside that, in package.json: npm packs once more after it, so it sees a twin",
                "\"scripts\": { \"prepublishOnly\": \"packgate check\" }",
            ),
        })
    }

    fn allowlist(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some(("\"files\":", &["package.json", "readme", "licen"]))
    }

    fn keep_out(&self, folder: &Path, names: &[&str]) -> Option<Rewrite> {
        let has_list = project::at(folder)?.get("files").is_some();
        // Where there is none, a new one would take the place of .gitignore.
        let has_ignore_file = folder.join(".npmignore").is_file();
        if has_list || !has_ignore_file { None } else { Rewrite::add_lines(folder, ".npmignore", names) }
    }
}

/// The scripts that run when a package is packed.
const OF_PACKING: [&str; 9] = [
    "prepublish",
    "prepublishOnly",
    "preprepare",
    "prepare",
    "postprepare",
    "prepack",
    "beforePacking",
    "postpack",
    "preprepack",
];

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
        (Self::Pnpm, "pnpm", &["pnpm-lock.yaml", "pnpm-workspace.yaml"]),
        (Self::Yarn, "yarn", &["yarn.lock", ".yarnrc.yml"]),
        (Self::Bun, "bun", &["bun.lock", "bun.lockb"]),
    ];

    /// The manager that the project uses, its program and how that is known.
    fn of(project: &Project) -> (Self, &'static str, String) {
        for folder in upwards(project) {
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

/// What yarn is called since its second version, which has little in common with the first.
const YARN: &str = "yarn";

/// What the project's lists are read by: `yarn 1` where that is the old one.
pub(super) fn packer(project: &Project) -> &'static str {
    let (manager, program, _) = Manager::of(project);
    if manager != Manager::Yarn {
        return program;
    }
    // Those since 2 have settings of their own, or are named by version.
    let is_named = |folder: &Path| {
        let manifest = project::at(folder).unwrap_or_default();
        let named = manifest.get("packageManager").and_then(Value::as_str);
        named.is_some_and(|named| named.starts_with("yarn@") && !named.starts_with("yarn@1."))
    };
    match upwards(project).any(|folder| folder.join(".yarnrc.yml").exists() || is_named(folder)) {
        true => YARN,
        false => "yarn 1",
    }
}

/// The script that the project's client runs before it publishes, and not when it packs.
fn script_of_publishing(project: &Project) -> &'static str {
    if packer(project) == YARN { PREPUBLISH } else { PREPUBLISH_ONLY }
}

fn pack(folder: &Path, into: &Path) -> Result<String, ClientError> {
    if let Some((tool, into)) = libraries::destination(folder) {
        return Err(ClientError::Elsewhere { tool, into });
    }
    let project = Project::new(folder);
    let (manager, program, because) = Manager::of(&project);
    let run = Run::of(program, &because, folder)?;
    let within = running_script(folder);
    let manifest = project::at(folder).unwrap_or_default();
    let script = script_of_publishing(&project);
    if within.is_none() && has_script(&manifest, script) {
        run.with(&["run", script], &[])?;
    }
    // prepack, prepare and postpack are the client's own business; if one of them started this audit, running it
    // again would go in circles.
    let skip_scripts = within.is_some_and(|script| script != PREPUBLISH_ONLY);
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
            let file = into.join(file_name(&manifest)).into_os_string();
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

/// The name that npm gives to what it packs. yarn calls everything `package.tgz`, and a workspace has many.
fn file_name(manifest: &Value) -> String {
    let text = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or_default();
    let safe = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let name: String =
        text("name").trim_start_matches('@').replace('/', "-").chars().filter(|c| safe(*c)).collect();
    let version: String = text("version").chars().filter(|c| safe(*c)).collect();
    match name.is_empty() || version.is_empty() {
        true => "package.tgz".to_owned(),
        false => format!("{name}-{version}.tgz"),
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
            Manager::of(&Project::new(folder.path())).1
        };
        assert_eq!(program(&[("package.json", "{}")]), "npm");
        assert_eq!(
            program(&[("package.json", r#"{"packageManager": "yarn@4.1.0"}"#), ("pnpm-lock.yaml", "")]),
            "yarn"
        );
        assert_eq!(program(&[("package.json", "{}"), ("pnpm-lock.yaml", "")]), "pnpm");
        assert_eq!(program(&[("package.json", "{}"), ("bun.lock", "")]), "bun");
    }

    #[test]
    fn the_hook_is_the_script_that_the_project_s_client_runs() {
        let hook = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                fs::write(folder.path().join(path), text).unwrap();
            }
            crate::ecosystem::client::Client::hook(&NpmClient, folder.path()).unwrap().1.to_owned()
        };
        for (files, script) in [
            (&[("package.json", r#"{"packageManager": "yarn@4.1.0"}"#)][..], "\"prepublish\""),
            (&[("package.json", "{}"), ("yarn.lock", ""), (".yarnrc.yml", "")], "\"prepublish\""),
            (&[("package.json", "{}"), ("yarn.lock", "")], "\"prepublishOnly\""),
            (&[("package.json", "{}"), ("pnpm-lock.yaml", "")], "\"prepublishOnly\""),
            (&[("package.json", "{}")], "\"prepublishOnly\""),
        ] {
            assert!(hook(files).contains(script), "{files:?}");
        }
    }

    #[test]
    fn what_ng_packagr_makes_is_published() {
        let folder = tempfile::tempdir().unwrap();
        let into = |settings: &str| {
            fs::write(folder.path().join("ng-package.json"), settings).unwrap();
            pack(folder.path(), folder.path()).unwrap_err().to_string()
        };
        assert!(into("{}").contains("`packgate check dist`"));
        assert!(into(r#"{"dest": "../../dist/ui"}"#).contains("`packgate check ../../dist/ui`"));
    }

    #[test]
    fn members_packed_by_yarn_have_names_of_their_own() {
        let named = |name: &str| file_name(&serde_json::json!({ "name": name, "version": "1.0.0-rc.1+a" }));
        assert_eq!(named("@acme/ui"), "acme-ui-1.0.0-rc.1+a.tgz");
        assert_eq!(named("../up"), "..-up-1.0.0-rc.1+a.tgz");
        assert_eq!(file_name(&serde_json::json!({ "name": "a" })), "package.tgz");
    }
}
