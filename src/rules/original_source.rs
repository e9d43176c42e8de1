use serde::Serialize;

use crate::inventory::{Entry, Kind};

use super::compiled::is_by_nature;
use super::{Context, Family, Finding, Place, Rule, project_archive, source_findings, stray};

pub(super) const RULE: Rule = Rule {
    name: "original-source",
    family: Family::InternalSources,
    summary: "Uncompiled sources next to the compiled output",
    docs: r#"
## What it does

Finds sources that are compiled before they are used (TypeScript, JSX, Vue, Svelte, Sass, Flow, CoffeeScript, ...) in
an npm package or an editor extension whose entry points are compiled files, and in archives and compressed files
within it; `.pyx` next to the compiled module in a wheel, and the copies of compiled modules in `build/lib`; `.java` and
`.kt` next to classes in a jar; TypeScript, Vue, Svelte and Sass in folders that web servers hand out
(`META-INF/resources`, `static`, `public`, `wwwroot`, `webapp`), beside the scripts and style sheets that a build made
there, which is told by a bundler's or an original's name, or by lines that nobody writes by hand; and source files embedded in a program database.

It also finds, by content and in packages of any kind, output of tools that contains source text: documentation with
pages of source (JSDoc, rustdoc, Sphinx, Javadoc, Doxygen, pdoc, YARD, Compodoc, Docco, godoc), Cython's annotated pages, patches, the
Solidity compiler's input, Truffle's artifacts, bundles for error trackers, eszip, Dart kernel files, V8's start-up
snapshots, TorchScript's debug records, Storybook's stories, notebooks with output, editors' indexes of the code (tags,
cscope, LSIF, SCIP), and backups and editors' leftovers
with text in them. Patches to dependencies (`patches/NAME@VERSION.patch`) and backups among tests are not reported.

It stays silent if the sources seem intended: the entry points are sources themselves, the allowlist names the
sources' own folder or extension, a style sheet has no compiled sibling, the files are templates, or a file's first
comment puts it under an open licence (Java, Kotlin, Scala, Groovy, Clojure). Crates and source
distributions consist of source and are not examined.

## Why it matters

Nobody needs these files to run the package, and whoever downloads it can read how it was written, comments included.

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

/// Sources inside debug information, told in the words of other uncompiled sources.
#[derive(Debug, Serialize)]
struct Embedded {
    language: &'static str,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let unmeant = context.sources().iter().filter(|source| source.meant.is_none());
    findings.extend(source_findings::of(rule, inventory, unmeant));
    stray::check(rule, context, findings);
    if !matches!(inventory.kind, Kind::Crate | Kind::Sdist) {
        let told: Vec<&Entry> = context.sources().iter().filter_map(|source| source.archive).collect();
        let projects = project_archive::all(inventory).into_iter();
        let untold = projects.filter(|project| {
            !is_by_nature(&project.archive.path) && !told.iter().any(|entry| entry.id == project.archive.id)
        });
        findings.extend(untold.map(|project| project.finding(rule)));
    }
    let embeds_source = |entry: &&Entry| entry.binary.as_ref().is_some_and(|facts| facts.embedded_source);
    findings.extend(inventory.files().filter(embeds_source).map(|entry| {
        Finding::new(rule, Place::entry(entry))
            .message("This file's debug information holds whole source files, which any decompiler shows.")
            .help("Set EmbedAllSources to false, or leave the debug information out.")
            .evidence(Embedded { language: "embedded" })
            .key("embedded")
    }));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::listed_source;
    use super::*;
    use crate::inventory::{
        BinaryFacts, Declared, EntryId, Inventory, Media, OPEN_HEAD, OpenSources, Package, TextDigest,
        TextFacts,
    };
    use crate::rules::testing::{entry, inventory, run};

    fn text(path: &str) -> Entry {
        Entry { media: Media::Text, ..entry(path) }
    }

    fn owned(list: &[&str]) -> Vec<String> {
        list.iter().map(|item| (*item).to_owned()).collect()
    }

    /// Places that original-source and listed-source name.
    fn found(inventory: &Inventory) -> (Vec<String>, Vec<String>) {
        let places = |rule: &Rule| run(rule, inventory).into_iter().map(|found| found.place.path).collect();
        (places(&RULE), places(&listed_source::RULE))
    }

    fn npm(files: Option<&[&str]>, entry_points: &[&str], paths: &[&str]) -> (Vec<String>, Vec<String>) {
        let declared = Declared {
            has_allowlist: Some(files.is_some()),
            patterns: owned(files.unwrap_or_default()),
            entry_points: owned(entry_points),
            ..Declared::default()
        };
        let package = Package { root: "package".to_owned(), declared, ..Package::default() };
        let entries = paths.iter().map(|path| text(&format!("package/{path}"))).collect();
        found(&Inventory { kind: Kind::Npm, package: Some(package), ..inventory(entries) })
    }

    fn of(kind: Kind, paths: &[&str]) -> (Vec<String>, Vec<String>) {
        found(&Inventory { kind, ..inventory(paths.iter().map(|path| text(path)).collect()) })
    }

    #[test]
    fn no_browser_runs_typescript() {
        let found = |paths: &[&str]| of(Kind::Directory, paths).0;
        assert_eq!(found(&["index.html", "assets/app-B1x.js", "price.ts"]), ["price.ts"]);
        assert_eq!(found(&["assets/app-B1x.js", "price.ts"]), [""; 0]);
        assert_eq!(found(&["index.html", "price.ts"]), [""; 0]);
        assert_eq!(found(&["index.html", "assets/app-B1x.js", "price.jsx", "a.d.ts"]), [""; 0]);
    }

    #[test]
    fn sources_that_nobody_listed() {
        for (files, entry_points, paths) in [
            (None, &["dist/index.js"][..], ["dist/index.js", "src/index.ts"]),
            (Some(&["dist"][..]), &["dist/index.js"], ["dist/index.js", "dist/index.ts"]),
            (Some(&["**/*"]), &["dist/index.js"], ["dist/index.js", "lib/App.vue"]),
            (Some(&["dist/**", "README.md"]), &["dist/index.js"], ["dist/index.js", "dist/app/view.tsx"]),
            (Some(&["dist/*"]), &["dist/index.js"], ["dist/index.js", "dist/index.js.flow"]),
            (
                Some(&["dist"]),
                &["dist/index.js", "dist/src/index.ts"],
                ["dist/src/index.ts", "dist/pricing.ts"],
            ),
            (Some(&["*"]), &["src/mod.ts"], ["dist/index.js", "src/secret/plan.ts"]),
            (Some(&["lib"]), &["bin/acme"], ["lib/pricing.js", "lib/pricing.ts"]),
            (Some(&["lib"]), &[], ["lib/pricing.js", "lib/pricing.ts"]),
            (Some(&["dist"]), &["dist/index.js"], ["dist/index.js", "dist/pricing.civet"]),
            (Some(&["dist", "src"]), &["dist/index.js"], ["dist/x_bg.wasm", "src/lib.rs"]),
            (Some(&["dist"]), &["dist/index.js"], ["dist/x_bg.wasm", "dist/cmd/main.go"]),
            (Some(&["dist"]), &["dist/index.js"], ["dist/theme.css", "dist/theme.scss"]),
            (Some(&["dist"]), &["dist/index.js"], ["dist/engine.dart.js", "dist/engine.dart"]),
        ] {
            let expected = format!("package/{}", paths[1]);
            assert_eq!(npm(files, entry_points, &paths), (vec![expected], vec![]), "{files:?} {paths:?}");
        }
    }

    #[test]
    fn sources_that_are_listed_or_have_another_use() {
        for (why, files, entry_point, paths) in [
            ("folder", Some(&["dist", "src"][..]), "dist/index.js", &["dist/index.js", "src/index.ts"][..]),
            ("extension", Some(&["dist", "**/*.ts"]), "dist/index.js", &["dist/index.js", "dist/i.ts"]),
            ("file", Some(&["dist", "src/a.ts"]), "dist/index.js", &["dist/index.js", "src/a.ts"]),
            ("templates", None, "bin/create.js", &["bin/create.js", "template/src/App.vue"]),
            ("tests", None, "index.js", &["index.js", "test/a.ts"]),
            ("samples", None, "index.js", &["index.js", "samples/a.ts"]),
            ("style sheets", None, "dist/all.css", &["dist/all.css", "scss/_mixins.scss"]),
            ("native addon", None, "index.js", &["index.js", "src/a.cc", "binding.gyp", "build/a.node"]),
        ] {
            let expected = format!("package/{}", paths[1]);
            assert_eq!(npm(files, &[entry_point], paths), (vec![], vec![expected]), "{why}");
        }
    }

    #[test]
    fn sources_that_are_what_runs() {
        for (why, entry_point, paths) in [
            ("source first", "src/index.ts", ["src/index.ts", "src/a.ts"]),
            ("declarations", "dist/index.js", ["dist/index.js", "dist/index.d.ts"]),
            ("declarations for css", "dist/index.js", ["dist/index.js", "dist/a.d.css.ts"]),
            ("style sources", "dist/index.js", ["dist/index.js", "scss/mixins.scss"]),
            ("no entry", "", ["index.js", "a.ts"]),
            ("a dependency's", "dist/index.js", ["dist/index.js", "node_modules/a/a.ts"]),
            ("built at the consumer's", "dist/index.js", ["dist/index.js", "android/src/A.kt"]),
        ] {
            let entry_points: &[&str] = if entry_point.is_empty() { &[] } else { &[entry_point] };
            assert_eq!(npm(None, entry_points, &paths), (vec![], vec![]), "{why}");
        }
        let declared = Declared {
            entry_points: owned(&["dist/index.js"]),
            compiled_by_users: ".svelte",
            ..Declared::default()
        };
        let package = Package { root: "package".to_owned(), declared, ..Package::default() };
        let entries = ["package/dist/index.js", "package/dist/Gauge.svelte"].map(text);
        let svelte = Inventory { kind: Kind::Npm, package: Some(package), ..inventory(entries.to_vec()) };
        assert_eq!(found(&svelte), (vec![], vec![]));
        let video = Entry { media: Media::Binary, ..entry("package/dist/clip.ts") };
        let declared = Declared { entry_points: owned(&["dist/a.js"]), ..Declared::default() };
        let package = Package { root: "package".to_owned(), declared, ..Package::default() };
        let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..inventory(vec![video]) };
        assert_eq!(found(&inventory), (vec![], vec![]));
    }

    #[test]
    fn a_gem_says_among_its_own_files_that_sources_are_needed() {
        let of = |more: &str| {
            let below = |path: &&str| Entry {
                parent: Some(EntryId(0)),
                place: format!("data.tar.gz!{path}"),
                ..text(path)
            };
            let own = ["lib/b.jar", "java/src/A.java", more];
            let entries = std::iter::once(entry("data.tar.gz")).chain(own.iter().map(below));
            let payloads = BTreeSet::from([EntryId(0)]);
            found(&Inventory { kind: Kind::Gem, payloads, ..inventory(entries.collect()) })
        };
        let source = owned(&["data.tar.gz!java/src/A.java"]);
        assert_eq!(of("README"), (source.clone(), vec![]));
        assert_eq!(of("Rakefile"), (vec![], source));
    }

    #[test]
    fn many_files_are_one_finding() {
        let paths: Vec<String> = (0..20).map(|number| format!("dist/{number}.ts")).collect();
        let mut paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        paths.insert(0, "dist/index.js");
        assert_eq!(npm(None, &["dist/index.js"], &paths).0, ["package/dist/0.ts"]);
    }

    #[test]
    fn sources_in_archives() {
        let text_facts = |digest| TextFacts { bytes: 9, lines: 1, digest: TextDigest(digest) };
        let of = |files: &[&str], archive: &str, inner: &str, digest: Option<u128>| {
            let nested = Entry {
                parent: Some(EntryId(1)),
                path: inner.to_owned(),
                place: format!("package/{archive}!{inner}"),
                text: digest.map(text_facts),
                media: Media::Text,
                ..Entry::default()
            };
            let shipped = Entry { text: Some(text_facts(1)), ..text("package/src.txt") };
            let archive = entry(&format!("package/{archive}"));
            let declared = Declared {
                patterns: owned(files),
                entry_points: vec!["dist/index.js".to_owned()],
                ..Declared::default()
            };
            let package = Package { root: "package".to_owned(), declared, ..Package::default() };
            let entries = vec![shipped, archive, nested];
            found(&Inventory { kind: Kind::Npm, package: Some(package), ..inventory(entries) })
        };
        let archived = |place: &str| (vec![place.to_owned()], vec![]);
        assert_eq!(
            of(&["dist"], "dist/src.zip", "src/a.ts", None),
            archived("package/dist/src.zip!src/a.ts")
        );
        assert_eq!(of(&["dist"], "dist/a.ts.gz", "a.ts", Some(2)), archived("package/dist/a.ts.gz!a.ts"));
        for (why, files, archive, inner) in [
            ("listed by name", "src.zip", "src.zip", "src/a.ts"),
            ("a template", "dist", "templates/app.zip", "src/a.ts"),
        ] {
            let expected = format!("package/{archive}!{inner}");
            assert_eq!(of(&[files], archive, inner, None), (vec![], vec![expected]), "{why}");
        }
        assert_eq!(of(&["dist"], "dist/src.zip", "src/a.ts", Some(1)), (vec![], vec![]));
        assert_eq!(of(&["dist"], "dist/x.zip", "src/a.scss", None), (vec![], vec![]));
        assert_eq!(of(&["dist"], "dist/x.zip", "src/a.d.ts", None), (vec![], vec![]));
    }

    #[test]
    fn packages_of_every_kind() {
        let wheel =
            ["acme/fast.pyx", "acme/fast.c", "acme/fast.cpython-312-x86_64-linux-gnu.so", "acme/a.py"];
        let expect = |kind, paths: &[&str], original: &[&str], listed: &[&str]| {
            assert_eq!(of(kind, paths), (owned(original), owned(listed)), "{kind:?} {paths:?}");
        };
        expect(Kind::Wheel, &["a/core.py", "a/core.abi3.so"], &["a/core.py"], &[]);
        expect(Kind::Wheel, &["a/jars/b.jar", "a/src/B.java"], &["a/src/B.java"], &[]);
        expect(Kind::Wheel, &["a/src/B.java"], &[], &[]);
        expect(Kind::Zip, &["dist/shade.spv", "dist/shade.frag"], &["dist/shade.frag"], &[]);
        expect(Kind::Zip, &["dist/other.spv", "dist/shade.frag"], &[], &[]);
        expect(Kind::Zip, &["lua/a.luac", "lua/a.lua", "lua/b.lua"], &["lua/a.lua"], &[]);
        expect(Kind::Wheel, &["a/__init__.py", "a/core.abi3.so"], &[], &[]);
        expect(Kind::Wheel, &["a/_src/core.py", "a/core.abi3.so"], &["a/_src/core.py"], &[]);
        expect(Kind::Wheel, &["a/b/core.py", "a/core.abi3.so"], &[], &[]);
        expect(Kind::Wheel, &["b/_src/core.py", "a/core.abi3.so"], &[], &[]);
        expect(Kind::Wheel, &wheel, &["acme/fast.pyx"], &[]);
        for compiled in ["a/core.abi3.so", "build/lib.linux-x86_64-cpython-312/a/core.abi3.so"] {
            expect(Kind::Wheel, &["build/lib/a/core.py", compiled], &["build/lib/a/core.py"], &[]);
        }
        expect(Kind::Wheel, &["build/lib/a/core.py", "b/core.abi3.so", "a/more.abi3.so"], &[], &[]);
        expect(
            Kind::Sdist,
            &["a-1/build/lib/a/core.py", "a-1/a/core.abi3.so"],
            &["a-1/build/lib/a/core.py"],
            &[],
        );
        let whole = ["a-1/build/lib/a/core.py", "a-1/a/core.py", "a-1/a/core.abi3.so"];
        expect(Kind::Sdist, &whole, &[], &[]);
        expect(Kind::Sdist, &["a-1/build/lib/a/core.py", "a-1/setup.py"], &[], &[]);
        expect(Kind::Jar, &["org/A.class", "org/test/A.java"], &["org/test/A.java"], &[]);
        expect(Kind::Jar, &["org/A.java"], &["org/A.java"], &[]);
        expect(Kind::Wheel, &["a/liba.so", "a/liba.so.9-gdb.py"], &[], &[]);
        expect(Kind::Wheel, &["a/liba.so", "a/liba.py"], &["a/liba.py"], &[]);
        expect(Kind::Jar, &["acme/Cell.class", "acme/core.clj", "acme/nav.cljc"], &[], &[]);
        let compiled = ["acme/core__init.class", "acme/core.clj", "src/acme/core.cljc", "acme/own.clj"];
        expect(Kind::Jar, &compiled, &["acme/core.clj", "src/acme/core.cljc"], &[]);
        expect(Kind::Jar, &["acme/Cell.class", "acme/Cell.groovy"], &["acme/Cell.groovy"], &[]);
        expect(Kind::Jar, &["META-INF/A.java"], &[], &[]);
        let open = Entry { signs: [OPEN_HEAD][..].into(), ..text("org/A.java") };
        let entries = vec![text("org/A.class"), open, text("org/B.class"), text("org/B.java")];
        let merged = Inventory { kind: Kind::Jar, ..inventory(entries) };
        assert_eq!(found(&merged).0, ["org/B.java"]);
        let open_sources = Some(OpenSources { files: 1, whole: false });
        let package = Some(Package { open_sources, ..Package::default() });
        assert_eq!(found(&Inventory { package, ..merged }), (vec![], vec![]));
        expect(Kind::Nupkg, &["lib/net8.0/A.dll", "src/A.cs"], &["src/A.cs"], &[]);
        expect(
            Kind::Nupkg,
            &["lib/net8.0/A.dll", "contentFiles/cs/any/A.cs"],
            &[],
            &["contentFiles/cs/any/A.cs"],
        );
        expect(
            Kind::Tar,
            &["acme/bin/acme", "acme/lib/pricing.js", "acme/lib/pricing.ts"],
            &["acme/lib/pricing.ts"],
            &[],
        );
        expect(Kind::Tar, &["acme/jest.config.js", "acme/src/index.ts"], &[], &[]);
        expect(Kind::Crate, &["a-1/src/lib.rs", "a-1/pkg/a.wasm"], &[], &[]);
        expect(Kind::Sdist, &wheel, &[], &[]);
    }

    #[test]
    fn folders_that_servers_hand_out() {
        for (kind, built, source) in [
            (Kind::Jar, "META-INF/resources/assets/plan-BkYR3Qdz.js", "META-INF/resources/src/price.ts"),
            (Kind::Wheel, "acme/static/main.js", "acme/static/app/Plan.vue"),
            (Kind::Nupkg, "staticwebassets/app.bundle.js", "staticwebassets/ts/Plan.svelte"),
            (Kind::Wheel, "acme/static/app.3f2a91bc.css", "acme/static/scss/_plan.scss"),
            (Kind::Jar, "static/index.js", "static/index.ts"),
        ] {
            assert_eq!(of(kind, &[built, source]), (owned(&[source]), vec![]), "{source}");
            assert_eq!(of(kind, &[source]), (vec![], vec![]), "{source} alone");
            assert_eq!(of(kind, &["lib/jquery.js", source]).0, [""; 0], "{source}");
        }
    }

    #[test]
    fn what_tools_write() {
        let signs = |sign: &'static str| [sign][..].into();
        let entries = vec![
            Entry { signs: signs("jsdoc-source"), ..text("package/docs/a.js.html") },
            Entry { signs: signs("text"), ..text("package/lib/a.js.bak") },
            Entry { signs: signs("text"), ..text("package/test/a.js.bak") },
            Entry { signs: signs("text"), ..text("package/lib/b.ts.mine") },
            Entry { signs: signs("text"), ..text("package/lib/b.ts_old") },
            Entry { signs: signs("text"), ..text("package/lib/b.ts.2026-03-01") },
            Entry { signs: signs("text"), ..text("package/lib/b.ts.2") },
            Entry { signs: signs("text"), ..text("package/lib/notes_old") },
            Entry { signs: signs("git-patch"), ..text("package/patches/a+1.0.0.patch") },
        ];
        assert_eq!(
            found(&inventory(entries)).0,
            [
                "package/lib/a.js.bak",
                "package/lib/b.ts.mine",
                "package/lib/b.ts.2026-03-01",
                "package/lib/b.ts_old",
                "package/docs/a.js.html"
            ]
        );
    }

    #[test]
    fn embedded_sources() {
        let binary = BinaryFacts { format: "PDB", embedded_source: true, ..BinaryFacts::default() };
        let entries = vec![Entry { binary: Some(Box::new(binary)), ..entry("lib/Acme.pdb") }];
        assert_eq!(run(&RULE, &inventory(entries)).len(), 1);
    }
}
