//! The words of help texts for crates.

use crate::ecosystem::{Advice, Change, Edit, List, Unwanted};
use crate::inventory::{Declared, Inventory, Making};

use super::project::place_of_list;

pub(super) struct CargoAdvice;

impl Advice for CargoAdvice {
    fn leave_out(&self, inventory: &Inventory, unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        let declared = &inventory.package.as_ref()?.declared;
        // These are gitignore's patterns: one without a slash would fit in any folder.
        let anchored = |pattern: &String| match pattern.starts_with("**/") {
            true => pattern.clone(),
            false => format!("/{pattern}"),
        };
        let patterns = unwanted.patterns.iter().map(anchored);
        // cargo reads no `exclude` beside an `include`.
        let (key, items) = match declared.has_allowlist {
            Some(true) => ("include", patterns.map(|pattern| format!("!{pattern}")).collect()),
            _ => ("exclude", patterns.collect()),
        };
        let (file, tables) = place_of_list(inventory.making.list_of_workspace.as_deref());
        let list = Some(List { tables, key, begins_with: Vec::new() });
        Some(vec![Edit { file, list, change: Change::Add(items) }])
    }

    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
        Some("cargo package")
    }

    fn allowlist(&self, declared: &Declared, items: &[String]) -> Option<String> {
        // A list of exclusions has no place for what is meant to ship.
        (declared.has_allowlist == Some(true)).then(|| format!("include = [{}]", items.join(", ")))
    }
}
