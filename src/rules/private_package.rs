use crate::inventory::{Inventory, Kind, Package};

use super::{Context, Family, Finding, Rule, stray};

pub(super) const RULE: Rule = Rule {
    name: "private-package",
    family: Family::Manifest,
    summary: "The manifest says that the package must not be published",
    docs: r#"
## What it does

Reports `"private": true` in `package.json`, `publish = false` in `Cargo.toml`, and the classifier `Private :: Do Not
Upload` of a Python package; also a `package.json` further down that is marked private and belongs to a project (it
has `devDependencies`, `scripts` or `workspaces`), except in tests, examples, templates and documentation, and of open
packages beside a `Dockerfile`. In wheels, gems, NuGet packages and jars that is asked only if the package's licence doesn't
give everybody the source.

## Why it matters

Somebody marked the package as one that must stay private. npm and cargo refuse to publish it; an upload of the packed
file doesn't ask.

## What to do

Don't publish it, or remove the mark.

## Example

```json
"private": true
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let package = context.inventory.package.as_ref();
    if let Some(package) = package.filter(|package| package.private) {
        let place = super::manifest_place(context.inventory, &package.manifest, package.private_line);
        let making = &context.inventory.making;
        let help = match (making.published_from.as_slice(), &making.deployed_from) {
            ([folder], _) => format!(
                "The manifest in {folder} has no such mark. If that folder is what is published, check it: `packgate check {folder}`."
            ),
            ([_, _, ..], _) => {
                let folders = making.published_from.join(" ");
                format!("If what is published are the folders that a build writes, check them: `packgate check {folders}`.")
            }
            ([], Some(folder)) => format!(
                "If it is an app that is deployed, check what its build writes, and nothing else here counts: `packgate check {folder}`. Remove the mark from the manifest if the package is meant to be public."
            ),
            ([], None) => "Remove the mark from the manifest if the package is meant to be public. If it is an app that is deployed, check what its build writes: `packgate check FOLDER`.".to_owned(),
        };
        let message = format!("The manifest marks `{}` as private: it must not be published.", package.name);
        findings.push(Finding::new(rule, place).message(message).help(help));
    }
    let mut nested = Vec::new();
    // Open packages of other registries have the manifests of their user interface, whose source everybody has.
    if is_of_npm(context.inventory.kind) || !context.is_for_everybody {
        stray::check(rule, context, &mut nested);
    }
    let is_of_release = !context.inventory.licence_files.is_empty();
    let is_meant = |finding: &Finding| {
        let path = &finding.place.path;
        package.is_some_and(|package| is_own(package, path))
            || context.is_for_everybody && package.is_some_and(|package| is_on_the_way(package, path))
            || context.is_for_everybody && is_of_image(context.inventory, path)
            || is_of_release && path.matches(['/', '!']).count() <= 1
    };
    findings.extend(nested.into_iter().filter(|finding| !is_meant(finding)));
}

/// Whether `package.json` is the manifest of such packages, or may be.
fn is_of_npm(kind: Kind) -> bool {
    !matches!(kind, Kind::Wheel | Kind::Gem | Kind::Nupkg | Kind::Jar)
}

/// Whether a manifest is the package's own, or that of a folder which the package is entered by.
fn is_own(package: &Package, path: &str) -> bool {
    let entrances = package.declared.entry_points.iter().chain(&package.declared.side_entrances);
    path == package.manifest
        || is_above_any(package, path, entrances.map(|path| path.trim_start_matches("./")))
}

/// Whether something below a manifest's folder is listed, as `ui/dist` is: npm 6 packed the manifest, too.
fn is_on_the_way(package: &Package, path: &str) -> bool {
    let listed = package.declared.patterns.iter();
    is_above_any(package, path, listed.map(|item| item.trim_start_matches("./").trim_matches('/')))
}

/// Whether a manifest lies beside the recipe of a container's image: it names what is installed there.
fn is_of_image(inventory: &Inventory, path: &str) -> bool {
    let recipe = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/Dockerfile"));
    recipe.is_some_and(|recipe| inventory.top_files().any(|entry| entry.path == recipe))
}

/// Whether one of these stands below a manifest's folder, which isn't the package's own.
fn is_above_any<'a>(package: &Package, path: &str, mut others: impl Iterator<Item = &'a str>) -> bool {
    let below = path.strip_prefix(&package.root).unwrap_or(path).trim_start_matches('/');
    let Some((folder, _)) = below.rsplit_once('/') else { return false };
    others.any(|other| other.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run, run_in};
    use crate::settings::Settings;

    #[test]
    fn fires() {
        let found = run(&RULE, &npm("{\"name\": \"a\",\n\"private\": true}", &[]));
        assert_eq!((found.len(), found[0].place.line), (1, Some(2)));
    }

    #[test]
    fn names_the_folder_that_is_published_instead() {
        let mut inventory = npm("{\"name\": \"a\", \"private\": true}", &[]);
        for (folders, expected) in [
            (vec!["dist"], "`packgate check dist`"),
            (vec!["dist/a", "dist/b"], "`packgate check dist/a dist/b`"),
        ] {
            inventory.making.published_from = folders.into_iter().map(str::to_owned).collect();
            let found = run(&RULE, &inventory);
            assert!(found[0].help.contains(expected), "{}", found[0].help);
        }
    }

    #[test]
    fn a_project_whose_sources_are_released_may_be_private() {
        let mut inventory = npm("{}", &["core/package.json"]);
        for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("/package.json")) {
            entry.signs.push("private-manifest");
        }
        inventory.package = None;
        let places = |inventory: &Inventory| -> Vec<String> {
            run(&RULE, inventory).into_iter().map(|found| found.place.path).collect()
        };
        assert_eq!(places(&inventory), ["package/package.json", "package/core/package.json"]);
        inventory.licence_files =
            serde_json::from_str(r#"[{"path": "package/LICENSE", "grants": true}]"#).unwrap();
        assert_eq!(places(&inventory), ["package/core/package.json"]);
    }

    #[test]
    fn a_template_may_be_private() {
        let mut inventory = npm(r#"{"name": "a"}"#, &["tmpl/package.json", "templ/package.json"]);
        for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("l/package.json")) {
            entry.signs.push("private-manifest");
        }
        let places: Vec<String> = run(&RULE, &inventory).into_iter().map(|found| found.place.path).collect();
        assert_eq!(places, ["package/templ/package.json"]);
    }

    #[test]
    fn a_folder_that_the_package_is_entered_by_is_its_own() {
        let exports = r#"{"name": "a", "react-native": "phone/dist/a.js", "exports": {"./hooks": "./hooks/dist/hooks.js"}}"#;
        let mut inventory = npm(
            exports,
            &[
                "hooks/package.json",
                "core/package.json",
                "phone/package.json",
                "phone/dist/a.js",
                "hooks/dist/hooks.js",
            ],
        );
        for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("/package.json")) {
            entry.signs.push("private-manifest");
        }
        let places: Vec<String> = run(&RULE, &inventory).into_iter().map(|found| found.place.path).collect();
        assert_eq!(places, ["package/core/package.json"]);
    }

    #[test]
    fn of_open_packages_a_folder_whose_build_is_listed_may_be_private() {
        for (files, is_for_everybody, expected) in [
            (r#"["ui/dist/"]"#, true, 0),
            (r#"["./ui/dist"]"#, true, 0),
            (r#"["ui/dist/"]"#, false, 1),
            (r#"["ui"]"#, true, 1),
            (r#"["uix/dist"]"#, true, 1),
        ] {
            let manifest = format!(r#"{{"name": "a", "files": {files}}}"#);
            let mut inventory = npm(&manifest, &["ui/package.json"]);
            for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("ui/package.json"))
            {
                entry.signs.push("private-manifest");
            }
            let settings = Settings::default();
            let context = Context::new(&inventory, &settings).for_everybody(is_for_everybody);
            assert_eq!(run_in(&RULE, &context).len(), expected, "{files} {is_for_everybody}");
        }
    }

    #[test]
    fn what_an_image_is_made_with_may_be_private() {
        for (recipe, is_for_everybody, expected) in
            [("layer/Dockerfile", true, 0), ("layer/Dockerfile", false, 1), ("Dockerfile", true, 1)]
        {
            let mut inventory = npm(r#"{"name": "a"}"#, &["layer/package.json", recipe]);
            for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("r/package.json")) {
                entry.signs.push("private-manifest");
            }
            let settings = Settings::default();
            let context = Context::new(&inventory, &settings).for_everybody(is_for_everybody);
            assert_eq!(run_in(&RULE, &context).len(), expected, "{recipe} {is_for_everybody}");
        }
    }

    #[test]
    fn of_other_registries_closed_packages_alone_are_asked() {
        for (is_for_everybody, expected) in [(false, 1), (true, 0)] {
            let mut inventory = npm("{\"name\": \"a\"}", &["ui/package.json"]);
            inventory.kind = Kind::Wheel;
            for entry in inventory.entries.iter_mut().filter(|entry| entry.path.ends_with("ui/package.json"))
            {
                entry.signs.push("private-manifest");
            }
            let settings = Settings::default();
            let context = Context::new(&inventory, &settings).for_everybody(is_for_everybody);
            assert_eq!(run_in(&RULE, &context).len(), expected);
        }
    }

    #[test]
    fn stays_silent() {
        for manifest in [r#"{"private": false}"#, r#"{"private": "no"}"#, "{}", "{"] {
            assert_eq!(run(&RULE, &npm(manifest, &[])), [], "{manifest}");
        }
    }
}
