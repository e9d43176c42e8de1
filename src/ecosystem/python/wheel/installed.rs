//! What pip and uv install: the schemes of a `.data` folder each in its own place, everything else in `site-packages`.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Anomaly, AnomalyKind, Command, Entry, Inventory};

use super::entry_points::{self, EntryPoint};
use super::in_dist_info;

const DATA: &str = ".data";
/// How setuptools describes a package, in a folder or a file.
const EGG_INFO: &str = ".egg-info";
/// Where scripts go.
const SCRIPTS: &str = "{scripts}/";
const SCHEMES: [&str; 5] = ["purelib", "platlib", "scripts", "headers", "data"];

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
        // There is no such scheme.
        _ => Some(format!("{folder}/{below}")),
    }
}

/// A path below the interpreter's own folder, where scripts and packages have their places, too.
fn in_prefix(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["bin" | "Scripts", rest @ ..] if !rest.is_empty() => format!("{SCRIPTS}{}", rest.join("/")),
        ["lib" | "lib64", python, "site-packages" | "dist-packages", rest @ ..]
            if python.starts_with("python") && !rest.is_empty() =>
        {
            rest.join("/")
        }
        ["Lib", "site-packages", rest @ ..] if !rest.is_empty() => rest.join("/"),
        _ => format!("{{data}}/{path}"),
    }
}

/// The commands that installers make of `entry_points.txt` and of scripts.
pub(super) fn commands(inventory: &Inventory, declared_in: &str, table: &[u8]) -> Vec<Command> {
    let points = entry_points::read(table).into_iter().filter(EntryPoint::is_command);
    let declared = points.map(|point| Command {
        name: point.name,
        starts: point.target,
        declared_in: declared_in.to_owned(),
    });
    let files = inventory.top_files().filter_map(|entry| {
        let name = path(entry)?.strip_prefix(SCRIPTS)?.to_owned();
        Some(Command { name, starts: entry.path.clone(), declared_in: entry.path.clone() })
    });
    declared.chain(files).collect()
}

/// What pip and uv install differently, and code or commands by a way where nobody looks for them.
pub(super) fn odd_landings(inventory: &Inventory) -> Vec<Anomaly> {
    let own = inventory.top_files().find_map(|entry| {
        let (info, name) = in_dist_info(&entry.path)?;
        (name == "WHEEL").then(|| info.strip_suffix(".dist-info").unwrap_or(info))
    });
    let mut anomalies = Vec::new();
    let mut foreign: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut records: BTreeSet<&str> = BTreeSet::new();
    for entry in inventory.top_files() {
        let (folder, below) = entry.path.split_once('/').unwrap_or((&entry.path, ""));
        if folder.ends_with(EGG_INFO) && records.insert(folder) {
            let detail = format!(
                "`{folder}` describes a package to Python and its installers, beside the wheel's own description: they take it for another package that is installed"
            );
            anomalies.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail));
        }
        let Some(package) = folder.strip_suffix(DATA) else { continue };
        let (scheme, rest) = below.split_once('/').unwrap_or((below, ""));
        if own.is_some_and(|own| own != package) {
            foreign.entry(folder).or_insert(entry);
        } else if rest.is_empty() || !SCHEMES.contains(&scheme) {
            let detail = format!(
                "`{}` is no place that a wheel can install to: pip and uv refuse it or leave the file out",
                if scheme.is_empty() { folder } else { scheme }
            );
            anomalies.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail));
        } else if scheme == "scripts" && rest.contains('/') {
            let detail =
                "it is in a folder among the scripts: uv refuses the wheel, pip installs it in that folder";
            anomalies.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail.into()));
        }
        let Some(installed) = entry.installed.as_deref() else { continue };
        if is_startup(installed) {
            let detail = format!(
                "it is installed as `{installed}` at the top of site-packages, where the interpreter runs it whenever it starts"
            );
            anomalies.push(Anomaly::of(AnomalyKind::PathStartup, entry, detail));
        } else if scheme == "data" && installed.starts_with(SCRIPTS) {
            let detail = format!(
                "it is installed as `{installed}`, a command that stands neither among the wheel's scripts nor in its entry points"
            );
            anomalies.push(Anomaly::of(AnomalyKind::PathCommand, entry, detail));
        } else if is_record(installed) {
            let detail = format!(
                "it is installed as `{installed}`, where installers keep what they know of a package: nobody looks for it in a folder of data"
            );
            anomalies.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail));
        }
    }
    anomalies.extend(foreign.into_iter().map(|(folder, entry)| {
        let detail = format!("`{folder}` is not the package's own folder of data: pip installs what is in it at the places of its schemes or refuses the wheel, uv writes it as it is");
        Anomaly::of(AnomalyKind::ForeignScheme, entry, detail)
    }));
    anomalies.extend(odd_commands(inventory));
    anomalies
}

/// Commands that installers make of entry points, and what is odd about where they land.
fn odd_commands(inventory: &Inventory) -> Vec<Anomaly> {
    let Some(package) = &inventory.package else { return Vec::new() };
    let mut anomalies = Vec::new();
    for command in &package.commands {
        let Some(entry) = inventory.top_files().find(|entry| entry.path == command.declared_in) else {
            continue;
        };
        let name = command.name.as_str();
        let is_point = command.starts != command.declared_in;
        let file =
            package.commands.iter().find(|other| other.starts == other.declared_in && other.name == name);
        let (kind, detail) = match file {
            _ if is_point && (name.contains(['/', '\\']) || matches!(name, "" | "." | "..")) => (
                AnomalyKind::PathTraversal,
                format!(
                    "the command `{name}` is no file name: pip writes it under another name, uv refuses the wheel"
                ),
            ),
            Some(file) if is_point => (
                AnomalyKind::Duplicate,
                format!(
                    "the command `{name}` is installed as `{SCRIPTS}{name}`, like `{}`: which of them stays depends on the client",
                    file.starts
                ),
            ),
            _ if replaces_another(name, &package.name) => (
                AnomalyKind::PathCommand,
                format!(
                    "it installs the command `{name}` in place of the one that each environment of Python has"
                ),
            ),
            _ => continue,
        };
        anomalies.push(Anomaly::of(kind, entry, detail));
    }
    anomalies
}

/// Whether each environment has a command of this name, and from another package.
fn replaces_another(command: &str, package: &str) -> bool {
    let versions = |letter: char| letter.is_ascii_digit() || letter == '.';
    let stem = command.strip_suffix(".exe").unwrap_or(command).trim_end_matches(versions);
    let ours = package.to_ascii_lowercase();
    matches!(stem, "python" | "pip" | "activate") && stem != ours
}

/// Whether a file describes an installed package to installers.
fn is_record(installed: &str) -> bool {
    let folder = installed.split('/').next().unwrap_or_default();
    installed.contains('/') && (folder.ends_with(".dist-info") || folder.ends_with(EGG_INFO))
}

/// Whether the interpreter runs a file of this path in `site-packages` by itself.
pub(crate) fn is_startup(path: &str) -> bool {
    !path.contains('/') && (path.ends_with(".pth") || matches!(path, "sitecustomize.py" | "usercustomize.py"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;

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
            ("acme-1.0.0.data/data/lib/python3/dist-packages/acme.pth", Some("acme.pth")),
            ("acme-1.0.0.data/data/share/acme.txt", Some("{data}/share/acme.txt")),
            ("acme-1.0.0.data/headers/acme.h", Some("{headers}/acme.h")),
            ("acme-1.0.0.data/other/acme.h", Some("acme-1.0.0.data/other/acme.h")),
            ("acme-1.0.0.data/acme.h", None),
            ("acme/data/purelib/x.py", Some("acme/data/purelib/x.py")),
        ] {
            assert_eq!(lands(path).as_deref(), installed, "{path}");
        }
    }

    fn kinds(paths: &[&str], entry_points: &str) -> Vec<AnomalyKind> {
        const POINTS: &str = "acme-1.0.0.dist-info/entry_points.txt";
        let entry = |path: &&str| {
            let installed = lands(path).map(String::into_boxed_str);
            Entry { path: (*path).to_owned(), installed, ..Entry::default() }
        };
        let all = ["acme-1.0.0.dist-info/WHEEL", POINTS].iter().chain(paths).map(entry);
        let mut inventory =
            Inventory { entries: crate::inventory::testing::numbered(all), ..Inventory::default() };
        let commands = commands(&inventory, POINTS, entry_points.as_bytes());
        inventory.package = Some(Package { name: "acme".to_owned(), commands, ..Package::default() });
        odd_landings(&inventory).into_iter().map(|anomaly| anomaly.kind).collect()
    }

    #[test]
    fn what_pip_and_uv_take_otherwise_is_told() {
        use AnomalyKind::{ForeignScheme, PathStartup};
        for (paths, expected) in [
            (&["zzz.data/purelib/acme/core.py", "zzz.data/purelib/b.py"][..], &[ForeignScheme][..]),
            (&["acme-9.9.9.data/scripts/acme"], &[ForeignScheme]),
            (&["Acme-1.0.0.data/scripts/acme"], &[ForeignScheme]),
            (&["zzz.data"], &[ForeignScheme]),
            (&["acme-1.0.0.data/other/acme"], &[ForeignScheme]),
            (&["acme-1.0.0.data/purelib"], &[ForeignScheme]),
            (&["acme-1.0.0.data/purelib/zzz-1.0.dist-info/METADATA"], &[ForeignScheme]),
            (&["pip.egg-info/PKG-INFO", "pip.egg-info/top_level.txt"], &[ForeignScheme]),
            (&["pip.egg-info"], &[ForeignScheme]),
            (&["acme/pip.egg-info/PKG-INFO"], &[]),
            (&["acme-1.0.0.data/platlib/acme.pth"], &[PathStartup]),
            (&["acme.pth", "acme-1.0.0.data/scripts/acme", "acme-1.0.0.data/data/etc/a"], &[]),
            (&["acme/x.data/purelib/y.py", "acme/_vendor/x-1.0.dist-info/METADATA"], &[]),
        ] {
            assert_eq!(kinds(paths, ""), expected, "{paths:?}");
        }
    }

    #[test]
    fn commands_are_found_wherever_they_come_from() {
        use AnomalyKind::{Duplicate, PathCommand, PathTraversal};
        let points = |name: &str| format!("[console_scripts]\n{name} = acme.core:main\n");
        for (paths, name, expected) in [
            (&[][..], "acme", &[][..]),
            (&["acme-1.0.0.data/scripts/other"], "acme", &[]),
            (&["acme-1.0.0.data/scripts/acme"], "acme", &[Duplicate]),
            (&["acme-1.0.0.data/data/bin/other"], "acme", &[PathCommand]),
            (&["acme-1.0.0.data/scripts/python3"], "acme", &[PathCommand]),
            (&[], "pip3.11", &[PathCommand]),
            (&[], "pip-audit", &[]),
            (&[], "../../acme", &[PathTraversal]),
        ] {
            assert_eq!(kinds(paths, &points(name)), expected, "{paths:?} {name}");
        }
        assert!(!replaces_another("pip3", "pip"));
    }
}
