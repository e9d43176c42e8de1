//! Poetry packs what `include` names even where `exclude` names it too, so an item that fits an unwanted file is narrowed.

use globset::{GlobBuilder, GlobMatcher};

use crate::ecosystem::unwanted::narrowed;
use crate::ecosystem::{Change, Edit, Unwanted};

use super::settings;

const TABLES: &[&str] = &["tool", "poetry"];

/// The changes that leave files out: items of `include` are narrowed, and what comes with the packages is excluded.
pub(super) fn leave_out(include: &[String], unwanted: &Unwanted<'_>, patterns: Vec<String>) -> Vec<Edit> {
    let items = include.iter().filter_map(|item| Item::new(item));
    let too_wide: Vec<Item<'_>> =
        items.filter(|item| unwanted.paths.iter().any(|path| item.covers(path))).collect();
    let narrow = |item: &Item<'_>| {
        let by = narrowed(unwanted, |path| item.covers(path));
        settings(TABLES, "include", Change::Replace { item: item.text.to_owned(), by })
    };
    let mut edits: Vec<Edit> = too_wide.iter().map(narrow).collect();
    if !unwanted.paths.iter().all(|path| too_wide.iter().any(|item| item.covers(path))) {
        edits.push(settings(TABLES, "exclude", Change::Add(patterns)));
    }
    edits
}

/// An item of `include`: a glob for files, and for folders with all that is in them.
struct Item<'a> {
    text: &'a str,
    glob: GlobMatcher,
}

impl<'a> Item<'a> {
    fn new(text: &'a str) -> Option<Self> {
        let pattern = text.trim_start_matches("./").trim_end_matches('/');
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().ok()?.compile_matcher();
        Some(Self { text, glob })
    }

    fn covers(&self, path: &str) -> bool {
        let mut above =
            std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder));
        above.any(|path| self.glob.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn words(include: &[&str], paths: &[&str]) -> Vec<String> {
        let all = ["conf/.env", "conf/a.toml", "conf/b/c.toml", "src/poem/.env", "src/poem/a.py", "CHANGES"];
        let include: Vec<String> = include.iter().map(|item| (*item).to_owned()).collect();
        let unwanted = Unwanted {
            patterns: vec!["**/.env".to_owned()],
            paths: paths.iter().copied().collect(),
            all: BTreeSet::from(all),
        };
        leave_out(&include, &unwanted, unwanted.patterns.clone()).iter().map(Edit::to_string).collect()
    }

    #[test]
    fn an_item_that_fits_is_narrowed_to_what_else_it_brings() {
        let narrowed = |item: &str| {
            vec![format!(
                "In `include` in [tool.poetry] of pyproject.toml, write instead of `\"{item}\"`:\n  \"conf/a.toml\", \"conf/b\""
            )]
        };
        for item in ["conf", "conf/", "conf/**/*", "con?/**"] {
            assert_eq!(words(&["CHANGES", item], &["conf/.env"]), narrowed(item), "{item}");
        }
        assert_eq!(
            words(&["conf/.env", "conf/*.toml"], &["conf/.env"]),
            ["Take `\"conf/.env\"` out of `include` in [tool.poetry] of pyproject.toml."]
        );
    }

    #[test]
    fn what_comes_with_a_package_is_excluded() {
        let excluded = "Add `\"**/.env\"` at the end of `exclude` in [tool.poetry] of pyproject.toml.";
        assert_eq!(words(&["conf/*.toml"], &["src/poem/.env"]), [excluded]);
        let both = words(&["conf/.env"], &["conf/.env", "src/poem/.env"]);
        assert_eq!((both.len(), both.last().map(String::as_str)), (2, Some(excluded)));
    }
}
