//! What pip and uv write: schemes of a `.data` folder each to its own place, everything else into `site-packages`.

use std::collections::BTreeMap;

use crate::inventory::{Anomaly, AnomalyKind, Entry, Inventory};

use super::in_dist_info;

const DATA: &str = ".data";

/// Where an entry lands: below `site-packages`, or below the place of a scheme, in braces.
pub(super) fn path(entry: &Entry) -> Option<String> {
    let path = entry.path.as_str();
    let Some((folder, below)) = path.split_once('/').filter(|(folder, _)| folder.ends_with(DATA)) else {
        return Some(path.to_owned());
    };
    let (scheme, rest) = below.split_once('/')?;
    match scheme {
        "purelib" | "platlib" => Some(rest.to_owned()),
        "scripts" | "headers" => Some(format!("{{{scheme}}}/{rest}")),
        "data" => Some(in_prefix(rest)),
        // Nobody knows such a scheme.
        _ => Some(format!("{folder}/{below}")),
    }
}

/// A path below the interpreter's own folder, where scripts and packages have their places, too.
fn in_prefix(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["bin" | "Scripts", rest @ ..] if !rest.is_empty() => format!("{{scripts}}/{}", rest.join("/")),
        ["lib" | "lib64", python, "site-packages", rest @ ..]
            if python.starts_with("python") && !rest.is_empty() =>
        {
            rest.join("/")
        }
        ["Lib", "site-packages", rest @ ..] if !rest.is_empty() => rest.join("/"),
        _ => format!("{{data}}/{path}"),
    }
}

/// Folders of data that pip and uv take differently, and code at the interpreter's start from a place where nobody
/// looks for it.
pub(super) fn odd_landings(inventory: &Inventory) -> Vec<Anomaly> {
    let own = inventory.top_files().find_map(|entry| {
        let (info, name) = in_dist_info(&entry.path)?;
        (name == "WHEEL").then(|| normalised(info.strip_suffix(".dist-info").unwrap_or(info)))
    });
    let mut anomalies = Vec::new();
    let mut foreign: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in inventory.top_files() {
        let Some((folder, below)) = entry.path.split_once('/') else { continue };
        let Some(package) = folder.strip_suffix(DATA) else { continue };
        let (scheme, _) = below.split_once('/').unwrap_or((below, ""));
        if own.as_deref().is_some_and(|own| own != normalised(package)) {
            foreign.entry(folder).or_insert(entry);
        } else if !["purelib", "platlib", "scripts", "headers", "data"].contains(&scheme) {
            let detail = format!(
                "`{scheme}` is no place that a wheel can install to: pip and uv refuse it or leave the file out"
            );
            anomalies.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail));
        }
        if let Some(installed) = entry.installed.as_deref().filter(|path| is_startup(path)) {
            let detail = format!(
                "it is installed as `{installed}` beside all packages, where the interpreter runs it whenever it starts"
            );
            anomalies.push(Anomaly::of(AnomalyKind::PathStartup, entry, detail));
        }
    }
    anomalies.extend(foreign.into_iter().map(|(folder, entry)| {
        let detail = format!("`{folder}` is not the package's own folder of data: pip installs what is in it at the places of its schemes, uv writes the folder as it is");
        Anomaly::of(AnomalyKind::ForeignScheme, entry, detail)
    }));
    anomalies
}

/// Whether the interpreter runs a file of this path in `site-packages` by itself.
pub(crate) fn is_startup(path: &str) -> bool {
    !path.contains('/') && (path.ends_with(".pth") || matches!(path, "sitecustomize.py" | "usercustomize.py"))
}

/// A name and version as all spellings of them.
fn normalised(name: &str) -> String {
    name.to_ascii_lowercase().replace(['.', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lands(path: &str) -> Option<String> {
        super::path(&Entry { path: path.to_owned(), ..Entry::default() })
    }

    #[test]
    fn schemes_go_to_their_places() {
        for (path, installed) in [
            ("acme/core.py", Some("acme/core.py")),
            ("acme-1.0.0.data/purelib/acme/core.py", Some("acme/core.py")),
            ("acme-1.0.0.data/platlib/acme.pth", Some("acme.pth")),
            ("zzz.data/purelib/acme/core.py", Some("acme/core.py")),
            ("acme-1.0.0.data/scripts/acme", Some("{scripts}/acme")),
            ("acme-1.0.0.data/data/bin/acme", Some("{scripts}/acme")),
            ("acme-1.0.0.data/data/lib/python3.11/site-packages/acme.pth", Some("acme.pth")),
            ("acme-1.0.0.data/data/share/acme.txt", Some("{data}/share/acme.txt")),
            ("acme-1.0.0.data/headers/acme.h", Some("{headers}/acme.h")),
            ("acme-1.0.0.data/other/acme.h", Some("acme-1.0.0.data/other/acme.h")),
            ("acme-1.0.0.data/acme.h", None),
            ("acme/data/purelib/x.py", Some("acme/data/purelib/x.py")),
        ] {
            assert_eq!(lands(path).as_deref(), installed, "{path}");
        }
    }

    fn kinds(paths: &[&str]) -> Vec<AnomalyKind> {
        let entry = |path: &&str| {
            let installed = lands(path).map(String::into_boxed_str);
            Entry { path: (*path).to_owned(), installed, ..Entry::default() }
        };
        let all = ["acme-1.0.0.dist-info/WHEEL"].iter().chain(paths).map(entry);
        let inventory =
            Inventory { entries: crate::inventory::testing::numbered(all), ..Inventory::default() };
        odd_landings(&inventory).into_iter().map(|anomaly| anomaly.kind).collect()
    }

    #[test]
    fn what_pip_and_uv_take_otherwise_is_told() {
        use AnomalyKind::{ForeignScheme, PathStartup};
        assert_eq!(kinds(&["zzz.data/purelib/acme/core.py", "zzz.data/purelib/b.py"]), [ForeignScheme]);
        assert_eq!(kinds(&["acme-9.9.9.data/scripts/acme"]), [ForeignScheme]);
        assert_eq!(kinds(&["acme-1.0.0.data/other/acme"]), [ForeignScheme]);
        assert_eq!(kinds(&["acme-1.0.0.data/platlib/acme.pth"]), [PathStartup]);
        assert_eq!(kinds(&["acme.pth", "Acme-1.0.0.data/scripts/acme", "acme-1.0.0.data/data/etc/a"]), []);
    }
}
