use crate::ecosystem;
use crate::inventory::{Anomaly, AnomalyKind, Concern, Inventory, Kind};
use crate::settings::Level;

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-unsafe-path",
    family: Family::ArchiveTrust,
    summary: "A path that lands elsewhere, can't be written, or misleads people",
    docs: r#"
## What it does

Reports paths with `..`, absolute paths and drive letters, backslashes, control characters, characters that are
invisible or change the writing direction, bytes that are not UTF-8, empty segments, names that Windows reserves, and
paths that are too long or too deep. Also what is installed in a way that nobody would notice: start-up code and
commands from a wheel's data folder, and commands that replace `python` or `pip`.

## Why it matters

Clients drop, rename or refuse such entries, or write them outside the package's folder. What is installed is then not
what was checked. Control characters in a name can also drive terminals and CI logs.

## What to do

Rename the file, or leave it out of the package.

## Example

`package/../../.bashrc`, `package/aux.js`, `package/a\\b.js`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let before = findings.len();
    archive::report(rule, context, takes, help, findings);
    if is_for_no_windows(context.inventory) {
        let places = archive::places_of(context.inventory, takes, AnomalyKind::PathWindows);
        for finding in findings.iter_mut().skip(before) {
            if places.contains(finding.place.path.as_str()) {
                finding.at_most = Some(Level::Note);
            }
        }
    }
}

/// Whether it is a wheel whose name says that nobody installs it on Windows.
fn is_for_no_windows(inventory: &Inventory) -> bool {
    const OTHERS: [&str; 6] = ["manylinux", "musllinux", "linux_", "macosx_", "android_", "ios_"];
    let name = ecosystem::file_name(&inventory.artifact.path);
    let tags = name.strip_suffix(".whl").and_then(|name| name.rsplit('-').next()).unwrap_or_default();
    let is_other = |tag: &str| OTHERS.iter().any(|other| tag.starts_with(other));
    inventory.kind == Kind::Wheel && tags.split('.').all(is_other)
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind.concern() == Concern::Path
}

fn help(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::PathTraversal | AnomalyKind::PathAbsolute => {
            "Find out what put this entry into the archive; no packing client does."
        }
        AnomalyKind::PathEmptySegment => {
            "Pack again with the ecosystem's own client, which writes plain paths."
        }
        AnomalyKind::PathWindows => "Rename the file if the package should install on Windows.",
        _ => "Rename the file, or leave it out of the package.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{anomaly, run, takes, tree};

    #[test]
    fn names_for_windows_are_a_note_in_a_wheel_that_is_not_for_it() {
        let most = |file: &str, kind: Kind, anomalies: &[AnomalyKind]| {
            let mut inventory = tree(&["package/a.js"]);
            inventory.kind = kind;
            inventory.artifact.path = format!("dist/{file}");
            inventory.anomalies = anomalies.iter().map(|kind| anomaly(*kind, "")).collect();
            run(&RULE, &inventory)[0].at_most
        };
        let name = [AnomalyKind::PathWindows];
        for (file, expected) in [
            ("a-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", Some(Level::Note)),
            ("a-1.0-cp311-cp311-macosx_11_0_arm64.whl", Some(Level::Note)),
            ("a-1.0-py3-none-any.whl", None),
            ("a-1.0-cp311-cp311-win_amd64.whl", None),
            ("a-1.0-cp311-cp311-macosx_11_0_arm64.win_amd64.whl", None),
        ] {
            assert_eq!(most(file, Kind::Wheel, &name), expected, "{file}");
        }
        let linux = "a-1.0-cp311-cp311-linux_x86_64.whl";
        assert_eq!(most(linux, Kind::Npm, &name), None);
        assert_eq!(most(linux, Kind::Wheel, &[AnomalyKind::PathWindows, AnomalyKind::PathTraversal]), None);
    }

    #[test]
    fn fires_on_paths_only() {
        for kind in [AnomalyKind::PathTraversal, AnomalyKind::PathControl, AnomalyKind::PathWindows] {
            assert!(takes(&RULE, kind, ""), "{kind:?}");
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
        for kind in [AnomalyKind::TarBody, AnomalyKind::NameCollision] {
            assert!(!takes(&RULE, kind, ""), "{kind:?}");
        }
    }
}
