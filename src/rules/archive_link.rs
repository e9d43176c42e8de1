use serde::Serialize;

use crate::inventory::EntryKind;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-link",
    family: Family::ArchiveTrust,
    summary: "A symbolic link, hard link or device in the artifact",
    docs: DOCS,
    check,
};

const DOCS: &str = "\
## What it does
Reports every entry of the artifact that is neither a file nor a folder: symbolic links, hard links,
devices, pipes.

## Why it matters
A link can point outside the package and make the client write or read there. npm leaves links out, pip and
unzip make text files or links of them, cargo refuses them since 1.96: people get different packages. The
content behind a link in a folder was not examined.

## What to do
Ship the file itself instead of the link.

## Example
`package/config -> ../../../.ssh`
";

/// What is linked.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// `symlink`, `hardlink` or `special`.
    kind: &'static str,
    /// The target as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    /// Whether the target lies outside the artifact.
    escapes: bool,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for entry in context.inventory.entries.iter().filter(|entry| entry.parent.is_none()) {
        let (kind, word, target) = match &entry.kind {
            EntryKind::File | EntryKind::Directory | EntryKind::Blob { .. } => continue,
            EntryKind::Symlink { target } => ("symlink", "a symbolic link", Some(target.as_str())),
            EntryKind::Hardlink { target } => ("hardlink", "a hard link", Some(target.as_str())),
            EntryKind::Special => ("special", "a device or pipe", None),
        };
        let escapes = match &entry.kind {
            EntryKind::Symlink { target } => leaves(&entry.path, target),
            // A hard link names an entry from the root.
            EntryKind::Hardlink { target } => leaves("", target),
            _ => false,
        };
        let message = match target {
            Some(target) if escapes => {
                format!(
                    "This is {word} out of the package, to `{target}`: a client that follows it writes or reads there."
                )
            }
            Some(target) => {
                format!(
                    "This is {word} to `{target}`: some clients drop it, some refuse it, others make the link or a text file."
                )
            }
            None => format!("This is {word}: some clients drop it, others refuse the whole artifact."),
        };
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(message)
                .help("Ship the file itself instead of a link, or leave it out.")
                .evidence(Evidence { kind, target, escapes })
                .key(target.unwrap_or(kind)),
        );
    }
}

/// Whether a target, seen from the folder of `path`, lies outside the artifact.
fn leaves(path: &str, target: &str) -> bool {
    let drive = target.as_bytes().get(1) == Some(&b':');
    if target.starts_with(['/', '\\']) || drive {
        return true;
    }
    let mut depth = path.split('/').count().saturating_sub(1);
    for segment in target.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, Inventory};
    use crate::rules::archive::tests::{findings, inventory};

    fn escapes(kind: EntryKind) -> Option<bool> {
        let mut inventory = inventory(&["package/lib/a"]);
        inventory.entries[0].kind = kind;
        findings(&RULE, &inventory).first().map(|finding| finding.evidence.value()["escapes"] == true)
    }

    #[test]
    fn fires_on_links_and_says_where_they_lead() {
        let symlink = |target: &str| escapes(EntryKind::Symlink { target: target.into() });
        for target in ["b", "../b", "../../package/b", "./x/../y"] {
            assert_eq!(symlink(target), Some(false), "{target}");
        }
        for target in ["/etc", "../../../b", "c:/x", "..\\..\\..\\x"] {
            assert_eq!(symlink(target), Some(true), "{target}");
        }
        assert_eq!(escapes(EntryKind::Hardlink { target: "package/b".into() }), Some(false));
        assert_eq!(escapes(EntryKind::Hardlink { target: "../b".into() }), Some(true));
        assert_eq!(escapes(EntryKind::Special), Some(false));
    }

    #[test]
    fn stays_silent_on_files_and_inside_archives() {
        assert_eq!(findings(&RULE, &inventory(&["package/a", "package/b/"])), []);
        let mut nested: Inventory = inventory(&["package/x.zip", "a"]);
        nested.entries[1].kind = EntryKind::Symlink { target: "/".into() };
        nested.entries[1].parent = Some(EntryId(0));
        assert_eq!(findings(&RULE, &nested), []);
    }
}
