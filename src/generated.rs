//! Documentation that is made from the code is as the code would make it now. What is needed for making it alone
//! (`schemars`, the schemas) is here and in `cfg(test)`, and no part of the program.
//! `INSTA_UPDATE=always cargo test generated` writes all of it anew.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde_json::Value;

use crate::policy::Policy;
use crate::report;
use crate::rules::{self, Family, Rule};
use crate::settings::{PolicyChoice, Settings};

#[path = "../tests/shared/fresh.rs"]
mod fresh;
mod secrets;

/// The JSON Schema of what a type is written as.
fn schema_of<T: JsonSchema>() -> Value {
    // `uint64` and the like are no formats of JSON Schema; validators warn of them.
    let no_format = schemars::transform::RecursiveTransform(|schema: &mut schemars::Schema| {
        schema.remove("format");
    });
    schemars::generate::SchemaSettings::draft2020_12()
        .with_transform(no_format)
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

#[test]
fn schemas() {
    for (name, schema) in [
        ("report", schema_of::<report::wire::Report<'static>>()),
        ("inventory", schema_of::<report::inventory::wire::Report<'static>>()),
        ("report-line", schema_of::<report::wire::Line<'static>>()),
        ("inventory-line", schema_of::<report::inventory::wire::Line<'static>>()),
        ("diff", schema_of::<report::diff::wire::Report<'static>>()),
        ("packgate", crate::settings::schema(&rules::words())),
    ] {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        fresh::file(&format!("docs/{name}.schema.json"), &format!("{text}\n"));
    }
}

#[test]
fn policy_reference() {
    fresh::file("docs/policy.md", &crate::settings::reference(&rules::words()));
}

#[test]
fn secrets_page() {
    fresh::file("docs/secrets.md", &secrets::page(&levels()[0]));
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

/// One page a rule, and an index with the levels under each policy.
#[test]
fn rule_pages() {
    let policies = levels();
    let mut files: Vec<(String, String)> =
        rules::ALL.iter().map(|rule| (format!("{}.md", rule.name), rule_page(rule, &policies))).collect();
    files.push(("README.md".into(), rule_index(&policies)));
    fresh::folder("docs/rules", &files);
}

fn rule_page(rule: &Rule, policies: &[Policy]) -> String {
    let mut page = format!("# {}\n\n{}\n\n", rule.name, rule.summary);
    let _ = writeln!(page, "| policy | level |\n| --- | --- |");
    for (name, policy) in POLICIES.iter().zip(policies) {
        let _ = writeln!(page, "| `{name}` | {} |", policy.level(rule.name).word());
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
            let levels: Vec<&str> = policies.iter().map(|policy| policy.level(rule.name).word()).collect();
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
        "# Summary\n\n[packgate](README.md)\n\n- [Start in five minutes](start.md)\n- [Recipes](recipes.md)\n\
         - [Publishing](publish.md)\n\
         - [Exit status](exit-status.md)\n- [Settings](policy.md)\n- [Contents lock](lock.md)\n\
         - [Internal code](internal-code.md)\n- [JSON](json.md)\n- [Whole registries](fleet.md)\n\
         - [Accuracy](accuracy.md)\n- [Performance](performance.md)\n- [Comparison](comparison.md)\n\
         - [Security and threat model](security.md)\n- [Secrets](secrets.md)\n\
         - [Rules](rules/README.md)\n",
    );
    for rule in rules::ALL.iter() {
        let _ = writeln!(page, "  - [{0}](rules/{0}.md)", rule.name);
    }
    fresh::file("docs/SUMMARY.md", &page);
}

/// The fields of the JSON report, from its schema.
#[test]
fn json_reference() {
    let schema = schema_of::<report::wire::Report<'static>>();
    let mut page = String::from(
        "# The JSON report\n\n`packgate check --format json` prints one object, described by \
         [report.schema.json](report.schema.json). Within version 1 fields are only ever added, so a reader that ignores \
         fields it doesn't know keeps working. With `--format ndjson`, each artifact is a line of its own as soon as it is \
         judged: [its fields](#artifact), and `schema` and `tool` beside them ([report-line.schema.json]\
         (report-line.schema.json)). Characters that are invisible or that direct a terminal are written \
         `\\uXXXX`; the text a parser gets is exact.\n\n## Report\n\n",
    );
    fields(&mut page, &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let _ = write!(page, "\n## {name}\n\n{}\n\n", text(&definition["description"]));
        fields(&mut page, definition);
    }
    fresh::file("docs/json.md", &page);
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
