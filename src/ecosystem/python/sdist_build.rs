//! What a source archive needs to be built, and lacks.

use std::collections::BTreeSet;

use toml::Table;

use super::pyproject_build::{self, is_inside};
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
        place: naming(field).map(|name| format!("{root}/{name}")),
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
    let pyproject: Table =
        kept("pyproject.toml").and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
    let setup = kept("setup.py").filter(|text| is_straight(text)).map(|text| without_comments(&text));
    let setup = setup.unwrap_or_default();
    let version = kept("setup.cfg").and_then(|text| version_file(&text));
    // setuptools takes the C that Cython made where there is no Cython
    let is_compiled = |path: &str| {
        let stem = path.strip_suffix(".pyx").unwrap_or_default();
        !stem.is_empty() && [".c", ".cpp"].iter().any(|end| has(&format!("{stem}{end}")))
    };
    let needed = [
        ("setup.cfg", version.into_iter().collect()),
        ("setup.py", opened(&setup).into_iter().chain(packages(&setup)).chain(sources(&setup)).collect()),
    ];
    let absent = |(field, paths): (&'static str, Vec<String>)| {
        let absent = paths.into_iter().filter(|path| !has(path) && !is_compiled(path));
        absent.map(|path| miss(field, path)).collect::<Vec<_>>()
    };
    pyproject_build::needed(&pyproject).into_iter().chain(needed).flat_map(absent).collect()
}

/// The file whose word a field is.
fn naming(field: &str) -> Option<&str> {
    match field {
        "setup.py" | "setup.cfg" => Some(field),
        _ if field.contains('.') => Some("pyproject.toml"),
        _ => None,
    }
}

/// The file that `setup.cfg` takes the version from.
fn version_file(settings: &str) -> Option<String> {
    let values =
        settings.lines().filter_map(|line| line.strip_prefix("version")?.trim_start().strip_prefix('='));
    let mut files = values.filter_map(|value| value.trim().strip_prefix("file:").map(str::trim));
    files.find(|path| is_inside(path)).map(str::to_owned)
}

/// Whether `setup.py` has no condition, no function and asks for no file's being there.
fn is_straight(setup: &str) -> bool {
    const GUARDS: [&str; 7] = ["try:", "exists(", "isfile(", "def ", "if ", "class ", "chdir("];
    !GUARDS.iter().any(|guard| setup.contains(guard))
}

/// Without the lines that are comments.
fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    code.fold(String::new(), |code, line| code + line + "\n")
}

/// The folders of the packages that `setup.py` lists one by one, where they stand at the top. A `setup` of the project's
/// own may look for them elsewhere.
fn packages(setup: &str) -> Vec<String> {
    const SETUPS: [&str; 4] =
        ["setuptools import", "distutils.core import", "import setuptools", "import distutils"];
    let is_usual = SETUPS.iter().any(|import| setup.contains(import));
    if !is_usual || setup.contains("package_dir") {
        return Vec::new();
    }
    let names = setup.split_once("packages=[").and_then(|(_, rest)| listed(rest));
    names.unwrap_or_default().into_iter().map(|name| name.replace('.', "/")).collect()
}

/// The sources that `setup.py` lists one by one.
fn sources(setup: &str) -> Vec<String> {
    const CALL: &str = "Extension(";
    let calls = setup.match_indices(CALL).filter_map(|(at, _)| {
        let rest = setup.get(at + CALL.len()..)?;
        // behind the name, and on the few lines that such a call has
        let (before, list) = rest.split_once('[')?;
        let before = before.trim_end().trim_end_matches("sources=").trim_end();
        let is_second = before.len() < 200 && before.ends_with(',') && before.matches(',').count() == 1;
        listed(list).filter(|_| is_second)
    });
    calls
        .flatten()
        .filter(|path| is_inside(path))
        .map(|path| path.trim_start_matches("./").to_owned())
        .collect()
}

/// The texts of a list, behind its bracket; `None` if anything else is in it.
fn listed(list: &str) -> Option<Vec<String>> {
    texts(list.split_once(']')?.0)
}

/// Texts separated by commas; `None` if anything else is among them.
fn texts(inside: &str) -> Option<Vec<String>> {
    let items = inside.split(',').map(str::trim).filter(|item| !item.is_empty());
    let text = |item: &str| {
        let quote = item.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let text = item.get(1..)?.strip_suffix(quote)?;
        (!text.is_empty() && !text.contains(['"', '\'', '%', '{'])).then(|| text.to_owned())
    };
    items.map(text).collect()
}

/// The files that `setup.py` is sure to open.
fn opened(setup: &str) -> Vec<String> {
    let folders = own_folder(setup);
    let lines = setup.match_indices('\n').map(|(end, _)| end + 1);
    std::iter::once(0).chain(lines).flat_map(|start| on_line(setup, start, &folders)).collect()
}

/// What `setup.py` calls the folder that it is in: `here = os.path.abspath(os.path.dirname(__file__))`.
fn own_folder(setup: &str) -> Vec<&str> {
    let is_call = |value: &str| {
        let value = value.trim().trim_end_matches(')');
        let mut calls = value.strip_suffix("(__file__").unwrap_or_default().split('(');
        value.matches("dirname(").count() == 1 && calls.all(|call| FOLDER_CALLS.contains(&call))
    };
    let assigned = setup.lines().filter_map(|line| line.split_once('='));
    let names = assigned.filter(|(_, value)| is_call(value)).map(|(name, _)| name.trim());
    names.take(10).chain(["os.path.dirname(__file__)", "path.dirname(__file__)"]).collect()
}

/// Calls that give the folder of a file, or leave it the same.
const FOLDER_CALLS: [&str; 9] = [
    "os.path.dirname",
    "path.dirname",
    "dirname",
    "os.path.abspath",
    "path.abspath",
    "abspath",
    "os.path.realpath",
    "path.realpath",
    "realpath",
];

/// The path at the beginning of a call's arguments, joined to the own folder or not, and what stands behind it.
fn path_at<'s>(arguments: &'s str, folders: &[&str]) -> Option<(String, &'s str)> {
    const LONGEST: usize = 300;
    let end = arguments.char_indices().nth(LONGEST).map_or(arguments.len(), |(end, _)| end);
    let arguments = arguments.get(..end)?;
    let joined =
        ["os.path.join(", "path.join(", "join("].iter().find_map(|call| arguments.strip_prefix(call));
    if let Some((folder, rest)) = joined.and_then(|joined| joined.split_once(',')) {
        let (parts, rest) = rest.split_once(')').filter(|_| folders.contains(&folder.trim()))?;
        return Some((texts(parts)?.join("/"), rest));
    }
    let quote = arguments.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (path, rest) = arguments.get(1..)?.split_once(quote)?;
    Some((path.to_owned(), rest))
}

/// The files that are opened on the line that begins there; the call may go on in the next one.
fn on_line<'s>(setup: &'s str, start: usize, folders: &'s [&str]) -> impl Iterator<Item = String> + use<'s> {
    const CALL: &str = "open(";
    let rest = setup.get(start..).unwrap_or_default();
    let code = rest.split(['\n', '#']).next().unwrap_or_default();
    code.match_indices(CALL).filter_map(move |(at, _)| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let is_another = code.get(..at)?.ends_with(is_name);
        let behind = rest.get(at + CALL.len()..)?.trim_start();
        let (path, rest) = path_at(behind, folders)?;
        let path = path.trim_start_matches("./");
        let mode = rest.trim_start().strip_prefix(',').map_or("", str::trim_start);
        let writes =
            ["'w", "\"w", "'a", "\"a", "'x", "\"x", "mode"].iter().any(|start| mode.starts_with(start));
        (!is_another && is_inside(path) && !writes).then(|| path.to_owned())
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
        let hatch = "[build-system]\nbuild-backend = 'hatchling.build'\n[project]\nreadme = 'R.md'\n";
        let extension = "Extension('a._c', ['src/a.c']), Extension('b', sources=['./b.pyx'], libraries=['z'])\nExtension(name, files)\n";
        let joined = "import os\nhere = os.path.abspath(os.path.dirname(__file__))\nv = open(os.path.join(here, 'VERSION')).read()\n\
            with open(os.path.join(os.path.dirname(__file__), 'docs', \"about.rst\"), 'r') as f:\n    about = f.read()\n";
        let elsewhere = "import os\nhere = os.path.dirname(os.path.dirname(__file__))\nsrc = os.path.join(os.path.dirname(__file__), 'src')\n\
            open(os.path.join(here, 'V'))\nopen(os.path.join(src, 'V'))\nopen(os.path.join(os.path.dirname(__file__), name))\n\
            own = os.path.dirname(__file__)\nopen(os.path.join(own, 'out.txt'), 'w')\n";
        let own = "[build-system]\nbuild-backend = 'backend'\nbackend-path = ['.', './_build']\n";
        for (files, expected) in [
            (&[("a-1/setup.py", setup)][..], &["README.md"][..]),
            (&[("a-1/setup.py", setup), ("a-1/README.md", "")], &[]),
            (&[("a-1/setup.py", guarded)], &[]),
            (&[("a-1/setup.py", "open('a.txt', 'w')\nopen(name)\n# open('b')\nopen('/c')\n")], &[]),
            (&[("a-1/setup.py", "with open('c.txt', encoding='utf-8') as f:\n  pass\n")], &["c.txt"]),
            (&[("a-1/setup.py", joined)], &["VERSION", "docs/about.rst"]),
            (&[("a-1/setup.py", elsewhere)], &[]),
            (&[("a-1/pyproject.toml", own)], &["_build"]),
            (&[("a-1/pyproject.toml", hatch)], &["R.md"]),
            (
                &[("a-1/pyproject.toml", hatch.replace("hatchling.build", "setuptools.build_meta").as_str())],
                &[],
            ),
            (
                &[("a-1/setup.py", "setup()"), ("a-1/setup.cfg", "[metadata]\nversion = file: VERSION\n")],
                &["VERSION"],
            ),
            (
                &[
                    ("a-1/setup.py", "from setuptools import setup\nsetup(packages=['a', 'a.b'], x=[y])"),
                    ("a-1/a/c.py", ""),
                ],
                &["a/b"],
            ),
            (&[("a-1/setup.py", "# packages=['x']\nsetup()\n")], &[]),
            (
                &[(
                    "a-1/setup.py",
                    "import setuptools\nsetuptools.setup(packages=['a'], package_dir={'': 'src'})",
                )],
                &[],
            ),
            (
                &[(
                    "a-1/setup.py",
                    "from setuptools import *\nsetup(packages=['a'] + find_packages('a'), packages=[a])",
                )],
                &["a"],
            ),
            (
                &[
                    ("a-1/setup.py", "from own_setup import setup\nsetup(packages=['a'])"),
                    ("a-1/Lib/a/b.py", ""),
                ],
                &[],
            ),
            (&[("a-1/setup.py", extension)], &["src/a.c", "b.pyx"]),
            (&[("a-1/setup.py", extension), ("a-1/src/a.c", ""), ("a-1/b.c", "")], &[]),
            (&[("a-1/pyproject.toml", own), ("a-1/_build/backend.py", "")], &[]),
            (&[("a-1/a/__init__.py", "")], &["pyproject.toml or setup.py"]),
        ] {
            let found = missing(&inventory("a-1.tar.gz", "tar", files), "a-1");
            let found: Vec<&str> = found.iter().map(|one| one.target.as_str()).collect();
            assert_eq!(found, expected, "{files:?}");
        }
    }
}
