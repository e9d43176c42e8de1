//! Rules on imports that lead nowhere.

use crate::inventory::{BrokenImport, ImportTrouble, Kind, Package, Reach};
use crate::settings::Level;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const MISSING_MODULE: Rule = Rule {
    name: "missing-module",
    family: Family::Wholeness,
    summary: "A file of the package imports another one that is not in it",
    docs: r#"
## What it does

Follows imports from what the manifest names as entrances: `main`, the targets of `exports` that Node takes, `bin`,
the script at installation, types and style sheets; of an extension for Visual Studio Code, from `main`; for a wheel and a gem, what
their modules and commands import or require of the package itself; for a crate, the modules of its library, programs and build
script. It reports a file of the package that is asked for and not in
the artifact, or only under a name in other letter case, or above the package; what `imports` of the manifest leads to, names (`#util`)
that it lacks, and what its `exports` keeps from the package itself; a file that is read as it is, by a path from the place of the one that reads it
(`readFileSync(path.join(__dirname, "a.json"))`, `files("acme").joinpath("a.csv")`, `File.read`, `include_str!`); and, of a module of the language, imports without the extension that Node doesn't add, and
names that it takes from another one that doesn't export them; of declarations, a script that has none beside it; in Python, names that the other module has nowhere in it, and imports from above the
package at the top. Only
what is sure to be loaded counts: static imports, and calls of `require` at the top of a file that stand in no `try`, no condition
and no function; in Rust, what depends on no `cfg` and stands in no macro. Of declarations, style sheets and the file of a thread
(`new Worker(new URL("./w.js", import.meta.url))` in a function) it makes a warning,
of a name that `imports` lacks, behind a subpath of `exports`, a note: frameworks have modules of such names.

## Why it matters

Whoever loads the package, or starts its command, gets an error. Other letter case works on macOS and Windows, where the
package was tried out, and nowhere else.

## What to do

Let the allowlist cover the file, or build before packing.

## Example

`import { compile } from './filters-DXIK4AeF.js'` in `dist/index.js`, of a build that was packed by half.
"#,
    check: missing_module,
};

pub(super) const UNDECLARED_DEPENDENCY: Rule = Rule {
    name: "undeclared-dependency",
    family: Family::Wholeness,
    summary: "The package imports another one that its manifest doesn't name as a dependency",
    docs: r#"
## What it does

Reports packages that are sure to be imported by what an entrance of the package leads to, and that are neither built in
nor in `dependencies`, `peerDependencies`, `optionalDependencies` or the package's own `node_modules`; of an extension for Visual
Studio Code, for which nobody installs anything, those that are not in its `node_modules`; of a wheel that requires nothing at all, those
that neither Python nor the wheel has and that it isn't called after. Names that only a bundler knows (`@/util`)
count.
`devDependencies` don't count: nobody but the package's makers installs them. Imports under a condition, in `try` or in
functions are left alone.

It is an error where the package itself or one of its commands can't be loaded; a warning where the other package is
most likely the program that loads this one (`eslint`, `react`), and of a wheel; a note where the package calls itself a
plugin of that program (`esdoc-lint-plugin`), for a subpath of `exports` and for declarations,
whose readers mostly check no types of libraries.

## Why it matters

It works where everything is installed side by side, as in a workspace, and fails for everybody else.

## What to do

Move the package to `dependencies` or `peerDependencies`, or bundle it.

## Example

`import * as Y from 'yjs'` in a command, with `yjs` among the `devDependencies`.
"#,
    check: undeclared_dependency,
};

fn missing_module(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    use ImportTrouble::{
        Above, Absent, FileAbsent, Inexact, LetterCase, NameAbsent, NotExported, ThreadAbsent, Untyped,
    };
    let is_missing = |broken: &&BrokenImport| {
        matches!(
            broken.trouble,
            Above
                | Absent
                | FileAbsent
                | ThreadAbsent
                | LetterCase
                | Inexact
                | NameAbsent
                | NotExported
                | Untyped
        )
    };
    report(rule, context, findings, is_missing, |broken| {
        let near = broken.near.as_deref().unwrap_or_default();
        let (what, help) = match broken.trouble {
            LetterCase => (
                format!("the artifact has it as `{near}`, in other letter case"),
                "Write the import as the file is called.",
            ),
            Inexact => (
                format!("which for Node is no name of `{near}`: a module's imports are not completed"),
                "Write the file's name with its extension, or let a bundler put the package together.",
            ),
            Untyped => (
                format!("of which the artifact has the script (`{near}`) and no types"),
                "Build the declarations anew before packing, and let the allowlist cover them.",
            ),
            NameAbsent if near.ends_with(".cjs") => (
                "in which Node sees no such name".to_owned(),
                "Give it as `exports.name = ...`, or import all of the file and take the name from that.",
            ),
            NameAbsent if near.ends_with('/') => (
                "a folder without an `__init__.py`, from which nothing but its modules can be taken"
                    .to_owned(),
                "Let the wheel have the folder's `__init__.py`; if it was never written, write it.",
            ),
            NameAbsent => (
                "which gives no such name".to_owned(),
                "Export the name there, or take the import out; if a build makes both files, build anew before packing.",
            ),
            Above => (
                "which is above the package at the top, where Python looks for nothing".to_owned(),
                "Name the module by its whole name, or with fewer dots.",
            ),
            NotExported if is_of_imports(broken) => (
                "which the package's own imports doesn't have".to_owned(),
                "Add the name to imports, or let a bundler put in what it stands for.",
            ),
            NotExported => (
                "which the package's own exports doesn't have".to_owned(),
                "Import the file by its path, or add the subpath to exports.",
            ),
            _ => ("which is not in the artifact".to_owned(), let_in(context)),
        };
        let asks = match (broken.trouble, context.inventory.kind) {
            (FileAbsent, _) | (_, Kind::Crate) => "needs",
            (ThreadAbsent, _) => "starts a thread with",
            _ => "imports",
        };
        let name = broken.name.as_ref().map_or_else(String::new, |name| format!("`{name}` from "));
        let message = format!(
            "This file {asks} {name}`{}`, {what}: {}.",
            broken.specifier,
            consequence(broken, context)
        );
        let is_mild = matches!(broken.reach, Reach::Types | Reach::Styles)
            || broken.trouble == ThreadAbsent
            || broken.reach == Reach::Subpath && broken.trouble == Inexact;
        // Frameworks have modules of such names for what they bundle.
        let is_framework_s = broken.reach == Reach::Subpath && is_of_imports(broken);
        let level = is_framework_s.then_some(Level::Note).or(is_mild.then_some(Level::Warning));
        (message, help, level)
    });
}

/// Whether it asks for a name of its own package's `imports`.
fn is_of_imports(broken: &BrokenImport) -> bool {
    broken.specifier.starts_with('#')
}

/// What to do so that a file of the project ships.
fn let_in(context: &Context<'_>) -> &'static str {
    match context.inventory.kind {
        // Who has no `include` and writes one has to name all that ships.
        Kind::Crate => {
            "If the project has the file, an ignore file or a list keeps it out: add it to version control, or to `include` if \
             Cargo.toml has that. If a build makes it, build before packing."
        }
        _ => "Let the allowlist cover the file, or build before packing.",
    }
}

fn undeclared_dependency(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_undeclared =
        |broken: &&BrokenImport| matches!(broken.trouble, ImportTrouble::Undeclared | ImportTrouble::Host);
    report(rule, context, findings, is_undeclared, |broken| {
        let name = &broken.specifier;
        // Nobody installs the dependencies of an extension: what it needs must be in it.
        let is_extension = context.inventory.kind == Kind::Vsix;
        let message = match is_extension {
            true => format!(
                "This file imports `{name}`, which is not in the extension, and editors install no dependencies: {} leads here, and it can't start.",
                broken.field
            ),
            false => format!(
                "This file imports `{name}`, which the manifest does not name as a dependency: {}.",
                consequence(broken, context)
            ),
        };
        let help = match is_extension {
            true => "Bundle it, or pack node_modules with the extension.",
            false if context.settings.internal.packages.contains(name) => {
                "It is internal, so nobody can install it: take the import out."
            }
            false if context.inventory.kind == Kind::Wheel => {
                "Name the project that brings it in the dependencies of pyproject.toml."
            }
            false => "Move it to dependencies or peerDependencies, or bundle it.",
        };
        let own = context.inventory.package.as_ref().map(|package| package.name.as_str());
        let level = match (broken.reach, broken.trouble) {
            (_, ImportTrouble::Host) if own.is_some_and(|own| is_plugin_of(own, name)) => Some(Level::Note),
            (Reach::Package | Reach::Command | Reach::Install, ImportTrouble::Host) => Some(Level::Warning),
            (Reach::Package | Reach::Command | Reach::Install, _) => None,
            _ => Some(Level::Note),
        };
        (message, help, level)
    });
}

/// Whether a package calls itself a plugin of the one that an import leads to: nobody has the one without the other.
fn is_plugin_of(own: &str, specifier: &str) -> bool {
    const PARTS: [&str; 5] = ["plugin", "preset", "theme", "reporter", "formatter"];
    let program = specifier.split('/').next().unwrap_or(specifier);
    let mut words = own.rsplit('/').next().unwrap_or(own).split('-');
    words.next() == Some(program) && words.any(|word| PARTS.contains(&word))
}

/// Files that Node takes for the other kind of module than they are, and JSON that it doesn't take for any.
pub(super) fn unloadable(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    use ImportTrouble::{CommonJs, EsModule, Json, Syntax, Uncompiled, Waits};
    let is_unloadable = |broken: &&BrokenImport| {
        matches!(broken.trouble, CommonJs | EsModule | Json | Syntax | Uncompiled | Waits)
    };
    // bundlers give a module what only CommonJS has
    let may_be_bundled =
        |package: &Package| package.entrances.iter().any(|entrance| entrance.may_be_compiled);
    let may_be_bundled = context.inventory.package.as_ref().is_some_and(may_be_bundled);
    report(rule, context, findings, is_unloadable, |broken| {
        let name = &broken.specifier;
        let (what, help) = match broken.trouble {
            CommonJs => (
                format!(
                    "uses `{name}`, which only CommonJS gives, and is a module by its name or the manifest's type"
                ),
                "Call it .cjs, or build it as a module.",
            ),
            EsModule => (
                "has import or export statements, and is CommonJS by its name or the manifest's type"
                    .to_owned(),
                "Call it .mjs, or build it as CommonJS.",
            ),
            Waits => (
                format!(
                    "requires `{name}`, a module that waits for something before it is loaded (`await` at its top), which Node refuses to require"
                ),
                "Import it with `import()`, or take the await out of the module's top.",
            ),
            Syntax if is_json(broken, context) => (
                format!("can't be read as JSON ({name})"),
                "Write it anew as JSON, without comments and commas at ends.",
            ),
            Syntax if is_python(broken, context) => (
                format!("can't be read by Python 3 ({name})"),
                "Try the package out as it is packed: `python -m compileall` finds such files.",
            ),
            Syntax => (
                format!("can't be read as JavaScript ({name})"),
                "Build anew before packing, and try the package out as it is packed.",
            ),
            Uncompiled => (
                format!("can be read as TypeScript, JSX or Flow alone ({name})"),
                "Build before packing and name the compiled file.",
            ),
            _ => (
                format!("imports `{name}` without saying that it is JSON"),
                "Write `with { type: \"json\" }` behind it, or read the file with createRequire.",
            ),
        };
        let message = format!("This file {what}: {}.", consequence(broken, context));
        // no bundler stands between Node and what is started
        let is_started = matches!(broken.reach, Reach::Command | Reach::Install);
        let is_mild = broken.reach == Reach::Subpath
            || broken.trouble == CommonJs && may_be_bundled
            || broken.trouble == Uncompiled && !is_started;
        (message, help, is_mild.then_some(Level::Warning))
    });
}

fn is_json(broken: &BrokenImport, context: &Context<'_>) -> bool {
    context.inventory.entry(broken.entry).is_some_and(|entry| entry.path.ends_with(".json"))
}

fn is_python(broken: &BrokenImport, context: &Context<'_>) -> bool {
    context.inventory.entry(broken.entry).is_some_and(|entry| entry.path.ends_with(".py"))
}

/// Commands that start what their module doesn't have.
pub(super) fn functions(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_absent = |broken: &&BrokenImport| broken.trouble == ImportTrouble::FunctionAbsent;
    report(rule, context, findings, is_absent, |broken| {
        let name = broken.name.as_deref().unwrap_or_default();
        let message = format!(
            "This file has no `{name}`, which {} starts (`{}`): the command fails.",
            broken.field, broken.specifier
        );
        (message, "Define it there, or name in the manifest what the command shall start.", None)
    });
}

/// What becomes of whoever gets to an import.
fn consequence(broken: &BrokenImport, context: &Context<'_>) -> String {
    let field = &broken.field;
    match (broken.reach, broken.trouble) {
        (_, ImportTrouble::ThreadAbsent) => "what calls for the thread fails".to_owned(),
        (Reach::Package | Reach::Command, _) if context.inventory.kind == Kind::Crate => {
            format!("{field} leads here, and can't be compiled")
        }
        (Reach::Package, ImportTrouble::Host) => format!("{field} loads only where that is installed anyway"),
        (Reach::Command, ImportTrouble::Host) => {
            format!("{field} starts only where that is installed anyway")
        }
        (Reach::Package, ImportTrouble::Undeclared) => {
            format!(
                "{field} leads here, and the package loads only where another one happens to bring that along"
            )
        }
        (Reach::Command, ImportTrouble::Undeclared) => {
            format!(
                "{field} leads here, and the command starts only where another package happens to bring that along"
            )
        }
        // who enters by the other condition may get in
        (Reach::Package, _) if field.contains(".require") => {
            format!("{field} leads here, and nobody can require the package by its name")
        }
        (Reach::Package, _) if field.contains(".import") => {
            format!("{field} leads here, and nobody can import the package by its name")
        }
        (Reach::Package, _) => format!("{field} leads here, and nobody can load the package"),
        (Reach::Command, _) => format!("{field} leads here, and the command can't start"),
        (Reach::Install, _) => format!("{field} leads here, and nobody can install the package"),
        (Reach::Subpath, _) => format!("whoever enters by {field} fails"),
        (Reach::Types, _) => "types that stand on it are unknown to TypeScript".to_owned(),
        (Reach::Styles, _) => "bundlers and browsers fail on it".to_owned(),
    }
}

/// Up to this many are reported one by one.
const MOST_SINGLE: usize = 10;

/// Findings for some of the imports that lead nowhere. Where there are many, the gravest stand for the others.
fn report(
    rule: &Rule,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    wanted: impl Fn(&&BrokenImport) -> bool,
    say: impl Fn(&BrokenImport) -> (String, &'static str, Option<Level>),
) {
    let Some(package) = &context.inventory.package else { return };
    let broken: Vec<&BrokenImport> = package.broken_imports.iter().filter(wanted).collect();
    for (number, one) in broken.iter().enumerate().take(MOST_SINGLE) {
        let Some(entry) = context.inventory.entry(one.entry) else { continue };
        let (mut message, help, level) = say(one);
        let others = broken.len().saturating_sub(MOST_SINGLE);
        if number + 1 == MOST_SINGLE && others > 0 {
            message.push_str(&format!(
                " There are {} of the kind.",
                words::counted(others as u64, "more import")
            ));
        }
        let place = Place { line: one.line, ..Place::entry(entry) };
        let name = one.name.as_ref().map_or_else(String::new, |name| format!("{name} "));
        let key = format!("{name}{}", one.specifier);
        let finding = Finding::new(rule, place).message(message).help(help).evidence(one).key(key);
        findings.push(Finding { at_most: level, ..finding });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, Inventory};
    use crate::rules::testing::{run, tree};

    fn with(broken: &[(ImportTrouble, Reach)]) -> Inventory {
        let broken_imports = broken.iter().enumerate().map(|(number, (trouble, reach))| BrokenImport {
            entry: EntryId(0),
            line: Some(3),
            specifier: format!("./{number}.js"),
            name: None,
            trouble: *trouble,
            near: (*trouble == ImportTrouble::LetterCase).then(|| "A.js".to_owned()),
            reach: *reach,
            field: "main".to_owned(),
        });
        let package = Package { broken_imports: broken_imports.collect(), ..Package::default() };
        Inventory { package: Some(package), ..tree(&["package/a.js"]) }
    }

    #[test]
    fn one_finding_for_each_at_its_place() {
        use ImportTrouble::{Absent, Host, LetterCase, Undeclared};
        let inventory = with(&[
            (Absent, Reach::Package),
            (LetterCase, Reach::Command),
            (Absent, Reach::Types),
            (Undeclared, Reach::Package),
            (Host, Reach::Package),
            (Undeclared, Reach::Subpath),
        ]);
        let levels = |rule| run(rule, &inventory).iter().map(|finding| finding.at_most).collect::<Vec<_>>();
        assert_eq!(levels(&MISSING_MODULE), [None, None, Some(Level::Warning)]);
        assert_eq!(levels(&UNDECLARED_DEPENDENCY), [None, Some(Level::Warning), Some(Level::Note)]);
        let found = run(&MISSING_MODULE, &inventory);
        assert_eq!((found[0].place.path.as_str(), found[0].place.line), ("package/a.js", Some(3)));
        assert!(found[1].message.contains("A.js"));
        assert_eq!(run(&MISSING_MODULE, &tree(&["package/a.js"])), []);
        assert_eq!(run(&MISSING_MODULE, &with(&[(Absent, Reach::Package); 30])).len(), MOST_SINGLE);
    }

    #[test]
    fn says_who_it_is_that_gets_nowhere() {
        let says = |field: &str, reach| {
            let mut inventory = with(&[(ImportTrouble::Absent, reach)]);
            if let Some(package) = &mut inventory.package {
                package.broken_imports[0].field = field.to_owned();
            }
            run(&MISSING_MODULE, &inventory)[0].message.clone()
        };
        for (field, reach, who) in [
            ("main", Reach::Package, "nobody can load the package"),
            ("exports[\".\"]", Reach::Package, "nobody can load the package"),
            ("exports[\".\"].require", Reach::Package, "nobody can require the package by its name"),
            ("exports[\".\"].import.default", Reach::Package, "nobody can import the package by its name"),
            ("exports[\"./a\"].require", Reach::Subpath, "whoever enters by"),
            ("bin[\"a\"]", Reach::Command, "the command can't start"),
        ] {
            let message = says(field, reach);
            assert!(message.contains(who), "{field}: {message}");
            assert_eq!(
                message.matches("nobody can").count(),
                usize::from(who.starts_with("nobody")),
                "{message}"
            );
        }
    }

    #[test]
    fn nobody_has_a_plugin_without_its_program() {
        for (own, specifier, expected) in [
            ("esdoc-lint-plugin", "esdoc/out/src/a.js", true),
            ("@acme/mocha-reporter-b", "mocha", true),
            ("esdoc-lint", "esdoc", false),
            ("react-theme-b", "vue", false),
            ("acme-plugin-esdoc", "esdoc", false),
        ] {
            assert_eq!(is_plugin_of(own, specifier), expected, "{own} {specifier}");
        }
    }

    #[test]
    fn an_extension_needs_all_in_itself() {
        let undeclared = with(&[(ImportTrouble::Undeclared, Reach::Package)]);
        let extension = Inventory { kind: Kind::Vsix, ..undeclared.clone() };
        let says =
            |inventory| run(&UNDECLARED_DEPENDENCY, inventory)[0].message.contains("not in the extension");
        assert!(says(&extension) && !says(&undeclared));
    }
}
