//! Items of `files`, as far as helps reason about them. What ships is told by [`super::super::packlist`].

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use crate::ecosystem::Unwanted;

/// An item without what doesn't change its meaning: `./dist/` is `dist`.
pub(super) fn plain(item: &str) -> &str {
    item.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/')
}

/// Whether an item stands for the whole folder.
pub(super) fn is_whole_folder(item: &str) -> bool {
    matches!(plain(item), "" | ".")
}

/// An item that is compared with many paths.
pub(in crate::ecosystem) enum Item<'a> {
    All,
    /// A file or a folder by its name.
    Named(&'a str),
    Pattern(GlobMatcher),
    /// What no client understands.
    Nothing,
}

impl<'a> Item<'a> {
    pub(in crate::ecosystem) fn new(item: &'a str) -> Self {
        let plain = plain(item);
        if is_whole_folder(item) {
            return Self::All;
        }
        if !plain.contains(['*', '?', '[', ']', '{', '}', '\\']) {
            return Self::Named(plain);
        }
        let glob = GlobBuilder::new(plain).literal_separator(true).build();
        glob.map_or(Self::Nothing, |glob| Self::Pattern(glob.compile_matcher()))
    }

    /// Whether a file is packed because of it: the file itself, or a folder above it.
    pub(in crate::ecosystem) fn covers(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(name) => {
                path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Self::Pattern(glob) => {
                let mut above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
                glob.is_match(path) || above.any(|folder| glob.is_match(folder))
            }
            Self::Nothing => false,
        }
    }

    /// Whether it covers one of these.
    pub(in crate::ecosystem) fn covers_any(&self, paths: &BTreeSet<&str>) -> bool {
        paths.iter().any(|path| self.covers(path))
    }
}

/// The items of a new list: what the entry points need, or else all that ships today at the top.
pub(super) fn with_all(proposal: &[String], unwanted: &Unwanted<'_>) -> Vec<String> {
    if !proposal.is_empty() {
        return proposal.to_vec();
    }
    let mut items: Vec<String> = Vec::new();
    for path in unwanted.rest() {
        let name = path.split('/').next().unwrap_or(path);
        let is_listed = items.last().is_some_and(|last| last == name);
        if !is_listed && !name.starts_with('.') && !super::is_always_packed(path) {
            items.push(name.to_owned());
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_item_covers() {
        for (item, path, expected) in [
            ("dist", "dist/a/b.js", true),
            ("./dist/", "dist/a/b.js", true),
            ("dist/**", "dist/.claude/x", true),
            ("dist/*", "dist/a/b.js", true),
            ("dist/*.js", "dist/a/b.js", false),
            ("**/*.js", "dist/a/b.js", true),
            (".", ".env", true),
            ("lib", "dist/lib/a.js", false),
            ("dis", "dist/a.js", false),
            ("dist/{a", "dist/{a", false),
        ] {
            assert_eq!(Item::new(item).covers(path), expected, "{item} {path}");
        }
    }
}
