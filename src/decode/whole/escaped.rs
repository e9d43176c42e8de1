//! Line ends written `\n` or by their number: string literals of JavaScript, JSON, Python, C, CSS and whatever else.

use memchr::{memchr, memchr_iter};

use super::{Whole, stretches};
use crate::plain::{Character, numbered};

/// How line ends are written behind the backslash.
const LINE_ENDS: [&[u8]; 9] = [b"n", b"x0a", b"x0A", b"u000a", b"u000A", b"012", b"a ", b"A ", b"00000a"];

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let line_end = |at: &usize| {
        let behind = bytes.get(at + 1..).unwrap_or_default();
        LINE_ENDS.iter().any(|end| behind.starts_with(end))
    };
    for stretch in stretches(bytes, memchr_iter(b'\\', bytes).filter(line_end)) {
        let at = stretch.start;
        let text = plain(bytes.get(stretch).unwrap_or_default());
        found(Whole { what: "string literals", at, text });
    }
}

/// A text without one level of escapes.
pub(crate) fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        let length = match escape {
            [_, b'n', ..] => push(&mut out, b"\n"),
            [_, b't', ..] => push(&mut out, b"\t"),
            [_, b'r' | b'\n', ..] => push(&mut out, b""),
            // In style sheets a blank ends the number.
            [_, b'a' | b'A', b' ', ..] => 1 + push(&mut out, b"\n"),
            [_, b'0', b'0', b'0', b'0', b'0', b'a', ..] => 5 + push(&mut out, b"\n"),
            [_, rest @ ..] if let Some((character, length)) = numbered(rest) => {
                Character::Of(character.into()).push(&mut out);
                length + 1
            }
            [_, other, ..] if other.is_ascii_alphanumeric() => push(&mut out, &[b'\\', *other]),
            [_, other, ..] => push(&mut out, &[*other]),
            _ => 1,
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Adds what an escape of two characters stands for.
fn push(out: &mut Vec<u8>, bytes: &[u8]) -> usize {
    out.extend_from_slice(bytes);
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &mut |whole| found.push(String::from_utf8(whole.text).unwrap()));
        found
    }

    const TEXT: &str = "// it's \"one\"\n\tif (a < b) return /\\d+\\n/;\n`${c}` \u{e9}\nd\n";

    #[test]
    fn a_text_comes_back_as_it_was_written() {
        let json = serde_json::to_string(TEXT).unwrap();
        assert!(texts(&format!("{{\"a\":{json}}}"))[0].contains(TEXT));
        let single = TEXT.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
        assert!(texts(&format!("x='{single}'"))[0].contains(TEXT));
        let python = TEXT.replace('\\', "\\\\").replace('\n', "\\n").replace('\u{e9}', "\\xe9");
        assert!(texts(&python)[0].contains(TEXT));
        let numbered = |form: fn(u32) -> String| -> String {
            TEXT.chars().map(|character| form(character as u32)).collect()
        };
        for form in
            [|one| format!("\\x{one:02x}"), |one| format!("\\u{one:04X}"), |one| format!("\\{one:03o}")]
        {
            assert!(texts(&format!("x='{}'", numbered(form)))[0].contains(TEXT));
        }
        for line_end in ["\\a ", "\\A ", "\\00000a"] {
            let style = TEXT.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', line_end);
            assert!(texts(&format!("a:before{{content:\"{style}\"}}"))[0].contains(TEXT), "{line_end}");
        }
        let twice = serde_json::to_string(&json).unwrap();
        assert!(texts(&texts(&twice)[0])[0].contains(TEXT));
    }

    #[test]
    fn a_message_of_two_lines_is_no_text() {
        assert!(texts("throw new Error('one\\ntwo\\nthree')").is_empty());
        let code = "push('// a line of the program\\n');\n// a comment of the program itself\n".repeat(5);
        assert!(texts(&code).is_empty());
        let far = format!("'a\\n'{0}'b\\n'{0}'c\\n'", "x".repeat(5000));
        assert!(texts(&far).is_empty());
    }
}
