//! Files of the repository that tests make: compared, or with `INSTA_UPDATE=always` written, as insta does with its
//! snapshots.

use std::path::{Path, PathBuf};

/// Whether files are to be written instead of compared.
fn updating() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always")
}

/// A path below the repository's root.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a text of the repository with what it should be, or writes it.
pub(crate) fn file(path: &str, expected: &str) {
    let file = repository(path);
    if updating() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if found != expected {
        let diff = similar::TextDiff::from_lines(found.as_str(), expected);
        let diff = diff.unified_diff().header("in the repository", "as it should be").to_string();
        panic!("{path} is stale; `INSTA_UPDATE=always cargo test` writes it anew\n{diff}");
    }
}

/// The same for a folder: these files, and no others.
pub(crate) fn folder(folder: &str, files: &[(String, String)]) {
    for (name, text) in files {
        file(&format!("{folder}/{name}"), text);
    }
    for entry in std::fs::read_dir(repository(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if files.iter().any(|(expected, _)| *expected == name) {
            continue;
        }
        assert!(
            updating(),
            "{folder}/{name}: nothing makes this; `INSTA_UPDATE=always cargo test` removes it"
        );
        std::fs::remove_file(repository(folder).join(name)).unwrap();
    }
}
