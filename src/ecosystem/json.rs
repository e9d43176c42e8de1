//! A JSON object whose members keep their line and their order, and whose repeated keys are seen.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::locate::line_at;

/// The members of a JSON text that is an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Object {
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    key: String,
    value: Value,
    line: u64,
    /// Where each item of an array value begins.
    item_lines: Vec<u64>,
}

impl Object {
    /// Reads a text as the clients of JavaScript do: without a byte-order mark, invalid UTF-8 replaced.
    /// The error is a line, where known, and what is wrong.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, (Option<u64>, String)> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let said = |error: serde_json::Error| {
            let line = (error.line() > 0).then_some(error.line() as u64);
            (line, error.to_string())
        };
        let raw: Raw<'_> = serde_json::from_str(text).map_err(said)?;
        let mut members = Vec::with_capacity(raw.0.len());
        for (key, value) in raw.0 {
            let offset = offset_in(text, value.get());
            let item_lines = match value.get().starts_with('[') {
                true => {
                    item_offsets(value.get()).into_iter().map(|item| line_at(text, offset + item)).collect()
                }
                false => Vec::new(),
            };
            members.push(Member {
                key: key.into_owned(),
                line: line_at(text, offset),
                item_lines,
                value: serde_json::from_str(value.get()).map_err(said)?,
            });
        }
        Ok(Self { members })
    }

    fn member(&self, key: &str) -> Option<&Member> {
        self.members.iter().rev().find(|member| member.key == key)
    }

    /// The value of a key; the last one if it is repeated.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.member(key).map(|member| &member.value)
    }

    /// The value of a key, if it is a string.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The line on which a key's value begins.
    pub(super) fn line(&self, key: &str) -> Option<u64> {
        self.member(key).map(|member| member.line)
    }

    /// The line of an item of a key's array.
    pub(super) fn item_line(&self, key: &str, index: usize) -> Option<u64> {
        self.member(key).and_then(|member| member.item_lines.get(index).copied().or(Some(member.line)))
    }

    /// Keys that occur more than once with different values, each with the line of its last value.
    pub(super) fn contradictions(&self) -> Vec<(&str, u64)> {
        let mut found: Vec<(&str, u64)> = Vec::new();
        for (index, member) in self.members.iter().enumerate() {
            let earlier = self.members.get(..index).unwrap_or_default();
            if earlier.iter().any(|other| other.key == member.key && other.value != member.value) {
                found.retain(|(key, _)| *key != member.key);
                found.push((&member.key, member.line));
            }
        }
        found
    }
}

/// Byte offset of a slice in the text that it was borrowed from.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Byte offsets of the items of an array's text.
fn item_offsets(array: &str) -> Vec<usize> {
    let items: Vec<&RawValue> = serde_json::from_str(array).unwrap_or_default();
    items.iter().map(|item| offset_in(array, item.get())).collect()
}

struct Raw<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((Cow::Owned(key), value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Members).map(Raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_order_and_repeated_keys() {
        let text = "\u{feff}{\n \"name\": \"a\",\n \"files\": [\"x\",\n   \"y\"],\n \"name\": \"b\"}";
        let object = Object::read(text.as_bytes()).unwrap();
        assert_eq!(object.text("name"), Some("b"));
        assert_eq!(object.line("files"), Some(3));
        assert_eq!((object.item_line("files", 0), object.item_line("files", 1)), (Some(3), Some(4)));
        assert_eq!(object.contradictions(), [("name", 5)]);
        let same = Object::read(br#"{"a": 1, "a": 1}"#).unwrap();
        assert!(same.contradictions().is_empty());
    }

    #[test]
    fn what_is_no_object_is_an_error_with_a_line() {
        assert_eq!(Object::read(b"{\n\"a\": }").unwrap_err().0, Some(2));
        for text in ["", "[]", "1", "{} x", "{'a': 1}"] {
            assert!(Object::read(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert!(Object::read(deep.as_bytes()).is_err());
    }
}
