//! The project's own source text, through the whole program: written at random from a seed, put into wrappings, and
//! built as compilers build.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::dice::{Dice, base64};
use crate::samples::{npm_tarball, plant};

const OWN: &[&str] = &["own-source", "own-comments"];

/// A module as it is written, and what a compiler makes of it, with and without its comments.
struct Module {
    source: String,
    commented: String,
    built: String,
    declared: String,
}

/// A module of random words: nothing of it stands anywhere else.
fn module(dice: &mut Dice) -> Module {
    let mut word = |count: usize| dice.characters("abcdefghijklmnopqrstuvwxyz", count);
    let mut made = Module {
        source: "import type { Clock } from './clock';\n".to_owned(),
        commented: String::new(),
        built: String::new(),
        declared: String::new(),
    };
    for _ in 0..6 {
        let (name, list, item, field) = (word(9), word(8), word(6), word(7));
        let (reason, doc, number) =
            (format!("{} {} {} {}", word(5), word(8), word(4), word(6)), word(20), word(3).len());
        let comment = format!("  // {reason} before the {item} is dropped\n");
        let documented = format!("/**\n * Says whether {doc} of a {name} holds.\n */\n");
        let body = format!(
            "  for (const {item} of {list}) {{\n    if ({item}.{field} > {number}) return {item}.{field} - {list}.length;\n  }}\n  {list}.push('{field} {item}\\n');\n  return {number};\n}}\n"
        );
        let typed = format!(
            "export function {name}({list}: Array<Record<string, number>>, clock: Clock): number {{\n"
        );
        let bare = format!("export function {name}({list}, clock) {{\n");
        made.source += &format!("\n{documented}{typed}{comment}{body}");
        made.commented += &format!("{documented}{bare}{comment}{body}");
        made.built += &format!("{bare}{body}");
        made.declared += &format!(
            "{documented}export declare function {name}({list}: Array<Record<string, number>>, clock: Clock): number;\n"
        );
    }
    made
}

/// A project of these source files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let manifest =
        r#"{"name": "@acme/rates", "version": "1.0.0", "license": "UNLICENSED", "files": ["dist"]}"#;
    plant(folder.path(), [("package.json", manifest)]);
    plant(folder.path(), files.iter().copied());
    folder
}

fn packgate(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code != 2), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Packs files under a name and checks them in a project.
fn check(project: &Path, name: &str, files: &[(String, Vec<u8>)]) -> Value {
    let manifest = format!(
        r#"{{"name": "{name}", "version": "1.0.0", "license": "UNLICENSED", "files": ["dist", "src"]}}"#
    );
    let mut all = vec![("package/package.json".to_owned(), manifest.into_bytes())];
    all.extend(files.iter().map(|(path, bytes)| (format!("package/{path}"), bytes.clone())));
    let folder = TempDir::new().unwrap();
    let artifact = folder.path().join("package-1.0.0.tgz");
    fs::write(&artifact, npm_tarball(&all)).unwrap();
    let text = packgate(&["check", artifact.to_str().unwrap(), "--format", "json"], project);
    serde_json::from_str::<Value>(&text).unwrap()["artifacts"][0].take()
}

/// Rule, level and place of what is said of own text.
fn said(report: &Value) -> Vec<(String, String, String)> {
    let found = report["findings"].as_array().unwrap().iter();
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    found
        .filter(|finding| OWN.iter().any(|rule| finding["rule"] == *rule))
        .map(|finding| (word(finding, "rule"), word(finding, "level"), word(finding, "place")))
        .collect()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(6);
    let size = Some(bytes.len() as u64);
    let mut lzma = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, size).unwrap();
    lzma.write_all(bytes).unwrap();
    lzma.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// One text in every wrapping, each as a file.
fn wrapped(text: &str) -> Vec<(String, Vec<u8>)> {
    let lines = || text.lines().enumerate();
    let bytes = text.as_bytes();
    let numbered: String = lines().map(|(number, line)| format!("{:>5}  {line}\r\n", number + 1)).collect();
    let patch: String = text.lines().map(|line| format!("+{line}\n")).collect();
    let listed: Vec<&str> = text.lines().collect();
    let json = serde_json::json!({ "modules": [{ "source": text }] }).to_string();
    let twice = serde_json::json!({ "report": json }).to_string();
    let literal = serde_json::to_string(text).unwrap();
    let percent = |text: &str| -> String {
        let character = |byte: u8| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        text.bytes().map(character).collect()
    };
    let in_address = percent(text);
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;");
    let coloured =
        escaped.replace("for ", "<span class=\"k\">for</span> ").replace("return ", "<b>return</b> ");
    let rows: String = coloured.lines().map(|line| format!("<tr><td>{line}</td></tr>")).collect();
    let by_number: String = text.chars().map(|character| format!("\\x{:02x}", character as u32)).collect();
    let as_bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    let attribute = escaped.replace('"', "&quot;").replace('\n', "&#10;");
    let found: String = lines().map(|(number, line)| format!("src/a.ts:{number}:{line}\n")).collect();
    let blamed: String =
        lines().map(|(n, line)| format!("3f2a1bc (Ada 2026-11-26 10:00:00 +0000 {n:>3}) {line}\n")).collect();
    let literals: Vec<String> = listed.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
    let written: String = literals.iter().map(|line| format!("out.write({line})\n")).collect();
    let cells: String =
        lines().map(|(n, line)| format!("a,{n},\"{}\",seen\n", line.replace('"', "\"\""))).collect();
    let shown = text.replace("return ", "\x1b[35mreturn\x1b[0m ").replace("const ", "\x1b[34mconst\x1b[0m ");
    let stored: Vec<u8> =
        listed.iter().flat_map(|line| [&[0xD9, line.len() as u8], line.as_bytes()].concat()).collect();
    let all: [(&str, Vec<u8>); 34] = [
        ("dist/a.ts", bytes.to_vec()),
        ("dist/a.js", bytes.to_vec()),
        ("dist/a.orig", bytes.to_vec()),
        ("dist/listing.txt", numbered.into_bytes()),
        ("dist/a.patch", format!("--- a/a.ts\n+++ b/a.ts\n@@ -0,0 +1,90 @@\n{patch}").into_bytes()),
        ("dist/lines.json", serde_json::to_vec_pretty(&listed).unwrap()),
        ("dist/notes", utf16(text)),
        ("dist/a.pack", [b"\0\x01wpc\0\0".as_slice(), bytes, b"\0\xff\xfe\0"].concat()),
        ("dist/stats.json", json.into_bytes()),
        ("dist/report.json", twice.into_bytes()),
        ("dist/module.js", format!("module.exports = {literal};\n").into_bytes()),
        ("dist/eval.js", format!("eval({literal});\n").into_bytes()),
        ("dist/address.css", format!("a {{ b: url(data:text/plain,{in_address}) }}\n").into_bytes()),
        ("dist/a.ts.html", format!("<html><pre>{coloured}</pre></html>\n").into_bytes()),
        ("dist/lines.html", format!("<pre>{}</pre>\n", coloured.replace('\n', "</pre>\n<pre>")).into_bytes()),
        ("dist/table.html", format!("<html><table>{rows}</table></html>\n").into_bytes()),
        ("dist/escapes.js", format!("let a = '{by_number}';\n").into_bytes()),
        ("dist/bytes.js", format!("new Uint8Array([{}]);\n", as_bytes.join(",")).into_bytes()),
        ("dist/a.xml", format!("<a b=\"{attribute}\"/>\n").into_bytes()),
        ("dist/a.md", bytes.to_vec()),
        ("dist/a.gz", gzip(bytes)),
        ("dist/a.zip", zip(&[("a.ts", bytes)])),
        ("dist/b.zip", zip(&[("inner.bin", &zip(&[("a.txt", &utf16(text))]))])),
        ("dist/found", found.into_bytes()),
        ("dist/blamed", blamed.into_bytes()),
        ("dist/list.js", format!("module.exports=[{}];", literals.join(",")).into_bytes()),
        ("dist/write.py", written.into_bytes()),
        ("dist/cells.csv", cells.into_bytes()),
        ("dist/session", shown.into_bytes()),
        ("dist/strings.bin", [b"\0\x01".as_slice(), &stored].concat()),
        ("dist/quoted.js", format!("let a = \"{}\";\n", percent(&literal)).into_bytes()),
        ("dist/lzma.json", serde_json::json!({ "data": base64(&lzma(bytes)) }).to_string().into_bytes()),
        ("dist/twice.js", format!("export default '{}';\n", base64(&gzip(&gzip(bytes)))).into_bytes()),
        ("dist/c.tgz", npm_tarball(&[("x/a.ts.bak".to_owned(), bytes.to_vec())])),
    ];
    all.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect()
}

#[test]
fn is_found_in_every_wrapping_and_nowhere_else() {
    for seed in 0..3 {
        let mut dice = Dice::new(seed);
        let (one, other) = (module(&mut dice), module(&mut dice));
        let folder = project(&[("src/rates.ts", &one.source), ("src/other.ts", &other.source)]);
        // Of more entries than these, it is told by folder.
        for wrapped_once in wrapped(&one.source).chunks(20) {
            let report = check(folder.path(), "@acme/rates", wrapped_once);
            let said_of_it = said(&report);
            assert_eq!(said_of_it.len(), wrapped_once.len(), "seed {seed}: {said_of_it:?}");
            for (path, _) in wrapped_once {
                let of =
                    |(_, _, place): &&(String, String, String)| place.starts_with(&format!("package/{path}"));
                let (rule, level, _) =
                    said_of_it.iter().find(of).unwrap_or_else(|| panic!("seed {seed}: {path}"));
                assert_eq!((rule.as_str(), level.as_str()), ("own-source", "error"), "seed {seed}, {path}");
            }
            let findings = report["findings"].as_array().unwrap().iter();
            for finding in findings.filter(|finding| finding["rule"] == "own-source") {
                let file = &finding["evidence"]["files"][0];
                assert_eq!(file["file"], "src/rates.ts", "seed {seed}: {finding}");
                assert!(file["lines"].as_u64().unwrap() >= 20, "seed {seed}: {finding}");
            }
        }
        let stranger = module(&mut dice);
        let report = check(folder.path(), "@acme/rates", &wrapped(&stranger.source));
        assert!(said(&report).is_empty(), "seed {seed}: {:?}", said(&report));
    }
}

#[test]
fn honest_builds_hold_none() {
    for seed in 10..13 {
        let mut dice = Dice::new(seed);
        let made = module(&mut dice);
        let folder = project(&[("src/rates.ts", &made.source)]);
        let of = |path: &str, text: &str| {
            said(&check(folder.path(), "@acme/rates", &[(path.to_owned(), text.as_bytes().to_vec())]))
        };
        let minified = made.built.split_whitespace().collect::<Vec<_>>().join(" ");
        for (path, text) in [
            ("dist/rates.js", &made.built),
            ("dist/rates.min.js", &minified),
            ("dist/rates.d.ts", &made.declared),
            ("README.md", &made.source.lines().take(30).collect::<Vec<_>>().join("\n")),
        ] {
            assert!(of(path, text).is_empty(), "seed {seed}, {path}: {:?}", of(path, text));
        }
        let commented = of("dist/rates.js", &made.commented);
        assert_eq!(commented.len(), 1, "seed {seed}: {commented:?}");
        assert_eq!(
            (commented[0].0.as_str(), commented[0].1.as_str()),
            ("own-comments", "warning"),
            "seed {seed}"
        );
    }
}

#[test]
fn what_a_script_has_beside_its_code_is_no_code_of_it() {
    for seed in 60..63 {
        let made = module(&mut Dice::new(seed));
        // JavaScript: nothing of it is gone when it is built, but for comments.
        let (written, built) = (&made.commented, &made.built);
        let folder = project(&[("src/rates.js", written)]);
        let of = |text: &str| {
            let found = said(&check(folder.path(), "@acme/rates", &[("dist/a.js".to_owned(), text.into())]));
            found.into_iter().map(|(rule, level, _)| format!("{rule} {level}")).collect::<Vec<_>>()
        };
        let as_literals: String = written
            .lines()
            .map(|line| format!("  {} +\n", serde_json::to_string(&format!("{line}\n")).unwrap()))
            .collect();
        let as_comments: String = written.lines().map(|line| format!("// {line}\n")).collect();
        let in_block = written.replace("/*", "").replace("*/", "");
        let in_template = written.replace('\\', "\\\\");
        for leak in [
            format!("let a = `{in_template}`;\n"),
            format!("let a =\n{as_literals}  '';\n"),
            format!("let a;\n{as_comments}"),
            format!("let a;\n/*\n{in_block}*/\n"),
        ] {
            assert!(of(&leak).contains(&"own-source error".to_owned()), "seed {seed}: {leak}");
        }
        // Code in regular expressions that a mere search for quotes would take for literals.
        for honest in
            [format!("let a = () => {{ return /`/ }}\n{built}"), format!("let a = '/*' + b;\n{built}")]
        {
            assert!(of(&honest).is_empty(), "seed {seed}: {honest}");
        }
        let comments: String = written
            .lines()
            .filter(|line| line.contains("//") || line.contains('*'))
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(of(&format!("{comments}\nlet a;\n")), ["own-comments warning"], "seed {seed}");
    }
}

#[test]
fn a_file_that_the_allowlist_names_where_it_stands_is_meant() {
    let made = module(&mut Dice::new(20));
    let folder = project(&[("src/rates.ts", &made.source), ("src/plain.js", &made.commented)]);
    let of = |path: &str, text: &str| {
        said(&check(folder.path(), "@acme/rates", &[(path.to_owned(), text.as_bytes().to_vec())]))
    };
    assert!(of("src/rates.ts", &made.source).is_empty());
    assert_eq!(of("dist/rates.ts", &made.source).len(), 1);
    assert_eq!(of("lib/rates.ts", &made.source).len(), 1);
    // JavaScript runs as it is written, wherever it stands.
    assert!(of("dist/plain.js", &made.commented).is_empty());
}

#[test]
fn the_artifact_of_another_project_is_left_alone_unless_settings_say_so() {
    let made = module(&mut Dice::new(30));
    let folder = project(&[("src/rates.ts", &made.source)]);
    let files = [("dist/a.patch".to_owned(), made.source.clone().into_bytes())];
    let of = |name: &str| check(folder.path(), name, &files);
    assert_eq!(said(&of("@acme/rates")).len(), 1);
    let rates = of("@acme/rates");
    let not_applied =
        rates["not_applied"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap());
    // There is no repository to compare with.
    assert_eq!(not_applied.collect::<Vec<_>>(), ["differs-from-commit", "not-in-commit"]);
    let other = of("@acme/other");
    assert!(said(&other).is_empty());
    assert_eq!(other["not_applied"][0]["rule"], "own-source");
    plant(folder.path(), [("packgate.toml", "own = \"on\"\n")]);
    assert_eq!(said(&of("@acme/other")).len(), 1);
    plant(folder.path(), [("packgate.toml", "own = \"off\"\n")]);
    assert!(said(&of("@acme/rates")).is_empty());
    plant(folder.path(), [("packgate.toml", "own-folders = [\"other\"]\n"), ("other/x.ts", "")]);
    assert!(said(&of("@acme/rates")).is_empty());
}

#[test]
fn a_release_job_without_the_sources_goes_by_fingerprints() {
    let made = module(&mut Dice::new(40));
    let sources = project(&[("src/rates.ts", &made.source)]);
    packgate(&["fingerprint", "--own", "-o", "own.fingerprints"], sources.path());
    let bytes = fs::read(sources.path().join("own.fingerprints")).unwrap();
    for word in made.source.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 7) {
        assert!(memchr::memmem::find(&bytes, word.as_bytes()).is_none(), "{word}");
    }
    let job = TempDir::new().unwrap();
    plant(job.path(), [("packgate.toml", "own-fingerprints = [\"own.fingerprints\"]\n")]);
    fs::write(job.path().join("own.fingerprints"), &bytes).unwrap();
    let files = [("dist/a.patch".to_owned(), made.source.clone().into_bytes())];
    assert_eq!(said(&check(job.path(), "@acme/rates", &files)).len(), 1);
    assert!(said(&check(job.path(), "@acme/other", &files)).is_empty());
    fs::write(job.path().join("own.fingerprints"), &bytes[..bytes.len() / 2]).unwrap();
    let broken =
        Command::new(env!("CARGO_BIN_EXE_packgate")).args(["check", "."]).current_dir(job.path()).output();
    assert_eq!(broken.unwrap().status.code(), Some(2));
}

#[test]
fn it_is_counted_and_given_back() {
    let made = module(&mut Dice::new(50));
    let folder = project(&[("src/rates.ts", &made.source)]);
    let files = [("dist/a.zip".to_owned(), zip(&[("inner.txt", made.source.as_bytes())]))];
    let report = check(folder.path(), "@acme/rates", &files);
    assert_eq!(report["totals"]["exposed_files"], 1);
    assert!(report["totals"]["exposed_lines"].as_u64().unwrap() >= 20);
    let artifact = folder.path().join("rates-1.0.0.tgz");
    let manifest = br#"{"name": "@acme/rates", "version": "1.0.0"}"#.to_vec();
    let all = [
        ("package/package.json".to_owned(), manifest),
        (format!("package/{}", files[0].0), files[0].1.clone()),
    ];
    fs::write(&artifact, npm_tarball(&all)).unwrap();
    packgate(&["recover", "rates-1.0.0.tgz", "-o", "out"], folder.path());
    let given = fs::read_to_string(folder.path().join("out/src/rates.ts")).unwrap();
    assert!(made.source.contains(&given) && given.lines().count() > 40, "{given}");
}
