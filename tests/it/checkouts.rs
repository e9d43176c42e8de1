//! What git makes of files between a commit and a checkout, by its attributes; repositories of every make; and
//! repositories whose settings name programs.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::clients::have;
use crate::commit::{CARGO, Repository, cargo};
use crate::dice::{Dice, fresh_seed};

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn npm(repository: &Repository) {
    let out = repository.out.path().to_str().unwrap().to_owned();
    repository.run("npm", &["pack", "--silent", "--ignore-scripts", "--pack-destination", &out]);
}

/// A text whose letters are others each time.
fn text(dice: &mut Dice) -> String {
    let mut line = || dice.characters("abcdefghij ", 20);
    format!("{}\n// $Id$\n{}\n", line(), line())
}

/// Files that git writes into a checkout in another form than the commit has them, packed from there, are the commit's;
/// and a letter changed in such a form is still seen.
#[test]
fn what_git_converts() {
    if !have(&["git", "npm"]) {
        return;
    }
    let seed = fresh_seed();
    let mut dice = Dice::new(seed);
    let attributes = "crlf.js text eol=crlf\nident.js ident\nboth.js text eol=crlf ident\nwide.js text working-tree-encoding=UTF-16\nlittle.js text working-tree-encoding=UTF-16LE\nbig.js text working-tree-encoding=UTF-16BE eol=crlf\n";
    let manifest = r#"{"name": "demo", "version": "1.0.0", "files": ["*.js", "below"]}"#;
    let repository =
        Repository::new(seed, &owned(&[("package.json", manifest), (".gitattributes", attributes)]));
    let names = ["crlf.js", "ident.js", "both.js", "wide.js", "little.js", "big.js"];
    for name in names {
        // As the commit has them: git would take them for what they are in a checkout.
        let plain = repository.out.path().join("plain");
        fs::write(&plain, text(&mut dice)).unwrap();
        let output = Command::new("git")
            .args(["hash-object", "-w", "--no-filters"])
            .arg(&plain)
            .current_dir(repository.path())
            .output()
            .unwrap();
        let id = String::from_utf8(output.stdout).unwrap();
        let entry = format!("100644,{},{name}", id.trim());
        repository.git(&["update-index", "--add", "--cacheinfo", &entry]);
        fs::remove_file(plain).unwrap();
    }
    let large = text(&mut dice);
    let digest: String = Sha256::digest(&large).iter().map(|byte| format!("{byte:02x}")).collect();
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {}\n", large.len());
    repository.git(&["checkout", "--", "."]);
    fs::create_dir(repository.path().join("below")).unwrap();
    fs::write(repository.path().join("below/.gitattributes"), "large.js filter=lfs -text\n").unwrap();
    fs::write(repository.path().join("below/large.js"), pointer).unwrap();
    repository.commit();
    fs::write(repository.path().join("below/large.js"), large).unwrap();

    npm(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    assert_eq!(repository.named(&artifact), BTreeSet::new(), "seed {seed}");
    for name in names.into_iter().chain(["below/large.js"]) {
        let file = repository.path().join(name);
        let mut bytes = fs::read(&file).unwrap();
        let letter = bytes.iter().position(u8::is_ascii_alphabetic).unwrap();
        bytes[letter] ^= 0b10_0000;
        fs::write(file, bytes).unwrap();
    }
    npm(&repository);
    let expected = names.into_iter().chain(["large.js"]);
    let expected = expected.map(|name| format!("error differs-from-commit {name}")).collect();
    assert_eq!(repository.named(&artifact), expected, "seed {seed}");
}

/// Text that git would expand in an archive counts as such only where the attributes say so.
#[test]
fn what_git_expands() {
    if !have(&["git", "npm"]) {
        return;
    }
    let manifest = r#"{"name": "demo", "version": "1.0.0", "files": ["*.js"]}"#;
    let attributes = "expanded.js export-subst\n";
    let of = |name: &str| (name.to_owned(), "// $Format:%H$\n".to_owned());
    let mut files = owned(&[("package.json", manifest), (".gitattributes", attributes)]);
    files.extend([of("expanded.js"), of("plain.js")]);
    let repository = Repository::new(fresh_seed(), &files);
    for name in ["expanded.js", "plain.js"] {
        fs::write(repository.path().join(name), "// 0123456789abcdef\n").unwrap();
    }
    npm(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    let expected = BTreeSet::from(["error differs-from-commit plain.js".to_owned()]);
    assert_eq!(repository.named(&artifact), expected);
}

/// An extension is known by its publisher, too.
#[test]
fn extensions() {
    if !have(&["git", "vsce"]) {
        return;
    }
    let manifest = r#"{"name": "demo", "publisher": "acme", "version": "1.0.0", "engines": {"vscode": "^1.80.0"}, "main": "a.js", "activationEvents": ["onStartupFinished"], "repository": "https://example.invalid/demo", "files": ["a.js"]}"#;
    let files = [("package.json", manifest), ("a.js", ""), ("README.md", "A demo.\n"), ("LICENSE", "MIT\n")];
    let repository = Repository::new(fresh_seed(), &owned(&files));
    let pack = || {
        let out = repository.out.path().join("demo.vsix");
        repository.run("vsce", &["package", "--no-dependencies", "--out", out.to_str().unwrap()]);
        repository.artifacts().remove(0)
    };
    assert_eq!(repository.named(&pack()), BTreeSet::new());
    fs::write(repository.path().join("a.js"), "// more\n").unwrap();
    assert_eq!(repository.named(&pack()), BTreeSet::from(["error differs-from-commit a.js".to_owned()]));
}

/// The one edit is seen, however the repository keeps what it has, and whatever git was told not to look at.
#[test]
fn repositories_of_every_make() {
    if !have(&["git", "cargo"]) {
        return;
    }
    type Make = fn(&Repository);
    let makes: [(&str, Make); 5] = [
        ("as it is", |_| {}),
        ("SHA-256", |repository| {
            fs::remove_dir_all(repository.path().join(".git")).unwrap();
            repository.git(&["init", "--quiet", "--object-format=sha256"]);
            repository.commit();
        }),
        ("packed", |repository| repository.git(&["gc", "--quiet"])),
        ("unchanged by order", |repository| {
            repository.git(&["update-index", "--assume-unchanged", "src/lib.rs"]);
        }),
        ("replaced", |repository| {
            let blob = |file: &str, text: &str| {
                let path = repository.out.path().join(file);
                fs::write(&path, text).unwrap();
                let output = Command::new("git")
                    .args(["hash-object", "-w"])
                    .arg(&path)
                    .current_dir(repository.path())
                    .output()
                    .unwrap();
                fs::remove_file(path).unwrap();
                String::from_utf8(output.stdout).unwrap().trim().to_owned()
            };
            repository.git(&["replace", &blob("old", "// words\n"), &blob("new", "// words\n// more\n")]);
        }),
    ];
    for (make, apply) in makes {
        let files = [("Cargo.toml", CARGO), ("src/lib.rs", "// words\n")];
        let repository = Repository::new(fresh_seed(), &owned(&files));
        apply(&repository);
        fs::write(repository.path().join("src/lib.rs"), "// words\n// more\n").unwrap();
        cargo(&repository);
        let [artifact] = repository.artifacts().try_into().unwrap();
        let expected = BTreeSet::from(["error differs-from-commit lib.rs".to_owned()]);
        assert_eq!(repository.named(&artifact), expected, "{make}");
    }
}

/// Settings by which git would start a program, and programs that leave a mark.
#[cfg(unix)]
fn name_programs(repository: &Repository) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let mark = repository.out.path().join("ran");
    let runs = format!("touch {}; cat", mark.display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "pager.diff",
        "core.editor",
        "core.sshCommand",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "gpg.program",
        "uploadpack.packObjectsHook",
        "filter.x.clean",
        "filter.x.smudge",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "alias.ls-tree",
        "alias.diff",
    ] {
        repository.git(&["config", key, &runs]);
    }
    // By another file, by a condition, and by a protocol of its own.
    let more = repository.path().join(".git/more");
    fs::write(
        &more,
        format!("[filter \"y\"]\n\tprocess = {runs}\n\trequired\n[filter \"a.b\"]\n\tclean = {runs}\n"),
    )
    .unwrap();
    repository.git(&["config", "include.path", "more"]);
    repository.git(&["config", "includeIf.gitdir:/.path", "more"]);
    let hooks = repository.path().join(".git/own-hooks");
    fs::create_dir(&hooks).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"] {
        let hook = hooks.join(hook);
        fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
        fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    repository.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    if mark.exists() {
        fs::remove_file(&mark).unwrap();
    }
    mark
}

#[cfg(unix)]
const EVERYTHING: &str =
    "*.rs filter=x diff=x text\n*.js filter=x diff=x\n*.json filter=y\n*.md filter=a.b\n";

/// Nothing that a repository's settings name is run.
#[test]
#[cfg(unix)]
fn a_repository_that_names_programs() {
    if !have(&["git", "cargo"]) {
        return;
    }
    let files = [("Cargo.toml", CARGO), ("src/lib.rs", ""), (".gitattributes", EVERYTHING)];
    let repository = Repository::new(fresh_seed(), &owned(&files));
    fs::write(repository.path().join("src/lib.rs"), "// more\n").unwrap();
    cargo(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    let mark = name_programs(&repository);
    assert_eq!(repository.named(&artifact), BTreeSet::from(["error differs-from-commit lib.rs".to_owned()]));
    assert!(!mark.exists());
}

/// Nor for the question which members have changed; a filter that can't be turned off is an error.
#[test]
#[cfg(unix)]
fn members_that_changed_where_programs_are_named() {
    if !have(&["git", "npm"]) {
        return;
    }
    let member = |name: &str| format!(r#"{{"name": "{name}", "version": "1.0.0", "license": "MIT"}}"#);
    let (one, two) = (member("one"), member("two"));
    let files = [
        ("package.json", r#"{"private": true, "workspaces": ["one", "two"]}"#),
        ("one/package.json", &one),
        ("one/index.js", "1;\n"),
        ("two/package.json", &two),
        ("two/index.js", "2;\n"),
        ("two/README.md", "2\n"),
        (".gitattributes", EVERYTHING),
    ];
    let repository = Repository::new(fresh_seed(), &owned(&files));
    let inner = TempDir::new().unwrap();
    let submodule = Repository::new(fresh_seed(), &owned(&[("x.js", "x\n"), (".gitattributes", EVERYTHING)]));
    fs::rename(submodule.path(), inner.path().join("x")).unwrap();
    let from = inner.path().join("x");
    let from = from.to_str().unwrap();
    repository.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "one/sub"]);
    repository.commit();
    let mark = name_programs(&repository);
    // Looked at again, since they are newer than the index.
    for path in ["one/index.js", "two/package.json", "two/README.md"] {
        let path = repository.path().join(path);
        let text = fs::read(&path).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(10));
        fs::write(&path, text).unwrap();
    }
    let since = || {
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["check", "--since", "HEAD", "--format", "json"])
            .current_dir(repository.path())
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let names = report["artifacts"].as_array().into_iter().flatten();
        let names: Vec<String> =
            names.filter_map(|artifact| artifact["package"]["name"].as_str().map(str::to_owned)).collect();
        (names, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    fs::write(repository.path().join("two/index.js"), "3;\n").unwrap();
    assert_eq!(since().0, ["two"]);
    fs::write(repository.path().join("one/sub/x.js"), "y\n").unwrap();
    assert_eq!(since().0, ["one", "two"]);
    assert!(!mark.exists());
    repository.git(&["config", "filter.a=b.clean", "true"]);
    let (names, told) = since();
    assert!(names.is_empty() && told.contains("a filter that can't be turned off: a=b"), "{told}");
    // git itself would have run them.
    let _ = Command::new("git").arg("status").current_dir(repository.path()).output();
    assert!(mark.exists());
}
