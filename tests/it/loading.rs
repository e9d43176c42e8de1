//! What packgate says of scripts behind an entrance, held against Node: chains of files drawn from a seed, the last of
//! which can't be loaded, or only seems so.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use packgate::audit::{Auditor, Options};
use packgate::settings::Level;

use crate::clients;
use crate::dice::{Dice, fresh_seed};
use crate::imports::write_tarball;
use crate::samples::plant;

/// Files that CommonJS may end at, each below its folder, and what is asked for there.
fn last(dice: &mut Dice) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let module = ("x/package.json", "{\"private\": true, \"type\": \"module\"}");
    let common = ("x/package.json", "{\"type\": \"commonjs\"}");
    match dice.below(16) {
        0 => ("./x/a", vec![("x/a.js", "exports.a = [1, 2;\n")]),
        1 => ("./x/a", vec![("x/a.js", "<<<<<<< HEAD\nexports.a = 1;\n=======\n")]),
        2 => ("./x/a", vec![("x/a.js", "let a = 1;\nlet a = 2;\n")]),
        3 => ("./x/a.json", vec![("x/a.json", "{\"a\": 1,}")]),
        4 => ("./x/a.js", vec![module, ("x/a.js", "module.exports = 1;\n")]),
        5 => ("./x/a.js", vec![common, ("x/a.js", "export const a = 1;\n")]),
        6 => ("./x/a.mjs", vec![("x/a.mjs", "export const a = await Promise.resolve(1);\n")]),
        7 => (
            "./x/a.mjs",
            vec![
                ("x/a.mjs", "export * from './b.mjs';\n"),
                ("x/b.mjs", "for await (const a of []) {}\nexport {};\n"),
            ],
        ),
        8 => ("./x/a", vec![("x/a.js", "exports.a = require.resolve('./b.built');\n"), ("x/b.js", "")]),
        // what only seems so
        9 => ("./x/a", vec![("x/a.js", "exports.a = require.resolve('./b.built');\n"), ("x/b.built.js", "")]),
        10 => ("./x/a", vec![("x/a.js", "exports.a = '<<<<<<< HEAD';\n")]),
        11 => ("./x/a.json", vec![("x/a.json", "\u{feff}{\"a\": 1}")]),
        12 => ("./x/a.js", vec![common, ("x/a.js", "module.exports = 1;\n")]),
        13 => {
            ("./x/a", vec![module, ("x/a.js", "export const a = 1;\n"), ("x/b.js", "module.exports = 1;\n")])
        }
        14 => ("./x/a.mjs", vec![("x/a.mjs", "export const a = async () => await 1;\n")]),
        _ => ("./x/a", vec![("x/a.js", "with (Math) { exports.a = abs(1); }\n"), ("x/b.js", "a = ;\n")]),
    }
}

/// A statement that leads on, for sure or not.
fn leading(dice: &mut Dice, name: &str) -> String {
    match dice.below(8) {
        0 => format!("try {{ require('{name}'); }} catch (error) {{}}\n"),
        1 => format!("exports.later = () => require('{name}');\n"),
        2 => format!("// require('{name}')\n"),
        3 => format!("module.exports = {{ x: require(\"{name}\") }};\n"),
        4 => format!("'use strict';\nconst x = require('{name}');\nexports.x = x;\n"),
        _ => format!("exports.y = 1;\nexports.x = require('{name}');\n"),
    }
}

fn draw(dice: &mut Dice) -> Vec<(String, String)> {
    let (asked, files) = last(dice);
    let manifest =
        "{\"name\": \"demo\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"main\": \"index.js\"}";
    let mut all: Vec<(String, String)> =
        files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let names = ["index.js", "one.js", "two.js"];
    let steps = dice.below(3);
    for (step, name) in names.iter().enumerate().take(steps + 1) {
        let next = if step == steps { asked.to_owned() } else { format!("./{}", names[step + 1]) };
        all.push(((*name).to_owned(), leading(dice, &next)));
    }
    all.push(("package.json".to_owned(), manifest.to_owned()));
    all
}

#[test]
fn what_is_broken_behind_an_entrance_is_told_and_nothing_else() {
    if !clients::have(&["node"]) {
        return;
    }
    // whether a module can be required at all depends on Node's version
    const LOAD: &str = r"
        for (const folder of process.argv.slice(2)) {
          let told = '';
          try { require(folder); } catch (error) { told = error.code === 'ERR_REQUIRE_ESM' ? 'old' : String(error); }
          console.log(told.replace(/\s+/g, ' '));
        }";
    let seed = fresh_seed();
    let dice = &mut Dice::new(seed);
    let home = tempfile::tempdir().unwrap();
    let auditor = Auditor::new(Options::default());
    let (mut folders, mut told) = (Vec::new(), Vec::new());
    for number in 0..150 {
        let (files, folder) = (draw(dice), home.path().join(number.to_string()));
        plant(&folder, files.iter().map(|(path, text)| (path, text)));
        let errors = errors(&auditor, &home.path().join(format!("demo-{number}.tgz")), &files);
        told.push((errors, files));
        folders.push(folder);
    }
    let output = node_says(home.path(), LOAD, &folders);
    for (node, (errors, files)) in output.iter().zip(&told).filter(|(node, _)| *node != "old") {
        assert_eq!(
            node.is_empty(),
            errors.is_empty(),
            "seed {seed}: Node {node:?}, packgate {errors:?}, {files:#?}"
        );
    }
    let failing = output.iter().filter(|node| !node.is_empty()).count();
    assert!((20..130).contains(&failing), "{failing} packages fail: too few of one sort");
}

/// The errors that packgate finds in an npm package of these files, which is written for that.
pub(crate) fn errors(auditor: &Auditor, tarball: &Path, files: &[(String, String)]) -> Vec<String> {
    write_tarball(tarball, files);
    let audit = auditor.audit(tarball, 1).unwrap();
    let errors = audit.findings.iter().filter(|judged| judged.level == Level::Error);
    errors.map(|judged| judged.finding.message.clone()).collect()
}

/// What a script prints in a folder, a line for each of its arguments.
pub(crate) fn node_says(folder: &Path, script: &str, arguments: &[impl AsRef<OsStr>]) -> Vec<String> {
    // in a file, as `node -e` gives modules what only CommonJS has
    let file = folder.join("load.cjs");
    std::fs::write(&file, script).unwrap();
    let output = Command::new("node").arg(&file).args(arguments).output().unwrap();
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), arguments.len(), "{lines:?}");
    lines
}
