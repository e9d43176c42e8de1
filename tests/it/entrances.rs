//! What packgate says of the entrances that a manifest names, held against Node: manifests and files drawn from a seed, each
//! package imported and required by its name.

use std::fmt::Write as _;

use packgate::audit::{Auditor, Options};

use crate::clients;
use crate::dice::{Dice, fresh_seed};
use crate::loading::{errors, node_says};
use crate::samples::plant;

/// Files that a manifest may name.
const SCRIPTS: [&str; 8] =
    ["a.js", "b.mjs", "c.cjs", "index.js", "lib/index.js", "dist/a.js", "dist/a.mjs", "dist/a.cjs"];
/// Files beside them that Node doesn't load.
const OTHERS: [&str; 2] = ["src/a.ts", "dist/a.d.ts"];
const PACKAGES: usize = 200;

/// A target of `exports`: a file, or conditions in an order that decides nothing.
fn target(dice: &mut Dice, depth: usize) -> String {
    let file = |dice: &mut Dice| format!("\"./{}\"", SCRIPTS[dice.below(SCRIPTS.len())]);
    if depth == 2 || dice.below(3) == 0 {
        return file(dice);
    }
    let mut fields = Vec::new();
    if dice.below(3) == 0 {
        fields.push("\"types\": \"./dist/a.d.ts\"".to_owned());
    }
    for other in ["browser", "workerd", "development", "react-native", "@acme/source"] {
        if dice.below(5) == 0 {
            fields.push(format!("\"{other}\": {}", target(dice, depth + 1)));
        }
    }
    match dice.below(3) {
        0 => fields.push(format!("\"node\": {}", target(dice, depth + 1))),
        1 => {
            for kind in ["import", "require"] {
                if dice.below(3) > 0 {
                    fields.push(format!("\"{kind}\": {}", target(dice, depth + 1)));
                }
            }
        }
        _ => {}
    }
    if fields.is_empty() || dice.below(3) > 0 {
        fields.push(format!("\"default\": {}", target(dice, depth + 1)));
    }
    format!("{{{}}}", fields.join(", "))
}

/// The files of a package that is named `demo` and a number, its manifest first.
fn draw(dice: &mut Dice, number: usize) -> Vec<(String, String)> {
    let kind = ["", "module", "commonjs"][dice.below(3)];
    let mut manifest = format!("{{\"name\": \"demo{number}\", \"version\": \"1.0.0\", \"license\": \"MIT\"");
    if !kind.is_empty() {
        write!(manifest, ", \"type\": \"{kind}\"").unwrap();
    }
    let has_exports = dice.below(3) > 0;
    if !has_exports || dice.below(2) == 0 {
        let mains = ["./a.js", "a", "lib", "lib/", "./dist/a.cjs", "dist/a", "./b.mjs", "lib/index"];
        write!(manifest, ", \"main\": \"{}\"", mains[dice.below(mains.len())]).unwrap();
    }
    if dice.below(3) == 0 {
        write!(manifest, ", \"module\": \"./{}\"", SCRIPTS[dice.below(SCRIPTS.len())]).unwrap();
    }
    if has_exports {
        let target = target(dice, 0);
        let exports = if dice.below(2) == 0 { target } else { format!("{{\".\": {target}}}") };
        write!(manifest, ", \"exports\": {exports}").unwrap();
    }
    // without any code it would be a package of types, which needs no entrance
    let other = ("other.cjs".to_owned(), "exports.other = 1;\n".to_owned());
    let mut files = vec![("package.json".to_owned(), manifest + "}"), other];
    for path in SCRIPTS.iter().chain(&OTHERS).filter(|_| dice.below(2) == 0) {
        let is_module = path.ends_with(".mjs") || path.ends_with(".js") && kind == "module";
        let text = match *path {
            "src/a.ts" => "export const a: number = 1;\n",
            "dist/a.d.ts" => "export declare const a: number;\n",
            _ if is_module => "export const a = 1;\n",
            _ => "exports.a = 1;\n",
        };
        files.push(((*path).to_owned(), text.to_owned()));
    }
    files
}

#[test]
fn what_node_finds_nowhere_is_an_error_and_what_it_loads_is_none() {
    if !clients::have(&["node"]) {
        return;
    }
    const LOAD: &str = r"
        (async () => {
          for (const name of process.argv.slice(2)) {
            let [required, imported] = ['ok', 'ok'];
            try { require(name); } catch (error) { required = error.code; }
            try { await import(name); } catch (error) { imported = error.code; }
            console.log(required + ' ' + imported);
          }
        })();";
    let seed = fresh_seed();
    let dice = &mut Dice::new(seed);
    let home = tempfile::tempdir().unwrap();
    let auditor = Auditor::new(Options::default());
    let (mut names, mut told) = (Vec::new(), Vec::new());
    for number in 0..PACKAGES {
        let files = draw(dice, number);
        let name = format!("demo{number}");
        plant(&home.path().join("node_modules").join(&name), files.iter().map(|(path, text)| (path, text)));
        let errors = errors(&auditor, &home.path().join(format!("{name}-1.0.0.tgz")), &files);
        told.push((errors, files));
        names.push(name);
    }
    let output = node_says(home.path(), LOAD, &names);
    let mut counts = [0, 0];
    for (node, (errors, files)) in output.iter().zip(&told) {
        let expected = match node.as_str() {
            "ok ok" => false,
            "MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND" => true,
            // whoever imports and whoever requires it are given different things
            _ => continue,
        };
        counts[usize::from(expected)] += 1;
        assert_eq!(
            !errors.is_empty(),
            expected,
            "seed {seed}: Node {node:?}, packgate {errors:?}, {files:#?}"
        );
    }
    assert!(counts.iter().all(|count| *count > PACKAGES / 20), "too few of one sort: {counts:?}");
}
