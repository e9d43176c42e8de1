//! The JSON Schema of `packgate.toml`, from the list of keys.

use serde_json::{Map, Value, json};

use super::builtin;
use super::keys::{self, Form, Key};
use super::level::Level;
use super::model::OwnMode;
use super::rule_names::RuleWords;

/// Where editors find the schema; settings files and the schema itself name it.
pub const SCHEMA_ADDRESS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/raw/main/docs/packgate.schema.json");

/// The JSON Schema of a settings file, for editors, with these rules. `docs/packgate.schema.json` is this.
pub fn schema(rules: &[RuleWords]) -> Value {
    let mut schema = table("", rules);
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        schema.insert("$id".into(), SCHEMA_ADDRESS.into());
        schema.insert("title".into(), "packgate settings".into());
    }
    schema
}

fn table(name: &str, rules: &[RuleWords]) -> Value {
    let properties: Map<String, Value> =
        keys::of(name).map(|key| (key.name.to_owned(), described(key, rules))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn described(key: &Key, rules: &[RuleWords]) -> Value {
    let mut value = form(key, rules);
    if let Value::Object(value) = &mut value {
        value.insert("description".into(), key.doc.into());
    }
    value
}

fn form(key: &Key, rules: &[RuleWords]) -> Value {
    match key.form {
        Form::Table => table(key.name, rules),
        Form::Tables => {
            let mut items = table(key.name, rules);
            if let Value::Object(items) = &mut items {
                items.insert("required".into(), json!(["rule", "reason"]));
            }
            json!({ "type": "array", "items": items })
        }
        Form::Levels => levels(rules),
        Form::Policy => {
            let mut names = vec!["auto"];
            names.extend(builtin::NAMES);
            json!({ "type": "string", "minLength": 1, "examples": names })
        }
        Form::Rule => json!({ "enum": rules.iter().map(|rule| rule.name).collect::<Vec<_>>() }),
        Form::Text | Form::Glob => json!({ "type": "string", "minLength": 1 }),
        Form::Texts | Form::Globs => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
        }
        Form::Size => json!({
            "anyOf": [
                { "type": "integer", "minimum": 1 },
                { "type": "string", "pattern": r"^[0-9_]+(\.[0-9]+)? ?([kKmMgGtT][iI]?)?[bB]?$" },
            ]
        }),
        Form::Count => json!({ "type": "integer", "minimum": 1 }),
        Form::Date => json!({ "type": "string", "format": "date" }),
        Form::Mode => json!({ "enum": OwnMode::WORDS }),
    }
}

fn levels(rules: &[RuleWords]) -> Value {
    let level = |rule: &RuleWords| {
        let value = json!({ "enum": Level::WORDS, "description": rule.summary });
        (rule.name.to_owned(), value)
    };
    let properties: Map<String, Value> = rules.iter().map(level).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_it() {
        let schema = schema(&[]);
        for key in keys::KEYS {
            let top = &schema["properties"];
            let here = match key.table {
                "" => &top[key.name],
                "waive" => &top["waive"]["items"]["properties"][key.name],
                table => &top[table]["properties"][key.name],
            };
            assert_eq!(here["description"], key.doc, "{}.{}", key.table, key.name);
        }
    }
}
