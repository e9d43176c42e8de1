//! Debian's packages, whose clients know the members by name.

use crate::ecosystem::file_name;
use crate::inventory::{Anomaly, AnomalyKind, Entry, Inventory};

/// The member of a Debian package that says of which version of the format it is.
pub(super) const VERSION: &str = "debian-binary";

/// Whether it is a Debian package, or called one.
pub(super) fn is_deb(inventory: &Inventory) -> bool {
    let is_named_so = || file_name(&inventory.artifact.path).to_ascii_lowercase().ends_with(".deb");
    inventory.artifact.containers == ["ar"]
        && (is_named_so() || inventory.top_files().any(|entry| entry.path == VERSION))
}

/// Whether an entry is what dpkg unpacks at the file system's root.
pub(super) fn is_data_of_deb(entry: &Entry) -> bool {
    entry.parent.is_none() && entry.path.starts_with("data.tar")
}

/// The first member that isn't what dpkg expects in its place. It skips those that begin with `_`.
pub(super) fn odd_member_of_deb(inventory: &Inventory) -> Option<Anomaly> {
    /// Each with the compressions that dpkg reads.
    const MEMBERS: [(&str, &[&str]); 3] = [
        (VERSION, &[""]),
        ("control.tar", &["", ".gz", ".xz", ".zst"]),
        ("data.tar", &["", ".gz", ".xz", ".zst", ".bz2", ".lzma"]),
    ];
    if !is_deb(inventory) {
        return None;
    }
    let mut expected = MEMBERS.iter();
    let mut last = None;
    for entry in inventory.top_files().filter(|entry| !entry.path.starts_with('_')) {
        let fits = |(name, packed): &(&str, &[&str])| {
            entry.path.strip_prefix(name).is_some_and(|suffix| packed.contains(&suffix))
        };
        if !expected.next().is_some_and(fits) {
            let detail = "dpkg expects another member here, or none: it refuses the package or leaves this one out, other tools unpack it";
            return Some(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail.into()));
        }
        if entry.path == VERSION && is_other_version(inventory) {
            let detail = "it doesn't say version 2.0, which is all that Debian's tools write: dpkg refuses others or reads on, other tools don't care";
            return Some(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail.into()));
        }
        last = Some(entry);
    }
    let (missing, _) = expected.next()?;
    let detail =
        format!("dpkg expects the member {missing} behind this one, and refuses the package without it");
    Some(Anomaly { detail, ..Anomaly::of(AnomalyKind::ForeignScheme, last?, String::new()) })
}

fn is_other_version(inventory: &Inventory) -> bool {
    inventory.manifests.iter().any(|kept| kept.path == VERSION && kept.bytes != b"2.0\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::ManifestFile;
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
        assert_eq!(odd(&[binary, control, "data.tar.foo"]).as_deref(), Some("data.tar.foo"));
        assert_eq!(odd(&[binary, "control.tar.bz2", data]).as_deref(), Some("control.tar.bz2"));
        assert_eq!(odd(&[binary, control]).as_deref(), Some(control));
        assert_eq!(odd(&[binary]).as_deref(), Some(binary));
    }

    #[test]
    fn dpkg_knows_one_version() {
        let mut deb = inventory("ar", &["debian-binary", "control.tar", "data.tar"]);
        let mut odd = |version: &[u8]| {
            let entry = deb.entries[0].id;
            deb.manifests = vec![ManifestFile { entry, path: VERSION.to_owned(), bytes: version.to_vec() }];
            odd_member_of_deb(&deb).is_some()
        };
        assert!(!odd(b"2.0\n"));
        assert!(odd(b"2.1\n") && odd(b"3.0\n") && odd(b"2.0\nmore\n"));
    }
}
