use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unportable-library",
    family: Family::Wholeness,
    summary: "A program or library looks for its libraries in a folder of the machine it was built on",
    docs: r#"
## What it does

Reports absolute folders in `RPATH` and `RUNPATH` of ELF files and `LC_RPATH` of Mach-O files.

## Why it matters

That folder is on the builder's machine: elsewhere the libraries are not found, or, where somebody else may write there,
others are.

## What to do

Let the linker write `$ORIGIN` or `@loader_path`; `auditwheel repair` and `delocate` do so for wheels.

## Example

`RUNPATH /home/runner/work/demo/build/lib` in an extension module.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for entry in context.inventory.files() {
        let Some(binary) = &entry.binary else { continue };
        let Some(first) = binary.search_paths.first() else { continue };
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "This file looks for its libraries in `{first}`, a folder of the machine it was built on."
                ))
                .help("Link with $ORIGIN or @loader_path in place of the absolute folder.")
                .evidence(&binary.search_paths)
                .key(first.clone()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{BinaryFacts, Entry};
    use crate::rules::testing::{entry, inventory, run};

    #[test]
    fn fires_at_absolute_folders_only() {
        let with = |paths: &[&str]| {
            let search_paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let binary =
                Some(Box::new(BinaryFacts { format: "ELF", search_paths, ..BinaryFacts::default() }));
            inventory(vec![Entry { binary, ..entry("a/b.so") }])
        };
        assert_eq!(run(&RULE, &with(&["/home/x/lib", "/opt/y"])).len(), 1);
        assert_eq!(run(&RULE, &with(&[])), []);
    }
}
