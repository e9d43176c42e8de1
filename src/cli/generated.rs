//! Checks that the manual pages match the arguments. `INSTA_UPDATE=always cargo test generated` rewrites them.

use clap::CommandFactory as _;

#[path = "../../tests/shared/fresh.rs"]
mod fresh;

/// `packgate.1` and a page for each subcommand.
#[test]
fn manual() {
    let folder = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(super::Arguments::command(), folder.path()).unwrap();
    let mut pages: Vec<(String, String)> = Vec::new();
    for page in std::fs::read_dir(folder.path()).unwrap() {
        let page = page.unwrap();
        let text = std::fs::read_to_string(page.path()).unwrap();
        pages.push((page.file_name().into_string().unwrap(), text));
    }
    pages.sort();
    assert!(pages.iter().any(|(name, _)| name == "packgate-check.1"));
    fresh::folder("docs/man", &pages);
}
