//! Which files vsce puts into an extension by `files` of its `package.json`. Each item is a glob relative to the
//! extension's folder and takes a folder with all that is in it. vsce adds `package.json` and the readme and nothing
//! else: no `main`, no dependency, and no rule against by-products.

use crate::ecosystem::npm::{Glob, split};

/// `files`, compiled.
#[derive(Debug)]
pub(super) struct Files {
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    patterns: Vec<Pattern>,
    /// Whether it is about a file that vsce moves (readme, changelog, licence).
    is_moved: bool,
}

/// Files that vsce gives these names, wherever its switches say they come from.
const MOVED: [&str; 4] = ["readme", "changelog", "license", "licence"];

impl Files {
    /// `None` if the list can't be matched with files. One item with `!` is enough for that: vsce then takes
    /// everything that the item doesn't match.
    pub(super) fn new(items: &[String]) -> Option<Self> {
        Some(Self { items: items.iter().map(|item| Item::new(item)).collect::<Option<_>>()? })
    }

    /// Whether the files can have been chosen by this list: vsce refuses to pack if an item matches none.
    /// Versions from before `files` followed `.vscodeignore` alone.
    pub(super) fn explains(&self, paths: &[&str]) -> bool {
        self.items.iter().all(|item| item.is_moved || paths.iter().any(|path| item.fits(path)))
    }

    /// Whether vsce packs a file at this path of the extension.
    pub(super) fn packs(&self, path: &str) -> bool {
        path.eq_ignore_ascii_case("package.json")
            || !path.contains('/') && is_moved(path)
            || self.items.iter().any(|item| item.fits(path))
    }
}

impl Item {
    fn new(item: &str) -> Option<Self> {
        let item = item.trim();
        // vsce takes these literally, and then no file matches; whoever wrote them meant the folder.
        let item = item.strip_prefix("./").unwrap_or(item).trim_start_matches('/');
        if item.is_empty() || item.starts_with('!') || item.contains(['\n', '\r', '\\']) {
            return None;
        }
        let name = item.rsplit('/').next().unwrap_or(item);
        let patterns = Pattern::with_contents(item);
        (!patterns.is_empty()).then(|| Self { patterns, is_moved: is_moved(name) })
    }

    fn fits(&self, path: &str) -> bool {
        // vsce adds `.txt` to the name of a licence without an extension.
        let paths = [Some(path), path.strip_suffix(".txt")];
        paths.into_iter().flatten().any(|path| self.patterns.iter().any(|pattern| pattern.fits(path)))
    }
}

/// A glob relative to the extension's folder that, unlike npm's, is case-sensitive.
#[derive(Debug)]
pub(super) struct Pattern {
    glob: Glob,
}

impl Pattern {
    /// `None` for one that expands to too much, or that matches nothing because it begins with a slash.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        if pattern.starts_with('/') {
            return None;
        }
        Some(Self { glob: Glob::new(&format!("/{}", without_case(pattern)))? })
    }

    /// The pattern, and what is below it where it may be a folder.
    pub(super) fn with_contents(pattern: &str) -> Vec<Self> {
        let name = pattern.rsplit('/').next().unwrap_or(pattern);
        let below = (!name.contains('*')).then(|| format!("{}/**", pattern.trim_end_matches('/')));
        [Some(pattern.to_owned()), below].iter().flatten().filter_map(|pattern| Self::new(pattern)).collect()
    }

    pub(super) fn fits(&self, path: &str) -> bool {
        let path = without_case(path);
        let segments: Vec<&str> = std::iter::once("").chain(split(&path)).collect();
        self.glob.matches(&segments, false)
    }
}

/// Replaces capitals with letters that have no other case.
fn without_case(text: &str) -> String {
    const PRIVATE: u32 = 0xE000;
    let one = |c: char| {
        if c.is_ascii_uppercase() { char::from_u32(PRIVATE + u32::from(c)).unwrap_or(c) } else { c }
    };
    text.chars().map(one).collect()
}

/// Whether vsce renames a file to this name, so that it may come from anywhere.
pub(super) fn is_moved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    MOVED.iter().any(|moved| stem.eq_ignore_ascii_case(moved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Option<Files> {
        Files::new(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_packed() {
        for (items, packed, left_out) in [
            (
                &["dist"][..],
                &["dist/a/b.js", "dist/.env", "readme.md", "LICENSE.txt"][..],
                &["a.js", "x/dist/a"][..],
            ),
            (&["dist/"], &["dist/a/b.js"], &["node_modules/a/index.js", "package.nls.json"]),
            (&["dist/*"], &["dist/a.js"], &["dist/a/b.js"]),
            (&["*.js"], &["a.js"], &["x/a.js"]),
            (&["**/*.js", "l10n/**"], &["a.js", "x/y/a.js", "l10n/a/b.json"], &["x/a.ts"]),
            (&["Dist"], &["Dist/a.js"], &["dist/a.js"]),
            (&["[A-C]/?.js"], &["B/X.js"], &["b/x.js", "D/x.js"]),
            (&["{a,b}/c", "legal/eula"], &["a/c", "b/c/d", "legal/eula.txt"], &["a/d"]),
            (&["./out"], &["out/a.js"], &["src/a.ts"]),
            (&[], &["package.json"], &["a.js", "docs/readme.md"]),
        ] {
            let files = list(items).unwrap();
            assert!(packed.iter().all(|path| files.packs(path)), "{items:?}");
            assert!(left_out.iter().all(|path| !files.packs(path)), "{items:?}");
        }
    }

    #[test]
    fn what_says_nothing() {
        assert!(list(&["dist", "!**/*.map"]).is_none());
        let files = list(&["dist", "media", "README.md", "docs/CHANGELOG.md"]).unwrap();
        assert!(files.explains(&["dist/a.js", "media/x/y.png"]));
        assert!(!files.explains(&["dist/a.js"]));
    }
}
