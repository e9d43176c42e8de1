//! What `judge` makes of a stored inventory is what `check` makes of the artifact. Tests that build artifacts hand
//! them to [`as_checked`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use packgate::audit::{Audit, AuditContext, Auditor, Options};
use packgate::report::inventory::wire::Line as InventoryLine;
use packgate::report::wire::Line;
use packgate::stored::Facts;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::lock::json;
use crate::samples::{fixtures, plant};

/// Takes stock, writes it down, reads it and judges it: all is as if the artifact had been judged at once.
pub(crate) fn as_checked(auditor: &Auditor, path: &Path) {
    let inventory = auditor.stock(path, 1).unwrap();
    let line = serde_json::to_value(InventoryLine::new(&inventory, auditor.sought())).unwrap();
    let (stored, sought) = read(&line["facts"]).unwrap();
    let judged = auditor.judge_stored(stored, &sought).unwrap();
    let checked = auditor.judge_in(inventory, &AuditContext::default()).unwrap();
    assert_eq!(told(&judged), told(&checked), "{}", path.display());
}

fn read(facts: &Value) -> Result<(packgate::inventory::Inventory, packgate::stored::Sought), String> {
    let raw = RawValue::from_string(facts.to_string()).unwrap();
    Facts::read(&raw).map_err(|error| error.to_string())
}

/// All that a report says of an artifact, but for what takes its manifests or the repository.
fn told(audit: &Audit) -> Value {
    without(serde_json::to_value(Line::new(audit)).unwrap())
}

fn without(mut line: Value) -> Value {
    let fields = line.as_object_mut().unwrap();
    fields.remove("later");
    fields.remove("commit");
    let not_applied = fields["not_applied"].as_array_mut().unwrap();
    not_applied
        .retain(|rule| !["differs-from-commit", "not-in-commit"].iter().any(|name| rule["rule"] == *name));
    line
}

#[test]
fn the_samples() {
    let auditor = Auditor::new(Options::default().digests(true));
    for sample in fs::read_dir(fixtures().join("samples")).unwrap() {
        as_checked(&auditor, &sample.unwrap().path());
    }
}

/// `PACKGATE_ARTIFACTS` names a folder of real ones.
#[test]
fn real_artifacts() {
    let Some(folder) = std::env::var_os("PACKGATE_ARTIFACTS") else { return };
    let auditor = Auditor::new(Options::default().digests(true));
    let mut folders = vec![PathBuf::from(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(!files.is_empty());
    files.iter().for_each(|file| as_checked(&auditor, file));
}

/// A project with some of the samples, and the lines of what a command prints there.
fn lines(folder: &Path, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_packgate"));
    command.args(arguments).current_dir(folder).env_remove("GITHUB_ACTIONS");
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["acme-cli-2.1.88.tgz", "left-edge-1.0.3.tgz"] {
        fs::copy(fixtures().join("samples").join(name), folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn a_line_for_each_artifact_in_the_order_of_the_list() {
    let folder = project();
    let names = ["acme-cli-2.1.88.tgz", "absent.tgz", "left-edge-1.0.3.tgz"];
    for command in ["check", "inventory"] {
        let (status, lines) = lines(folder.path(), &[&[command, "--format", "ndjson"][..], &names].concat());
        assert_eq!(status, Some(3), "{command}");
        let paths: Vec<&str> = lines.iter().map(|line| line["path"].as_str().unwrap()).collect();
        assert_eq!(paths, names, "{command}");
        let failed: Vec<bool> = lines.iter().map(|line| !line["error"].is_null()).collect();
        assert_eq!(failed, [false, true, false], "{command}");
        let (status, report) = json(folder.path(), &[command, "--format", "json", names[0], names[2]]);
        assert!(status < 2);
        for (line, artifact) in
            [&lines[0], &lines[2]].into_iter().zip(report["artifacts"].as_array().unwrap())
        {
            for (key, value) in artifact.as_object().unwrap() {
                assert_eq!(&line[key], value, "{command}: {key}");
            }
        }
    }
    // Settings are another matter than what can't be read.
    plant(folder.path(), [("packgate.toml", "policy = \"lax\"\n")]);
    assert_eq!(lines(folder.path(), &["check", "--format", "ndjson", names[0]]).0, Some(2));
}

#[test]
fn stored_inventories_are_judged_by_the_settings_of_today() {
    let folder = project();
    let names = ["acme-cli-2.1.88.tgz", "absent.tgz", "left-edge-1.0.3.tgz"];
    let store = |names: &[&str]| {
        let (_, lines) = lines(folder.path(), &[&["inventory", "--format", "ndjson"][..], names].concat());
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        plant(folder.path(), [("stored", text)]);
    };
    let judged = |expected: i32| {
        let (status, lines) = lines(folder.path(), &["judge", "--format", "ndjson", "stored"]);
        assert_eq!(status, Some(expected), "{lines:#?}");
        lines.into_iter().map(without).collect::<Vec<Value>>()
    };
    let checked = |names: &[&str]| {
        let (_, lines) = lines(folder.path(), &[&["check", "--format", "ndjson"][..], names].concat());
        lines.into_iter().map(without).collect::<Vec<Value>>()
    };
    store(&names);
    assert_eq!(judged(3), checked(&names));
    // Levels and waivers need no bytes.
    store(&names[..1]);
    let waiver = "[[waive]]\nrule = \"source-map-embedded\"\nreason = \"known\"\n";
    plant(folder.path(), [("packgate.toml", format!("policy = \"strict\"\n{waiver}"))]);
    let lines = judged(1);
    assert_eq!(lines[0]["policy"]["name"], "strict");
    assert_eq!(lines, checked(&names[..1]));
    // What was not looked for can't be known.
    plant(folder.path(), [("packgate.toml", "[internal]\nmarkers = [\"ACME INTERNAL\"]\n")]);
    let lines = judged(3);
    assert!(lines[0]["skipped"][0]["why"].as_str().unwrap().contains("internal.markers"), "{:#}", lines[0]);
    store(&names[..1]);
    assert_eq!(judged(1), checked(&names[..1]));
}

#[test]
fn what_is_no_inventory_of_this_version_is_refused() {
    let folder = project();
    let (_, lines_of) = lines(folder.path(), &["inventory", "--format", "ndjson", "left-edge-1.0.3.tgz"]);
    let mut other = lines_of[0].clone();
    other["facts"]["form"] = "0-old".into();
    let mut bare = lines_of[0].clone();
    bare["facts"] = Value::Null;
    plant(folder.path(), [("stored", format!("{other}\n{bare}\nnonsense\n{}\n", lines_of[0]))]);
    let (status, lines) = lines(folder.path(), &["judge", "--format", "ndjson", "stored"]);
    assert_eq!(status, Some(3));
    for (line, wanted) in lines.iter().zip(["form 0-old", "holds no facts", "is no inventory"]) {
        assert!(line["error"].as_str().unwrap().contains(wanted), "{line:#}");
    }
    assert_eq!((lines.len(), &lines[3]["verdict"]), (4, &Value::from("pass")));
    // For people, it is an error like any other.
    assert_eq!(json(folder.path(), &["judge", "--format", "json", "stored"]).0, 2);
}
