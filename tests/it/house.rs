//! The rooms of `src/` and the arrows between them. [`ROOMS`] is the plan, from the ground up; `ARCHITECTURE.md`
//! shows the same. An import that the plan doesn't allow fails with its file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Each room with the rooms it uses, all of which stand before it: so there can be no circle. `main` and `cli` use
/// whatever the library shows.
const ROOMS: &[(&str, &[&str])] = &[
    ("words", &[]),
    ("escape", &[]),
    ("plain", &[]),
    ("paths", &[]),
    ("timings", &[]),
    ("guard", &[]),
    ("stack", &[]),
    ("scratch", &[]),
    ("inventory", &[]),
    ("blob", &["words", "inventory"]),
    ("fingerprint", &["plain", "words", "inventory"]),
    ("unpack", &["inventory"]),
    ("decode", &["plain", "unpack"]),
    (
        "inspect",
        &[
            "words",
            "plain",
            "paths",
            "timings",
            "guard",
            "stack",
            "inventory",
            "decode",
            "fingerprint",
            "unpack",
        ],
    ),
    ("stored", &["words", "inventory", "fingerprint", "inspect"]),
    ("project", &["scratch"]),
    ("ecosystem", &["words", "paths", "scratch", "inventory", "decode", "project"]),
    ("settings", &["unpack", "project", "ecosystem"]),
    ("lock", &["inventory", "project", "ecosystem"]),
    ("pack", &["scratch", "project", "ecosystem"]),
    ("fetch", &["inventory", "ecosystem"]),
    ("publish", &["words", "scratch", "inventory", "ecosystem"]),
    ("internal", &["paths", "fingerprint", "project", "ecosystem", "settings"]),
    ("own", &["inventory", "fingerprint", "project", "ecosystem", "settings"]),
    ("surroundings", &["inventory", "fingerprint", "project", "ecosystem", "settings", "internal", "own"]),
    ("commit", &["paths", "scratch", "inventory", "blob", "project", "ecosystem"]),
    (
        "stocktake",
        &["words", "timings", "guard", "inventory", "blob", "unpack", "inspect", "project", "ecosystem"],
    ),
    (
        "recoverable",
        &["paths", "inventory", "fingerprint", "unpack", "decode", "inspect", "settings", "own", "stocktake"],
    ),
    ("diff", &["inventory", "ecosystem", "lock", "recoverable"]),
    (
        "rules",
        &[
            "words",
            "paths",
            "timings",
            "inventory",
            "inspect",
            "ecosystem",
            "settings",
            "lock",
            "recoverable",
        ],
    ),
    ("policy", &["words", "paths", "inventory", "unpack", "settings", "rules"]),
    ("init", &["project", "ecosystem", "settings", "policy"]),
    ("outcome", &["inventory", "settings", "recoverable", "diff", "rules", "policy"]),
    ("fix", &["project", "ecosystem", "settings", "policy", "outcome"]),
    (
        "report",
        &[
            "words",
            "escape",
            "inventory",
            "project",
            "ecosystem",
            "settings",
            "recoverable",
            "diff",
            "rules",
            "policy",
            "outcome",
            "stored",
        ],
    ),
    ("passed", &["project", "ecosystem", "settings", "policy", "outcome"]),
    (
        "attest",
        &[
            "words",
            "escape",
            "scratch",
            "inventory",
            "ecosystem",
            "publish",
            "settings",
            "policy",
            "outcome",
            "report",
        ],
    ),
    (
        "audit",
        &[
            "timings",
            "inventory",
            "unpack",
            "fingerprint",
            "inspect",
            "stored",
            "settings",
            "project",
            "ecosystem",
            "lock",
            "internal",
            "own",
            "surroundings",
            "commit",
            "stocktake",
            "diff",
            "rules",
            "policy",
            "outcome",
        ],
    ),
];

/// Rooms of the program, which stand above all others.
const PROGRAM: [&str; 2] = ["main", "cli"];

#[test]
fn rooms_use_only_what_the_plan_allows() {
    let mut wrong = String::new();
    let mut used: BTreeSet<(String, String)> = BTreeSet::new();
    for file in &sources() {
        let room = file.room();
        for (line, target) in paths_from_the_root(&file.text) {
            if target == room || !ROOMS.iter().any(|(name, _)| *name == target) {
                continue;
            }
            if !may_use(&room, &target) {
                let _ = writeln!(wrong, "{}:{line}: `{room}` must not use `{target}`", file.path.display());
            }
            used.insert((room.clone(), target));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    for (room, allowed) in ROOMS {
        for target in *allowed {
            let uses = used.contains(&((*room).to_owned(), (*target).to_owned()));
            assert!(uses, "`{room}` no longer uses `{target}`: take it out of the plan");
        }
    }
}

#[test]
fn the_plan_has_every_room_and_no_circle() {
    let rooms: BTreeSet<String> = sources().iter().map(Source::room).filter(|room| room != "lib").collect();
    let planned = ROOMS.iter().map(|(room, _)| *room).chain(PROGRAM);
    assert_eq!(rooms, planned.map(str::to_owned).collect());
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        for target in *allowed {
            let below = ROOMS[..place].iter().any(|(name, _)| name == target);
            assert!(below, "`{room}` may only use rooms that stand before it in the plan, not `{target}`");
        }
    }
}

#[test]
fn the_architecture_page_shows_the_plan() {
    let page = std::fs::read_to_string(repository("ARCHITECTURE.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `src/"));
    let shown: Vec<(String, Vec<String>)> = rows.filter_map(row).collect();
    let shown: BTreeMap<String, Vec<String>> = shown.into_iter().collect();
    let mut planned = BTreeMap::new();
    for (room, allowed) in ROOMS {
        planned.insert((*room).to_owned(), allowed.iter().map(|room| (*room).to_owned()).collect());
    }
    for (room, allowed) in &planned {
        assert_eq!(shown.get(room), Some(allowed), "the row of `{room}` in ARCHITECTURE.md");
    }
    assert_eq!(shown.len(), planned.len(), "ARCHITECTURE.md shows a room that isn't in the plan");
}

/// Modules that still use each other both ways. May only get shorter.
const TIED: [&str; 1] = ["src/inspect: coding and map"];

/// The modules next to each other in one folder use each other one way only.
#[test]
fn there_is_no_circle_inside_a_room() {
    let sources = sources();
    let mut folders: BTreeMap<PathBuf, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for file in &sources {
        for Seat { folder, module, prefixes } in file.seats() {
            let siblings = siblings(&sources, &folder);
            let items = shown_by(&sources, &folder, &siblings);
            let texts = file.text.iter().map(|(_, text)| text);
            let names = texts.flat_map(|text| prefixes.iter().flat_map(|prefix| names_behind(text, prefix)));
            let targets = names.filter_map(|name| match siblings.contains(&name) {
                true => Some(name),
                false => items.get(&name).cloned(),
            });
            let targets: BTreeSet<String> = targets.filter(|target| *target != module).collect();
            folders.entry(folder).or_default().entry(module).or_default().extend(targets);
        }
    }
    let (mut wrong, mut found) = (String::new(), BTreeSet::new());
    for (folder, arrows) in &folders {
        for circle in circles(arrows) {
            let circle = format!("{}: {}", folder.display(), circle.join(" and "));
            if !TIED.contains(&circle.as_str()) {
                let _ = writeln!(wrong, "{circle}");
            }
            found.insert(circle);
        }
    }
    assert!(wrong.is_empty(), "these use each other:\n{wrong}");
    for tied in TIED {
        assert!(found.contains(tied), "{tied}: no longer tied, take it off the list");
    }
}

/// The reader itself: what it takes for an arrow, and what not.
/// The crate that is published must build: cargo packs what `include` names, and builds here see everything.
#[test]
fn the_crate_ships_every_file_that_the_source_includes() {
    let root = repository("");
    let listed = std::process::Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline", "--quiet"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let listed: BTreeSet<PathBuf> =
        listed.lines().map(|path| root.join(path).canonicalize().unwrap_or_default()).collect();
    let mut included = 0;
    for source in sources() {
        for (number, line) in &source.text {
            for macro_ in ["include_str!(\"", "include_bytes!(\""] {
                let Some(path) = line.split(macro_).nth(1).and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                let file = root.join(&source.path).parent().unwrap().join(path).canonicalize().unwrap();
                assert!(
                    listed.contains(&file),
                    "{}:{number}: {path} is not in the crate",
                    source.path.display()
                );
                included += 1;
            }
        }
    }
    assert!(included > 0);
}

#[test]
fn arrows_are_read_as_the_compiler_does() {
    let text = "\
//! See [`crate::audit`].
use crate::words;
use crate::{policy::{Judged, Level}, rules as laws, unpack::Limits};
fn f() -> crate::lock::Lock { crate::fetch::get() } // crate::report
use crate::{
    diff,
    inventory::{At, Entry},
};
#[cfg(test)]
use crate::internal;
#[cfg(test)]
mod tests {
    use crate::cli;
}
";
    let found: Vec<(usize, String)> = paths_from_the_root(&without_tests(text));
    let expected = [
        (2, "words"),
        (3, "policy"),
        (3, "rules"),
        (3, "unpack"),
        (4, "lock"),
        (4, "fetch"),
        (5, "diff"),
        (5, "inventory"),
    ];
    assert_eq!(found, expected.map(|(line, room)| (line, room.to_owned())));
}

fn may_use(room: &str, target: &str) -> bool {
    // The library's root shows the rooms and has no arrows of its own.
    let is_above = room == "lib" || PROGRAM.contains(&room);
    is_above || ROOMS.iter().any(|(name, allowed)| *name == room && allowed.contains(&target))
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A row of the page's table: the room, and the rooms in its last column.
fn row(line: &str) -> Option<(String, Vec<String>)> {
    let mut cells = line.trim_matches('|').split('|').map(str::trim);
    let path = cells.next()?.trim_matches('`');
    let room = path.strip_prefix("src/")?.trim_end_matches('/').trim_end_matches(".rs").to_owned();
    let uses = cells.next_back()?.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    ROOMS.iter().any(|(name, _)| *name == room).then_some((room, uses))
}

/// A file of `src/`, without tests and comments.
struct Source {
    /// Relative to the repository.
    path: PathBuf,
    /// Its statements, each with the number of its first line.
    text: Vec<(usize, String)>,
}

impl Source {
    /// The folder or file directly below `src/`.
    fn room(&self) -> String {
        let below = self.path.components().nth(1).unwrap();
        below.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    }

    /// The rooms and rooms inside rooms that it is in.
    fn seats(&self) -> Vec<Seat> {
        let mut seats = Vec::new();
        let mut next = self.module();
        let mut up = String::new();
        while let Some((folder, module)) = next.filter(|(folder, _)| folder.components().count() > 1) {
            up.push_str("super::");
            let below: Vec<_> = folder.iter().skip(1).map(|name| name.to_string_lossy()).collect();
            let prefixes = [up.clone(), format!("crate::{}::", below.join("::"))];
            next = folder
                .parent()
                .zip(folder.file_name())
                .map(|(parent, name)| (parent.to_owned(), name.to_string_lossy().into_owned()));
            seats.push(Seat { folder, module, prefixes });
        }
        seats
    }

    /// The folder in which it is a module, and its name there; `None` for the roots.
    fn module(&self) -> Option<(PathBuf, String)> {
        let stem = self.path.file_stem()?.to_string_lossy().into_owned();
        let folder = self.path.parent()?.to_owned();
        match stem.as_str() {
            "lib" | "main" => None,
            "mod" => Some((folder.parent()?.to_owned(), folder.file_name()?.to_string_lossy().into_owned())),
            _ => Some((folder, stem)),
        }
    }
}

/// A file as a part of a module of a folder.
struct Seat {
    folder: PathBuf,
    module: String,
    /// What stands before the name of another module of the folder.
    prefixes: [String; 2],
}

/// All files of `src/` that are not there for tests only.
fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    gather(&repository("src"), &mut files);
    let texts: Vec<(PathBuf, String)> = files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
            (path.strip_prefix(repository("")).unwrap().to_owned(), text)
        })
        .collect();
    let for_tests: BTreeSet<PathBuf> =
        texts.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    texts
        .into_iter()
        // With the modules in the folder of one.
        .filter(|(path, _)| {
            !for_tests.iter().any(|test| path == test || path.starts_with(test.with_extension("")))
        })
        .map(|(path, text)| Source { text: without_tests(&text), path })
        .collect()
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            gather(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The files that this one declares for tests: `#[cfg(test)] mod testing;`.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = match path.file_stem().unwrap().to_str().unwrap() {
        "mod" | "lib" | "main" => path.parent().unwrap().to_owned(),
        _ => path.with_extension(""),
    };
    let declared = text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
        let line = rest.lines().next()?.trim().strip_suffix(';')?;
        let (_, name) = line.rsplit_once("mod ")?;
        Some(folder.join(name).with_extension("rs"))
    });
    declared.collect()
}

/// The statements of a text, comments left out, up to the tests at its end; single statements for tests are left
/// out too.
fn without_tests(text: &str) -> Vec<(usize, String)> {
    let mut statements = Vec::new();
    let mut statement = String::new();
    let (mut first, mut for_tests) = (1, false);
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if code.trim() == "#[cfg(test)]" {
            for_tests = true;
            continue;
        }
        if for_tests && code.contains("mod ") && code.trim_end().ends_with('{') {
            break;
        }
        if statement.is_empty() {
            first = number + 1;
        }
        statement.push_str(code);
        statement.push(' ');
        let is_import = statement.split_whitespace().take(2).any(|word| word == "use");
        if !is_import || code.contains(';') {
            let done = std::mem::take(&mut statement);
            if !std::mem::take(&mut for_tests) {
                statements.push((first, done));
            }
        }
    }
    statements
}

/// The names behind each `crate::`, with their lines.
fn paths_from_the_root(text: &[(usize, String)]) -> Vec<(usize, String)> {
    let names = |(line, text): &(usize, String)| {
        names_behind(text, "crate::").into_iter().map(|name| (*line, name)).collect::<Vec<_>>()
    };
    text.iter().flat_map(names).collect()
}

/// The first names behind each occurrence of a prefix: one, or those of the group in braces.
fn names_behind(text: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        // `super::super::x` and `$crate::x` are something else.
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | ':')) {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut name) = (0, String::new());
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.extend(first_name(&std::mem::take(&mut name))),
                    _ if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.extend(first_name(&name));
        } else {
            names.extend(first_name(rest));
        }
    }
    names
}

fn first_name(path: &str) -> Option<String> {
    let path = path.trim_start();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// The modules of a folder.
fn siblings(sources: &[Source], folder: &Path) -> BTreeSet<String> {
    let modules = sources.iter().filter_map(Source::module);
    modules.filter(|(of, _)| of == folder).map(|(_, module)| module).collect()
}

/// The items that a folder's own file hands on from its modules, each with the module.
fn shown_by(sources: &[Source], folder: &Path, siblings: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut items = BTreeMap::new();
    let own = [folder.join("mod.rs"), folder.with_extension("rs")];
    for source in sources.iter().filter(|source| own.contains(&source.path)) {
        for (_, statement) in &source.text {
            let Some((_, path)) = statement.split_once("use ") else { continue };
            let Some((module, handed_on)) = path.split_once("::") else { continue };
            if siblings.contains(module) {
                let group = format!("::{}", handed_on.trim().trim_end_matches(';'));
                items.extend(names_behind(&group, "::").into_iter().map(|item| (item, module.to_owned())));
            }
        }
    }
    items
}

/// Groups of modules that can be reached from each other.
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &String| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = arrows.get(from).into_iter().flatten().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module.clone()) {
                next.extend(arrows.get(module).into_iter().flatten());
            }
        }
        reached
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|from| (from, reach(from))).collect();
    let mut groups: Vec<Vec<String>> = Vec::new();
    for (module, from_it) in &reached {
        let group: Vec<String> = reached
            .iter()
            .filter(|(other, back)| from_it.contains(**other) && back.contains(*module))
            .map(|(other, _)| (*other).clone())
            .collect();
        if group.len() > 1 && !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}
