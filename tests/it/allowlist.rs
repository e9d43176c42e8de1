//! What manifests promise, held against artifacts: as clients pack them, and as somebody changed them afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use packgate::audit::{Auditor, Options};
use packgate::inventory::Inventory;
use packgate::project::Project;
use sha2::Digest as _;

use crate::clients::have;
use crate::samples::{npm_tarball, plant};

/// Path and text.
type File = (String, String);

fn files(list: &[(&str, &str)]) -> Vec<File> {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// Writes an artifact, audits it, and gives the findings of this topic as `rule place`.
fn found(name: &str, bytes: &[u8]) -> Vec<String> {
    const RULES: [&str; 10] = [
        "not-allowlisted",
        "no-allowlist",
        "record-mismatch",
        "missing-entry-point",
        "broken-entry-point",
        "dirty-build",
        "private-package",
        "install-script",
        "name-mismatch",
        "manifest-ambiguous",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let audit = Auditor::new(Options::default()).audit(&path, 1).unwrap();
    let own =
        audit.findings.iter().map(|judged| &judged.finding).filter(|finding| RULES.contains(&finding.rule));
    own.map(|finding| format!("{} {}", finding.rule, finding.place.path).trim_end().to_owned()).collect()
}

fn stock(name: &str, bytes: &[u8]) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    Auditor::new(Options::default()).stock(&path, 1).unwrap()
}

/// Paths that the allowlist doesn't cover, without the folder at the top.
fn unlisted(inventory: &Inventory) -> BTreeSet<String> {
    let declared = &inventory.package.as_ref().unwrap().declared;
    let entries = declared.unlisted.iter().map(|id| inventory.entry(*id).unwrap());
    entries.map(|entry| entry.below_root().to_owned()).collect()
}

fn tarball(root: &str, files: &[File]) -> Vec<u8> {
    let below: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, text)| (format!("{root}/{path}"), text.clone().into_bytes())).collect();
    npm_tarball(&below)
}

const MANIFEST: &str =
    r#"{"name": "demo", "version": "1.0.0", "license": "MIT", "files": ["dist"], "main": "dist/a.js"}"#;

fn npm(changes: &[(&str, &str)]) -> Vec<String> {
    let mut all = files(&[("package.json", MANIFEST), ("dist/a.js", "a()"), ("README.md", "# demo")]);
    for (path, text) in changes {
        match path.strip_prefix('-') {
            Some(gone) => all.retain(|(path, _)| path != gone),
            None => all.push(((*path).to_owned(), (*text).to_owned())),
        }
    }
    found("demo-1.0.0.tgz", &tarball("package", &all))
}

#[test]
fn an_npm_tarball_changed_after_packing() {
    let none: [&str; 0] = [];
    assert_eq!(npm(&[]), none);
    assert_eq!(npm(&[("dist/b/c.js", "")]), none);
    assert_eq!(npm(&[("src/a.ts", "")]), ["not-allowlisted package/src/a.ts"]);
    assert_eq!(npm(&[("-dist/a.js", "")]), ["missing-entry-point package/package.json"]);
    let second = npm(&[("package.json", r#"{"name": "other"}"#)]);
    assert!(second.contains(&"manifest-ambiguous package/package.json".to_owned()), "{second:?}");
    let in_capitals = npm(&[("Package.json", MANIFEST)]);
    assert!(in_capitals.contains(&"manifest-ambiguous package/Package.json".to_owned()), "{in_capitals:?}");
    assert_eq!(npm(&[("-package.json", "")]), ["manifest-ambiguous"]);
    assert_eq!(
        npm(&[("-package.json", ""), ("package.json", "{")]),
        ["manifest-ambiguous package/package.json"]
    );
}

fn hashed(path: &str, text: &str) -> String {
    let digest = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(text));
    format!("{path},sha256={digest},{}\n", text.len())
}

fn zip(files: &[File]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, text) in files {
        writer.start_file(path.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A wheel as built, with files added, replaced or (`-path`) removed afterwards.
fn wheel(changes: &[(&str, &str)]) -> Vec<String> {
    let mut all = files(&[
        ("demo/__init__.py", "x = 1\n"),
        ("demo/cli.py", "def main(): pass\n"),
        (
            "demo-1.0.dist-info/METADATA",
            "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: MIT\n",
        ),
        ("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\ndemo = demo.cli:main\n"),
    ]);
    let record: String = all.iter().map(|(path, text)| hashed(path, text)).collect();
    all.push(("demo-1.0.dist-info/RECORD".to_owned(), format!("{record}demo-1.0.dist-info/RECORD,,\n")));
    for (path, text) in changes {
        let path = path.to_owned();
        all.retain(|(other, _)| other != path.trim_start_matches('-'));
        if !path.starts_with('-') {
            all.push((path.to_owned(), (*text).to_owned()));
        }
    }
    found("demo-1.0-py3-none-any.whl", &zip(&all))
}

#[test]
fn a_wheel_changed_after_the_build() {
    let none: [&str; 0] = [];
    assert_eq!(wheel(&[]), none);
    assert_eq!(wheel(&[("demo/x.py", "")]), ["record-mismatch demo/x.py"]);
    assert_eq!(wheel(&[("demo/__init__.py", "x = 2\n")]), ["record-mismatch demo/__init__.py"]);
    assert_eq!(
        wheel(&[("-demo/cli.py", "")]),
        ["record-mismatch demo-1.0.dist-info/RECORD", "missing-entry-point demo-1.0.dist-info/METADATA"]
    );
    assert_eq!(wheel(&[("-demo-1.0.dist-info/RECORD", "")]), ["record-mismatch demo-1.0.dist-info/RECORD"]);
    let emptied_with = |more: &[(&str, &str)], summary: &str| {
        let fields =
            format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: MIT\n{summary}");
        let gone = [
            "-demo/__init__.py",
            "-demo/cli.py",
            "-demo-1.0.dist-info/entry_points.txt",
            "-demo-1.0.dist-info/RECORD",
        ];
        let mut changes: Vec<(&str, &str)> = gone.iter().map(|path| (*path, "")).collect();
        changes.push(("demo-1.0.dist-info/METADATA", &fields));
        changes.extend(more);
        wheel(&changes).contains(&"missing-entry-point demo-1.0.dist-info/METADATA".to_owned())
    };
    let emptied = |summary: &str| emptied_with(&[], summary);
    assert!(emptied("Summary: Demonstrations\n"));
    // one that only brings others along has no module of its own name to speak of
    let needs = "Requires-Dist: other\n";
    assert!(!emptied(needs));
    let plugin = |table| [("demo-1.0.dist-info/entry_points.txt", table)];
    assert!(emptied_with(&plugin("[flask.commands]\nshell = demo:shell\n"), needs));
    assert!(!emptied_with(&plugin("[flask.commands]\nshell = other.demo:shell\n"), needs));
    assert!(emptied_with(&[("demo-1.0.dist-info/top_level.txt", "demo\n")], needs));
    assert!(!emptied_with(&[("demo-1.0.dist-info/top_level.txt", "\n")], needs));
    // one whose modules another wheel of the same release has
    for (needs, expected) in [
        ("Requires-Dist: demo-slim[all]==1.0\n", false),
        ("Requires-Dist: other\nRequires-Dist: demo-core (==1.0)\n", false),
        ("Requires-Dist: demo-slim == 1.0 ; python_version > '3'\n", false),
        ("Requires-Dist: demo-slim==1.0; extra == 'all'\n", true),
        ("Requires-Dist: demo-slim==1.0.1\n", true),
        ("Requires-Dist: demo-slim>=1.0\n", true),
    ] {
        let command = [("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\ndemo = demo.cli:main\n")];
        assert_eq!(emptied_with(&command, needs), expected, "{needs}");
    }
    assert!(!emptied("Summary: Deprecated backport of demo; use the standard library\n"));
    assert!(!emptied("Classifier: Development Status :: 7 - Inactive\n"));
    assert!(!emptied("\nThis is an empty package that demo-2 needs.\n"));
    assert!(!emptied("Description: An empty release.\n"));
    assert!(!emptied("\nFor Python 3 a package is installed but is empty.\n"));
    assert!(emptied("\nReads a folder that is empty.\n"));
    assert!(emptied("\nReads what people wrote.\n"));
    assert!(emptied(&format!("\n{}This was deprecated.\n", "It reads what people wrote. ".repeat(20))));
    assert_eq!(wheel(&[("-demo-1.0.dist-info/METADATA", "")]), ["manifest-ambiguous"]);
    let lower = wheel(&[("demo-1.0.dist-info/metadata", "Name: other\n")]);
    assert!(lower.contains(&"manifest-ambiguous demo-1.0.dist-info/metadata".to_owned()), "{lower:?}");
}

#[test]
fn a_crate_changed_after_packing() {
    let manifest = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\ninclude = [\"src\"]\n\n[lib]\npath = \"src/lib.rs\"\n";
    let packed = files(&[
        ("Cargo.toml", manifest),
        ("Cargo.toml.orig", manifest),
        ("src/lib.rs", ""),
        ("Cargo.lock", ""),
    ]);
    let with = |change: &dyn Fn(&mut Vec<File>)| {
        let mut all = packed.clone();
        change(&mut all);
        found("demo-1.0.0.crate", &tarball("demo-1.0.0", &all))
    };
    let none: [&str; 0] = [];
    assert_eq!(with(&|_| {}), none);
    assert_eq!(
        with(&|all| all.push(("notes.md".into(), "".into()))),
        ["not-allowlisted demo-1.0.0/notes.md"]
    );
    assert_eq!(
        with(&|all| all.retain(|(path, _)| path != "src/lib.rs")),
        ["missing-entry-point demo-1.0.0/Cargo.toml"]
    );
    let dirty = r#"{"git": {"sha1": "0123456789abcdef", "dirty": true}}"#;
    assert_eq!(
        with(&|all| all.push((".cargo_vcs_info.json".into(), dirty.into()))),
        ["dirty-build demo-1.0.0/.cargo_vcs_info.json"]
    );
    let other = manifest.replace("[\"src\"]", "[\"src\", \"notes.md\"]");
    assert_eq!(with(&|all| all[0].1.clone_from(&other)), ["manifest-ambiguous demo-1.0.0/Cargo.toml.orig"]);
}

/// Trees for the real clients: a manifest's `files` and the paths beside it.
const TREES: &[(&str, &[&str])] = &[
    (r#""files": ["dist"]"#, &["dist/a.js", "dist/a.js.map", "dist/.env", "src/a.ts", "notes.md", ".npmrc"]),
    (r#""files": ["dist/*.js", "!dist/x.js"]"#, &["dist/a.js", "dist/x.js", "dist/b/c.js", "a.js"]),
    (r#""files": ["./lib/", "/bin/*"]"#, &["lib/a.js", "lib/b/.c", "bin/x", "bin/y/z", "x/lib/a.js"]),
    (r#""files": ["**/*.{js,css}"], "main": "lib/a.txt""#, &["lib/a.txt", "lib/b.txt", "a.css", "x/y/z.JS"]),
    (
        r#""files": [], "bin": {"a": "./cli", "b": "tools/b"}, "browser": "web.js""#,
        &["cli", "tools/b", "tools/c", "web.js"],
    ),
    (r#""files": ["a", "!a/**/test/**"]"#, &["a/x.js", "a/test/x.js", "a/b/test/c/d.js", "a/tests/x.js"]),
];

/// Trees of which yarn takes in more than npm.
const OF_YARN: &[(&str, &[&str])] = &[
    (
        r#""files": ["lib", "README.md", "demo/a.js"]"#,
        &["lib/a.js", "README.md", "demo/a.js", "demo/b/README.md", "x/y/README.md", "x/lib/b.js"],
    ),
    (r#""files": ["lib", "one.txt", "*.d.ts"]"#, &["one.txt", "x/one.txt", "x/y/a.d.ts", "x/y/b.ts"]),
];

/// Packs each tree with the real client; then holds the package with all files of the tree against what the
/// client left out.
fn differences_with(pack: impl Fn(&Path, &Path) -> bool, leaves_out_the_same: bool) {
    for (promise, paths) in TREES.iter().chain(OF_YARN.iter().filter(|_| !leaves_out_the_same)) {
        // yarn 1 packs everything once `files` takes something away: what npm leaves out then is rightly unlisted.
        if !leaves_out_the_same && promise.contains('!') {
            continue;
        }
        let manifest = format!(r#"{{"name": "demo", "version": "1.0.0", {promise}}}"#);
        let mut tree = files(&[("package.json", &manifest)]);
        tree.extend(paths.iter().map(|path| ((*path).to_owned(), "x".to_owned())));
        let folder = tempfile::tempdir().unwrap();
        let into = tempfile::tempdir().unwrap();
        plant(folder.path(), tree.iter().cloned());
        assert!(pack(folder.path(), into.path()), "{promise}");
        let artifact = fs::read_dir(into.path()).unwrap().next().unwrap().unwrap().path();
        let theirs = stock("demo-1.0.0.tgz", &fs::read(artifact).unwrap());
        assert_eq!(unlisted(&theirs), BTreeSet::new(), "{promise}");
        let packed: BTreeSet<String> =
            theirs.top_files().map(|entry| entry.below_root().to_owned()).collect();
        let left_out: BTreeSet<String> =
            tree.iter().map(|(path, _)| path.clone()).filter(|path| !packed.contains(path)).collect();
        if !leaves_out_the_same {
            continue;
        }
        let everything = stock("demo-1.0.0.tgz", &tarball("package", &tree));
        assert_eq!(unlisted(&everything), left_out, "{promise}");
    }
}

fn silent(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[test]
fn as_npm_packs() {
    if have(&["npm"]) {
        let pack = |folder: &Path, into: &Path| {
            silent(
                Command::new("npm")
                    .args(["pack", "--ignore-scripts", "--pack-destination"])
                    .arg(into)
                    .current_dir(folder),
            )
        };
        differences_with(pack, true);
    }
}

#[test]
fn as_pnpm_packs() {
    if have(&["pnpm"]) {
        differences_with(
            |folder, into| {
                silent(
                    Command::new("pnpm").args(["pack", "--pack-destination"]).arg(into).current_dir(folder),
                )
            },
            true,
        );
    }
}

#[test]
fn as_yarn_packs() {
    if have(&["yarn"]) {
        // yarn takes in more than npm; nothing of that may be called unlisted.
        differences_with(
            |folder, into| {
                silent(
                    Command::new("yarn")
                        .args(["pack", "--filename"])
                        .arg(into.join("a.tgz"))
                        .current_dir(folder),
                )
            },
            false,
        );
    }
}

#[test]
fn a_folder_is_packed_by_its_own_client() {
    if !have(&["npm", "node"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"{"name": "demo", "version": "1.0.0", "files": ["dist"],
        "scripts": {"prepublishOnly": "node -e \"require('fs').mkdirSync('dist')\"",
                    "prepack": "node -e \"require('fs').writeFileSync('dist/a.js', '1')\""}}"#;
    plant(folder.path(), [("package.json", manifest), ("src/a.ts", "")]);
    let packed = packgate::pack::pack(folder.path(), &packgate::pack::Choice::default()).unwrap();
    let [artifact] = packed.artifacts.as_slice() else { panic!("{packed:?}") };
    let inventory = Auditor::new(Options::default()).stock(&artifact.path, 1).unwrap();
    let names: Vec<&str> = inventory.top_files().map(|entry| entry.path.as_str()).collect();
    assert_eq!(names, ["package/dist/a.js", "package/package.json"]);
    assert_eq!(packed.commands, ["npm pack"]);
}

#[test]
fn a_member_of_a_workspace_as_npm_packs_it() {
    if !have(&["npm"]) {
        return;
    }
    let tree = files(&[
        ("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".gitignore", "dist\n*.log\n/packages/demo/kept.txt\n"),
        ("packages/.npmignore", "*.tmp\n"),
        ("packages/.gitignore", "*.gone\n"),
        ("packages/demo/package.json", r#"{"name": "demo", "version": "1.0.0"}"#),
        ("packages/demo/.gitignore", "/own.txt\n"),
        ("packages/demo/a.js", ""),
        ("packages/demo/a.log", ""),
        ("packages/demo/b.tmp", ""),
        ("packages/demo/b.gone", ""),
        ("packages/demo/dist/b.js", ""),
        ("packages/demo/kept.txt", ""),
        ("packages/demo/own.txt", ""),
    ]);
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path(), tree.iter().cloned());
    let member = folder.path().join("packages/demo");
    let into = tempfile::tempdir().unwrap();
    let mut npm = Command::new("npm");
    npm.args(["pack", "--ignore-scripts", "--pack-destination"]).arg(into.path()).current_dir(&member);
    assert!(silent(&mut npm));
    let packed: BTreeSet<String> =
        stock("demo-1.0.0.tgz", &fs::read(into.path().join("demo-1.0.0.tgz")).unwrap())
            .top_files()
            .map(|entry| entry.below_root().to_owned())
            .collect();
    let own: Vec<File> = tree
        .iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("packages/demo/")?.to_owned(), text.clone())))
        .collect();
    let unlisted_with = |lock: Option<&str>| {
        lock.iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
        let artifact = into.path().join("all.tgz");
        fs::write(&artifact, tarball("package", &own)).unwrap();
        let options = Options::default().project(Project::new(&member));
        unlisted(&Auditor::new(options).stock(&artifact, 1).unwrap())
    };
    let left_out: BTreeSet<String> =
        own.iter().map(|(path, _)| path.clone()).filter(|path| !packed.contains(path)).collect();
    // By-products that npm alone leaves out are not for this rule.
    let ours = unlisted_with(None);
    assert_eq!(ours, left_out.iter().filter(|path| *path != ".gitignore").cloned().collect());
    assert_eq!(ours.len(), 4, "{ours:?}");
    // The ignore files above are nothing to other clients.
    assert_eq!(unlisted_with(Some("pnpm-lock.yaml")), BTreeSet::from(["own.txt".to_owned()]));
}
