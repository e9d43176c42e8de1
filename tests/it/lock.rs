//! packgate.lock from the command line: writing, checking, updating, and what makes a lock unusable.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::samples::npm_tarball;

pub(crate) fn packgate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Runs it and returns the exit status with everything printed.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = packgate(folder, arguments);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// An empty project folder, the root of its version control.
pub(crate) fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

/// Writes an npm package of these files into the folder.
pub(crate) fn package(folder: &Path, file: &str, version: &str, files: &[(&str, &str)]) {
    let manifest = format!(
        r#"{{"name": "acme", "version": "{version}", "license": "UNLICENSED", "files": ["dist"], "main": "dist/cli.js"}}"#
    );
    let mut all = vec![("package/package.json".to_owned(), manifest.into_bytes())];
    all.extend(files.iter().map(|(path, text)| (format!("package/{path}"), text.as_bytes().to_vec())));
    std::fs::write(folder.join(file), npm_tarball(&all)).unwrap();
}

/// Settings that leave only these rules in force.
pub(crate) fn only(folder: &Path, keep: impl Fn(&str) -> bool) {
    let mut text = "policy = \"proprietary\"\n[rules]\n".to_owned();
    for rule in packgate::rules::ALL.iter().filter(|rule| !keep(rule.name)) {
        let _ = writeln!(text, "{} = \"off\"", rule.name);
    }
    std::fs::write(folder.join("packgate.toml"), text).unwrap();
}

pub(crate) fn json(folder: &Path, arguments: &[&str]) -> (i32, serde_json::Value) {
    let output = packgate(folder, arguments);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (output.status.code().unwrap(), value)
}

/// Rule and place of each finding of the first artifact.
pub(crate) fn findings(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let findings = report["artifacts"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(&finding["rule"]), text(&finding["place"]))).collect()
}

/// Release N is a small program; N+1 has its map beside it, with a text for each source.
pub(crate) fn leak(folder: &Path) {
    let program = "export const answer = () => 42;\n".repeat(200);
    let source = "/** What the company knows and nobody else. */\nexport const answer = (): number => 42;\n"
        .repeat(500);
    let sources: Vec<String> = (0..40).map(|number| format!("../src/part-{number}.ts")).collect();
    let texts: Vec<String> = (0..40).map(|number| format!("// part {number}\n{source}")).collect();
    let map = serde_json::json!({
        "version": 3, "file": "cli.js", "sources": sources, "sourcesContent": texts, "names": [], "mappings": "AAAA"
    });
    package(folder, "acme-2.1.87.tgz", "2.1.87", &[("dist/cli.js", &program)]);
    package(
        folder,
        "acme-2.1.88.tgz",
        "2.1.88",
        &[
            ("dist/cli.js", &format!("{program}//# sourceMappingURL=cli.js.map\n")),
            ("dist/cli.js.map", &map.to_string()),
        ],
    );
}

#[test]
fn the_leak_is_blocked_by_the_lock_alone() {
    let project = project();
    leak(project.path());
    only(project.path(), |rule| rule == "contents-drift");
    let (status, text) = run(project.path(), &["check", "acme-2.1.88.tgz"]);
    assert_eq!(status, 0, "without a lock nothing else is in force: {text}");
    let (status, text) = run(project.path(), &["lock", "acme-2.1.87.tgz"]);
    assert_eq!(status, 0, "{text}");
    let (status, report) = json(project.path(), &["check", "acme-2.1.87.tgz", "--format", "json"]);
    assert_eq!((status, findings(&report)), (0, vec![]));
    let (status, report) = json(project.path(), &["check", "acme-2.1.88.tgz", "--format", "json"]);
    let expected = ("contents-drift".to_owned(), "package/dist/cli.js.map".to_owned());
    assert_eq!((status, findings(&report)), (1, vec![expected]));
}

#[test]
fn the_leak_is_blocked_by_the_comparison_alone() {
    let project = project();
    leak(project.path());
    only(project.path(), |rule| rule == "unexpected-growth");
    let (status, _) = run(project.path(), &["check", "acme-2.1.88.tgz"]);
    assert_eq!(status, 0);
    let against = ["check", "acme-2.1.88.tgz", "--against", "acme-2.1.87.tgz", "--format", "json"];
    let (status, report) = json(project.path(), &against);
    assert_eq!(status, 1);
    let places: Vec<String> = findings(&report).into_iter().map(|(_, place)| place).collect();
    assert!(places.contains(&"package/dist/cli.js.map".to_owned()), "{places:?}");
    let (status, _) = run(project.path(), &["check", "acme-2.1.87.tgz", "--against", "acme-2.1.87.tgz"]);
    assert_eq!(status, 0);
}

#[test]
fn the_leak_is_blocked_by_the_source_map_rules_alone() {
    let project = project();
    leak(project.path());
    only(project.path(), |rule| rule.starts_with("source-map-"));
    let (status, report) = json(project.path(), &["check", "acme-2.1.88.tgz", "--format", "json"]);
    assert_eq!(status, 1);
    assert!(findings(&report).iter().all(|(rule, _)| rule.starts_with("source-map-")));
    assert_eq!(report["artifacts"][0]["totals"]["exposed_files"], 40);
    let (status, _) = run(project.path(), &["check", "acme-2.1.87.tgz"]);
    assert_eq!(status, 0);
}

#[test]
fn an_update_shows_the_lines_and_writes_only_when_told() {
    let project = project();
    package(project.path(), "one.tgz", "1.0.0", &[("dist/cli.js", "1"), ("dist/old.js", "1")]);
    package(project.path(), "two.tgz", "1.0.1", &[("dist/cli.js", "2"), ("dist/new.js", "1")]);
    assert_eq!(run(project.path(), &["lock", "one.tgz"]).0, 0);
    let file = project.path().join("packgate.lock");
    let before = std::fs::read_to_string(&file).unwrap();
    assert!(before.ends_with("\n[npm acme]\ndist/cli.js\ndist/old.js\npackage.json\n"), "{before}");

    let (status, text) = run(project.path(), &["lock", "two.tgz"]);
    assert!(status == 2 && text.contains("exists already"), "{text}");
    let (status, text) = run(project.path(), &["lock", "--update", "two.tgz"]);
    assert!(
        status == 2 && text.contains("\n+dist/new.js\n-dist/old.js\n") && text.contains("--yes"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);

    let commented = before.replace("dist/cli.js", "# The program.\ndist/cli.js");
    std::fs::write(&file, commented).unwrap();
    assert_eq!(run(project.path(), &["lock", "--update", "--yes", "two.tgz"]).0, 0);
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(
        after.ends_with("[npm acme]\n# The program.\ndist/cli.js\ndist/new.js\npackage.json\n"),
        "{after}"
    );
    let (status, text) = run(project.path(), &["lock", "--update", "two.tgz"]);
    assert!(status == 0 && text.contains("up to date"), "{text}");
}

#[test]
fn a_bad_lock_is_a_settings_error_with_its_line() {
    let project = project();
    package(project.path(), "one.tgz", "1.0.0", &[("dist/cli.js", "1")]);
    for (text, line, words) in [
        (
            "packgate-lock 1\n[npm acme]\n<<<<<<< HEAD\ndist/a.js\n=======\ndist/b.js\n>>>>>>> side\n",
            3,
            "merge conflict",
        ),
        ("packgate-lock 7\n[npm acme]\n", 1, "`7` is unknown"),
        ("packgate-lock 1\n[npm other]\ndist/cli.js\n", 2, "[npm other]"),
        ("packgate-lock 1\r\n[npm acme]\r\n", 1, "CR LF"),
        ("packgate-lock 1\n[npm acme]\nz.js\na.js\n", 4, "belongs above"),
        ("packgate-lock 1\n[npm acme]\na.js\na.js\n", 4, "already on line 3"),
    ] {
        std::fs::write(project.path().join("packgate.lock"), text).unwrap();
        let (status, output) = run(project.path(), &["check", "one.tgz"]);
        assert_eq!(status, 2, "{output}");
        assert!(output.contains(&format!("packgate.lock:{line}: ")) && output.contains(words), "{output}");
    }
}

#[test]
fn an_artifact_that_cannot_be_read_gets_no_lock() {
    let project = project();
    package(project.path(), "one.tgz", "1.0.0", &[("dist/cli.js", &"x".repeat(5000))]);
    let bytes = std::fs::read(project.path().join("one.tgz")).unwrap();
    std::fs::write(project.path().join("cut.tgz"), &bytes[..bytes.len() / 2]).unwrap();
    let (status, text) = run(project.path(), &["lock", "cut.tgz"]);
    assert_eq!(status, 3, "{text}");
    assert!(!project.path().join("packgate.lock").exists());
}

#[test]
fn what_the_policy_refuses_is_locked_with_a_word_on_that() {
    let project = project();
    only(project.path(), |rule| rule == "stray-credential-file" || rule == "contents-drift");
    let settings = project.path().join("packgate.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{text}stray-credential-file = \"error\"\n")).unwrap();
    package(project.path(), "good.tgz", "1.0.0", &[("dist/cli.js", "")]);
    let (status, text) = run(project.path(), &["lock", "good.tgz"]);
    assert!(status == 0 && !text.contains("blocked"), "{text}");
    package(project.path(), "bad.tgz", "1.0.1", &[("dist/cli.js", ""), ("dist/.env", "A=1\n")]);
    let (status, text) = run(project.path(), &["lock", "--yes", "bad.tgz"]);
    assert!(status == 0 && text.contains("bad.tgz is blocked all the same (1 error)"), "{text}");
    assert_eq!(run(project.path(), &["check", "bad.tgz"]).0, 1);
}

#[test]
fn a_folder_that_is_deployed() {
    let project = project();
    let site = project.path().join("site/assets");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::write(project.path().join("site/index.html"), "<p>hello").unwrap();
    std::fs::write(site.join("index-BkYR3Qdz.js"), "1").unwrap();
    assert_eq!(run(project.path(), &["lock", "site"]).0, 0);
    let lock = std::fs::read_to_string(project.path().join("packgate.lock")).unwrap();
    assert!(lock.ends_with("[directory site]\nassets/index-????????.js\nindex.html\n"), "{lock}");
    std::fs::rename(site.join("index-BkYR3Qdz.js"), site.join("index-D1hdfA_3.js")).unwrap();
    only(project.path(), |rule| rule == "contents-drift");
    assert_eq!(run(project.path(), &["check", "site"]).0, 0);
    std::fs::write(site.join("index-D1hdfA_3.js.map"), "{}").unwrap();
    let (status, text) = run(project.path(), &["check", "site"]);
    assert!(status == 1 && text.contains("assets/index-D1hdfA_3.js.map"), "{text}");
}

#[test]
fn the_example_of_the_documentation_is_a_lock() {
    let docs = include_str!("../../docs/lock.md").replace("\r\n", "\n");
    let example = docs.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let lock = packgate::lock::parse(Path::new("docs/lock.md"), example.as_bytes()).unwrap();
    assert_eq!(packgate::lock::write(&lock), example);
}
