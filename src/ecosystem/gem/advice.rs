//! Words of helps for gems.

use crate::ecosystem::{Advice, Change, Edit, Unwanted};
use crate::inventory::{Inventory, Making};

pub(super) struct GemAdvice;

/// More files are not written down one by one.
const MOST: usize = 6;

/// The paths as Ruby writes them: in single quotes, in which nothing is carried out.
fn quoted(unwanted: &Unwanted<'_>) -> String {
    let quoted = |path: &&str| format!("'{}'", path.replace('\\', r"\\").replace('\'', r"\'"));
    let paths: Vec<String> = unwanted.paths.iter().map(quoted).collect();
    paths.join(", ")
}

impl Advice for GemAdvice {
    /// A specification is a program, which computes its list as a rule.
    fn leave_out(&self, inventory: &Inventory, unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        let is_plain = unwanted.paths.iter().all(|path| !path.contains(char::is_control));
        let gemspec =
            inventory.making.gemspec.as_ref().filter(|_| unwanted.paths.len() <= MOST && is_plain)?;
        let line = format!("{}.files -= [{}]", gemspec.name, quoted(unwanted));
        Some(vec![Edit { file: gemspec.file.clone(), list: None, change: Change::Add(vec![line]) }])
    }

    fn leave_out_by_hand(&self, _inventory: &Inventory, unwanted: &Unwanted<'_>, what: &str) -> String {
        if unwanted.paths.len() > MOST {
            return format!("In the gemspec, take {what} out of `files` (`.reject {{ ... }}`).");
        }
        format!(
            "In the gemspec, below the line that sets `files`, write\n  spec.files -= [{}]",
            quoted(unwanted)
        )
    }

    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
        Some("gem build")
    }
}
