//! TypeScript's build information: whether it names anything that the package doesn't hold anyway.

use std::collections::HashSet;

use serde_json::Value;

use crate::inventory::Inventory;

/// The sign of build information that names no more than the files beside it.
pub(crate) const OWN: &str = "tsbuildinfo-own";

/// Whether a file is kept to be looked into.
pub(super) fn is_it(path: &str) -> bool {
    path.ends_with(".tsbuildinfo")
}

/// Puts the sign on build information from which nobody learns a name: each of the project's files that it lists is in
/// the package, or what it was compiled to is.
pub(in crate::ecosystem) fn mark(inventory: &mut Inventory) {
    let kept = inventory.manifests.iter().filter(|kept| is_it(&kept.path));
    let listed: Vec<_> = kept.filter_map(|kept| Some((kept.entry, names(&kept.bytes)?))).collect();
    if listed.is_empty() {
        return;
    }
    // each path by all of its ends: `lib/util/a`, `util/a`, `a`
    let mut there: HashSet<&str> = HashSet::new();
    for entry in inventory.top_files().filter(|entry| !is_it(&entry.path)) {
        let path = without_extension(&entry.path);
        there.insert(path);
        there.extend(path.match_indices('/').filter_map(|(at, _)| path.get(at + 1..)));
    }
    let own: Vec<_> = listed
        .into_iter()
        .filter(|(_, names)| names.iter().all(|name| is_there(name, &there)))
        .map(|(entry, _)| entry)
        .collect();
    for id in own {
        if let Some(entry) = inventory.entries.iter_mut().find(|entry| entry.id == id) {
            entry.signs.push(OWN);
        }
    }
}

/// Whether a listed file, or what it was compiled to, is among the paths, wherever the build has put its folder.
fn is_there(name: &str, there: &HashSet<&str>) -> bool {
    let is_absolute = name.starts_with('/') || name.contains(':') || name.contains('\\');
    let below = name.trim_start_matches("../").trim_start_matches("./");
    let path = without_extension(below);
    let inner = path.split_once('/').map(|(_, inner)| inner);
    name.contains("node_modules/")
        || !is_absolute && (there.contains(path) || inner.is_some_and(|inner| there.contains(inner)))
}

/// All files that are listed, in each of the forms that compilers wrote: `None` if it has none of them.
fn names(bytes: &[u8]) -> Option<Vec<String>> {
    let info: Value = serde_json::from_slice(bytes).ok()?;
    let mut names = Vec::new();
    for part in [Some(&info), info.get("program")].into_iter().flatten() {
        for key in ["root", "fileNames"] {
            let list = part.get(key).and_then(Value::as_array).into_iter().flatten();
            names.extend(list.filter_map(Value::as_str).map(str::to_owned));
        }
        let infos = part.get("fileInfos").and_then(Value::as_object).into_iter().flatten();
        names.extend(infos.map(|(name, _)| name.clone()));
    }
    // the compiler's own, where it isn't below node_modules
    names.retain(|name| !(name.contains("typescript") && name.contains("/lib/lib.")));
    (!names.is_empty()).then_some(names)
}

/// A path without what stands behind the first dot of its last part.
fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let end = path.get(name..).and_then(|name| name.find('.')).map_or(path.len(), |at| name + at);
    path.get(..end).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_marked(info: &str) -> bool {
        let files = [
            ("package/package.json", "{}"),
            ("package/lib/index.js", ""),
            ("package/lib/util/a.d.ts", ""),
            ("package/lib/tsconfig.tsbuildinfo", info),
        ];
        let mut inventory = crate::ecosystem::tests::inventory("a.tgz", "gzip", &files);
        mark(&mut inventory);
        inventory.entries.iter().any(|entry| entry.signs.contains(&OWN))
    }

    #[test]
    fn names_of_what_is_there_tell_nothing() {
        for info in [
            r#"{"root":["../src/index.ts","../src/util/a.ts"],"version":"5.8.3"}"#,
            r#"{"program":{"fileNames":["../node_modules/typescript/lib/lib.d.ts","../src/util/a.tsx"]}}"#,
            r#"{"program":{"fileInfos":{"../node_modules/x/y.d.ts":{},"./src/index.ts":{"version":"1"}}}}"#,
            r#"{"fileNames":["./index.ts"],"fileInfos":[1]}"#,
        ] {
            assert!(is_marked(info), "{info}");
        }
    }

    #[test]
    fn names_of_what_is_not_there_do() {
        for info in [
            r#"{"root":["../src/index.ts","../src/internal/licence_server.ts"]}"#,
            r#"{"program":{"fileNames":["../src/util/b.ts"]}}"#,
            r#"{"program":{"fileNames":["/srv/build/index.ts"]}}"#,
            r#"{"program":{"fileInfos":{"../other/util/test/a.ts":{}}}}"#,
            r#"{"version":"5.8.3"}"#,
            "{",
        ] {
            assert!(!is_marked(info), "{info}");
        }
    }
}
