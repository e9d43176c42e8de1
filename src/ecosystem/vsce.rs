//! Which files vsce puts into an extension by `files` of its `package.json`.
//!
//! Each item is a glob from the extension's folder and takes a folder with all that is in it. vsce adds
//! `package.json` and the readme and nothing else: no `main`, no dependency, and no rule against by-products.

use super::npm::{Glob, split};

/// `files`, compiled.
#[derive(Debug)]
pub(super) struct Files {
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    globs: Vec<Glob>,
    /// Whether it speaks of a file that vsce moves (readme, changelog, licence).
    is_moved: bool,
}

/// Files that vsce gives these names, wherever its switches say they come from.
const MOVED: [&str; 4] = ["readme", "changelog", "license", "licence"];

impl Files {
    /// `None` when the list can't be held against files. One item with `!` is enough for that: vsce then takes
    /// in whatever the item doesn't fit.
    pub(super) fn new(items: &[String]) -> Option<Self> {
        Some(Self { items: items.iter().map(|item| Item::new(item)).collect::<Option<_>>()? })
    }

    /// Whether the files can have been chosen by this list: vsce refuses to pack when an item fits none.
    /// Versions from before `files` followed `.vscodeignore` alone.
    pub(super) fn explains(&self, paths: &[&str]) -> bool {
        self.items.iter().all(|item| item.is_moved || paths.iter().any(|path| item.fits(path)))
    }

    /// Whether vsce packs a file that stands at this path of the extension.
    pub(super) fn packs(&self, path: &str) -> bool {
        path.eq_ignore_ascii_case("package.json")
            || !path.contains('/') && is_moved(path)
            || self.items.iter().any(|item| item.fits(path))
    }
}

impl Item {
    fn new(item: &str) -> Option<Self> {
        let item = item.trim();
        // vsce takes these by the letter, and then no file fits; whoever wrote them meant the folder.
        let item = item.strip_prefix("./").unwrap_or(item).trim_start_matches('/');
        if item.is_empty() || item.starts_with('!') || item.contains(['\n', '\r', '\\']) {
            return None;
        }
        let name = item.rsplit('/').next().unwrap_or(item);
        let mut globs = vec![Glob::new(&format!("/{item}"))?];
        if !name.contains('*') {
            globs.push(Glob::new(&format!("/{}/**", item.trim_end_matches('/')))?);
        }
        Some(Self { globs, is_moved: is_moved(name) })
    }

    fn fits(&self, path: &str) -> bool {
        // vsce ends the name of a licence without an end in `.txt`.
        [Some(path), path.strip_suffix(".txt")].into_iter().flatten().any(|path| {
            let segments: Vec<&str> = std::iter::once("").chain(split(path)).collect();
            self.globs.iter().any(|glob| glob.matches(&segments, false))
        })
    }
}

fn is_moved(name: &str) -> bool {
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
