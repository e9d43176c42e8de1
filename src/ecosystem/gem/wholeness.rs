//! What keeps a gem from being installed, required or started.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{
    Asking, BrokenImport, Entry, EntryPointWeight, ImportTrouble, Inventory, MissingEntryPoint, Package,
    Reach,
};
use crate::paths::{folder, join};

use super::specification::{Specification, stands_in_data};

/// Commands and programs that build the gem that are not in it; and whether there is anything to load at all.
pub(super) fn missing(inventory: &Inventory, specification: &Specification) -> Vec<MissingEntryPoint> {
    let files = files(inventory);
    let miss = |field: &str, target: String, weight| MissingEntryPoint {
        field: field.to_owned(),
        target,
        weight,
        near: None,
        place: None,
        line: None,
    };
    let bindir = specification.bindir.as_deref().unwrap_or("bin");
    let commands = specification
        .executables
        .iter()
        .map(|name| (format!("executables {name}"), format!("{bindir}/{name}"), EntryPointWeight::Command));
    let built = specification.extensions.iter();
    let built = built.map(|path| ("extensions".to_owned(), path.clone(), EntryPointWeight::Whole));
    let is_absent = |path: &str| join("", path).is_some_and(|path| !files.contains_key(path.as_str()));
    let mut missing: Vec<MissingEntryPoint> = commands
        .chain(built)
        .filter(|(_, path, _)| is_absent(path))
        .map(|(field, path, weight)| miss(&field, path, weight))
        .collect();
    let is_loaded = |path: &&&str| loaded_from(specification).any(|folder| is_below(path, folder));
    let brings_others = !specification.dependencies.is_empty()
        || !specification.executables.is_empty()
        || !specification.extensions.is_empty();
    if !brings_others && files.keys().find(is_loaded).is_none() {
        missing.push(miss("require_paths", loaded_from(specification).collect(), EntryPointWeight::Whole));
    }
    missing
}

/// Files that the gem is sure to require of its own and that it lacks, followed from what bears its name and from its
/// commands.
pub(super) fn broken_imports(
    inventory: &Inventory,
    package: &Package,
    specification: &Specification,
) -> Vec<BrokenImport> {
    let whole = Whole::new(files(inventory), specification);
    let names = [package.name.clone(), package.name.replace('-', "/")];
    let roots = names
        .iter()
        .filter_map(|name| Some((whole.required(name)?, Reach::Package, format!("require \"{name}\""))));
    let commands = package.commands.iter().filter_map(|command| {
        let (path, _) = whole.files.get_key_value(command.starts.as_str())?;
        Some((*path, Reach::Command, format!("command {}", command.name)))
    });
    // taken from the end: what breaks the gem is told before what breaks a command
    let mut next: Vec<(&str, Reach, String)> = commands.chain(roots).collect();
    let (mut seen, mut broken) = (BTreeSet::new(), Vec::new());
    while let Some((path, reach, field)) = next.pop() {
        let Some(entry) = whole.files.get(path).filter(|_| seen.insert(path)) else { continue };
        for import in &entry.imports {
            let is_module = import.by != Asking::File;
            let found = match is_module {
                true => whole.find(path, &import.specifier),
                false => whole.file(path, &import.specifier),
            };
            match found {
                Found::File(file) => next.push((file, reach, field.clone())),
                Found::Unknown => {}
                Found::Absent => broken.push(BrokenImport {
                    entry: entry.id,
                    line: import.line,
                    specifier: import.specifier.to_string(),
                    trouble: if is_module { ImportTrouble::Absent } else { ImportTrouble::FileAbsent },
                    near: None,
                    name: None,
                    reach,
                    field: field.clone(),
                }),
            }
        }
    }
    broken.sort_by_key(|one| (one.entry, one.line));
    broken
}

struct Whole<'a> {
    files: BTreeMap<&'a str, &'a Entry>,
    specification: &'a Specification,
    /// The names of all files, up to each of their points.
    stems: BTreeSet<&'a str>,
    /// Under which names nobody but the gem itself has files.
    own: Vec<String>,
}

enum Found<'a> {
    File(&'a str),
    Unknown,
    Absent,
}

impl<'a> Whole<'a> {
    fn new(files: BTreeMap<&'a str, &'a Entry>, specification: &'a Specification) -> Self {
        let stems = |path: &&'a str| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.match_indices('.').filter_map(|(point, _)| name.get(..point)).collect::<Vec<_>>()
        };
        let stems = files.keys().flat_map(stems).collect();
        let own = own_folders(&files, specification);
        Self { files, specification, stems, own }
    }

    /// What `require` finds by a name in the gem's own folders.
    fn required(&self, name: &str) -> Option<&'a str> {
        let ends = if name.ends_with(".rb") { &[""][..] } else { &[".rb"] };
        let mut paths = loaded_from(self.specification)
            .flat_map(|folder| ends.iter().filter_map(move |end| join(folder, &format!("{name}{end}"))));
        paths.find_map(|path| self.files.get_key_value(path.as_str()).map(|(path, _)| *path))
    }

    /// Where the path of a file leads that another one reads. One that is built, or outside of the gem, is not known.
    fn file(&self, from: &str, path: &str) -> Found<'a> {
        let path = join(folder(from), path).filter(|_| self.specification.extensions.is_empty());
        match path.map(|path| self.files.contains_key(path.as_str())) {
            Some(false) => Found::Absent,
            _ => Found::Unknown,
        }
    }

    /// Where a name leads that a file asks for; `./a` for one beside it.
    fn find(&self, from: &str, name: &str) -> Found<'a> {
        let folder = folder(from);
        let is_relative = name.starts_with("./");
        let found = match is_relative {
            true => {
                let ends = if name.ends_with(".rb") { &[""][..] } else { &[".rb"] };
                let mut paths = ends.iter().filter_map(|end| join(folder, &format!("{name}{end}")));
                paths.find_map(|path| self.files.get_key_value(path.as_str()).map(|(path, _)| *path))
            }
            false => self.required(name),
        };
        let may_be_built = !self.specification.extensions.is_empty() || self.is_compiled(folder, name);
        match found {
            Some(file) => Found::File(file),
            None if may_be_built || !is_relative && !self.is_own(name) => Found::Unknown,
            None => Found::Absent,
        }
    }

    /// Whether a library of the name comes with the gem.
    fn is_compiled(&self, folder: &str, name: &str) -> bool {
        let Some(path) = join(folder, name) else { return true };
        self.stems.contains(path.rsplit('/').next().unwrap_or(&path))
    }

    /// Whether nobody but the gem itself can be meant.
    fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|own| is_below(name, own))
    }
}

/// The gem's own name, as a folder that it has parts in, if no dependency has parts there.
fn own_folders(files: &BTreeMap<&str, &Entry>, specification: &Specification) -> Vec<String> {
    let Specification { name: own, dependencies, .. } = specification;
    let is_part =
        |other: &str| other.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with(['-', '_']));
    if dependencies.iter().any(|dependency| is_part(&dependency.name)) {
        return Vec::new();
    }
    // with nothing else installed, only the gem itself can have what it asks for
    let is_alone = dependencies.is_empty();
    let has_parts = |own: &String| {
        loaded_from(specification).any(|folder| {
            let own = format!("{folder}/{own}");
            is_alone && files.contains_key(format!("{own}.rb").as_str())
                || files.keys().any(|path| is_below(path, &own))
        })
    };
    [own.clone(), own.replace('-', "/")].into_iter().filter(has_parts).collect()
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn loaded_from(specification: &Specification) -> impl Iterator<Item = &str> {
    let lib = specification.require_paths.is_empty().then_some("lib");
    specification.require_paths.iter().map(String::as_str).chain(lib)
}

/// The files of the gem by their paths in its folder.
fn files(inventory: &Inventory) -> BTreeMap<&str, &Entry> {
    let own = inventory.files().filter(|entry| stands_in_data(inventory, entry));
    own.map(|entry| (entry.path.strip_prefix("./").unwrap_or(&entry.path), entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::gem::DATA;
    use crate::inventory::{EntryId, Import};

    /// A gem called acme-demo with these files, each with what it requires.
    fn gem(files: &[(&str, &[&str])]) -> Inventory {
        let mut inventory = Inventory::default();
        let data = Entry { path: DATA.to_owned(), place: DATA.to_owned(), ..Entry::default() };
        inventory.entries.push(Box::new(data));
        for ((path, required), id) in files.iter().zip(1..) {
            let import = |name: &&str| Import {
                specifier: name.trim_start_matches('=').into(),
                by: if name.starts_with('=') { Asking::File } else { Asking::Import },
                line: Some(1),
            };
            inventory.entries.push(Box::new(Entry {
                id: EntryId(id),
                parent: Some(EntryId(0)),
                path: (*path).to_owned(),
                place: format!("{DATA}!{path}"),
                imports: required.iter().map(import).collect(),
                ..Entry::default()
            }));
        }
        inventory
    }

    fn specification(more: &str) -> Specification {
        Specification::of_text(&format!(
            "name: acme-demo\nversion:\n  version: 1.0.0\nrequire_paths:\n- lib\n{more}"
        ))
    }

    #[test]
    fn what_it_requires_of_its_own() {
        let main: &[&str] = &["json", "./demo/version", "acme/demo/parser", "acme-demo/x", "acme/other"];
        for (files, more, expected) in [
            (
                &[("lib/acme/demo.rb", main), ("lib/acme/demo/version.rb", &[])][..],
                "",
                &["acme/demo/parser"][..],
            ),
            (&[("lib/acme-demo.rb", &["./acme/demo"]), ("lib/acme/demo.rb", &["./gone"])], "", &["./gone"]),
            (&[("lib/acme/demo.rb", &["./fast"]), ("lib/acme/fast.so", &[])], "", &[]),
            (&[("lib/acme/demo.rb", &["./gone"])], "extensions:\n- ext/extconf.rb\n", &[]),
            (&[("lib/acme/demo.rb", &["acme/demo/x"])], "dependencies:\n- name: acme-demo-x\n", &[]),
            (&[("lib/unreached.rb", &["./gone"])], "", &[]),
            (&[("lib/acme-demo.rb", &["acme-demo/core"])], "", &["acme-demo/core"]),
            (&[("lib/acme-demo.rb", &["acme-demo/core"])], "dependencies:\n- name: other\n", &[]),
            (&[("lib/acme-demo.rb", &["=./../VERSION", "=./a.json"]), ("VERSION", &[])], "", &["./a.json"]),
        ] {
            let package = Package { name: "acme-demo".to_owned(), ..Package::default() };
            let found = broken_imports(&gem(files), &package, &specification(more));
            let found: Vec<&str> = found.iter().map(|one| one.specifier.as_str()).collect();
            assert_eq!(found, expected, "{files:?} {more}");
        }
    }

    #[test]
    fn what_its_specification_names() {
        for (files, more, expected) in [
            (&["lib/a.rb"][..], "", &[][..]),
            (&["README.md"], "", &["lib"]),
            (&["README.md"], "dependencies:\n- name: a\n", &[]),
            (&["lib/a.rb", "exe/a"], "bindir: exe\nexecutables:\n- a\n- b\n", &["exe/b"]),
            (&["lib/a.rb"], "extensions:\n- ext/a/extconf.rb\n", &["ext/a/extconf.rb"]),
        ] {
            let files: Vec<(&str, &[&str])> = files.iter().map(|path| (*path, &[][..])).collect();
            let found = missing(&gem(&files), &specification(more));
            let found: Vec<&str> = found.iter().map(|one| one.target.as_str()).collect();
            assert_eq!(found, expected, "{files:?} {more}");
        }
    }
}
