//! Files that are made from the code are as the code would make them now.
//! `PACKGATE_UPDATE=1 cargo test --test it generated` makes them anew.

use std::path::Path;

/// Compares a file of the repository with what it should be, or rewrites it when asked to.
fn fresh(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("PACKGATE_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{path} is stale; run PACKGATE_UPDATE=1 cargo test --test it generated");
}

#[test]
fn report_schema() {
    let schema = serde_json::to_string_pretty(&packgate::report::wire::schema()).unwrap();
    fresh("docs/report.schema.json", &format!("{schema}\n"));
}

#[test]
fn settings_schema() {
    let schema = serde_json::to_string_pretty(&packgate::policy::schema()).unwrap();
    fresh("docs/packgate.schema.json", &format!("{schema}\n"));
}

#[test]
fn policy_reference() {
    fresh("docs/policy.md", &packgate::policy::reference());
}
