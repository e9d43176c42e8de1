//! Archives within a package that its client unpacks: they are read as strictly as the package itself.

use crate::inventory::{Entry, EntryId, Inventory, Kind};
use crate::unpack::clients;

/// Marks the archives that the client unpacks, and leaves of what depends on the client what this one reads
/// otherwise.
pub(super) fn mark(inventory: &mut Inventory) {
    let payloads: Vec<EntryId> =
        inventory.top_files().filter(|entry| is_payload(inventory, entry)).map(|entry| entry.id).collect();
    let places: Vec<String> =
        payloads.iter().filter_map(|id| Some(inventory.entry(*id)?.place.clone())).collect();
    let kind = inventory.kind;
    for anomaly in &mut inventory.anomalies {
        anomaly.payload = places.contains(&anomaly.container);
    }
    inventory.anomalies.retain_mut(|anomaly| {
        if !anomaly.kind.depends_on_client() {
            return true;
        }
        let otherwise = clients::otherwise(anomaly.kind, kind).filter(|_| !anomaly.is_nested());
        if let Some((client, how)) = otherwise {
            anomaly.detail = format!("{}: {client} {how}", anomaly.detail);
        }
        otherwise.is_some()
    });
    inventory.payloads = payloads;
}

fn is_payload(inventory: &Inventory, entry: &Entry) -> bool {
    let name = entry.path.as_str();
    match inventory.kind {
        Kind::Gem => matches!(name, "data.tar.gz" | "metadata.gz" | "checksums.yaml.gz"),
        // A tool package may hold packages.
        Kind::Nupkg => name.ends_with(".nupkg"),
        Kind::Zip => is_conda(inventory) && (name.starts_with("pkg-") || name.starts_with("info-")),
        Kind::Tar if inventory.artifact.containers == ["ar"] => {
            name.starts_with("data.tar") || name.starts_with("control.tar")
        }
        _ => false,
    }
}

/// The second format of conda: a zip of two archives and a note.
fn is_conda(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| entry.path == "metadata.json")
        && inventory.top_files().any(|entry| entry.path.starts_with("pkg-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{Anomaly, AnomalyKind};

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
        assert_eq!(marked(Kind::Zip, &conda[1..], twice, "pkg-acme-1.0.0.tar.zst"), [true]);
    }

    #[test]
    fn what_all_clients_of_a_package_take_alike_is_dropped() {
        let gem = ["metadata.gz", "data.tar.gz"];
        let name = AnomalyKind::TarPaxName;
        assert_eq!(marked(Kind::Gem, &gem, name, "data.tar.gz"), [false]);
        assert_eq!(marked(Kind::Gem, &gem, name, "data.tar.gz!x.tar"), [false; 0]);
        assert_eq!(marked(Kind::Npm, &["package/a.js"], name, ""), [false; 0]);
    }
}
