use serde::Serialize;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-mode",
    family: Family::ArchiveTrust,
    summary: "A file with set-uid, set-gid or sticky bit",
    docs: DOCS,
    check,
};

const DOCS: &str = "\
## What it does
Reports files of the artifact whose mode has the set-uid, set-gid or sticky bit.

## Why it matters
A set-uid program runs with the rights of its owner. npm and pip drop these bits, tar and other tools keep
them when root unpacks. No package needs them.

## What to do
`chmod u-s,g-s,-t` the file before packing.

## Example
`package/bin/tool` with mode 4755.
";

/// Set-uid, set-gid, sticky.
const SPECIAL: u32 = 0o7000;

/// The mode.
#[derive(Debug, Serialize)]
struct Evidence {
    /// In octal.
    mode: String,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for entry in context.inventory.top_files() {
        let Some(mode) = entry.mode.filter(|mode| mode & SPECIAL != 0) else { continue };
        let mode = format!("{mode:04o}");
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "The file has mode {mode}: where the special bits survive unpacking, it runs with the rights of its owner or group."
                ))
                .help("Clear the bits before packing: chmod u-s,g-s,-t.")
                .key("mode")
                .evidence(Evidence { mode }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::archive::tests::{findings, inventory};

    #[test]
    fn fires_on_special_bits_only() {
        for (mode, fires) in
            [(0o4755, true), (0o2755, true), (0o1644, true), (0o755, false), (0o777, false), (0, false)]
        {
            let mut inventory = inventory(&["package/a", "package/b/"]);
            inventory.entries[0].mode = Some(mode);
            inventory.entries[1].mode = Some(0o2755);
            assert_eq!(findings(&RULE, &inventory).len(), usize::from(fires), "{mode:o}");
        }
    }
}
