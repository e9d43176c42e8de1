//! Settings as a tree with places, the same for TOML and JSON, so that validation is written once and every
//! message can point at its line.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use toml::de::{DeTable, DeValue};

/// Nesting of tables and lists; settings need four levels.
const DEEPEST: usize = 16;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Bytes of the file.
    pub span: Range<usize>,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i128),
    /// A number that isn't an integer: a fraction, or too large.
    Number,
    Bool(bool),
    Null,
    Date(toml::value::Datetime),
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub text: String,
    pub span: Range<usize>,
}

impl Node {
    /// What kind of value it is, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) | Value::Number => "a number",
            Value::Bool(_) => "true or false",
            Value::Null => "null",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The member of this name of a table.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(members) => members.iter().find(|(key, _)| key.text == name).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// Why a text isn't TOML or JSON: places, each with a message.
pub(crate) type Malformed = Vec<(Range<usize>, String)>;

/// Reads TOML.
pub(crate) fn toml(text: &str) -> Result<Node, Malformed> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let places = errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message().to_owned()));
        return Err(places.collect());
    }
    let span = table.span();
    Ok(Node { span, value: toml_table(table.get_ref(), 0)? })
}

fn toml_table(table: &DeTable<'_>, depth: usize) -> Result<Value, Malformed> {
    let mut members = Vec::with_capacity(table.len());
    for (key, value) in table.iter() {
        let key = Key { text: key.get_ref().to_string(), span: key.span() };
        let span = value.span();
        members.push((key, Node { value: toml_value(value.get_ref(), &span, depth + 1)?, span }));
    }
    members.sort_by_key(|(key, _)| key.span.start);
    Ok(Value::Table(members))
}

fn toml_value(value: &DeValue<'_>, span: &Range<usize>, depth: usize) -> Result<Value, Malformed> {
    if depth > DEEPEST {
        return Err(vec![(span.clone(), "nested too deeply".to_owned())]);
    }
    Ok(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            i128::from_str_radix(number.as_str(), number.radix()).map_or(Value::Number, Value::Integer)
        }
        DeValue::Float(_) => Value::Number,
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Datetime(date) => Value::Date(*date),
        DeValue::Array(list) => {
            let nodes = list.iter().map(|item| {
                let span = item.span();
                Ok(Node { value: toml_value(item.get_ref(), &span, depth + 1)?, span })
            });
            Value::List(nodes.collect::<Result<_, Malformed>>()?)
        }
        DeValue::Table(table) => toml_table(table, depth)?,
    })
}

/// Reads the member `name` of a JSON object; `None` if there is none.
pub(crate) fn json_member(text: &str, name: &str) -> Result<Option<Node>, Malformed> {
    let members = match members(text) {
        Ok(members) => members,
        Err(error) => return Err(vec![(offset_of(text, &error), plain(&error))]),
    };
    let member = members.into_iter().rev().find(|(key, _)| key.text == name);
    member.map(|(_, value)| json_value(text, value, 1)).transpose()
}

/// The byte offset of a JSON error.
fn offset_of(text: &str, error: &serde_json::Error) -> Range<usize> {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = line_start + error.column().saturating_sub(1);
    at..at + 1
}

/// The error's text without its own "at line 1 column 2".
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn json_value(text: &str, raw: &RawValue, depth: usize) -> Result<Node, Malformed> {
    let span = span_in(text, raw.get());
    let value = raw.get();
    let bad = |error: &serde_json::Error| vec![(span.clone(), plain(error))];
    if depth > DEEPEST {
        return Err(vec![(span, "nested too deeply".to_owned())]);
    }
    let value = match value.as_bytes().first() {
        Some(b'{') => {
            let members = members(value).map_err(|error| bad(&error))?;
            let nodes = members.into_iter().map(|(key, raw)| {
                let start = span.start + key.span.start;
                let key = Key { span: start..span.start + key.span.end, ..key };
                Ok((key, json_value(text, raw, depth + 1)?))
            });
            Value::Table(nodes.collect::<Result<_, Malformed>>()?)
        }
        Some(b'[') => {
            let list = serde_json::Deserializer::from_str(value)
                .deserialize_seq(Items)
                .map_err(|error| bad(&error))?;
            Value::List(
                list.into_iter().map(|raw| json_value(text, raw, depth + 1)).collect::<Result<_, _>>()?,
            )
        }
        Some(b'"') => Value::Text(serde_json::from_str(value).map_err(|error| bad(&error))?),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        _ => value.parse().map_or(Value::Number, Value::Integer),
    };
    Ok(Node { span, value })
}

/// Where `part`, a slice of `text`, is in it.
fn span_in(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

fn members(text: &str) -> Result<Vec<(Key, &RawValue)>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let members = json.deserialize_map(Members(text))?;
    json.end()?;
    Ok(members)
}

struct Members<'a>(&'a str);

impl<'a> Visitor<'a> for Members<'a> {
    type Value = Vec<(Key, &'a RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<&RawValue>()? {
            let text: Cow<'_, str> = serde_json::from_str(key.get()).map_err(serde::de::Error::custom)?;
            let key = Key { text: text.into_owned(), span: span_in(self.0, key.get()) };
            members.push((key, map.next_value()?));
        }
        Ok(members)
    }
}

struct Items;

impl<'a> Visitor<'a> for Items {
    type Value = Vec<&'a RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text value with the bytes at its place.
    fn texts<'a>(source: &'a str, node: &Node, into: &mut Vec<(String, &'a str)>) {
        match &node.value {
            Value::Text(text) => into.push((text.clone(), &source[node.span.clone()])),
            Value::List(list) => list.iter().for_each(|node| texts(source, node, into)),
            Value::Table(members) => {
                for (key, node) in members {
                    into.push((key.text.clone(), &source[key.span.clone()]));
                    texts(source, node, into);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn toml_has_places() {
        let source = "a = 'x'\n[b]\nc = [\"y\", { d = \"z\" }]\n";
        let mut found = Vec::new();
        texts(source, &toml(source).unwrap(), &mut found);
        let expected =
            [("a", "a"), ("x", "'x'"), ("b", "b"), ("c", "c"), ("y", "\"y\""), ("d", "d"), ("z", "\"z\"")];
        assert_eq!(found, expected.map(|(text, at)| (text.to_owned(), at)));
    }

    #[test]
    fn json_has_places() {
        let source =
            r#"{ "name": "n", "packgate": { "a\u0062": ["x", { "ü": "y\n" }], "n": 12, "b": true } }"#;
        let node = json_member(source, "packgate").unwrap().unwrap();
        let mut found = Vec::new();
        texts(source, &node, &mut found);
        let expected = [
            ("ab", r#""a\u0062""#),
            ("x", "\"x\""),
            ("ü", "\"ü\""),
            ("y\n", "\"y\\n\""),
            ("n", "\"n\""),
            ("b", "\"b\""),
        ];
        assert_eq!(found, expected.map(|(text, at)| (text.to_owned(), at)));
        assert_eq!(node.get("n").unwrap().value, Value::Integer(12));
        assert_eq!(json_member(source, "other").unwrap(), None);
    }

    #[test]
    fn malformed_text_has_a_place() {
        assert_eq!(toml("a = \nb = 'x\n").unwrap_err().len(), 2);
        let [(span, message)] = &json_member("{\n \"a\": nope }", "a").unwrap_err()[..] else { panic!() };
        assert_eq!((span.start, message.as_str()), (9, "expected ident"));
        assert!(json_member("[]", "a").is_err());
        assert!(json_member("{} {}", "a").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(json_member(&deep, "a").unwrap_err()[0].1, "nested too deeply");
        let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(toml(&deep).is_err());
    }
}
