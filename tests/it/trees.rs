//! Every rule runs on every tree under `fixtures/trees`, so that a rule that fires on somebody else's case
//! shows up as a difference. `PACKGATE_UPDATE=1` writes `fixtures/expected` anew.

use std::fs;
use std::path::Path;

use packgate::audit::{Auditor, Options};
use packgate::rules;

use crate::samples::{files, fixtures, npm_tarball};

/// One line per finding: level, rule, place.
fn findings(tree: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let tarball = folder.path().join("package-1.0.0.tgz");
    fs::write(&tarball, npm_tarball(&files(tree))).unwrap();
    let audit = Auditor::new(Options::default()).audit(&tarball, 1).unwrap();
    let mut text = format!("{:?} under {}\n", audit.verdict, audit.policy.name).to_lowercase();
    for judged in &audit.findings {
        let (finding, level) = (&judged.finding, judged.level.word());
        text.push_str(&format!("{level} {} {}\n", finding.rule, finding.place.path));
    }
    text
}

#[test]
fn every_rule_on_every_tree() {
    let mut wrong = Vec::new();
    for tree in fs::read_dir(fixtures().join("trees")).unwrap() {
        let tree = tree.unwrap().path();
        let name = tree.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = fixtures().join("expected").join(format!("{name}.txt"));
        let found = findings(&tree);
        if std::env::var_os("PACKGATE_UPDATE").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "PACKGATE_UPDATE=1 takes these over:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_file_is_in_the_list() {
    // What several rules share, and the families whose rules stand in a table under `policies/`.
    let shared = [
        "archive",
        "context",
        "compiled",
        "defects",
        "finding",
        "for_show",
        "maps",
        "mentions",
        "mod",
        "not_applied",
        "project_archive",
        "promise_tests",
        "rule",
        "secret",
        "secrets_page",
        "source_findings",
        "stray",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !shared.contains(&name.as_str()))
        .map(|name| name.replace('_', "-"))
        .collect();
    files.sort();
    let mut names: Vec<String> = rules::ALL
        .iter()
        .map(|rule| rule.name.to_owned())
        .filter(|name| !name.starts_with("secret-") && !name.starts_with("stray-"))
        .collect();
    names.sort();
    assert_eq!(files, names);
}
