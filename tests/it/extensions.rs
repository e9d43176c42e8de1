//! Extensions for Visual Studio Code, packed by vsce and held against what packgate makes of them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use packgate::audit::{Auditor, Options};
use packgate::project::Project;

use crate::clients::have;
use crate::samples;

/// What the manifest says beside the identity, and the files beside it.
type Tree = (&'static str, &'static [(&'static str, &'static str)]);

const LISTED: &[Tree] = &[
    (
        r#""files": ["out", "icons/*"]"#,
        &[
            ("icons/a.png", "x"),
            ("icons/x/b.png", "x"),
            ("out/b/.c", "x"),
            ("src/a.ts", "x"),
            ("package.nls.json", "{}"),
        ],
    ),
    (
        r#""files": ["out/*.js", "media/", "LICENSE"], "license": "MIT""#,
        &[("out/b/c.js", "x"), ("out/a.js.map", "x"), ("media/x/y.png", "x"), ("LICENSE", "MIT")],
    ),
    (
        r#""files": ["**/*.{js,json}", "legal/eula", "CHANGELOG.md"], "license": "SEE LICENSE IN legal/eula""#,
        &[("legal/eula", "x"), ("legal/other", "x"), ("CHANGELOG.md", "# New"), ("x/y/z.ts", "x")],
    ),
    (
        r#""files": ["out", "*.js"], "dependencies": {"leaf": "1.0.0"}"#,
        &[
            ("tool.js", "x"),
            ("src/tool.js", "x"),
            ("node_modules/leaf/package.json", r#"{"name": "leaf", "version": "1.0.0"}"#),
            ("node_modules/leaf/index.js", "x"),
        ],
    ),
    (
        r#""files": ["out", "node_modules/leaf/index.js"], "dependencies": {"leaf": "1.0.0"}"#,
        &[
            ("yarn-error.log", "x"),
            ("node_modules/leaf/package.json", r#"{"name": "leaf", "version": "1.0.0"}"#),
            ("node_modules/leaf/index.js", "x"),
        ],
    ),
];

/// Without `files`: whether nothing says what may ship.
const UNLISTED: &[(Tree, bool)] = &[
    (("\"private\": true", &[("src/a.ts", "x"), (".vscodeignore", "src/**\n")]), false),
    ((r#""scripts": {"postinstall": "node x.js"}"#, &[("src/a.ts", "x"), ("notes.md", "x")]), true),
];

fn plant(folder: &Path, (promise, files): Tree) -> Vec<(String, String)> {
    let manifest = format!(
        r#"{{"name": "demo", "publisher": "acme", "version": "1.0.0", "engines": {{"vscode": "^1.80.0"}},
            "activationEvents": ["*"], "main": "./out/a.js", {promise}}}"#
    );
    let own = [("package.json", manifest.as_str()), ("out/a.js", "a()"), ("README.md", "# An extension")];
    let all: Vec<(String, String)> =
        own.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    samples::plant(folder, all.iter().cloned());
    all
}

fn pack(folder: &Path, artifact: &Path, with_dependencies: bool) {
    let mut vsce = Command::new("vsce");
    vsce.args(["package", "--allow-missing-repository", "--skip-license", "--out"]).arg(artifact);
    if !with_dependencies {
        vsce.arg("--no-dependencies");
    }
    let output = vsce.current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The archive as vsce would write it if it took in every file of the tree.
fn everything(artifact: &Path, files: &[(String, String)]) {
    let mut writer = zip::ZipWriter::new(fs::File::create(artifact).unwrap());
    let identity = r#"<PackageManifest><Metadata><Identity Id="demo" Version="1.0.0" Publisher="acme"/></Metadata></PackageManifest>"#;
    let own = [("extension.vsixmanifest".to_owned(), identity.to_owned())];
    let files = files.iter().map(|(path, text)| (format!("extension/{path}"), text.clone()));
    for (path, text) in own.into_iter().chain(files) {
        writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

/// Adds a file to an archive, as somebody would after packing.
fn add_to(artifact: &Path, path: &str) {
    let file = fs::OpenOptions::new().read(true).write(true).open(artifact).unwrap();
    let mut writer = zip::ZipWriter::new_append(file).unwrap();
    writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(b"x").unwrap();
    writer.finish().unwrap();
}

/// Findings of the rules that read the manifest, as `rule`.
fn found(artifact: &Path, project: Option<&Path>) -> Vec<&'static str> {
    const RULES: [&str; 8] = [
        "record-mismatch",
        "not-allowlisted",
        "no-allowlist",
        "missing-entry-point",
        "manifest-ambiguous",
        "private-package",
        "install-script",
        "name-mismatch",
    ];
    let options = Options::default().project(project.map(Project::new));
    let audit = Auditor::new(options).audit(artifact, 1).unwrap();
    let own = audit.findings.iter().map(|judged| judged.finding.rule);
    own.filter(|rule| RULES.contains(rule)).collect()
}

/// What the artifact holds of the extension, and what of it `files` doesn't cover; as named in the tree.
fn contents(artifact: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let inventory = Auditor::new(Options::default()).stock(artifact, 1).unwrap();
    let name = |path: &str| match path.strip_prefix("extension/")? {
        "readme.md" => Some("README.md".to_owned()),
        "changelog.md" => Some("CHANGELOG.md".to_owned()),
        other => Some(other.strip_suffix(".txt").unwrap_or(other).to_owned()),
    };
    let unlisted = inventory.package.as_ref().unwrap().declared.unlisted.iter();
    (
        inventory.top_files().filter_map(|entry| name(&entry.path)).collect(),
        unlisted.filter_map(|id| name(&inventory.entry(*id).unwrap().path)).collect(),
    )
}

#[test]
fn as_vsce_packs_by_files() {
    if !have(&["vsce", "npm"]) {
        return;
    }
    for (index, tree) in LISTED.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let into = tempfile::tempdir().unwrap();
        let files = plant(folder.path(), *tree);
        let artifact = into.path().join("demo-1.0.0.vsix");
        let with_dependencies = tree.0.contains("dependencies");
        if index == 3 {
            // Packed as a bundled extension is: nothing of `node_modules` is looked at.
            pack(folder.path(), &artifact, false);
        } else {
            pack(folder.path(), &artifact, with_dependencies);
        }
        assert_eq!(found(&artifact, None), [""; 0], "{}", tree.0);
        assert_eq!(found(&artifact, Some(folder.path())), [""; 0], "{}", tree.0);
        let (packed, unlisted) = contents(&artifact);
        assert_eq!(unlisted, BTreeSet::new(), "{}", tree.0);

        add_to(&artifact, "extension/added.wasm");
        assert!(found(&artifact, None).contains(&"record-mismatch"), "{}", tree.0);

        let changed = into.path().join("changed.vsix");
        everything(&changed, &files);
        let left_out: BTreeSet<String> =
            files.iter().map(|(path, _)| path.clone()).filter(|path| !packed.contains(path)).collect();
        assert!(!left_out.is_empty(), "{}", tree.0);
        assert_eq!(contents(&changed).1, left_out, "{}", tree.0);
    }
}

#[test]
fn as_vsce_packs_without_files() {
    if !have(&["vsce", "npm"]) {
        return;
    }
    for (tree, says_nothing) in UNLISTED {
        let folder = tempfile::tempdir().unwrap();
        let into = tempfile::tempdir().unwrap();
        plant(folder.path(), *tree);
        let artifact = into.path().join("demo-1.0.0.vsix");
        pack(folder.path(), &artifact, true);
        assert_eq!(found(&artifact, None), [""; 0], "{}", tree.0);
        let expected: &[&str] = if *says_nothing { &["no-allowlist"] } else { &[] };
        assert_eq!(found(&artifact, Some(folder.path())), expected, "{}", tree.0);
    }
}

#[test]
fn what_vsce_packed_by_rules_that_the_artifact_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = folder.path().join("demo-1.0.0.vsix");
    for (promise, expected) in [
        (r#""files": ["out"]"#, &["not-allowlisted"][..]),
        // An item with `!` takes in all that it doesn't fit.
        (r#""files": ["out", "!test"]"#, &[]),
        // vsce would have refused: this was packed by a `.vscodeignore`.
        (r#""files": ["out", "media"]"#, &[]),
        (r#""private": true"#, &[]),
    ] {
        let files = plant(folder.path(), (promise, &[("src/a.ts", "x")]));
        everything(&artifact, &files);
        assert_eq!(found(&artifact, None), expected, "{promise}");
    }
}
