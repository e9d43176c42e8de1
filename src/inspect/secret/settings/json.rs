//! JSON, where the object that a value is in says what it is.

use std::ops::Range;

use serde_json::{Map, Value};

use super::names::Kind;
use super::table::Format;
use super::{Pair, values, yaml};

/// A value that is still to be looked at.
struct Field<'a> {
    parent: &'a str,
    name: &'a str,
    /// Whether the object says that its value is a secret.
    said: bool,
    value: &'a Value,
}

/// All strings with their names; `None` where it is no JSON.
pub(super) fn pairs(text: &[u8]) -> Option<Vec<Pair>> {
    const MOST: usize = 50_000;
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let json: Value =
        serde_json::from_slice(text).or_else(|_| serde_json::from_slice(&without_comments(text))).ok()?;
    let mut pairs = Vec::new();
    let mut open = vec![Field { parent: "", name: "", said: false, value: &json }];
    // a value is after the one before it as often as not
    let mut from = 0;
    while let Some(Field { parent, name, said, value }) = open.pop() {
        match value {
            Value::String(string) if string.len() >= 6 => {
                if let Some(at) = locate(text, string, from) {
                    from = at;
                    let secret = said && values::is_secret(string.as_bytes(), Kind::Password, Format::Json);
                    pairs.push(Pair { secret, ..Pair::new(parent, name, at..at + string.len()) });
                }
            }
            Value::Array(list) => {
                open.extend(list.iter().rev().map(|value| Field { parent, name, said, value }));
            }
            Value::Object(fields) => {
                pairs.extend(kubernetes_secret(text, fields));
                // `{"key": "password", "value": "...", "type": "secret"}`
                let beside = ["key", "name", "id"].iter().find_map(|key| fields.get(*key)?.as_str());
                let said = fields.get("sensitive") == Some(&Value::Bool(true))
                    || fields.get("type").and_then(Value::as_str) == Some("secret");
                for (key, value) in fields.iter().rev() {
                    let is_value =
                        matches!(key.as_str(), "value" | "currentValue" | "initialValue" | "plaintext");
                    // Kaggle's login
                    let said = said || (key == "key" && fields.len() == 2 && fields.contains_key("username"));
                    let parent = beside.filter(|_| is_value).unwrap_or(name);
                    let name = if is_value { "value" } else { key };
                    open.push(Field { parent, name, said: said && (is_value || key == "key"), value });
                }
            }
            _ => {}
        }
        if pairs.len() >= MOST {
            break;
        }
    }
    Some(pairs)
}

/// What a secret of Kubernetes holds, whatever its name.
fn kubernetes_secret(text: &[u8], fields: &Map<String, Value>) -> Vec<Pair> {
    if fields.get("kind").and_then(Value::as_str) != Some("Secret") {
        return Vec::new();
    }
    let maps = ["data", "stringData"].map(|parent| (parent, fields.get(parent).and_then(Value::as_object)));
    let values = maps.into_iter().flat_map(|(parent, map)| {
        map.into_iter().flatten().filter_map(move |(name, value)| Some((parent, name, value.as_str()?)))
    });
    let secrets = values.filter(|(parent, _, value)| yaml::in_secret(parent, value.as_bytes()));
    secrets
        .filter_map(|(parent, name, value)| {
            let at = locate(text, value, 0)?;
            Some(Pair { secret: true, ..Pair::new(parent, name, at..at + value.len()) })
        })
        .collect()
}

/// Where the commands of a manifest are; `None` where it has none.
pub(super) fn scripts(text: &[u8]) -> Option<Vec<Range<usize>>> {
    let json: Value = serde_json::from_slice(text).ok()?;
    let scripts = json.get("scripts")?.as_object()?;
    let located = scripts.values().filter_map(|command| {
        let command = serde_json::to_string(command.as_str()?).ok()?;
        let at = memchr::memmem::find(text, command.as_bytes())?;
        Some(at..at + command.len())
    });
    Some(located.collect())
}

/// Where a string is that has no escapes: behind `from`, or else anywhere.
fn locate(text: &[u8], string: &str, from: usize) -> Option<usize> {
    let quoted = format!("\"{string}\"");
    let find =
        |from: usize| memchr::memmem::find(text.get(from..)?, quoted.as_bytes()).map(|at| from + at + 1);
    find(from).or_else(|| find(0))
}

/// The same with blanks for comments and for commas after which nothing comes, as .NET and editors take them.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut clear = text.to_vec();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let end = match (byte, text.get(at + 1)) {
            (b'"', _) => {
                let mut end = at + 1;
                while text.get(end).is_some_and(|byte| *byte != b'"') {
                    end += 1 + usize::from(text.get(end) == Some(&b'\\'));
                }
                at = end + 1;
                continue;
            }
            (b'/', Some(b'/')) => {
                memchr::memchr(b'\n', text.get(at..).unwrap_or_default()).map(|end| at + end)
            }
            (b'/', Some(b'*')) => {
                memchr::memmem::find(text.get(at..).unwrap_or_default(), b"*/").map(|end| at + end + 2)
            }
            (b',', _) => {
                let next =
                    text.get(at + 1..).and_then(|rest| rest.iter().find(|byte| !byte.is_ascii_whitespace()));
                Some(at + usize::from(matches!(next, Some(b'}' | b']'))))
            }
            _ => Some(at),
        };
        let end = end.unwrap_or(text.len());
        for byte in clear.get_mut(at..end).unwrap_or_default() {
            *byte = b' ';
        }
        at = end.max(at + 1);
    }
    clear
}
