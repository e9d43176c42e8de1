//! What people read on a terminal, as a whole: a change of words shows as a difference.

use tempfile::TempDir;

use crate::cli::{packgate, sample, text};

/// Compares a text with the snapshot of this name in a folder next to this file. `INSTA_UPDATE=always` takes it
/// over; otherwise it is left beside the snapshot, for `cargo insta review`.
pub(crate) fn snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What a command prints, the samples' folder taken out.
fn printed(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let output = packgate(folder.path(), arguments);
    let samples = sample("").display().to_string();
    format!("{}{}", text(&output.stdout), text(&output.stderr)).replace(&samples, "samples/")
}

#[test]
fn the_human_report() {
    let (leak, clean) = (sample("acme-cli-2.1.88.tgz"), sample("left-edge-1.0.3.tgz"));
    let [leak, clean] = [&leak, &clean].map(|path| path.to_str().unwrap());
    snapshot("snapshots", "check-blocked", &printed(&["check", leak]));
    snapshot("snapshots", "check-pass", &printed(&["check", clean]));
    snapshot("snapshots", "check-quiet", &printed(&["check", "--quiet", leak, clean]));
    snapshot("snapshots", "inventory", &printed(&["inventory", leak]));
    snapshot("snapshots", "diff", &printed(&["diff", clean, leak]));
}

#[test]
fn the_page_of_a_rule() {
    snapshot("snapshots", "explain", &printed(&["explain", "source-map-embedded"]));
}

#[test]
fn a_misspelt_rule() {
    snapshot("snapshots", "unknown-rule", &printed(&["explain", "source-map-embeded"]));
}
