//! Words of helps for Java archives.

use crate::ecosystem::{Advice, Unwanted};
use crate::inventory::Inventory;

pub(super) struct JarAdvice;

impl Advice for JarAdvice {
    fn leave_out_by_hand(&self, _inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        format!(
            "Exclude {what} in the build: `exclude(...)` in Gradle's jar task, <excludes> of the maven-jar-plugin."
        )
    }
}
