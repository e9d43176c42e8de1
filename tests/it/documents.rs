//! The commands of README.md and of the pages under `docs/`: all shell is shell, all options are there, and what a reader
//! is told to begin with runs as it stands. `recipes.rs` runs those that publish.

use std::path::Path;
use std::process::{Command, Output};

use crate::clients;
use crate::samples::{npm_tarball, plant};

/// The pages with their names.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let mut pages: Vec<_> = pages.chain([root.join("README.md")]).collect();
    pages.sort();
    let named = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        (path.file_name().unwrap().to_string_lossy().into_owned(), text)
    };
    pages.iter().map(named).collect()
}

/// The blocks of shell in a page.
fn shell(text: &str) -> Vec<&str> {
    let blocks = text.split("\n```sh").skip(1);
    blocks.filter_map(|block| block.split_once('\n')?.1.split("\n```").next()).collect()
}

fn packgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_packgate")).args(arguments).output().unwrap()
}

#[test]
fn all_shell_is_shell() {
    if !clients::have(&["bash"]) {
        return;
    }
    let mut count = 0;
    for (page, text) in pages() {
        for block in shell(&text) {
            let output = Command::new("bash").args(["-n", "-c", block]).output().unwrap();
            assert!(output.status.success(), "{page}: {block}\n{}", String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
    }
    assert!(count > 20, "only {count} blocks were found");
}

#[test]
fn all_commands_and_options_are_there() {
    let mut count = 0;
    for (page, text) in pages() {
        let lines = shell(&text).into_iter().flat_map(str::lines);
        let commands = lines.filter_map(|line| Some(line.split_once("packgate ")?.1));
        // What stands behind a comment or another command is no argument.
        let own = |rest: &'_ str| rest.split(['#', '|', ';', '&']).next().unwrap_or_default().to_owned();
        for command in commands.map(own) {
            let words: Vec<&str> = command.split_whitespace().take_while(|word| *word != "--").collect();
            let Some(name) = words.first().filter(|word| word.starts_with(char::is_alphabetic)) else {
                continue;
            };
            let mut path: Vec<&str> = vec![name];
            path.extend(words.get(1).filter(|_| *name == "policy"));
            let output = packgate(&[&path[..], &["--help"]].concat());
            let help = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{page}: `packgate {command}` is no command");
            for option in words.iter().filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                let is_there = help.split([' ', '\n', ',', '=']).any(|word| word == option);
                assert!(is_there, "{page}: `packgate {command}` has no {option}");
            }
            count += 1;
        }
    }
    assert!(count > 15, "only {count} commands were found");
}

/// A package that passes, and two of its releases.
fn package() -> tempfile::TempDir {
    let manifest = |version: &str| {
        format!(
            r#"{{ "name": "acme", "version": "{version}", "license": "MIT", "main": "dist/index.js", "files": ["dist"] }}"#
        )
    };
    let index = "module.exports = () => 'hello';\n";
    let folder = tempfile::tempdir().unwrap();
    let new = manifest("1.2.3");
    plant(folder.path(), [("package.json", new.as_str()), ("dist/index.js", index)]);
    for version in ["1.2.2", "1.2.3"] {
        let tarball = npm_tarball(&[
            ("package/package.json".into(), manifest(version).into_bytes()),
            ("package/dist/index.js".into(), index.into()),
        ]);
        std::fs::write(folder.path().join(format!("acme-{version}.tgz")), tarball).unwrap();
    }
    folder
}

/// What README.md says under "Use it" and what a reader of the first steps types, each on a package of its own.
#[test]
fn the_first_commands_run() {
    if !clients::have(&["bash", "npm"]) {
        return;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_packgate")).parent().unwrap().to_path_buf();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
    let mut lines = Vec::new();
    for (page, text) in pages() {
        let is_first = |line: &&str| line.starts_with("packgate ") && !line.contains('$');
        if ["README.md", "start.md"].contains(&page.as_str()) {
            let blocks = shell(&text).into_iter().flat_map(str::lines).filter(is_first);
            lines.extend(blocks.map(|line| line.split(" #").next().unwrap().trim().to_owned()));
        }
    }
    assert!(lines.len() > 8, "{lines:?}");
    for line in lines {
        let folder = package();
        // There is no registry here.
        let line = line.replace("packgate publish", "packgate publish --dry-run");
        let output = Command::new("bash")
            .args(["-c", &line])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {}{told}", String::from_utf8_lossy(&output.stdout));
    }
}
