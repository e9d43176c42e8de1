//! Source maps that a build has written beside the programs of an artifact, and that a list keeps out of it. What they
//! name is in those programs all the same.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::inventory::{Entry, Inventory, KeptMap, Kind, LinkTarget};
use crate::paths;
use crate::project::Project;

use super::folder::members;
use super::unwanted::below;

/// More programs than this are not asked about.
const MOST: usize = 2_000;
/// A larger map isn't read.
const LARGEST: u64 = 64 << 20;
/// A build writes a program and its map within this time. A map that is older than the program, and that the program
/// doesn't link to, is of an earlier build.
const ONE_BUILD: Duration = Duration::from_secs(2);

/// The maps that the project has beside the programs of its artifact and the artifact lacks. `below_it` is the folder that
/// is packed in place of the project's own. None are read where no member of the workspace is private: nobody asks then.
pub(super) fn kept_maps(inventory: &Inventory, project: &Project, below_it: Option<&Path>) -> Vec<KeptMap> {
    // The root of a workspace is private as a rule, and nobody imports it.
    let has_private =
        || members(project).iter().any(|one| one.private && !project.folder.starts_with(&one.folder));
    if !matches!(inventory.kind, Kind::Npm | Kind::Vsix) || !has_private() {
        return Vec::new();
    }
    let packed: HashSet<&str> = inventory.files().map(|entry| entry.path.as_str()).collect();
    let folder = below_it.unwrap_or(&project.folder);
    let is_program = |entry: &&Entry| {
        [".js", ".mjs", ".cjs"].iter().any(|end| entry.path.ends_with(end)) && inventory.is_unpacked(entry)
    };
    let kept = |entry: &Entry| {
        let name = Some(map_of(entry)).filter(|name| !name.starts_with('/'))?;
        let path = paths::join(paths::folder(&entry.path), &name)?;
        if packed.contains(path.as_str()) {
            return None;
        }
        let program = below(inventory, entry);
        let map = folder.join(paths::join(paths::folder(program), &name)?);
        let facts = fs::metadata(&map).ok()?;
        let program = fs::metadata(folder.join(program)).ok()?;
        let is_of_this_build = || matches!((program.modified(), facts.modified()), (Ok(program), Ok(map)) if map + ONE_BUILD >= program);
        let is_its = program.len() == entry.size && facts.is_file() && facts.len() <= LARGEST;
        if !is_its || (matches!(name, Cow::Owned(_)) && !is_of_this_build()) {
            return None;
        }
        let read: Map = serde_json::from_slice(&fs::read(&map).ok()?).ok()?;
        let in_sections = read.sections.into_iter().filter_map(|section| section.map);
        let sources = read.sources.into_iter().chain(in_sections.flat_map(|map| map.sources)).flatten();
        let sources: Vec<String> = sources.collect();
        let source_root = read.source_root.filter(|root| !root.is_empty());
        (!sources.is_empty()).then_some(KeptMap { entry: entry.id, path, source_root, sources })
    };
    inventory.files().filter(is_program).take(MOST).filter_map(kept).collect()
}

/// The map that a program links to, borrowed; else the one of its name, which hidden maps have.
fn map_of(entry: &Entry) -> Cow<'_, str> {
    let mut in_force = entry.links.iter().filter(|link| link.in_force);
    let linked = in_force.find_map(|link| match &link.target {
        LinkTarget::Relative { url } => url.split(['?', '#']).next(),
        _ => None,
    });
    linked.map_or_else(|| format!("{}.map", entry.file_name()).into(), Cow::Borrowed)
}

/// What is read of a map.
#[derive(Debug, Default, Deserialize)]
struct Map {
    #[serde(default, rename = "sourceRoot")]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    sections: Vec<Section>,
}

/// A section of an index map.
#[derive(Debug, Default, Deserialize)]
struct Section {
    #[serde(default)]
    map: Option<Nested>,
}

/// The map of a section.
#[derive(Debug, Default, Deserialize)]
struct Nested {
    #[serde(default)]
    sources: Vec<Option<String>>,
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{At, Link, Package};
    use crate::scratch::testing::tree;

    const PROGRAM: &str = "x()\n";
    const MAP: &str = r#"{"version":3,"sources":["../src/a.ts","../../core/src/core.ts"],"mappings":"AAAA"}"#;

    fn workspace(core: &str) -> tempfile::TempDir {
        tree(&[
            (".git/HEAD", ""),
            ("package.json", r#"{"name":"root","private":true,"workspaces":["packages/*"]}"#),
            ("packages/core/package.json", core),
            ("packages/cli/package.json", r#"{"name":"@acme/cli"}"#),
            ("packages/cli/dist/cli.js", PROGRAM),
            ("packages/cli/dist/cli.js.map", MAP),
        ])
    }

    fn entry(path: &str, link: Option<&str>) -> Entry {
        let link = link.map(|url| Link {
            at: At::default(),
            target: LinkTarget::Relative { url: url.to_owned() },
            in_force: true,
        });
        let links = link.into_iter().collect();
        Entry { path: path.to_owned(), size: PROGRAM.len() as u64, links, ..Entry::default() }
    }

    fn found(folder: &Path, link: Option<&str>, packs_map: bool) -> Vec<String> {
        let mut entries = vec![entry("package/dist/cli.js", link)];
        entries.extend(packs_map.then(|| entry("package/dist/cli.js.map", None)));
        let package =
            Package { name: "@acme/cli".to_owned(), root: "package".to_owned(), ..Package::default() };
        let inventory = Inventory {
            kind: Kind::Npm,
            package: Some(package),
            entries: numbered(entries),
            ..Inventory::default()
        };
        let kept = kept_maps(&inventory, &Project::new(folder.join("packages/cli")), None);
        kept.into_iter().flat_map(|map| map.sources).collect()
    }

    #[test]
    fn a_map_that_is_not_packed_tells_what_the_program_is_made_of() {
        let folder = workspace(r#"{"name":"@acme/core","private":true}"#);
        let both = ["../src/a.ts", "../../core/src/core.ts"];
        for link in [None, Some("cli.js.map"), Some("./cli.js.map?v=1"), Some("../dist/cli.js.map")] {
            assert_eq!(found(folder.path(), link, false), both, "{link:?}");
        }
        assert!(found(folder.path(), None, true).is_empty(), "it is packed, and looked at itself");
        for link in ["../../cli.js.map", "/cli.js.map", "other.js.map"] {
            assert!(found(folder.path(), Some(link), false).is_empty(), "{link}");
        }
        let open = workspace(r#"{"name":"@acme/core"}"#);
        assert!(found(open.path(), None, false).is_empty(), "nothing is private");
    }

    #[test]
    fn a_map_of_an_earlier_build_says_nothing() {
        let folder = workspace(r#"{"name":"@acme/core","private":true}"#);
        let map = folder.path().join("packages/cli/dist/cli.js.map");
        let old = SystemTime::now() - Duration::from_secs(60);
        fs::File::options().write(true).open(&map).expect("the map").set_modified(old).expect("a time");
        assert!(found(folder.path(), None, false).is_empty());
        assert!(!found(folder.path(), Some("cli.js.map"), false).is_empty(), "the program links to it");
        fs::write(folder.path().join("packages/cli/dist/cli.js"), "y(); z()\n").expect("a file");
        assert!(found(folder.path(), Some("cli.js.map"), false).is_empty(), "it is another program");
    }
}
