//! Code within a string: `{"source": "x = \"ab\" + \"cd\"\n"}`, as notebooks, logs and messages have it. Its own literals
//! are joined only where the backslashes before their quotes are gone.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
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

/// Where literals are joined whose quotes are escaped, in order.
fn joints(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let quotes = memmem::find_iter(bytes, QUOTE).filter_map(|at| joint_at(bytes, at));
    let mut continued = memmem::find_iter(bytes, CONTINUED)
        .filter(|at| at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric))
        .map(|at| at..at + CONTINUED.len())
        .peekable();
    let mut quotes = quotes.peekable();
    std::iter::from_fn(move || match (quotes.peek(), continued.peek()) {
        (Some(quote), Some(line)) if line.start < quote.start => continued.next(),
        (Some(_), _) => quotes.next(),
        (None, _) => continued.next(),
    })
}

/// The joint to which a quote belongs.
fn joint_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let behind = bytes.get(at + QUOTE.len())?;
    if b"+&.< \\/#]'".contains(behind) {
        let near = bytes.get(at..(at + BEHIND).min(bytes.len()))?;
        let found = BETWEEN.as_ref().and_then(|between| between.find(near));
        if let Some(found) = found.filter(|_| *behind != b'\'' || is_within_word(bytes, at)) {
            return Some(at..at + found.end());
        }
    }
    let before = bytes.get(at.saturating_sub(BEFORE)..at)?;
    let called = without_blanks(without_backslashes(before));
    let start = at - (before.len() - called.len());
    CALLS.iter().any(|call| called.ends_with(call)).then_some(start..at + QUOTE.len())
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

/// Whether this is a source map, as nearly all begin. The reader of maps has the texts in them.
fn is_map(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    [&b"{"[..], b"\"version\"", b":", b"3"].into_iter().all(|part| {
        let behind = rest.trim_ascii_start().strip_prefix(part);
        rest = behind.unwrap_or_default();
        behind.is_some()
    })
}

/// Uncovers what stands around such joints, as far as their string goes.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if is_map(bytes) {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut open: Option<Range<usize>> = None;
    for joint in joints(bytes) {
        let near = start_of_string(bytes, joint.start)..end_of_string(bytes, joint.end);
        match &mut open {
            Some(open) if near.start <= open.end => open.end = near.end.max(open.end),
            _ => {
                if !open.replace(near).is_none_or(|done| push(bytes, done, &mut layer)) {
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

/// Where the string around `at` begins, or as much of it as is looked at.
fn start_of_string(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(BEFORE);
    let before = bytes.get(floor..at).unwrap_or_default();
    let is_end = |place: &usize| !is_escaped(bytes, floor + place);
    memchr::memrchr2_iter(b'"', b'\n', before).find(is_end).map_or(floor, |place| floor + place + 1)
}

/// Where it ends.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let end = (at + BEHIND).min(bytes.len());
    let behind = bytes.get(at..end).unwrap_or_default();
    let is_end = |place: &usize| !is_escaped(bytes, at + place);
    memchr::memchr2_iter(b'"', b'\n', behind).find(is_end).map_or(end, |place| at + place)
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
        for text in [
            r#"{"a": "{\"b\":\"\",\"c\":[\"d\",\"e\"]}"}"#,
            r#"x = "a" + "b";"#,
            r#""say \"yes\"""#,
            r#"{"version":3,"sourcesContent":["x = \"a\" + \"b\""]}"#,
            r#"{ "version" : 3, "sourcesContent": ["x = \"a\" + \"b\""]}"#,
        ] {
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
