//! Files that are made from the code are as the code would make them now.
//! `PACKGATE_UPDATE=1 cargo test --test it generated` makes them anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use packgate::policy::Policy;
use packgate::rules::{self, Family, Rule};
use packgate::settings::{Level, PolicyChoice, Settings};
use serde_json::Value;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn updating() -> bool {
    std::env::var_os("PACKGATE_UPDATE").is_some()
}

/// Compares a file of the repository with what it should be, or rewrites it when asked to.
fn fresh(path: &str, expected: &str) {
    let file = repository(path);
    if updating() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{path} is stale; run PACKGATE_UPDATE=1 cargo test --test it generated");
}

/// The same for a folder: these files, and no others.
fn fresh_folder(folder: &str, files: &[(String, String)]) {
    for (name, text) in files {
        fresh(&format!("{folder}/{name}"), text);
    }
    for entry in std::fs::read_dir(repository(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if files.iter().any(|(expected, _)| *expected == name) {
            continue;
        }
        assert!(
            updating(),
            "{folder}/{name} belongs to nothing that exists; run PACKGATE_UPDATE=1 cargo test --test it generated"
        );
        std::fs::remove_file(repository(folder).join(name)).unwrap();
    }
}

#[test]
fn report_schema() {
    let schema = serde_json::to_string_pretty(&packgate::report::wire::schema()).unwrap();
    fresh("docs/report.schema.json", &format!("{schema}\n"));
}

#[test]
fn settings_schema() {
    let schema =
        serde_json::to_string_pretty(&packgate::settings::schema(&packgate::rules::words())).unwrap();
    fresh("docs/packgate.schema.json", &format!("{schema}\n"));
}

#[test]
fn policy_reference() {
    fresh("docs/policy.md", &packgate::settings::reference(&packgate::rules::words()));
}

#[test]
fn secrets_page() {
    fresh("docs/secrets.md", &packgate::rules::secrets_page());
}

const POLICIES: [&str; 3] = ["proprietary", "open-source", "strict"];

fn levels() -> Vec<Policy> {
    let policies = POLICIES.into_iter().map(|name| {
        let mut settings = Settings::default();
        settings.choose(PolicyChoice::Named(name), "docs");
        Policy::resolve_for(&settings, None)
    });
    policies.collect()
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// One page a rule, and an index with the levels under each policy.
#[test]
fn rule_pages() {
    let policies = levels();
    let mut files: Vec<(String, String)> =
        rules::ALL.iter().map(|rule| (format!("{}.md", rule.name), rule_page(rule, &policies))).collect();
    files.push(("README.md".into(), rule_index(&policies)));
    fresh_folder("docs/rules", &files);
}

fn rule_page(rule: &Rule, policies: &[Policy]) -> String {
    let mut page = format!("# {}\n\n{}\n\n", rule.name, rule.summary);
    let _ = writeln!(page, "| policy | level |\n| --- | --- |");
    for (name, policy) in POLICIES.iter().zip(policies) {
        let _ = writeln!(page, "| `{name}` | {} |", word(policy.level(rule.name)));
    }
    let why = policies[0].levels.get(rule.name).and_then(|(_, _, why)| why.as_deref());
    if let Some(why) = why {
        let _ = writeln!(page, "\n{why}");
    }
    let _ = write!(
        page,
        "\n{}\n\n## In the settings\n\n```toml\n[rules]\n{} = \"off\" # or \"note\", \"warning\", \"error\"\n```\n\n\
         Family: {}. All rules: [index](README.md).\n",
        rule.docs.trim(),
        rule.name,
        rule.family.title()
    );
    page
}

fn rule_index(policies: &[Policy]) -> String {
    let mut page = format!(
        "# Rules\n\n{} rules. `packgate explain NAME` shows a page in the terminal; [policy.md](../policy.md) says how to \
         change a level.\n",
        rules::ALL.len()
    );
    let mut families: Vec<Family> = rules::ALL.iter().map(|rule| rule.family).collect();
    families.sort();
    families.dedup();
    for family in families {
        let _ = write!(
            page,
            "\n## {}\n\n| rule | what it finds | {} |\n| --- | --- | --- | --- | --- |\n",
            family.title(),
            POLICIES.join(" | ")
        );
        for rule in rules::ALL.iter().filter(|rule| rule.family == family) {
            let levels: Vec<&str> = policies.iter().map(|policy| word(policy.level(rule.name))).collect();
            let summary = rule.summary.replace('|', "\\|");
            let _ = writeln!(page, "| [{0}]({0}.md) | {summary} | {1} |", rule.name, levels.join(" | "));
        }
    }
    page
}

/// The site's contents: the pages in the order in which they are read, and every rule.
#[test]
fn contents() {
    let mut page = String::from(
        "# Summary\n\n[Documentation](README.md)\n\n- [Start in five minutes](start.md)\n- [Recipes](recipes.md)\n\
         - [Exit status](exit-status.md)\n- [Settings](policy.md)\n- [Contents lock](lock.md)\n\
         - [Internal code](internal-code.md)\n- [JSON](json.md)\n- [Accuracy](accuracy.md)\n\
         - [Performance](performance.md)\n- [Security and threat model](security.md)\n- [Secrets](secrets.md)\n\
         - [Rules](rules/README.md)\n",
    );
    for rule in rules::ALL.iter() {
        let _ = writeln!(page, "  - [{0}](rules/{0}.md)", rule.name);
    }
    fresh("docs/SUMMARY.md", &page);
}

/// The README's picture, drawn from what the program prints.
#[test]
fn picture() {
    if crate::clients::have(&["python3"]) {
        let output = std::process::Command::new("python3")
            .arg(repository("docs/pictures/make"))
            .arg(env!("CARGO_BIN_EXE_packgate"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fresh("docs/pictures/blocked.svg", &String::from_utf8(output.stdout).unwrap());
    }
}

/// The fields of the JSON report, from its schema.
#[test]
fn json_reference() {
    let schema = packgate::report::wire::schema();
    let mut page = String::from(
        "# The JSON report\n\n`packgate check --format json` prints one object, described by \
         [report.schema.json](report.schema.json). Within version 1 fields are only ever added, so a reader that ignores \
         fields it doesn't know keeps working. Characters that are invisible or that direct a terminal are written \
         `\\uXXXX`; the text a parser gets is exact.\n\n## Report\n\n",
    );
    fields(&mut page, &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let _ = write!(page, "\n## {name}\n\n{}\n\n", text(&definition["description"]));
        fields(&mut page, definition);
    }
    fresh("docs/json.md", &page);
}

fn fields(page: &mut String, definition: &Value) {
    if let Some(properties) = definition["properties"].as_object() {
        page.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
        let required = definition["required"].as_array().unwrap();
        for name in required.iter().map(text) {
            let property = &properties[name];
            let _ = writeln!(page, "| `{name}` | {} | {} |", form(property), text(&property["description"]));
        }
        assert_eq!(required.len(), properties.len(), "every field is always there");
        return;
    }
    let words = definition["oneOf"].as_array().cloned().unwrap_or_else(|| {
        let words = definition["enum"].as_array().unwrap();
        words.iter().map(|word| serde_json::json!({ "const": word })).collect()
    });
    for word in words {
        if let Some(list) = word["enum"].as_array() {
            for word in list {
                let _ = writeln!(page, "- `{}`", text(word));
            }
        } else {
            let meaning = word["description"].as_str().map(|meaning| format!(": {meaning}"));
            let _ = writeln!(page, "- `{}`{}", text(&word["const"]), meaning.unwrap_or_default());
        }
    }
}

/// A field's type in words.
fn form(property: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(items) = property.get("items") {
        return format!("list of {}", form(items));
    }
    if let Some(forms) = property["anyOf"].as_array() {
        return forms.iter().map(form).collect::<Vec<_>>().join(" or ");
    }
    match &property["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        one => text(one).to_string(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The manual, written by the program itself.
#[test]
fn manual() {
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_packgate"))
        .arg("man")
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.iter().any(|(name, _)| name == "packgate-check.1"));
    fresh_folder("docs/man", &files);
}

#[test]
fn completions_name_the_subcommands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["completions", shell])
            .output()
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("explain") && script.contains("fail-on"),
            "{shell}"
        );
        // `clap_complete` offers values of options for three shells, and of arguments for two.
        let offers: &[&str] = match shell {
            "bash" | "zsh" => &["sarif", "nupkg", "open-source", "warning", "source-map-embedded"],
            "fish" => &["sarif", "nupkg", "open-source", "warning"],
            _ => &[],
        };
        for value in offers {
            assert!(script.contains(value), "{shell} doesn't offer {value}");
        }
    }
}

#[test]
fn inventory_schema() {
    let schema = serde_json::to_string_pretty(&packgate::report::inventory::wire::schema()).unwrap();
    fresh("docs/inventory.schema.json", &format!("{schema}\n"));
}

#[test]
fn diff_schema() {
    let schema = serde_json::to_string_pretty(&packgate::report::diff::wire::schema()).unwrap();
    fresh("docs/diff.schema.json", &format!("{schema}\n"));
}
