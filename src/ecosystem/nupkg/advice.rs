//! Words of helps for NuGet packages.

use crate::ecosystem::{Advice, Unwanted};
use crate::inventory::Inventory;

pub(super) struct NupkgAdvice;

impl Advice for NupkgAdvice {
    fn leave_out_by_hand(&self, _inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        format!(
            "Set Pack=\"false\" on the item of {what} in the project file, or leave it out of <files> in the .nuspec."
        )
    }
}
