//! Files that a crate is compiled with and that it lacks: followed from its targets, where rustc looks for modules.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::inventory::{Asking, BrokenImport, Entry, Import, ImportTrouble, Reach};
use crate::paths::{folder, join};

use super::manifest::package_table;

/// A file, and the folder in which its modules stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Module {
    path: String,
    folder: String,
}

impl Module {
    /// One whose modules stand beside it: a target, `mod.rs`, one that an attribute names.
    fn beside(path: &str) -> Self {
        Self { path: path.to_owned(), folder: folder(path).to_owned() }
    }
}

/// All of it, by the crate's files and their paths from its folder.
pub(super) fn broken(all: &[(&Entry, &str)], table: &Table) -> Vec<BrokenImport> {
    let files: BTreeMap<&str, &Entry> = all.iter().map(|(entry, path)| (*path, *entry)).collect();
    let mut next: Vec<(Module, Reach, String)> = targets(&files, table);
    // taken from the end: what breaks the library is told before what breaks a command
    next.reverse();
    let (mut seen, mut broken) = (BTreeSet::new(), Vec::new());
    while let Some((module, reach, field)) = next.pop() {
        let Some(entry) = files.get(module.path.as_str()).filter(|_| seen.insert(module.clone())) else {
            continue;
        };
        for import in &entry.imports {
            match find(&files, &module, import) {
                Found::Module(found) => next.push((found, reach, field.clone())),
                Found::File => {}
                Found::Nothing(trouble, near) => broken.push(BrokenImport {
                    entry: entry.id,
                    line: import.line,
                    specifier: written(import),
                    trouble,
                    near,
                    name: None,
                    reach,
                    field: field.clone(),
                }),
            }
        }
    }
    broken.sort_by_key(|one| (one.entry, one.line));
    broken.dedup_by(|one, other| (one.entry, &one.specifier) == (other.entry, &other.specifier));
    broken
}

/// The files that cargo hands to rustc whatever features are asked for.
fn targets(files: &BTreeMap<&str, &Entry>, table: &Table) -> Vec<(Module, Reach, String)> {
    let package = package_table(table);
    let setting = |key: &str| package.and_then(|package| package.get(key));
    let path_of = |target: &Value| target.get("path").and_then(Value::as_str).map(str::to_owned);
    let library = table.get("lib").and_then(path_of).unwrap_or_else(|| "src/lib.rs".to_owned());
    let mut targets = vec![(library, Reach::Package, "the library".to_owned())];
    let build = match setting("build") {
        Some(Value::String(path)) => Some(path.clone()),
        Some(Value::Boolean(false)) => None,
        _ => Some("build.rs".to_owned()),
    };
    targets.extend(build.map(|path| (path, Reach::Package, "the build script".to_owned())));
    let programs = table.get("bin").and_then(Value::as_array).into_iter().flatten();
    for program in programs.filter(|program| program.get("required-features").is_none()) {
        let name = program.get("name").and_then(Value::as_str).unwrap_or_default();
        targets.extend(path_of(program).map(|path| (path, Reach::Command, format!("the program {name}"))));
    }
    if setting("autobins") != Some(&Value::Boolean(false)) && table.get("bin").is_none() {
        let is_program = |path: &str| {
            let below = path.strip_prefix("src/bin/").unwrap_or_default();
            path == "src/main.rs"
                || below.ends_with(".rs") && (!below.contains('/') || is_main_of_folder(below))
        };
        let found = files.keys().filter(|path| is_program(path));
        targets
            .extend(found.map(|path| ((*path).to_owned(), Reach::Command, format!("the program in {path}"))));
    }
    let normal = |(path, reach, field): (String, Reach, String)| {
        Some((Module::beside(&join("", &path)?), reach, field))
    };
    targets.into_iter().filter_map(normal).collect()
}

/// `x/main.rs`.
fn is_main_of_folder(path: &str) -> bool {
    path.split_once('/').is_some_and(|(_, rest)| rest == "main.rs")
}

/// What a file is compiled with.
enum Found {
    Module(Module),
    File,
    Nothing(ImportTrouble, Option<String>),
}

fn find(files: &BTreeMap<&str, &Entry>, from: &Module, import: &Import) -> Found {
    let name = &*import.specifier;
    let is_path = name.contains(['/', '.']);
    let beside = match name.strip_prefix('/') {
        Some(path) => join("", path),
        None => join(folder(&from.path), name),
    };
    let paths: Vec<String> = match is_path {
        true => beside.into_iter().collect(),
        false => {
            let below = name.replace("::", "/");
            ["", "/mod"].iter().filter_map(|end| join(&from.folder, &format!("{below}{end}.rs"))).collect()
        }
    };
    if let Some(path) = paths.iter().find(|path| files.contains_key(path.as_str())) {
        return match import.by {
            Asking::File => Found::File,
            _ if is_path || path.ends_with("/mod.rs") => Found::Module(Module::beside(path)),
            _ => {
                Found::Module(Module { path: path.clone(), folder: path.trim_end_matches(".rs").to_owned() })
            }
        };
    }
    let near = files.keys().find(|file| paths.iter().any(|path| path.eq_ignore_ascii_case(file)));
    let trouble = match (near, import.by) {
        (Some(_), _) => ImportTrouble::LetterCase,
        (None, Asking::File) => ImportTrouble::FileAbsent,
        (None, _) => ImportTrouble::Absent,
    };
    Found::Nothing(trouble, near.map(|path| (*path).to_owned()))
}

/// How it stands in the file, as far as that tells what is meant.
fn written(import: &Import) -> String {
    match import.by {
        Asking::File => import.specifier.trim_start_matches(['.', '/']).to_owned(),
        _ if import.specifier.contains('/') => import.specifier.trim_start_matches("./").to_owned(),
        _ => format!("mod {}", import.specifier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(manifest: &str, files: &[(&str, &[&str])]) -> Vec<String> {
        let entries = files.iter().map(|(_, asked)| {
            let import = |name: &&str| Import {
                specifier: name.trim_start_matches('=').into(),
                by: if name.starts_with('=') { Asking::File } else { Asking::Import },
                line: None,
            };
            Entry { imports: asked.iter().map(import).collect(), ..Entry::default() }
        });
        let entries: Vec<Entry> = entries.collect();
        let all: Vec<(&Entry, &str)> =
            entries.iter().zip(files).map(|(entry, (path, _))| (entry, *path)).collect();
        let found = broken(&all, &toml::from_str(manifest).unwrap());
        found.into_iter().map(|one| format!("{} {:?}", one.specifier, one.trouble)).collect()
    }

    #[test]
    fn where_rustc_looks_for_them() {
        for (manifest, files, expected) in [
            (
                "",
                &[
                    ("src/lib.rs", &["a", "b"][..]),
                    ("src/a.rs", &["c"]),
                    ("src/b/mod.rs", &["d"]),
                    ("src/b/d.rs", &[]),
                ][..],
                &["mod c Absent"][..],
            ),
            (
                "",
                &[
                    ("src/lib.rs", &["a"]),
                    ("src/a.rs", &["c"]),
                    ("src/a/c.rs", &["e"]),
                    ("src/a/c/e.rs", &[]),
                ],
                &[],
            ),
            ("", &[("src/lib.rs", &["./x/y.rs"]), ("src/x/y.rs", &["z"]), ("src/x/z.rs", &[])], &[]),
            ("", &[("src/lib.rs", &["=./../a.txt", "=/b.txt"]), ("b.txt", &[])], &["a.txt FileAbsent"]),
            ("", &[("src/lib.rs", &["a"]), ("src/A.rs", &[])], &["mod a LetterCase"]),
            ("", &[("src/lib.rs", &["a::b", "a::c"]), ("src/a/b.rs", &[])], &["mod a::c Absent"]),
            ("", &[("src/bin/t/main.rs", &["args"]), ("src/bin/t/args.rs", &["gone"])], &["mod gone Absent"]),
            ("[package]\nautobins = false\n", &[("src/main.rs", &["a"]), ("tests/t.rs", &["b"])], &[]),
            (
                "[lib]\npath = \"l.rs\"\n[[bin]]\nname = \"x\"\npath = \"x.rs\"\nrequired-features = [\"x\"]\n",
                &[("l.rs", &["a"]), ("x.rs", &["b"])],
                &["mod a Absent"],
            ),
            ("[package]\nbuild = \"b.rs\"\n", &[("b.rs", &["=./p.proto"])], &["p.proto FileAbsent"]),
        ] {
            assert_eq!(found(manifest, files), expected, "{manifest} {files:?}");
        }
    }
}
