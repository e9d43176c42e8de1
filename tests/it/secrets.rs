//! Every pattern of `policies/secrets.toml` through the whole program: a token made here is found at its place,
//! its near misses are not, and no report shows any of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::clients::{have, have_silent};
use crate::dice::{Dice, base64, fresh_seed};
use crate::keys;
use crate::samples::npm_tarball;

struct Pattern {
    rule: String,
    example: String,
    near: Vec<String>,
}

fn patterns() -> Vec<Pattern> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/secrets.toml");
    let table: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let rules = table["rule"].as_array().unwrap();
    let mut patterns = Vec::new();
    for rule in rules {
        for pattern in rule.get("pattern").and_then(toml::Value::as_array).unwrap_or(&Vec::new()) {
            patterns.push(Pattern {
                rule: rule["name"].as_str().unwrap().to_owned(),
                example: pattern["example"].as_str().unwrap().to_owned(),
                near: pattern["near"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|near| near.as_str().unwrap().to_owned())
                    .collect(),
            });
        }
    }
    patterns
}

/// An npm package with these files, and what packgate prints about it.
pub(crate) fn check(files: &[(String, Vec<u8>)], arguments: &[&str]) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let manifest = br#"{"name": "acme", "version": "1.0.0", "license": "MIT", "files": ["lib"]}"#;
    let mut all = vec![("package/package.json".to_owned(), manifest.to_vec())];
    all.extend_from_slice(files);
    fs::write(folder.path().join("acme-1.0.0.tgz"), npm_tarball(&all)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["check", "acme-1.0.0.tgz"])
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (folder, text)
}

/// All findings, as the report has them.
fn reported(files: &[(String, Vec<u8>)]) -> Vec<Value> {
    let (_folder, output) = check(files, &["--format", "json", "--policy", "strict"]);
    let report: Value = serde_json::from_str(output.lines().collect::<Vec<_>>().join("\n").as_str())
        .unwrap_or_else(|error| panic!("{error}: {output}"));
    report["artifacts"][0]["findings"].as_array().unwrap().clone()
}

/// Rule, place and line of all findings of a family.
pub(crate) fn findings(files: &[(String, Vec<u8>)], family: &str) -> Vec<(String, String, Option<u64>)> {
    let texts = |finding: &Value| {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        (rule, finding["place"].as_str().unwrap().to_owned(), finding["line"].as_u64())
    };
    reported(files).iter().map(texts).filter(|(rule, _, _)| rule.starts_with(family)).collect()
}

#[test]
fn a_token_of_each_pattern_is_found_at_its_place() {
    let patterns = patterns();
    let files: Vec<(String, Vec<u8>)> = patterns
        .iter()
        .enumerate()
        .map(|(number, pattern)| {
            let token = Dice::new(number as u64 + 100).make(&pattern.example);
            (format!("package/lib/f{number}.js"), format!("// one\nconst two = '{token}';\n").into_bytes())
        })
        .collect();
    let found = findings(&files, "secret-");
    for (pattern, (path, _)) in patterns.iter().zip(&files) {
        assert!(
            found
                .iter()
                .any(|(rule, place, line)| *rule == pattern.rule && place == path && *line == Some(2)),
            "{} in {path}: {:?}",
            pattern.rule,
            found.iter().filter(|(_, place, _)| place == path).collect::<Vec<_>>()
        );
    }
}

#[test]
fn near_misses_are_not_found() {
    let mut files = Vec::new();
    let mut rules = Vec::new();
    for (number, pattern) in patterns().into_iter().enumerate() {
        for (which, near) in pattern.near.iter().enumerate() {
            let token = Dice::new(number as u64 + 200).make(near);
            files.push((
                format!("package/lib/f{number}-{which}.js"),
                format!("const a = '{token}';\n").into_bytes(),
            ));
            rules.push(pattern.rule.clone());
        }
    }
    let found = findings(&files, "secret-");
    for (rule, (path, bytes)) in rules.iter().zip(&files) {
        let hit = found.iter().find(|(other, place, _)| other == rule && place == path);
        assert!(hit.is_none(), "{rule}: {}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_lone_key_is_found_whatever_its_kind() {
    let files: Vec<(String, Vec<u8>)> = keys::every_kind(&mut Dice::new(400))
        .iter()
        .enumerate()
        .map(|(number, key)| (format!("package/lib/{number}/server.key"), key.pem(64, "\n").into_bytes()))
        .collect();
    let findings = reported(&files);
    let of = |rule| findings.iter().filter(move |finding| finding["rule"] == rule);
    let secrets: Vec<&Value> = of("secret-private-key").map(|finding| &finding["place"]).collect();
    // so many files of one sort are one finding, which names them all
    let strays: Vec<&Value> =
        of("stray-credential").flat_map(|finding| finding["evidence"]["files"].as_array().unwrap()).collect();
    for (path, bytes) in &files {
        let path = &Value::from(path.as_str());
        let text = String::from_utf8_lossy(bytes);
        assert!(secrets.contains(&path), "no secret: {text}");
        assert!(strays.contains(&path), "no stray: {text}");
    }
}

#[test]
fn keys_of_the_real_tools_are_found() {
    if !have_silent("openssl") || !have_silent("ssh-keygen") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |output: Vec<u8>| files.push((format!("package/lib/{}.js", files.len()), output));
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
        output.stdout
    };
    for arguments in [
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "genpkey -algorithm ED25519",
        "genpkey -algorithm X448",
        "ecparam -genkey -name secp256k1 -noout",
        "genrsa -traditional 2048",
    ] {
        for _ in 0..4 {
            add(run("openssl", &arguments.split(' ').collect::<Vec<_>>()));
        }
    }
    for kind in [&["ed25519"][..], &["ecdsa", "-b", "521"], &["rsa", "-b", "1024", "-m", "PEM"], &["rsa"]] {
        let name = format!("id_{}_{}", kind[0], kind.len());
        run("ssh-keygen", &[&["-q", "-N", "", "-f", &name, "-t"], kind].concat());
        add(fs::read(folder.path().join(name)).unwrap());
    }
    let found = findings(&files, "secret-private-key");
    for (path, bytes) in &files {
        assert!(found.iter().any(|(_, place, _)| place == path), "{}", String::from_utf8_lossy(bytes));
    }
}

/// Python itself packs the texts, in every way that it has, and writes them as pickles and as a compiled module.
#[test]
fn a_token_that_python_packed_is_found() {
    const SCRIPT: &str = r#"
import bz2, gzip, lzma, pickle, py_compile, sys, zlib
text = sys.stdin.buffer.read()
for packer in (zlib, gzip, bz2, lzma):
    packed, name = packer.compress(text), packer.__name__
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        with open(f"{name}-{protocol}.pkl", "wb") as file:
            pickle.dump({"version": 1, "text": packed}, file, protocol)
    with open("packed.py", "w") as file:
        file.write(f"TEXT = {packed!r}\n")
    py_compile.compile("packed.py", f"{name}.pyc", doraise=True)
"#;
    if !have(&["python3"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    let folder = TempDir::new().unwrap();
    let lines = 1 + dice.below(60);
    let mut text: Vec<String> = (0..lines).map(|_| dice.characters("abcdefgh (){};=\n", 40)).collect();
    text.insert(dice.below(lines), format!("token = \"{}\"", dice.make("glpat-{base62:20}")));
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut python.stdin.take().unwrap(), text.join("\n").as_bytes()).unwrap();
    assert!(python.wait().unwrap().success());
    let mut count = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|end| end == "pkl" || end == "pyc") {
            let file = (format!("package/lib/{name}"), fs::read(&path).unwrap());
            let found = findings(&[file], "secret-");
            assert!(found.iter().any(|(rule, ..)| rule == "secret-gitlab-token"), "{name}: {found:?}");
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} files were made");
}

#[test]
fn the_same_token_in_a_file_and_its_map_is_one_finding() {
    let token = Dice::new(300).make("npm_{base62:30}{crc}");
    let code = format!("const a = '{token}';\n");
    let map =
        serde_json::json!({"version": 3, "sources": ["a.ts"], "sourcesContent": [code], "mappings": "AAAA"});
    let files = [
        ("package/lib/a.js".to_owned(), code.clone().into_bytes()),
        ("package/lib/a.js.map".to_owned(), map.to_string().into_bytes()),
        (
            "package/lib/b.js".to_owned(),
            format!(
                "//# sourceMappingURL=data:application/json;base64,{}\n",
                base64(map.to_string().as_bytes())
            )
            .into_bytes(),
        ),
    ];
    let found = findings(&files, "secret-");
    assert_eq!(found, [("secret-npm-token".to_owned(), "package/lib/a.js".to_owned(), Some(1))]);
    // and in an inline map alone it is found as well
    let found = findings(&files[2..], "secret-");
    assert_eq!(found, [("secret-npm-token".to_owned(), "package/lib/b.js".to_owned(), Some(1))]);
}

#[test]
fn no_report_shows_a_token_in_any_form() {
    let patterns = patterns();
    let tokens: Vec<String> = patterns
        .iter()
        .enumerate()
        .map(|(number, pattern)| Dice::new(number as u64 + 400).make(&pattern.example))
        .collect();
    let files: Vec<(String, Vec<u8>)> = tokens
        .iter()
        .enumerate()
        .map(|(number, token)| {
            (format!("package/lib/f{number}.js"), format!("const a = '{token}';\n").into_bytes())
        })
        .chain([(
            "package/.claude/settings.local.json".to_owned(),
            format!("{{\"permissions\": {{\"allow\": [\"Bash(export ACME_TOKEN={}:*)\"]}}}}", tokens[0])
                .into_bytes(),
        )])
        .collect();
    let formats: Vec<&str> = packgate::report::REPORTERS.iter().map(|reporter| reporter.name).collect();
    let arguments: Vec<String> = formats.iter().map(|format| format!("--format={format}={format}")).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (folder, _) = check(&files, &arguments);
    for format in formats {
        let output = fs::read_to_string(folder.path().join(format)).unwrap();
        assert!(output.contains("secret-npm-token"), "{format}: {output}");
        for (pattern, token) in patterns.iter().zip(&tokens) {
            for form in forms(token, &pattern.example) {
                assert!(!output.contains(&form), "{format} shows {form} of {}", pattern.rule);
            }
        }
    }
}

/// The random part of a token in the forms in which it could slip into a report.
fn forms(token: &str, recipe: &str) -> Vec<String> {
    let fixed = recipe.find('{').unwrap_or(0);
    let random = &token[fixed..];
    let middle = &random[random.len() / 3..(random.len() / 3 + 16).min(random.len())];
    // what base64 makes of it at each of the three ways to cut it
    let cuts = (0..3)
        .map(|shift| base64(&random.as_bytes()[shift..]))
        .map(|text| text.get(..20).unwrap_or(&text).to_owned());
    let hex: String = random.bytes().take(12).map(|byte| format!("{byte:02x}")).collect();
    let percent: String = random.bytes().take(12).map(|byte| format!("%{byte:02X}")).collect();
    let mut forms: Vec<String> = cuts.collect();
    forms.extend([token.to_owned(), middle.to_owned(), hex.to_uppercase(), hex, percent]);
    // what the recipe says itself is no secret: the documentation shows it
    forms.retain(|form| form.len() >= 8 && !recipe.contains(form.as_str()));
    forms
}
