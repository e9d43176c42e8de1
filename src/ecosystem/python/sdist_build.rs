//! What a source archive needs to be built, and lacks.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::inventory::{EntryPointWeight, Inventory, MissingEntryPoint};

/// All of it. Nobody can install the archive without.
pub(super) fn missing(inventory: &Inventory, root: &str) -> Vec<MissingEntryPoint> {
    let below =
        |path: &'_ str| path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
    let paths: BTreeSet<String> = inventory.top_files().filter_map(|entry| below(&entry.path)).collect();
    let kept = |name: &str| {
        let kept =
            inventory.manifests.iter().rfind(|kept| below(&kept.path).is_some_and(|path| path == name))?;
        Some(String::from_utf8_lossy(&kept.bytes).into_owned())
    };
    let miss = |field: &str, target: String| MissingEntryPoint {
        field: field.to_owned(),
        target,
        weight: EntryPointWeight::Whole,
        near: None,
        line: None,
    };
    if !paths.contains("pyproject.toml") && !paths.contains("setup.py") {
        return vec![miss("The build", "pyproject.toml or setup.py".to_owned())];
    }
    let has = |path: &str| {
        let folder = format!("{path}/");
        paths.contains(path)
            || paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
    };
    let backend = kept("pyproject.toml").map(|text| backend_paths(&text)).unwrap_or_default();
    let opened = kept("setup.py").map(|text| opened(&text)).unwrap_or_default();
    let absent = |all: Vec<String>| all.into_iter().filter(|path| !has(path)).collect::<Vec<String>>();
    let backend = absent(backend).into_iter().map(|path| miss("build-system.backend-path", path));
    backend.chain(absent(opened).into_iter().map(|path| miss("setup.py", path))).collect()
}

/// The folders that hold the build's own backend.
fn backend_paths(pyproject: &str) -> Vec<String> {
    let table: Table = toml::from_str(pyproject).unwrap_or_default();
    let paths =
        table.get("build-system").and_then(|system| system.get("backend-path")).and_then(Value::as_array);
    let paths = paths.into_iter().flatten().filter_map(Value::as_str);
    paths
        .map(|path| path.trim_start_matches("./").trim_end_matches('/').to_owned())
        .filter(|path| !matches!(path.as_str(), "" | "."))
        .collect()
}

/// The files that `setup.py` is sure to open: only where it has no condition, no function and asks for no file's
/// being there.
fn opened(setup: &str) -> Vec<String> {
    const GUARDS: [&str; 7] = ["try:", "exists(", "isfile(", "def ", "if ", "class ", "chdir("];
    if GUARDS.iter().any(|guard| setup.contains(guard)) {
        return Vec::new();
    }
    let lines = setup.match_indices('\n').map(|(end, _)| end + 1);
    std::iter::once(0).chain(lines).flat_map(|start| on_line(setup, start)).collect()
}

/// The files that are opened on the line that begins there; the call may go on in the next one.
fn on_line(setup: &str, start: usize) -> impl Iterator<Item = String> {
    const CALL: &str = "open(";
    let rest = setup.get(start..).unwrap_or_default();
    let code = rest.split(['\n', '#']).next().unwrap_or_default();
    code.match_indices(CALL).filter_map(move |(at, _)| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let is_another = code.get(..at)?.ends_with(is_name);
        let behind = rest.get(at + CALL.len()..)?.trim_start();
        let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (path, rest) = behind.get(1..)?.split_once(quote)?;
        let path = path.trim_start_matches("./");
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
        let is_inside = is_plain && !path.is_empty() && !path.starts_with('/') && !path.contains("..");
        let mode = rest.trim_start().strip_prefix(',').map_or("", str::trim_start);
        let writes =
            ["'w", "\"w", "'a", "\"a", "'x", "\"x", "mode"].iter().any(|start| mode.starts_with(start));
        (!is_another && is_inside && !writes).then(|| path.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn what_the_build_needs() {
        let setup =
            "from setuptools import setup\nsetup(name='a', long_description=open('README.md').read())\n";
        let guarded = "import os\nif os.path.exists('README.md'):\n    text = open('README.md').read()\n";
        let own = "[build-system]\nbuild-backend = 'backend'\nbackend-path = ['.', './_build']\n";
        for (files, expected) in [
            (&[("a-1/setup.py", setup)][..], &["README.md"][..]),
            (&[("a-1/setup.py", setup), ("a-1/README.md", "")], &[]),
            (&[("a-1/setup.py", guarded)], &[]),
            (&[("a-1/setup.py", "open('a.txt', 'w')\nopen(name)\n# open('b')\nopen('/c')\n")], &[]),
            (&[("a-1/setup.py", "with open('c.txt', encoding='utf-8') as f:\n  pass\n")], &["c.txt"]),
            (&[("a-1/pyproject.toml", own)], &["_build"]),
            (&[("a-1/pyproject.toml", own), ("a-1/_build/backend.py", "")], &[]),
            (&[("a-1/a/__init__.py", "")], &["pyproject.toml or setup.py"]),
        ] {
            let found = missing(&inventory("a-1.tar.gz", "tar", files), "a-1");
            let found: Vec<&str> = found.iter().map(|one| one.target.as_str()).collect();
            assert_eq!(found, expected, "{files:?}");
        }
    }
}
