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
        "- run: packgate check",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("packgate.toml").contains("\npolicy = \"proprietary\"\n"));
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
    assert_eq!(status, 0, "{text}");
    assert_eq!((read("packgate.toml").as_str(), read("packgate.lock")), ("policy = \"strict\"\n", lock));
    assert!(text.matches("is there already").count() == 2, "{text}");

    let (status, text) = run(folder.path(), &["check", "--policy", "proprietary"]);
    assert!(status == 1 && text.contains("package/dist/new.js"), "the lock is in force by itself: {text}");
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
