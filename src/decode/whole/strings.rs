//! Lines that stand as strings of their own in JSON: a list of lines, a tree of comments.

use memchr::memchr2_iter;

use super::Whole;
use super::escaped::plain;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let json = bytes.trim_ascii_start();
    if !json.starts_with(b"{") && !json.starts_with(b"[") {
        return;
    }
    let mut text = bytes.to_vec();
    let mut escaped = None;
    let mut quotes = 0;
    for at in memchr2_iter(b'"', b'\\', bytes) {
        if escaped.take() == Some(at) {
            continue;
        }
        if bytes.get(at) == Some(&b'\\') {
            escaped = Some(at + 1);
        } else if let Some(quote) = text.get_mut(at) {
            *quote = b'\n';
            quotes += 1;
        }
    }
    if quotes >= LEAST_QUOTES {
        found(Whole { what: "JSON strings", at: 0, text: plain(&text) });
    }
}

/// The quotes of as many strings as make a text of many lines.
const LEAST_QUOTES: usize = 2 * super::LEAST_LINES;

#[cfg(test)]
mod tests {
    use super::*;

    fn uncovered(bytes: &[u8]) -> Vec<String> {
        let mut texts = Vec::new();
        uncover(bytes, &mut |whole| texts.push(String::from_utf8(whole.text).unwrap()));
        texts
    }

    #[test]
    fn each_string_is_a_line() {
        assert_eq!(
            uncovered(br#"["// one","say(\"two\")","\\",{"three":3}]"#),
            ["[\n// one\n,\nsay(\"two\")\n,\n\\\n,{\nthree\n:3}]"]
        );
    }

    #[test]
    fn other_text_and_few_strings_are_left_alone() {
        assert!(uncovered(br#"{"one":"two"}"#).is_empty());
        assert!(uncovered(br#"x = ["a", "b", "c"]"#).is_empty());
    }
}
