//! vsce packs. Nothing is fetched: galleries have no client that downloads an extension.

use std::path::Path;

use crate::ecosystem::client::{Client, ClientError, Recipe, Rewrite, Run, find_in, find_program, missing};
use crate::ecosystem::folder::Files;
use crate::ecosystem::npm;
use crate::ecosystem::{Change, Edit};

use super::IGNORE_FILE;

pub(super) struct Vsce;

/// What vsce says of dependencies that npm has installed at the root of a workspace, or linked there.
const OUTSIDE: &str = "invalid relative path: extension/..";
/// What helps.
const BUNDLE: &str = "vsce packs no dependencies that are installed at the root of a workspace. Bundle them into the extension, and have a \
                      script in package.json say `vsce package --no-dependencies`: packgate then packs like that, too.";

/// Whether the project's own scripts have vsce leave `node_modules` out, as what is bundled needs it, and what pnpm or a
/// workspace has installed.
fn packs_no_dependencies(folder: &Path) -> bool {
    let manifest = npm::manifest_at(folder);
    let scripts = manifest.as_ref().and_then(|manifest| manifest.get("scripts")?.as_object());
    let mut lines = scripts.into_iter().flatten().filter_map(|(_, line)| line.as_str());
    lines.any(|line| line.contains("vsce") && line.contains("--no-dependencies"))
}

/// What vsce says of a `.env`, whatever is in it.
const REFUSES_ENV: &str = ".env files should not be packaged";

fn without_env() -> Edit {
    let change = Change::Add(vec!["**/.env".to_owned()]);
    Edit { file: IGNORE_FILE.to_owned(), list: None, change }
}

/// Whether `package.json` has a list, beside which vsce takes no `.vscodeignore`.
fn has_list(folder: &Path) -> bool {
    npm::manifest_at(folder).is_some_and(|manifest| manifest.get("files").is_some())
}

impl Client for Vsce {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        npm::is_extension(&Files::OnDisk(folder))
            .then_some(Recipe { manifest: npm::MANIFEST, private: false })
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        // The project's own tools come first.
        let own = folder.ancestors().map(|above| above.join("node_modules").join(".bin"));
        let program = find_in(own, "vsce").or_else(|| find_program("vsce"));
        let program = program.ok_or_else(|| missing("vsce", "package.json names engines.vscode"))?;
        let mut out = into.as_os_str().to_owned();
        out.push(std::path::MAIN_SEPARATOR_STR);
        let arguments: &[&str] = match packs_no_dependencies(folder) {
            true => &["package", "--no-dependencies", "--out"],
            false => &["package", "--out"],
        };
        let packed = Run::at(folder, program, "vsce").reproducibly().with(arguments, &[out]);
        packed.map_err(|error| match error {
            ClientError::Failed { command, status, output } if output.contains(OUTSIDE) => {
                ClientError::Failed { command, status, output: format!("{output}\n{BUNDLE}") }
            }
            ClientError::Failed { ref output, .. } if output.contains(REFUSES_ENV) && !has_list(folder) => {
                ClientError::Refused {
                    failed: Box::new(error),
                    folder: folder.to_path_buf(),
                    edit: Box::new(without_env()),
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
        if has_list(folder) { None } else { Rewrite::add_lines(folder, IGNORE_FILE, names) }
    }
}
