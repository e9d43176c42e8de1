//! `packgate init`: what it finds, what it writes, and that it leaves alone what is there.

use crate::clients;
use crate::lock::{project, run};
use crate::samples::plant;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = project();
    plant(folder.path(), files.iter().copied());
    folder
}

const MANIFEST: &str = r#"{"name": "acme-cli", "version": "1.0.0", "license": "UNLICENSED", "files": ["dist"], "main": "dist/cli.js"}"#;

#[test]
fn an_npm_project() {
    if !clients::have(&["npm"]) {
        return;
    }
    let folder = tree(&[
        ("package.json", MANIFEST),
        ("dist/cli.js", "1"),
        (".github/workflows/release.yml", "on: push"),
    ]);
    let (status, text) = run(folder.path(), &["init"]);
    assert_eq!(status, 0, "{text}");
    for words in [
        "npm (package.json)",
        "UNLICENSED",
        "proprietary",
        "packgate.toml written",
        "[npm acme-cli]",
        "prepublishOnly",
        "packgate check --keep packed &&",
        "npm publish",
        "- run: |",
        "seat belt",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("packgate.toml").starts_with("#:schema https://"));
    assert!(read("packgate.toml").contains("\npolicy = \"auto\"\n"));
    assert!(
        read("packgate.lock").ends_with("[npm acme-cli]\ndist/cli.js\npackage.json\n"),
        "{}",
        read("packgate.lock")
    );

    let (status, text) = run(folder.path(), &["check"]);
    assert_eq!(status, 0, "what init wrote lets the project pass: {text}");

    std::fs::write(folder.path().join("packgate.toml"), "policy = \"strict\"\n").unwrap();
    let lock = read("packgate.lock");
    std::fs::write(folder.path().join("dist/new.js"), "2").unwrap();
    let (status, text) = run(folder.path(), &["init"]);
    assert_eq!(status, 1, "init ends as the check does: {text}");
    assert_eq!((read("packgate.toml").as_str(), read("packgate.lock")), ("policy = \"strict\"\n", lock));
    assert!(text.matches("exists already").count() == 2, "{text}");

    let (status, text) = run(folder.path(), &["check", "--policy", "proprietary"]);
    assert!(status == 1 && text.contains("package/dist/new.js"), "the lock is in force by itself: {text}");
}

#[test]
fn an_app_that_is_not_published() {
    if !clients::have(&["npm"]) {
        return;
    }
    let app = r#"{"name": "ledger-web", "version": "0.0.0", "private": true}"#;
    let folder = tree(&[
        ("package.json", app),
        ("src/main.ts", "export const a: number = 1;"),
        ("dist/index.html", "<p>"),
        ("dist/assets/index.js", "1"),
    ]);
    let (status, text) = run(folder.path(), &["check"]);
    assert!(status == 1 && text.contains("`packgate check dist`"), "{text}");
    assert!(!text.contains("packgate fix"), "no list mends it: {text}");
    assert!(!text.contains("own-source") && text.lines().count() < 20, "one thing counts: {text}");
    let (status, text) = run(folder.path(), &["fix", "--yes"]);
    assert!(status == 1 && text.contains("Nothing to write"), "{text}");
    assert_eq!(std::fs::read_to_string(folder.path().join("package.json")).unwrap(), app);

    let (status, text) = run(folder.path(), &["lock"]);
    assert!(status == 0 && text.contains("2 lines for"), "{text}");
    assert_eq!(run(folder.path(), &["check", "dist"]).0, 0);
    let (status, text) = run(folder.path(), &["check"]);
    assert!(status == 2 && text.contains("checked with `packgate check dist`"), "{text}");
    std::fs::write(folder.path().join("dist/notes.txt"), "mine").unwrap();
    let (status, text) = run(folder.path(), &["check", "dist"]);
    assert!(status == 1 && text.contains("notes.txt") && text.contains("contents-drift"), "{text}");
    let (status, text) = run(folder.path(), &["fix", "dist"]);
    assert!(status == 2 && !text.contains("--as-is"), "fix has no such option: {text}");
}

#[test]
fn a_workspace() {
    if !clients::have(&["npm"]) {
        return;
    }
    let folder = tree(&[
        (
            "package.json",
            r#"{"name": "root", "private": true, "license": "MIT", "workspaces": ["packages/*"]}"#,
        ),
        (
            "packages/a/package.json",
            r#"{"name": "@acme/a", "version": "1.0.0", "license": "MIT", "files": ["a.js"]}"#,
        ),
        ("packages/a/a.js", "1"),
        (
            "packages/b/package.json",
            r#"{"name": "@acme/b", "version": "1.0.0", "license": "MIT", "files": ["b.js"]}"#,
        ),
        ("packages/b/b.js", "1"),
        ("packages/core/package.json", r#"{"name": "@acme/core", "version": "1.0.0", "private": true}"#),
    ]);
    let (status, text) = run(folder.path(), &["init"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("3 packages") && text.contains("@acme/core"), "{text}");
    let lock = std::fs::read_to_string(folder.path().join("packgate.lock")).unwrap();
    assert!(
        lock.contains("\n[npm @acme/a]\na.js\npackage.json\n\n[npm @acme/b]\nb.js\npackage.json\n"),
        "{lock}"
    );
    std::fs::write(
        folder.path().join("packages/a/package.json"),
        r#"{"name": "@acme/a", "version": "1.0.1", "license": "MIT", "files": ["*.js"]}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("packages/a/stray.js"), "1").unwrap();
    let (status, text) = run(folder.path(), &["check", "packages/a"]);
    assert!(status == 1 && text.contains("contents-drift") && text.contains("package/stray.js"), "{text}");
}

#[test]
fn without_a_manifest() {
    let folder = tree(&[("index.html", "<p>hello")]);
    let (status, text) = run(folder.path(), &["init"]);
    assert!(status == 0 && text.contains("packgate check FOLDER"), "{text}");
    assert!(folder.path().join("packgate.toml").exists() && !folder.path().join("packgate.lock").exists());
}

#[test]
fn what_the_policy_refuses_is_not_locked() {
    if !clients::have(&["npm"]) {
        return;
    }
    let folder = tree(&[
        (
            "package.json",
            r#"{"name": "acme", "version": "1.0.0", "license": "MIT", "files": ["index.js", ".claude"]}"#,
        ),
        ("index.js", "1"),
        (".claude/settings.local.json", "{}"),
    ]);
    let (status, text) = run(folder.path(), &["init"]);
    assert!(status == 1 && text.contains("stray-agent") && text.contains("nothing is locked yet"), "{text}");
    assert!(!folder.path().join("packgate.lock").exists());

    plant(
        folder.path(),
        [(
            "package.json",
            r#"{"name": "acme", "version": "1.0.0", "license": "MIT", "files": ["index.js"]}"#,
        )],
    );
    let (status, text) = run(folder.path(), &["lock"]);
    assert!(status == 0 && text.contains("packgate.lock written"), "{text}");
    assert_eq!(run(folder.path(), &["check"]).0, 0);

    plant(
        folder.path(),
        [
            ("new.js", "1"),
            ("package.json", r#"{"name": "acme", "version": "1.0.0", "license": "MIT", "files": ["*.js"]}"#),
        ],
    );
    assert_eq!(run(folder.path(), &["check"]).0, 1, "a stray file");
    let (status, text) = run(folder.path(), &["lock", "--yes"]);
    assert!(status == 0 && text.contains("+new.js"), "one command: {text}");
    assert_eq!(run(folder.path(), &["check"]).0, 0);
}

#[test]
fn a_broken_manifest_is_an_error_and_nothing_is_written() {
    for (file, text) in [
        ("package.json", "{\"name\": \"acme\",\n \"version\": }"),
        ("Cargo.toml", "[package]\nname = acme"),
        ("pyproject.toml", "[project]\nname = acme"),
    ] {
        let folder = tree(&[(file, text)]);
        let (status, text) = run(folder.path(), &["init"]);
        assert!(status == 2 && text.contains(&format!("{file}:2")), "{file}: {text}");
        assert!(!folder.path().join("packgate.toml").exists(), "{file}");
    }
}

#[test]
fn own_files_stay_out() {
    if !clients::have(&["npm", "cargo"]) {
        return;
    }
    let manifest = r#"{"name": "acme", "version": "1.0.0", "license": "MIT"}"#;
    let ignored = tree(&[("package.json", manifest), ("index.js", "1"), (".npmignore", "*.log")]);
    let (status, text) = run(ignored.path(), &["init"]);
    assert_eq!(status, 0, "{text}");
    let read =
        |folder: &tempfile::TempDir, file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();
    assert_eq!(read(&ignored, ".npmignore"), "*.log\npackgate.toml\npackgate.lock\n");
    assert!(read(&ignored, "packgate.lock").ends_with("[npm acme]\nindex.js\npackage.json\n"));

    let open = tree(&[("package.json", manifest), ("index.js", "1"), ("lib/a.js", "1")]);
    let (_, text) = run(open.path(), &["init"]);
    assert!(text.contains("\n    \"files\": [\"lib\", \"index.js\"]\n"), "{text}");
    assert!(!read(&open, "packgate.lock").contains("\npackgate."), "{}", read(&open, "packgate.lock"));

    let manifest = "[package]\nname = \"acme-init\" # here\nversion = \"0.1.0\"\nlicense = \"MIT\"\ndescription = \"d\"\n\n[dependencies]\n";
    let crate_folder = tree(&[("Cargo.toml", manifest), ("src/lib.rs", "pub fn f() {}\n")]);
    let (status, text) = run(crate_folder.path(), &["init"]);
    assert_eq!(status, 0, "{text}");
    assert!(!read(&crate_folder, "packgate.lock").contains("packgate.toml\n"));
    let changed = read(&crate_folder, "Cargo.toml");
    assert_eq!(
        changed,
        manifest.replace("\"d\"\n", "\"d\"\nexclude = [\"/packgate.toml\", \"/packgate.lock\"]\n")
    );
}

/// As `bundle gem` writes it: what git tracks ships, packgate's own files from the commit on that adds them.
#[test]
fn own_files_stay_out_of_a_gem() {
    if !clients::have(&["gem", "git"]) {
        return;
    }
    let specification = "Gem::Specification.new do |spec|\n  spec.name = \"acme\"\n  spec.version = \"1.0.0\"\n  \
        spec.summary = \"a\"\n  spec.authors = [\"Ada\"]\n  spec.license = \"MIT\"\n  \
        spec.files = `git ls-files`.split(\"\\n\")\nend\n";
    let folder = tree(&[("acme.gemspec", specification), ("lib/acme.rb", "module Acme\nend\n")]);
    let commit = || {
        let script = "git init -q && git add -A && git -c user.name=a -c user.email=a@b.c commit -qm all";
        let done = std::process::Command::new("sh").args(["-c", script]).current_dir(folder.path()).status();
        assert!(done.unwrap().success());
    };
    commit();
    assert_eq!(run(folder.path(), &["init"]).0, 0);
    commit();
    let (status, text) = run(folder.path(), &["check", "--keep", "kept", "--fail-on", "warning"]);
    assert_eq!(status, 0, "{text}");
    let (_, names) = run(folder.path(), &["inventory", "kept/acme.gem"]);
    assert!(names.contains("lib/acme.rb") && !names.contains("packgate.toml"), "{names}");
}

#[test]
fn a_second_run_changes_nothing() {
    if !clients::have(&["npm"]) {
        return;
    }
    let folder = tree(&[("package.json", MANIFEST), ("dist/cli.js", "1")]);
    let files = || {
        let names = ["package.json", "packgate.toml", "packgate.lock"];
        names.map(|name| std::fs::read(folder.path().join(name)).unwrap())
    };
    assert_eq!(run(folder.path(), &["init"]).0, 0);
    let first = files();
    assert_eq!(run(folder.path(), &["init"]).0, 0);
    assert_eq!(files(), first);
}

#[test]
fn a_web_app_locks_what_is_deployed() {
    let app = [
        (
            "package.json",
            r#"{"name": "app", "private": true, "version": "0.0.0", "scripts": {"build": "vite build"}}"#,
        ),
        ("src/main.ts", "export const x: number = 1;\n"),
        ("index.html", "<p>"),
    ];
    let before = tree(&app);
    let (status, text) = run(before.path(), &["init"]);
    assert!(status == 0 && text.contains("packgate init --deploy FOLDER"), "{text}");

    let folder = tree(&[&app[..], &[("dist/index.html", "<p>x"), ("dist/assets/app.js", "x=1")]].concat());
    let (status, text) = run(folder.path(), &["init"]);
    assert!(status == 0 && text.contains("packgate check dist"), "{text}");
    let lock = std::fs::read_to_string(folder.path().join("packgate.lock")).unwrap();
    assert!(lock.ends_with("[directory dist]\nassets/app.js\nindex.html\n"), "{lock}");
    assert_eq!(run(folder.path(), &["check", "dist"]).0, 0);
    plant(folder.path(), [("dist/notes.txt", "1")]);
    let (status, text) = run(folder.path(), &["check", "dist"]);
    assert!(status == 1 && text.contains("contents-drift"), "{text}");
}
