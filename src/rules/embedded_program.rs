use crate::inventory::{Entry, Inventory, Media, ProgramFacts};

use super::{Context, Family, Finding, Place, Rule};
use crate::words::bytes;

pub(super) const RULE: Rule = Rule {
    name: "embedded-program",
    family: Family::InternalSources,
    summary: "An executable or archive that carries its program as plain text",
    docs: r#"
## What it does

Finds executables made by Bun, Node (single executable applications), Deno, nexe, pkg and PyInstaller, Python zip
applications (pex, shiv, zipapp), and Electron's `app.asar`. What they carry is examined like any other text: the files in the
archives of asar, PyInstaller and Python's zip applications, files that pkg compresses, the original files in a Bun
executable built with `--sourcemap`, and those that Deno stores next to the compiled ones. A zip appended to any other
program is opened as well.

An `app.asar` whose own scripts are all minified is not reported, nor an executable of Bun or Node whose script is: maps
and sources in them have rules of their own.

## Why it matters

Such a file looks compiled but is not: it contains the JavaScript as text, often with the original sources, and common
tools turn PyInstaller's bytecode back into Python.

## What to do

If the program's text shouldn't be public, minify it before it is packed (`bun build --compile --minify`) and build
without source maps; compile Python's modules for real (Cython, Nuitka). If it is public anyway, waive the file.

## Example

```
package/bin/acme: this executable was made by Bun and carries its program as text (1.2 MB)
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let programs = inventory.files().filter_map(|entry| Some((entry, entry.program.as_ref()?)));
    let programs = programs.filter(|(entry, program)| !program.minified && !is_minified(inventory, entry));
    findings.extend(programs.map(|(entry, program)| finding(rule, entry, program)));
    findings.extend(zip_applications(inventory).map(|entry| {
        let (offset, bytes) = (0, Some(entry.size));
        let program =
            ProgramFacts { packer: ZIP_APPLICATION, offset, bytes, source_text: true, minified: false };
        finding(rule, entry, &program)
    }));
}

/// What the inspector calls an archive that Python runs, with a line before it that names the interpreter.
const ZIP_APPLICATION: &str = "Python zip application";

/// The same without that line: archives with a module at the top that Python starts.
fn zip_applications(inventory: &Inventory) -> impl Iterator<Item = &Entry> {
    let starts = inventory.files().filter(|entry| entry.path == "__main__.py" && !entry.is_of_dependency());
    let archives = starts.filter_map(|entry| inventory.entry(entry.parent?));
    let is_payload = |entry: &Entry| inventory.payloads.contains(&entry.id);
    archives
        .filter(move |entry| entry.media == Media::Zip && entry.path.ends_with(".pyz") && !is_payload(entry))
}

/// Whether it is an application's archive whose own scripts are all minified, so that there is nothing left to do.
fn is_minified(inventory: &Inventory, archive: &Entry) -> bool {
    /// Average bytes per line; minified text has more, written text never.
    const LONG: u64 = 400;
    /// A script this short doesn't show whether it is minified.
    const SHORT: u64 = 1000;
    let is_script = |entry: &&Entry| {
        [".js", ".mjs", ".cjs"].iter().any(|end| entry.path.ends_with(end))
            && !entry.path.split('/').any(|segment| segment == "node_modules")
    };
    let inside = inventory.files().filter(|entry| entry.parent == Some(archive.id)).filter(is_script);
    let mut scripts = inside.filter_map(|entry| entry.text).filter(|text| text.bytes > SHORT).peekable();
    archive.media == Media::Asar
        && scripts.peek().is_some()
        && scripts.all(|text| text.bytes / text.lines.max(1) > LONG)
}

fn finding(rule: &Rule, entry: &Entry, program: &ProgramFacts) -> Finding {
    let what = match program.packer {
        "asar" => "This archive is an Electron application: any tool lists and extracts its files".to_owned(),
        ZIP_APPLICATION => "This archive is a Python application: any tool extracts its files".to_owned(),
        packer if program.source_text => {
            format!("This executable was made by {packer} and carries its program as text")
        }
        packer => {
            format!(
                "This executable was made by {packer}: common tools turn the bytecode in it back into source"
            )
        }
    };
    let length = program.bytes.map(|length| format!(" ({})", bytes(length))).unwrap_or_default();
    let whole = program.offset == 0;
    let place = Place { offset: (!whole).then_some(program.offset), ..Place::entry(entry) };
    Finding::new(rule, place)
        .message(format!("{what}{length}."))
        .help(help(program.packer))
        .evidence(program)
        .key(program.packer)
}

/// What helps: minifying does nothing for Python, and nothing for what isn't looked at again once it is minified.
fn help(packer: &str) -> &'static str {
    match packer {
        "PyInstaller" | ZIP_APPLICATION => {
            "Compile the modules for real (Cython, Nuitka) before they are packed; or waive the file if its text is public."
        }
        "asar" | "Bun" | "Node single executable" => {
            "Minify the program before it is packed and build it without source maps; or waive the file if its text is public."
        }
        _ => {
            "Minify the program before it is packed and build it without source maps, then waive the file: packgate can't tell that it is minified."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, TextDigest, TextFacts};
    use crate::rules::testing::{entry, inventory, run};

    #[test]
    fn minified_applications_are_passed_over() {
        let facts =
            ProgramFacts { packer: "asar", offset: 0, bytes: None, source_text: true, minified: false };
        let digest = TextDigest(1);
        let found = |lines| {
            let archive =
                Entry { program: Some(Box::new(facts.clone())), media: Media::Asar, ..entry("app.asar") };
            let text = Some(TextFacts { bytes: 100_000, lines, digest });
            let script = Entry { parent: Some(EntryId(0)), text, ..entry("dist/main.js") };
            let package = Entry { parent: Some(EntryId(0)), ..entry("package.json") };
            run(&RULE, &inventory(vec![archive, script, package])).len()
        };
        assert_eq!((found(3), found(3000)), (0, 1));
    }

    #[test]
    fn fires_on_every_program_and_on_nothing_else() {
        let program = |packer, source_text| ProgramFacts {
            packer,
            offset: 4096,
            bytes: Some(1200),
            source_text,
            minified: packer == "Node single executable",
        };
        let entries = vec![
            Entry { program: Some(Box::new(program("Bun", true))), ..entry("package/bin/a") },
            Entry { program: Some(Box::new(program("PyInstaller", false))), ..entry("package/bin/b") },
            entry("package/bin/c"),
            Entry {
                program: Some(Box::new(program("Node single executable", true))),
                ..entry("package/bin/d")
            },
        ];
        let found = run(&RULE, &inventory(entries));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].place.offset, Some(4096));
        assert!(found[0].message.contains("as text (1.2 kB)"), "{}", found[0].message);
        assert!(found[1].message.contains("bytecode"), "{}", found[1].message);
    }

    #[test]
    fn a_zip_that_python_starts() {
        let found = |archive: &str, module: &str, media| {
            let archive = Entry { media, ..entry(archive) };
            let module = Entry { parent: Some(EntryId(0)), ..entry(module) };
            run(&RULE, &inventory(vec![archive, module])).len()
        };
        assert_eq!(found("dist/acme.pyz", "__main__.py", Media::Zip), 1);
        assert_eq!(found("dist/acme.pyz", "acme/__main__.py", Media::Zip), 0);
        assert_eq!(found("dist/acme.zip", "__main__.py", Media::Zip), 0);
        assert_eq!(found("dist/acme.pyz", "__main__.py", Media::Text), 0);
    }
}
