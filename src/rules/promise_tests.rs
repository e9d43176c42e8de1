//! Inventories of packages for the tests of the allowlist and manifest rules.

use crate::ecosystem;
use crate::inventory::Inventory;
use crate::settings::Settings;

use super::{Context, Finding, Rule};

/// An npm tarball with this manifest and these (empty) files below `package/`.
pub(crate) fn npm(manifest: &str, paths: &[&str]) -> Inventory {
    let mut files: Vec<(String, &str)> = vec![("package/package.json".to_owned(), manifest)];
    files.extend(
        paths.iter().filter(|path| **path != "package.json").map(|path| (format!("package/{path}"), "{}")),
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let mut inventory = ecosystem::tests::inventory("demo.tgz", "gzip", &files);
    ecosystem::identify(&mut inventory, None, None);
    inventory
}

/// What a rule finds in an inventory.
pub(crate) fn run(rule: &Rule, inventory: &Inventory) -> Vec<Finding> {
    let settings = Settings::default();
    let mut findings = Vec::new();
    let context = Context::new(inventory, &settings);
    (rule.check)(rule, &context, &mut findings);
    findings
}
