use super::debug_info::{facts_with_debug, finding, is_of_distribution, is_of_others};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unstripped",
    family: Family::InternalSources,
    summary: "Debug information that names source files of toolchains and libraries only",
    docs: r#"
## What it does

Finds the same debug sections as `debug-info`, if all source files that they name belong to a compiler's own libraries
or to dependencies: Rust's standard library brings its debug information into every program that isn't stripped, and
so do static libraries. Whatever a dependency that is packed in `node_modules` brings along is reported here, too.

## Why it matters

It says nothing about your own source. But users download it for nothing, and the next build may contain more.

## What to do

Strip what you ship: `strip --strip-debug`, `strip = true` in a Cargo profile, `-Wl,-s`, `wasm-strip`.

## Example

```
acme/_native.abi3.so: this binary carries debug information (.debug_str and 5 more)
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let others = facts_with_debug(context.inventory)
        .filter(|(entry, facts)| is_of_others(entry, facts) && !is_of_distribution(entry, facts));
    findings.extend(others.filter_map(|(entry, facts)| finding(rule, entry, facts)));
}

#[cfg(test)]
mod tests {
    use super::super::debug_info;
    use super::*;
    use crate::inventory::{BinaryFacts, DebugSection, Entry};
    use crate::rules::testing::{entry, inventory, run};

    #[test]
    fn names_of_others_only() {
        let counts_at = |place, own: Option<&str>, foreign_sources| {
            let debug_sections = vec![DebugSection { name: ".debug_str".to_owned(), bytes: 100 }];
            let own_source = own.map(str::to_owned);
            let facts = BinaryFacts {
                format: "ELF",
                debug_sections,
                own_source,
                foreign_sources,
                ..BinaryFacts::default()
            };
            let inventory = inventory(vec![Entry { binary: Some(Box::new(facts)), ..entry(place) }]);
            (run(&RULE, &inventory).len(), run(&debug_info::RULE, &inventory).len())
        };
        let counts = |own, foreign_sources| counts_at("package/addon.node", own, foreign_sources);
        assert_eq!(counts(None, true), (1, 0));
        assert_eq!(counts_at("package/node_modules/a/a.exe", Some("a.c"), false), (1, 0));
        for (own, foreign) in [(Some("src/lib.rs"), true), (Some("src/lib.rs"), false), (None, false)] {
            assert_eq!(counts(own, foreign), (0, 1), "{own:?} {foreign}");
        }
    }
}
