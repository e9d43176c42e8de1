//! Lines that stand as string literals of their own: a list of lines in JSON, code that writes a file line by line.

use memchr::{memchr, memchr3};

use super::escaped::plain;
use super::{LEAST_LINES, LITERALS, Whole};

/// Shorter literals are no lines that tell anything.
const SHORTEST: usize = 20;
/// Bytes of a literal by which it is passed over.
const LOOK: usize = 160;
/// Bytes by which a text is told from a binary.
const BEGINNING: usize = 4 << 10;
/// What mostly follows a literal, and begins no line.
const BEHIND: &[u8] = b";,)]}:";

pub(super) fn uncover(bytes: &[u8], may_be_line: &dyn Fn(&[u8]) -> bool, found: &mut dyn FnMut(Whole)) {
    if memchr(0, bytes.get(..BEGINNING).unwrap_or(bytes)).is_some() {
        return;
    }
    let json = bytes.trim_ascii_start();
    let next = match json.starts_with(b"{") || json.starts_with(b"[") {
        true => |rest: &[u8]| memchr(b'"', rest),
        // An apostrophe in a comment is taken for a beginning, too, but no literal of one line ends there.
        false => |rest: &[u8]| memchr3(b'"', b'\'', b'`', rest),
    };
    let (mut text, mut count, mut first, mut at) = (Vec::new(), 0, 0, 0);
    // Bytes that may be looked at twice, since what was taken for a beginning was none.
    let mut spare = bytes.len();
    while let Some(open) = bytes.get(at..).and_then(next).map(|open| at + open) {
        at = open + 1;
        let rest = bytes.get(at..).unwrap_or_default();
        // Most are passed over without a look for where they end, or whether they begin anything.
        let is_end = rest.first().is_some_and(|byte| BEHIND.contains(byte));
        if is_end || !may_be_line(behind_tabs(rest.get(..LOOK).unwrap_or(rest))) {
            continue;
        }
        match literal(bytes, open) {
            Ok(inside) if inside.len() >= SHORTEST => {
                text.extend_from_slice(inside);
                text.push(b'\n');
                first = if count == 0 { open } else { first };
                count += 1;
                at += inside.len() + 1;
            }
            Ok(_) => {}
            Err(looked_at) if looked_at < spare => spare -= looked_at,
            Err(looked_at) => at += looked_at,
        }
    }
    if count >= LEAST_LINES {
        found(Whole { what: LITERALS, at: first, text: plain(&text) });
    }
}

/// A literal without the tabs with which it begins.
fn behind_tabs(mut literal: &[u8]) -> &[u8] {
    while let Some(rest) = literal.strip_prefix(b"\\t") {
        literal = rest;
    }
    literal
}

/// What is in the literal that opens here, if it ends in the same line; else how many bytes were looked at.
fn literal(bytes: &[u8], open: usize) -> Result<&[u8], usize> {
    let quote = bytes.get(open).copied().unwrap_or_default();
    let rest = bytes.get(open + 1..).unwrap_or_default();
    let rest = rest.get(..super::LONGEST_LINE).unwrap_or(rest);
    let mut at = 0;
    while let Some(next) = rest.get(at..).and_then(|rest| memchr3(quote, b'\\', b'\n', rest)) {
        at += next;
        match rest.get(at) {
            Some(b'\\') => at += 2,
            Some(b'\n') => return Err(at),
            _ => return Ok(rest.get(..at).unwrap_or_default()),
        }
    }
    Err(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uncovered(text: &str) -> Vec<String> {
        let mut texts = Vec::new();
        let mut found = |whole: Whole| texts.push(String::from_utf8(whole.text).unwrap());
        let words = ["// it", "say", "return", "/* the", "a literal"];
        let begins = |text: &[u8], word: &str| text.trim_ascii_start().starts_with(word.as_bytes());
        let may_be_line = |text: &[u8]| words.iter().any(|word| begins(text, word));
        uncover(text.as_bytes(), &may_be_line, &mut found);
        texts
    }

    const LINES: [&str; 4] = [
        "// it's the first line of all",
        "    say(\"two\", and, some, more);",
        "\treturn '\\\\' + three + `of ${them}`;",
        "/* the fourth, \u{e9} and all that */",
    ];

    #[test]
    fn each_literal_is_a_line() {
        let whole = LINES.map(|line| format!("{line}\n")).concat();
        let double = LINES.map(|line| serde_json::to_string(line).unwrap());
        let single = LINES.map(|line| format!("'{}'", line.replace('\\', "\\\\").replace('\'', "\\'")));
        for quoted in [double, single] {
            for text in [
                format!("x=[{}];y=1", quoted.join(",")),
                format!("const x = [\n  {}\n];", quoted.join(",\n  ")),
                quoted.iter().map(|one| format!("o.push({one});")).collect(),
                quoted.iter().map(|one| format!("s += {one} + \"\\n\"\n")).collect(),
                format!("// don't\nx = ({})", quoted.join("\n     ")),
            ] {
                assert_eq!(uncovered(&text), std::slice::from_ref(&whole), "{text}");
            }
        }
        let json = serde_json::json!({"lines": LINES, "n": 1}).to_string();
        assert_eq!(uncovered(&json), [whole]);
    }

    #[test]
    fn few_and_short_ones_and_binaries_are_left_alone() {
        let long = "'a literal of many letters',";
        assert!(uncovered(&long.repeat(2)).is_empty());
        assert!(uncovered(&"'short',\"one\",".repeat(9)).is_empty());
        assert!(uncovered(&format!("\0{}", long.repeat(9))).is_empty());
        assert!(uncovered(&"'not a line that anybody knows',".repeat(9)).is_empty());
        assert!(uncovered(&"x('a')    say(to, all, of, them);'b'".repeat(9)).is_empty());
    }
}
