//! Rules on wholeness: one for each kind of defect that an ecosystem finds in a manifest.

use serde::Serialize;

use crate::ecosystem::{self, Remedy};
use crate::inventory::{Defect, DefectKind, Inventory};
use crate::settings::Level;

use super::{Context, Family, Finding, Rule};

pub(super) const UNRESOLVABLE_DEPENDENCY: Rule = Rule {
    name: "unresolvable-dependency",
    family: Family::Wholeness,
    summary: "A dependency that can't be resolved outside the workspace",
    docs: r#"
## What it does

Reports `workspace:`, `catalog:`, `link:`, `portal:` and `patch:` in `dependencies`, `peerDependencies` and
`optionalDependencies` of a published manifest, and `file:` that leads to nothing in the package; a crate's dependency with
a path and no version; a `file:` URL among a wheel's requirements. Bundled dependencies and `devDependencies` don't count.

## Why it matters

npm refuses such a specifier (EUNSUPPORTEDPROTOCOL), cargo and pip find nothing there: nobody can install the package.

## What to do

Publish with a client that replaces them with versions (`pnpm publish`, `yarn npm publish`, `bun publish`), or write
a version.

## Example

`"@acme/core": "workspace:^"` in a tarball that `npm pack` made.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Write a version, or pack with a client that replaces it with one (pnpm pack, yarn pack, bun pm pack).";
        report(rule, context, findings, &[DefectKind::UnresolvableDependency], HELP, |defect| {
            format!(
                "The manifest's {} is `{}`, which can be resolved only in the workspace or on the machine that it was written on: nobody can install the package.",
                defect.field, defect.subject
            )
        });
    },
};

pub(super) const MISSING_INSTALL_SCRIPT: Rule = Rule {
    name: "missing-install-script",
    family: Family::Wholeness,
    summary: "A script that runs at installation starts a file that is not in the package",
    docs: r#"
## What it does

Looks at the first command of the first of `preinstall`, `install` and `postinstall`. If it starts a file of the
package (`node x.js`, `node -e "require('./x')"`, `./x.sh`, `sh x.sh`), reports a file that isn't there; of `node-gyp` and `cmake-js`, the file that they
build by; and a program that only `devDependencies` bring, like `husky`. `echo` before it doesn't count. Of later commands (`&&`, `npm run x`),
a file or script that isn't there is reported as long as all that runs before are scripts of the package that can't have made it.
Variables and files in `build/` are not checked. A script that carries on without the file (`|| exit 0`) is a note.

## Why it matters

The script fails, and with it the installation of the package and of all that depend on it.

## What to do

Let the allowlist cover the file, or take the script out.

## Example

`"postinstall": "node scripts/setup.js"` in a tarball without `scripts/`.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Let the allowlist cover the file, or take the script out.";
        report(rule, context, findings, &[DefectKind::MissingInstallScript], HELP, |defect| {
            format!(
                "The manifest's {} starts `{}`, which is not in the artifact: nobody can install the package.",
                defect.field, defect.subject
            )
        });
        report(rule, context, findings, &[DefectKind::MissingBuildFile], HELP, |defect| {
            format!(
                "The manifest's {} builds by `{}`, which is not in the artifact: nobody can install the package.",
                defect.field, defect.subject
            )
        });
        const HELP_SCRIPT: &str = "Write that script into the manifest, or take the call out.";
        report(rule, context, findings, &[DefectKind::MissingScript], HELP_SCRIPT, |defect| {
            format!(
                "The manifest's {} has npm run `{}`, and there is no script of that name: nobody can install the package.",
                defect.field, defect.subject
            )
        });
        const HELP_PROGRAM: &str = "Move it to prepare, which runs for the package's makers alone, or the program's package to dependencies.";
        report(rule, context, findings, &[DefectKind::MissingInstallProgram], HELP_PROGRAM, |defect| {
            format!(
                "The manifest's {} starts `{}`, which only devDependencies bring: nobody can install the package.",
                defect.field, defect.subject
            )
        });
        let grave = findings.len();
        report(rule, context, findings, &[DefectKind::ToleratedInstallScript], HELP, |defect| {
            format!(
                "The manifest's {} starts `{}`, which is not in the artifact: every installation says so, and goes on.",
                defect.field, defect.subject
            )
        });
        findings.iter_mut().skip(grave).for_each(|finding| finding.at_most = Some(Level::Note));
    },
};

pub(super) const MISSING_BUNDLED_DEPENDENCY: Rule = Rule {
    name: "missing-bundled-dependency",
    family: Family::Wholeness,
    summary: "A dependency that should be bundled is not in the package",
    docs: r#"
## What it does

Reports a name in `bundleDependencies` that is a dependency but has no folder in the tarball's `node_modules/`.

## Why it matters

Clients don't fetch what should be bundled: the package can't be loaded.

## What to do

Install before packing, with a client that lays out `node_modules/` flat; or take the name out of the list.

## Example

`"bundleDependencies": ["left-pad"]` in a tarball without `node_modules/left-pad`.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Install before packing so that node_modules/ holds it. In a workspace that takes `npm install --workspaces=false --install-links --no-save` in the package's folder, and behind it the folder of each member that is bundled (`../util`). Or take it out of the list.";
        report(rule, context, findings, &[DefectKind::MissingBundledDependency], HELP, |defect| {
            format!(
                "The manifest's {} names `{}`, which is not in the artifact's node_modules/: clients won't fetch it.",
                defect.field, defect.subject
            )
        });
    },
};

pub(super) const PUBLISH_CONFIG_IGNORED: Rule = Rule {
    name: "publish-config-ignored",
    family: Family::Wholeness,
    summary: "The packing client didn't apply fields of publishConfig",
    docs: r#"
## What it does

Reports `main`, `module`, `types`, `exports` and `bin` in `publishConfig` that differ from the manifest's own, if
those lead nowhere or to uncompiled sources. pnpm and yarn apply them when packing; npm does not.

## Why it matters

The published manifest still points at the sources: Node can't load the package.

## What to do

Pack with a client that applies them, or write them into the manifest itself.

## Example

`"main": "src/index.ts", "publishConfig": {"main": "dist/index.js"}` in a tarball that `npm pack` made.
"#,
    check: |rule, context, findings| {
        const HELP: &str =
            "Pack with pnpm or yarn, which apply publishConfig, or write the value into the manifest itself.";
        report(rule, context, findings, &[DefectKind::PublishConfigIgnored], HELP, |defect| {
            format!(
                "The manifest's {} was not applied when the package was packed: `{}` still names something that isn't in the artifact, or sources.",
                defect.field, defect.subject
            )
        });
    },
};

pub(super) const UNLOADABLE_ENTRY_POINT: Rule = Rule {
    name: "unloadable-entry-point",
    family: Family::Wholeness,
    summary: "The package's entry point is a file that Node refuses to load",
    docs: r#"
## What it does

Reports files that Node is sure to load when the package is loaded or one of its commands is started, and that it takes for
something else than they are: CommonJS that is a module by its name (`.mjs`) or the manifest's `"type": "module"`, a module
that is CommonJS by its name (`.cjs`) or by `"type": "commonjs"`, and JSON that is imported without `with { type: "json" }`. Also `exports` that Node refuses by its form.
Imports are followed as `missing-module` does, and the `type` of a folder's own manifest counts. CommonJS taken for a module is a warning where the package names a runtime or
bundler that may give it what it lacks. Also `require` of a module that waits for something before it is loaded (`await` at its top).

Reports what the package is entered by if Node can't read it at all: an entry point, a command or a script at installation
that is cut off, torn, something else than JavaScript, or refused for a name declared twice, an invalid regular expression and the like, and likewise what
these are sure to load, some two dozen files that are the fewest steps away; JSON is read as such. Behind a subpath of `exports` it is a warning; so is TypeScript, JSX or Flow in a `.js`
file, unless the package names a runtime or bundler that compiles it. Files over 64 KiB are not looked at, nor more than 128 KiB of one package. JSON as the
target of `import` in `exports` is a warning, too, unless `require` leads to the same: Node wants `with { type: "json" }` there.

In a wheel for Python 3, reports the modules of its commands, and what the import of the package leads to if it is `__init__.py`, has a usual name
or looks odd (brackets that don't go by twos, `print "a"`, marks of a merge), where no Python 3 can read them: a bracket or text that doesn't end, a block without its colon or its lines,
`print` without brackets. What only a parser sees is passed over.

Also reports, as a warning, a `main` or command that is uncompiled TypeScript or JSX in a package that has no other entry point
and names no other runtime or bundler in its dependencies and engines.

## Why it matters

Whoever requires or imports the package gets an error: `require is not defined in ES module scope`, `Cannot use import
statement outside a module`. Node doesn't strip types in `node_modules`.

## What to do

Build what the name and the manifest say, or call the file by what it is; name the compiled file.

## Example

`"type": "module"` beside a `config.js` that begins with `const path = require('path')`.
"#,
    check: |rule, context, findings| {
        super::imports::unloadable(rule, context, findings);
        let first = findings.len();
        const HELP_JSON: &str = "Name a script that hands the data on, or the file in `default` for all.";
        report(rule, context, findings, &[DefectKind::JsonToImport], HELP_JSON, |defect| {
            format!(
                "The manifest's {} is `{}`, which Node imports only `with {{ type: \"json\" }}`: whoever imports the package by its name alone gets an error.",
                defect.field, defect.subject
            )
        });
        findings.iter_mut().skip(first).for_each(|finding| finding.at_most = Some(Level::Warning));
        const HELP_EXPORTS: &str =
            "Begin targets with ./ and keep conditions within a subpath (`\".\": {\"import\": ...}`).";
        report(rule, context, findings, &[DefectKind::InvalidExports], HELP_EXPORTS, |defect| {
            format!(
                "The manifest's {} has `{}`, which Node takes for no target or subpath: nobody can load the package by its name.",
                defect.field, defect.subject
            )
        });
        let sure = findings.len();
        const HELP: &str = "Build before packing and name the compiled file.";
        report(rule, context, findings, &[DefectKind::UnloadableEntryPoint], HELP, |defect| {
            format!(
                "The manifest's {} is `{}`, which Node does not load from node_modules.",
                defect.field, defect.subject
            )
        });
        // A bundler that nobody named may load it.
        findings.iter_mut().skip(sure).for_each(|finding| finding.at_most = Some(Level::Warning));
    },
};

pub(super) const BROKEN_COMMAND: Rule = Rule {
    name: "broken-command",
    family: Family::Wholeness,
    summary: "A command of the package can't be started as it is",
    docs: r#"
## What it does

Looks at the files that `bin` names. Reports a script without a first line that names its interpreter (`#!/usr/bin/env
node`), one whose first line ends in CR LF or stands behind a byte-order mark, one that gives its interpreter options through
`env` without `-S`, one that names an interpreter by its path on a certain machine (`/usr/local/bin/node`), and one for `ts-node`, `tsx` and the like that no dependency brings. Beside these, a program (ELF,
Mach-O) that the package starts itself and that is not executable, where no script at installation sees to it. In a wheel, a
command whose module has no such name: none that stands anywhere in it outside of texts and comments, where nothing can make up
names (`import *`, `__getattr__`, `globals()`).

## Why it matters

Without that line, the shell runs JavaScript as a shell script. With a carriage return at its end, Linux and macOS
look for an interpreter called `node\r`; with options behind `env node`, Linux looks for one called `node --options`.

## What to do

Write `#!/usr/bin/env node` as the first line, ending in LF; in git, `*.js text eol=lf` keeps it so.

## Example

`"bin": "cli.js"` where `cli.js` begins with `import`.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Write #!/usr/bin/env node as the file's first line, ending in a line feed alone.";
        report(
            rule,
            context,
            findings,
            &[
                DefectKind::CommandWithoutInterpreter,
                DefectKind::CommandWithCarriageReturn,
                DefectKind::CommandBehindMark,
                DefectKind::CommandWithOptions,
                DefectKind::CommandOfOtherMachine,
                DefectKind::CommandOfMissingInterpreter,
            ],
            HELP,
            |defect| {
                let what = match defect.kind {
                    DefectKind::CommandWithCarriageReturn => {
                        "has a carriage return at the end of its first line"
                    }
                    DefectKind::CommandBehindMark => "has a byte-order mark before its first line",
                    DefectKind::CommandWithOptions => {
                        "gives its interpreter options through `env`, which Linux hands on as one word"
                    }
                    DefectKind::CommandOfOtherMachine => {
                        "names its interpreter by a path that other machines don't have"
                    }
                    DefectKind::CommandOfMissingInterpreter => {
                        "names an interpreter that no dependency brings"
                    }
                    _ => "doesn't name its interpreter in its first line",
                };
                format!(
                    "The manifest's {} is `{}`, which {what}: the command fails.",
                    defect.field, defect.subject
                )
            },
        );
        const HELP_MODE: &str = "Make it executable (chmod +x) before packing, on a system that has the bit.";
        report(rule, context, findings, &[DefectKind::ProgramNotExecutable], HELP_MODE, |defect| {
            format!("`{}` is a program and not executable: whoever starts it gets EACCES.", defect.subject)
        });
        super::imports::functions(rule, context, findings);
    },
};

pub(super) const MISSING_LICENCE_TEXT: Rule = Rule {
    name: "missing-licence-text",
    family: Family::Wholeness,
    summary: "The licence file that comes with the package holds no licence",
    docs: r#"
## What it does

Reports a licence file that holds nothing but the path of another one, as a symbolic link does where it became a text,
and a file that the manifest names (`SEE LICENSE IN`) and that is not in the artifact.

## Why it matters

Most licences ask that their text goes with every copy; without it nobody may pass the package on.

## What to do

Pack the text itself: copy the file before packing, or let the allowlist cover it.

## Example

A `LICENSE` of eleven bytes: `../LICENSE`.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Copy the licence's text into the package before packing.";
        let kinds = [DefectKind::LicenceIsPath, DefectKind::LicenceAbsent];
        report(rule, context, findings, &kinds, HELP, |defect| match defect.kind {
            DefectKind::LicenceAbsent => {
                format!(
                    "The manifest's {} names `{}`, which is not in the artifact.",
                    defect.field, defect.subject
                )
            }
            _ => format!("The licence file {} and nothing else: the text itself is missing.", defect.subject),
        });
    },
};

pub(super) const WHEEL_LAYOUT: Rule = Rule {
    name: "wheel-layout",
    family: Family::Wholeness,
    summary: "A wheel installs something under a name that any package could have",
    docs: r#"
## What it does

Reports `src`, `tests`, `docs`, `examples`, `scripts`, `conftest.py`, `setup.py`, `LICENSE`, `README.md` and the like at the top
of a wheel, unless the package itself is called so. It is a warning, and an error with the project at hand, if that has the file or
folder and its settings don't name it as a package.

## Why it matters

They land in `site-packages` beside all other packages: the second package with a `tests` folder writes over the first,
and `import tests` finds either.

## What to do

Name the packages that belong into the wheel (`packages` for hatch and poetry, `tool.setuptools.packages.find` with
`include`).

## Example

`find_packages()` without `exclude`, in a project with `tests/__init__.py`.
"#,
    check: |rule, context, findings| {
        let of = |kind| {
            let package = context.inventory.package.as_ref();
            let defects = package.map(|package| package.defects.as_slice()).unwrap_or_default();
            defects.iter().filter(|defect| defect.kind == kind).collect::<Vec<&Defect>>()
        };
        findings.extend(common_names(rule, context, &of(DefectKind::TopLevelOfProject)));
        let unsure = common_names(rule, context, &of(DefectKind::CommonTopLevel));
        findings.extend(unsure.map(|finding| finding.at_most(Level::Warning)));
    },
};

/// One finding for all names at the top of a wheel that others use, too: they are there for one reason.
fn common_names(rule: &Rule, context: &Context<'_>, defects: &[&Defect]) -> Option<Finding> {
    const MOST_NAMED: usize = 8;
    let first = defects.first()?;
    let quoted: Vec<String> =
        defects.iter().take(MOST_NAMED).map(|defect| format!("`{}`", defect.subject)).collect();
    let (last, before) = quoted.split_last()?;
    let more = defects.len().saturating_sub(MOST_NAMED);
    let named = match (before, more) {
        ([], _) => last.clone(),
        (_, 0) => format!("{} and {last}", before.join(", ")),
        _ => format!("{} and {more} more", quoted.join(", ")),
    };
    let (names, these) = if defects.len() == 1 { ("a name", "this one") } else { ("names", "these") };
    let manifest = context.inventory.package.as_ref().map(|package| package.manifest.as_str());
    let place = super::manifest_place(context.inventory, manifest.unwrap_or_default(), first.line);
    // who waives these hasn't waived one that comes later
    let subjects: Vec<&str> = defects.iter().map(|defect| defect.subject.as_str()).collect();
    let finding = Finding::new(rule, place)
        .message(format!(
            "The wheel installs {named} at the top of site-packages, under {names} that other packages use, too."
        ))
        .help(format!("Name the packages that belong into the wheel, or exclude {these}."))
        .key(format!("{} {}", first.field, subjects.join(" ")));
    let others = subjects.get(1..).unwrap_or_default();
    Some(finding.evidence(CommonNames { first, others }))
}

/// The first of such names as any defect, and what the others are.
#[derive(Serialize)]
struct CommonNames<'a> {
    #[serde(flatten)]
    first: &'a Defect,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    others: &'a [&'a str],
}

pub(super) const LINK_LEFT_OUT: Rule = Rule {
    name: "link-left-out",
    family: Family::Wholeness,
    summary: "A symbolic link of the project was meant to ship and was left out",
    docs: r#"
## What it does

With the project at hand, looks for symbolic links that its `files` covers and that are not in the artifact.

## Why it matters

npm leaves symbolic links out without a word: what they point at works in the project and is missing in the package.

## What to do

Copy the file before packing.

## Example

`README.md` as a link to the one at the workspace's top.
"#,
    check: |rule, context, findings| {
        const HELP: &str = "Copy the file that the link points at before packing.";
        report(rule, context, findings, &[DefectKind::LinkLeftOut], HELP, |defect| {
            format!(
                "`{}` is a symbolic link in the project, which npm leaves out although {} covers it.",
                defect.subject, defect.field
            )
        });
    },
};

/// Findings for the package's defects of these kinds.
pub(super) fn report(
    rule: &Rule,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    kinds: &[DefectKind],
    help: &str,
    message: fn(&Defect) -> String,
) {
    let Some(package) = &context.inventory.package else { return };
    for defect in package.defects.iter().filter(|defect| kinds.contains(&defect.kind)) {
        let finding =
            Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, defect.line))
                .message(message(defect))
                .evidence(defect)
                .key(format!("{} {}", defect.field, defect.subject));
        findings.push(match let_in(context.inventory, defect) {
            Some(remedy) => finding.remedy(remedy, ""),
            None => finding.help(help),
        });
    }
}

/// How to have the file shipped that a defect is about, where the project has it and a list keeps it out.
fn let_in(inventory: &Inventory, defect: &Defect) -> Option<Remedy> {
    let is_kept_out = defect.kind.names_a_file() && inventory.making.kept_out.contains(&defect.subject);
    is_kept_out.then(|| ecosystem::let_in(inventory, defect.subject.trim_start_matches("./"))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Entry, Inventory, Kind, Media, Package};
    use crate::rules::testing::{npm, run};

    /// Manifests, the paths beside them, and how many findings they make.
    type Cases = &'static [(&'static str, &'static [&'static str], usize)];

    fn hold(cases: &[(Rule, Cases)]) {
        for (rule, cases) in cases {
            for (manifest, paths, count) in *cases {
                assert_eq!(run(rule, &npm(manifest, paths)).len(), *count, "{}: {manifest}", rule.name);
            }
        }
    }

    #[test]
    fn fires() {
        hold(&[
            (
                UNRESOLVABLE_DEPENDENCY,
                &[
                    (
                        r#"{"dependencies": {"a": "workspace:^", "b": "^1.0.0"}, "peerDependencies": {"c": "catalog:"}}"#,
                        &[],
                        2,
                    ),
                    (r#"{"dependencies": {"a": "file:../a"}}"#, &[], 1),
                ],
            ),
            (
                MISSING_INSTALL_SCRIPT,
                &[
                    (r#"{"scripts": {"postinstall": "node scripts/a.js"}}"#, &["index.js"], 1),
                    (r#"{"scripts": {"preinstall": "X=1 ./a.sh && b"}}"#, &[], 1),
                    (r#"{"scripts": {"postinstall": "node a.js && node b.js"}}"#, &["a.js"], 1),
                    (r#"{"scripts": {"install": "node a; node b"}}"#, &["a.js"], 1),
                    (r#"{"scripts": {"preinstall": "node a", "postinstall": "node b"}}"#, &["a.js"], 1),
                    (r#"{"scripts": {"postinstall": "npm run x"}}"#, &[], 1),
                    (r#"{"scripts": {"postinstall": "npm run x", "x": "node b"}}"#, &["a.js"], 1),
                    (r#"{"scripts": {"postinstall": "npm run x", "x": "true", "postx": "node b"}}"#, &[], 1),
                    (r#"{"scripts": {"postinstall": "node a.js || exit 0"}}"#, &[], 1),
                    (r#"{"scripts": {"install": "node-gyp rebuild"}}"#, &["src/a.cc"], 1),
                    (
                        r#"{"scripts": {"postinstall": "husky install"}, "devDependencies": {"husky": "^9"}}"#,
                        &[],
                        1,
                    ),
                    (
                        r#"{"scripts": {"preinstall": "tsc -p ."}, "devDependencies": {"typescript": "5"}}"#,
                        &[],
                        1,
                    ),
                ],
            ),
            (
                MISSING_BUNDLED_DEPENDENCY,
                &[
                    (
                        r#"{"dependencies": {"a": "1", "b": "1"}, "bundledDependencies": ["a", "b"]}"#,
                        &["node_modules/a/index.js"],
                        1,
                    ),
                    (r#"{"dependencies": {"a": "1"}, "bundleDependencies": true}"#, &[], 1),
                ],
            ),
            (
                PUBLISH_CONFIG_IGNORED,
                &[
                    (
                        r#"{"main": "src/a.ts", "publishConfig": {"main": "dist/a.js"}}"#,
                        &["src/a.ts", "dist/a.js"],
                        1,
                    ),
                    (
                        r#"{"main": "src/a.ts", "publishConfig": {"exports": {".": "./dist/a.js"}}}"#,
                        &["dist/a.js"],
                        1,
                    ),
                    (
                        r#"{"exports": {".": {"development": "./src/a.ts", "default": "./a.js"}}, "publishConfig": {"exports": "./a.js"}}"#,
                        &["src/a.ts", "a.js"],
                        1,
                    ),
                    (
                        r#"{"exports": {".": {"source": "./src/a.ts", "default": "./a.js"}}, "publishConfig": {"exports": "./a.js"}}"#,
                        &["a.js"],
                        1,
                    ),
                ],
            ),
            (
                UNLOADABLE_ENTRY_POINT,
                &[
                    (r#"{"main": "src/a.ts"}"#, &["src/a.ts"], 1),
                    (r#"{"main": "./a.tsx", "types": "a.d.ts"}"#, &["a.tsx", "a.d.ts"], 1),
                    (r#"{"exports": {".": "a.js"}}"#, &["a.js"], 1),
                    (r#"{"exports": {"import": "./a.json", "require": "./a.js"}}"#, &["a.json", "a.js"], 1),
                    (r#"{"exports": {"import": "./a.js", "./b": "./b.js"}}"#, &["a.js", "b.js"], 1),
                ],
            ),
        ]);
    }

    #[test]
    fn stays_silent() {
        hold(&[
            (
                UNRESOLVABLE_DEPENDENCY,
                &[
                    (r#"{"devDependencies": {"a": "workspace:*"}}"#, &[], 0),
                    (r#"{"dependencies": {"a": "file:./vendor/a"}}"#, &["vendor/a/index.js"], 0),
                    (
                        r#"{"dependencies": {"a": "workspace:*"}, "bundleDependencies": ["a"]}"#,
                        &["node_modules/a/index.js"],
                        0,
                    ),
                ],
            ),
            (
                MISSING_INSTALL_SCRIPT,
                &[
                    (r#"{"scripts": {"postinstall": "node scripts/a"}}"#, &["scripts/a.js"], 0),
                    (r#"{"scripts": {"preinstall": "tsc", "postinstall": "node a.js"}}"#, &[], 0),
                    (r#"{"scripts": {"postinstall": "node a.js && node b.js"}}"#, &["a.js", "b.js"], 0),
                    (r#"{"scripts": {"postinstall": "tsc && node b.js"}}"#, &[], 0),
                    (r#"{"scripts": {"postinstall": "sh a.sh && node b.js"}}"#, &["a.sh"], 0),
                    (r#"{"scripts": {"postinstall": "npm run x --if-present"}}"#, &[], 0),
                    (r#"{"scripts": {"postinstall": "npm run x; true"}}"#, &[], 0),
                    // what npm has itself, and scripts that run one another without end
                    (r#"{"scripts": {"postinstall": "npm run env && npm run start"}}"#, &[], 0),
                    (r#"{"scripts": {"install": "npm run x", "x": "true", "prex": "npm run x"}}"#, &[], 0),
                    (r#"{"scripts": {"install": "npm run x", "x": "npm run x && npm run x"}}"#, &[], 0),
                    (r#"{"scripts": {"postinstall": "npm run x", "x": "npm run x"}}"#, &[], 0),
                    (r#"{"scripts": {"postinstall": "node b.js; node a.js"}}"#, &["a.js"], 1),
                    (r#"{"scripts": {"prepare": "node a.js"}}"#, &[], 0),
                    (r#"{"scripts": {"install": "node-gyp rebuild"}}"#, &["binding.gyp"], 0),
                    (r#"{"scripts": {"install": "node-gyp-build"}}"#, &["prebuilds/linux-x64/a.node"], 0),
                    (
                        r#"{"scripts": {"postinstall": "husky install || true"}, "devDependencies": {"husky": "^9"}}"#,
                        &[],
                        0,
                    ),
                    (
                        r#"{"scripts": {"install": "a"}, "devDependencies": {"a": "1"}, "dependencies": {"a": "1"}}"#,
                        &[],
                        0,
                    ),
                ],
            ),
            (
                MISSING_BUNDLED_DEPENDENCY,
                &[
                    (
                        r#"{"dependencies": {"@x/a": "1"}, "bundleDependencies": ["@x/a"]}"#,
                        &["node_modules/@x/a/package.json"],
                        0,
                    ),
                    (r#"{"bundleDependencies": ["a"]}"#, &[], 0),
                    (r#"{"dependencies": {"a": "1"}, "bundleDependencies": []}"#, &[], 0),
                ],
            ),
            (
                PUBLISH_CONFIG_IGNORED,
                &[
                    (r#"{"main": "dist/a.js", "publishConfig": {"main": "dist/a.js"}}"#, &["dist/a.js"], 0),
                    (r#"{"main": "dist/a.js", "publishConfig": {"main": "dist/b.js"}}"#, &["dist/a.js"], 0),
                    (r#"{"main": "src/a.ts", "publishConfig": {"access": "public"}}"#, &["src/a.ts"], 0),
                    (
                        r#"{"exports": {".": {"source": "./src/a.ts", "@acme/own": "./src/b.ts", "default": "./a.js"}}, "publishConfig": {"exports": {".": "./a.js"}}}"#,
                        &["src/a.ts", "src/b.ts", "a.js"],
                        0,
                    ),
                ],
            ),
            (
                UNLOADABLE_ENTRY_POINT,
                &[
                    (r#"{"main": "a.js"}"#, &["a.js", "a.ts"], 0),
                    (r#"{"exports": {"import": "./a.json", "require": "./a.json"}}"#, &["a.json"], 0),
                    (r#"{"main": "a.ts", "peerDependencies": {"react-native": "*"}}"#, &["a.ts"], 0),
                    (r#"{"main": "a.ts", "module": "a.mjs"}"#, &["a.ts", "a.mjs"], 0),
                    (r#"{"main": "a.d.ts"}"#, &["a.d.ts"], 0),
                    (r#"{"exports": {".": ["a", "./a.js"], "./b": null}}"#, &["a.js"], 0),
                    (r#"{"exports": {".": {"types": "a.d.ts", "import": "./a.js"}}}"#, &["a.js"], 0),
                ],
            ),
        ]);
    }

    /// What inspection says of a command with this text.
    fn signs(text: &str) -> Vec<&'static str> {
        let mut entry = Entry { path: "package/cli.js".to_owned(), ..Entry::default() };
        entry.media = Media::Text;
        entry.size = text.len() as u64;
        crate::inspect::inspect(text.as_bytes(), crate::inspect::Scanner::plain(), &mut entry);
        entry.signs.to_vec()
    }

    #[test]
    fn commands() {
        for kind in [
            DefectKind::CommandWithoutInterpreter,
            DefectKind::CommandWithCarriageReturn,
            DefectKind::CommandBehindMark,
            DefectKind::CommandWithOptions,
            DefectKind::CommandOfOtherMachine,
            DefectKind::CommandOfMissingInterpreter,
        ] {
            let defect =
                Defect { kind, field: "bin[\"a\"]".to_owned(), subject: "a.js".to_owned(), line: None };
            let package = Package { defects: vec![defect], ..Package::default() };
            let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
            assert_eq!(run(&BROKEN_COMMAND, &inventory).len(), 1);
        }
        assert_eq!(run(&BROKEN_COMMAND, &Inventory::default()), []);
        assert_eq!(signs("#!/usr/bin/env node\r\nx()"), ["interpreter-line", "interpreter-line-crlf"]);
        assert_eq!(signs("#!/usr/bin/env node\nx()\r\n"), ["interpreter-line"]);
    }

    #[test]
    fn names_at_the_top_of_a_wheel_are_one_finding() {
        let said = |names: &[(&str, DefectKind)]| {
            let defects = names.iter().map(|(name, kind)| Defect {
                kind: *kind,
                field: "the top of the wheel".to_owned(),
                subject: (*name).to_owned(),
                line: None,
            });
            let package = Package { defects: defects.collect(), ..Package::default() };
            let inventory = Inventory { kind: Kind::Wheel, package: Some(package), ..Inventory::default() };
            run(&WHEEL_LAYOUT, &inventory)
        };
        let unsure = DefectKind::CommonTopLevel;
        assert_eq!(said(&[]), []);
        let one = said(&[("tests", unsure)]);
        assert!(one[0].message.contains("installs `tests` at the top"), "{}", one[0].message);
        assert_eq!(one[0].key, "the top of the wheel tests");
        let several = said(&[("LICENSE", unsure), ("docs", unsure), ("tests", unsure)]);
        assert_eq!(several.len(), 1);
        assert!(several[0].message.contains("`LICENSE`, `docs` and `tests`"), "{}", several[0].message);
        assert_eq!(several[0].at_most, Some(Level::Warning));
        let evidence = several[0].evidence.value();
        assert_eq!(evidence["subject"], "LICENSE");
        assert_eq!(evidence["others"], serde_json::json!(["docs", "tests"]));
        assert_ne!(several[0].key, said(&[("LICENSE", unsure), ("docs", unsure)])[0].key);
        // what the project is sure to have there is said apart, and weighs more
        let mixed = said(&[("docs", DefectKind::TopLevelOfProject), ("tests", unsure)]);
        assert_eq!(mixed.iter().map(|one| one.at_most).collect::<Vec<_>>(), [None, Some(Level::Warning)]);
        let many: Vec<String> = (0..30).map(|number| format!("name{number}")).collect();
        let many: Vec<(&str, DefectKind)> = many.iter().map(|name| (name.as_str(), unsure)).collect();
        assert!(said(&many)[0].message.contains("and 22 more"), "{}", said(&many)[0].message);
    }
}
