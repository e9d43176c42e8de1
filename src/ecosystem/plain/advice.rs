//! Words of helps for folders and archives that no client packs.

use crate::ecosystem::{Advice, Unwanted};
use crate::inventory::{Inventory, Kind};

pub(super) struct PlainAdvice;

impl Advice for PlainAdvice {
    fn leave_out_by_hand(&self, inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        match inventory.kind {
            Kind::Directory => {
                format!(
                    "Have the build write {what} elsewhere, or delete it from the folder before that is published."
                )
            }
            _ => format!("Leave {what} out where the archive is packed."),
        }
    }
}
