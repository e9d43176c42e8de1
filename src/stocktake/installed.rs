//! The installed view: what a package's client makes of its entries on disk. Each format says where an entry lands;
//! here it is told where two of them land at one place, outside, or under another name.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::ecosystem::{self, Format};
use crate::inventory::{Anomaly, AnomalyKind, Entry, EntryId, EntryKind, Inventory};
use crate::unpack::{clients, folded};

/// Notes where each entry lands, and what is odd about that. Marks the archives that the client unpacks, and leaves
/// of what depends on the client what this one reads otherwise.
pub(super) fn mark(inventory: &mut Inventory) {
    let format = ecosystem::format(inventory.kind);
    mark_payloads(inventory, format);
    let landed: Vec<(EntryId, String, Option<u16>)> = inventory
        .everything()
        .filter(|entry| inventory.is_unpacked(entry) && lands(entry))
        .filter_map(|entry| {
            let path = format.installs(inventory, entry)?;
            let mode = format.installed_mode(inventory, entry).filter(|_| entry.kind == EntryKind::File);
            Some((entry.id, path, mode.and_then(|mode| u16::try_from(mode).ok())))
        })
        .collect();
    for (id, path, mode) in landed {
        if let Some(entry) = inventory.entries.get_mut(id.index()) {
            entry.installed = Some(path.into_boxed_str());
            entry.installed_mode = mode;
        }
    }
    let odd = format.odd_landings(inventory);
    give_way(inventory, &odd);
    let mut anomalies = collisions(inventory);
    anomalies.extend(escapes(inventory));
    anomalies.extend(odd);
    inventory.anomalies.extend(anomalies);
}

fn lands(entry: &Entry) -> bool {
    !matches!(entry.kind, EntryKind::Directory | EntryKind::Blob { .. })
}

fn mark_payloads(inventory: &mut Inventory, format: &dyn Format) {
    let mut payloads: BTreeSet<EntryId> = BTreeSet::new();
    let unpacks = format.unpacks(inventory);
    // An archive stands before what is in it.
    for entry in inventory.files() {
        let is_at_hand = entry.parent.is_none_or(|parent| payloads.contains(&parent));
        if is_at_hand && entry.kind == EntryKind::File && unpacks(entry) {
            payloads.insert(entry.id);
        }
    }
    drop(unpacks);
    let places: HashSet<String> =
        payloads.iter().filter_map(|id| Some(inventory.entry(*id)?.place.clone())).collect();
    for anomaly in &mut inventory.anomalies {
        anomaly.payload = places.contains(&anomaly.container);
    }
    let of = format.read_by(inventory);
    inventory.anomalies.retain_mut(|anomaly| {
        if !anomaly.kind.depends_on_client() {
            return true;
        }
        // A payload is written below a folder, where a dot before its names says nothing.
        let is_idle = anomaly.is_nested() || anomaly.payload && anomaly.kind == AnomalyKind::PathDot;
        let otherwise = clients::otherwise(anomaly.kind, of).filter(|_| !is_idle);
        if let Some((client, how)) = otherwise {
            anomaly.detail = format!("{}: {client} {how}", anomaly.detail);
        }
        otherwise.is_some()
    });
    inventory.payloads = payloads;
}

/// What is renamed isn't installed where a file of its folder has its new name, whichever of them comes first.
fn give_way(inventory: &mut Inventory, odd: &[Anomaly]) {
    let renamed = odd.iter().filter(|anomaly| anomaly.kind == AnomalyKind::Renamed);
    let renamed: HashSet<&str> = renamed.map(|anomaly| anomaly.place.as_str()).collect();
    if renamed.is_empty() {
        return;
    }
    let landed = |entry: &Entry| {
        let folder = entry.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        (folder, entry.installed.clone())
    };
    let (gives_way, keeps): (Vec<&Entry>, Vec<&Entry>) =
        inventory.everything().partition(|entry| renamed.contains(entry.place.as_str()));
    let kept: HashSet<_> = keeps.into_iter().map(landed).collect();
    let gone: Vec<EntryId> = gives_way
        .into_iter()
        .filter(|entry| entry.installed.is_some() && kept.contains(&landed(entry)))
        .map(|entry| entry.id)
        .collect();
    for id in gone {
        if let Some(entry) = inventory.entries.get_mut(id.index()) {
            entry.installed = None;
            entry.installed_mode = None;
        }
    }
}

/// Entries of different paths that land at one place, everywhere or where case and Unicode form don't count. What
/// collides by its own path was told by the walker.
fn collisions(inventory: &Inventory) -> Vec<Anomaly> {
    let mut at: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in inventory.everything() {
        if let Some(installed) = &entry.installed {
            at.entry(folded(installed)).or_default().push(entry);
        }
    }
    let mut anomalies = Vec::new();
    for entries in at.values() {
        let Some((first, others)) = entries.split_first() else { continue };
        for other in others
            .iter()
            .filter(|other| other.parent != first.parent || folded(&other.path) != folded(&first.path))
        {
            let installed = other.installed.as_deref().unwrap_or_default();
            let same_place = other.installed == first.installed;
            let (kind, what) = if first.sha256.is_some() && first.sha256 == other.sha256 {
                (AnomalyKind::DuplicateIdentical, "with the same bytes")
            } else if same_place {
                (AnomalyKind::Duplicate, "with different bytes: which of them stays depends on the client")
            } else {
                (AnomalyKind::NameCollision, "on Windows and macOS: one file replaces the other")
            };
            let detail = format!("it is installed as `{installed}`, like `{}`, {what}", first.path);
            anomalies.push(Anomaly::of(kind, other, detail));
        }
    }
    anomalies.extend(files_as_folders(inventory));
    anomalies.sort_by_key(|anomaly| anomaly.offset);
    anomalies
}

/// Files that land where others land in a folder of that name, unless their own paths say so already.
fn files_as_folders(inventory: &Inventory) -> Vec<Anomaly> {
    let installed = || inventory.everything().filter_map(|entry| Some((entry.installed.as_deref()?, entry)));
    let files: HashSet<&str> = installed().map(|(path, _)| path).collect();
    let own: HashSet<(Option<EntryId>, &str)> =
        installed().map(|(_, entry)| (entry.parent, entry.path.as_str())).collect();
    let is_below = |path: &str, a_file: &dyn Fn(&str) -> bool| {
        path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(a_file))
    };
    installed()
        .filter(|(path, entry)| {
            is_below(path, &|folder| files.contains(folder))
                && !is_below(&entry.path, &|folder| own.contains(&(entry.parent, folder)))
        })
        .map(|(path, entry)| {
            let detail =
                format!("it is installed as `{path}`, below another entry that is installed as a file");
            Anomaly::of(AnomalyKind::FileAsFolder, entry, detail)
        })
        .collect()
}

/// Entries that only the client's own doing takes out of their folder.
fn escapes(inventory: &Inventory) -> impl Iterator<Item = Anomaly> {
    let climbs = |path: &str| path.split(['/', '\\']).any(|segment| segment == "..");
    inventory.everything().filter_map(move |entry| {
        let installed = entry.installed.as_deref().filter(|path| climbs(path) && !climbs(&entry.path))?;
        let detail = format!("it is installed as `{installed}`, outside the package's folder");
        Some(Anomaly::of(AnomalyKind::PathTraversal, entry, detail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Kind;
    use crate::inventory::testing::numbered;

    fn marked(kind: Kind, paths: &[&str], anomaly: AnomalyKind, container: &str) -> Vec<bool> {
        let entry = |path: &&str| Entry { path: (*path).into(), place: (*path).into(), ..Entry::default() };
        let anomaly = Anomaly { kind: anomaly, container: container.into(), ..Anomaly::default() };
        let mut inventory = Inventory {
            kind,
            entries: numbered(paths.iter().map(entry)),
            anomalies: vec![anomaly],
            ..Inventory::default()
        };
        mark(&mut inventory);
        inventory.anomalies.iter().map(Anomaly::is_nested).collect()
    }

    #[test]
    fn what_the_client_unpacks_is_read_as_the_package_itself() {
        let gem = ["metadata.gz", "data.tar.gz", "data/x.tar.gz"];
        let twice = AnomalyKind::GzipMembers;
        assert_eq!(marked(Kind::Gem, &gem, twice, "data.tar.gz"), [false]);
        assert_eq!(marked(Kind::Gem, &gem, twice, "data.tar.gz!x.gz"), [true]);
        assert_eq!(marked(Kind::Npm, &gem, twice, "data.tar.gz"), [true]);
        let conda = ["metadata.json", "pkg-acme-1.0.0.tar.zst", "info-acme-1.0.0.tar.zst"];
        assert_eq!(marked(Kind::Zip, &conda, twice, "pkg-acme-1.0.0.tar.zst"), [false]);
        assert_eq!(marked(Kind::Zip, &conda[1..], twice, "pkg-acme-1.0.0.tar.zst"), [false]);
        assert_eq!(marked(Kind::Zip, &conda[..2], twice, "pkg-acme-1.0.0.tar.zst"), [true]);
    }

    #[test]
    fn what_all_clients_of_a_package_take_alike_is_dropped() {
        let gem = ["metadata.gz", "data.tar.gz"];
        let name = AnomalyKind::TarPaxName;
        assert_eq!(marked(Kind::Gem, &gem, name, "data.tar.gz"), [false]);
        assert_eq!(marked(Kind::Gem, &gem, name, "data.tar.gz!x.tar"), [false; 0]);
        assert_eq!(marked(Kind::Npm, &["package/a.js"], name, ""), [false; 0]);
    }

    fn entry((path, installed, sha256): &(&str, &str, Option<&str>)) -> Entry {
        Entry {
            path: (*path).into(),
            installed: Some((*installed).into()),
            sha256: sha256.map(str::to_owned),
            ..Entry::default()
        }
    }

    fn kinds(inventory: &Inventory) -> Vec<AnomalyKind> {
        collisions(inventory).into_iter().chain(escapes(inventory)).map(|anomaly| anomaly.kind).collect()
    }

    fn collided(entries: &[(&str, &str, Option<&str>)]) -> Vec<AnomalyKind> {
        kinds(&Inventory { entries: numbered(entries.iter().map(entry)), ..Inventory::default() })
    }

    #[test]
    fn entries_that_land_at_one_place_are_told() {
        let a = ("acme/a.py", "acme/a.py", Some("1"));
        let with = |path, installed, digest| collided(&[a, (path, installed, digest)]);
        assert_eq!(with("x.data/purelib/acme/a.py", "acme/a.py", Some("2")), [AnomalyKind::Duplicate]);
        assert_eq!(with("x.data/purelib/acme/a.py", "acme/a.py", None), [AnomalyKind::Duplicate]);
        assert_eq!(
            with("x.data/purelib/acme/a.py", "acme/a.py", Some("1")),
            [AnomalyKind::DuplicateIdentical]
        );
        assert_eq!(with("x.data/purelib/acme/A.py", "acme/A.py", Some("2")), [AnomalyKind::NameCollision]);
        assert_eq!(with("x.data/purelib/acme/a.py/b", "acme/a.py/b", Some("2")), [AnomalyKind::FileAsFolder]);
        assert_eq!(with("lib/%2e%2e/b", "lib/../b", Some("2")), [AnomalyKind::PathTraversal]);
        // conda unpacks two archives into one folder.
        let mut two = Inventory {
            entries: numbered([entry(&a), entry(&("acme/a.py", "acme/a.py", Some("2")))]),
            ..Inventory::default()
        };
        two.entries[1].parent = Some(EntryId(7));
        assert_eq!(kinds(&two), [AnomalyKind::Duplicate]);
        // The walker tells what collides by its own path.
        assert_eq!(with("acme/A.py", "acme/A.py", Some("2")), []);
        assert_eq!(with("acme/b.py", "acme/b.py", Some("1")), []);
    }

    #[test]
    fn a_renamed_file_gives_way_to_its_neighbour_whichever_comes_first() {
        let file =
            |(path, installed): (&str, &str)| Entry { place: path.into(), ..entry(&(path, installed, None)) };
        let git = ("p/.gitignore", ".npmignore");
        for files in [[("p/.npmignore", ".npmignore"), git], [git, ("p/.npmignore", ".npmignore")]] {
            let kept = files.into_iter().chain([("q/.npmignore", ".npmignore"), ("p/b", "c"), ("p/c", "c")]);
            let mut inventory = Inventory { entries: numbered(kept.map(file)), ..Inventory::default() };
            let renamed = inventory.entries.iter().find(|entry| entry.path == git.0).unwrap();
            let renamed = [Anomaly::of(AnomalyKind::Renamed, renamed, String::new())];
            give_way(&mut inventory, &renamed);
            let left_out = inventory.everything().filter(|entry| entry.installed.is_none());
            assert_eq!(left_out.map(|entry| entry.path.as_str()).collect::<Vec<_>>(), [git.0]);
            let places: Vec<String> =
                collisions(&inventory).into_iter().map(|anomaly| anomaly.place).collect();
            assert_eq!(places, ["q/.npmignore", "p/c"]);
        }
    }

    #[test]
    fn a_renamed_file_stays_beside_what_is_in_another_folder() {
        let file =
            |(path, installed): (&str, &str)| Entry { place: path.into(), ..entry(&(path, installed, None)) };
        let files = [("q/.npmignore", ".npmignore"), ("p/.gitignore", ".npmignore")];
        let mut inventory = Inventory { entries: numbered(files.map(file)), ..Inventory::default() };
        let renamed = [Anomaly::of(AnomalyKind::Renamed, &inventory.entries[1], String::new())];
        give_way(&mut inventory, &renamed);
        assert_eq!(kinds(&inventory), [AnomalyKind::Duplicate]);
    }
}
