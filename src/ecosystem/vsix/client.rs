//! vsce packs. Nothing is fetched: galleries have no client that downloads an extension.

use std::collections::BTreeSet;
use std::path::Path;

use crate::ecosystem::client::{Client, ClientError, Recipe, Rewrite, Run, find_in, find_program, missing};
use crate::ecosystem::folder::Files;
use crate::ecosystem::npm;
use crate::ecosystem::{Change, Edit, Unwanted};

use super::IGNORE_FILE;

pub(super) struct Vsce;

/// What vsce says of dependencies that npm has installed at the root of a workspace, or linked there.
const OUTSIDE: &str = "invalid relative path: extension/..";
/// What helps.
const BUNDLE: &str = "vsce packs no dependencies that are installed at the root of a workspace. Bundle them into the extension, and have a \
                      script in package.json say `vsce package --no-dependencies`: packgate then packs like that, too.";

/// The option by which the project's own scripts have vsce leave `node_modules` out, as what is bundled needs it, and what
/// pnpm or a workspace has installed.
fn no_dependencies(folder: &Path) -> &'static [&'static str] {
    const OPTION: &str = "--no-dependencies";
    let manifest = npm::manifest_at(folder);
    let scripts = manifest.as_ref().and_then(|manifest| manifest.get("scripts")?.as_object());
    let mut lines = scripts.into_iter().flatten().filter_map(|(_, line)| line.as_str());
    match lines.any(|line| line.contains("vsce") && line.contains(OPTION)) {
        true => &[OPTION],
        false => &[],
    }
}

/// What vsce says of a `.env`, whatever is in it.
const REFUSES_ENV: &str = ".env files should not be packaged";

/// What vsce says of what it takes for a credential.
const REFUSES_SECRETS: &str = "Potential security issue detected";
/// The options by which it packs them all the same: the audit is to see them, and all else that is wrong.
const WITH_SECRETS: [&str; 2] = ["--allow-package-all-secrets", "--allow-package-env-file"];

/// The changes that keep them out.
fn without_env(folder: &Path, vsce: &Path) -> Option<Vec<Edit>> {
    let Some(items) = list(folder) else {
        let change = Change::Add(vec!["**/.env".to_owned()]);
        return Some(vec![Edit { file: IGNORE_FILE.to_owned(), list: None, change }]);
    };
    let arguments = [&["ls"], no_dependencies(folder)].concat();
    let listed = Run::at(folder, vsce.to_path_buf(), "vsce").output(&arguments).ok()?;
    let all: BTreeSet<&str> = listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_env = |path: &&&str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name == ".env" || name.starts_with(".env.")
    };
    let paths: BTreeSet<&str> = all.iter().filter(is_env).copied().collect();
    let unwanted = Unwanted { patterns: Vec::new(), paths, all };
    Some(npm::narrow(&items, &unwanted)).filter(|edits| !edits.is_empty())
}

/// `files` of `package.json`, beside which vsce takes no `.vscodeignore`.
fn list(folder: &Path) -> Option<Vec<String>> {
    let manifest = npm::manifest_at(folder)?;
    let items = manifest.get("files")?.as_array()?;
    Some(items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect())
}

impl Client for Vsce {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        npm::is_extension(&Files::OnDisk(folder)).then_some(Recipe::new(npm::MANIFEST, false))
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        // The project's own tools come first.
        let own = folder.ancestors().map(|above| above.join("node_modules").join(".bin"));
        let program = find_in(own, "vsce").or_else(|| find_program("vsce"));
        let program = program.ok_or_else(|| missing("vsce", "package.json names engines.vscode"))?;
        let mut out = into.as_os_str().to_owned();
        out.push(std::path::MAIN_SEPARATOR_STR);
        let arguments = [&["package"], no_dependencies(folder), &["--out"]].concat();
        let run = |arguments: &[&str]| {
            Run::at(folder, program.clone(), "vsce")
                .reproducibly()
                .with(arguments, std::slice::from_ref(&out))
        };
        let packed = run(&arguments);
        packed.map_err(|error| match error {
            ClientError::Failed { command, status, output } if output.contains(OUTSIDE) => {
                ClientError::Failed { command, status, output: format!("{output}\n{BUNDLE}") }
            }
            ClientError::Failed { ref output, .. } if output.contains(REFUSES_SECRETS) => {
                let for_the_audit = [&["package"], &WITH_SECRETS[..], no_dependencies(folder), &["--out"]];
                match run(&for_the_audit.concat()) {
                    Ok(_) => ClientError::Withheld { failed: Box::new(error) },
                    Err(_) => error,
                }
            }
            ClientError::Failed { ref output, .. } if output.contains(REFUSES_ENV) => {
                match without_env(folder, &program) {
                    Some(edits) => {
                        ClientError::Refused { failed: Box::new(error), folder: folder.to_path_buf(), edits }
                    }
                    None => error,
                }
            }
            other => other,
        })
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("", &[".vsix"])
    }

    fn publishes(&self, _folder: &Path, file: &str) -> String {
        format!("vsce publish --packagePath {file}")
    }

    fn release(&self, folder: &Path) -> Vec<String> {
        vec![
            "rm -rf packed && packgate check --keep packed &&".to_owned(),
            format!("  {}", self.publishes(folder, "packed/*.vsix")),
        ]
    }

    fn keep_out(&self, folder: &Path, names: &[&str]) -> Option<Rewrite> {
        if list(folder).is_some() { None } else { Rewrite::add_lines(folder, IGNORE_FILE, names) }
    }
}
