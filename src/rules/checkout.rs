//! Checkouts that somebody has looked at as if they were what is published.

use super::for_show::is_for_show;
use crate::inventory::{Inventory, Kind};
use crate::words::counted;
use crate::{ecosystem, paths};

/// Where the packages are in a folder that belongs to git and is none itself.
pub(super) fn advice(inventory: &Inventory) -> Option<String> {
    const MOST: usize = 6;
    let is_checkout = || inventory.top_files().any(|entry| entry.path == ".git/HEAD");
    if inventory.kind != Kind::Directory || !is_checkout() {
        return None;
    }
    let folders = packages(inventory);
    let more = match folders.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" (and {})", counted(more as u64, "more folder")),
    };
    let named = folders.get(..folders.len().min(MOST))?.join(" ");
    (!named.is_empty()).then(|| {
        format!(
            "This folder is a checkout. If packages in it are published, check these: \
             packgate check {named}{more}"
        )
    })
}

/// The folders that have a manifest of their own, but for those in another one of them.
fn packages(inventory: &Inventory) -> Vec<&str> {
    const DEEPEST: usize = 2;
    let is_meant = |path: &&str| {
        let folder = paths::folder(path);
        ecosystem::is_manifest(ecosystem::file_name(path))
            && (1..=DEEPEST).contains(&folder.split('/').filter(|part| !part.is_empty()).count())
            && !folder.starts_with('.')
            && !is_for_show(path, "")
    };
    let manifests = inventory.top_files().map(|entry| entry.path.as_str()).filter(is_meant);
    let mut folders: Vec<&str> = manifests.map(paths::folder).collect();
    folders.sort_unstable();
    folders.dedup();
    let is_below =
        |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    let all = folders.clone();
    folders.retain(|folder| !all.iter().any(|other| is_below(folder, other)));
    folders
}
