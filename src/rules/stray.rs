//! A rule for every kind of stray file in `policies/stray.toml`.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde::Serialize;

use super::for_show::is_for_show;
use super::{Context, Family, Finding, Place, Rule};
use super::{checkout, localhost};
use crate::ecosystem::{self, Remedy};
use crate::inspect::{SOURCE_TEXT, STRAYS, StrayMatch, StrayRow, StrayRule, is_excepted};
use crate::inventory::{Entry, EntryId, Inventory, Kind};
use crate::settings::Level;
use crate::words;

/// The rules, in the order of the table.
pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |stray: &'static StrayRule| Rule {
        name: stray.name,
        family: Family::StrayFiles,
        summary: stray.what,
        docs: stray.docs,
        check,
    };
    STRAYS.iter().filter(|stray| !stray.part_of_another).map(rule).collect()
});

/// Up to this many files of one folder get a finding each.
const MOST_ALONE: usize = 8;

/// What `evidence` holds.
#[derive(Debug, Serialize)]
struct Evidence {
    /// Pattern or sign by which it was recognised.
    recognised_by: String,
    /// The files, at most fifty of them.
    files: Vec<String>,
    /// How many there are.
    count: usize,
    /// Their size in bytes.
    bytes: u64,
}

/// Files that are reported together.
#[derive(Default)]
struct Group<'a> {
    entries: Vec<&'a Entry>,
    recognised_by: &'static str,
    why: &'static str,
}

/// The findings of the table's rule of this name.
pub(super) fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(stray) = STRAYS.iter().find(|stray| stray.name == rule.name) else { return };
    let mut groups: BTreeMap<(&str, String), Group<'_>> = BTreeMap::new();
    let candidates = context.strays().iter();
    let recognised = candidates.filter_map(|(entry, matches)| {
        let what = recognise(stray, entry, matches, context)?;
        Some((*entry, what))
    });
    let mut strays: Vec<(&Entry, Recognised)> = recognised.collect();
    if stray.name == "stray-archive" {
        leave_outermost(&mut strays);
    }
    let mut kinds: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for (entry, (pattern, ..)) in strays.iter().filter(|(entry, _)| !is_mild(stray, context, entry)) {
        kinds.entry(pattern).or_default().push(entry);
    }
    for (entry, (pattern, folder, why)) in strays {
        let key = if stray.folders { String::new() } else { folder };
        let group = groups.entry((pattern, key)).or_default();
        group.entries.push(entry);
        (group.recognised_by, group.why) = (pattern, why);
    }
    for ((pattern, folder), group) in united(groups) {
        let kind = kinds.get(pattern).map_or(&[][..], Vec::as_slice);
        if stray.folders || group.entries.len() > MOST_ALONE {
            findings.extend(finding(rule, stray, context, (&group, kind), &folder));
        } else {
            for entry in &group.entries {
                let alone = Group { entries: vec![entry], ..group };
                findings.extend(finding(rule, stray, context, (&alone, kind), &folder));
            }
        }
    }
}

/// An earlier release may hold the one before it, and so on: the first of them is the cause.
fn leave_outermost(strays: &mut Vec<(&Entry, Recognised)>) {
    let all: HashSet<EntryId> = strays.iter().map(|(entry, _)| entry.id).collect();
    strays.retain(|(entry, _)| entry.parent.is_none_or(|parent| !all.contains(&parent)));
}

/// One group for the whole artifact if files of a kind are all over it.
fn united<'a>(groups: BTreeMap<(&'a str, String), Group<'a>>) -> BTreeMap<(&'a str, String), Group<'a>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ((pattern, _), group) in &groups {
        *counts.entry(pattern).or_default() += group.entries.len().min(MOST_ALONE);
    }
    let mut united: BTreeMap<(&str, String), Group<'_>> = BTreeMap::new();
    for ((pattern, folder), group) in groups {
        let is_everywhere = counts.get(pattern).is_some_and(|count| *count > MOST_ALONE);
        let folder = if is_everywhere { String::new() } else { folder };
        let whole = united.entry((pattern, folder)).or_default();
        whole.entries.extend(group.entries);
        (whole.recognised_by, whole.why) = (group.recognised_by, group.why);
    }
    // Whoever packs the same files in another order is told the same.
    for group in united.values_mut() {
        group.entries.sort_by(|a, b| a.place.cmp(&b.place));
    }
    united
}

/// What an entry is recognised by, the folder that it is reported with, and what is special about it.
type Recognised = (&'static str, String, &'static str);

fn recognise(
    stray: &StrayRule,
    entry: &Entry,
    matches: &[StrayMatch],
    context: &Context<'_>,
) -> Option<Recognised> {
    let inventory = context.inventory;
    // Credentials in tests are made up, and real secrets have rules of their own; a program that reads logs has some
    // in its tests.
    let is_data = matches!(stray.name, "stray-credential" | "stray-credential-file" | "stray-log");
    let for_show = context.is_for_show(&entry.place);
    if is_data && (for_show || stray.name == "stray-credential" && is_local_key(inventory, entry)) {
        return None;
    }
    // What a tool writes of its work into its cache goes with the cache.
    let is_of_cache = |found: &StrayMatch| {
        found.pattern.ends_with('/') && STRAYS.get(found.rule).is_some_and(|rule| rule.name == "stray-cache")
    };
    if stray.name == "stray-log" && matches.iter().any(is_of_cache) {
        return None;
    }
    let root = context.root().split('/').filter(|part| !part.is_empty()).count();
    let has = |sign: &str| entry.signs.contains(&sign);
    let is_of_kind = |row: &StrayRow| row.kinds.is_empty() || row.kinds.contains(&inventory.kind.name());
    let in_place = |found: &&StrayMatch| {
        let row = found.row;
        STRAYS.get(found.rule).is_some_and(|rule| std::ptr::eq(rule, stray))
            && is_of_kind(row)
            && !(row.plugin && context.is_in_plugin(entry))
            && (row.sign.is_empty() || has(row.sign))
            && (row.unless.is_empty() || !has(row.unless))
            && (!row.top || is_at_top(inventory, entry, found.depth, root))
    };
    if let Some(found) = matches.iter().find(in_place) {
        let folder =
            if found.pattern.ends_with('/') { found.end } else { entry.path.rfind('/').unwrap_or(0) };
        // The same folder as a place in the artifact.
        let outside = entry.place.len() - entry.path.len().min(entry.place.len());
        let folder = entry.place.get(..outside + folder).unwrap_or_default().to_owned();
        return Some((found.pattern, folder, found.row.why));
    }
    // This sign is shown by none of its exceptions, but by what is hidden in one.
    let is_excepted = |row: &StrayRow| row.sign != SOURCE_TEXT && is_excepted(row, &entry.path);
    let shows =
        |row: &&StrayRow| row.paths.is_empty() && has(row.sign) && is_of_kind(row) && !is_excepted(row);
    let by_content = stray.rows.iter().find(shows)?;
    // A program that reads repositories has some in its tests.
    if for_show && stray.name == "stray-vcs" {
        return None;
    }
    Some((by_content.sign, String::new(), by_content.why))
}

/// The pattern by which a finding on this file says to leave it out, if one does.
pub(super) fn usual_pattern(context: &Context<'_>, entry: &Entry) -> Option<String> {
    let strays = context.strays();
    let at = strays.binary_search_by_key(&entry.id, |(stray, _)| stray.id).ok()?;
    let (_, matches) = strays.get(at)?;
    let found = |stray| recognise(stray, entry, matches, context).map(|(pattern, _, _)| pattern);
    let pattern = STRAYS.iter().filter(|stray| !stray.part_of_another).find_map(found)?;
    pattern_of(pattern, entry)
}

/// Whether a file is the key of a certificate for `localhost`, of which its own rule tells.
fn is_local_key(inventory: &Inventory, entry: &Entry) -> bool {
    entry.secrets.iter().any(|secret| secret.rule == "secret-private-key")
        && localhost::is_key(inventory, entry)
}

/// Whether something at this depth of its path is at the package's top: in its folder, or in an archive within the
/// artifact that its client unpacks.
fn is_at_top(inventory: &Inventory, entry: &Entry, depth: usize, root: usize) -> bool {
    inventory.is_unpacked(entry) && depth == if entry.parent.is_none() { root } else { 0 }
}

fn finding(
    rule: &Rule,
    stray: &StrayRule,
    context: &Context<'_>,
    (group, kind): (&Group<'_>, &[&Entry]),
    folder: &str,
) -> Option<Finding> {
    const MOST_FILES: usize = 50;
    let first = telling(&group.entries)?;
    let why = if group.why.is_empty() { stray.why } else { group.why };
    let count = group.entries.len();
    let message = match count {
        1 => format!("{}: a stranger gets {why}.", words::capital(stray.one)),
        _ if folder.is_empty() => format!("{count} files are {}: a stranger gets {why}.", stray.what),
        _ => format!("{count} files under {folder} are {}: a stranger gets {why}.", stray.what),
    };
    let evidence = Evidence {
        recognised_by: group.recognised_by.to_owned(),
        files: group.entries.iter().take(MOST_FILES).map(|entry| entry.place.clone()).collect(),
        count,
        bytes: group.entries.iter().map(|entry| entry.size).sum(),
    };
    let usual = pattern_of(group.recognised_by, first);
    let remedy = left_out_by_kind(context.inventory, (group, kind), usual.as_deref());
    // Where the file is to be moved or deleted, that is said already.
    let is_deleted = remedy.edits.is_empty() && !remedy.removes.is_empty();
    let elsewhere = (stray.name == "stray-vcs").then(|| checkout::advice(context.inventory)).flatten();
    let more = match &elsewhere {
        Some(elsewhere) => elsewhere.as_str(),
        None if is_deleted && says_no_more(stray) => "",
        None => stray.fix,
    };
    let key =
        if count == 1 { first.below_root().to_owned() } else { format!("{folder} {}", group.recognised_by) };
    let finding = Finding::new(rule, Place::entry(first))
        .message(message)
        .remedy(remedy, more)
        .evidence(evidence)
        .key(key);
    let all_mild = group.entries.iter().all(|entry| is_mild(stray, context, entry));
    Some(if all_mild { finding.at_most(Level::Note) } else { finding })
}

/// Whether there is nothing to do about such a file once it is moved or deleted.
fn says_no_more(stray: &StrayRule) -> bool {
    matches!(stray.name, "stray-log" | "stray-editor" | "original-source")
}

/// How to leave the files out: by the usual pattern where that fits others as well, of which the same is said.
fn left_out_by_kind(
    inventory: &Inventory,
    (group, kind): (&Group<'_>, &[&Entry]),
    usual: Option<&str>,
) -> Remedy {
    let own = ecosystem::leave_out(inventory, &group.entries, usual);
    let Some(usual) = usual.filter(|_| kind.len() > group.entries.len() && !own.edits.is_empty()) else {
        return own;
    };
    let all = ecosystem::leave_out(inventory, kind, Some(usual));
    if all.words.contains(usual) { all } else { own }
}

/// Whether it gives a stranger too little to be more than a note.
fn is_mild(stray: &StrayRule, context: &Context<'_>, entry: &Entry) -> bool {
    // Elsewhere nobody bundles Node's packages: the whole folder is a stray.
    let bundles = matches!(context.inventory.kind, Kind::Npm | Kind::Vsix);
    is_of_others(stray, entry)
        || context.inventory.kind == Kind::Jar && is_apaches(stray, entry)
        || entry.signs.contains(&ecosystem::ONLY_OWN_NAMES)
        || bundles && is_record_of_client(entry)
        || is_test_data(entry, context.root())
}

/// Whether a dependency that is packed whole brought it, and it holds nothing that opens anything.
fn is_of_others(stray: &StrayRule, entry: &Entry) -> bool {
    const OPEN: [&str; 4] = ["stray-vcs", "stray-agent", "stray-credential", "stray-credential-file"];
    let below = entry.place.rsplit_once("node_modules/").map(|(_, below)| below);
    // `node_modules/.cache` has the project's own files.
    below.is_some_and(|below| !below.starts_with('.')) && !OPEN.contains(&stray.name)
}

/// Whether it lies among the classes of Apache's projects, which many jars have in them and everybody has the source of.
fn is_apaches(stray: &StrayRule, entry: &Entry) -> bool {
    stray.name == "stray-source-text" && entry.path.starts_with("org/apache/")
}

/// Whether a client wrote it of what it installed: whoever bundles dependencies ships it with them, and it names no more
/// than these.
fn is_record_of_client(entry: &Entry) -> bool {
    const RECORDS: [&str; 3] = [".package-lock.json", ".yarn-integrity", ".modules.yaml"];
    let (folder, name) = entry.place.rsplit_once('/').unwrap_or(("", &entry.place));
    RECORDS.contains(&name) && folder.rsplit(['/', '!']).next() == Some("node_modules")
}

/// Whether it is in an archive that tests read: there it is as made up as the rest.
fn is_test_data(entry: &Entry, root: &str) -> bool {
    entry.place.rsplit_once('!').is_some_and(|(archive, _)| is_for_show(archive, root))
}

/// The file that says most about a folder: Git's configuration, an agent's settings; else the first.
fn telling<'a>(entries: &[&'a Entry]) -> Option<&'a Entry> {
    let names = ["config", "settings.local.json", "settings.json"];
    let by_name = names.iter().find_map(|name| entries.iter().find(|entry| entry.file_name() == *name));
    by_name.or(entries.first()).copied()
}

/// The pattern that people write for such files; `None` where they are recognised by what is in them, as one of all
/// the files that are called like it: a line for those would take away what is added later.
fn pattern_of(recognised_by: &str, entry: &Entry) -> Option<String> {
    const DATA: [&str; 8] =
        ["*.json", "*.xml", "*.yml", "*.yaml", "*.toml", "*.properties", "*.csv", "*.txt"];
    let is_pattern = recognised_by.contains(['.', '/', '*']) || recognised_by == entry.file_name();
    (is_pattern && !DATA.contains(&recognised_by)).then(|| match recognised_by.strip_suffix('/') {
        Some(folder) => format!("**/{folder}/**"),
        None => format!("**/{recognised_by}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{BuildCopy, Declared, Package};
    use crate::rules::testing::run;

    fn found(files: &[(&str, &[&'static str])]) -> Vec<(&'static str, String)> {
        let entry = |(path, signs): &(&str, &[&'static str])| Entry {
            path: (*path).to_owned(),
            place: (*path).to_owned(),
            signs: (*signs).into(),
            ..Entry::default()
        };
        let inventory = Inventory {
            kind: Kind::Npm,
            package: Some(Package { root: "package".to_owned(), ..Package::default() }),
            entries: numbered(files.iter().map(entry)),
            ..Inventory::default()
        };
        RULES
            .iter()
            .flat_map(|rule| run(rule, &inventory))
            .map(|finding| (finding.rule, finding.place.path))
            .collect()
    }

    #[test]
    fn no_line_takes_away_all_files_of_a_common_kind() {
        let entry = |name: &str| Entry { place: name.to_owned(), path: name.to_owned(), ..Entry::default() };
        assert_eq!(pattern_of("*.json", &entry("data/account.json")), None);
        assert_eq!(pattern_of("*.pem", &entry("data/a.pem")).as_deref(), Some("**/*.pem"));
        assert_eq!(pattern_of(".claude/", &entry(".claude/a.json")).as_deref(), Some("**/.claude/**"));
        assert_eq!(pattern_of("service-account", &entry("data/account.json")), None);
    }

    #[test]
    fn a_release_in_an_earlier_release_is_told_once() {
        let archive = |place: &str, parent: Option<u32>| Entry {
            place: place.to_owned(),
            path: place.rsplit('!').next().unwrap_or(place).to_owned(),
            parent: parent.map(EntryId),
            signs: ["archive"][..].into(),
            ..Entry::default()
        };
        let entries = [
            archive("package/acme-1.1.0.tgz", None),
            archive("package/acme-1.1.0.tgz!package/acme-1.0.0.tgz", Some(0)),
            archive("package/data.zip", None),
            archive("package/data.zip!acme-0.9.0.tgz", Some(2)),
        ];
        let places = |entries: Vec<Entry>| -> Vec<String> {
            let inventory = Inventory {
                kind: Kind::Npm,
                package: Some(Package { root: "package".to_owned(), ..Package::default() }),
                entries: numbered(entries),
                ..Inventory::default()
            };
            let rules = RULES.iter().filter(|rule| rule.name == "stray-archive");
            rules.flat_map(|rule| run(rule, &inventory)).map(|finding| finding.place.path).collect()
        };
        let all = places(entries.to_vec());
        assert!(all.contains(&"package/acme-1.1.0.tgz".to_owned()), "{all:?}");
        assert!(!all.contains(&"package/acme-1.1.0.tgz!package/acme-1.0.0.tgz".to_owned()), "{all:?}");
    }

    #[test]
    fn every_sort_is_found_at_its_place() {
        for (path, signs, rule) in [
            ("package/.git/config", &[][..], "stray-vcs"),
            ("package/dist/data.bin", &["git-pack"], "stray-vcs"),
            ("package/old.export", &["history-dump"], "stray-vcs"),
            ("package/.claude/settings.local.json", &[], "stray-agent"),
            ("package/.mcp.json", &["agent-personal"], "stray-agent"),
            ("package/.mcp.json", &["agent-servers"], "stray-agent-notes"),
            ("package/.claude/settings.json", &["agent-personal"], "stray-agent"),
            ("package/.claude/settings.json", &[], "stray-agent-notes"),
            ("package/.aider.conf.yml", &["agent-personal"], "stray-agent"),
            ("package/.aider.conf.yml", &[], "stray-agent-notes"),
            ("package/CLAUDE.md", &[], "stray-agent-notes"),
            ("package/dist/.cursor/rules/a.mdc", &[], "stray-agent-notes"),
            ("package/.npmrc", &["registry-login"], "stray-credential"),
            ("package/.npmrc", &["names-credentials"], "stray-credential-file"),
            ("package/.envrc", &["names-credentials"], "stray-credential-file"),
            ("package/dist/.env.production", &["dotenv-secrets"], "stray-credential"),
            ("package/.env", &[], "stray-credential-file"),
            ("package/infra/terraform.tfstate", &["tfstate"], "stray-credential"),
            ("package/dist/.next/cache/webpack/a.pack", &[], "stray-cache"),
            ("package/lib/__pycache__/a.pyc", &[], "stray-cache"),
            ("package/.turbo/turbo-build.log", &["text"], "stray-cache"),
            ("package/tsconfig.tsbuildinfo", &["tsbuildinfo"], "stray-cache"),
            ("package/coverage/lcov.info", &["lcov"], "stray-coverage"),
            ("package/.nyc_output/1.json", &[], "stray-coverage"),
            ("package/dist/stats.json", &["webpack-stats"], "stray-bundler-report"),
            ("package/.idea/workspace.xml", &[], "stray-editor"),
            ("package/src/.a.js.swp", &["vim-swap"], "stray-editor"),
            ("package/lib/.DS_Store", &[], "stray-os"),
            ("package/npm-debug.log", &["text"], "stray-log"),
            ("package/core.1234", &["elf-core"], "stray-log"),
            ("package/.github/workflows/release.yml", &[], "stray-ci"),
            ("package/test/a.js", &[], "stray-tests"),
            ("package/testdata/repos/server.export", &["history-dump"], "stray-tests"),
            ("package/acme-1.0.0.tgz", &["archive"], "stray-archive"),
        ] {
            assert_eq!(found(&[(path, signs)]), [(rule, path.to_owned())], "{path}");
        }
    }

    #[test]
    fn ordinary_files_are_not() {
        for (path, signs) in [
            ("package/.env.example", &[][..]),
            ("package/.npmrc", &[]),
            ("package/.yarnrc.yml", &[]),
            ("package/.envrc", &[]),
            ("package/testsuite/init/.hg/.keep", &[]),
            ("package/seed/wheels/embed/pip-26.0-py3-none-any.whl", &["archive"]),
            ("package/lib/secrets/index.js", &[]),
            ("package/lib/core/index.js", &["text"]),
            ("package/lib/coverage/index.js", &[]),
            ("package/lib/target/index.js", &[]),
            ("package/build/index.js", &[]),
            ("package/levels/world.map", &[]),
            ("package/lib/log.js", &["text"]),
            ("package/lib/vercel.json", &[]),
            ("package/lib/git/index.js", &[]),
            ("package/lib/test.js", &[]),
            ("package/server.tsbuildinfo", &[]),
            ("package/mcp.js", &["agent-servers"]),
        ] {
            assert_eq!(found(&[(path, signs)]), [], "{path}");
        }
    }

    #[test]
    fn where_a_build_has_it_from() {
        let help = |kind: Kind| {
            let entry =
                Entry { path: "dist/.env".to_owned(), place: "dist/.env".to_owned(), ..Entry::default() };
            let patterns = vec!["dist".to_owned()];
            let declared = Declared { has_allowlist: Some(true), patterns, ..Declared::default() };
            let package = Some(Package { declared, ..Package::default() });
            let mut inventory =
                Inventory { kind, package, entries: numbered([entry]), ..Inventory::default() };
            let from = "public/.env".to_owned();
            inventory.making.copies.push(BuildCopy { place: "dist/.env".to_owned(), from });
            RULES
                .iter()
                .flat_map(|rule| run(rule, &inventory))
                .map(|finding| finding.help)
                .collect::<String>()
        };
        assert!(help(Kind::Directory).contains("The build copies public/.env: move that elsewhere"));
        assert!(help(Kind::Npm).contains("\nOr move public/.env elsewhere"));
    }

    #[test]
    fn what_others_left_and_what_tests_read_is_a_note() {
        let level = |path: &str, place: &str| {
            let entry = Entry { path: path.to_owned(), place: place.to_owned(), ..Entry::default() };
            let inventory = Inventory {
                kind: Kind::Npm,
                package: Some(Package { root: "package".to_owned(), ..Package::default() }),
                entries: numbered([entry]),
                ..Inventory::default()
            };
            let found: Vec<_> = RULES.iter().flat_map(|rule| run(rule, &inventory)).collect();
            assert_eq!(found.len(), 1, "{place}");
            found[0].at_most
        };
        let plain = |path: &str| level(path, path);
        assert_eq!(plain("package/lib/node_modules/a/.nyc_output/1.json"), Some(Level::Note));
        assert_eq!(plain("package/node_modules/.cache/a.json"), None);
        for record in [".package-lock.json", ".yarn-integrity", ".modules.yaml"] {
            assert_eq!(plain(&format!("package/node_modules/{record}")), Some(Level::Note));
        }
        assert_eq!(plain("package/node_modules/a/.git/config"), None);
        assert_eq!(plain("package/.nyc_output/1.json"), None);
        assert_eq!(level(".svn/a", "package/tests/a.zip!.svn/a"), Some(Level::Note));
        assert_eq!(level(".svn/a", "package/lib/a.zip!.svn/a"), None);
    }

    #[test]
    fn the_source_of_apaches_projects_is_everybodys() {
        for (path, expected) in [
            ("org/apache/tools/a.txt", Some(Level::Note)),
            ("org/acme/tools/a.txt", None),
            ("static/org/apache/tools/a.txt", None),
        ] {
            let entry = Entry {
                path: path.to_owned(),
                place: path.to_owned(),
                signs: [SOURCE_TEXT].as_slice().into(),
                ..Entry::default()
            };
            let inventory = Inventory { kind: Kind::Jar, entries: numbered([entry]), ..Inventory::default() };
            let found: Vec<_> = RULES.iter().flat_map(|rule| run(rule, &inventory)).collect();
            assert_eq!(found.len(), 1, "{path}");
            assert_eq!(found[0].at_most, expected, "{path}");
        }
    }

    #[test]
    fn a_folder_of_many_is_one_finding() {
        let paths: Vec<String> = (0..20).map(|number| format!("package/.git/objects/{number}")).collect();
        let mut files: Vec<(&str, &[&'static str])> =
            paths.iter().map(|path| (path.as_str(), &[][..])).collect();
        files.push(("package/.git/config", &[]));
        assert_eq!(found(&files), [("stray-vcs", "package/.git/config".to_owned())]);
    }
}
