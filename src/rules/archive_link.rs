use serde::Serialize;

use crate::inventory::{Entry, EntryKind, Inventory, Kind};
use crate::settings::Level;

use super::links::{End, Links};
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-link",
    family: Family::ArchiveTrust,
    summary: "A symbolic link, hard link or device in the artifact",
    docs: r#"
## What it does

Reports every entry of the artifact that is neither a file nor a folder: symbolic links, hard links,
devices, pipes.

## Why it matters

A link can point outside the package and make the client write or read there. npm leaves links out, pip and unzip turn
them into text files or links, cargo has refused them since 1.96: people get different packages. What a link in a
folder points to is not examined. pip, RubyGems, conda and whatever unpacks a plain tar make the links of source
distributions, gems and other tars the same way on every system: there only links that lead out of the package or nowhere
are reported, other links on the way followed; one to nowhere in a folder of tests, examples or documentation is a warning.
Packages for Debian and RPM are unpacked at the file system's root, where
symbolic links lead to other packages, too: those are not reported.

## What to do

Ship the file itself instead of the link.

## Example

`package/config -> ../../../.ssh`
"#,
    check,
};

const SYMBOLIC: &str = "a symbolic link";

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
    let inventory = context.inventory;
    let links = Links::of(inventory);
    for entry in inventory.everything().filter(|entry| inventory.is_unpacked(entry)) {
        let (kind, word, target) = match &entry.kind {
            EntryKind::File | EntryKind::Directory | EntryKind::Blob { .. } => continue,
            EntryKind::Symlink { target } => ("symlink", SYMBOLIC, Some(target.as_str())),
            EntryKind::Hardlink { target } => ("hardlink", "a hard link", Some(target.as_str())),
            EntryKind::Special => ("special", "a device or pipe", None),
        };
        let end = links.end(entry);
        let escapes = matches!(end, End::Outside);
        let is_made_alike = is_made_alike(inventory, entry);
        if is_made_alike && (matches!(end, End::There) || word == SYMBOLIC && is_for_a_system(inventory)) {
            continue;
        }
        let message = match target {
            Some(target) if escapes => {
                format!(
                    "This is {word} out of the package, to `{target}`: a client that follows it writes or reads there."
                )
            }
            Some(target) if is_made_alike => {
                format!(
                    "This is {word} to `{target}`, where nothing is that it could be made of: whoever unpacks or follows it gets an error."
                )
            }
            Some(target) => {
                format!(
                    "This is {word} to `{target}`: some clients drop it, some refuse it, others make the link or a text file."
                )
            }
            None => format!("This is {word}: some clients drop it, others refuse the whole artifact."),
        };
        let finding = Finding::new(rule, Place::entry(entry))
            .message(message)
            .help("Ship the file itself instead of a link, or leave it out.")
            .evidence(Evidence { kind, target, escapes })
            .key(target.unwrap_or(kind));
        // nobody who installs the package follows it
        let is_mild = is_made_alike && word == SYMBOLIC && !escapes && context.is_for_show(&entry.place);
        findings.push(if is_mild { finding.at_most(Level::Warning) } else { finding });
    }
}

/// Whether everyone who unpacks the archive makes the same of a link in it.
fn is_made_alike(inventory: &Inventory, entry: &Entry) -> bool {
    match inventory.kind {
        Kind::Sdist | Kind::Gem | Kind::Tar => true,
        // One of the two tars in a package of conda.
        Kind::Zip => entry.parent.is_some(),
        _ => false,
    }
}

/// Whether it is unpacked at the root of a file system, among the files of other packages.
fn is_for_a_system(inventory: &Inventory) -> bool {
    matches!(inventory.artifact.containers.first(), Some(&("ar" | "rpm")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::EntryId;
    use crate::rules::testing::{run, tree};

    fn escapes(kind: EntryKind) -> Option<bool> {
        let mut inventory = tree(&["package/lib/a"]);
        inventory.entries[0].kind = kind;
        run(&RULE, &inventory).first().map(|finding| finding.evidence.value()["escapes"] == true)
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
    fn links_in_a_source_distribution_may_point_to_what_is_in_it() {
        let found = |kind: Kind, link: EntryKind| {
            let paths = ["acme-1.0/LICENSE", "acme-1.0/src/a.py", "acme-1.0/docs/license", "acme-1.0/later"];
            let mut inventory = tree(&paths);
            inventory.kind = kind;
            inventory.entries[2].kind = link;
            run(&RULE, &inventory).len()
        };
        let symlink = |target: &str| EntryKind::Symlink { target: target.into() };
        let hard = |target: &str| EntryKind::Hardlink { target: target.into() };
        for link in [symlink("../LICENSE"), symlink("../src"), symlink("../later"), hard("acme-1.0/LICENSE")]
        {
            assert_eq!(found(Kind::Sdist, link.clone()), 0, "{link:?}");
            assert_eq!(found(Kind::Npm, link.clone()), 1, "{link:?}");
        }
        let nowhere = ["acme-1.0/COPYING", "acme-1.0/src", "acme-1.0/later"].map(hard);
        let away = ["../COPYING", "../../../etc", "license"].map(symlink);
        for link in nowhere.into_iter().chain(away) {
            assert_eq!(found(Kind::Sdist, link.clone()), 1, "{link:?}");
        }
        let level = |path: &str, target: &str| {
            let mut inventory = tree(&[path]);
            (inventory.kind, inventory.entries[0].kind) = (Kind::Sdist, symlink(target));
            run(&RULE, &inventory)[0].at_most
        };
        assert_eq!(level("acme-1.0/docs/a.ipynb", "../notebooks/a.ipynb"), Some(Level::Warning));
        assert_eq!(level("acme-1.0/docs/a.ipynb", "../../../a.ipynb"), None);
        assert_eq!(level("acme-1.0/src/a.py", "../gone.py"), None);
    }

    #[test]
    fn links_of_a_package_for_a_system_may_lead_to_another() {
        let found = |container: &'static str, link: EntryKind| {
            let mut inventory = tree(&["usr/lib/liba.so", "usr/lib/liba.so.1"]);
            inventory.kind = Kind::Tar;
            inventory.artifact.containers = vec![container];
            inventory.entries[0].kind = link;
            run(&RULE, &inventory).len()
        };
        let symlink = |target: &str| EntryKind::Symlink { target: target.into() };
        for target in ["liba.so.2", "/lib/liba.so.1"] {
            assert_eq!(found("ar", symlink(target)), 0, "{target}");
            assert_eq!(found("tar", symlink(target)), 1, "{target}");
        }
        assert_eq!(found("tar", symlink("liba.so.1")), 0);
        assert_eq!(found("ar", EntryKind::Hardlink { target: "usr/lib/libb.so".into() }), 1);
        assert_eq!(found("ar", EntryKind::Special), 1);
    }

    #[test]
    fn stays_silent_on_files_and_inside_archives() {
        assert_eq!(run(&RULE, &tree(&["package/a", "package/b/"])), []);
        let mut nested: Inventory = tree(&["package/x.zip", "a"]);
        nested.entries[1].kind = EntryKind::Symlink { target: "/".into() };
        nested.entries[1].parent = Some(EntryId(0));
        assert_eq!(run(&RULE, &nested), []);
    }
}
