//! Archives whose clients know their members by name: Debian's packages and the second format of conda.

use crate::inventory::{Anomaly, AnomalyKind, Entry, Inventory};

/// The two parts of a package of conda; clients go by their names alone.
const PARTS: [&str; 2] = ["pkg-", "info-"];

/// Whether an entry of a package of conda is an archive that its clients unpack.
pub(super) fn is_part_of_conda(entry: &Entry) -> bool {
    entry.parent.is_none() && is_named(entry) && entry.path.ends_with(".tar.zst")
}

/// Whether it is a package of conda's second format.
pub(super) fn is_conda(inventory: &Inventory) -> bool {
    PARTS
        .iter()
        .all(|part| inventory.top_files().any(|entry| is_named(entry) && entry.path.starts_with(part)))
}

fn is_named(entry: &Entry) -> bool {
    PARTS.iter().any(|part| entry.path.starts_with(part)) && entry.path.contains(".tar.")
}

/// Parts that only some of conda's clients unpack.
pub(super) fn odd_parts_of_conda(inventory: &Inventory) -> Vec<Anomaly> {
    if !is_conda(inventory) {
        return Vec::new();
    }
    let mut odd = Vec::new();
    for part in PARTS {
        let parts = inventory.top_files().filter(|entry| entry.path.starts_with(part) && is_named(entry));
        let mut is_there = false;
        for entry in parts {
            let detail = if !entry.path.ends_with(".tar.zst") {
                "it isn't called .tar.zst: rattler leaves such a part of the package out, conda refuses the package"
            } else if is_there {
                "it is a second part of its kind: rattler unpacks it as well, conda only the one named like the package"
            } else {
                is_there = true;
                continue;
            };
            odd.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail.into()));
        }
    }
    odd
}

fn is_deb(inventory: &Inventory) -> bool {
    inventory.artifact.containers == ["ar"]
        && inventory.top_files().any(|entry| entry.path == "debian-binary")
}

/// The first member that isn't what dpkg expects in its place. It skips those that begin with `_`.
pub(super) fn odd_member_of_deb(inventory: &Inventory) -> Option<Anomaly> {
    const MEMBERS: [&str; 3] = ["debian-binary", "control.tar", "data.tar"];
    if !is_deb(inventory) {
        return None;
    }
    let mut expected = MEMBERS.iter();
    let mut members = inventory.top_files().filter(|entry| !entry.path.starts_with('_'));
    let odd = members.find(|entry| {
        let rest = expected.next().and_then(|name| entry.path.strip_prefix(name));
        !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') && !rest.contains('/'))
    })?;
    let detail = "dpkg expects another member here, or none: it refuses the package or leaves this one out, other tools unpack it";
    Some(Anomaly::of(AnomalyKind::ForeignScheme, odd, detail.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;

    fn inventory(container: &'static str, paths: &[&str]) -> Inventory {
        let entry = |path: &&str| Entry { path: (*path).into(), place: (*path).into(), ..Entry::default() };
        let mut inventory = Inventory { entries: numbered(paths.iter().map(entry)), ..Inventory::default() };
        inventory.artifact.containers = vec![container];
        inventory
    }

    #[test]
    fn dpkg_expects_three_members() {
        let odd = |paths: &[&str]| odd_member_of_deb(&inventory("ar", paths)).map(|odd| odd.place);
        let (binary, control, data) = ("debian-binary", "control.tar.xz", "data.tar.zst");
        assert_eq!(odd(&[binary, control, data]), None);
        assert_eq!(odd(&[binary, "_a", "control.tar", "data.tar", "_gpgorigin"]), None);
        assert_eq!(odd(&["a.o", "b.o"]), None);
        assert_eq!(odd(&[binary, control, data, "data.tar.gz"]).as_deref(), Some("data.tar.gz"));
        assert_eq!(odd(&[control, binary, data]).as_deref(), Some(control));
        assert_eq!(odd(&[binary, control, "#1/12", data]).as_deref(), Some("#1/12"));
        assert_eq!(odd(&[binary, control, "data.tarx"]).as_deref(), Some("data.tarx"));
    }

    #[test]
    fn conda_has_two_parts() {
        let odd = |paths: &[&str]| odd_parts_of_conda(&inventory("zip", paths)).len();
        let (info, package) = ("info-acme-1-0.tar.zst", "pkg-acme-1-0.tar.zst");
        assert_eq!(odd(&["metadata.json", package, info]), 0);
        assert_eq!(odd(&[package, info, "pkg-other-1-0.tar.zst"]), 1);
        assert_eq!(odd(&["pkg-acme-1-0.tar.bz2", info]), 1);
        assert_eq!(odd(&["pkg-acme-1-0.tar.bz2", "b.txt"]), 0);
    }
}
