//! The site is built from `docs/`, and none of its links is dead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use regex::Regex;
use tempfile::TempDir;

use crate::clients;

/// The site in a folder of its own; `None` where it can't be built.
fn built() -> Option<TempDir> {
    if !clients::have(&["mdbook"]) {
        return None;
    }
    let folder = TempDir::new().unwrap();
    let output = Command::new("mdbook")
        .args(["build", env!("CARGO_MANIFEST_DIR"), "--dest-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(folder)
}

#[test]
fn the_site_fits_a_phone() {
    if !clients::have_readers() {
        return;
    }
    let Some(folder) = built() else { return };
    let output =
        Command::new("node").arg(clients::readers().join("phone.mjs")).arg(folder.path()).output().unwrap();
    // Where there is no browser.
    if output.status.code() != Some(3) {
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_site_has_no_dead_link() {
    let Some(folder) = built() else { return };
    let mut pages = BTreeMap::new();
    read(folder.path(), folder.path(), &mut pages);
    assert!(pages.len() > 100, "only {} pages", pages.len());
    let link = Regex::new(r#"<(?:a|img|link|script) (?:[^>]*[ \n])?(?:href|src)="([^"]*)""#).unwrap();
    let name = Regex::new(r#"[ \n]id="([^"]*)""#).unwrap();
    let names: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(page, text)| {
            (page, name.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect())
        })
        .collect();
    let mut dead = Vec::new();
    let mut count = 0;
    for (page, text) in &pages {
        // The page for addresses that don't exist is served at any of them.
        let links = link.captures_iter(text).filter(|_| page != Path::new("404.html"));
        for target in links.map(|found| found.get(1).unwrap().as_str()) {
            if target.contains(':') || target.starts_with("//") {
                continue;
            }
            count += 1;
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { page.clone() } else { join(page.parent().unwrap(), path) };
            let there = folder.path().join(&file).is_file();
            let named = names.get(&file).is_none_or(|names| fragment.is_empty() || names.contains(fragment));
            if !there || !named {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    dead.sort();
    dead.dedup();
    assert!(dead.is_empty(), "{} of {count} links:\n{}", dead.len(), dead.join("\n"));
    assert!(count > 1000, "only {count} links were seen");
}

/// Every page by its path below the site.
fn read(site: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(site, &path, pages);
        } else if path.extension().is_some_and(|end| end == "html") {
            pages.insert(
                path.strip_prefix(site).unwrap().to_path_buf(),
                std::fs::read_to_string(&path).unwrap(),
            );
        }
    }
}

fn join(folder: &Path, path: &str) -> PathBuf {
    let mut joined = folder.to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => assert!(joined.pop(), "{path} leads out of the site"),
            Component::Normal(name) => joined.push(name),
            _ => {}
        }
    }
    if path.ends_with('/') { joined.join("index.html") } else { joined }
}

/// The pictures are drawn from what the program prints.
#[test]
fn the_pictures_are_fresh() {
    if !clients::have(&["python3"]) {
        return;
    }
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let folder = TempDir::new().unwrap();
    let output = Command::new("python3")
        .arg(pictures.join("make"))
        .arg(env!("CARGO_BIN_EXE_packgate"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for drawn in std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap()) {
        let name = drawn.file_name();
        let found = std::fs::read_to_string(pictures.join(&name)).unwrap_or_default().replace("\r\n", "\n");
        let fresh = std::fs::read_to_string(drawn.path()).unwrap() == found;
        assert!(fresh, "{name:?} is stale: docs/pictures/make target/debug/packgate");
    }
}
