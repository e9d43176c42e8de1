//! npm itself as the judge of [`super::packlist`]: random project trees, the same question to both.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::bundle::Bundle;
use super::manifest::Manifest;
use super::packlist::{Rules, packed};
use crate::ecosystem::json::Object;

#[path = "../../../tests/it/random.rs"]
mod random;

use random::trees;

/// npm's own code, answering over a pipe.
struct Oracle {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// `None`, said aloud, where npm isn't installed; a failure where clients are required.
    fn start() -> Option<Self> {
        let Some(modules) = npm_modules() else {
            assert!(
                std::env::var_os("PACKGATE_REQUIRE_CLIENTS").is_none(),
                "npm is required and not installed"
            );
            eprintln!("skipped: npm is not installed");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/npm-packlist.js");
        let mut child = Command::new("node")
            .arg(script)
            .arg(modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { _child: child, questions, answers })
    }

    fn ask(&mut self, project: &Project) -> Result<Vec<String>, String> {
        let Project { manifest, files, above } = project;
        let question = json!({"manifest": manifest, "files": files, "above": above});
        writeln!(self.questions, "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        match serde_json::from_str(&line).unwrap() {
            Value::Array(paths) => Ok(paths.iter().map(|path| path.as_str().unwrap().to_owned()).collect()),
            other => Err(other.to_string()),
        }
    }
}

/// The folder of npm's own dependencies, found next to the program.
fn npm_modules() -> Option<std::path::PathBuf> {
    let output = Command::new("npm").args(["root", "-g"]).stderr(Stdio::null()).output().ok()?;
    let root = String::from_utf8(output.stdout).ok()?;
    let modules = std::path::Path::new(root.trim()).join("npm").join("node_modules");
    modules.join("npm-packlist").is_dir().then_some(modules)
}

fn ours(project: &Project) -> Vec<String> {
    let read = |text: &str| Some(Manifest::from_object(Object::read(text.as_bytes()).ok()?));
    let Project { files, above, .. } = project;
    let manifest = read(&project.manifest.to_string()).unwrap();
    let ignore_files: BTreeMap<String, String> = files
        .iter()
        .filter(|(path, _)| matches!(path.rsplit('/').next(), Some(".npmignore" | ".gitignore")))
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect();
    let mut paths: Vec<&str> = files.keys().map(String::as_str).collect();
    paths.push("package.json");
    paths.sort_unstable();
    let rules = Rules {
        manifest: &manifest,
        ignore_files: &ignore_files,
        case_matters: true,
        with_defaults: true,
        above,
        is_bundled: false,
    };
    let bundle = Bundle::of(&manifest, &paths, |path| read(files.get(path)?));
    let bundled = bundle.packed(rules, &paths, packed);
    let is_packed = packed(rules, &paths).into_iter().zip(bundled).map(|(own, bundled)| own || bundled);
    paths.iter().zip(is_packed).filter(|(_, packed)| *packed).map(|(path, _)| (*path).to_owned()).collect()
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "dist",
    "lib",
    "src",
    "index.js",
    "x.js",
    "y.map",
    "x.js.map",
    ".env",
    ".hidden",
    "README.md",
    "readme",
    "LICENSE",
    "licence.txt",
    "COPYING",
    "Readme.old~",
    "CHANGELOG.md",
    "package-lock.json",
    "yarn.lock",
    "node_modules",
    ".git",
    "Lib",
    "X.JS",
    "a b",
    "@s",
    "[x]",
    "(y)",
    ".npmrc",
    ".DS_Store",
    "c.orig",
    "._d",
    ".e.swp",
    "CVS",
    "archived-packages",
    "build",
    "config.gypi",
    "npm-shrinkwrap.json",
    "1.2",
    "\u{e9}.js",
    "\u{c9}.JS",
    "package.json",
    "!bang",
    "#hash",
    "npm-debug.log",
    "bun.lockb",
    "{z}",
];

const PIECES: &[&str] = &[
    "*",
    "**",
    "*.js",
    "*.{js,map}",
    "{dist,lib}",
    "?.js",
    "[ab]",
    "[!a]",
    "!(a)",
    "+(a|b)",
    "@(dist|lib)",
    "*.*",
    ".*",
    ".",
    "..",
    "x*",
    "*(x|y).js",
    "[[:alpha:]]*",
    "?(x).js",
    "a!(b)",
    "*.MAP",
    "{a,b}*",
    "{1..3}.2",
    "\\[x\\]",
    "[",
    "x.!(map)",
    "?",
    "??*",
    "*s",
    "!(*.js)",
    "*.!(js)",
    "+([a-z]).js",
    "!(dist|lib)",
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
        &["", "", "", "", "./", "/", "!", "!", "!/", "!./", "**/", "!**/", "!!", "//", " "][..],
    );
    let end =
        prop::sample::select(&["", "", "", "/", "/*", "/**", "/**/*", "/**/*.js", "/*.map", "//", " "][..]);
    (start, prop::collection::vec(piece, 1..3), end)
        .prop_map(|(start, pieces, end)| format!("{start}{}{end}", pieces.join("/")))
}

fn ignore_text() -> impl Strategy<Value = String> {
    prop::collection::vec(pattern(), 0..4).prop_map(|lines| lines.join("\n"))
}

#[derive(Debug, Clone)]
struct Project {
    manifest: Value,
    files: BTreeMap<String, String>,
    /// Ignore files of the workspace's folders above.
    above: Vec<String>,
}

/// A package below `node_modules`.
#[derive(Debug, Clone)]
struct Dependency {
    folder: &'static str,
    list: Option<Vec<String>>,
    depends_on: Vec<&'static str>,
    paths: Vec<String>,
    /// The folder and the text of an ignore file.
    ignore: Option<(Option<String>, String)>,
}

/// Names of packages and where they lie.
const DEPENDENCIES: &[(&str, &str)] = &[
    ("a", "node_modules/a"),
    ("b", "node_modules/b"),
    ("@s/c", "node_modules/@s/c"),
    ("b", "node_modules/a/node_modules/b"),
    ("d", "node_modules/@s/c/node_modules/d"),
    ("d", "lib/node_modules/d"),
];

fn dependency() -> impl Strategy<Value = Dependency> {
    let names = || prop::sample::select(DEPENDENCIES);
    let list = prop::option::of(prop::collection::vec(pattern(), 0..4));
    let paths = prop::collection::vec(path(), 1..6);
    let ignore = prop::option::weighted(0.3, (prop::option::of(name()), ignore_text()));
    (names(), list, prop::collection::vec(names(), 0..3), paths, ignore).prop_map(
        |((_, folder), list, depends_on, paths, ignore)| Dependency {
            folder,
            list,
            depends_on: depends_on.into_iter().map(|(name, _)| name).collect(),
            paths,
            ignore,
        },
    )
}

impl Dependency {
    fn files(&self) -> Vec<(String, String)> {
        let depends_on: BTreeMap<&str, &str> = self.depends_on.iter().map(|name| (*name, "1.0.0")).collect();
        let mut manifest = json!({"name": "x", "version": "1.0.0", "dependencies": depends_on});
        if let Some(list) = &self.list {
            manifest["files"] = json!(list);
        }
        let mut files: Vec<(String, String)> =
            self.paths.iter().map(|path| (format!("{}/{path}", self.folder), String::new())).collect();
        files.extend(self.ignore.iter().map(|(folder, text)| {
            let folder = folder.as_ref().map(|folder| format!("{folder}/")).unwrap_or_default();
            (format!("{}/{folder}.npmignore", self.folder), text.clone())
        }));
        files.retain(|(path, _)| !path.ends_with("/package.json"));
        files.push((format!("{}/package.json", self.folder), manifest.to_string()));
        files
    }
}

fn project() -> impl Strategy<Value = Project> {
    let files = prop::collection::vec(path(), 1..14);
    let ignores = prop::collection::vec((prop::option::of(name()), prop::bool::ANY, ignore_text()), 0..3);
    let list = prop_oneof![
        1 => Just(None),
        5 => prop::collection::vec(pattern(), 0..5).prop_map(Some),
    ];
    let entrance =
        || prop::option::weighted(0.3, prop_oneof![path(), path().prop_map(|path| format!("./{path}"))]);
    let dependencies = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(dependency(), 1..4),
    ];
    let above = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(ignore_text(), 1..3)];
    let around = (dependencies, prop::collection::vec(prop::sample::select(DEPENDENCIES), 0..3), above);
    (files, ignores, list, entrance(), entrance(), entrance(), around).prop_map(
        |(paths, ignores, list, main, browser, bin, (dependencies, bundled, above))| {
            let mut files = BTreeMap::new();
            for path in paths {
                files.insert(path, String::new());
            }
            for (folder, npm, text) in ignores {
                let name = if npm { ".npmignore" } else { ".gitignore" };
                let path = folder.map_or(name.to_owned(), |folder| format!("{folder}/{name}"));
                files.insert(path, text);
            }
            files.remove("package.json");
            for dependency in &dependencies {
                files.extend(dependency.files());
            }
            files.retain(|path, _| !path.contains("package.json/"));
            // Whatever lies where a package is looked for is one, with a manifest.
            for (_, folder) in DEPENDENCIES {
                if files.keys().any(|path| path.starts_with(&format!("{folder}/"))) {
                    let manifest = json!({"name": "x", "version": "1.0.0"}).to_string();
                    files.entry(format!("{folder}/package.json")).or_insert(manifest);
                }
            }
            // A name can't be a file and a folder.
            let all: Vec<String> = files.keys().cloned().collect();
            files.retain(|path, _| !all.iter().any(|other| other.starts_with(&format!("{path}/"))));
            let mut manifest = json!({"name": "demo", "version": "1.0.0"});
            let mut set = |key: &str, value: Option<Value>| {
                if let Some(value) = value {
                    manifest[key] = value;
                }
            };
            set("files", list.map(Value::from));
            set("main", main.map(Value::from));
            set("browser", browser.map(Value::from));
            set("bin", bin.map(Value::from));
            if !dependencies.is_empty() {
                let names: Vec<&str> = bundled.iter().map(|(name, _)| *name).collect();
                let versions: BTreeMap<&str, &str> = names.iter().map(|name| (*name, "1.0.0")).collect();
                set("dependencies", Some(json!(versions)));
                set("bundleDependencies", Some(json!(names)));
            }
            Project { manifest, files, above }
        },
    )
}

fn compare(oracle: &mut Oracle, project: &Project) -> Result<bool, TestCaseError> {
    // What npm itself fails on has no answer to compare.
    let Ok(theirs) = oracle.ask(project) else { return Ok(false) };
    prop_assert_eq!(ours(project), theirs);
    Ok(true)
}

#[test]
fn random_trees_as_npm_packs_them() {
    let Some(oracle) = Oracle::start() else { return };
    let oracle = RefCell::new(oracle);
    trees(1_000, 4_000, project(), |project| compare(&mut oracle.borrow_mut(), &project));
}

/// Trees that each taught something; the answers are npm's, so only their number is here.
#[test]
fn named_trees_as_npm_packs_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    for (manifest, paths) in NAMED {
        let mut manifest: Value = serde_json::from_str(manifest).unwrap();
        manifest["name"] = "demo".into();
        manifest["version"] = "1.0.0".into();
        let files = paths.iter().map(|path| match path.split_once('=') {
            Some((path, text)) => (path.to_owned(), text.to_owned()),
            None => ((*path).to_owned(), String::new()),
        });
        let project = Project { manifest, files: files.collect(), above: Vec::new() };
        let theirs = oracle.ask(&project).unwrap();
        assert_eq!(ours(&project), theirs, "{project:?}");
    }
}

const NAMED: &[(&str, &[&str])] = &[
    (
        r#"{"files": ["dist"]}"#,
        &["dist/a.js", "dist/.env", "dist/a.js.map", "dist/.claude/x.json", "src/a.ts", ".npmrc"],
    ),
    (r#"{"files": ["dist/"]}"#, &["dist/a.js", "dist/b/c.js", "dist2/a.js"]),
    (r#"{"files": ["./dist"]}"#, &["dist/a.js", "x/dist/a.js"]),
    (r#"{"files": ["/dist"]}"#, &["dist/a.js", "x/dist/a.js"]),
    (r#"{"files": ["dist/*"]}"#, &["dist/a.js", "dist/b/c.js", "dist/.d"]),
    (r#"{"files": ["dist/**/*.js"]}"#, &["dist/a.js", "dist/b/c.js", "dist/b/c.map"]),
    (r#"{"files": ["DIST"]}"#, &["dist/a.js"]),
    (r#"{"files": ["Lib/*.JS"]}"#, &["lib/b.js"]),
    (r#"{"files": ["*.js"]}"#, &["a.js", "dist/b.js"]),
    (r#"{"files": ["."]}"#, &["a.js"]),
    (r#"{"files": [""]}"#, &["a.js", "b/c.js"]),
    (r#"{"files": []}"#, &["a.js", "README", "license", "LICENCE.md", "COPYING", "CHANGELOG.md", "NOTICE"]),
    (r#"{"files": ["dist", "!dist/secret.js"]}"#, &["dist/a.js", "dist/secret.js"]),
    (r#"{"files": ["!dist/secret.js", "dist"]}"#, &["dist/a.js", "dist/secret.js"]),
    (r#"{"files": ["!**/*.map", "dist"]}"#, &["dist/a.js", "dist/a.js.map"]),
    (r#"{"files": ["dist", "!**/*.map"]}"#, &["dist/a.js", "dist/a.js.map"]),
    (r#"{"files": ["dist"]}"#, &["dist/a.js", "dist/b.js", "dist/.npmignore=b.js"]),
    (r#"{"files": ["dist"]}"#, &["dist/a.js", ".npmignore=dist"]),
    (r#"{}"#, &["a.js", "b.js", ".npmignore=b.js", ".gitignore=a.js"]),
    (r#"{}"#, &["a.js", "b.js", ".gitignore=a.js", "sub/.npmignore=x", "sub/x", "sub/a.js"]),
    (r#"{"files": ["node_modules"]}"#, &["node_modules/a/index.js"]),
    (r#"{"files": ["vendor"]}"#, &["vendor/node_modules/a/index.js", "vendor/.git/config", "vendor/x.orig"]),
    (
        r#"{"files": ["package-lock.json", "yarn.lock", "sub"]}"#,
        &["package-lock.json", "yarn.lock", "sub/yarn.lock"],
    ),
    (r#"{"files": ["x"], "main": "./lib/a.js"}"#, &["lib/a.js", "lib/b.js"]),
    (r#"{"files": ["x"], "main": "lib/a.js"}"#, &["lib/a.js", "lib/b.js"]),
    (r#"{"files": ["x"], "main": "lib/a"}"#, &["lib/a.js"]),
    (r#"{"files": ["x"], "main": "lib"}"#, &["lib/index.js"]),
    (r#"{"files": ["x"], "bin": {"a": "./bin/a.js", "b": "../b.js"}}"#, &["bin/a.js", "b.js"]),
    (r#"{"files": ["x"], "browser": "b.js"}"#, &["b.js"]),
    (r#"{"files": ["x"], "browser": {"./a.js": "./b.js"}}"#, &["b.js"]),
    (r#"{"files": "lib"}"#, &["lib/a.js", "l"]),
    (r#"{"files": ["a/b/c.js"]}"#, &["a/b/c.js", "a/b/d.js", "a/README.md"]),
    (r#"{"files": ["c.js"]}"#, &["c.js", "a/c.js"]),
    (r#"{"files": ["dist/c.js"]}"#, &["dist/c.js", "dist/x/c.js", "dist/.npmignore=c.js"]),
    (r#"{"files": ["@(dist|lib)/**"]}"#, &["dist/a.js", "lib/b.js", "src/c.js"]),
    (r#"{"files": ["!(dist)"]}"#, &["dist/a.js", "lib/b.js"]),
    (r#"{"files": ["dist/!(*.map)"]}"#, &["dist/a.js", "dist/a.js.map", "dist/sub/b.map"]),
    (r#"{"files": ["npm-shrinkwrap.json"]}"#, &["npm-shrinkwrap.json"]),
    (r#"{"files": ["x"]}"#, &["npm-shrinkwrap.json", "build/config.gypi"]),
    (r#"{"files": ["../up", "dist/../lib"]}"#, &["lib/a.js", "dist/b.js"]),
];
