//! Maps in the writing of other formats: with HTML's entities, with the doubled quotes of CSV, as YAML or TOML.

use std::ops::Range;

use crate::decode::entities;
use crate::inspect::Sample;

use super::KEY;

/// A text to be read as JSON, and where it is.
pub(super) type Quoted = (Range<usize>, Vec<u8>);

/// The texts around the places where the key of a map's texts is.
pub(super) fn texts(sample: &Sample<'_>, keys: impl Iterator<Item = usize>) -> Vec<Quoted> {
    let bytes = sample.bytes;
    let mut found: Vec<Quoted> = Vec::new();
    let mut done = 0;
    for key in keys {
        if key < done {
            continue;
        }
        let before = bytes.get(done..key).unwrap_or_default();
        let behind = bytes.get(key + KEY.len()..).unwrap_or_default();
        let is_markup = ends_in_quote(before) && quote(behind).is_some();
        let range = if is_markup {
            in_markup(bytes, done, key)
        } else if before.ends_with(b"\"\"") && behind.starts_with(b"\"\"") {
            in_doubled(bytes, done, key)
        } else if sample.decoded.is_none() && (is_yaml(before, behind) || is_toml(sample, before, behind)) {
            found.extend(document(bytes, is_toml(sample, before, behind)));
            break;
        } else {
            continue;
        };
        done = range.end.max(key);
        let text = bytes.get(range.clone()).unwrap_or_default();
        let text = if is_markup { entities::plain(text) } else { undoubled(text) };
        found.push((range, text));
    }
    found
}

/// Length of the entity that a text begins with, if it stands for a quote: once, or with its own `&` encoded again.
fn quote(text: &[u8]) -> Option<usize> {
    let mut name = text.strip_prefix(b"&")?;
    while let Some(rest) = name.strip_prefix(b"amp;") {
        name = rest;
    }
    let (character, length) = entities::behind_ampersand(name)?;
    matches!(character, '"' | '\'').then_some(text.len() - name.len() + length)
}

fn ends_in_quote(text: &[u8]) -> bool {
    /// Enough for an entity that was encoded again a few times.
    const NEAR: usize = 64;
    let text = text.get(text.len().saturating_sub(NEAR)..).unwrap_or_default();
    memchr::memrchr(b'&', text).is_some_and(|at| {
        let entity = text.get(at..).unwrap_or_default();
        quote(entity) == Some(entity.len())
    })
}

/// The text around a place between tags, or between an attribute's quotes.
fn in_markup(bytes: &[u8], from: usize, at: usize) -> Range<usize> {
    let before = bytes.get(from..at).unwrap_or_default();
    let behind = bytes.get(at..).unwrap_or_default();
    // Between quotes, tags are text.
    if let Some(quote) = memchr::memrchr(b'"', before)
        && before.get(..quote).is_some_and(|name| name.ends_with(b"="))
    {
        return from + quote + 1..at + memchr::memchr(b'"', behind).unwrap_or(behind.len());
    }
    let start = memchr::memrchr3(b'<', b'>', b'"', before).map_or(from, |end| from + end + 1);
    start..memchr::memchr3(b'<', b'>', b'"', behind).map_or(bytes.len(), |end| at + end)
}

/// The field around a place whose quotes are all doubled.
fn in_doubled(bytes: &[u8], from: usize, at: usize) -> Range<usize> {
    let is_quote = |byte: &u8| *byte == b'"';
    let (mut start, mut end) = (at, at);
    // An odd number of quotes holds the one that opens or closes the field.
    while let Some(last) = bytes.get(from..start).and_then(|before| memchr::memrchr(b'"', before)) {
        let quotes = bytes
            .get(from..=from + last)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|byte| is_quote(byte))
            .count();
        start = from + last + 1 - quotes;
        if quotes % 2 == 1 {
            start += 1;
            break;
        }
    }
    while let Some(next) = bytes.get(end..).and_then(|behind| memchr::memchr(b'"', behind)) {
        let quotes =
            bytes.get(end + next..).unwrap_or_default().iter().take_while(|byte| is_quote(byte)).count();
        end += next + quotes;
        if quotes % 2 == 1 {
            end -= 1;
            break;
        }
    }
    start..end
}

fn undoubled(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"\"\"") {
        out.extend_from_slice(rest.get(..=at).unwrap_or_default());
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Whether nothing is before a key in its line but what YAML and TOML have there.
fn begins_line(before: &[u8]) -> bool {
    let indent = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'-' | b'"' | b'\'')).count();
    before.get(..before.len() - indent).is_some_and(|above| above.is_empty() || above.ends_with(b"\n"))
}

/// Whether a list of YAML follows, one element in a line.
fn is_yaml(before: &[u8], behind: &[u8]) -> bool {
    let behind = behind.strip_prefix(b"\"").or_else(|| behind.strip_prefix(b"'")).unwrap_or(behind);
    behind.strip_prefix(b":").is_some_and(|list| {
        let spaces = list.iter().take_while(|byte| matches!(byte, b' ' | b'\r')).count();
        let below = list.get(spaces..).unwrap_or_default();
        below.starts_with(b"\n") && below.trim_ascii_start().starts_with(b"- ")
    }) && begins_line(before)
}

fn is_toml(sample: &Sample<'_>, before: &[u8], behind: &[u8]) -> bool {
    let name = sample.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    name.eq_ignore_ascii_case("toml") && behind.trim_ascii_start().starts_with(b"=") && begins_line(before)
}

/// A whole document as JSON.
fn document(bytes: &[u8], is_toml: bool) -> Option<Quoted> {
    const MOST: usize = 64 << 20;
    let names_sources = memchr::memmem::find_iter(bytes, b"sources")
        .any(|at| matches!(bytes.get(at + 7), Some(b':' | b' ' | b'=' | b'"' | b'\'')));
    let text = std::str::from_utf8(bytes).ok().filter(|text| names_sources && text.len() <= MOST)?;
    let value: serde_json::Value =
        if is_toml { toml::from_str(text).ok()? } else { serde_saphyr::from_str(text).ok()? };
    Some((0..bytes.len(), value.to_string().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Media;

    fn read(path: &str, text: &str) -> Vec<String> {
        let sample = Sample::new(path, text.as_bytes(), Media::Text);
        let keys = text.match_indices("sourcesContent").map(|(at, _)| at);
        texts(&sample, keys).into_iter().map(|(_, text)| String::from_utf8(text).unwrap()).collect()
    }

    #[test]
    fn entities_are_decoded_up_to_the_tags_around_them() {
        for text in [
            "<p title=\"{&quot;sourcesContent&quot;:[&quot;a &lt; b &amp;&amp; c&quot;]}\">",
            "<p title=\"{&quot;sourcesContent&quot;:[&quot;a < b && c&quot;]}\">",
            "<p title=\"{&#x0022;sourcesContent&quot;:[&quot;a &lt; b &amp;&amp; c&quot;]}\">",
            "<pre>{&#34;sourcesContent&#34;:[&#x22;a &#60; b && c&quot;]}</pre>",
        ] {
            assert_eq!(read("a.html", text), [r#"{"sourcesContent":["a < b && c"]}"#], "{text}");
        }
    }

    #[test]
    fn doubled_quotes_are_halved_in_their_field() {
        for text in [
            "\"id\",\"{\"\"sourcesContent\"\":[\"\"a\"\"\"\"\"\"]}\"\n\"b\"",
            "x = @\"{\"\"sourcesContent\"\":[\"\"a\"\"\"\"\"\"]}\";",
        ] {
            assert_eq!(read("a.csv", text), [r#"{"sourcesContent":["a"""]}"#], "{text}");
        }
    }

    #[test]
    fn yaml_and_toml_are_read_whole() {
        let wanted = r#"{"sources":["a"],"sourcesContent":["x\ny\n"]}"#;
        for text in [
            "sources: [a]\nsourcesContent:\n  - |\n    x\n    y\n",
            "sources:\r\n- a\r\nsourcesContent:\r\n- \"x\\ny\\n\"\r\n",
        ] {
            assert_eq!(read("a.yml", text), [wanted], "{text}");
        }
        assert_eq!(read("a.toml", "sources = [\"a\"]\nsourcesContent = [\"\"\"\nx\ny\n\"\"\"]\n"), [wanted]);
    }

    #[test]
    fn code_and_prose_are_none_of_these() {
        for text in [
            "map.sourcesContent = [];",
            "sourcesContent = [\"a\"]",
            "{\"sourcesContent\":[\"a\"]}",
            "if (a && sourcesContent&&b) c;",
            "a();sourcesContent&&b",
            "&a;sourcesContent&quot;",
            "it has sourcesContent:\n- a list\n",
            "\"sourcesContent\"",
        ] {
            assert_eq!(read("a.js", text), [""; 0], "{text}");
        }
    }
}
