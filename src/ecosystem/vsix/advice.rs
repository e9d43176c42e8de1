//! The words of help texts for extensions.

use crate::ecosystem::Advice;
use crate::inventory::{Declared, Package};

pub(super) struct VsixAdvice;

impl Advice for VsixAdvice {
    fn leave_out(&self, package: Option<&Package>, pattern: &str) -> String {
        // vsce refuses a project that has both, and takes `!` in the list for all else.
        match package.is_some_and(|package| package.declared.has_allowlist == Some(true)) {
            true => format!("Narrow \"files\" in package.json so that no item matches {pattern}."),
            false => format!("Add {pattern} to .vscodeignore."),
        }
    }

    fn leave_out_sources(&self, declared: &Declared) -> String {
        match declared.has_allowlist {
            // vsce takes an item with `!` as everything that it doesn't match.
            Some(true) => "Narrow \"files\" in package.json so that no item matches the sources, or list their folder there if they are meant to ship.",
            _ => "Name the sources in .vscodeignore.",
        }
        .to_owned()
    }

    fn packs_by(&self) -> Option<&'static str> {
        Some("vsce package")
    }

    fn takes_it_back(&self) -> &'static str {
        "; a line with `!` in .vscodeignore brings it back."
    }

    fn allowlist(&self, _declared: &Declared, items: &[String]) -> Option<String> {
        Some(format!("\"files\": [{}]", items.join(", ")))
    }

    fn without_allowlist(&self) -> [&'static str; 2] {
        [
            "There is neither \"files\" in package.json nor a .vscodeignore: everything in the folder ships.",
            "Write a .vscodeignore with what is not meant to ship, or \"files\" with what is.",
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_has_one_list_or_the_other() {
        let mut package = Package::default();
        assert_eq!(VsixAdvice.leave_out(None, "**/.env"), "Add **/.env to .vscodeignore.");
        assert_eq!(VsixAdvice.leave_out(Some(&package), "**/.env"), "Add **/.env to .vscodeignore.");
        package.declared.has_allowlist = Some(true);
        assert!(VsixAdvice.leave_out(Some(&package), "**/.env").starts_with("Narrow \"files\""));
    }
}
