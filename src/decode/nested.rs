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

/// What joins literals whose quotes are escaped: `\" + \"`, `\"\n    \"`, `\"'`, `].join(`, `\\\n`. Each begins with a
/// literal, so that what has none costs little.
static JOINTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let blank = r#"(?:\\+[nt]| |/\*[^"*]*\*/|(?://|\#)[^"\\]*\\+n)*"#;
    Regex::new(&format!(
        r#"(?-u)\\"(?:{blank}(?:[+&.]|\.\.|<<)(?: _)?{blank}\\+"|(?:\\+[nt]| ){blank}\\+"|\]\.join\(|')|(?:oncat!?\(|ppend\(|push_str\(|\.format\(|\+=|\.join\(\[?){blank}\\+"|\\\\\\n"#
    ))
    .ok()
});

/// Whether a joint without a sign of its own stands within a word: two kinds of quotes, or a line that goes on.
fn is_within_word(bytes: &[u8], joint: &Range<usize>) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    // deeper within, there are more backslashes
    let mut before = bytes.get(..joint.start).unwrap_or_default().iter().rev().take(9);
    let before = before.find(|byte| **byte != b'\\');
    match bytes.get(joint.clone()) {
        Some(br#"\"'"#) => is_letter(before) && is_letter(bytes.get(joint.end)),
        Some(br"\\\n") => is_letter(before),
        _ => true,
    }
}

/// Uncovers what stands around such joints, as far as their string goes.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    // the reader of maps has the texts in them
    if bytes.starts_with(b"{\"version\":3") {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut open: Option<Range<usize>> = None;
    let joints = JOINTS.iter().flat_map(|joints| joints.find_iter(bytes)).map(|joint| joint.range());
    for joint in joints.filter(|joint| is_within_word(bytes, joint)) {
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
