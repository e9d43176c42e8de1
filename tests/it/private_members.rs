//! Real bundlers as the oracle: what they take in of a private member of the workspace is found, minified or not, with a
//! map or without; and of a member that is published, nothing is. `PACKGATE_BUNDLERS` names the folder that they are in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::packgate;
use crate::clients;
use crate::dice::{Dice, fresh_seed};
use crate::samples::{files, npm_tarball, plant};

/// A module of drawn names, and those of its functions.
fn module(dice: &mut Dice) -> (String, Vec<String>) {
    let mut names = Vec::new();
    let functions = 3 + dice.below(6);
    let text = (0..functions).map(|number| {
        let mut word = || dice.characters("abcdefghijklmnopqrstuvwxyz", 5 + number % 4);
        let (name, given, share) = (format!("{}{number}", word()), word(), word());
        let [first, second, third] = [word(), word(), word()];
        let said = format!("{} {}: {}", word(), word(), word());
        let function = format!(
            "// {said}, as agreed\nexport function {name}({given}) {{\n  const {share} = {given}.{first} * {number}.5;\n  \
             if ({given}.{second} > {share}) {{\n    return {{ {third}: '{said}', {first}: {share} }};\n  }}\n  \
             return {given}.{third}({share});\n}}\n"
        );
        names.push(name);
        function
    });
    let text: String = text.collect();
    (text, names)
}

/// A workspace whose members `leaks` and `clean` import all of a private and of a published one.
fn workspace(dice: &mut Dice) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scope = dice.characters("abcdefghijklmnopqrstuvwxyz", 6);
    let mut all = vec![(
        "package.json".to_owned(),
        json!({ "private": true, "workspaces": ["packages/*"] }).to_string(),
    )];
    for (member, is_private, user) in [("inner", true, "leaks"), ("outer", false, "clean")] {
        let (text, names) = module(dice);
        let manifest = json!({
            "name": format!("@{scope}/{member}"), "version": "1.0.0", "private": is_private, "type": "module",
            "main": "src/index.js", "license": "MIT",
        });
        all.push((format!("packages/{member}/package.json"), manifest.to_string()));
        all.push((format!("packages/{member}/src/index.js"), text));
        let manifest = json!({
            "name": format!("@{scope}/{user}"), "version": "1.0.0", "type": "module", "license": "MIT",
            "exports": "./index.js", "files": ["index.js"],
        });
        all.push((format!("packages/{user}/package.json"), manifest.to_string()));
        let calls: Vec<String> = names.iter().map(|name| format!("{name}(given)")).collect();
        let program = format!(
            "import {{ {} }} from '@{scope}/{member}';\nexport const all = (given) => [{}];\n",
            names.join(", "),
            calls.join(", ")
        );
        all.push((format!("packages/{user}/src/index.js"), program));
    }
    plant(folder.path(), all.iter().map(|(path, text)| (path, text)));
    for (member, user) in [("inner", "leaks"), ("outer", "clean")] {
        let scope = folder.path().join("packages").join(user).join("node_modules").join(format!("@{scope}"));
        fs::create_dir_all(&scope).unwrap();
        link(&folder.path().join("packages").join(member), &scope.join(member));
    }
    // What a build writes is not tracked.
    for arguments in [&["init", "--quiet"][..], &["add", "--all"]] {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(status.unwrap().success());
    }
    folder
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) {
    std::os::unix::fs::symlink(target, place).unwrap();
}

#[cfg(windows)]
fn link(target: &Path, place: &Path) {
    std::os::windows::fs::symlink_dir(target, place).unwrap();
}

/// The rules about what is internal that fire on each bundle of a package, by the bundle's name.
fn told(package: &Path, home: &Path) -> Vec<(String, BTreeSet<String>)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundlers/members.mjs");
    let output =
        Command::new("node").arg(script).arg(package).env("PACKGATE_BUNDLERS", home).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    let tell = |name: &str| {
        let mut entries =
            vec![("package/package.json".to_owned(), fs::read(package.join("package.json")).unwrap())];
        let built = files(&package.join("built").join(name)).into_iter();
        entries.extend(built.map(|(path, bytes)| (format!("package/{path}"), bytes)));
        fs::write(package.join("packed.tgz"), npm_tarball(&entries)).unwrap();
        let output = packgate(package, &["check", "packed.tgz", "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rules = report["artifacts"][0]["findings"].as_array().unwrap().iter();
        let rules =
            rules.filter_map(|finding| finding["rule"].as_str()).filter(|rule| rule.starts_with("internal-"));
        (name.to_owned(), rules.map(str::to_owned).collect())
    };
    names.lines().map(tell).collect()
}

#[test]
fn what_bundlers_take_in_of_a_private_member_is_found() {
    let Some(home) = clients::bundlers() else { return };
    let mut dice = Dice::new(fresh_seed());
    let workspace = workspace(&mut dice);
    let packages = workspace.path().join("packages");
    let leaks = told(&packages.join("leaks"), &home);
    assert!(leaks.len() >= 4, "{leaks:?}");
    let missed: Vec<_> = leaks.iter().filter(|(_, rules)| rules.is_empty()).collect();
    assert!(missed.is_empty(), "{missed:?}");
    let clean = told(&packages.join("clean"), &home);
    let accused: Vec<_> = clean.iter().filter(|(_, rules)| !rules.is_empty()).collect();
    assert!(accused.is_empty(), "{accused:?}");
}
