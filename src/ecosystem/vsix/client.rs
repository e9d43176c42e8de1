//! vsce packs. Nothing is fetched: galleries have no client that downloads an extension.

use std::path::Path;

use crate::ecosystem::client::{Client, ClientError, Recipe, Rewrite, Run, find_in, find_program, missing};
use crate::ecosystem::folder::Files;
use crate::ecosystem::npm;

pub(super) struct Vsce;

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
        Run::at(folder, program, "vsce").reproducibly().with(&["package", "--out"], &[out])
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
        let has_list = npm::manifest_at(folder)?.get("files").is_some();
        if has_list { None } else { Rewrite::add_lines(folder, ".vscodeignore", names) }
    }
}
