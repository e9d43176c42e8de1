//! What is internal, through the whole program: words, paths, packages, code, binaries.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::dice::base64;
use crate::samples::{npm_tarball, plant};

/// A project folder with these files.
fn project(files: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    plant(folder.path(), files.iter().cloned());
    folder
}

fn packgate(project: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(arguments)
        .current_dir(project)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code != 2), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Rule, place and evidence of the findings whose rule is one of `rules`, about a package of these files.
fn findings(project: &Path, rules: &[&str], files: &[(&str, Vec<u8>)]) -> Vec<(String, String, Value)> {
    let mut all: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, bytes)| (format!("package/{path}"), bytes.clone())).collect();
    if !files.iter().any(|(path, _)| *path == "package.json") {
        let manifest = br#"{"name": "@acme/cli", "version": "1.0.0", "license": "MIT", "main": "index.js"}"#;
        all.insert(0, ("package/package.json".to_owned(), manifest.to_vec()));
    }
    fs::write(project.join("acme-cli-1.0.0.tgz"), npm_tarball(&all)).unwrap();
    let text = packgate(project, &["check", "acme-cli-1.0.0.tgz", "--format", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    let found = report["artifacts"][0]["findings"].as_array().unwrap().iter();
    found
        .filter(|finding| rules.iter().any(|rule| finding["rule"] == *rule))
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (word("rule"), word("place"), finding["evidence"].clone())
        })
        .collect()
}

fn settings(text: &str) -> TempDir {
    project(&[("packgate.toml", text.to_owned())])
}

#[test]
fn words_are_found_in_every_form_of_text() {
    let project =
        settings("[internal]\nmarkers = [\"ACME ONLY\", '/TEAM-\\d+ core/']\nhosts = [\".acme.internal\"]\n");
    let map = serde_json::json!({
        "version": 3, "sources": ["a.ts"], "mappings": "AAAA",
        "sourcesContent": ["// ACME ONLY\nlet a = 'https://git.acme.internal/x';\n"],
    });
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("inner.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"TEAM-7 core").unwrap();
    let utf16: Vec<u8> = "\u{FEFF}for TEAM-12 core\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut program = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0".to_vec();
    program.resize(300, 0);
    program.extend("ACME ONLY".encode_utf16().flat_map(u16::to_le_bytes));
    program.extend_from_slice(&[0; 50]);
    let inline = format!(
        "let a;\n//# sourceMappingURL=data:application/json;base64,{}\n",
        base64(map.to_string().as_bytes())
    );
    let files = [
        ("index.js", b"// ACME ONLY\n".to_vec()),
        ("a.js.map", map.to_string().into_bytes()),
        ("inline.js", inline.into_bytes()),
        ("x.zip", zip.finish().unwrap().into_inner()),
        ("notes.txt", utf16),
        ("addon.node", program),
        ("fine.js", b"// acme only, TEAM-x core, acme.internals\n".to_vec()),
    ];
    let found = findings(project.path(), &["internal-marker", "internal-host"], &files);
    let places: Vec<(&str, &str)> =
        found.iter().map(|(rule, place, _)| (rule.as_str(), place.as_str())).collect();
    let expected = [
        ("internal-host", "package/a.js.map"),
        ("internal-host", "package/inline.js"),
        ("internal-marker", "package/a.js.map"),
        ("internal-marker", "package/addon.node"),
        ("internal-marker", "package/index.js"),
        ("internal-marker", "package/inline.js"),
        ("internal-marker", "package/notes.txt"),
        ("internal-marker", "package/x.zip!inner.txt"),
    ];
    let mut sorted = places;
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

#[test]
fn internal_paths_as_entries_and_in_maps() {
    let project = settings("[internal]\npaths = [\"src/internal/**\"]\n");
    let map = serde_json::json!({
        "version": 3, "sources": ["webpack://acme/./src/internal/deep/b.ts"], "mappings": "AAAA",
    });
    let files = [
        ("src/internal/a.js", b"1\n".to_vec()),
        ("src/internals/a.js", b"1\n".to_vec()),
        ("dist/x.js.map", map.to_string().into_bytes()),
    ];
    let found = findings(project.path(), &["internal-path"], &files);
    let places: Vec<&str> = found.iter().map(|(_, place, _)| place.as_str()).collect();
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places.contains(&"package/src/internal/a.js") && places.contains(&"package/dist/x.js.map"));
}

#[test]
fn internal_packages_by_setting() {
    let project = settings("[internal]\npackages = [\"@acme-internal\"]\n");
    let manifest = r#"{"name": "@acme/cli", "version": "1.0.0", "license": "MIT", "main": "index.js",
        "dependencies": {"@acme-internal/core": "1.0.0"}, "devDependencies": {"@acme-internal/lint": "1.0.0"}}"#;
    let files = [
        ("package.json", manifest.as_bytes().to_vec()),
        ("index.js", b"const a = require('@acme-internal/core/x');\n".to_vec()),
        ("other.js", b"const a = require('@acme-internals/core');\n".to_vec()),
    ];
    let found = findings(project.path(), &["internal-package"], &files);
    let places: Vec<(&str, &Value)> =
        found.iter().map(|(_, place, evidence)| (place.as_str(), &evidence["what"])).collect();
    let core = Value::from("@acme-internal/core");
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places.iter().all(|(_, what)| **what == core));
}

/// An internal module as people write them: same manner, own names.
fn module(number: usize) -> String {
    let word = |at: usize| {
        const STEMS: [&str; 12] = [
            "ledger", "margin", "tariff", "quota", "signal", "batch", "cursor", "parcel", "tenant", "shard",
            "window", "budget",
        ];
        const ENDS: [&str; 9] = ["Of", "Plan", "Rate", "Map", "Set", "Step", "Key", "Log", "Row"];
        format!(
            "{}{}",
            STEMS[(number * 5 + at * 7 + number / 12) % 12],
            ENDS[(number * 2 + at * 5 + number / 9) % 9]
        )
    };
    let mut text =
        format!("/**\n * Module {number}. Copyright Acme.\n */\nimport {{ shared }} from './shared.js';\n\n");
    for function in 0..3 {
        let at = function * 6;
        text.push_str(&format!(
            "// Computes {0}.\nexport function {0}{number}({1}, {2}) {{\n  const {3} = {1}.filter((entry) => entry.{4} > {5});\n  if ({3}.length === 0) {{\n    throw new Error('no {4} for {0}');\n  }}\n  return shared({3}.map((entry) => entry.{2} * {1}.{0}), `{4}/${{{2}}}`);\n}}\n\n",
            word(at), word(at + 1), word(at + 2), word(at + 3), word(at + 4), number * 37 + function * 11 + 20,
        ));
    }
    text
}

/// A module of somebody else: the same manner, other names.
fn stranger(number: usize) -> String {
    let renames = [
        ("ledger", "harbor"),
        ("margin", "anchor"),
        ("tariff", "beacon"),
        ("quota", "reefs"),
        ("signal", "island"),
        ("batch", "coast"),
        ("cursor", "sailor"),
        ("parcel", "vessel"),
        ("tenant", "pirate"),
        ("shard", "stern"),
        ("window", "lagoon"),
        ("budget", "tides"),
    ];
    renames.iter().fold(module(number), |text, (ours, theirs)| text.replace(ours, theirs))
}

/// Roughly what a bundler makes of modules: no comments, imports and exports, other quotes, functions in
/// another order, everything on few lines.
fn bundle(numbers: &[usize]) -> String {
    let mut functions = Vec::new();
    for number in numbers {
        let text = module(*number);
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !["/", " *", "import"].iter().any(|start| line.starts_with(start)))
            .collect();
        let code = code.join("\n").replace("export function", "\u{0}function").replace('\'', "\"");
        functions
            .extend(code.split('\u{0}').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    functions.sort_by_key(|function| function.len() * 7919 % 101);
    format!("(()=>{{{}}})();\n", functions.join(""))
}

fn internal_files(found: &[(String, String, Value)]) -> Vec<String> {
    let mut files: Vec<String> =
        found.iter().map(|(_, _, evidence)| evidence["file"].as_str().unwrap().to_owned()).collect();
    files.sort();
    files
}

const LEAKED: [usize; 10] = [3, 14, 15, 26, 35, 58, 79, 84, 90, 97];

fn expected_files() -> Vec<String> {
    let mut files: Vec<String> = LEAKED.iter().map(|number| format!("core/m{number}.js")).collect();
    files.sort();
    files
}

fn core_project() -> TempDir {
    let names: Vec<String> = (0..100).map(|number| format!("core/m{number}.js")).collect();
    let mut files: Vec<(&str, String)> =
        names.iter().enumerate().map(|(number, name)| (name.as_str(), module(number))).collect();
    files.push(("core/node_modules/other/index.js", stranger(500)));
    files.push(("packgate.toml", "[internal]\nroots = [\"core\"]\n".to_owned()));
    project(&files)
}

#[test]
fn ten_of_a_hundred_internal_files_are_named_and_no_other() {
    let project = core_project();
    let bundle = bundle(&LEAKED);
    let found = findings(project.path(), &["internal-code"], &[("index.js", bundle.clone().into_bytes())]);
    assert_eq!(internal_files(&found), expected_files());
    assert!(
        found.iter().all(
            |(_, place, evidence)| place == "package/index.js" && evidence["percent"].as_u64() > Some(60)
        )
    );
    let map = serde_json::json!({
        "version": 3, "sources": ["all.js"], "mappings": "AAAA",
        "sourcesContent": [LEAKED.map(module).concat()],
    });
    let found =
        findings(project.path(), &["internal-code"], &[("index.js.map", map.to_string().into_bytes())]);
    assert_eq!(internal_files(&found), expected_files());
    let vendored = stranger(500).into_bytes();
    assert_eq!(findings(project.path(), &["internal-code"], &[("index.js", vendored)]), []);
}

#[test]
fn a_fingerprint_file_does_without_the_sources_and_tells_none() {
    let project = core_project();
    let said = packgate(project.path(), &["fingerprint", "--hash-names", "-o", "core.fingerprints"]);
    assert_eq!(said, "");
    let file = fs::read(project.path().join("core.fingerprints")).unwrap();
    let source = module(3);
    for word in source.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 5) {
        assert!(!file.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    packgate(project.path(), &["fingerprint", "core", "-o", "again.fingerprints", "--hash-names"]);
    assert_eq!(fs::read(project.path().join("again.fingerprints")).unwrap(), file);
    let release = settings("[internal]\nfingerprints = [\"core.fingerprints\"]\n");
    fs::write(release.path().join("core.fingerprints"), file).unwrap();
    let found = findings(release.path(), &["internal-code"], &[("index.js", bundle(&LEAKED).into_bytes())]);
    assert_eq!(internal_files(&found).len(), 10);
    let others = (200..230).map(stranger).collect::<String>().into_bytes();
    assert_eq!(findings(release.path(), &["internal-code"], &[("index.js", others)]), []);
}

#[test]
fn private_members_of_the_workspace_are_internal_without_settings() {
    let core: String = (0..4).map(module).collect();
    let project = project(&[
        ("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#.to_owned()),
        ("packages/cli/package.json", r#"{"name": "@acme/cli", "version": "1.0.0"}"#.to_owned()),
        ("packages/core/package.json", r#"{"name": "@acme/core", "private": true}"#.to_owned()),
        ("packages/core/src/core.js", core),
        ("packages/util/package.json", r#"{"name": "@acme/util"}"#.to_owned()),
    ]);
    let files = [
        ("index.js", b"import '@acme/core'; import '@acme/util'; import '@acme/core-js';\n".to_vec()),
        ("bundle.js", bundle(&[0, 1, 2, 3]).into_bytes()),
    ];
    let found = findings(project.path(), &["internal-package", "internal-code"], &files);
    let mut places: Vec<(&str, &str)> =
        found.iter().map(|(rule, place, _)| (rule.as_str(), place.as_str())).collect();
    places.sort_unstable();
    assert_eq!(places, [("internal-code", "package/bundle.js"), ("internal-package", "package/index.js")]);
}

#[test]
fn uncompiled_sources_under_a_closed_licence() {
    let project = settings("policy = \"proprietary\"\n");
    let manifest = |files: &str| {
        format!(r#"{{"name": "@acme/cli", "version": "1.0.0", "main": "dist/index.js", "files": {files}}}"#)
            .into_bytes()
    };
    let sources = |files: &str| {
        let entries = [
            ("package.json", manifest(files)),
            ("dist/index.js", b"module.exports = 1;\n".to_vec()),
            ("dist/index.d.ts", b"export default 1;\n".to_vec()),
            ("dist/index.ts", b"export default 1;\n".to_vec()),
            ("src/index.ts", b"export default 1;\n".to_vec()),
        ];
        let found = findings(project.path(), &["original-source"], &entries);
        found.into_iter().map(|(_, place, _)| place).collect::<Vec<_>>()
    };
    assert_eq!(sources(r#"["dist"]"#), ["package/dist/index.ts", "package/src/index.ts"]);
    assert_eq!(sources(r#"["dist", "src"]"#), ["package/dist/index.ts"]);
}

#[test]
fn debug_information_and_home_folders() {
    let project = settings("");
    let wasm = [&b"\0asm\x01\0\0\0"[..], &[0, 61, 10], b".debug_str", &[0; 50]].concat();
    let program =
        [&b"\x7fELF\x02\x01\x01\0"[..], &[0; 300], b"/home/marta/work/a.c\0/home/runner/b.c\0"].concat();
    let files = [("a.wasm", wasm), ("addon.node", program), ("fine.js", b"'/home/user/x'\n".to_vec())];
    let found = findings(project.path(), &["debug-info", "local-path"], &files);
    let mut places: Vec<(&str, &str)> =
        found.iter().map(|(rule, place, _)| (rule.as_str(), place.as_str())).collect();
    places.sort_unstable();
    assert_eq!(places, [("debug-info", "package/a.wasm"), ("local-path", "package/addon.node")]);
}
