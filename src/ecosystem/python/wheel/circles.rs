//! Modules of a wheel that import each other in a circle, so that one takes a name from another that is still being loaded
//! and doesn't have it yet. The loading is followed as Python does it, by the statements that are sure to be carried out. Others
//! may load the modules in another order; so a circle is told only if it fails whichever of its two modules is first, or if
//! the one that must be first is the package around the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::inventory::{
    Asking, BrokenImport, Entry, EntryId, Import, ImportTrouble, Inventory, Package, Reach,
};

use super::imports::{Found, Modules};
use super::modules::installed;

/// Steps that are followed from all packages at the top together.
const MOST_STEPS: usize = 100_000;
/// Names that are looked at from one of them.
const MOST_EARLY: usize = 200;

/// A name that is taken from a module while that is being loaded.
pub(super) struct Early<'a> {
    from: &'a Entry,
    import: &'a Import,
    name: &'a str,
    /// The module, and the line at which it stands.
    module: &'a Entry,
    line: u64,
    field: String,
}

/// The modules from which a name is taken too early, perhaps: which lines give them their names isn't known yet.
pub(super) fn doubtful(modules: &Modules<'_>) -> BTreeSet<EntryId> {
    early(modules).into_iter().flat_map(|early| [early.module.id, early.from.id]).collect()
}

/// The names that a module doesn't have yet when another one takes them, by what was read again.
pub(super) fn broken(
    inventory: &Inventory,
    package: &Package,
    requirements: &[String],
    sure: &BTreeMap<EntryId, Vec<Import>>,
) -> Vec<BrokenImport> {
    if sure.is_empty() {
        return Vec::new();
    }
    let modules = Modules::new(inventory, package, requirements);
    let known: HashMap<EntryId, HashMap<&str, u64>> =
        sure.iter().filter_map(|(id, imports)| Some((*id, lines(imports)?))).collect();
    let early = early(&modules).into_iter().filter(|early| {
        // without the name at all, something else is wrong
        let is_later = |module: &Entry, name: &str, line: u64| {
            known.get(&module.id).and_then(|given| given.get(name)).is_some_and(|own| *own >= line)
        };
        let (module, from) = (installed(&early.module.path), installed(&early.from.path));
        let is_around = || {
            let folder = module.strip_suffix("__init__.py");
            folder.is_some_and(|folder| from.starts_with(folder))
        };
        // the other way round: the second is first, and the first takes a name from it
        let fails_otherwise = || {
            let back = early.module.imports.iter().filter(|import| import.by == Asking::Name);
            let mut back = back.filter(|import| {
                let specifier = import.specifier.split(' ').next().unwrap_or_default();
                matches!(modules.asked(module, specifier), Found::Module(file) if file == from)
            });
            back.any(|import| {
                let mut names = import.specifier.split(' ').skip(1);
                names.any(|name| {
                    !modules.has_part(from, name)
                        && is_later(early.from, name, early.import.line.unwrap_or(u64::MAX))
                })
            })
        };
        is_later(early.module, early.name, early.line) && (is_around() || fails_otherwise())
    });
    let broken = |early: Early<'_>| BrokenImport {
        entry: early.from.id,
        line: early.import.line,
        specifier: early.import.specifier.split(' ').next().unwrap_or_default().to_owned(),
        name: Some(early.name.to_owned()),
        trouble: ImportTrouble::NameLater,
        near: Some(early.module.path.clone()),
        reach: Reach::Package,
        field: early.field,
    };
    early.map(broken).collect()
}

/// The line that first has each name of a module; `None` if it may have others.
fn lines(imports: &[Import]) -> Option<HashMap<&str, u64>> {
    let given = imports.iter().filter(|import| import.by == Asking::Gives);
    let lines: HashMap<&str, u64> = given.map(|one| (&*one.specifier, one.line.unwrap_or(0))).collect();
    (!lines.contains_key("*")).then_some(lines)
}

/// What is left to do.
enum Task<'a> {
    /// Loads a module, unless that was begun before.
    Load(&'a str),
    /// Carries out the statement of this number.
    Step(&'a str, usize),
    /// Takes its names, when the module is loaded.
    Take(&'a str, usize, &'a str),
    Loaded(&'a str),
}

/// Names that are taken from modules at a line behind which these stand still.
fn early<'a>(modules: &Modules<'a>) -> Vec<Early<'a>> {
    let mut steps = MOST_STEPS;
    modules.tops().flat_map(|top| from(modules, top, &mut steps)).collect()
}

/// The numbers of what a module imports, in the order of its lines.
fn statements(module: &Entry) -> Vec<usize> {
    let own = module.imports.iter().enumerate();
    let own = own.filter(|(_, one)| matches!(one.by, Asking::Import | Asking::Name));
    let mut own: Vec<(Option<u64>, bool, usize)> =
        own.map(|(number, one)| (one.line, one.by == Asking::Name, number)).collect();
    own.sort_unstable();
    own.into_iter().map(|(.., number)| number).collect()
}

fn from<'a>(modules: &Modules<'a>, top: &'a str, steps: &mut usize) -> Vec<Early<'a>> {
    let mut found = Vec::new();
    // each module that was begun, and the line at which it stands; `None` when it is loaded
    let mut state: HashMap<&str, Option<u64>> = HashMap::new();
    let mut tasks = vec![Task::Load(top)];
    let field = format!("import {}", top.split(['/', '.']).next().unwrap_or(top));
    while let Some(task) = tasks.pop().filter(|_| found.len() < MOST_EARLY) {
        let Some(left) = steps.checked_sub(1) else { break };
        *steps = left;
        match task {
            Task::Load(path) => {
                let Some(entry) = modules.entry(path).filter(|_| !state.contains_key(path)) else { continue };
                state.insert(path, Some(0));
                tasks.push(Task::Loaded(path));
                tasks.extend(statements(entry).into_iter().rev().map(|number| Task::Step(path, number)));
            }
            Task::Step(path, number) => {
                let Some(import) = modules.entry(path).and_then(|entry| entry.imports.get(number)) else {
                    continue;
                };
                state.insert(path, import.line);
                let specifier = import.specifier.split(' ').next().unwrap_or_default();
                // `from . import a` takes it from the package, unless a module is called so
                let is_of_package = specifier.bytes().all(|byte| byte == b'.') && import.by == Asking::Import;
                let file =
                    match modules.asked(path, if is_of_package { &import.specifier } else { specifier }) {
                        Found::Module(file) => file,
                        _ => match is_of_package.then(|| modules.package_of(path, specifier)).flatten() {
                            Some(package) => package,
                            None => continue,
                        },
                    };
                let takes = import.by == Asking::Name || is_of_package;
                tasks.extend(takes.then_some(Task::Take(path, number, file)));
                tasks.push(Task::Load(file));
                tasks.extend(modules.packages_above(file).map(Task::Load));
            }
            Task::Take(path, number, file) => {
                let (Some(from), Some(module)) = (modules.entry(path), modules.entry(file)) else { continue };
                let (Some(import), Some(Some(line))) = (from.imports.get(number), state.get(file)) else {
                    continue;
                };
                let names = import.specifier.split(' ').skip(1);
                let early = names.filter(|name| *name != "*" && !modules.has_part(file, name));
                if path != file && modules.is_alone(file) {
                    found.extend(early.map(|name| Early {
                        from,
                        import,
                        name,
                        module,
                        line: *line,
                        field: field.clone(),
                    }));
                }
            }
            Task::Loaded(path) => drop(state.insert(path, None)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inspect::parsed_imports;

    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        let mut inventory = inventory("p-1-py3-none-any.whl", "zip", texts);
        for (entry, (_, text)) in inventory.entries.iter_mut().zip(texts) {
            entry.imports.clear();
            entry.media = crate::inventory::Media::Text;
            crate::inspect::inspect(text.as_bytes(), crate::inspect::Scanner::plain(), entry);
        }
        let package = Package::default();
        let doubtful = doubtful(&Modules::new(&inventory, &package, &[]));
        let text = |id: EntryId| texts[inventory.entries.iter().position(|one| one.id == id).unwrap()];
        let read = |id: EntryId| (id, parsed_imports(text(id).0, text(id).1.as_bytes()).unwrap());
        let sure = doubtful.into_iter().map(read).collect();
        let broken = broken(&inventory, &package, &[], &sure);
        broken.into_iter().map(|one| format!("{} {}", one.specifier, one.name.unwrap_or_default())).collect()
    }

    #[test]
    fn names_that_come_too_late() {
        let circle = |a: &str, b: &str| {
            found(&[("p/__init__.py", "from .a import x\n"), ("p/a.py", a), ("p/b.py", b)])
        };
        assert_eq!(circle("from .b import y\nx = 1\n", "from .a import x\ny = 1\n"), [".a x"]);
        assert_eq!(
            circle("import os\nfrom .b import (\n  y)\ndef x(): pass\n", "from p.a import x\ny = 1\n"),
            ["p.a x"]
        );
        for (a, b) in [
            ("x = 1\nfrom .b import y\n", "from .a import x\ny = 1\n"),
            ("from .b import y\nx = 1\n", "def f():\n    from .a import x\ny = 1\n"),
            ("from .b import y\nx = 1\n", "from . import a\nimport p.a\ny = 1\n"),
            ("from .b import y\nx = 1\n", "try:\n    from .a import x\nexcept ImportError: pass\ny = 1\n"),
            ("def __getattr__(n): pass\nfrom .b import y\nx = 1\n", "from .a import x\ny = 1\n"),
            ("try:\n    from .b import y\nfinally:\n    x = 1\n", "from .a import x\ny = 1\n"),
            ("if 1:\n    x = 1\nfrom .b import y\nx = 2\n", "from .a import x\ny = 1\n"),
            // which of them is loaded first may be otherwise
            ("from .b import y\nx = 1\n", "y = 1\nfrom .a import x\n"),
            ("import p.b\nx = 1\n", "from .a import x\ny = 1\n"),
        ] {
            assert_eq!(circle(a, b), [""; 0], "{a}{b}");
        }
    }

    #[test]
    fn names_of_the_package_itself() {
        let package =
            |init: &str, a: &str| found(&[("p/__init__.py", init), ("p/a.py", a), ("p/c/__init__.py", "")]);
        assert_eq!(package("from .a import y\nx = 1\n", "from . import x\ny = 1\n"), [". x"]);
        assert_eq!(package("from .a import y\nx = 1\n", "from p import x\ny = 1\n"), [""; 0]);
        for (init, a) in [
            ("x = 1\nfrom .a import y\n", "from . import x\ny = 1\n"),
            ("from .a import y\nimport p.c as c\n", "from . import c, a\ny = 1\n"),
            ("from .a import y\nfrom .c import *\n", "from . import x\ny = 1\n"),
        ] {
            assert_eq!(package(init, a), [""; 0], "{init}{a}");
        }
    }

    #[test]
    fn circles_without_end() {
        let texts: Vec<(String, String)> = (0..300)
            .map(|number| {
                let others = (0..300).filter(|other| *other != number);
                let all: String = others.map(|other| format!("from .m{other} import x{other}\n")).collect();
                (format!("p/m{number}.py"), format!("{all}x{number} = 1\n"))
            })
            .chain([("p/__init__.py".to_owned(), "from .m0 import x0\n".to_owned())])
            .collect();
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert!(!found(&texts).is_empty());
    }
}
