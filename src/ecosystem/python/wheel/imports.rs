//! Imports of a wheel's own modules that lead nowhere, followed from what stands at its top and what its commands start.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{
    Asking, BrokenImport, Entry, Import, ImportTrouble, Inventory, MAKES_MODULES, Package, Reach,
};

use super::modules::installed;

/// The modules and what they are.
pub(super) struct Modules<'a> {
    files: BTreeMap<&'a str, &'a Entry>,
    by_lower: BTreeMap<String, &'a str>,
    /// Whether nothing in it is compiled: it is made for every platform, or holds no library.
    is_pure: bool,
    /// Packages at the top of which other wheels may bring parts, going by their names: `acme` for one that requires
    /// `acme-core`, or that is called so and leaves it to others what `acme` is.
    shared: BTreeSet<&'a str>,
    /// What other wheels may bring of packages that have something of their own at the top, by these wheels' names:
    /// `acme/core`.
    brought: BTreeSet<String>,
    /// Packages at the top in which some module makes others.
    making: BTreeSet<&'a str>,
    /// What packages' own files give names to, `services` where one has `services.client = ...`.
    completed: BTreeSet<&'a str>,
    /// Whether the wheel's modules are compiled as they are imported.
    compiles: bool,
}

/// All of them, each file's in order.
pub(super) fn broken(inventory: &Inventory, package: &Package, requirements: &[String]) -> Vec<BrokenImport> {
    let is_for_python_3 = is_for_python_3(&inventory.artifact.path);
    let modules = Modules::new(inventory, package, requirements);
    let mut broken = Vec::new();
    for (path, reach, field) in modules.reached(package) {
        let Some(entry) = modules.files.get(path) else { continue };
        for import in &entry.imports {
            if import.by == Asking::Gives {
                continue;
            }
            if import.by == Asking::Name {
                let lost = modules.taken_from_folder(path, &import.specifier);
                broken.extend(lost.into_iter().map(|(folder, names)| BrokenImport {
                    entry: entry.id,
                    line: import.line,
                    specifier: import.specifier.split(' ').next().unwrap_or_default().to_owned(),
                    name: names.first().map(|name| (*name).to_owned()),
                    trouble: ImportTrouble::NameAbsent,
                    near: Some(format!("{folder}/")),
                    reach,
                    field: field.clone(),
                }));
                continue;
            }
            if import.by == Asking::Fault {
                if is_for_python_3 {
                    broken.push(fault(entry, import, reach, field.clone()));
                }
                continue;
            }
            if import.by == Asking::File {
                let path = import.specifier.trim_start_matches('/');
                if !modules.files.contains_key(path) {
                    broken.push(BrokenImport {
                        entry: entry.id,
                        line: import.line,
                        specifier: path.to_owned(),
                        trouble: ImportTrouble::FileAbsent,
                        near: None,
                        name: None,
                        reach,
                        field: field.clone(),
                    });
                }
                continue;
            }
            let (near, trouble) = match modules.asked(path, &import.specifier) {
                Found::Module(_) | Found::Unknown => continue,
                Found::Above => (None, ImportTrouble::Above),
                Found::Absent(Some(near)) => (Some(near), ImportTrouble::LetterCase),
                Found::Absent(None) => (None, ImportTrouble::Absent),
            };
            broken.push(BrokenImport {
                entry: entry.id,
                line: import.line,
                specifier: import.specifier.replace(' ', ""),
                trouble,
                near,
                name: None,
                reach,
                field: field.clone(),
            });
        }
    }
    broken.sort_by_key(|one| (one.entry, one.line));
    broken
}

/// Whether a wheel's name doesn't say that it is for Python 2 alone.
pub(super) fn is_for_python_3(path: &str) -> bool {
    let mut tags = path.trim_end_matches(".whl").rsplit('-');
    let python = tags.nth(2).unwrap_or_default();
    !python.split('.').all(|tag| tag.starts_with("py2") || tag.starts_with("cp2"))
}

/// A module that Python can't read.
pub(super) fn fault(entry: &Entry, import: &Import, reach: Reach, field: String) -> BrokenImport {
    BrokenImport {
        entry: entry.id,
        line: import.line,
        specifier: import.specifier.to_string(),
        name: None,
        trouble: ImportTrouble::Syntax,
        near: None,
        reach,
        field,
    }
}

/// What wheels are called that may bring any part of a package.
const ANY_PART: [&str; 10] =
    ["api", "base", "client", "common", "core", "internal", "lib", "libs", "sdk", "shared"];

/// See [`Modules::shared`] and [`Modules::brought`].
fn shared<'a>(
    files: &BTreeMap<&'a str, &Entry>,
    package: &Package,
    requirements: &[String],
) -> (BTreeSet<&'a str>, BTreeSet<String>) {
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    // what is installed only on demand isn't what a package itself loads
    let is_always = |name: &&String| name.split_once(';').is_none_or(|(_, when)| !when.contains("extra"));
    let is_of_name = |sign: char| sign.is_alphanumeric() || "-_.".contains(sign);
    let names = requirements.iter().filter(is_always);
    let names: Vec<String> =
        names.map(|name| plain(name.split(|sign| !is_of_name(sign)).next().unwrap_or_default())).collect();
    let own = plain(&package.name);
    // a package that loads something of its own at its top isn't one that several wheels make up
    let is_whole = |top: &str| {
        let init = files.get(format!("{top}/__init__.py").as_str());
        let imports = || init.into_iter().flat_map(|entry| &entry.imports);
        let is_open = |one: &Import| one.by == Asking::Gives && one.specifier.contains("__path__");
        imports().any(|one| matches!(one.by, Asking::Import | Asking::Name)) && !imports().any(is_open)
    };
    let tops: BTreeSet<&str> = files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
    let (mut shared, mut brought) = (BTreeSet::new(), BTreeSet::new());
    for top in tops {
        let start = format!("{}-", plain(top));
        let parts: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix(&start)).collect();
        let is_whole = is_whole(top);
        if parts.iter().any(|part| !is_whole || ANY_PART.contains(part))
            || own.starts_with(&start) && !is_whole
        {
            shared.insert(top);
        } else {
            brought.extend(parts.iter().map(|part| format!("{top}/{}", part.replace('-', "_"))));
        }
    }
    (shared, brought)
}

/// Whether a module makes others of its package, as far as names tell.
fn makes_below(top: &str, module: &Entry) -> bool {
    let given = module.imports.iter().filter(|import| import.by == Asking::Gives);
    let made = given.flat_map(|import| import.specifier.split(' '));
    made.filter_map(|name| name.strip_prefix(MAKES_MODULES)).any(|name| match name.strip_prefix(':') {
        Some(name) => name.split('.').next() == Some(top),
        None => name.is_empty(),
    })
}

/// What an import leads to.
pub(super) enum Found<'a> {
    Module(&'a str),
    Unknown,
    /// It has more dots than there are packages above it.
    Above,
    Absent(Option<String>),
}

impl<'a> Modules<'a> {
    pub(super) fn new(inventory: &'a Inventory, package: &Package, requirements: &[String]) -> Self {
        let files: BTreeMap<&str, &Entry> =
            inventory.top_files().map(|entry| (installed(&entry.path), entry)).collect();
        let by_lower = files.keys().map(|path| (path.to_lowercase(), *path)).collect();
        let is_library =
            |path: &&str| [".so", ".pyd", ".dll", ".dylib"].iter().any(|end| path.ends_with(end));
        let is_pure = inventory.artifact.path.ends_with("-none-any.whl") || !files.keys().any(is_library);
        let (shared, brought) = shared(&files, package, requirements);
        let making = files.iter().map(|(path, entry)| (path.split('/').next().unwrap_or(path), *entry));
        let making = making.filter(|(top, entry)| makes_below(top, entry)).map(|(top, _)| top).collect();
        let given = files.values().flat_map(|entry| &entry.imports).filter(|one| one.by == Asking::Gives);
        let completed =
            given.flat_map(|one| one.specifier.split(' ')).filter_map(|one| one.strip_suffix(".*")).collect();
        let compiles = requirements.iter().any(|one| one.to_lowercase().starts_with("cython"));
        Self { files, by_lower, is_pure, shared, brought, making, completed, compiles }
    }

    /// Every module that the package's top and its commands are sure to load, with what leads there.
    pub(super) fn reached(&self, package: &Package) -> Vec<(&'a str, Reach, String)> {
        let name = |path: &str| format!("import {}", path.split(['/', '.']).next().unwrap_or(path));
        let mut next: Vec<(&str, Reach, String)> = self.commands(package);
        // taken from the end: what breaks the package is told before what breaks a command
        next.extend(self.tops().map(|path| (path, Reach::Package, name(path))));
        let (mut seen, mut reached) = (BTreeSet::new(), Vec::new());
        while let Some((path, reach, field)) = next.pop() {
            if !seen.insert(path) {
                continue;
            }
            let Some(entry) = self.files.get(path) else { continue };
            for import in &entry.imports {
                match import.by {
                    Asking::Import => {
                        if let Found::Module(file) = self.asked(path, &import.specifier) {
                            next.push((file, reach, field.clone()));
                        }
                    }
                    Asking::Name => {
                        let parts = self.parts(path, &import.specifier);
                        next.extend(parts.map(|file| (file, reach, field.clone())));
                    }
                    _ => {}
                }
            }
            reached.push((path, reach, field));
        }
        reached
    }

    /// The modules that are taken from a package by their names, as in `from .package import module`.
    fn parts<'s>(&'s self, from: &str, taken: &'s str) -> impl Iterator<Item = &'a str> + use<'s, 'a> {
        let mut words = taken.split(' ');
        let package = match self.asked(from, words.next().unwrap_or_default()) {
            Found::Module(file) if !self.making.contains(file.split('/').next().unwrap_or_default()) => {
                file.strip_suffix("/__init__.py")
            }
            _ => None,
        };
        let part = move |package: &str, name: &str| {
            let paths = [format!("{package}/{name}.py"), format!("{package}/{name}/__init__.py")];
            paths.iter().find_map(|path| self.files.get_key_value(path.as_str())).map(|(path, _)| *path)
        };
        words.filter_map(move |name| part(package?, name))
    }

    /// What may be imported by the wheel's own name: its packages, and modules that stand alone. An `__init__.py` at the top
    /// is none of them.
    fn tops(&self) -> impl Iterator<Item = &'a str> {
        let is_top = |path: &&str| {
            path.strip_suffix("/__init__.py").is_some_and(|folder| !folder.contains('/'))
                || path.ends_with(".py") && !path.contains('/') && *path != "__init__.py"
        };
        self.files.keys().copied().filter(is_top)
    }

    pub(super) fn entry(&self, path: &str) -> Option<&'a Entry> {
        self.files.get(path).copied()
    }

    /// Where an import in a module leads.
    pub(super) fn asked(&self, from: &str, specifier: &str) -> Found<'a> {
        let is_whole_name = !specifier.starts_with('.');
        match target(from, specifier) {
            Some((package, target)) => self.find(&package, &target, specifier.contains(' '), is_whole_name),
            None if is_whole_name || !from.ends_with(".py") => Found::Unknown,
            None => Found::Above,
        }
    }

    /// Whether a module is the only file that Python takes for its name, and not compiled under the same name, too.
    pub(super) fn is_alone(&self, path: &str) -> bool {
        let stem = path.strip_suffix("py").unwrap_or(path);
        let beside = self.files.range(stem..).take_while(|(path, _)| path.starts_with(stem));
        beside.filter(|(path, _)| !path.ends_with(".pyi")).count() == 1
    }

    /// Whether a module may have been given names by another one's own file.
    pub(super) fn is_completed(&self, path: &str) -> bool {
        let module = path.strip_suffix("/__init__.py").or_else(|| path.strip_suffix(".py")).unwrap_or(path);
        self.completed.contains(module.rsplit('/').next().unwrap_or(module))
    }

    /// Whether a package has something of this name below it.
    pub(super) fn has_part(&self, module: &str, name: &str) -> bool {
        let part = |folder: &str| format!("{folder}/{name}");
        module
            .strip_suffix("/__init__.py")
            .map(part)
            .is_some_and(|part| self.has_module(&part) || self.has_below(&part))
    }

    /// The modules that commands and `python -m` start.
    fn commands(&self, package: &Package) -> Vec<(&'a str, Reach, String)> {
        let named = package.commands.iter().filter_map(|command| {
            let module = command.starts.split_once(':')?.0.trim().replace('.', "/");
            let (path, _) = self.files.get_key_value(format!("{module}.py").as_str())?;
            Some((*path, Reach::Command, format!("command {}", command.name)))
        });
        let main = self.files.keys().filter_map(|path| {
            let package = path.strip_suffix("/__main__.py").filter(|package| !package.contains('/'))?;
            Some((*path, Reach::Command, format!("python -m {package}")))
        });
        named.chain(main).collect()
    }

    /// Whether something of this name is at the top.
    pub(super) fn has_top(&self, name: &str) -> bool {
        self.has_below(name) || self.is_any_called(name, |_| true)
    }

    fn has_below(&self, folder: &str) -> bool {
        let folder = format!("{folder}/");
        self.files.range(folder.as_str()..).next().is_some_and(|(path, _)| path.starts_with(&folder))
    }

    /// Whether what stands above a module is no package of this wheel alone: a module that makes others up, compiled or
    /// not, or, for a whole name, a package of which other wheels bring parts.
    fn may_come_otherwise(&self, target: &str, is_whole_name: bool) -> bool {
        let top = target.split('/').next().unwrap_or_default();
        if target.contains("six/moves")
            || is_whole_name && (self.shared.contains(top) || self.is_brought(target))
            || self.making.contains(top)
            || self.is_below_alias(target)
        {
            return true;
        }
        let mut above = target;
        while let Some((package, _)) = above.rsplit_once('/') {
            let is_there = self.files.contains_key(format!("{package}/__init__.py").as_str());
            // Python takes a package before a module of the same name
            if !is_there && (self.has_module(package) || is_whole_name && self.has_below(package)) {
                return true;
            }
            above = package;
        }
        false
    }

    /// Whether another wheel may bring a module into one of this one's packages, by that wheel's name.
    fn is_brought(&self, target: &str) -> bool {
        let mut above = target.match_indices('/').filter_map(|(at, _)| target.get(..at));
        self.brought.contains(target) || above.any(|folder| self.brought.contains(folder))
    }

    /// Names that are taken from a folder without an `__init__.py`, and are none of its modules: the folder, and the names.
    fn taken_from_folder(&self, from: &str, taken: &'a str) -> Option<(String, Vec<&'a str>)> {
        let (module, names) = taken.split_once(' ')?;
        let (_, folder) = target(from, module)?;
        let init = format!("{folder}/__init__");
        let is_open = self.has_module(&init)
            || !self.has_below(&folder)
            || self.is_any_called(&folder, |_| true)
            || self.may_come_otherwise(&folder, !module.starts_with('.'));
        let is_part = |name: &str| self.has_part(&format!("{init}.py"), name);
        let lost = names.split(' ').filter(|name| *name != "*" && !name.starts_with("__") && !is_part(name));
        let lost: Vec<&str> = lost.collect();
        (!is_open && !lost.is_empty()).then_some((folder, lost))
    }

    /// Whether a module is below a package that is made to be another one: setuptools' `extern` has nothing but code that
    /// brings what is asked of it from elsewhere.
    fn is_below_alias(&self, target: &str) -> bool {
        const ALIASES: [&str; 4] = ["extern", "externals", "_vendor", "packages"];
        let mut folders = target.match_indices('/').filter_map(|(at, _)| target.get(..at));
        folders.any(|folder| {
            let name = folder.rsplit('/').next().unwrap_or(folder);
            let start = format!("{folder}/");
            let mut within =
                self.files.range(start.as_str()..).take_while(|(path, _)| path.starts_with(&start));
            ALIASES.contains(&name)
                && within.next().is_some_and(|(path, entry)| path.ends_with("/__init__.py") && entry.size > 0)
                && within.next().is_none()
        })
    }

    /// Whether there is a file of a module's name, of any kind but a declaration of types.
    fn has_module(&self, module: &str) -> bool {
        self.is_any_called(module, |path| !path.ends_with(".pyi"))
    }

    /// Whether any file of a module's name, whatever it ends in, is one that is asked for. A folder of libraries, as in
    /// `acme.libs/`, is none.
    fn is_any_called(&self, module: &str, is_it: impl Fn(&str) -> bool) -> bool {
        let prefix = format!("{module}.");
        let from = self.files.range(prefix.as_str()..).map(|(path, _)| *path);
        let is_file = |path: &&str| path.get(prefix.len()..).is_some_and(|rest| !rest.contains('/'));
        from.take_while(|path| path.starts_with(&prefix)).filter(is_file).any(is_it)
    }

    /// The module of a path without its extension. A name that a package may define by itself (`maybe`) is a module if there
    /// is one of that name, and absent only if the package is empty.
    fn find(&self, package: &str, target: &str, maybe: bool, is_whole_name: bool) -> Found<'a> {
        let init = self.files.get_key_value(format!("{package}/__init__.py").as_str());
        let exact = [format!("{target}.py"), format!("{target}/__init__.py")];
        let found = exact.iter().find_map(|path| self.files.get_key_value(path.as_str()));
        let is_made = || self.making.contains(target.split('/').next().unwrap_or_default());
        match found {
            Some((path, _)) if !maybe || init.is_some() && !is_made() => return Found::Module(path),
            _ if maybe && init.is_none_or(|(_, entry)| entry.size > 0) => return Found::Unknown,
            _ => {}
        }
        if self.may_come_otherwise(target, is_whole_name) {
            return Found::Unknown;
        }
        // what isn't compiled yet is for nobody to load
        let is_none = |path: &str| {
            path.ends_with(".pyi")
                || !self.compiles && [".pyx", ".pxd", ".c", ".cpp"].iter().any(|end| path.ends_with(end))
        };
        if self.has_below(target) || self.is_any_called(target, |path| !self.is_pure || !is_none(path)) {
            return Found::Unknown;
        }
        let near = exact.iter().find_map(|path| self.by_lower.get(&path.to_lowercase()));
        Found::Absent(near.map(|path| (*path).to_owned()))
    }
}

/// The package and the path that an import in a module names: `.b` in `p/a.py` is `p/b`, as `p.b` is.
fn target(from: &str, specifier: &str) -> Option<(String, String)> {
    let name = specifier.trim_start_matches('.');
    let up = specifier.len() - name.len();
    if up == 0 {
        let target = name.replace('.', "/");
        return Some((target.rsplit_once('/')?.0.to_owned(), target));
    }
    let mut folders: Vec<&str> = from.split('/').collect();
    // one for the module's own name, one less for each point but the first
    for _ in 0..up {
        folders.pop()?;
    }
    (!folders.is_empty()).then_some(())?;
    let package = folders.join("/");
    let target = format!("{package}/{}", name.trim().replace('.', "/"));
    Some((package, target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    fn found(artifact: &str, files: &[(&str, &[&str])]) -> Vec<String> {
        found_with("q-core>=1", artifact, files)
    }

    fn found_with(requirement: &str, artifact: &str, files: &[(&str, &[&str])]) -> Vec<String> {
        let text = |path: &str| if path.contains("/extern/") { "hook()" } else { "" };
        let texts: Vec<(&str, &str)> = files.iter().map(|(path, _)| (*path, text(path))).collect();
        let mut inventory = inventory(artifact, "zip", &texts);
        for (entry, (_, imports)) in inventory.entries.iter_mut().zip(files) {
            let import = |specifier: &&str| Import {
                specifier: (*specifier).into(),
                by: Asking::Import,
                line: Some(1),
            };
            entry.imports = imports.iter().map(import).collect();
        }
        broken(&inventory, &Package::default(), &[requirement.to_owned()])
            .into_iter()
            .map(|one| format!("{} {:?}", one.specifier, one.near))
            .collect()
    }

    #[test]
    fn modules_that_are_not_there() {
        let files: &[(&str, &[&str])] = &[
            ("p/__init__.py", &[".a", ".b", ".sub", "p.a", "p.away.x", "p.a.made_up"]),
            ("p/a.py", &[".gone", ".sub.x"]),
            ("p/b/__init__.py", &["..a", "..Lost", ". c"]),
            ("p/sub/x.py", &["..nowhere", "p.sub.other"]),
            ("p/lost.py", &[]),
            ("p/unreached.py", &[".gone"]),
        ];
        assert_eq!(
            found("p-1.0-py3-none-any.whl", files),
            ["p.away.x None", ".gone None", "..Lost Some(\"p/lost.py\")", "..c None", "..nowhere None"]
                .map(|one| one.replace("..c", ".c"))
        );
    }

    #[test]
    fn parts_of_a_package_that_are_taken_by_name() {
        use Asking::{Gives, Name};
        let lost = |init: &[(&str, Asking)], part: &str| {
            let files = [("p/__init__.py", "a = 1\n"), ("p/sub/__init__.py", "b = 1\n"), (part, "")];
            let mut inventory = inventory("p-1.0-py3-none-any.whl", "zip", &files);
            let import = |(specifier, by): &(&str, Asking)| Import {
                specifier: (*specifier).into(),
                by: *by,
                line: Some(1),
            };
            for entry in &mut inventory.entries {
                entry.imports = match entry.path.as_str() {
                    "p/__init__.py" => init.iter().map(import).collect(),
                    path if path.ends_with("__init__.py") => Vec::new().into(),
                    _ => vec![import(&(".gone", Asking::Import))].into(),
                };
            }
            broken(&inventory, &Package::default(), &[]).len()
        };
        assert_eq!(lost(&[(". part", Asking::Import)], "p/part.py"), 1);
        assert_eq!(lost(&[("p.sub b part", Name)], "p/sub/part.py"), 1);
        assert_eq!(lost(&[(".sub part", Name)], "p/sub/part.py"), 1);
        // the package may have it itself, or makes its parts up
        assert_eq!(lost(&[(". part", Asking::Import)], "p/other.py"), 0);
        assert_eq!(lost(&[(".sub part", Name)], "p/sub/other.py"), 0);
        assert_eq!(lost(&[(".sub part", Name)], "p/part.py"), 0);
        for taken in [(". part", Asking::Import), (".sub part", Name)] {
            let part = if taken.1 == Name { "p/sub/part.py" } else { "p/part.py" };
            for (made, count) in [(MAKES_MODULES, 0), ("a sys.modules:p.x", 0), ("sys.modules:other.x", 1)] {
                assert_eq!(lost(&[taken, (made, Gives)], part), count, "{made}");
            }
        }
    }

    #[test]
    fn what_python_cannot_read() {
        let torn = |artifact: &str| {
            let files = [("p/__init__.py", ""), ("p/a.py", ""), ("p/unreached.py", "")];
            let mut inventory = inventory(artifact, "zip", &files);
            let import = |specifier: &str, by| Import { specifier: specifier.into(), by, line: Some(2) };
            for (entry, (path, _)) in inventory.entries.iter_mut().zip(files) {
                entry.imports.push(match path {
                    "p/__init__.py" => import(".a", Asking::Import),
                    _ => import("`def` without its colon", Asking::Fault),
                });
            }
            let broken = broken(&inventory, &Package::default(), &[]);
            broken.iter().map(|one| (one.entry, one.trouble, one.line)).collect::<Vec<_>>()
        };
        assert_eq!(torn("p-1.0-py2.py3-none-any.whl").len(), 1);
        assert_eq!(torn("p-1.0-py3-none-any.whl")[0].1, ImportTrouble::Syntax);
        assert_eq!(torn("p-1.0-cp27-cp27m-linux_x86_64.whl"), []);
    }

    #[test]
    fn modules_that_others_bring_or_make_up() {
        let files: &[(&str, &[&str])] = &[
            ("p/__init__.py", &["p._native.internal", "p.six.moves.x", ".six.moves"]),
            ("p/_native.abi3.so", &[]),
            ("p/six/__init__.py", &[]),
            ("q/__init__.py", &["q.adapters.base", "q.extern.packaging.version"]),
            ("q/extern/__init__.py", &[]),
        ];
        assert_eq!(found("p-1.0-cp312-cp312-linux_x86_64.whl", files), [] as [String; 0]);
    }

    #[test]
    fn modules_that_other_wheels_bring_by_their_names() {
        let files: &[(&str, &[&str])] = &[("q/__init__.py", &["q.extra_bits.a", "q.lost", "q.sub.b"])];
        let found = |requirement: &str| found_with(requirement, "q-1.0-py3-none-any.whl", files);
        assert_eq!(found("q-extra-bits (>1)"), ["q.lost None", "q.sub.b None"]);
        assert_eq!(found("q-base"), [] as [String; 0]);
        for none in ["q-base; extra == 'all'", "other", "qextra-bits"] {
            assert_eq!(found(none).len(), 3, "{none}");
        }
    }

    #[test]
    fn a_package_is_taken_before_a_module_of_its_name() {
        let files: &[(&str, &[&str])] = &[("p.py", &[]), ("p/__init__.py", &["p.lost"])];
        assert_eq!(found("p-1.0-py3-none-any.whl", files), ["p.lost None"]);
        assert_eq!(found("p-1.0-py3-none-any.whl", &[("p.py", &["p.lost"])]), [] as [String; 0]);
    }

    #[test]
    fn names_from_a_folder_that_is_no_package() {
        let lost = |taken: &str, part: &str| {
            let files = [("p/__init__.py", "x"), ("p/a/b.py", ""), (part, "")];
            let mut inventory = inventory("p-1.0-py3-none-any.whl", "zip", &files);
            let import = Import { specifier: taken.into(), by: Asking::Name, line: Some(1) };
            inventory.entries[0].imports.push(import);
            let broken = broken(&inventory, &Package::default(), &[]);
            broken.into_iter().map(|one| (one.name, one.near)).collect::<Vec<_>>()
        };
        let found = [(Some("c".to_owned()), Some("p/a/".to_owned()))];
        assert_eq!(lost(".a b c", "p/x.py"), found);
        assert_eq!(lost("p.a c", "p/x.py"), found);
        for part in ["p/a/c.py", "p/a/c/d.py", "p/a/__init__.pyc", "p/a.cpython-312-x86_64-linux-gnu.so"] {
            assert_eq!(lost(".a b c", part), [], "{part}");
        }
        for taken in [".a b", ".a *", ".a __path__", ".q c", "q.a c"] {
            assert_eq!(lost(taken, "p/x.py"), [], "{taken}");
        }
    }

    #[test]
    fn modules_that_may_be_compiled() {
        let files: &[(&str, &[&str])] = &[
            ("p-1.0.data/purelib/p/__init__.py", &[".a", ".b", ".c", ".d"]),
            ("p/a.cpython-312-x86_64-linux-gnu.so", &[]),
            ("p/b.pyi", &[]),
            ("p/c/data.txt", &[]),
            ("p/d.pyx", &[]),
        ];
        assert_eq!(found("p-1.0-cp312-cp312-linux_x86_64.whl", files), [] as [String; 0]);
        assert_eq!(found("p-1.0-py3-none-any.whl", files), [".b None", ".d None"]);
        let files: &[(&str, &[&str])] =
            &[("p/__init__.py", &[".b", ".c"]), ("p/b.pyi", &[]), ("p/c.py", &[])];
        assert_eq!(found("p-1.0-cp312-cp312-linux_x86_64.whl", files), [".b None"]);
    }

    #[test]
    fn what_is_named_like_a_package_at_the_top_is_imported_by_nobody() {
        let files: &[(&str, &[&str])] = &[("__init__.py", &[".a", "..b"]), ("p/__init__.py", &[".lost"])];
        assert_eq!(found("p-1.0-py3-none-any.whl", files), [".lost None"]);
    }
}
