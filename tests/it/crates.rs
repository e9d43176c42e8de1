//! cargo as the judge of `include` and `exclude`: the same trees, listed by cargo and held against the manifest
//! by packgate.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use packgate::audit::{Auditor, Options};
use proptest::prelude::*;

use crate::clients::have;
use crate::random::trees;
use crate::samples::{npm_tarball, plant};

/// Lists of a `Cargo.toml` and the paths beside it.
#[derive(Debug, Clone)]
struct Tree {
    lists: String,
    paths: BTreeSet<String>,
    in_git: bool,
}

impl Tree {
    fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{}\n\n[lib]\npath = \"src/lib.rs\"\n\n[workspace]\n",
            self.lists
        )
    }

    fn plant(&self, folder: &Path) {
        let manifest = self.manifest();
        let own = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", "")];
        let files = self.paths.iter().map(|path| (path.as_str(), "")).chain(own);
        plant(folder, files);
        if self.in_git {
            // cargo asks git only where git tracks the manifest.
            for arguments in [&["init", "--quiet"][..], &["add", "--all", "--force"]] {
                let status = Command::new("git").args(arguments).current_dir(folder).status();
                assert!(status.unwrap().success());
            }
        }
    }

    /// What cargo packs; `None` when it refuses.
    fn packed(&self) -> Option<BTreeSet<String>> {
        let folder = tempfile::tempdir().unwrap();
        self.plant(folder.path());
        let output = Command::new("cargo")
            .args(["package", "--list", "--allow-dirty", "--offline", "--quiet"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| listed.lines().map(str::to_owned).collect())
    }

    /// What packgate says of a crate with these files.
    fn unlisted(&self, files: &BTreeSet<String>) -> BTreeSet<String> {
        let bytes = |path: &str| match path {
            "Cargo.toml" | "Cargo.toml.orig" => self.manifest().into_bytes(),
            _ => Vec::new(),
        };
        let below: Vec<(String, Vec<u8>)> =
            files.iter().map(|path| (format!("demo-1.0.0/{path}"), bytes(path))).collect();
        let folder = tempfile::tempdir().unwrap();
        let artifact = folder.path().join("demo-1.0.0.crate");
        fs::write(&artifact, npm_tarball(&below)).unwrap();
        let inventory = Auditor::new(Options::default()).stock(&artifact, 1).unwrap();
        let declared = &inventory.package.as_ref().unwrap().declared;
        let entries = declared.unlisted.iter().map(|id| inventory.entry(*id).unwrap());
        entries.map(|entry| entry.below_root().to_owned()).collect()
    }
}

/// Whether cargo leaves a file out for reasons that don't stand in the lists: hidden files and build output where
/// neither git nor `include` says otherwise, folders with a manifest of their own.
fn is_left_out_anyway(tree: &Tree, path: &str) -> bool {
    // An empty list counts as none.
    let includes = tree.lists.replace("include = []", "").contains("include");
    let is_hidden = path.split('/').any(|segment| segment.starts_with('.'));
    let below_own_manifest =
        path.match_indices('/').any(|(at, _)| tree.paths.contains(&format!("{}/Cargo.toml", &path[..at])));
    below_own_manifest
        || path.starts_with("target/")
        || path.split('/').any(|segment| segment == ".git")
        || is_hidden && !tree.in_git && !includes
}

/// Compares packgate with cargo: of what cargo packs nothing is unlisted, and what cargo leaves out is.
fn compare(tree: &Tree) -> Result<bool, TestCaseError> {
    let Some(packed) = tree.packed() else { return Ok(false) };
    prop_assert_eq!(tree.unlisted(&packed), BTreeSet::new());
    let mut everything = tree.paths.clone();
    everything.extend(packed.iter().cloned());
    let has_lists = tree.lists.contains("[\"") || tree.lists.contains("['");
    let left_out: BTreeSet<String> = everything.difference(&packed).filter(|_| has_lists).cloned().collect();
    let by_list = |paths: BTreeSet<String>| -> BTreeSet<String> {
        paths.into_iter().filter(|path| !is_left_out_anyway(tree, path)).collect()
    };
    let (ours, theirs) = (by_list(tree.unlisted(&everything)), by_list(left_out));
    if tree.in_git || !tree.lists.contains('!') {
        prop_assert_eq!(ours, theirs);
    } else {
        // Without git, cargo doesn't look into a folder that is taken out, also where `!` brings a file of it back;
        // a crate doesn't tell which of the two it was.
        prop_assert!(ours.is_subset(&theirs), "{:?} {:?}", ours, theirs);
    }
    Ok(true)
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "src",
    "lib.rs",
    "main.rs",
    "x.rs",
    "x.txt",
    "README.md",
    "LICENSE",
    ".hidden",
    ".env",
    "docs",
    "tests",
    "build.rs",
    "a b",
    "!bang",
    "#hash",
    "[x]",
    "Cargo.lock",
    "Cargo.toml",
    "target",
    "A",
    "X.RS",
    "é.rs",
    "data.bin",
    ".github",
    "benches",
];
const PIECES: &[&str] = &[
    "*", "**", "*.rs", "*.txt", "?.rs", "[ab]", "[!a]", "[a-z]*", "*.*", ".*", "x*", "*s", "{a,b}",
    "\\!bang", "\\#hash", "\\[x\\]", "***", "a**", "?",
];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..4).prop_map(|names| names.join("/"))
}

fn pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => prop::sample::select(NAMES), 2 => prop::sample::select(PIECES)];
    let start = prop::sample::select(
        &["", "", "", "", "/", "/", "!", "!/", "**/", "!**/", "./", "!!", "\\", " "][..],
    );
    let end = prop::sample::select(&["", "", "", "/", "/*", "/**", "/**/*", "/**/*.rs", " ", "\\ "][..]);
    (start, prop::collection::vec(piece, 1..3), end)
        .prop_map(|(start, pieces, end)| format!("{start}{}{end}", pieces.join("/")))
}

fn tree() -> impl Strategy<Value = Tree> {
    let list = || prop::collection::vec(pattern(), 0..4);
    let lists = prop_oneof![
        4 => list().prop_map(|items| format!("include = {}", toml_array(&items))),
        4 => list().prop_map(|items| format!("exclude = {}", toml_array(&items))),
        1 => (list(), list()).prop_map(|(include, exclude)| format!("include = {}\nexclude = {}", toml_array(&include), toml_array(&exclude))),
    ];
    let more = prop::sample::select(
        &[
            "",
            "",
            "",
            "\nreadme = \"README.md\"",
            "\nreadme = false",
            "\nlicense-file = \"LICENSE\"",
            "\nbuild = \"build.rs\"",
        ][..],
    );
    (lists, more, prop::collection::btree_set(path(), 1..10), any::<bool>()).prop_map(
        |(lists, more, paths, in_git)| {
            let mut paths = paths;
            let manifest = ["Cargo.toml", "src/lib.rs"].map(str::to_owned);
            if more.contains("LICENSE") {
                paths.insert("LICENSE".to_owned());
            }
            if more.contains("README.md") {
                paths.insert("README.md".to_owned());
            }
            paths.extend(manifest);
            // A name can't be a file and a folder.
            let all: Vec<String> = paths.iter().cloned().collect();
            paths.retain(|path| !all.iter().any(|other| other.starts_with(&format!("{path}/"))));
            paths.retain(|path| !path.contains("Cargo.toml/") && !path.contains("lib.rs/"));
            Tree { lists: format!("{lists}{more}"), paths, in_git }
        },
    )
}

fn toml_array(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| toml::Value::from(item.as_str()).to_string()).collect();
    format!("[{}]", items.join(", "))
}

#[test]
fn random_trees_as_cargo_lists_them() {
    if !have(&["cargo", "git"]) {
        return;
    }
    trees(40, 300, tree(), |tree| compare(&tree));
}

/// Trees that each taught something.
const NAMED: &[(&str, &[&str])] = &[
    (
        "include = [\"src/**/*.rs\"]",
        &["src/x.rs", "src/a/b.rs", "src/a.txt", "notes.md", "README.md", "LICENSE"],
    ),
    (
        "include = [\"/src\", \"!/src/secret.rs\", \"*.md\"]",
        &["src/secret.rs", "a/src/x", "docs/x.md", ".env"],
    ),
    ("include = [\"src/\", \"data/*.bin\"]", &["data/a.bin", "data/b/c.bin", "x/data/d.bin", "data/a.txt"]),
    (
        "include = [\"**/*.rs\"]\nreadme = \"docs/read.md\"\nlicense-file = \"legal/L.txt\"",
        &["docs/read.md", "docs/x.md", "legal/L.txt", "build.rs"],
    ),
    (
        "exclude = [\"tests\", \"*.bin\", \"/a/*.txt\"]",
        &["tests/x.rs", "a.bin", "b/c.bin", "a/x.txt", "a/b/y.txt"],
    ),
    ("exclude = [\"*\", \"!src\", \"!src/**\"]", &["src/a.rs", "x.md"]),
    ("exclude = [\"!/a/*\", \"*/\"]", &["a/x", "b/x", "src/a.rs"]),
    (
        "include = [\"src/lib.rs\", \"[ab].txt\", \"x?.md\", \"\\\\!bang\"]",
        &["a.txt", "c.txt", "d/b.txt", "xy.md", "!bang"],
    ),
];

#[test]
fn named_trees_as_cargo_lists_them() {
    if !have(&["cargo", "git"]) {
        return;
    }
    for (lists, paths) in NAMED {
        for in_git in [false, true] {
            let mut paths: BTreeSet<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            paths.extend(["Cargo.toml", "src/lib.rs"].map(str::to_owned));
            let tree = Tree { lists: (*lists).to_owned(), paths, in_git };
            assert!(compare(&tree).unwrap(), "{tree:?}");
        }
    }
}
