use std::collections::BTreeMap;

use serde::Serialize;

use super::{Context, Family, Finding, Place, Rule, stray};
use crate::inventory::{BinaryFacts, BuildOption, DebugSection, Entry, Inventory};
use crate::paths;
use crate::words::{bytes, counted};

pub(super) const RULE: Rule = Rule {
    name: "debug-info",
    family: Family::InternalSources,
    summary: "Debug information in a program, a library, or a file of its own",
    docs: r#"
## What it does

Finds debug sections in ELF, Mach-O, PE and WebAssembly files and in static libraries, and program databases (`.pdb`),
Breakpad's symbol files, and the maps by which R8 and ProGuard undo their obfuscation. It says how many bytes stripping would save. Symbol tables alone don't count. Files that name only sources of
toolchains and libraries, and those of dependencies in `node_modules`, are reported as `unstripped`; what a distribution packs into the libraries that auditwheel puts beside a wheel's own is neither; program databases that say where to fetch the sources are
`source-link`.

## Why it matters

Debug information names every function, type and source file with its path: the program's outline is there to read. It
is often the larger part of the file, too.

## What to do

Strip what you ship and keep the debug information for yourself: `strip --strip-debug`, `strip = true` in a Cargo
profile, `-Wl,-s`, `wasm-strip`. If your users want the symbols, waive the place with that reason.

## Example

```
prebuilds/linux-x64/addon.node: this binary carries debug information (.debug_info and 5 more)
```
"#,
    check,
};

/// Debug information, and what stripping would save.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    format: &'static str,
    sections: Vec<&'a DebugSection>,
    /// Symbol tables, which stripping takes as well.
    symbols: Vec<&'a DebugSection>,
    saved_bytes: u64,
    build_id: Option<&'a str>,
    /// A source file of the project's own that it names.
    own_source: Option<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let own = facts_with_debug(inventory)
        .filter(|(entry, facts)| !is_of_others(entry, facts) && !is_linked(inventory, facts));
    let mut folders: BTreeMap<(&str, &str), Vec<Finding>> = BTreeMap::new();
    for (entry, facts) in own {
        let Some(finding) = finding(rule, entry, facts) else { continue };
        // A file of its own is left out, and nothing is stripped.
        let finding = if facts.format == "PDB" { finding } else { with_option(finding, inventory) };
        folders.entry((paths::folder(&entry.place), facts.format)).or_default().push(finding);
    }
    findings.extend(folders.into_values().flat_map(together));
    stray::check(rule, context, findings);
}

/// The findings on the files of one kind in one folder: of many, one.
fn together(mut all: Vec<Finding>) -> Vec<Finding> {
    /// Up to so many files of one folder get a finding each.
    const MOST_ALONE: usize = 8;
    if all.len() <= MOST_ALONE {
        return all;
    }
    all.sort_by(|a, b| a.place.path.cmp(&b.place.path));
    let others = counted(all.len() as u64 - 1, "other file");
    let first = all.swap_remove(0);
    let message = format!("{} The same holds for {others} of this folder.", first.message);
    vec![first.message(message)]
}

/// The binaries of an artifact with their facts.
pub(super) fn facts_with_debug(inventory: &Inventory) -> impl Iterator<Item = (&Entry, &BinaryFacts)> {
    inventory.files().filter_map(|entry| Some((entry, entry.binary.as_deref()?)))
}

/// Whether the debug information is somebody else's: of a dependency, or naming only source files of toolchains and
/// libraries.
pub(super) fn is_of_others(entry: &Entry, facts: &BinaryFacts) -> bool {
    entry.is_of_dependency()
        || facts.foreign_sources && facts.own_source.is_none()
        || is_of_distribution(entry, facts)
}

/// Whether it is a library of the system that auditwheel put into the wheel (`acme.libs/libyaml-0-40b3dddf.so.2`), with no
/// more than the names of functions, which a distribution packs into each.
pub(super) fn is_of_distribution(entry: &Entry, facts: &BinaryFacts) -> bool {
    let is_vendored = entry.path.split_once('/').is_some_and(|(folder, _)| folder.ends_with(".libs"));
    let mut debug = facts.debug_sections.iter().map(|section| section.name.as_str());
    let mut others = debug.clone().filter(|name| !is_symbols(name) && *name != ".gnu_debugdata");
    is_vendored && debug.any(|name| name == ".gnu_debugdata") && others.next().is_none()
}

/// Whether it is a program database that says where the sources are, shipped with its program.
pub(super) fn is_linked(inventory: &Inventory, facts: &BinaryFacts) -> bool {
    let is_program = |entry: &Entry| [".dll", ".exe"].iter().any(|end| entry.path.ends_with(end));
    facts.source_link.is_some() && inventory.files().any(is_program)
}

/// Adds the line by which the project's own cargo does it.
fn with_option(finding: Finding, inventory: &Inventory) -> Finding {
    let Some(BuildOption { file, line, text, instead, .. }) = &inventory.making.debug_option else {
        return finding;
    };
    let own = match (text.is_empty(), line) {
        (false, _) => {
            format!("If cargo builds it: in {file}, line {line}, write `{instead}` instead of `{text}`.")
        }
        (true, 0) => format!("If cargo builds it: in {file}, write `{instead}` under `[profile.release]`."),
        (true, _) => {
            format!(
                "If cargo builds it: in {file}, write `{instead}` under `[profile.release]`, line {line}."
            )
        }
    };
    let help = format!("{}\n{own}", finding.help);
    finding.help(help)
}

/// A finding about a file's debug information, if it has any.
pub(super) fn finding(rule: &Rule, entry: &Entry, facts: &BinaryFacts) -> Option<Finding> {
    let (symbols, debug): (Vec<_>, Vec<_>) =
        facts.debug_sections.iter().partition(|section| is_symbols(&section.name));
    let saved: u64 = facts.debug_sections.iter().map(|section| section.bytes).sum();
    let (message, help) = if facts.format == "PDB" {
        let message =
            format!("This program database ({}) names every function and source file.", bytes(entry.size));
        (message, "Leave it out of the package; keep it on your own symbol server.".to_owned())
    } else {
        let first = debug.first()?;
        let others = match debug.len() {
            1 => String::new(),
            sections => format!(" and {} more", sections - 1),
        };
        let named = match &facts.own_source {
            Some(name) => format!(" that names source files such as {name}"),
            None => String::new(),
        };
        let message = format!(
            "This {} carries debug information ({}{others}){named}: stripping would save {} of {}.",
            role(facts.format),
            first.name,
            bytes(saved),
            bytes(entry.size)
        );
        let help = match facts.format {
            "wasm" => "Strip it: wasm-strip, or wasm-opt --strip-debug; in a Cargo profile strip = true.",
            "static library" => "Strip it: strip --strip-debug; in a Cargo profile debug = false.",
            _ => "Strip it: strip --strip-debug; in a Cargo profile strip = true; for a linker -Wl,-s.",
        };
        (message, help.to_owned())
    };
    let evidence = Evidence {
        format: facts.format,
        sections: debug,
        symbols,
        saved_bytes: saved,
        build_id: facts.build_id.as_deref(),
        own_source: facts.own_source.as_deref(),
    };
    Some(
        Finding::new(rule, Place::entry(entry))
            .message(message)
            .help(help)
            .evidence(evidence)
            .key(facts.format),
    )
}

/// Symbol tables and WebAssembly's function names: stripped as well, but not debug information by themselves.
fn is_symbols(name: &str) -> bool {
    matches!(name, ".symtab" | ".strtab" | "name")
}

/// What a file of this format is called.
fn role(format: &'static str) -> &'static str {
    match format {
        "wasm" => "WebAssembly file",
        "static library" => "static library",
        _ => "binary",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{entry, inventory, run};

    fn program(format: &'static str, sections: &[(&str, u64)]) -> Entry {
        let section = |(name, bytes): &(&str, u64)| DebugSection { name: (*name).to_owned(), bytes: *bytes };
        let debug_sections = sections.iter().map(section).collect();
        let binary = BinaryFacts { format, debug_sections, ..BinaryFacts::default() };
        Entry { binary: Some(Box::new(binary)), size: 10 << 20, ..entry("package/addon.node") }
    }

    #[test]
    fn says_what_stripping_would_save() {
        let sections = [(".debug_info", 2 << 20), (".debug_line", 1 << 20), (".symtab", 512 << 10)];
        let found = run(&RULE, &inventory(vec![program("ELF", &sections)]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("save 3.7 MB of 10.5 MB"), "{}", found[0].message);
        assert!(found[0].message.contains("(.debug_info and 1 more)"), "{}", found[0].message);
    }

    #[test]
    fn many_in_a_folder_are_one_line() {
        let named = |place: String| Entry { place, ..program("ELF", &[(".debug_info", 1 << 20)]) };
        let all = |folder: &'static str, count: usize| {
            (0..count).map(move |number| named(format!("package/{folder}/a{number}.node")))
        };
        let found = run(&RULE, &inventory(all("x", 9).chain(all("y", 8)).collect()));
        assert_eq!(found.len(), 9);
        assert!(found.iter().any(|one| one.message.contains("for 8 other files of this folder")));
    }

    #[test]
    fn a_program_database_is_nothing_else() {
        assert_eq!(run(&RULE, &inventory(vec![program("PDB", &[])])).len(), 1);
    }

    #[test]
    fn what_a_distribution_packs_into_its_libraries_is_theirs() {
        let found = |path: &str, sections: &[&str]| {
            let sections: Vec<(&str, u64)> = sections.iter().map(|name| (*name, 1800)).collect();
            let (path, place) = (path.to_owned(), path.to_owned());
            run(&RULE, &inventory(vec![Entry { path, place, ..program("ELF", &sections) }])).len()
        };
        let packed = [".gnu_debugdata", ".symtab"];
        assert_eq!(found("acme.libs/libyaml-0-40b3dddf.so.2", &packed), 0);
        assert_eq!(found("acme/_acme.so", &packed), 1);
        assert_eq!(found("acme.libs/libyaml-0-40b3dddf.so.2", &[".gnu_debugdata", ".debug_info"]), 1);
    }

    #[test]
    fn symbols_alone_and_stripped_programs_are_fine() {
        let entries = vec![
            program("ELF", &[(".symtab", 100), (".strtab", 100)]),
            program("wasm", &[("name", 100)]),
            program("Mach-O", &[]),
            entry("package/a.js"),
        ];
        assert!(run(&RULE, &inventory(entries)).is_empty());
    }
}
