//! Where links of an artifact end, the links on the way followed.

use std::collections::{HashMap, HashSet};

use crate::inventory::{Entry, EntryId, EntryKind, Inventory};

/// Links followed for one; systems follow 40 at most.
const MOST: usize = 40;

/// The links of an artifact, and what else is there.
pub(super) struct Links<'a> {
    targets: HashMap<(Option<EntryId>, &'a str), &'a str>,
    /// Files, and folders with something in them.
    there: HashSet<(Option<EntryId>, &'a str)>,
    /// The first entry of each path that is a file.
    files: HashMap<(Option<EntryId>, &'a str), EntryId>,
}

/// Where a link ends.
pub(super) enum End {
    /// At a file or folder beside it.
    There,
    /// Nowhere, or at itself.
    Nowhere,
    /// Out of the folder that is installed.
    Outside,
}

impl<'a> Links<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Self {
        let mut links = Self { targets: HashMap::new(), there: HashSet::new(), files: HashMap::new() };
        let is_link =
            |entry: &&Entry| matches!(entry.kind, EntryKind::Symlink { .. } | EntryKind::Hardlink { .. });
        // Most artifacts have none, and then nobody asks what is there.
        if !inventory.everything().any(|entry| is_link(&entry)) {
            return links;
        }
        for entry in inventory.everything() {
            let path = entry.path.as_str();
            let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
            links.there.extend(folders.map(|folder| (entry.parent, folder)));
            match &entry.kind {
                EntryKind::Symlink { target } => {
                    links.targets.insert((entry.parent, path), target);
                }
                EntryKind::Hardlink { .. } => {}
                kind => {
                    links.there.insert((entry.parent, path));
                    if *kind == EntryKind::File {
                        links.files.entry((entry.parent, path)).or_insert(entry.id);
                    }
                }
            }
        }
        links
    }

    /// Where a link ends; what is no link is nowhere.
    pub(super) fn end(&self, entry: &Entry) -> End {
        match &entry.kind {
            EntryKind::Symlink { target } => {
                match self.follow(entry.parent, folder_of(&entry.path), target) {
                    Ok(path) if self.there.contains(&(entry.parent, path.as_str())) => End::There,
                    Ok(_) => End::Nowhere,
                    Err(end) => end,
                }
            }
            // A hard link names an entry from the root: a file that was unpacked before it.
            EntryKind::Hardlink { target } => match self.follow(entry.parent, "", target) {
                Ok(path) => match self.files.get(&(entry.parent, path.as_str())) {
                    Some(file) if *file < entry.id => End::There,
                    _ => End::Nowhere,
                },
                Err(end) => end,
            },
            _ => End::Nowhere,
        }
    }

    /// The path at which a target ends, or that it ends at none.
    fn follow(&self, within: Option<EntryId>, folder: &str, target: &str) -> Result<String, End> {
        let mut at: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
        let mut ahead: Vec<&str> = Vec::new();
        let mut followed = 0;
        let mut next = Some(target);
        loop {
            if let Some(target) = next.take() {
                if is_rooted(target) {
                    return Err(End::Outside);
                }
                ahead.extend(target.split(['/', '\\']).rev());
            }
            let Some(segment) = ahead.pop() else { break };
            match segment {
                "" | "." => {}
                ".." if at.pop().is_none() => return Err(End::Outside),
                ".." => {}
                name => {
                    at.push(name);
                    next = self.targets.get(&(within, at.join("/").as_str())).copied();
                    if next.is_some() {
                        at.pop();
                        followed += 1;
                    }
                }
            }
            if followed > MOST {
                return Err(End::Nowhere);
            }
        }
        Ok(at.join("/"))
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a target begins at a root or a drive.
fn is_rooted(target: &str) -> bool {
    target.starts_with(['/', '\\']) || target.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::tree;

    fn end(links: &[(&str, &str)]) -> &'static str {
        let paths: Vec<&str> = links.iter().map(|(path, _)| *path).chain(["top/a/b/c.txt"]).collect();
        let mut inventory = tree(&paths);
        for (entry, (_, target)) in inventory.entries.iter_mut().zip(links) {
            entry.kind = EntryKind::Symlink { target: (*target).into() };
        }
        match Links::of(&inventory).end(&inventory.entries[0]) {
            End::There => "there",
            End::Nowhere => "nowhere",
            End::Outside => "outside",
        }
    }

    #[test]
    fn links_on_the_way_are_followed() {
        for (links, expected) in [
            (&[("top/l", "a/b")][..], "there"),
            (&[("top/l", "a/b/../..")], "there"),
            (&[("top/l", "x/b"), ("top/x", "a")], "there"),
            (&[("top/l", "a/b/d.txt")], "nowhere"),
            (&[("top/l", "l")], "nowhere"),
            (&[("top/l", "m"), ("top/m", "l")], "nowhere"),
            (&[("top/l", "../../x")], "outside"),
            (&[("top/l", "C:x")], "outside"),
            // As text the first of these stays inside.
            (&[("top/l", "a/up/../.."), ("top/a/up", "..")], "outside"),
            (&[("top/l", "m/c.txt"), ("top/m", "/etc")], "outside"),
        ] {
            assert_eq!(end(links), expected, "{links:?}");
        }
    }
}
