//! Words of helps for folders and archives that no client packs.

use crate::ecosystem::remedy::out_of_folder;
use crate::ecosystem::{Advice, Unwanted};
use crate::inventory::{Inventory, Kind};

pub(super) struct PlainAdvice;

impl Advice for PlainAdvice {
    fn leave_out_by_hand(&self, inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        match inventory.kind {
            Kind::Directory => out_of_folder(what),
            _ => format!("Leave {what} out where the archive is packed."),
        }
    }
}
