//! JSON, where the object that a value is in says what it is. Read with the place of each value, and with comments and
//! commas after which nothing comes, as .NET and editors take them.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::ops::Range;

use serde_json::Value;

use super::names::{self, Kind};
use super::table::Format;
use super::{Pair, clear, values, yaml};

/// All strings with their names; `None` where it is no JSON.
pub(super) fn pairs(text: &[u8]) -> Option<Vec<Pair<'_>>> {
    const MOST: usize = 50_000;
    const DEEPEST: usize = 128;
    let mut reader = Reader { text, at: if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 } };
    let mut pairs = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut key = 0..0;
    while let Some(byte) = reader.next_sign() {
        match byte {
            b'{' | b'[' => {
                let in_list = open.last().filter(|open| !open.is_object);
                let name = in_list.map_or_else(|| key.clone(), |list| list.name.clone());
                open.push(Open { name, is_object: byte == b'{', ..Open::default() });
                reader.at += 1;
                if open.len() > DEEPEST {
                    return None;
                }
            }
            b'}' | b']' => {
                let closed = open.pop().filter(|open| open.is_object == (byte == b'}'))?;
                reader.at += 1;
                if closed.is_object {
                    closed.pairs(text, &mut pairs);
                    if let (b"data" | b"stringData", Some(around)) =
                        (reader.at(&closed.name), open.last_mut())
                    {
                        around.maps.push(closed);
                    }
                }
                if open.is_empty() || pairs.len() >= MOST {
                    return Some(pairs);
                }
            }
            b'"' => {
                let string = reader.string()?;
                if reader.next_sign() == Some(b':') {
                    (key, reader.at) = (string, reader.at + 1);
                    continue;
                }
                let name = open.last()?.name.clone();
                let is_listed = open.last().is_some_and(|open| !open.is_object);
                let around = open.iter_mut().rev().find(|open| open.is_object);
                let field = Field { name: if is_listed { name } else { key.clone() }, value: string };
                if let Some(object) = around {
                    object.strings += 1;
                    if values::may_be_secret(reader.at(&field.value)) || says_more(reader.at(&field.name)) {
                        object.fields.push(field);
                    }
                }
            }
            b',' => reader.at += 1,
            _ => {
                let word = reader.word()?;
                if let (b"sensitive", b"true", Some(object)) =
                    (reader.at(&key), reader.at(&word), open.last_mut())
                {
                    object.is_sensitive = true;
                }
            }
        }
    }
    None
}

/// An object or a list that isn't over.
#[derive(Debug, Default)]
struct Open {
    /// What it is called.
    name: Range<usize>,
    is_object: bool,
    /// Of its strings, and those in its lists, what may be a credential or says what another is.
    fields: Vec<Field>,
    /// How many strings there are.
    strings: usize,
    is_sensitive: bool,
    /// Those of its objects in which Kubernetes keeps secrets.
    maps: Vec<Self>,
}

#[derive(Debug, Clone)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

impl Open {
    /// Adds the strings of an object with their names.
    fn pairs<'a>(&self, text: &'a [u8], pairs: &mut Vec<Pair<'a>>) {
        let at = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let string = |range: &Range<usize>| String::from_utf8_lossy(at(range));
        let get =
            |name: &[u8]| self.fields.iter().find(|field| at(&field.name) == name).map(|field| &field.value);
        // In most objects nothing needs these.
        // `{"key": "password", "value": "...", "type": "secret"}`
        let beside =
            LazyCell::new(|| [&b"key"[..], b"name", b"id", b"ParameterKey"].iter().find_map(|key| get(key)));
        let is_said =
            LazyCell::new(|| self.is_sensitive || get(b"type").is_some_and(|kind| at(kind) == b"secret"));
        // Kaggle's login
        let is_login = self.strings == 2 && get(b"username").is_some();
        // Terraform's `random_password`; the id of a `random_string` is the text itself
        let is_drawn = get(b"bcrypt_hash").is_some()
            || get(b"id").is_some_and(|id| at(id) == b"none") && get(b"result").is_some();
        let is_value = |name: &Range<usize>| {
            matches!(
                at(name),
                b"value" | b"currentValue" | b"initialValue" | b"plaintext" | b"ParameterValue"
            )
        };
        for Field { name, value } in &self.fields {
            if !(is_value(name)
                || names::may_count(at(name))
                || is_drawn
                || values::may_hold_login(at(value)))
            {
                continue;
            }
            let is_value = is_value(name);
            // Postman's `{"key": "value", "value": "..."}` in a list that says what it is
            let parent = beside.filter(|beside| is_value && at(beside) != b"value").unwrap_or(&self.name);
            let own = if is_value { Cow::Borrowed("value") } else { string(name) };
            let said = *is_said && (is_value || own == "key")
                || is_login && own == "key"
                || is_drawn && own == "result";
            let pair = Pair::new(string(parent), own, value.clone());
            let secret = said && values::is_secret(&clear(text, value.clone()), Kind::Password, Format::Json);
            pairs.push(Pair { secret, ..pair });
        }
        if get(b"kind").is_some_and(|kind| at(kind) == b"Secret") {
            let fields =
                self.maps.iter().flat_map(|map| map.fields.iter().map(|field| (string(&map.name), field)));
            let secrets = fields.filter(|(parent, field)| yaml::in_secret(parent, at(&field.value)));
            pairs.extend(secrets.map(|(parent, field)| Pair {
                secret: true,
                ..Pair::new(parent, string(&field.name), field.value.clone())
            }));
        }
    }
}

/// Whether a field of this name may say what the others in its object are.
fn says_more(name: &[u8]) -> bool {
    matches!(
        name,
        b"key"
            | b"name"
            | b"id"
            | b"ParameterKey"
            | b"type"
            | b"kind"
            | b"username"
            | b"bcrypt_hash"
            | b"result"
    )
}

/// Where in a text it is read.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn at(&self, range: &Range<usize>) -> &'a [u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The next byte that is no blank and in no comment.
    fn next_sign(&mut self) -> Option<u8> {
        loop {
            let rest = self.text.get(self.at..)?;
            self.at += match rest {
                [blank, ..] if blank.is_ascii_whitespace() => 1,
                [b'/', b'/', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/")? + 2,
                _ => return rest.first().copied(),
            };
        }
    }

    /// What is in the quotes that open here.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at + 1;
        let mut end = start;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.text.get(end..)?)?;
            if self.text.get(end) == Some(&b'"') {
                self.at = end + 1;
                return Some(start..end);
            }
            end += 2;
        }
    }

    /// A number, or a word without quotes.
    fn word(&mut self) -> Option<Range<usize>> {
        let is_of_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = self.text.get(self.at..)?.iter().take_while(is_of_word).count();
        let start = self.at;
        self.at += length;
        (length > 0).then_some(start..self.at)
    }
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
