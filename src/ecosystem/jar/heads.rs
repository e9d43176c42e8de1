//! Jars whose licence stands only at the head of each source file.

use std::collections::HashSet;

use crate::inventory::{Entry, Inventory, OPEN_HEAD, OPEN_HEAD_LANGUAGES, OpenSources};

/// Most are four in five: tools write files without a head, and builds leave sources out.
fn most(of: usize, all: usize) -> bool {
    of * 5 >= all * 4
}

/// The source files that say that everybody has their source, if most do. Where most classes are made of other files, the
/// open ones may be a library's that was merged in.
pub(in crate::ecosystem) fn open_sources(inventory: &Inventory) -> Option<OpenSources> {
    let of_source = |entry: &&Entry| OPEN_HEAD_LANGUAGES.iter().any(|end| entry.path.ends_with(end));
    let sources: Vec<&Entry> = inventory.top_files().filter(of_source).collect();
    let open: Vec<&Entry> =
        sources.iter().copied().filter(|entry| entry.signs.contains(&OPEN_HEAD)).collect();
    if open.is_empty() || !most(open.len(), sources.len()) {
        return None;
    }
    // A source file may stand below a folder of its own: `src/org/acme/A.java`.
    let stems: HashSet<&str> = open.iter().flat_map(|entry| tails(stem(&entry.path))).collect();
    let classes = inventory.top_files().filter_map(|entry| entry.path.strip_suffix(".class"));
    let classes: Vec<&str> = classes.collect();
    let known = classes.iter().filter(|class| stems.contains(outer(class))).count();
    Some(OpenSources { files: open.len(), whole: most(known, classes.len()) })
}

fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// The class that a file's classes are made from: `a/B` of `a/B$C`.
fn outer(class: &str) -> &str {
    let name = class.rfind('/').map_or(0, |slash| slash + 1);
    let inner = class.get(name + 1..).and_then(|name| name.find('$'));
    inner.and_then(|at| class.get(..=name + at)).unwrap_or(class)
}

/// A path, and the same without its first folders.
fn tails(path: &str) -> impl Iterator<Item = &str> {
    const DEEPEST: usize = 5;
    let starts = path.match_indices('/').map(|(slash, _)| slash + 1).take(DEEPEST);
    std::iter::once(0).chain(starts).filter_map(|start| path.get(start..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    /// Whether the whole jar is open, if its sources are.
    fn whole(open: &[&str], others: &[&str]) -> Option<bool> {
        let files: Vec<(&str, &str)> = open.iter().chain(others).map(|path| (*path, "")).collect();
        let mut inventory = inventory("demo.jar", "zip", &files);
        for entry in inventory.entries.iter_mut().filter(|entry| open.contains(&entry.path.as_str())) {
            entry.signs.push(OPEN_HEAD);
        }
        open_sources(&inventory).map(|sources| sources.whole)
    }

    #[test]
    fn jars_whose_sources_are_open() {
        assert_eq!(whole(&["a/B.java"], &["a/B.class", "a/B$C.class", "a/B$C$1.class"]), Some(true));
        assert_eq!(whole(&["src/a/B.kt", "src/a/$D.java"], &["a/B.class", "a/$D.class"]), Some(true));
        assert_eq!(whole(&["a/B.java"], &["META-INF/MANIFEST.MF"]), Some(true));
    }

    #[test]
    fn jars_with_code_that_nobody_opened() {
        assert_eq!(whole(&[], &["a/B.class"]), None);
        // A library's sources beside other classes.
        assert_eq!(whole(&["lib/B.java"], &["lib/B.class", "acme/Price.class"]), Some(false));
        assert_eq!(whole(&["lib/B.java"], &["lib/B.class", "acme/Price.java", "acme/Price.class"]), None);
        assert_eq!(whole(&["acme/Util.java"], &["acme/Util.class", "acme/Price.class"]), Some(false));
    }
}
