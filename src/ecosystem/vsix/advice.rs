//! The words of help texts for extensions.

use crate::ecosystem::npm::{Item, files, narrow};
use crate::ecosystem::unwanted::narrowed;
use crate::ecosystem::{Advice, Change, Edit, Unwanted};
use crate::inventory::{Declared, Inventory, Making};

use super::IGNORE_FILE;

pub(super) struct VsixAdvice;

impl Advice for VsixAdvice {
    /// vsce refuses a project that has both lists, and takes `!` in `files` for all else.
    fn leave_out(&self, inventory: &Inventory, unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        let declared = &inventory.package.as_ref()?.declared;
        if declared.has_allowlist == Some(true) {
            return Some(narrow(&declared.patterns, unwanted));
        }
        // A line with `!` wins over all others, wherever they stand.
        let brings_back = |item: &&String| Item::new(item).covers_any(&unwanted.paths);
        let back: Vec<&String> = inventory.making.brings_back.iter().filter(brings_back).collect();
        let mut edits: Vec<Edit> = back
            .iter()
            .map(|item| {
                let one = Item::new(item);
                let by = narrowed(unwanted, |path| one.covers(path));
                let by = by.into_iter().map(|path| format!("!{path}")).collect();
                ignore(Change::Replace { item: format!("!{item}"), by })
            })
            .collect();
        if edits.is_empty() {
            edits.push(ignore(Change::Add(unwanted.patterns.clone())));
        }
        Some(edits)
    }

    fn let_in(&self, declared: &Declared, path: &str) -> Option<Edit> {
        let is_named = |listed: &String| Item::new(listed.trim_start_matches('!')).covers(path);
        let is_left_out = declared.has_allowlist? && !declared.patterns.iter().any(is_named);
        is_left_out.then(|| files(Vec::new(), Change::Add(vec![path.to_owned()])))
    }

    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
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

fn ignore(change: Change) -> Edit {
    Edit { file: IGNORE_FILE.to_owned(), list: None, change }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_let_in_by_its_own_name() {
        let listed = |has: Option<bool>, items: &[&str]| {
            let patterns = items.iter().map(|item| (*item).to_owned()).collect();
            let declared = Declared { has_allowlist: has, patterns, ..Declared::default() };
            VsixAdvice.let_in(&declared, "LICENSE.txt").map(|edit| edit.to_string())
        };
        let added = listed(Some(true), &["dist"]).unwrap();
        assert!(added.contains("`\"LICENSE.txt\"` at the end of \"files\""), "{added}");
        assert_eq!(listed(Some(true), &["*.txt"]), None);
        assert_eq!(listed(Some(true), &["dist", "!LICENSE.txt"]), None, "somebody meant it");
        assert_eq!(listed(None, &[]), None);
    }
}
