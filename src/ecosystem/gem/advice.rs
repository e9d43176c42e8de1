//! Words of helps for gems.

use crate::ecosystem::{Advice, Unwanted};
use crate::inventory::{Inventory, Making};

pub(super) struct GemAdvice;

impl Advice for GemAdvice {
    /// A specification is a program, which computes its list as a rule.
    fn leave_out_by_hand(&self, _inventory: &Inventory, unwanted: &Unwanted<'_>, what: &str) -> String {
        /// More are not written down one by one.
        const MOST: usize = 6;
        if unwanted.paths.len() > MOST {
            return format!("In the gemspec, take {what} out of `files` (`.reject {{ ... }}`).");
        }
        let paths: Vec<String> = unwanted.paths.iter().map(|path| format!("{path:?}")).collect();
        format!(
            "In the gemspec, below the line that sets `files`, write\n  spec.files -= [{}]",
            paths.join(", ")
        )
    }

    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
        Some("gem build")
    }
}
