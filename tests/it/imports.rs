//! What packgate says of imports that lead nowhere, held against Node: packages drawn from a seed are unpacked below a
//! `node_modules` and loaded.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use packgate::audit::{Auditor, Options};
use packgate::settings::Level;

use crate::clients;
use crate::dice::{Dice, fresh_seed};

/// A package to be: its files, the manifest among them.
struct Drawn {
    files: Vec<(String, String)>,
    is_module: bool,
}

const STEMS: [&str; 6] = ["a", "b", "lib/c", "lib/d", "lib/deep/e", "f"];

/// A package of a few files that import each other, what isn't there, and other packages, in all the ways in which
/// such names stand in a text.
fn draw(dice: &mut Dice) -> Drawn {
    let is_module = dice.below(2) == 0;
    let end = match (is_module, dice.below(3)) {
        (true, 0) => ".mjs",
        (false, 0) => ".cjs",
        _ => ".js",
    };
    let there: Vec<String> = STEMS.iter().map(|stem| format!("{stem}{end}")).collect();
    let mut files = Vec::new();
    for (number, path) in there.iter().enumerate() {
        let mut text = String::new();
        for _ in 0..1 + dice.below(3) {
            // Each file imports later ones only, so that no circle hides what happens.
            let target = match dice.below(10) {
                0 if number > 0 => relative(path, &format!("lib/gone{end}")),
                1 => relative(path, &there[dice.below(there.len())].to_uppercase()),
                2 => "undeclared".to_owned(),
                3 | 4 => "declared".to_owned(),
                5 => "node:path".to_owned(),
                6 => "declared/sub.js".to_owned(),
                _ if number + 1 < there.len() => {
                    let later = number + 1 + dice.below(there.len() - number - 1);
                    relative(path, &there[later])
                }
                _ => "fs".to_owned(),
            };
            text.push_str(&statement(dice, is_module, &target));
            text.push('\n');
        }
        text.push_str(if is_module { "export const done = 1;\n" } else { "exports.done = 1;\n" });
        files.push((path.clone(), text));
    }
    let main = &there[dice.below(2)];
    let entrance = match dice.below(3) {
        0 => format!("\"main\": \"./{main}\""),
        1 => format!("\"exports\": \"./{main}\""),
        _ => format!("\"exports\": {{\".\": {{\"types\": \"./x.d.ts\", \"default\": \"./{main}\"}}}}"),
    };
    let kind = if is_module { "module" } else { "commonjs" };
    let manifest = format!(
        "{{\"name\": \"demo\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"type\": \"{kind}\", {entrance}, \"dependencies\": {{\"declared\": \"1\"}}, \"devDependencies\": {{\"undeclared\": \"1\"}}}}"
    );
    files.push(("package.json".to_owned(), manifest));
    Drawn { files, is_module }
}

/// A statement with this name in it, which may load it or not.
fn statement(dice: &mut Dice, is_module: bool, name: &str) -> String {
    let quiet = [
        format!("// import '{name}'; require('{name}')"),
        format!("/*\nimport '{name}';\nrequire(\"{name}\");\n*/"),
        format!("const text{} = \"import x from '{name}'; require('{name}')\";", dice.below(1_000_000)),
        format!("const text{} = `\nimport '{name}';\nrequire('{name}')\n`;", dice.below(1_000_000)),
        format!("const pattern{} = /require\\('x'\\)|[\"'`]/;", dice.below(1_000_000)),
    ];
    let number = dice.below(1_000_000);
    let module = [
        format!("import '{name}';"),
        format!("import * as all{number} from \"{name}\";"),
        format!("export * from '{name}';"),
        format!("import /* of all */ * as it{number} from '{name}'; // as it is"),
        format!("const later{number} = () => import('{name}');"),
    ];
    let common = [
        format!("require('{name}');"),
        format!("const a{number} = require(\"{name}\"), b{number} = 1;"),
        format!("exports.c{number} = Object.keys(require('{name}')).length;"),
        format!("try {{ require('{name}'); }} catch {{}}"),
        format!("if (process.env.NEVER) require('{name}');"),
        format!("const d{number} = process.env.NEVER && require('{name}');"),
        format!("function e{number}() {{ return require('{name}'); }}"),
        format!("const f{number} = () => require('{name}');"),
        format!(
            "Object.defineProperty(exports, 'g{number}', {{ get: function () {{ return require('{name}'); }} }});"
        ),
    ];
    let sure: &[String] = if is_module { &module } else { &common };
    match dice.below(4) {
        0 => quiet[dice.below(quiet.len())].clone(),
        _ => sure[dice.below(sure.len())].clone(),
    }
}

fn relative(from: &str, to: &str) -> String {
    let depth = from.matches('/').count();
    if depth == 0 { format!("./{to}") } else { format!("{}{to}", "../".repeat(depth)) }
}

pub(crate) fn write_tarball(path: &Path, files: &[(String, String)]) {
    let file = std::fs::File::create(path).unwrap();
    let gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    let mut archive = tar::Builder::new(gzip);
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(499_162_500);
        archive.append_data(&mut header, format!("package/{path}"), text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}

/// Node's word on each package: what it says when it can't find something, else nothing.
const LOAD: &str = r#"
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
for (const folder of process.argv.slice(2)) {
  const require = createRequire(folder + '/index.js');
  let told = '';
  try { require('demo'); } catch (error) {
    if (error.code === 'ERR_REQUIRE_ESM' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
      try { await import(pathToFileURL(folder + '/enter.mjs')); } catch (error) { told = error.code ?? String(error); }
    } else told = error.code ?? String(error);
  }
  console.log(told.replace(/\s+/g, ' '));
}
"#;

#[test]
fn what_node_cannot_load_is_told_and_nothing_else() {
    if !clients::have(&["node"]) {
        return;
    }
    let seed = fresh_seed();
    let dice = &mut Dice::new(seed);
    let home = tempfile::tempdir().unwrap();
    let drawn: Vec<Drawn> = (0..300).map(|_| draw(dice)).collect();
    let auditor = Auditor::new(Options::default());
    let (mut told, mut folders) = (Vec::new(), Vec::new());
    for (number, package) in drawn.iter().enumerate() {
        let folder = home.path().join(number.to_string());
        let modules = folder.join("node_modules");
        for (path, text) in &package.files {
            let path = modules.join("demo").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(modules.join("declared")).unwrap();
        std::fs::write(modules.join("declared/index.js"), "").unwrap();
        std::fs::write(modules.join("declared/sub.js"), "").unwrap();
        std::fs::write(folder.join("enter.mjs"), "import 'demo';").unwrap();
        let tarball = home.path().join(format!("demo-{number}.tgz"));
        write_tarball(&tarball, &package.files);
        let audit = auditor.audit(&tarball, 1).unwrap();
        let rules = ["missing-module", "undeclared-dependency"];
        let errors = audit.findings.iter().filter(|judged| judged.level == Level::Error);
        let of_imports = errors.filter(|judged| rules.contains(&judged.finding.rule));
        told.push(of_imports.map(|judged| judged.finding.message.clone()).collect::<Vec<_>>());
        folders.push(folder);
    }
    let script = home.path().join("load.mjs");
    std::fs::write(&script, LOAD).unwrap();
    let output = Command::new("node").arg(&script).args(&folders).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let node: Vec<&str> = output.lines().collect();
    assert_eq!(node.len(), drawn.len(), "{output}");
    let mut wrong = String::new();
    for ((number, package), (node, told)) in drawn.iter().enumerate().zip(node.iter().zip(&told)) {
        assert!(
            matches!(*node, "" | "MODULE_NOT_FOUND" | "ERR_MODULE_NOT_FOUND"),
            "package {number}: {node}"
        );
        if node.is_empty() != told.is_empty() {
            let _ = writeln!(
                wrong,
                "package {number} (module: {}): node {node:?}, packgate {told:?}",
                package.is_module
            );
            package.files.iter().for_each(|(path, text)| {
                let _ = writeln!(wrong, "--- {path}\n{text}");
            });
        }
    }
    assert!(wrong.is_empty(), "seed {seed}\n{wrong}");
    let failing = node.iter().filter(|told| !told.is_empty()).count();
    assert!((50..250).contains(&failing), "{failing} of {} packages fail: too few of one sort", node.len());
}

/// Names that modules give and take.
const NAMES: [&str; 4] = ["open", "shut", "$x", "_y"];

/// A statement by which a module gives a name, or only seems to.
fn giving(dice: &mut Dice, name: &str) -> String {
    let given = [
        format!("export const {name} = 1;"),
        format!("export async function* {name}() {{}}"),
        format!("const q{name} = 1; export {{ q{name} as {name} }};"),
        format!("export let a{name} = 0, {name} = 2;"),
        format!("export const {{ b: [{name}] }} = {{ b: [1] }};"),
        format!("export * as {name} from 'node:path';"),
        format!("export{{join as {name}}}from'node:path';"),
        format!("  export class {name} {{}}"),
    ];
    let seeming = [
        format!("// export const {name} = 1;"),
        format!("const t{name} = \"export const {name} = 1\";"),
        format!("const {name} = 1;"),
        String::new(),
    ];
    match dice.below(3) {
        0 => seeming[dice.below(seeming.len())].clone(),
        _ => given[dice.below(given.len())].clone(),
    }
}

/// A statement that takes a name from `./m.mjs`, or only seems to.
fn taking(dice: &mut Dice, name: &str) -> String {
    let number = dice.below(1_000_000);
    let all = [
        format!("import {{ {name} as i{number} }} from './m.mjs';"),
        format!("import* as all{number} from\"./m.mjs\";"),
        format!("export{{{name} as e{number}}}from'./m.mjs';"),
        format!("import {{\n  // the name\n  {name} as j{number}, // as it is\n}} from './m.mjs';"),
        format!("// import {{ {name} }} from './m.mjs';"),
        format!("const t{number} = \"import {{ {name} }} from './m.mjs'\";"),
        format!("const l{number} = () => import('./m.mjs').then(({{ {name}: l }}) => l);"),
    ];
    all[dice.below(all.len())].clone()
}

#[test]
fn names_that_a_module_does_not_give_are_told_and_nothing_else() {
    if !clients::have(&["node"]) {
        return;
    }
    let seed = fresh_seed();
    let dice = &mut Dice::new(seed);
    let home = tempfile::tempdir().unwrap();
    let auditor = Auditor::new(Options::default());
    let (mut drawn, mut told, mut entrances) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..200 {
        let module: Vec<String> = NAMES.iter().map(|name| giving(dice, name)).collect();
        let own: Vec<String> = (0..1 + dice.below(3))
            .map(|_| {
                let name = NAMES[dice.below(NAMES.len())];
                taking(dice, name)
            })
            .collect();
        let files = [
            ("package.json".to_owned(), "{\"name\": \"demo\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"exports\": \"./index.mjs\"}".to_owned()),
            ("m.mjs".to_owned(), module.join("\n")),
            ("index.mjs".to_owned(), own.join("\n")),
        ];
        let folder = home.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        files.iter().for_each(|(path, text)| std::fs::write(folder.join(path), text).unwrap());
        let tarball = home.path().join(format!("demo-{number}.tgz"));
        write_tarball(&tarball, &files);
        let audit = auditor.audit(&tarball, 1).unwrap();
        let errors = audit.findings.iter().filter(|judged| judged.level == Level::Error);
        told.push(errors.map(|judged| judged.finding.message.clone()).collect::<Vec<_>>());
        entrances.push(folder.join("index.mjs"));
        drawn.push(files);
    }
    let script = home.path().join("load.mjs");
    let load = "import { pathToFileURL } from 'node:url';\nfor (const file of process.argv.slice(2)) {\n  let told = '';\n  try { await import(pathToFileURL(file)); } catch (error) { told = String(error).split('\\n')[0]; }\n  console.log(told);\n}\n";
    std::fs::write(&script, load).unwrap();
    let output = Command::new("node").arg(&script).args(&entrances).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let node: Vec<&str> = output.lines().collect();
    assert_eq!(node.len(), drawn.len(), "{output}");
    for ((files, node), told) in drawn.iter().zip(&node).zip(&told) {
        assert!(node.is_empty() || node.contains("does not provide an export named"), "{node}");
        assert_eq!(
            node.is_empty(),
            told.is_empty(),
            "seed {seed}: node {node:?}, packgate {told:?}\n{files:?}"
        );
    }
    let failing = node.iter().filter(|told| !told.is_empty()).count();
    assert!((30..170).contains(&failing), "{failing} of {} packages fail: too few of one sort", node.len());
}

/// What is said of a package's imports and entrances, as `level rule place`.
fn told(manifest: &str, files: &[(&str, &str)]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let tarball = home.path().join("demo-1.0.0.tgz");
    let manifest =
        format!("{{\"name\": \"demo\", \"version\": \"1.0.0\", \"license\": \"MIT\", {manifest}}}");
    let mut all = vec![("package.json".to_owned(), manifest)];
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    write_tarball(&tarball, &all);
    let audit = Auditor::new(Options::default()).audit(&tarball, 1).unwrap();
    let rules = ["missing-module", "undeclared-dependency", "unloadable-entry-point", "missing-entry-point"];
    let of_imports = audit.findings.iter().filter(|judged| rules.contains(&judged.finding.rule));
    let said = of_imports.filter(|judged| judged.level >= Level::Warning).map(|judged| {
        let place = judged.finding.place.path.trim_start_matches("package/");
        format!("{} {} {place}", format!("{:?}", judged.level).to_lowercase(), judged.finding.rule)
    });
    said.collect()
}

#[test]
fn a_bundler_completes_names_where_nothing_else_gets() {
    let none: [&str; 0] = [];
    let module = "\"type\": \"module\", \"exports\": \"./index.js\"";
    let (a, b) = (("a.js", "export const a = 1;\n"), ("A.svelte", "<p>a</p>\n"));
    let index = |text: &'static str| ("index.js", text);
    let inexact = ["error missing-module index.js"];
    assert_eq!(told(module, &[index("export { a } from './a';\n"), a]), inexact);
    let svelte = "export { a } from './a';\nexport { default } from './A.svelte';\n";
    assert_eq!(told(module, &[index(svelte), a, b]), none);
    // Svelte's bundler completes the names of all that has it as a peer
    let part = "\"type\": \"module\", \"exports\": \"./index.js\", \"peerDependencies\": {\"svelte\": \"*\"}";
    assert_eq!(told(part, &[index("export { a } from './a';\n"), a]), none);
    assert_eq!(told(part, &[index("export { a } from './b';\n"), a]), inexact);
    let styles = "import './a.css';\nexport { a } from './a';\n";
    assert_eq!(told(module, &[index(styles), a, ("a.css", "")]), none);
    // the component is behind another entrance
    let apart = "\"type\": \"module\", \"exports\": {\".\": \"./index.js\", \"./b\": \"./b.js\"}";
    let own = index("export { a } from './a';\n");
    assert_eq!(told(apart, &[own, a, b, ("b.js", "export { default } from './A.svelte';\n")]), inexact);
    // a file that isn't there isn't there for bundlers either
    assert_eq!(told(module, &[index("import './gone';\nimport './A.svelte';\n"), b]), inexact);
    let native =
        "\"type\": \"module\", \"main\": \"index.js\", \"peerDependencies\": {\"react-native-b\": \"1\"}";
    assert_eq!(told(native, &[index("import 'react-native-b';\nexport { a } from './a';\n"), a]), none);
}

#[test]
fn react_native_compiles_what_it_loads() {
    let element = "import { View } from 'react-native';\nexport const A = () => <View />;\n";
    let peers = "\"main\": \"index.js\", \"peerDependencies\": {\"react-native-b\": \"1\"}";
    let of = |text: &str| {
        let all = told(peers, &[("index.js", text)]);
        all.into_iter().filter(|line| line.contains("unloadable")).collect::<Vec<_>>()
    };
    assert_eq!(of(element), Vec::<String>::new());
    assert_eq!(of(&element.replace("react-native", "react-b")), ["warning unloadable-entry-point index.js"]);
}

#[test]
fn what_a_folder_imports_by_is_said_by_its_own_manifest() {
    let none: [&str; 0] = [];
    let both = "\"type\": \"module\", \"imports\": {\"#*\": \"./dist/esm/*\"}, \"exports\": {\"import\": \"./dist/esm/index.js\", \"require\": \"./dist/cjs/index.js\"}";
    let files = |own: &'static str| {
        [
            ("dist/esm/index.js", "import '#a.js';\n"),
            ("dist/esm/a.js", "export {};\n"),
            ("dist/cjs/index.js", "require('#b.js');\n"),
            ("dist/cjs/b.js", ""),
            ("dist/cjs/package.json", own),
        ]
    };
    assert_eq!(told(both, &files("{\"type\": \"commonjs\", \"imports\": {\"#*\": \"./*\"}}")), none);
    // without it, the package's own says so, and that the script is a module
    let without: Vec<(&str, &str)> = files("").into_iter().take(4).collect();
    let both_told =
        ["error missing-module dist/cjs/index.js", "error unloadable-entry-point dist/cjs/index.js"];
    assert_eq!(told(both, &without), both_told);
}

#[test]
fn json_that_begins_with_a_comment_is_for_a_tool() {
    let none: [&str; 0] = [];
    let data = "\"exports\": {\".\": \"./words.json\"}";
    assert_eq!(told(data, &[("words.json", "// Settings of the speller\n{\"a\": [1]}\n")]), none);
    assert_eq!(told(data, &[("words.json", "{\n  // the first\n  \"a\": [1]\n}\n")]), none);
    let broken = ["error unloadable-entry-point words.json"];
    assert_eq!(told(data, &[("words.json", "{\n  // the first\n  \"a\": [1\n}\n")]), broken);
    assert_eq!(told(data, &[("words.json", "{\"a\": [1,]}\n")]), broken);
    assert_eq!(told(data, &[("words.json", "{\"a\": [1] // the first\n}\n")]), broken);
    // a script of the package's own needs it as it is
    let script = [("index.js", "module.exports = require('./words.json');\n"), ("words.json", "// a\n{}\n")];
    assert_eq!(told("\"main\": \"index.js\"", &script), broken);
}

#[test]
fn types_that_stand_on_a_script_without_any() {
    let none: [&str; 0] = [];
    let both = "\"main\": \"a.js\", \"types\": \"a.d.ts\"";
    let types = ("a.d.ts", "export { B } from './b';\nexport declare const a: number;\n");
    let scripts = [("a.js", "exports.a = 1;\n"), ("b.js", "exports.B = class {};\n")];
    let with = |more: &[(&'static str, &'static str)]| [&[types], &scripts[..], more].concat();
    assert_eq!(told(both, &with(&[])), ["warning missing-module a.d.ts"]);
    assert_eq!(told(both, &with(&[("b.d.ts", "export declare class B {}\n")])), none);
}
