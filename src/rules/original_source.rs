use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::json;

use crate::ecosystem::{self, Compiled};
use crate::inventory::{Entry, Inventory, Package, TextDigest};

use super::maps::counted;
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "original-source",
    family: Family::InternalSources,
    summary: "Uncompiled sources beside the compiled output",
    docs: r#"
## What it does

Finds sources that are compiled before they are used (TypeScript, JSX, Vue, Svelte, Sass, Flow, CoffeeScript, ...)
in an npm package or an editor extension whose entry points are compiled files, also in an archive or compressed
file within it; `.pyx` beside the module compiled
from it in a wheel; `.java` and `.kt` beside classes in a jar; and source files embedded in a program database.

It also finds, in packages of any kind and by content, what tools write that holds source text: documentation with
pages of source (JSDoc, rustdoc, Sphinx, Javadoc, Doxygen, pdoc, YARD), Cython's annotated pages, patches, the
Solidity compiler's input, Truffle's artifacts, bundles for error trackers, eszip, Dart kernel files, V8's start-up
snapshots, TorchScript's debug records, Storybook's stories, notebooks with output, and backups and editors'
leftovers with text in them. Patches to dependencies (`patches/NAME@VERSION.patch`) and backups among tests are
passed over.

It keeps silent when the package means it: the entry points are sources themselves, the allowlist names the
sources' own folder or extension, a style sheet has no compiled sibling, or the files are templates. Crates and
source distributions are source by nature and never looked at.

## Why it matters

Nobody needs these files to run the package; whoever downloads it can read how it was written, comments included.

## What to do

Narrow the allowlist to the compiled folder, or exclude the sources in it. If they are meant to ship, say so by
listing their folder.

## Example

```json
"files": ["dist", "!dist/**/*.ts", "dist/**/*.d.ts"]
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    match ecosystem::format(inventory.kind).compiled() {
        Compiled::Scripts => {
            if let Some(package) = &inventory.package {
                Script::new(inventory, package).check(rule, findings);
            }
        }
        Compiled::Modules => compiled_python(rule, inventory, findings),
        Compiled::Classes => beside_classes(rule, inventory, findings),
        Compiled::Nothing => {}
    }
    super::stray::check(rule, context, findings);
    let embeds_source = |entry: &&Entry| entry.binary.as_ref().is_some_and(|facts| facts.embedded_source);
    findings.extend(inventory.files().filter(embeds_source).map(|entry| {
        Finding::new(rule, Place::entry(entry))
            .message("its debug information holds whole source files, which any decompiler shows")
            .help("Set EmbedAllSources to false, or leave the debug information out.")
            .evidence(json!({ "language": "embedded" }))
            .key("embedded")
    }));
}

fn finding(rule: &Rule, entry: &Entry, language: &str, compiled: &str, help: &str) -> Finding {
    Finding::new(rule, Place::entry(entry))
        .message(format!(
            "is uncompiled {language}, beside the compiled files that the package runs ({compiled})"
        ))
        .help(help)
        .evidence(json!({ "language": language, "compiled": compiled, "bytes": entry.size }))
        .key(language)
}

/// Languages that are compiled to JavaScript or CSS, by extension.
const LANGUAGES: [(&str, &str); 22] = [
    (".ts", "TypeScript"),
    (".tsx", "TypeScript"),
    (".mts", "TypeScript"),
    (".cts", "TypeScript"),
    (".jsx", "JSX"),
    (".vue", "Vue"),
    (".svelte", "Svelte"),
    (".astro", "Astro"),
    (".flow", "Flow"),
    (".coffee", "CoffeeScript"),
    (".litcoffee", "CoffeeScript"),
    (".elm", "Elm"),
    (".res", "ReScript"),
    (".re", "Reason"),
    (".purs", "PureScript"),
    (".cljs", "ClojureScript"),
    (".scss", "Sass"),
    (".sass", "Sass"),
    (".less", "Less"),
    (".styl", "Stylus"),
    (".pcss", "PostCSS"),
    (".imba", "Imba"),
];

/// Folders whose sources are the product: what a generator writes, examples, tests (which have rules of
/// their own).
const BY_NATURE: [&str; 22] = [
    "node_modules",
    "template",
    "templates",
    "boilerplate",
    "boilerplates",
    "scaffold",
    "scaffolding",
    "skeleton",
    "starter",
    "starters",
    "stubs",
    "blueprints",
    "schematics",
    "generators",
    "example",
    "examples",
    "demo",
    "demos",
    "test",
    "tests",
    "__tests__",
    "fixtures",
];

/// A package of scripts.
struct Script<'a> {
    inventory: &'a Inventory,
    package: &'a Package,
    /// Paths below the root folder of all files.
    paths: BTreeSet<&'a str>,
    allowlist: Vec<Pattern<'a>>,
}

impl<'a> Script<'a> {
    fn new(inventory: &'a Inventory, package: &'a Package) -> Self {
        let paths: BTreeSet<&str> =
            inventory.top_files().filter_map(|entry| below(&package.root, &entry.path)).collect();
        let written = package.declared.patterns.iter();
        let allowlist =
            written.filter(|pattern| !pattern.starts_with('!')).map(|p| Pattern::new(p)).collect();
        Self { inventory, package, paths, allowlist }
    }

    fn check(&self, rule: &Rule, findings: &mut Vec<Finding>) {
        let Some(compiled) = self.compiled_entry_point() else { return };
        let help = ecosystem::format(self.inventory.kind).advice().leave_out_sources(&self.package.declared);
        for entry in self.inventory.top_files() {
            let Some(path) = below(&self.package.root, &entry.path) else { continue };
            let Some(language) = language(path) else { continue };
            if !self.is_meant(path, language) {
                findings.push(finding(rule, entry, language, compiled, &help));
            }
        }
        self.in_archives(rule, compiled, findings);
    }

    /// Sources in archives and compressed files: one finding for each that nobody asked for by its name.
    fn in_archives(&self, rule: &Rule, compiled: &str, findings: &mut Vec<Finding>) {
        let shipped: HashSet<TextDigest> =
            self.inventory.top_files().filter_map(|entry| Some(entry.text?.digest)).collect();
        let mut archives: BTreeMap<&str, (&Entry, &'static str, u64)> = BTreeMap::new();
        for entry in self.inventory.files() {
            let Some(archive) = self.outermost(entry) else { continue };
            let Some(path) = below(&self.package.root, &archive.path) else { continue };
            let Some(language) = language(&entry.path).filter(|language| !is_style(language)) else {
                continue;
            };
            let by_nature = entry.place.split(['/', '!']).any(|segment| BY_NATURE.contains(&segment));
            let is_listed = self.allowlist.iter().any(|pattern| pattern.text == path);
            let ships = entry.text.is_some_and(|text| shipped.contains(&text.digest));
            if by_nature || is_listed || ships {
                continue;
            }
            archives.entry(&archive.place).or_insert((entry, language, 0)).2 += 1;
        }
        for (entry, language, count) in archives.into_values() {
            let others = match count {
                1 => String::new(),
                _ => format!("; so are {} in the same archive", counted(count - 1, "other file")),
            };
            findings.push(
                Finding::new(rule, Place::entry(entry))
                    .message(format!(
                        "is uncompiled {language}, packed beside the compiled files that the package runs ({compiled}){others}"
                    ))
                    .help("Leave the archive out of the package, or list it by its name if it is meant to ship.")
                    .evidence(json!({ "language": language, "compiled": compiled, "files": count }))
                    .key("packed"),
            );
        }
    }

    /// The archive among the artifact's own files that an entry is in.
    fn outermost(&self, entry: &Entry) -> Option<&'a Entry> {
        let mut outer = self.inventory.entry(entry.parent?)?;
        while let Some(parent) = outer.parent {
            outer = self.inventory.entry(parent)?;
        }
        Some(outer)
    }

    /// An entry point, if all of them are compiled.
    fn compiled_entry_point(&self) -> Option<&'a str> {
        let entries = &self.package.declared.entry_points;
        if entries.iter().any(|path| language(path).is_some()) {
            return None;
        }
        let is_script =
            |path: &&String| [".js", ".cjs", ".mjs", ".node", ".wasm"].iter().any(|end| path.ends_with(end));
        entries.iter().find(is_script).map(String::as_str)
    }

    /// Whether the package seems to ship this source on purpose.
    fn is_meant(&self, path: &str, language: &str) -> bool {
        if path.split('/').any(|segment| BY_NATURE.contains(&segment)) {
            return true;
        }
        if is_style(language) && !self.has_compiled_style(path) {
            return true;
        }
        self.allowlist.iter().any(|pattern| pattern.fits(path) && self.is_dedicated(pattern, path))
    }

    /// Whether an allowlist pattern is about sources: it names their extension or the very file, or it names
    /// a folder with nothing compiled in it.
    fn is_dedicated(&self, pattern: &Pattern<'_>, path: &str) -> bool {
        let extension = path.rsplit('.').next().unwrap_or_default();
        if pattern.text.contains(&format!(".{extension}")) || pattern.text == path {
            return true;
        }
        if pattern.base.is_empty() {
            return false;
        }
        let folder = format!("{}/", pattern.base);
        let inside = |path: &str| path.starts_with(&folder);
        let entered =
            self.package.declared.entry_points.iter().any(|entry| inside(entry.trim_start_matches("./")));
        let is_output = |path: &&str| {
            inside(path)
                && (path.ends_with(".d.ts") || path.ends_with(".js.map") || path.ends_with(".min.js"))
        };
        !entered && !self.paths.iter().any(is_output)
    }

    /// Whether the style sheet's compiled form ships as well: a style package publishes its sources.
    fn has_compiled_style(&self, path: &str) -> bool {
        let stem = stem(path);
        let name = stem.rsplit('/').next().unwrap_or(stem);
        self.paths.contains(format!("{stem}.css").as_str())
            || [format!("/{name}.css"), format!("/{name}.min.css")]
                .iter()
                .any(|end| self.paths.iter().any(|path| path.ends_with(end)))
    }
}

/// A pattern of the allowlist.
struct Pattern<'a> {
    text: &'a str,
    /// The folders before the first wildcard.
    base: &'a str,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.trim_start_matches("./").trim_matches('/');
        let wild = text.find(['*', '?', '[', '{']);
        let base = match wild {
            Some(at) => text.get(..at).unwrap_or_default().rsplit_once('/').map_or("", |(folder, _)| folder),
            None => text,
        };
        Self { text, base }
    }

    /// Roughly: only to tell which pattern let a file in. A glob without literal folder fits everything.
    fn fits(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        let in_base = self.base.is_empty() || path.strip_prefix(self.base).is_some_and(below);
        let last = self.text.rsplit('/').next().unwrap_or_default();
        let extension =
            last.strip_prefix("*").filter(|rest| rest.starts_with('.') && !rest.contains(['*', '{', '?']));
        in_base && extension.is_none_or(|extension| path.ends_with(extension))
    }
}

/// The path below the root folder.
fn below<'a>(root: &str, path: &'a str) -> Option<&'a str> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix('/') }
}

fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// The language of a source file; declarations are none.
fn language(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_declaration = [".ts", ".mts", ".cts"].iter().any(|end| name.ends_with(end))
        && (name.contains(".d.") || matches!(name, "d.ts"));
    if is_declaration {
        return None;
    }
    LANGUAGES
        .iter()
        .find(|(end, _)| name.len() > end.len() && name.ends_with(end))
        .map(|(_, language)| *language)
}

fn is_style(language: &str) -> bool {
    matches!(language, "Sass" | "Less" | "Stylus" | "PostCSS")
}

/// `a.pyx`, and the C file made from it, beside `a.cpython-312-x86_64-linux-gnu.so`.
fn compiled_python(rule: &Rule, inventory: &Inventory, findings: &mut Vec<Finding>) {
    let is_module = |path: &&str| path.ends_with(".so") || path.ends_with(".pyd");
    let modules: BTreeSet<&str> =
        inventory.top_files().map(|entry| entry.path.as_str()).filter(is_module).collect();
    let module_of = |path: &str| {
        let dotted = format!("{}.", stem(path));
        let next = modules.iter().find(|module| module.starts_with(&dotted));
        next.copied()
    };
    for entry in inventory.top_files() {
        let is_cython = entry.path.ends_with(".pyx");
        let is_generated = [".c", ".cpp"].iter().any(|end| entry.path.ends_with(end));
        let Some(module) = module_of(&entry.path).filter(|_| is_cython || is_generated) else { continue };
        let language = if is_cython { "Cython" } else { "C" };
        let help = "Leave it out of the wheel (exclude_package_data, or exclude in MANIFEST.in).";
        findings.push(finding(rule, entry, language, module, help));
    }
}

/// `.java` and `.kt` in a jar that has classes.
fn beside_classes(rule: &Rule, inventory: &Inventory, findings: &mut Vec<Finding>) {
    let Some(class) = inventory.top_files().find(|entry| entry.path.ends_with(".class")) else { return };
    let languages = [(".java", "Java"), (".kt", "Kotlin"), (".scala", "Scala"), (".groovy", "Groovy")];
    for entry in inventory.top_files().filter(|entry| !entry.path.starts_with("META-INF/")) {
        if let Some((_, language)) = languages.iter().find(|(end, _)| entry.path.ends_with(end)) {
            let help = "Publish sources in a -sources.jar of their own, or not at all.";
            findings.push(finding(rule, entry, language, &class.path, help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mentions::testing::{entry, inventory, run};
    use super::*;
    use crate::inventory::Kind;
    use crate::inventory::{BinaryFacts, Declared, EntryId, TextFacts};

    fn npm(files: Option<&[&str]>, entry_points: &[&str], paths: &[&str]) -> Vec<String> {
        let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let declared = Declared {
            has_allowlist: Some(files.is_some()),
            patterns: owned(files.unwrap_or_default()),
            entry_points: owned(entry_points),
            ..Declared::default()
        };
        let package = Package { root: "package".to_owned(), declared, ..Package::default() };
        let entries = paths.iter().map(|path| entry(&format!("package/{path}"))).collect();
        let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..inventory(entries) };
        run(&RULE, &inventory).into_iter().map(|found| found.place.path).collect()
    }

    #[test]
    fn sources_that_nobody_listed() {
        for (files, paths) in [
            (None, ["dist/index.js", "src/index.ts"]),
            (Some(&["dist"][..]), ["dist/index.js", "dist/index.ts"]),
            (Some(&["**/*"][..]), ["dist/index.js", "lib/App.vue"]),
            (Some(&["dist/**", "README.md"][..]), ["dist/index.js", "dist/app/view.tsx"]),
            (Some(&["dist/*"][..]), ["dist/index.js", "dist/index.js.flow"]),
        ] {
            let found = npm(files, &["dist/index.js"], &paths);
            assert_eq!(found, [format!("package/{}", paths[1])], "{files:?}");
        }
    }

    #[test]
    fn sources_that_are_meant() {
        for (why, files, entry_points, paths) in [
            ("listed folder", Some(&["dist", "src"][..]), "dist/index.js", ["dist/index.js", "src/index.ts"]),
            (
                "listed extension",
                Some(&["dist", "**/*.ts"][..]),
                "dist/index.js",
                ["dist/index.js", "dist/i.ts"],
            ),
            ("listed file", Some(&["dist", "src/a.ts"][..]), "dist/index.js", ["dist/index.js", "src/a.ts"]),
            ("source first", None, "src/index.ts", ["src/index.ts", "src/a.ts"]),
            ("declarations", None, "dist/index.js", ["dist/index.js", "dist/index.d.ts"]),
            ("declarations for css", None, "dist/index.js", ["dist/index.js", "dist/a.d.css.ts"]),
            ("templates", None, "bin/create.js", ["bin/create.js", "template/src/App.vue"]),
            ("style sources", None, "dist/index.js", ["dist/index.js", "scss/mixins.scss"]),
            ("style package", None, "dist/all.css", ["dist/all.css", "scss/all.scss"]),
            ("no entry", None, "", ["index.js", "a.ts"]),
        ] {
            let entry_points: &[&str] = if entry_points.is_empty() { &[] } else { &[entry_points] };
            assert_eq!(npm(files, entry_points, &paths), [""; 0], "{why}");
        }
    }

    #[test]
    fn sources_in_archives() {
        let text_facts = |digest| TextFacts { bytes: 9, lines: 1, digest: TextDigest(digest) };
        let found = |files: &[&str], archive: &str, inner: &str, text: Option<u128>| {
            let nested = Entry {
                parent: Some(EntryId(1)),
                path: inner.to_owned(),
                place: format!("package/{archive}!{inner}"),
                text: text.map(text_facts),
                ..Entry::default()
            };
            let shipped = Entry { text: Some(text_facts(1)), ..entry("package/src.txt") };
            let archive = entry(&format!("package/{archive}"));
            let declared = Declared {
                patterns: files.iter().map(|item| (*item).to_owned()).collect(),
                entry_points: vec!["dist/index.js".to_owned()],
                ..Declared::default()
            };
            let package = Package { root: "package".to_owned(), declared, ..Package::default() };
            let entries = vec![shipped, archive, nested];
            let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..inventory(entries) };
            run(&RULE, &inventory).into_iter().map(|found| found.place.path).collect::<Vec<_>>()
        };
        assert_eq!(found(&["dist"], "dist/src.zip", "src/a.ts", None), ["package/dist/src.zip!src/a.ts"]);
        assert_eq!(found(&["dist"], "dist/a.ts.gz", "a.ts", Some(2)), ["package/dist/a.ts.gz!a.ts"]);
        for (why, files, archive, inner, text) in [
            ("listed by name", "src.zip", "src.zip", "src/a.ts", None),
            ("a template", "dist", "templates/app.zip", "src/a.ts", None),
            ("text that ships", "dist", "dist/src.zip", "src/a.ts", Some(1)),
        ] {
            assert_eq!(found(&[files], archive, inner, text), [""; 0], "{why}");
        }
        assert_eq!(found(&["dist"], "dist/x.zip", "src/a.scss", None), [""; 0]);
        assert_eq!(found(&["dist"], "dist/x.zip", "src/a.d.ts", None), [""; 0]);
    }

    #[test]
    fn a_style_sheet_beside_its_compiled_form() {
        let paths = ["dist/index.js", "dist/theme.css", "src/theme.scss"];
        assert_eq!(npm(None, &["dist/index.js"], &paths), ["package/src/theme.scss"]);
    }

    #[test]
    fn wheels_and_jars() {
        let of = |kind, paths: &[&str]| {
            let inventory = Inventory { kind, ..inventory(paths.iter().map(|path| entry(path)).collect()) };
            run(&RULE, &inventory).into_iter().map(|found| found.place.path).collect::<Vec<_>>()
        };
        let wheel =
            ["acme/fast.pyx", "acme/fast.c", "acme/fast.cpython-312-x86_64-linux-gnu.so", "acme/a.pyx"];
        assert_eq!(of(Kind::Wheel, &wheel), ["acme/fast.pyx", "acme/fast.c"]);
        assert_eq!(of(Kind::Jar, &["org/A.class", "org/A.java"]), ["org/A.java"]);
        assert_eq!(of(Kind::Jar, &["org/A.java"]), [""; 0]);
        assert_eq!(of(Kind::Crate, &["a-1/src/lib.rs", "a-1/src/x.ts"]), [""; 0]);
        assert_eq!(of(Kind::Sdist, &wheel), [""; 0]);
    }

    #[test]
    fn embedded_sources() {
        let binary = BinaryFacts { format: "PDB", embedded_source: true, ..BinaryFacts::default() };
        let entries = vec![Entry { binary: Some(Box::new(binary)), ..entry("lib/Acme.pdb") }];
        assert_eq!(run(&RULE, &inventory(entries)).len(), 1);
    }
}
