use super::{Context, Family, Finding, Rule, stray};

pub(super) const RULE: Rule = Rule {
    name: "private-package",
    family: Family::Manifest,
    summary: "The manifest says that the package must not be published",
    docs: r#"
## What it does

Reports `"private": true` in `package.json`, `publish = false` in `Cargo.toml`, and the classifier `Private :: Do Not
Upload` of a Python package; also a `package.json` further down that is marked private and belongs to a project (it
has `devDependencies` or `workspaces`), except in tests, examples, templates and documentation.

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
        let help = match &context.inventory.making.published_from {
            Some(folder) => format!(
                "The manifest in {folder} has the same name and no such mark. If that folder is what is published, check it: `packgate check {folder}`."
            ),
            None => "Remove the mark from the manifest if the package is meant to be public. If it is an app that is deployed, check what its build writes: `packgate check FOLDER`.".to_owned(),
        };
        let message = format!("The manifest marks `{}` as private: it must not be published.", package.name);
        findings.push(Finding::new(rule, place).message(message).help(help));
    }
    let mut nested = Vec::new();
    stray::check(rule, context, &mut nested);
    let manifest = package.map_or("", |package| package.manifest.as_str());
    findings.extend(nested.into_iter().filter(|finding| finding.place.path != manifest));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires() {
        let found = run(&RULE, &npm("{\"name\": \"a\",\n\"private\": true}", &[]));
        assert_eq!((found.len(), found[0].place.line), (1, Some(2)));
    }

    #[test]
    fn names_the_folder_that_is_published_instead() {
        let mut inventory = npm("{\"name\": \"a\", \"private\": true}", &[]);
        inventory.making.published_from = Some("dist".to_owned());
        let found = run(&RULE, &inventory);
        assert!(found[0].help.contains("`packgate check dist`"), "{}", found[0].help);
    }

    #[test]
    fn stays_silent() {
        for manifest in [r#"{"private": false}"#, r#"{"private": "no"}"#, "{}", "{"] {
            assert_eq!(run(&RULE, &npm(manifest, &[])), [], "{manifest}");
        }
    }
}
