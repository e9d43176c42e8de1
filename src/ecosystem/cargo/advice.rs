//! The words of help texts for crates.

use crate::ecosystem::Advice;
use crate::inventory::{Declared, Package};

pub(super) struct CargoAdvice;

impl Advice for CargoAdvice {
    fn leave_out(&self, _package: Option<&Package>, pattern: &str) -> String {
        format!("Add \"{pattern}\" to `exclude` in Cargo.toml.")
    }

    fn packs_by(&self) -> Option<&'static str> {
        Some("cargo package")
    }

    fn allowlist(&self, declared: &Declared, items: &[String]) -> Option<String> {
        // A list of exclusions has no place for what is meant to ship.
        (declared.has_allowlist == Some(true)).then(|| format!("include = [{}]", items.join(", ")))
    }
}
