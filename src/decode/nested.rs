//! Code within a string: `{"source": "x = \"ab\" + \"cd\"\n"}`, as notebooks, logs and messages have it. Its own literals
//! are joined only where the backslashes before their quotes are gone.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};
use crate::plain::Plain;

/// Bytes before what joins two literals, and behind it.
const BEFORE: usize = 240;
const BEHIND: usize = 480;

/// It may stand in another of its kind: each has a backslash less before its quotes.
pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "code in a string", stands_in: StandsIn::Text, uncover };

/// What joins literals whose quotes are escaped, from the end of the first to the beginning of the next: `\" + \"`,
/// `\"\n    \"`, `\"'`, `\"].join(`.
static BETWEEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let blank = r#"(?:\\+[nt]| |/\*[^"*]*\*/|(?://|\#)[^"\\]*\\+n)*"#;
    Regex::new(&format!(
        r#"(?-u)^\\"(?:{blank}(?:[+&.]|\.\.|<<)(?: _)?{blank}\\+"|(?:\\+[nt]| ){blank}\\+"|\]\.join\(|')"#
    ))
    .ok()
});

/// What stands before the first of literals that are joined by a call, or put to the end of others.
const CALLS: [&[u8]; 8] =
    [b"oncat(", b"oncat!(", b"ppend(", b"push_str(", b".format(", b"+=", b".join(", b".join(["];

const QUOTE: &[u8] = b"\\\"";
/// A backslash before a line end, both escaped.
const CONTINUED: &[u8] = b"\\\\\\n";

/// Where literals are joined whose quotes are escaped, in order. Each of them has a backslash, which is searched for once.
fn joints(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    memchr::memchr_iter(b'\\', bytes).filter_map(|at| match bytes.get(at + 1)? {
        b'"' => joint_at(bytes, at),
        b'\\' => {
            let is_continued = bytes.get(at..)?.starts_with(CONTINUED)
                && bytes.get(at.checked_sub(1)?)?.is_ascii_alphanumeric();
            is_continued.then_some(at..at + CONTINUED.len())
        }
        _ => None,
    })
}

/// The joint to which a quote belongs.
fn joint_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let near = bytes.get(at..(at + BEHIND).min(bytes.len()))?;
    if may_join(near.get(QUOTE.len()..)?) {
        let found = BETWEEN.as_ref().and_then(|between| between.find(near));
        if let Some(found) =
            found.filter(|_| near.get(QUOTE.len()) != Some(&b'\'') || is_within_word(bytes, at))
        {
            return Some(at..at + found.end());
        }
    }
    let last = bytes.get(at.checked_sub(1)?)?;
    if !b"([=nt\\".contains(last) && !last.is_ascii_whitespace() {
        return None;
    }
    let before = bytes.get(at.saturating_sub(BEFORE)..at)?;
    let called = without_blanks(without_backslashes(before));
    let start = at - (before.len() - called.len());
    CALLS.iter().any(|call| called.ends_with(call)).then_some(start..at + QUOTE.len())
}

/// Whether what stands behind a quote begins as what joins literals does: in prose, and in data, it mostly doesn't.
fn may_join(behind: &[u8]) -> bool {
    let blanks = behind.iter().take_while(|byte| **byte == b' ').count();
    match behind.get(blanks..).unwrap_or_default() {
        [b'+' | b'&' | b'.' | b'#' | b'\'', ..] | [b'<', b'<', ..] | [b'/', b'/' | b'*', ..] => true,
        [b'\\', next, ..] => b"nt\\\"".contains(next),
        [b']', b'.', ..] => blanks == 0,
        _ => false,
    }
}

/// Whether other quotes go on with a word: `\"ab\"'cd'`.
fn is_within_word(bytes: &[u8], at: usize) -> bool {
    let before = without_backslashes(bytes.get(at.saturating_sub(BEFORE)..at).unwrap_or_default());
    let behind = bytes.get(at + QUOTE.len() + 1);
    before.last().is_some_and(u8::is_ascii_alphanumeric) && behind.is_some_and(u8::is_ascii_alphanumeric)
}

/// A text without the blanks and the escaped line ends that it ends with.
fn without_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        let plain = text.trim_ascii_end();
        let escape = plain.strip_suffix(b"n").or_else(|| plain.strip_suffix(b"t"));
        match escape.filter(|before| before.ends_with(b"\\")) {
            Some(before) => text = without_backslashes(before),
            None => return plain,
        }
    }
}

fn without_backslashes(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| *byte != b'\\').map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// Uncovers what stands around such joints, as far as their string goes. What was looked at around one isn't looked at once
/// more for the next: of a million of them, most stand within reach of those before.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut open: Option<Range<usize>> = None;
    for joint in joints(bytes) {
        let done = open.as_ref().map_or(0, |open| open.end);
        let start = start_of_string(bytes, done, joint.start);
        let end = end_of_string(bytes, done, joint.end);
        match &mut open {
            Some(open) if start <= open.end => open.end = end,
            _ => {
                if !open.replace(start..end).is_none_or(|done| push(bytes, done, &mut layer)) {
                    return;
                }
            }
        }
    }
    if let Some(last) = open {
        push(bytes, last, &mut layer);
    }
}

/// Adds a part without one layer of its escapes; whether there is something left of the budget.
fn push(bytes: &[u8], part: Range<usize>, layer: &mut Builder<'_>) -> bool {
    let affords = layer.afford(part.len());
    if affords {
        layer.mark(part.start, Rate::SAME);
        layer.push(&Plain::undone(bytes.get(part).unwrap_or_default()).bytes);
        layer.end();
    }
    affords
}

/// Where the string around `at` begins, or as much of it as is looked at. What stands before `done` was looked at.
fn start_of_string(bytes: &[u8], done: usize, at: usize) -> usize {
    let floor = at.saturating_sub(BEFORE).max(done).min(at);
    let before = bytes.get(floor..at).unwrap_or_default();
    let is_end = |place: &usize| !is_escaped(bytes, floor + place);
    memchr::memrchr2_iter(b'"', b'\n', before).find(is_end).map_or(floor, |place| floor + place + 1)
}

/// Where it ends: not before `done`.
fn end_of_string(bytes: &[u8], done: usize, at: usize) -> usize {
    let from = at.max(done);
    let end = (at + BEHIND).min(bytes.len()).max(from);
    let behind = bytes.get(from..end).unwrap_or_default();
    let is_end = |place: &usize| !is_escaped(bytes, from + place);
    memchr::memchr2_iter(b'"', b'\n', behind).find(is_end).map_or(end, |place| from + place)
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&b'"') && at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_a_string_is_read_without_its_escapes() {
        for code in [
            "x = \"abcdef\" + \"ghijkl\"\n",
            "x = \"abcdef\"\n  \"ghijkl\"\n",
            "x = [\"abcdef\", \"ghijkl\"].join(\"\");",
            "x = \"\".concat(\"abcdef\", \"ghijkl\");",
            "x = String.join(\"\", \"abcdef\", \"ghijkl\");",
            "x = \"abcdef\"\nx += \"ghijkl\"\n",
            "x = \"abcdef\" & _\n    \"ghijkl\"\n",
            "x = \"abcdef\" /* why */\n  // more\n  \"ghijkl\"\n",
            "x = \"abcdef\"'ghijkl'\n",
            "x = ''.join([\n  \"abcdef\",\n  \"ghijkl\",\n])\n",
            "x: \"abcdef\\\n    ghijkl\"\n",
        ] {
            let mut text = serde_json::json!({ "source": code }).to_string();
            let found = crate::decode::testing::lines(uncover, &text).join("\n");
            assert_eq!(found.trim_end(), code.trim_end(), "{text}");
            // in a source map, of whose texts nobody else joins the literals
            let map = serde_json::json!({ "version": 3, "sourcesContent": [code], "mappings": "" });
            let found = crate::decode::testing::lines(uncover, &map.to_string()).join("\n");
            assert_eq!(found.trim_end(), code.trim_end(), "{map}");
            // once more in a string
            text = serde_json::json!({ "b": 1, "text": text }).to_string();
            let found = crate::decode::testing::lines(uncover, &text).join("\n");
            assert!(
                crate::decode::testing::lines(uncover, &found).join("\n").contains(code.trim_end()),
                "{text}"
            );
        }
    }

    #[test]
    fn other_strings_are_left_alone() {
        for text in [r#"{"a": "{\"b\":\"\",\"c\":[\"d\",\"e\"]}"}"#, r#"x = "a" + "b";"#, r#""say \"yes\"""#]
        {
            assert_eq!(crate::decode::testing::lines(uncover, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn many_of_them_are_one_text() {
        let text = format!("{{\"a\": \"x = {}\"}}", r#"\"ab\" + "#.repeat(1000));
        let budget = Budget::of(text.len());
        let (mut count, mut length) = (0, 0);
        uncover(text.as_bytes(), &budget, &mut |layer| {
            (count, length) = (count + 1, length + layer.text.len())
        });
        assert_eq!(count, 1);
        assert!(length <= text.len());
    }
}
