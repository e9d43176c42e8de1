//! Checks that every table needs: of its keys, and of values of the common forms.

use super::keys::{self, Key};
use super::level::Level;
use super::node::{self, Node, Value};
use super::problem::{Problems, did_you_mean};
use super::rule_names;

/// The members of a table whose keys are known, each with its key; the others are reported.
pub(super) fn table<'a>(
    name: &str,
    node: &'a Node,
    problems: &mut Problems,
) -> Vec<(&'static Key, &'a Node)> {
    let title = if name.is_empty() { "settings".to_owned() } else { format!("\"{name}\"") };
    let Value::Table(members) = &node.value else {
        problems.add(&node.span, format!("{title} must be a table, this is {}", node.what()), "");
        return Vec::new();
    };
    let mut known: Vec<(&'static Key, &Node)> = Vec::new();
    for (key, value) in members {
        let Some(found) = keys::of(name).find(|known| known.name == key.text) else {
            unknown_key(name, key, problems);
            continue;
        };
        if known.iter().any(|(earlier, _)| earlier.name == found.name) {
            problems.add(&key.span, format!("\"{}\" is here twice", key.text), "");
        }
        known.push((found, value));
    }
    known
}

/// The key that means what other programs, or people, call so.
fn called_otherwise(table: &str, word: &str) -> Option<String> {
    const WAIVER: [(&str, &[&str]); 5] = [
        (
            "expires",
            &["until", "expire", "expiry", "expiration", "valid-until", "ignore-until", "date", "end"],
        ),
        ("reason", &["because", "why", "comment", "note", "justification", "message", "description"]),
        ("place", &["path", "paths", "file", "files", "glob", "where", "location", "target"]),
        ("rule", &["rules", "id", "check", "name"]),
        ("fingerprint", &["finding", "hash", "finding-id"]),
    ];
    let plain = word.to_ascii_lowercase().replace('_', "-");
    let (name, _) = WAIVER.iter().find(|(_, others)| table == "waive" && others.contains(&plain.as_str()))?;
    Some(format!("it is called \"{name}\" here"))
}

fn unknown_key(table: &str, key: &node::Key, problems: &mut Problems) {
    let place = if table.is_empty() { String::new() } else { format!(" in [{table}]") };
    let help = called_otherwise(table, &key.text)
        .or_else(|| did_you_mean(&key.text, keys::of(table).map(|key| key.name)))
        .or_else(|| elsewhere(table, &key.text))
        .unwrap_or_else(|| {
            let names: Vec<&str> = keys::of(table).map(|key| key.name).collect();
            format!("known here: {}", names.join(", "))
        });
    problems.add(&key.span, format!("unknown key \"{}\"{place}", key.text), help);
}

/// A key that exists, but in another table; or a rule's name outside `[rules]`.
fn elsewhere(table: &str, name: &str) -> Option<String> {
    if rule_names::is_rule(name) {
        return Some(format!("\"{name}\" is a rule: its level belongs in [rules]"));
    }
    let key = keys::KEYS.iter().find(|key| key.name == name && key.table != table)?;
    match key.table {
        "" => Some(format!("\"{name}\" belongs at the top of the file")),
        table => Some(format!("\"{name}\" belongs in [{table}]")),
    }
}

/// Whether there is such a rule; reports it if not.
pub(super) fn rule(name: &str, span: &std::ops::Range<usize>, problems: &mut Problems) -> bool {
    let known = rule_names::is_rule(name);
    if !known {
        let help = did_you_mean(name, rule_names::all())
            .unwrap_or_else(|| "`packgate explain` lists all rules".to_owned());
        problems.add(span, format!("unknown rule \"{name}\""), help);
    }
    known
}

/// A level by name.
pub(super) fn level(node: &Node, problems: &mut Problems) -> Option<Level> {
    let word = match &node.value {
        Value::Text(word) => word.as_str(),
        _ => {
            let message = format!("a level must be a string, this is {}", node.what());
            problems.add(&node.span, message, format!("levels are {}", Level::WORDS.join(", ")));
            return None;
        }
    };
    let level = Level::parse(word);
    if level.is_none() {
        let help = match word {
            "deny" | "fail" | "err" | "critical" | "high" => "did you mean \"error\"?".to_owned(),
            "warn" => "did you mean \"warning\"?".to_owned(),
            "info" | "hint" => "did you mean \"note\"?".to_owned(),
            "allow" | "ignore" | "none" | "disable" | "disabled" => "did you mean \"off\"?".to_owned(),
            _ => did_you_mean(word, Level::WORDS)
                .unwrap_or_else(|| format!("levels are {}", Level::WORDS.join(", "))),
        };
        problems.add(&node.span, format!("unknown level \"{word}\""), help);
    }
    level
}

/// A text that isn't empty.
pub(super) fn text<'a>(node: &'a Node, name: &str, problems: &mut Problems) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) if text.trim().is_empty() => {
            problems.add(&node.span, format!("\"{name}\" is empty"), "");
            None
        }
        Value::Text(text) => Some(text),
        _ => {
            problems.add(&node.span, format!("\"{name}\" must be a string, this is {}", node.what()), "");
            None
        }
    }
}

/// Whether a name is a key at the top of a settings file.
pub(super) fn is_settings_key(name: &str) -> bool {
    keys::of("").any(|key| key.name == name)
}
