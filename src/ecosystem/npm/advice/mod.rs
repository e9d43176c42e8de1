//! Words of helps for npm packages.

pub(super) mod builds;
mod items;

use crate::ecosystem::unwanted::narrowed;
use crate::ecosystem::{Advice, Change, Edit, List, Unwanted};
use crate::inventory::{Declared, Inventory, Making};

use super::MANIFEST;
use super::entry_points::is_not_needed;

pub(in crate::ecosystem) use items::Item;

pub(super) struct NpmAdvice;

impl Advice for NpmAdvice {
    fn leave_out(&self, inventory: &Inventory, unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        let declared = &inventory.package.as_ref()?.declared;
        let packer = inventory.making.packer;
        match declared.has_allowlist? {
            true => Some(from_list(&declared.patterns, unwanted, packer)),
            false => {
                let items = items::with_all(&declared.proposal, unwanted);
                Some(vec![without_list(&items, unwanted, packer)])
            }
        }
    }

    fn packs_by(&self, making: &Making) -> Option<&'static str> {
        Some(match making.packer {
            "pnpm" => "pnpm pack",
            "yarn" | "yarn 1" => "yarn pack",
            "bun" => "bun pm pack",
            _ => "npm pack",
        })
    }

    fn allowlist(&self, _declared: &Declared, items: &[String]) -> Option<String> {
        Some(format!("\"files\": [{}]", items.join(", ")))
    }

    fn without_allowlist(&self) -> [&'static str; 2] {
        [
            "package.json has no \"files\": everything in the folder ships unless an ignore file names it.",
            "Write \"files\" with the folders that are meant to ship.",
        ]
    }

    fn packed_by<'a>(&self, items: &'a [String]) -> Box<dyn Fn(&str) -> bool + 'a> {
        let items: Vec<Item<'_>> = items.iter().map(|item| Item::new(item)).collect();
        Box::new(move |path| is_always_packed(path) || items.iter().any(|item| item.covers(path)))
    }

    fn let_in(&self, declared: &Declared, path: &str) -> Option<Edit> {
        let item = path.split('/').next().filter(|item| !is_not_needed(item))?;
        let is_named = |listed: &String| Item::new(listed.trim_start_matches('!')).covers(path);
        if declared.has_allowlist? {
            let add = || files(Vec::new(), Change::Add(vec![item.to_owned()]));
            return (!declared.patterns.iter().any(is_named)).then(add);
        }
        let proposal = &declared.proposal;
        if proposal.iter().any(is_named) { self.new_allowlist(proposal) } else { None }
    }

    fn new_allowlist(&self, items: &[String]) -> Option<Edit> {
        (!items.is_empty()).then(|| files(items.to_vec(), Change::Add(Vec::new())))
    }
}

/// A change to `files`; `begins_with` is what stands in a new one.
pub(in crate::ecosystem) fn files(begins_with: Vec<String>, change: Change) -> Edit {
    let list = Some(List { tables: &[], key: "files", begins_with });
    Edit { file: MANIFEST.to_owned(), list, change }
}

/// Items that take files away, behind all others: `!**/.env`.
fn taken_away(patterns: &[String]) -> Vec<String> {
    patterns.iter().map(|pattern| format!("!{pattern}")).collect()
}

/// With `files` there, items that take away are added, if the client reads them as such.
fn from_list(items: &[String], unwanted: &Unwanted<'_>, packer: &str) -> Vec<Edit> {
    // yarn 1 packs the whole folder as soon as there is one; later ones don't hold it against files at the top; npm
    // loses files where `.` stands beside one.
    let narrows = packer == "yarn 1"
        || packer == "yarn" && unwanted.paths.iter().any(|path| !path.contains('/'))
        || items.iter().any(|item| items::is_whole_folder(item));
    if narrows {
        return narrow(items, unwanted);
    }
    // npm and pnpm pack a file that an item names, whatever others say.
    let named = items.iter().filter(|item| unwanted.paths.contains(items::plain(item)));
    let mut edits: Vec<Edit> =
        named.map(|item| files(Vec::new(), Change::Replace { item: item.clone(), by: Vec::new() })).collect();
    let rest: Vec<String> =
        items.iter().filter(|item| !unwanted.paths.contains(items::plain(item))).cloned().collect();
    if rest.iter().any(|item| Item::new(item).covers_any(&unwanted.paths)) || edits.is_empty() {
        edits.push(files(Vec::new(), Change::Add(taken_away(&unwanted.patterns))));
    }
    edits
}

/// Without it, a list is written of what is meant to ship.
fn without_list(items: &[String], unwanted: &Unwanted<'_>, packer: &str) -> Edit {
    if !items.iter().any(|item| Item::new(item).covers_any(&unwanted.paths)) {
        return files(items.to_vec(), Change::Add(Vec::new()));
    }
    if packer.starts_with("yarn") {
        let finer = items.iter().flat_map(|item| finer(item, unwanted)).collect();
        return files(finer, Change::Add(Vec::new()));
    }
    files(items.to_vec(), Change::Add(taken_away(&unwanted.patterns)))
}

/// Replaces each item that covers an unwanted file by finer ones.
pub(in crate::ecosystem) fn narrow(items: &[String], unwanted: &Unwanted<'_>) -> Vec<Edit> {
    let too_wide = |item: &&String| !item.starts_with('!') && Item::new(item).covers_any(&unwanted.paths);
    items
        .iter()
        .filter(too_wide)
        .map(|item| files(Vec::new(), Change::Replace { item: item.clone(), by: finer(item, unwanted) }))
        .collect()
}

fn finer(item: &str, unwanted: &Unwanted<'_>) -> Vec<String> {
    let one = Item::new(item);
    match one.covers_any(&unwanted.paths) {
        true => narrowed(unwanted, |path| one.covers(path) && !is_always_packed(path)),
        false => vec![item.to_owned()],
    }
}

fn is_always_packed(path: &str) -> bool {
    let name = path.to_lowercase();
    !path.contains('/')
        && (name == MANIFEST || ["readme", "license", "licence"].iter().any(|one| name.starts_with(one)))
}
