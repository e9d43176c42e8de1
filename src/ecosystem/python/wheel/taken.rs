//! Names that a module of a wheel takes from another one of its modules, and that aren't there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::inventory::{
    Asking, BrokenImport, Entry, EntryId, Import, ImportTrouble, Inventory, Package, Reach,
};

use super::imports::{Found, Modules};

/// A name that is taken from a module.
struct Taken<'a> {
    from: &'a Entry,
    import: &'a Import,
    name: &'a str,
    module: &'a Entry,
    reach: Reach,
    field: String,
}

/// The modules that must be read again to be sure of the names that they have.
pub(super) fn doubtful(inventory: &Inventory, package: &Package, requirements: &[String]) -> Vec<EntryId> {
    /// Those of one wheel.
    const MOST: usize = 100;
    let modules = Modules::new(inventory, package, requirements);
    let taken = lacking(&modules, package, None);
    let wanted: BTreeSet<EntryId> = taken.into_iter().map(|taken| taken.module.id).collect();
    wanted.into_iter().take(MOST).collect()
}

/// What can't be imported, by what was read again.
pub(super) fn absent(
    inventory: &Inventory,
    package: &Package,
    requirements: &[String],
    sure: &BTreeMap<EntryId, Vec<Import>>,
) -> Vec<BrokenImport> {
    let has_empty = || inventory.entries.iter().any(|entry| is_empty_module(entry));
    if sure.is_empty() && !has_empty() {
        return Vec::new();
    }
    let taken = lacking(&Modules::new(inventory, package, requirements), package, Some(sure));
    let broken = |taken: Taken<'_>| BrokenImport {
        entry: taken.from.id,
        line: taken.import.line,
        specifier: module_of(taken.import).to_owned(),
        name: Some(taken.name.to_owned()),
        trouble: ImportTrouble::NameAbsent,
        near: Some(taken.module.path.clone()),
        reach: taken.reach,
        field: taken.field,
    };
    taken.into_iter().map(broken).collect()
}

/// Those that a module lacks, by what was read again of it, or at the first look.
fn lacking<'a>(
    modules: &Modules<'a>,
    package: &Package,
    sure: Option<&'a BTreeMap<EntryId, Vec<Import>>>,
) -> Vec<Taken<'a>> {
    let read = |module: &'a Entry| match sure {
        Some(sure) => sure.get(&module.id).map(Vec::as_slice),
        None => Some(module.imports.as_slice()),
    };
    let (mut all, mut known) = (Vec::new(), BTreeMap::new());
    for (path, reach, field) in modules.reached(package) {
        let Some(from) = modules.entry(path) else { continue };
        for import in from.imports.iter().filter(|import| import.by == Asking::Name) {
            let Found::Module(file) = modules.asked(path, module_of(import)) else { continue };
            if modules.is_completed(file) {
                continue;
            }
            let Some(module) = modules.entry(file).filter(|_| modules.is_alone(file)) else { continue };
            // there is nothing to read in what has no bytes
            let given = known.entry(module.id).or_insert_with(|| match is_empty_module(module) {
                true => Some(HashSet::new()),
                false => read(module).and_then(given),
            });
            let Some(given) = given else { continue };
            // what a package's file defines is not all that there is in it
            let is_empty = is_empty_module(module);
            let is_everywhere =
                |name: &&str| name.starts_with("__") && (!is_empty || OF_EVERY_MODULE.contains(name));
            let names = import.specifier.split(' ').skip(1).filter(|name| !is_everywhere(name));
            let lost =
                names.filter(|name| *name != "*" && !given.contains(name) && !modules.has_part(file, name));
            // who takes all takes what the module says it has
            let takes_all = import.specifier.ends_with(" *");
            let mut said: Vec<&str> =
                given.iter().filter(|_| takes_all).filter_map(|name| name.strip_prefix('@')).collect();
            said.sort_unstable();
            let lost = lost.chain(said.into_iter().filter(|name| !modules.has_part(file, name)));
            all.extend(lost.map(|name| Taken { from, import, name, module, reach, field: field.clone() }));
        }
    }
    all
}

/// What Python itself gives each module.
const OF_EVERY_MODULE: [&str; 10] = [
    "__builtins__",
    "__cached__",
    "__dict__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
];

/// Whether a module has nothing in it, so that no name can be taken from it.
fn is_empty_module(entry: &Entry) -> bool {
    entry.size == 0 && entry.path.ends_with(".py")
}

/// The names that a module has; `None` if that isn't known, or it may have any.
fn given(imports: &[Import]) -> Option<HashSet<&str>> {
    let lists: Vec<&str> =
        imports.iter().filter(|one| one.by == Asking::Gives).map(|one| &*one.specifier).collect();
    let names: HashSet<&str> = lists.iter().flat_map(|list| list.split(' ')).collect();
    (!lists.is_empty() && !names.contains("*")).then_some(names)
}

/// `.a` of `.a b c`.
fn module_of(import: &Import) -> &str {
    import.specifier.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inspect::parsed_imports;

    #[test]
    fn names_that_are_not_there() {
        let texts = [
            (
                "p/__init__.py",
                "from .a import b, gone, c\nfrom .sub import x, lost\nfrom .made import any\nfrom .all import *\nfrom .bare import z, __version__, __file__\nfrom .bare import *\nfrom . import bare\nfrom . import whole\nif bare:\n    whole.part = 1\nfrom .whole import part\n",
            ),
            ("p/whole.py", "other = 1\n"),
            ("p/a.py", "b = 1\nfrom .d import (e as\n  c)\nfrom ..q import z\nfrom .e import y\n"),
            ("p/d.py", "e = 1\n"),
            ("p/e.py", "y2 = 'y'\n"),
            ("p/e.cpython-312-x86_64-linux-gnu.so", ""),
            ("p/sub/__init__.py", ""),
            ("p/sub/x.py", ""),
            ("p/bare.py", ""),
            ("p/made.py", "globals()['any'] = 1\n"),
            ("p/unreached.py", "from .a import nothing\n"),
            ("p/all.py", "__all__ = ['y', 'w', 'sub']\ny = 1\n"),
        ];
        let mut inventory = inventory("p-1-cp312-cp312-linux_x86_64.whl", "zip", &texts);
        for (entry, (_, text)) in inventory.entries.iter_mut().zip(texts) {
            entry.imports.clear();
            // as when a wheel is read: what is empty is not inspected
            if text.is_empty() {
                continue;
            }
            entry.media = crate::inventory::Media::Text;
            crate::inspect::inspect(text.as_bytes(), crate::inspect::Scanner::plain(), entry);
        }
        let package = Package::default();
        let doubtful = doubtful(&inventory, &package, &[]);
        let text = |id: EntryId| texts[inventory.entries.iter().position(|one| one.id == id).unwrap()];
        let read = |id: EntryId| (id, parsed_imports(text(id).0, text(id).1.as_bytes()).unwrap());
        let sure = doubtful.into_iter().map(read).collect();
        let absent = absent(&inventory, &package, &[], &sure);
        let names: Vec<&str> = absent.iter().filter_map(|one| one.name.as_deref()).collect();
        assert_eq!(names, ["gone", "lost", "sub", "w", "z", "__version__"]);
        let above = super::super::imports::broken(&inventory, &package, &[]);
        let above: Vec<(&str, ImportTrouble)> =
            above.iter().map(|one| (one.specifier.as_str(), one.trouble)).collect();
        assert_eq!(above, [("..q", ImportTrouble::Above)]);
    }
}
