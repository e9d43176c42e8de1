use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{EntryPointWeight, Inventory, Kind, MissingEntryPoint};
use crate::settings::Level;
use crate::words;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "missing-entry-point",
    family: Family::Wholeness,
    summary: "The artifact lacks what the package is loaded by, or a command it installs",
    docs: r#"
## What it does

Follows the entry points that the manifest names and reports those that lead nowhere: `main` with Node's extensions
and index files, the targets of `exports` with conditions and patterns, `bin`; `[lib] path` and `[[bin]] path`
of a crate; the modules that `entry_points.txt` of a wheel names; commands and extensions of a gem; the agents that the manifest of a jar
names; what `setup.py` of a source archive opens and lists, its version's file, a readme without which its backend builds nothing, and the
folder of a build backend of its own; the settings of a .NET tool. Also reports packages with
nothing to load: without `main` and with an index in a folder alone, a wheel or gem without a module, a source archive without
`pyproject.toml` and `setup.py`.

## Why it matters

An allowlist that is too tight breaks the release: the package installs but can't be used.

## What to do

Build before packing, and let the allowlist cover the file; or correct the manifest. Where the artifact has a file of
almost the name, the finding says which.

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
    /// The file that may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    near: Option<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(found(rule, context, is_grave));
}

/// Whether the package, or a command that it installs, can't be used at all.
pub(super) fn is_grave(weight: EntryPointWeight) -> bool {
    matches!(weight, EntryPointWeight::Whole | EntryPointWeight::Command)
}

/// Whether hardly anybody notices. `main` is written into every new manifest, also where nothing is to be loaded.
fn is_mild(missing: &MissingEntryPoint) -> bool {
    match missing.weight {
        EntryPointWeight::Hint => true,
        EntryPointWeight::Part => missing.field == "main",
        EntryPointWeight::Whole
        | EntryPointWeight::Half
        | EntryPointWeight::Command
        | EntryPointWeight::Types => false,
    }
}

/// Whether it is a library or a program that cargo finds by itself.
fn is_of_cargo(missing: &MissingEntryPoint) -> bool {
    missing.field == "Cargo.toml"
}

/// The file that is there in place of the one that is named.
fn instead(missing: &MissingEntryPoint) -> String {
    let Some(near) = &missing.near else { return String::new() };
    let is_case = missing.target.trim_start_matches("./").eq_ignore_ascii_case(near);
    let how = if is_case { ", in other letter case" } else { "" };
    format!(" (it has `{near}`{how})")
}

fn consequence(missing: &MissingEntryPoint, kind: Kind) -> &'static str {
    let field = missing.field.as_str();
    let is_types = matches!(field, "types" | "typings") || field.ends_with(".types");
    match missing.weight {
        EntryPointWeight::Whole if kind == Kind::Sdist => "nobody can build the package, or install it",
        EntryPointWeight::Whole => "nobody can load the package by its name",
        EntryPointWeight::Half if field.contains(".require") => "nobody can require the package by its name",
        EntryPointWeight::Half => "nobody can import the package by its name",
        EntryPointWeight::Command => "the command can't start",
        EntryPointWeight::Part => "whoever uses it gets an error",
        EntryPointWeight::Types => "TypeScript finds no types for the package (TS7016)",
        EntryPointWeight::Hint if field.starts_with("exports[\"./src") => {
            "it leads to sources that don't ship, so that it serves the project alone"
        }
        EntryPointWeight::Hint if is_types => "TypeScript finds no types where this leads (TS7016)",
        EntryPointWeight::Hint => "tools that read it fall back to something else",
    }
}

/// With what is to be done about it: name the file that is there, list the folder, or build.
fn with_help(finding: Finding, missing: &MissingEntryPoint, inventory: &Inventory, root: &str) -> Finding {
    if is_of_cargo(missing) {
        return finding.help(
            "Let the lists of the manifest cover its library or program. A crate that isn't to be published says so there: \
             publish = false.",
        );
    }
    let target = missing.target.trim_start_matches("./");
    let folder = target.rsplit_once('/').map(|(folder, _)| match root {
        "" => format!("{folder}/"),
        root => format!("{root}/{folder}/"),
    });
    let is_built =
        folder.is_some_and(|folder| inventory.top_files().any(|entry| entry.path.starts_with(&folder)));
    if let Some(near) = &missing.near {
        return finding.help(format!("Name `{near}` in the manifest, or rename the file."));
    }
    let is_built = is_built || inventory.making.kept_out.contains(&missing.target);
    let is_absent = inventory.making.not_built.contains(&missing.target);
    let build = match (is_absent, is_built) {
        (true, _) => "Build it before packing: the project has no such file either. ",
        (false, true) => "",
        (false, false) => "Build it before packing. ",
    };
    match ecosystem::let_in(inventory, target) {
        Some(remedy) => {
            finding.remedy(remedy, &format!("{build}If nobody is to load it, correct the manifest."))
        }
        None if is_absent => finding.help(format!("{build}Or correct the manifest.")),
        None if is_built => finding.help("Let the allowlist cover it, or correct the manifest."),
        None => {
            finding.help("Build it before packing and let the allowlist cover it, or correct the manifest.")
        }
    }
}

/// Findings for the missing entry points of some weights.
pub(super) fn found(
    rule: &Rule,
    context: &Context<'_>,
    wanted: fn(EntryPointWeight) -> bool,
) -> Vec<Finding> {
    let Some(package) = &context.inventory.package else { return Vec::new() };
    let kind = context.inventory.kind;
    let missing = package.declared.missing.iter().filter(|missing| wanted(missing.weight));
    let place = |named_by: Option<&str>, line| {
        super::manifest_place(context.inventory, named_by.unwrap_or(&package.manifest), line)
    };
    let one = |missing: &MissingEntryPoint| {
        let finding = Finding::new(rule, place(missing.place.as_deref(), missing.line))
            .message(format!(
                "{} {} `{}`, which is not in the artifact{}: {}.",
                missing.field,
                if kind == Kind::Sdist || is_of_cargo(missing) { "needs" } else { "names" },
                missing.target,
                instead(missing),
                consequence(missing, kind)
            ))
            .evidence(Evidence {
                field: &missing.field,
                target: &missing.target,
                weight: missing.weight,
                near: missing.near.as_deref(),
            })
            .key(format!("{} {}", missing.field, missing.target));
        let finding = with_help(finding, missing, context.inventory, &package.root);
        if is_mild(missing) { finding.at_most(Level::Note) } else { finding }
    };
    let missing: Vec<&MissingEntryPoint> = missing.collect();
    if missing.len() <= MOST_SINGLE {
        return missing.into_iter().map(one).collect();
    }
    let named: Vec<String> = missing.iter().take(5).map(|missing| format!("`{}`", missing.target)).collect();
    let line = missing.first().and_then(|first| first.line);
    let finding = Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, line))
        .message(format!(
            "{} of the manifest lead nowhere: {}, ...",
            words::counted(missing.len() as u64, "entry point"),
            named.join(", ")
        ))
        .help("Build them before packing and let the allowlist cover them, or correct the manifest.")
        .evidence(&missing);
    let all_mild = missing.iter().all(|missing| is_mild(missing));
    vec![if all_mild { finding.at_most(Level::Note) } else { finding }]
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
    fn says_what_is_there_and_no_word_of_building_what_is_built() {
        let first = |manifest: &str, paths: &[&str]| run(&RULE, &npm(manifest, paths)).remove(0);
        let near = first(r#"{"main": "dist/Index.js"}"#, &["dist/index.js"]);
        assert!(near.message.contains("(it has `dist/index.js`, in other letter case)"), "{}", near.message);
        assert!(!near.help.contains("Build"), "{}", near.help);
        assert!(!first(r#"{"main": "dist/a.js"}"#, &["dist/b.js"]).help.contains("Build"));
        assert!(first(r#"{"main": "dist/a.js"}"#, &["src/a.ts"]).help.contains("Build"));
    }

    #[test]
    fn says_who_it_is_that_gets_nowhere() {
        for (manifest, paths, who) in [
            (r#"{"exports": {".": {"import": "./a.mjs", "require": "./b.cjs"}}}"#, &["a.mjs"][..], "require"),
            (r#"{"exports": {".": {"import": "./a.mjs", "require": "./b.cjs"}}}"#, &["b.cjs"], "import"),
            (r#"{"exports": {".": {"default": "./a.js"}}}"#, &["b.js"], "load"),
            (r#"{"main": "a.js"}"#, &["b.js"], "load"),
        ] {
            let rule = if who == "load" { RULE } else { super::super::broken_entry_point::RULE };
            let said = run(&rule, &npm(manifest, paths)).remove(0).message;
            assert!(
                said.ends_with(&format!("nobody can {who} the package by its name.")),
                "{manifest}: {said}"
            );
        }
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
