use serde::Serialize;

use crate::inventory::{EntryPointWeight, MissingEntryPoint};
use crate::words;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "missing-entry-point",
    family: Family::Allowlist,
    summary: "The artifact lacks what the package is loaded by, or a command it installs",
    docs: r#"
## What it does

Follows the entry points that the manifest names and reports those that lead nowhere: `main` with Node's extensions
and index files, the targets of `exports` with conditions and patterns, `bin`; `[lib] path` and `[[bin]] path`
of a crate; the modules that `entry_points.txt` of a wheel names.

## Why it matters

An allowlist that is too tight breaks the release: the package installs but can't be used.

## What to do

Build before packing, and let the allowlist cover the file; or correct the manifest.

## Example

`"main": "dist/index.js"` in a tarball without `dist/`.
"#,
    check,
};

#[derive(Debug, Serialize)]
pub(super) struct Evidence<'a> {
    /// `main`, `exports["."].import`.
    field: &'a str,
    /// What it names.
    target: &'a str,
    /// How much breaks.
    weight: EntryPointWeight,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(found(rule, context, is_grave));
}

/// Whether the package, or a command that it installs, can't be used at all.
pub(super) fn is_grave(weight: EntryPointWeight) -> bool {
    matches!(weight, EntryPointWeight::Whole | EntryPointWeight::Command)
}

/// Findings for the missing entry points of some weights.
pub(super) fn found(
    rule: &Rule,
    context: &Context<'_>,
    wanted: fn(EntryPointWeight) -> bool,
) -> Vec<Finding> {
    let Some(package) = &context.inventory.package else { return Vec::new() };
    let missing = package.declared.missing.iter().filter(|missing| wanted(missing.weight));
    let one = |missing: &MissingEntryPoint| {
        let consequence = match missing.weight {
            EntryPointWeight::Whole => "nobody can load the package by its name",
            EntryPointWeight::Command => "the command can't start",
            EntryPointWeight::Part => "whoever uses it gets an error",
            EntryPointWeight::Hint => "tools that read it fall back to something else",
        };
        Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, missing.line))
            .message(format!(
                "{} names `{}`, which is not in the artifact: {consequence}.",
                missing.field, missing.target
            ))
            .help("Build it before packing and let the allowlist cover it, or correct the manifest.")
            .evidence(Evidence { field: &missing.field, target: &missing.target, weight: missing.weight })
            .key(format!("{} {}", missing.field, missing.target))
    };
    let missing: Vec<&MissingEntryPoint> = missing.collect();
    if missing.len() <= MOST_SINGLE {
        return missing.into_iter().map(one).collect();
    }
    let named: Vec<String> = missing.iter().take(5).map(|missing| format!("`{}`", missing.target)).collect();
    let line = missing.first().and_then(|first| first.line);
    vec![
        Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, line))
            .message(format!(
                "{} of the manifest lead nowhere: {}, ...",
                words::counted(missing.len() as u64, "entry point"),
                named.join(", ")
            ))
            .help("Build them before packing and let the allowlist cover them, or correct the manifest.")
            .evidence(missing),
    ]
}

/// Up to this many are reported one by one.
const MOST_SINGLE: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires() {
        let found = run(&RULE, &npm("{\n\"main\": \"dist/index.js\"}", &["src/index.ts"]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.line, found[0].key.as_str()), (Some(2), "main dist/index.js"));
        assert_eq!(run(&RULE, &npm(r#"{"exports": {".": "./a.js"}}"#, &[])).len(), 1);
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"main": "dist"}"#, &["dist/index.js"][..]),
            (r#"{"main": "gone.js"}"#, &["index.js"]),
            (r#"{"types": "gone.d.ts", "main": "a"}"#, &["a.js"]),
            (r#"{"exports": {"./a": null}}"#, &[]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
