use serde::Serialize;

use super::debug_info::{facts_with_debug, is_linked};
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-link",
    family: Family::InternalSources,
    summary: "A program database that names source files and says where to fetch them",
    docs: r#"
## What it does

Finds portable program databases (`.pdb` of .NET) with SourceLink in them: the names of all source files, and the
address from which a debugger fetches them. Those in a symbol package (`.snupkg`), classic ones, and ones without such
an address are reported as `debug-info`; source text in one as `original-source`.

## Why it matters

The text is not in the package, but its outline is, and whoever can read that address can read the text. An internal
host in it is also reported by `private-host`.

## What to do

Keep program databases on your own symbol server: `IncludeSymbols` with a server of your own, or
`DebugType` `none` for release builds.

## Example

```
lib/net8.0/Acme.pdb: this program database names all source files, which debuggers fetch from https://git.acme.example/*
```
"#,
    check,
};

/// Where debuggers fetch the sources.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    address: &'a str,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (entry, facts) in facts_with_debug(context.inventory) {
        let Some(address) = facts.source_link.as_deref().filter(|_| is_linked(context.inventory, facts))
        else {
            continue;
        };
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "This program database names all source files, which debuggers fetch from {address}."
                ))
                .help("Keep program databases on a symbol server of your own.")
                .evidence(Evidence { address })
                .key("source-link"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::debug_info;
    use super::*;
    use crate::inventory::{BinaryFacts, Entry, Inventory, Kind};
    use crate::rules::testing::{entry, inventory, run};

    #[test]
    fn links_in_packages_with_the_program_and_without() {
        let database = |address: Option<&str>| {
            let source_link = address.map(str::to_owned);
            let facts = BinaryFacts { format: "PDB", source_link, ..BinaryFacts::default() };
            Entry { binary: Some(Box::new(facts)), ..entry("lib/Acme.pdb") }
        };
        let counts = |entries: Vec<Entry>| {
            let inventory = Inventory { kind: Kind::Nupkg, ..inventory(entries) };
            (run(&RULE, &inventory).len(), run(&debug_info::RULE, &inventory).len())
        };
        let address = Some("https://git.acme.example/*");
        assert_eq!(counts(vec![entry("lib/Acme.dll"), database(address)]), (1, 0));
        assert_eq!(counts(vec![entry("lib/Acme.dll"), database(None)]), (0, 1));
        assert_eq!(counts(vec![database(address)]), (0, 1));
    }
}
