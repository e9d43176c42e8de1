//! Functions that a wheel's commands start and that their modules don't have.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{
    Asking, BrokenImport, Command, Entry, EntryId, Import, ImportTrouble, Inventory, Package, Reach,
};

use super::imports::{self, is_for_python_3};
use super::modules::installed;

/// A command, the file of its module, and the name in it.
struct Start<'a> {
    command: &'a Command,
    entry: &'a Entry,
    name: &'a str,
}

/// The modules that must be read again to be sure.
pub(super) fn doubtful(inventory: &Inventory, package: &Package) -> Vec<EntryId> {
    let starts = starts(inventory, package);
    // Of most files no names were noted down: few wheels have commands, and few files are where one starts.
    let is_unknown = |imports: &[Import]| !imports.iter().any(|import| import.by == Asking::Gives);
    let is_in_doubt =
        |start: &&Start<'_>| is_unknown(&start.entry.imports) || lacks(&start.entry.imports, start.name);
    let lacking = starts.iter().filter(is_in_doubt);
    lacking.map(|start| start.entry.id).collect::<BTreeSet<EntryId>>().into_iter().collect()
}

/// The commands that can't start, by what was read again.
pub(super) fn absent(
    inventory: &Inventory,
    package: &Package,
    sure: &BTreeMap<EntryId, Vec<Import>>,
) -> Vec<BrokenImport> {
    let is_absent =
        |start: &Start<'_>| sure.get(&start.entry.id).is_some_and(|names| lacks(names, start.name));
    let broken = |start: Start<'_>| BrokenImport {
        entry: start.entry.id,
        line: None,
        specifier: start.command.starts.clone(),
        name: Some(start.name.to_owned()),
        trouble: ImportTrouble::FunctionAbsent,
        near: None,
        reach: Reach::Command,
        field: format!("command {}", start.command.name),
    };
    let starts = starts(inventory, package);
    let torn: Vec<BrokenImport> = starts.iter().filter_map(|start| torn(inventory, start, sure)).collect();
    starts.into_iter().filter(is_absent).map(broken).chain(torn).collect()
}

/// What keeps Python from reading a module, where only the second look tells.
fn torn(
    inventory: &Inventory,
    start: &Start<'_>,
    sure: &BTreeMap<EntryId, Vec<Import>>,
) -> Option<BrokenImport> {
    let fault = |imports: &'_ [Import]| imports.iter().position(|import| import.by == Asking::Fault);
    let seen = sure.get(&start.entry.id)?;
    let at = fault(seen).filter(|_| fault(&start.entry.imports).is_none())?;
    let import = seen.get(at)?;
    let field = format!("command {}", start.command.name);
    is_for_python_3(&inventory.artifact.path)
        .then(|| imports::fault(start.entry, import, Reach::Command, field))
}

fn lacks(imports: &[Import], name: &str) -> bool {
    let mut given = imports.iter().filter(|import| import.by == Asking::Gives).peekable();
    let names = |import: &Import| import.specifier.split(' ').any(|one| one == name || one == "*");
    given.peek().is_some() && !given.any(names)
}

/// Those whose module is a file of the wheel that Python takes for it, and no other one.
fn starts<'a>(inventory: &'a Inventory, package: &'a Package) -> Vec<Start<'a>> {
    if package.commands.is_empty() {
        return Vec::new();
    }
    let files: BTreeMap<&str, &Entry> =
        inventory.top_files().map(|entry| (installed(&entry.path), entry)).collect();
    let has_below =
        |start: &str| files.range(start..).next().is_some_and(|(path, _)| path.starts_with(start));
    let start = |command: &'a Command| {
        let (module, object) = command.starts.split_once(':')?;
        let object = object.split('[').next()?.trim();
        let name = object.split('.').next().filter(|name| !name.is_empty())?;
        let module = module.trim().replace('.', "/");
        // Python takes the package first, and what is compiled before what is not.
        let stem = match has_below(&format!("{module}/")) {
            true => format!("{module}/__init__"),
            false => module.clone(),
        };
        let of_stem = format!("{stem}.");
        let beside = files.range(of_stem.as_str()..).take_while(|(path, _)| path.starts_with(&of_stem));
        let is_alone = beside.filter(|(path, _)| !path.ends_with(".pyi")).count() == 1;
        let is_module = [".", "/"].iter().any(|end| has_below(&format!("{module}/{name}{end}")));
        let entry = *files.get(format!("{stem}.py").as_str())?;
        (is_alone && !is_module).then_some(Start { command, entry, name })
    };
    package.commands.iter().filter_map(start).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn names_that_a_module_has_not() {
        let mut inventory = inventory(
            "a-1-py3-none-any.whl",
            "zip",
            &[
                ("a/__init__.py", ""),
                ("a/cli.py", ""),
                ("a/fast.py", ""),
                ("a/fast.abi3.so", ""),
                ("a/cli.pyi", ""),
            ],
        );
        let commands =
            ["a.cli:main", "a.cli:run", "a.cli:App.run [x]", "a:cli", "a:main", "a.fast:main", "b:main"];
        let command = |starts: &&str| Command {
            name: (*starts).to_owned(),
            starts: (*starts).to_owned(),
            declared_in: String::new(),
        };
        let package = Package { commands: commands.iter().map(command).collect(), ..Package::default() };
        let gives = |names: &str| Import { specifier: names.into(), by: Asking::Gives, line: None };
        for entry in &mut inventory.entries {
            entry.imports.push(gives("run "));
        }
        assert_eq!(doubtful(&inventory, &package).len(), 2);
        let of = |path: &str| inventory.entries.iter().find(|entry| entry.path == path).unwrap().id;
        let sure = BTreeMap::from([
            (of("a/cli.py"), vec![gives("App run")]),
            (of("a/__init__.py"), vec![gives("*")]),
        ]);
        let absent = absent(&inventory, &package, &sure);
        let absent: Vec<&str> = absent.iter().map(|one| one.specifier.as_str()).collect();
        assert_eq!(absent, ["a.cli:main"]);
    }
}
