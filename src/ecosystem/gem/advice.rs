//! Words of helps for gems.

use crate::ecosystem::Advice;
use crate::inventory::{Inventory, Making};

pub(super) struct GemAdvice;

impl Advice for GemAdvice {
    fn leave_out_by_hand(&self, _inventory: &Inventory, what: &str) -> String {
        format!(
            "Take {what} out of what `files` lists in the gemspec (`.reject {{ ... }}`, where that is computed)."
        )
    }

    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
        Some("gem build")
    }
}
