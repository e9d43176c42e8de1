use serde::Serialize;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-mode",
    family: Family::ArchiveTrust,
    summary: "A file with the set-uid or set-gid bit",
    docs: r#"
## What it does

Reports files of the artifact whose mode has the set-uid or set-gid bit. Other modes are not reported: installers set
their own, RubyGems 3.3 aside, which lets everybody write to a file where its mode says so. `packgate inventory` shows
what is installed as a program.

## Why it matters

A set-uid program runs with its owner's rights, whoever starts it. npm, yarn and RubyGems keep these bits: a program that
root installs can then be run as root by everybody. So does tar when root unpacks; pnpm, bun, cargo, pip and uv drop them. No
package needs them.

## What to do

`chmod u-s,g-s` the file before packing.

## Example

`package/bin/tool` with mode 4755.
"#,
    check,
};

/// Set-uid and set-gid.
const SPECIAL: u32 = 0o6000;

/// The mode.
#[derive(Debug, Serialize)]
struct Evidence {
    /// In octal.
    mode: String,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    for entry in inventory.files().filter(|entry| inventory.is_unpacked(entry)) {
        let Some(mode) = entry.mode.filter(|mode| mode & SPECIAL != 0) else { continue };
        let mode = format!("{mode:04o}");
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "This file has mode {mode}: npm and RubyGems keep the special bits, so it runs with the rights of whoever installed it."
                ))
                .help("Clear the bits before packing: chmod u-s,g-s.")
                .key("mode")
                .evidence(Evidence { mode }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{run, tree};

    #[test]
    fn fires_on_special_bits_only() {
        for (mode, fires) in
            [(0o4755, true), (0o2755, true), (0o1644, false), (0o755, false), (0o777, false), (0, false)]
        {
            let mut inventory = tree(&["package/a", "package/b/"]);
            inventory.entries[0].mode = Some(mode);
            inventory.entries[1].mode = Some(0o2755);
            assert_eq!(run(&RULE, &inventory).len(), usize::from(fires), "{mode:o}");
        }
    }
}
