//! The words of help texts for npm packages.

use crate::ecosystem::Advice;
use crate::inventory::{Declared, Package};

pub(super) struct NpmAdvice;

impl Advice for NpmAdvice {
    fn leave_out(&self, _package: Option<&Package>, pattern: &str) -> String {
        format!("Add \"!{pattern}\" to \"files\" in package.json.")
    }

    fn leave_out_sources(&self, declared: &Declared) -> String {
        match declared.has_allowlist {
            Some(true) => format!(
                "Exclude the sources in {}, or list their folder there if they are meant to ship.",
                declared.allowlist_name
            ),
            _ => "Write an allowlist of compiled files: \"files\" in package.json.".to_owned(),
        }
    }

    fn packs_by(&self) -> Option<&'static str> {
        Some("npm pack")
    }

    fn allowlist(&self, _declared: &Declared, items: &[String]) -> Option<String> {
        Some(format!("\"files\": [{}]", items.join(", ")))
    }

    fn without_allowlist(&self) -> [&'static str; 2] {
        [
            "package.json has no \"files\": everything in the folder ships unless an ignore file names it.",
            "Write \"files\" with the folders that are meant to ship.",
        ]
    }
}
