//! Every rule runs on every tree under `fixtures/trees`, so that a rule that fires on somebody else's case
//! shows up as a difference from `fixtures/expected`.

use std::fs;
use std::path::Path;

use packgate::audit::{Auditor, Options};
use packgate::rules;

use crate::judged;
use crate::samples::{files, fixtures, npm_tarball};
use crate::snapshots::snapshot;

/// One line per finding: level, rule, place.
fn findings(tree: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let tarball = folder.path().join("package-1.0.0.tgz");
    fs::write(&tarball, npm_tarball(&files(tree))).unwrap();
    let auditor = Auditor::new(Options::default());
    judged::as_checked(&auditor, &tarball);
    let audit = auditor.audit(&tarball, 1).unwrap();
    let mut text = format!("{:?} under {}\n", audit.verdict, audit.policy.name).to_lowercase();
    for judged in &audit.findings {
        let (finding, level) = (&judged.finding, judged.level.word());
        text.push_str(&format!("{level} {} {}\n", finding.rule, finding.place.path));
    }
    text
}

#[test]
fn every_rule_on_every_tree() {
    for tree in fs::read_dir(fixtures().join("trees")).unwrap() {
        let tree = tree.unwrap().path();
        let name = tree.file_name().unwrap().to_str().unwrap();
        snapshot("../../fixtures/expected", name, &findings(&tree));
    }
}

#[test]
fn every_rule_file_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let rules = text.split(": Rule = Rule {\n    name: ").skip(1);
        files.extend(rules.map(|rule| match rule.split(',').next().unwrap() {
            "UNEXAMINED" => packgate::settings::UNEXAMINED.to_owned(),
            name => name.trim_matches('"').to_owned(),
        }));
    }
    files.sort();
    let mut names: Vec<String> = rules::ALL
        .iter()
        .map(|rule| rule.name.to_owned())
        .filter(|name| !name.starts_with("secret-") && !name.starts_with("stray-"))
        .collect();
    names.sort();
    assert_eq!(files, names);
}
