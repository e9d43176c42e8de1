//! Texts written as lists of numbers, one for each byte: `[47, 47, 32]`, `0x2f, 0x2f, 0x20`.

use std::ops::Range;

use memchr::memmem;

use super::{LEAST_LINES, LONGEST_LINE, Whole};

/// Characters that a number takes at most, with what is between it and the next.
const LONGEST_NUMBER: usize = 8;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let decimal = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b',')
    };
    let hexadecimal = |at: &usize| {
        let behind = bytes.get(at + 2..).unwrap_or_default();
        [&b"0a,"[..], b"0A,", b"a,", b"A,"].iter().any(|end| behind.starts_with(end))
    };
    lists(bytes, memmem::find_iter(bytes, b"10,").filter(decimal), found);
    lists(bytes, memmem::find_iter(bytes, b"0x").filter(hexadecimal), found);
}

/// Uncovers the lists with many of these line ends, near enough to each other.
fn lists(bytes: &[u8], line_ends: impl Iterator<Item = usize>, found: &mut dyn FnMut(Whole)) {
    let (mut last, mut done) = (None, 0);
    for at in line_ends {
        let near = last.filter(|last| at - last <= LONGEST_LINE * LONGEST_NUMBER && *last >= done);
        last = Some(at);
        if near.is_none() {
            continue;
        }
        let list = list(bytes, at);
        let text = plain(bytes.get(list.clone()).unwrap_or_default());
        done = list.end;
        if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
            found(Whole { what: "a list of numbers", at: list.start, text });
        }
    }
}

/// The list around a place in it.
fn list(bytes: &[u8], at: usize) -> Range<usize> {
    let is_in = |byte: &u8| {
        byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || matches!(byte, b',' | b'x' | b'X')
    };
    let (before, behind) = bytes.split_at(at.min(bytes.len()));
    let start = before.iter().rposition(|byte| !is_in(byte)).map_or(0, |last| last + 1);
    start..at + behind.iter().position(|byte| !is_in(byte)).unwrap_or(behind.len())
}

fn plain(list: &[u8]) -> Vec<u8> {
    let number = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits.trim_ascii()).ok()?;
        match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
            Some(digits) => u8::from_str_radix(digits, 16).ok(),
            None => digits.parse().ok(),
        }
    };
    // A number that is no byte makes it a table.
    let bytes = list.split(|byte| *byte == b',').filter(|digits| !digits.trim_ascii().is_empty()).map(number);
    bytes.collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &mut |whole| found.push(String::from_utf8(whole.text).unwrap()));
        found
    }

    #[test]
    fn a_text_comes_back_as_it_was_written() {
        let text = "// it's one\nif (a < b) return;\n\nc\nd\n";
        let list =
            |form: fn(u8) -> String, between: &str| text.bytes().map(form).collect::<Vec<_>>().join(between);
        for page in [
            format!("new Uint8Array([{}])", list(|byte| byte.to_string(), ",")),
            format!("{{\"data\":[{}]}}", list(|byte| byte.to_string(), ", ")),
            format!("[\n  {}\n]", list(|byte| byte.to_string(), ",\n  ")),
            format!("unsigned char a[] = {{\n  {}\n}};", list(|byte| format!("0x{byte:02x}"), ", ")),
            format!("f({},)", list(|byte| format!("0x{byte:X}"), ",").replace("0xA,", "0x0A,")),
        ] {
            assert_eq!(texts(&page), [text], "{page}");
        }
    }

    #[test]
    fn tables_are_no_text() {
        assert!(texts("[1,10,100,1000,10,10]").is_empty());
        assert!(texts("rgb(1, 10, 20), rgb(2, 10, 30)").is_empty());
    }
}
