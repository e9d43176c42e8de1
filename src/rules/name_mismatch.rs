use super::{Context, Family, Finding, Rule};
use crate::settings::Level;

pub(super) const RULE: Rule = Rule {
    name: "name-mismatch",
    family: Family::Manifest,
    summary: "Name, version or tags in the manifest differ from another place that repeats them",
    docs: r#"
## What it does

Compares name and version in the manifest with the places that repeat them: a wheel's file name and its
`.dist-info` folder, the folder in a crate or source distribution, `extension.vsixmanifest` of an extension; and
the tags in `WHEEL` with those of the wheel's file name (a note where only the name says which versions of
Linux's libraries the wheel asks for: a file that `auditwheel` didn't write; at most a warning where it says more or fewer versions of Python). With the project at hand, the commands of a wheel's
`entry_points.txt` are compared with those that the `[project]` table of `pyproject.toml` declares, unless it calls them
dynamic.

## Why it matters

Clients rely on different ones of these places, so that one name may stand for two packages; and registries refuse
such files late, in the middle of a release.

## What to do

Build the artifact again; don't rename it.

## Example

`acme-1.1-py3-none-any.whl` whose METADATA says `Version: 1.0`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = &context.inventory.package else { return };
    for mismatch in &package.mismatches {
        let message = format!(
            "The manifest says {} `{}`, but {} says `{}`.",
            mismatch.what, mismatch.manifest, mismatch.elsewhere, mismatch.other
        );
        let place = mismatch.place.as_ref().unwrap_or(&package.manifest);
        let finding = Finding::new(rule, super::manifest_place(context.inventory, place, None))
            .message(message)
            .help("Build the artifact again with its own client, and don't rename it.")
            .evidence(mismatch)
            .key(format!("{} {}", mismatch.what, mismatch.elsewhere));
        findings.push(match mismatch.what {
            // installers go by the name, and builds outside of the usual images rename on purpose
            "platform tag" => finding.at_most(Level::Note),
            "python tag" => finding.at_most(Level::Warning),
            _ => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Inventory, Mismatch, Package};
    use crate::rules::testing::run;

    #[test]
    fn fires_and_stays_silent() {
        let mismatch = Mismatch {
            what: "version",
            manifest: "1".into(),
            elsewhere: "the file name".into(),
            other: "2".into(),
            place: None,
        };
        let package = Package { mismatches: vec![mismatch.clone()], ..Package::default() };
        let inventory = Inventory { package: Some(package), ..Inventory::default() };
        assert_eq!(run(&RULE, &inventory)[0].key, "version the file name");
        let most = |what| {
            let package =
                Package { mismatches: vec![Mismatch { what, ..mismatch.clone() }], ..Package::default() };
            run(&RULE, &Inventory { package: Some(package), ..Inventory::default() })[0].at_most
        };
        assert_eq!(
            ["version", "platform tag", "python tag"].map(most),
            [None, Some(Level::Note), Some(Level::Warning)]
        );
        let fine = Inventory { package: Some(Package::default()), ..Inventory::default() };
        assert_eq!(run(&RULE, &fine), []);
    }
}
