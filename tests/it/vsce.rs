//! vsce as the judge of `.vscodeignore` and `files`: random extensions, listed by vsce and held against their
//! project by packgate.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use packgate::audit::{Auditor, Options};
use packgate::project::Project;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::clients::have;
use crate::random::trees;
use crate::samples::plant;

/// vsce in one process, answering over a pipe.
struct Vsce {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Vsce {
    fn start() -> Option<Self> {
        if !have(&["vsce", "node", "npm"]) {
            return None;
        }
        let root = Command::new("npm").args(["root", "-g"]).stderr(Stdio::null()).output().unwrap().stdout;
        let code = Path::new(String::from_utf8(root).unwrap().trim()).join("@vscode/vsce");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/vsce-ls.js");
        let mut child = Command::new("node")
            .arg(script)
            .arg(code)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { _child: child, questions, answers })
    }

    fn list(&mut self, folder: &Path) -> Result<BTreeSet<String>, String> {
        writeln!(self.questions, "{}", json!({"folder": folder})).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        match serde_json::from_str(&line).unwrap() {
            Value::Array(paths) => Ok(paths.iter().map(|path| path.as_str().unwrap().to_owned()).collect()),
            other => Err(other.to_string()),
        }
    }
}

#[derive(Debug, Clone)]
struct Extension {
    files: Option<Vec<String>>,
    ignore: Option<String>,
    paths: BTreeSet<String>,
}

impl Extension {
    fn tree(&self) -> BTreeMap<String, String> {
        let mut manifest = json!({"name": "demo", "publisher": "acme", "version": "1.0.0", "license": "MIT",
            "engines": {"vscode": "^1.80.0"}});
        if let Some(files) = &self.files {
            manifest["files"] = json!(files);
        }
        let mut tree: BTreeMap<String, String> =
            self.paths.iter().map(|path| (path.clone(), String::new())).collect();
        tree.insert("package.json".to_owned(), manifest.to_string());
        tree.extend(self.ignore.iter().map(|text| (".vscodeignore".to_owned(), text.clone())));
        tree
    }
}

/// What packgate says isn't covered, of an artifact with all files of the tree.
fn unlisted(folder: &Path, tree: &BTreeMap<String, String>) -> BTreeSet<String> {
    let into = tempfile::tempdir().unwrap();
    let artifact = into.path().join("demo-1.0.0.vsix");
    let mut writer = zip::ZipWriter::new(fs::File::create(&artifact).unwrap());
    let identity = r#"<PackageManifest><Metadata><Identity Id="demo" Version="1.0.0" Publisher="acme"/></Metadata></PackageManifest>"#;
    let mut add = |path: &str, text: &str| {
        writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    };
    add("extension.vsixmanifest", identity);
    tree.iter().for_each(|(path, text)| add(&format!("extension/{path}"), text));
    writer.finish().unwrap();
    let options = Options::default().project(Project::new(folder));
    let inventory = Auditor::new(options).stock(&artifact, 1).unwrap();
    let declared = &inventory.package.as_ref().unwrap().declared;
    let entries = declared.unlisted.iter().map(|id| inventory.entry(*id).unwrap());
    entries.map(|entry| entry.below_root().to_owned()).collect()
}

/// Files that vsce may have under these names from elsewhere.
fn is_moved(path: &str) -> bool {
    let stem = path.split('.').next().unwrap_or_default().to_lowercase();
    !path.contains('/') && ["readme", "changelog", "license", "licence"].contains(&stem.as_str())
}

fn compare(vsce: &mut Vsce, extension: &Extension) -> Result<bool, TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let tree = extension.tree();
    plant(folder.path(), &tree);
    let Ok(packed) = vsce.list(folder.path()) else { return Ok(false) };
    let ours = unlisted(folder.path(), &tree);
    let accused: Vec<&String> = ours.intersection(&packed).collect();
    prop_assert!(accused.is_empty(), "vsce packs {accused:?}");
    // Lists of which packgate knows that they don't tell all are not held against the files.
    let tells_all = match (&extension.ignore, &extension.files) {
        (Some(text), _) => !text.contains("!!"),
        (None, Some(_)) => false,
        (None, None) => true,
    };
    if tells_all {
        let left_out: BTreeSet<String> =
            tree.keys().filter(|path| !packed.contains(*path) && !is_moved(path)).cloned().collect();
        prop_assert_eq!(ours, left_out);
    }
    Ok(true)
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "out",
    "src",
    "Src",
    "x.js",
    "X.JS",
    "x.ts",
    "x.d.ts",
    "x.js.map",
    ".env",
    ".hidden",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "yarn.lock",
    "package-lock.json",
    ".eslintrc.json",
    ".github",
    ".git",
    "d.vsix",
    "notes.todo",
    "a b",
    "[x]",
    "{z}",
    "!bang",
    "#hash",
    "é.js",
    "media",
    "webpack.config.js",
    "CONTRIBUTING.md",
    ".vscode",
    ".vscode-test",
    ".npmrc",
    "extension.vsixmanifest",
    "node_modules",
];
const PIECES: &[&str] = &[
    "*",
    "**",
    "*.js",
    "*.{js,map}",
    "{out,src}",
    "?.js",
    "[ab]",
    "[!a]",
    "[A-Z]*",
    "*.*",
    ".*",
    "x*",
    "*(x|y).js",
    "!(a)",
    "+(a|b)",
    "*s",
    "\\[x\\]",
    "{a,b}*",
    "..",
    ".",
    "@(out|media)",
];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => prop::sample::select(NAMES), 2 => prop::sample::select(PIECES)];
    let start = prop::sample::select(&["", "", "", "", "!", "!", "/", "./", "**/", "!**/", "!!", " "][..]);
    let end = prop::sample::select(&["", "", "", "/", "/*", "/**", "/**/*", "/**/*.js", " ", "//"][..]);
    (start, prop::collection::vec(piece, 1..3), end)
        .prop_map(|(start, pieces, end)| format!("{start}{}{end}", pieces.join("/")))
}

fn extension() -> impl Strategy<Value = Extension> {
    let path = prop::collection::vec(name(), 1..4).prop_map(|names| names.join("/"));
    let paths = prop::collection::btree_set(path, 1..12);
    let lines = || prop::collection::vec(pattern(), 0..4);
    let ignore = prop_oneof![1 => Just(None), 4 => lines().prop_map(|lines| Some(lines.join("\n")))];
    let files = prop_oneof![3 => Just(None), 1 => lines().prop_map(Some)];
    (paths, ignore, files).prop_map(|(mut paths, ignore, files)| {
        let all: Vec<String> = paths.iter().cloned().collect();
        paths.retain(|path| {
            !all.iter().any(|other| other.starts_with(&format!("{path}/")))
                // vsce finds dependencies in other ways than by looking into the folder.
                && !path.starts_with("node_modules")
        });
        Extension { files, ignore, paths }
    })
}

#[test]
fn random_extensions_as_vsce_lists_them() {
    let Some(vsce) = Vsce::start() else { return };
    let vsce = RefCell::new(vsce);
    trees(100, 1_000, extension(), |extension| compare(&mut vsce.borrow_mut(), &extension));
}
