//! Turns the tables in `policies/` into Rust, so that the program reads none of them when it starts.
//! A table that is wrong does not compile.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a build script fails by panicking and speaks to cargo by printing"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

#[path = "src/inspect/secret/floor.rs"]
mod floor;
#[path = "build/matches.rs"]
mod matches;

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let tables = [
        ("secrets", "rule", secrets as fn(&[Value]) -> String),
        ("stray", "rule", stray),
        ("signs", "sign", signs),
        ("settings_files", "rule", settings_files),
        ("compiled", "language", compiled),
    ];
    for (file, key, write) in tables {
        let source = root.join("policies").join(file).with_extension("toml");
        println!("cargo::rerun-if-changed={}", source.display());
        fs::write(out.join(file).with_extension("rs"), write(&rows(&source, key)))
            .expect("OUT_DIR is writable");
    }
    for file in ["src/inspect/secret/floor.rs", "build/matches.rs"] {
        println!("cargo::rerun-if-changed={}", root.join(file).display());
    }
    fs::write(out.join("floors.rs"), floors()).expect("OUT_DIR is writable");
    let source = root.join("policies/licences.toml");
    println!("cargo::rerun-if-changed={}", source.display());
    fs::write(out.join("licences.rs"), licences(&source)).expect("OUT_DIR is writable");
    let files = tables.iter().map(|(file, ..)| *file).chain(["licences"]);
    println!("cargo::rustc-env=PACKGATE_TABLES={}", digest(&root.join("policies"), files));
    println!("cargo::rustc-env=PACKGATE_FACTS={}", facts(&root.join("src/inventory")));
}

/// SHA-256 over the digests of some tables: part of what the digest of a policy stands for.
fn digest<'a>(folder: &Path, files: impl Iterator<Item = &'a str>) -> String {
    let mut all = Sha256::new();
    for file in files {
        let text = fs::read_to_string(folder.join(file).with_extension("toml")).expect("it was read before");
        all.update(Sha256::digest(text.replace("\r\n", "\n")));
    }
    all.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The beginning of a SHA-256 over the definitions of facts: two programs that have the same can read each other's.
fn facts(folder: &Path) -> String {
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = fs::read_dir(folder).expect("the facts are defined there");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut all = Sha256::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("it is Rust");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            all.update(line);
            all.update("\n");
        }
    }
    all.finalize().iter().take(8).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The tables of a file that has no others.
fn rows(file: &Path, key: &str) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut table: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    match table.remove(key) {
        Some(Value::Array(rows)) if table.is_empty() => rows,
        _ => panic!("{}: [[{key}]] tables and nothing else", file.display()),
    }
}

/// What stands between the name of a variable and its value: quotes and brackets, a sign, or what code writes to take the
/// value where the environment has none; in YAML, JSON and XML, the name of the field that has it.
const IS: &str = concat!(
    r#"\\?["']?[\])]{0,2}(?:[ \t]{0,3}(?:=>|\|\|=?|\?\?=?|\?:|:=|[:=,]|or\b|\.unwrap_or\()[ \t]{0,3}(?:default[ \t]?=[ \t]?)?"#,
    r#"|,?[ \t\r\n]{1,16}\\?["']?value\\?["']?[ \t]?[:=][ \t]?)\\?["'`]?"#
);

/// Where most rules look.
const EVERYWHERE: &str = "wherever it stands in the package: in texts, in what source maps and inline maps hold, in \
    binaries and bytecode, in nested archives";

fn secrets(rules: &[Value]) -> String {
    let mut code = String::from("&[\n");
    let mut family = String::new();
    for rule in rules {
        let mut rule = Fields::new(rule);
        family = rule.text_or("family", &family);
        let (name, what, grants, revoke) =
            (rule.text("name"), rule.text("what"), rule.text("grants"), rule.text("revoke"));
        let place = rule.text_or("where", EVERYWHERE);
        let only_checked = rule.flag("check-only");
        let patterns = rule.tables("pattern");
        assert!(only_checked == patterns.is_empty(), "{name}: has patterns, or is check-only");
        let docs = format!(
            "## What it does\n\nFinds {what}, {place}.\n\n## Why it matters\n\nA package is \
             public the moment it is published, and is copied at once. Whoever reads {what} there can \
             {grants}.\n\n## What to do\n\nTake it out of the package, and make it worthless: {revoke}. Taking the \
             release back does not help, as copies stay. The report shows neither the secret nor a part of its \
             random characters, only its length and a digest that tells two of them apart.\n\n## Example\n\n{}\n",
            example_text(&patterns)
        );
        let _ = writeln!(
            code,
            "SecretRule {{ family: {family:?}, name: {name:?}, what: {what:?}, grants: {grants:?}, revoke: {revoke:?}, docs: {docs:?}, patterns: &["
        );
        for pattern in &patterns {
            let mut pattern = Fields::new(pattern);
            let check = pattern.text_or("check", "");
            let regex = pattern.text_or("regex", "").replace("<is>", IS);
            let longest = pattern.number("longest", 0);
            assert!(regex.is_empty() || longest > 0, "{name}: longest is missing");
            let keywords = pattern.texts("keywords");
            let example = pattern.text("example");
            let in_run = pattern.flag("run");
            let context = pattern.flag("context");
            // a group and the padding of base64 are no signs between a name and its value
            let signs = regex.replace("(?:", "(").replace("={0,2}", "").replace("+/=", "+/");
            let names_value = signs.contains(['"', '\'', '=', ':', ' ']);
            // what is assigned to a name may be written with escapes between, and the rest of a context be anything
            let is_token = !context && !names_value;
            let (shortest, alphabet) = if is_token { matches::extent(&regex) } else { (0, [0; 4]) };
            let bits = if regex.is_empty() { 0.0 } else { matches::random_bits(&regex, &example) };
            assert!(
                keywords.iter().all(|word| word.len() >= 3),
                "{name}: a keyword has at least three bytes"
            );
            let _ = writeln!(
                code,
                "Pattern {{ keywords: &{keywords:?}, in_run: {in_run}, names_value: {names_value}, regex: {regex:?}, before: {}, context: {context}, longest: {longest}, shortest: {shortest}, alphabet: {alphabet:?}, guard: Guard::{}, check: Check::{}, bits: {bits:?}, example: {:?}, near: &{:?} }},",
                pattern.number("before", 0),
                camel(&pattern.text_or("guard", "word")),
                camel(if check.is_empty() { "random" } else { &check }),
                example,
                pattern.texts("near"),
            );
            pattern.done(&name);
        }
        code.push_str("] },\n");
        rule.done(&name);
    }
    code.push(']');
    code
}

/// What values of a form that is not known have at least, by their length: tokens, drawn from sixteen digits, and
/// passwords, from letters and digits.
fn floors() -> String {
    let of =
        |letters: u32| (0..=floor::LONGEST).map(|length| floor::floor(letters, length)).collect::<Vec<f64>>();
    format!("Floors {{ tokens: {:?}, passwords: {:?} }}", of(16), of(62))
}

/// How a token looks, from the recipe of the first pattern.
fn example_text(patterns: &[Value]) -> String {
    let Some(first) = patterns.first() else {
        return "Found by looking into the file's own format, so there is no pattern to show.".to_owned();
    };
    let recipe = Fields::new(first).text("example");
    format!(
        "```text\n{recipe}\n```\n\nBraces stand for random characters: `{{base62:30}}` for thirty letters and digits."
    )
}

fn stray(rules: &[Value]) -> String {
    let mut code = String::from("&[\n");
    for rule in rules {
        let mut rule = Fields::new(rule);
        let (name, one, what) = (rule.text("name"), rule.text("one"), rule.text("what"));
        let (why, fix) = (rule.text("why"), rule.text("fix"));
        let folders = rule.flag("folders");
        let part_of = rule.text_or("part-of", "");
        let rows = rule.tables("row");
        let mut listed = String::new();
        let mut exempt: Vec<String> = Vec::new();
        let mut rows_code = String::new();
        for row in &rows {
            let mut row = Fields::new(row);
            let paths = row.texts("paths");
            let sign = row.text_or("sign", "");
            assert!(!paths.is_empty() || !sign.is_empty(), "{name}: a row has paths or a sign");
            let special = row.text_or("why", "");
            let not = row.texts("not");
            for path in paths.iter().take(12) {
                let _ = write!(listed, "{path}  ");
            }
            if paths.is_empty() {
                let _ = write!(listed, "({sign}, by content)  ");
            }
            listed.push('\n');
            let _ = writeln!(
                rows_code,
                "StrayRow {{ paths: &{paths:?}, not: &{not:?}, sign: {sign:?}, unless: {:?}, kinds: &{:?}, top: {}, plugin: {}, why: {special:?} }},",
                row.text_or("unless", ""),
                row.texts("kinds"),
                row.flag("top"),
                row.flag("plugin"),
            );
            if paths.is_empty() {
                exempt.extend(not.iter().map(|pattern| format!("`{pattern}`")));
            }
            row.done(&name);
        }
        let exempt = match exempt.is_empty() {
            true => String::new(),
            false => format!(
                "What is recognised by content alone is left alone at these paths: {}.\n\n",
                exempt.join(", ")
            ),
        };
        let docs = format!(
            "## What it does\n\nFinds {what}.\n\n{exempt}## Why it matters\n\nA stranger gets {why}.\n\n## What to do\n\n\
             {fix} An npm allowlist works by folder: `\"files\": [\"dist\"]` still ships what lies under `dist/`, \
             and `\"!dist/**/NAME\"` takes it out. Cargo has `exclude`, setuptools `exclude_package_data`, VS Code \
             `.vscodeignore`.\n\n## Example\n\n```text\n{listed}```\n"
        );
        let _ = writeln!(
            code,
            "StrayRule {{ name: {name:?}, one: {one:?}, what: {what:?}, why: {why:?}, fix: {fix:?}, docs: {docs:?}, folders: {folders}, part_of_another: {}, rows: &[{rows_code}] }},",
            !part_of.is_empty()
        );
        rule.done(&name);
    }
    code.push(']');
    code
}

fn signs(signs: &[Value]) -> String {
    let mut code = String::from("&[\n");
    for sign in signs {
        let mut sign = Fields::new(sign);
        let name = sign.text("name");
        let (begins, words) = (sign.bytes("begins"), sign.bytes("words"));
        let named = sign.flag("named");
        assert!(
            named != (!begins.is_empty() || !words.is_empty()),
            "{name}: has begins or words, or is named"
        );
        assert!(words.iter().all(|word| word.len() >= 3), "{name}: a word has at least three bytes");
        let (fires, near) = (sign.bytes("fires"), sign.bytes("near"));
        assert!(!fires.is_empty() && !near.is_empty(), "{name}: examples of what fires and of near misses");
        let _ = writeln!(
            code,
            "Sign {{ name: {name:?}, begins: {}, words: {}, form: Form::{}, all: {}, any: {}, pattern: {:?}, named: {named}, fires: {}, near: {} }},",
            byte_strings(&begins),
            byte_strings(&words),
            camel(&sign.text_or("form", "any")),
            byte_strings(&sign.bytes("all")),
            byte_strings(&sign.bytes("any")),
            sign.text_or("pattern", ""),
            byte_strings(&fires),
            byte_strings(&near),
        );
        sign.done(&name);
    }
    code.push(']');
    code
}

fn settings_files(rules: &[Value]) -> String {
    let mut code = String::from("&[\n");
    for rule in rules {
        let mut rule = Fields::new(rule);
        let (what, paths) = (rule.text("what"), rule.texts("paths"));
        assert!(paths.iter().all(|path| path.to_lowercase() == *path), "{what}: paths are in lower case");
        let _ = writeln!(
            code,
            "SettingsFile {{ what: {what:?}, paths: &{paths:?}, not: &{:?}, anywhere: {}, format: Format::{}, example: {:?}, near: &{:?} }},",
            rule.texts("not"),
            rule.flag("anywhere"),
            camel(&rule.text("format")),
            rule.text("example"),
            rule.texts("near"),
        );
        rule.done(&what);
    }
    code.push(']');
    code
}

fn compiled(languages: &[Value]) -> String {
    let mut code = String::from("&[\n");
    for language in languages {
        let mut language = Fields::new(language);
        let name = language.text("name");
        let (ends, compiled) = (language.texts("ends"), language.texts("compiled"));
        let dotted = |end: &String| end.starts_with('.');
        assert!(!ends.is_empty() && ends.iter().all(dotted), "{name}: ends begin with a dot");
        assert!(!compiled.is_empty(), "{name}: what it is compiled to");
        let _ = writeln!(
            code,
            "Language {{ name: {name:?}, ends: &{ends:?}, not: &{:?}, compiled: &{compiled:?}, shown: Shown::{}, needed: &{:?}, natural: &{:?} }},",
            language.texts("not"),
            camel(&language.text("shown")),
            language.texts("needed"),
            language.texts("natural"),
        );
        language.done(&name);
    }
    code.push(']');
    code
}

fn byte_strings(strings: &[Vec<u8>]) -> String {
    let literals: Vec<String> =
        strings.iter().map(|bytes| format!("b\"{}\"", bytes.escape_ascii())).collect();
    format!("&[{}]", literals.join(", "))
}

/// `jwt-service-role` as `JwtServiceRole`.
fn camel(name: &str) -> String {
    let capital = |word: &str| word.get(..1).unwrap_or("").to_uppercase() + word.get(1..).unwrap_or("");
    name.split('-').map(capital).collect()
}

/// A table's fields, taken out one by one; what is left at the end is a misspelling.
struct Fields(Table);

impl Fields {
    fn new(value: &Value) -> Self {
        Self(value.as_table().expect("a table").clone())
    }

    fn text(&mut self, key: &str) -> String {
        match self.0.remove(key) {
            Some(Value::String(text)) => text,
            other => panic!("{key}: a string is wanted, not {other:?} in {:?}", self.0),
        }
    }

    fn text_or(&mut self, key: &str, default: &str) -> String {
        if self.0.contains_key(key) { self.text(key) } else { default.to_owned() }
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        match self.0.remove(key) {
            None => Vec::new(),
            Some(Value::Array(list)) => {
                list.iter().map(|item| item.as_str().expect("a list of strings").to_owned()).collect()
            }
            other => panic!("{key}: a list is wanted, not {other:?}"),
        }
    }

    /// Strings as bytes: characters up to U+00FF are one byte each, unless a string has others, too.
    fn bytes(&mut self, key: &str) -> Vec<Vec<u8>> {
        let bytes = |text: String| {
            let narrow: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
            narrow.unwrap_or_else(|_| text.into_bytes())
        };
        self.texts(key).into_iter().map(bytes).collect()
    }

    fn tables(&mut self, key: &str) -> Vec<Value> {
        match self.0.remove(key) {
            None => Vec::new(),
            Some(Value::Array(list)) => list,
            other => panic!("{key}: tables are wanted, not {other:?}"),
        }
    }

    fn number(&mut self, key: &str, default: i64) -> i64 {
        self.0.remove(key).map_or(default, |value| value.as_integer().expect("an integer"))
    }

    fn flag(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some_and(|value| value.as_bool().expect("true or false"))
    }

    fn done(self, rule: &str) {
        assert!(self.0.is_empty(), "{rule}: unknown fields {:?}", self.0);
    }
}

/// The texts of the licences that the file names.
fn licences(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let table: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut code = String::from("&[\n");
    for name in table.get("known").and_then(Value::as_array).into_iter().flatten() {
        let name = name.as_str().expect("names of licences are texts");
        let known = spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == name);
        let (_, text) = known.unwrap_or_else(|| panic!("{}: no licence {name}", file.display()));
        let _ = writeln!(code, "({name:?}, {text:?}),");
    }
    code.push(']');
    code
}
