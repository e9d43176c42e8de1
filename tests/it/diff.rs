//! Comparing releases from the command line.

use crate::lock::{json, leak, package, project, run};

#[test]
fn for_people() {
    let project = project();
    leak(project.path());
    let (status, text) = run(project.path(), &["diff", "acme-2.1.87.tgz", "acme-2.1.88.tgz"]);
    assert_eq!(status, 0, "{text}");
    for line in [
        "acme 2.1.87 → acme 2.1.88",
        "+ dist/cli.js.map",
        "~ dist/cli.js",
        "exposed   nothing → 40 original files",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let (_, text) = run(project.path(), &["diff", "acme-2.1.87.tgz", "acme-2.1.87.tgz"]);
    assert!(text.contains("files: no change"), "{text}");
}

#[test]
fn as_json() {
    let project = project();
    package(
        project.path(),
        "a.tgz",
        "1.0.0",
        &[("dist/cli.js", "one"), ("dist/x-1.0.0.js", "x"), ("dist/old.js", "same text")],
    );
    package(
        project.path(),
        "b.tgz",
        "1.1.0",
        &[("dist/cli.js", "two"), ("dist/x-1.1.0.js", "x"), ("dist/lib/new.js", "same text")],
    );
    let (status, diff) = json(project.path(), &["diff", "a.tgz", "b.tgz", "--format", "json"]);
    assert_eq!(status, 0);
    assert_eq!(diff["schema"], "packgate/diff/v1");
    assert_eq!(diff["old"]["version"], "1.0.0");
    assert_eq!((diff["added"].as_array().unwrap().len(), diff["removed"].as_array().unwrap().len()), (0, 0));
    assert_eq!(diff["renamed"][0]["from"], "dist/old.js");
    assert_eq!(diff["renamed"][0]["to"], "dist/lib/new.js");
    assert_eq!(diff["renamed"][0]["alike"], "same-bytes");
    let changed: Vec<&str> =
        diff["changed"].as_array().unwrap().iter().map(|change| change["path"].as_str().unwrap()).collect();
    assert_eq!(changed, ["dist/cli.js", "package.json"]);
    assert_eq!(diff["unchanged"], 1, "the file with the version in its name");
}

#[test]
fn the_inventory_as_json() {
    let project = project();
    leak(project.path());
    let (status, inventory) = json(project.path(), &["inventory", "acme-2.1.88.tgz", "--format", "json"]);
    assert_eq!(status, 0);
    assert_eq!(inventory["schema"], "packgate/inventory/v1");
    let artifact = &inventory["artifacts"][0];
    assert_eq!(
        (artifact["package"]["name"].as_str(), artifact["exposure"]["files"].as_u64()),
        (Some("acme"), Some(40))
    );
    let map = artifact["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["place"] == "package/dist/cli.js.map");
    assert_eq!(map.unwrap()["maps"][0]["sources"].as_array().unwrap().len(), 40);
    assert_eq!(map.unwrap()["sha256"].as_str().unwrap().len(), 64);
    let (status, text) = run(project.path(), &["inventory", "acme-2.1.88.tgz"]);
    assert!(status == 0 && text.contains("map of 40 sources, 40 with text"), "{text}");
}

#[test]
fn an_earlier_release_that_is_not_there() {
    let project = project();
    leak(project.path());
    for old in ["missing.tgz", "../1.0", "newest"] {
        let (status, text) = run(project.path(), &["check", "acme-2.1.88.tgz", "--against", old]);
        assert_eq!(status, 2, "{text}");
    }
}

/// A stand-in for npm on the search path: packgate asks it for the last release, and opens no connection itself.
#[cfg(unix)]
mod with_a_client {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn npm(folder: &Path, script: &str) -> std::path::PathBuf {
        let bin = folder.join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::write(bin.join("npm"), format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(bin.join("npm"), std::fs::Permissions::from_mode(0o755)).unwrap();
        bin
    }

    fn run(folder: &Path, bin: &Path, arguments: &[&str]) -> (i32, String) {
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(arguments)
            .current_dir(folder)
            .env("PATH", path)
            .env("NO_COLOR", "1")
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    #[test]
    fn the_last_release_comes_from_the_client() {
        let project = project();
        leak(project.path());
        let script =
            "[ \"$1 $2 $3\" = 'pack acme@latest --pack-destination' ] || exit 9\ncp acme-2.1.87.tgz \"$4\"";
        let bin = npm(project.path(), script);
        let (status, text) = run(project.path(), &bin, &["check", "acme-2.1.88.tgz", "--against", "latest"]);
        assert!(status == 1 && text.contains("unexpected-growth") && text.contains("acme 2.1.87"), "{text}");
        let (status, text) = run(project.path(), &bin, &["diff", "latest", "acme-2.1.88.tgz"]);
        assert!(status == 0 && text.contains("+ dist/cli.js.map"), "{text}");
    }

    #[test]
    fn what_the_client_says_is_shown() {
        let project = project();
        leak(project.path());
        let bin = npm(project.path(), "echo 'npm error 404 no such package' >&2; exit 1");
        let (status, text) = run(project.path(), &bin, &["check", "acme-2.1.88.tgz", "--against", "2.1.86"]);
        assert!(status == 2 && text.contains("404 no such package"), "{text}");
    }
}
