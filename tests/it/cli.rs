//! The program as a person meets it: exit statuses, and one clear line for what is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::dice::{Dice, fresh_seed};
use crate::samples::npm_tarball;

pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/samples").join(name)
}

/// Runs packgate in an empty folder, away from the settings of this repository, with a scrubbed environment.
pub(crate) fn packgate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap()
}

pub(crate) fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn check(folder: &TempDir, bytes: &[u8], name: &str) -> Output {
    std::fs::write(folder.path().join(name), bytes).unwrap();
    packgate(folder.path(), &["check", name])
}

#[test]
fn the_replica_of_the_leak_is_blocked_without_settings() {
    let folder = TempDir::new().unwrap();
    let output = packgate(folder.path(), &["check", sample("acme-cli-2.1.88.tgz").to_str().unwrap()]);
    let stdout = text(&output.stdout);
    assert_eq!(status(&output), 1, "{stdout}");
    assert!(stdout.contains("gives away 6 files of original source, 78 lines"), "{stdout}");
    assert!(stdout.contains("source-map-embedded") && stdout.contains("package/cli.js.map"), "{stdout}");
    assert!(stdout.trim_end().lines().last().unwrap().starts_with("blocked"), "{stdout}");
}

#[test]
fn a_clean_package_passes_in_a_few_lines() {
    let folder = TempDir::new().unwrap();
    let output = packgate(folder.path(), &["check", sample("left-edge-1.0.3.tgz").to_str().unwrap()]);
    let stdout = text(&output.stdout);
    assert_eq!(status(&output), 0, "{stdout}");
    assert!(stdout.lines().count() <= 5, "{stdout}");
    assert!(stdout.contains("sha256 "), "{stdout}");
}

#[test]
fn what_cannot_be_read_is_incomplete_and_never_clean() {
    let folder = TempDir::new().unwrap();
    let whole = std::fs::read(sample("left-edge-1.0.3.tgz")).unwrap();
    let cases: [(&str, &[u8]); 4] = [
        ("truncated.tgz", &whole[..whole.len() / 2]),
        ("text.tgz", b"this is not a tarball\n"),
        ("empty.tgz", b""),
        ("hollow.tgz", &npm_tarball(&[])),
    ];
    for (name, bytes) in cases {
        let output = check(&folder, bytes, name);
        let stdout = text(&output.stdout);
        assert_eq!(status(&output), 3, "{name}: {stdout}");
        assert!(stdout.contains("not examined"), "{name}: {stdout}");
    }
}

#[test]
fn an_empty_folder_is_incomplete_and_a_missing_path_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("hollow")).unwrap();
    let output = packgate(folder.path(), &["check", "hollow"]);
    assert_eq!(status(&output), 3, "{}", text(&output.stdout));
    let output = packgate(folder.path(), &["check", "missing.tgz"]);
    assert_eq!(status(&output), 2);
    let stderr = text(&output.stderr);
    assert!(stderr.contains("missing.tgz") && stderr.trim_end().lines().count() == 1, "{stderr}");
}

#[test]
fn usage_outranks_incomplete_outranks_blocked() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("empty.tgz"), b"").unwrap();
    let leak = sample("acme-cli-2.1.88.tgz");
    let leak = leak.to_str().unwrap();
    assert_eq!(status(&packgate(folder.path(), &["check", leak, "empty.tgz"])), 3);
    assert_eq!(status(&packgate(folder.path(), &["check", leak, "empty.tgz", "missing.tgz"])), 2);
}

#[test]
fn one_worker_and_many_and_a_second_run_write_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    for number in 0..600 {
        let text = format!("// file {number}\n{}", "export const a = 1;\n".repeat(number * 3 % 2000));
        files.push((format!("package/src/file-{number}.ts"), text.into_bytes()));
    }
    files.push(("package/package.json".into(), br#"{"name":"many","version":"1.0.0"}"#.to_vec()));
    std::fs::write(folder.path().join("many.tgz"), stored(&untarred(&files))).unwrap();
    let run = |jobs: &str| {
        packgate(folder.path(), &["check", "many.tgz", "--format", "json", "--jobs", jobs]).stdout
    };
    let one = run("1");
    assert!(one.len() > 1000);
    assert_eq!(text(&one), text(&run("4")));
    assert_eq!(text(&one), text(&run("4")));
}

/// The tar in a tarball.
fn untarred(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Vec::new();
    let packed = npm_tarball(files);
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut tar).unwrap();
    tar
}

/// A gzip file that is stored rather than compressed, and so large enough for several workers.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut gzip, bytes).unwrap();
    gzip.finish().unwrap()
}

/// Large entries wait for a worker, are taken piece by piece, or are looked at by the unpacking thread, as it happens.
#[test]
fn large_entries_in_any_order_are_told_alike_by_any_number_of_workers() {
    const HOME: &str = "open('/Users/marta/a');\n";
    let mut dice = Dice::new(fresh_seed());
    let folder = TempDir::new().unwrap();
    let mut files =
        vec![("package/package.json".to_owned(), br#"{"name":"large","version":"1.0.0"}"#.to_vec())];
    for number in 0..24 {
        let most = [64 << 10, 1 << 20, 3 << 20, 6 << 20][dice.below(4)];
        let length = dice.below(most);
        let mut text = "a();\n".repeat(length / 5);
        text.insert_str(dice.below(length / 5 + 1) * 5, HOME);
        files.push((format!("package/{number}.js"), text.into_bytes()));
    }
    // larger than what waits like all others
    let at = dice.below(files.len());
    files.insert(at, ("package/largest.js".to_owned(), [vec![b'\n'; 13 << 20], HOME.into()].concat()));
    std::fs::write(folder.path().join("large.tgz"), stored(&untarred(&files))).unwrap();
    let run = |jobs: &str| {
        packgate(folder.path(), &["check", "large.tgz", "--format", "json", "--jobs", jobs]).stdout
    };
    let one = run("1");
    assert!(text(&one).contains("/Users/marta"));
    for jobs in ["2", "3", "2"] {
        assert_eq!(text(&one), text(&run(jobs)), "{jobs} workers");
    }
}

#[test]
fn a_large_entry_is_the_same_whether_it_is_searched_before_or_after_its_last_byte() {
    const LARGE: usize = 9 << 18;
    let folder = TempDir::new().unwrap();
    // So dense that something to find stands across the ends of some of the pieces it comes in, whatever their size.
    let line = "open('/Users/marta/a');\r\n";
    let script = line.repeat(LARGE / line.len());
    let source = script.replace("\r\n", "\n");
    let map = serde_json::json!({"version": 3, "sources": ["../a.ts", "../b.ts"], "sourcesContent": [source, "let b;\n"], "mappings": ""});
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(script.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let files = [
        ("package/package.json".to_owned(), br#"{"name":"large","version":"1.0.0"}"#.to_vec()),
        ("package/a.js".to_owned(), script.into_bytes()),
        ("package/a.js.map".to_owned(), map.to_string().into_bytes()),
        ("package/wide.txt".to_owned(), wide),
    ];
    let tar = untarred(&files);
    std::fs::write(folder.path().join("whole.tgz"), stored(&tar)).unwrap();
    std::fs::write(folder.path().join("cut.tgz"), stored(&tar[..LARGE + LARGE / 2])).unwrap();
    for (name, ends_with) in [("whole.tgz", 1), ("cut.tgz", 3)] {
        let run = |jobs: &str| packgate(folder.path(), &["check", name, "--format", "json", "--jobs", jobs]);
        let one = run("1");
        assert_eq!(status(&one), ends_with, "{name}");
        for jobs in ["2", "3"] {
            assert_eq!(text(&one.stdout), text(&run(jobs).stdout), "{name} with {jobs} workers");
        }
    }
    let report: serde_json::Value =
        serde_json::from_slice(&packgate(folder.path(), &["check", "whole.tgz", "--format", "json"]).stdout)
            .unwrap();
    // The first source is the shipped script but for its line ends; only the second is given away.
    assert_eq!(report["artifacts"][0]["totals"]["exposed_files"], 1);
}

#[test]
fn a_list_of_artifacts_can_come_on_stdin() {
    use std::io::Write as _;
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["check", "-", "--quiet"])
        .current_dir(folder.path())
        .env_remove("GITHUB_ACTIONS")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let list =
        format!("{}\n{}\n", sample("left-edge-1.0.3.tgz").display(), sample("acme-cli-2.1.88.tgz").display());
    child.stdin.take().unwrap().write_all(list.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = text(&output.stdout);
    let words: Vec<&str> = stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(words[..2], ["passed", "blocked"], "{stdout}");
    assert_eq!(status(&output), 1);
}

#[test]
fn an_empty_list_is_no_pass() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["check", "-"])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(status(&output), 2);
    assert!(text(&output.stderr).contains("names no artifact"));
}

#[test]
fn explain_lists_rules_and_suggests_near_names() {
    let folder = TempDir::new().unwrap();
    let list = packgate(folder.path(), &["explain"]);
    assert_eq!(status(&list), 0);
    assert!(text(&list.stdout).contains("source-map-embedded"));
    let near = packgate(folder.path(), &["explain", "source-map-embeded"]);
    assert_eq!(status(&near), 2);
    assert!(text(&near.stderr).contains("source-map-embedded"));
}

#[test]
fn outputs_that_cannot_be_written_fail_before_the_audit() {
    let folder = TempDir::new().unwrap();
    let leak = sample("acme-cli-2.1.88.tgz");
    let output = packgate(
        folder.path(),
        &["check", leak.to_str().unwrap(), "--format", "json=no/such/folder/report.json"],
    );
    assert_eq!(status(&output), 2);
    assert!(text(&output.stderr).contains("no/such/folder/report.json"));
}

#[test]
fn a_call_that_cannot_be_meant_is_an_error_and_says_why() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.tgz"), npm_tarball(&[])).unwrap();
    std::fs::create_dir(folder.path().join("site")).unwrap();
    std::fs::create_dir(folder.path().join("crate")).unwrap();
    std::fs::write(folder.path().join("crate/Cargo.toml"), "[package\nname = 1").unwrap();
    for (arguments, why) in [
        (
            &["check", "a.tgz", "--member", "x"][..],
            "choose among the packages of a workspace, and this is none",
        ),
        (&["check", "site", "--since", "v1"], "choose among the packages of a workspace, and this is none"),
        (&["check", "a.tgz", "--format", "html="], "no file is named behind html="),
        (
            &["check", "a.tgz", "--format", "html=no/a.html"],
            "cannot write no/a.html: No such file or directory (os error 2)\n",
        ),
        (&["check", "crate"], "Cargo.toml:1: the manifest can't be read"),
        (&["judge", "a.tgz"], "`packgate inventory --format ndjson` writes one"),
        (&["check", "crate/Cargo.toml"], "name its folder: packgate check crate\n"),
        (&["check", "https://example.com/a-1.0.0.tgz"], "fetch it, and name the file"),
        (&["check", "packed/*.tgz"], "no file fits this pattern"),
        (&["fix", "crate/Cargo.toml"], "name the folder of a package"),
        (&["a.tgz"], "To audit it: packgate check a.tgz\n"),
    ] {
        let output = packgate(folder.path(), arguments);
        let said = text(&output.stderr);
        assert!(status(&output) == 2 && said.contains(why), "{arguments:?}: {said}");
    }
}

#[test]
fn verbose_says_what_is_read_run_and_recognised() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("packgate.toml"), "policy = \"strict\"\n").unwrap();
    let leak = sample("acme-cli-2.1.88.tgz");
    let told = |flag: &str| text(&packgate(folder.path(), &["check", flag, leak.to_str().unwrap()]).stderr);
    let (once, twice) = (told("-v"), told("-vv"));
    for wanted in
        ["settings from ", "packgate.toml", "npm @acme/cli 2.1.88, as gzip > tar", "policy strict for "]
    {
        assert!(once.contains(wanted) && twice.contains(wanted), "{wanted}: {once}");
    }
    assert!(!once.contains("was judged in ") && twice.contains("was judged in "), "{twice}");
    assert_eq!(told("--quiet"), "");
    if cfg!(unix) && crate::clients::have(&["npm"]) {
        std::fs::write(folder.path().join("package.json"), r#"{"name": "demo", "version": "1.0.0"}"#)
            .unwrap();
        let told = text(&packgate(folder.path(), &["inventory", "-v"]).stderr);
        assert!(told.contains("running ") && told.contains("\"--pack-destination\""), "{told}");
    }
}

/// A package whose scripts run the audit that packs it, and leave a mark each time.
fn audited_by_its_own_scripts(more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let check = format!("{} check && echo x >> ran", env!("CARGO_BIN_EXE_packgate"));
    let scripts = serde_json::json!({"prepublishOnly": check, "prepack": check});
    let manifest = format!(
        r#"{{"name": "demo", "version": "1.0.0", "license": "MIT", "files": ["a.js"], "main": "a.js", {more} "scripts": {scripts}}}"#
    );
    std::fs::write(folder.path().join("package.json"), manifest).unwrap();
    std::fs::write(folder.path().join("a.js"), "a()\n").unwrap();
    folder
}

#[test]
fn an_audit_that_is_started_by_a_script_of_what_it_packs_ends() {
    if cfg!(windows) || !crate::clients::have(&["npm"]) {
        return;
    }
    let fine = audited_by_its_own_scripts("");
    let output = packgate(fine.path(), &["check"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("demo-1.0.0.tgz"), "{}", text(&output.stdout));
    assert_eq!(std::fs::read_to_string(fine.path().join("ran")).unwrap(), "x\nx\n");

    let blocked = audited_by_its_own_scripts(r#""private": true,"#);
    let output = packgate(blocked.path(), &["check", "--policy", "strict"]);
    assert_eq!(status(&output), 1, "{}", text(&output.stderr));
}

#[test]
fn a_rehearsal_of_npm_publish_is_audited_too() {
    if cfg!(windows) || !crate::clients::have(&["npm"]) {
        return;
    }
    let run = |folder: &TempDir| {
        let mut npm = Command::new("npm");
        npm.args(["pack", "--dry-run"]).current_dir(folder.path()).env("NO_COLOR", "1");
        npm.stdin(std::process::Stdio::null()).output().unwrap()
    };
    let fine = audited_by_its_own_scripts("");
    let output = run(&fine);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let broken = audited_by_its_own_scripts(r#""bin": "gone.js","#);
    let output = run(&broken);
    assert!(!output.status.success(), "{}", text(&output.stderr));
}
