//! The place in a project's manifest that says whether cargo leaves debug information in what it builds.

use std::path::{Path, PathBuf};

use super::MANIFEST;
use super::project::table_at;
use crate::inventory::BuildOption;
use crate::project::read;

/// Where a package of another ecosystem has its part in Rust.
const BELOW: [&str; 5] = ["native", "rust", "crate", "src-rust", "src-tauri"];

/// The line of the profile that releases are built by, or where it would stand. cargo reads profiles at the root of a
/// workspace alone.
pub(in crate::ecosystem) fn debug_option(project: &Path) -> Option<BuildOption> {
    let folder = manifest_folder(project)?;
    let text = read(&folder.join(MANIFEST))?;
    let file = match folder.strip_prefix(project) {
        Ok(below) => below.join(MANIFEST).to_string_lossy().replace('\\', "/"),
        Err(_) => {
            let up = project.strip_prefix(&folder).ok()?.components().count();
            format!("{}{MANIFEST}", "../".repeat(up))
        }
    };
    let (line, text, instead) = in_text(&text);
    Some(BuildOption { tool: "cargo", file, line, text, instead: instead.to_owned() })
}

fn manifest_folder(project: &Path) -> Option<PathBuf> {
    let has = |folder: &&Path| folder.join(MANIFEST).is_file();
    let below = || BELOW.iter().map(|name| project.join(name)).find(|folder| folder.join(MANIFEST).is_file());
    let own = has(&project).then(|| project.to_path_buf()).or_else(below)?;
    let above = own.ancestors().filter(has);
    let is_root = |folder: &Path| table_at(folder).is_some_and(|table| table.contains_key("workspace"));
    let root = above.into_iter().find(|folder| is_root(folder)).map(Path::to_path_buf);
    Some(root.unwrap_or(own))
}

/// The line, what stands there, and what to write.
fn in_text(text: &str) -> (u64, String, &'static str) {
    const STRIP: &str = "strip = true";
    let mut header = None;
    let mut is_open = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.starts_with('[') {
            is_open = line == "[profile.release]";
            header = header.or(is_open.then_some(number));
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_open) else { continue };
        let instead = match (key.trim(), value.trim().trim_matches(['"', '\''])) {
            ("debug", value) if !matches!(value, "0" | "false" | "none") => "debug = false",
            ("strip", "false" | "none") => STRIP,
            _ => continue,
        };
        return (number, line.to_owned(), instead);
    }
    (header.unwrap_or(0), String::new(), STRIP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(files: &[(&str, &str)], project: &str) -> Option<BuildOption> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = folder.path().join(project);
        std::fs::create_dir_all(&project).unwrap();
        debug_option(&project)
    }

    #[test]
    fn the_line_of_the_profile() {
        let own = "[package]\nname = \"a\"\n";
        let workspace = "[workspace]\nmembers = [\"b\"]\n[profile.release]\nlto = true\n";
        for (files, project, expected) in [
            (&[("Cargo.toml", own)][..], "", Some(("Cargo.toml", 0, "", "strip = true"))),
            (&[("native/Cargo.toml", own)], "", Some(("native/Cargo.toml", 0, "", "strip = true"))),
            (
                &[("Cargo.toml", "[profile.dev]\ndebug = 2\n[profile.release] # x\ndebug = 1 # y\n")],
                "",
                Some(("Cargo.toml", 4, "debug = 1", "debug = false")),
            ),
            (
                &[("Cargo.toml", "[profile.release]\ndebug = false\nstrip = \"none\"\n")],
                "",
                Some(("Cargo.toml", 3, "strip = \"none\"", "strip = true")),
            ),
            (
                &[("Cargo.toml", workspace), ("b/Cargo.toml", own)],
                "b",
                Some(("../Cargo.toml", 3, "", "strip = true")),
            ),
            (&[("package.json", "{}")], "", None),
        ] {
            let found = option(files, project);
            let found = found
                .as_ref()
                .map(|one| (one.file.as_str(), one.line, one.text.as_str(), one.instead.as_str()));
            assert_eq!(found, expected);
        }
    }
}
