//! Code as forums show it, coloured by tags in square brackets, and as chat programs do, by control characters.

use memchr::{memchr, memchr2, memmem};

use super::{LEAST_LINES, MARKUP, Whole};

/// Tags that colour or frame text, and are no part of it.
const TAGS: [&[u8]; 10] = [b"color", b"b", b"i", b"u", b"s", b"size", b"font", b"code", b"tt", b"background"];
/// Longer tags are none.
const LONGEST_TAG: usize = 40;
/// Tags that a text has which is coloured word by word.
const LEAST: usize = 12;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    forum(bytes, found);
    chat(bytes, found);
}

fn forum(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let ends = memmem::find_iter(bytes, b"[/color]").take(LEAST).count();
    if ends < LEAST {
        return;
    }
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr(b'[', rest) {
        let (before, mark) = rest.split_at(at);
        text.extend_from_slice(before);
        let length = tag(mark).unwrap_or(0);
        if length == 0 {
            text.push(b'[');
        }
        rest = mark.get(length.max(1)..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    found(Whole { what: MARKUP, at: 0, text });
}

/// The length of the tag that begins here.
fn tag(mark: &[u8]) -> Option<usize> {
    let end = memchr(b']', mark.get(..LONGEST_TAG).unwrap_or(mark))?;
    let inside = mark.get(1..end)?;
    let name = inside.strip_prefix(b"/").unwrap_or(inside);
    let name = name.split(|byte| *byte == b'=').next()?;
    TAGS.contains(&name).then_some(end + 1)
}

/// What begins a colour in a chat.
const COLOUR: u8 = 0x03;

fn chat(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    /// Bytes by which a text is told from a binary.
    const HEAD: usize = 4 << 10;
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let Some(first) = memchr(COLOUR, head) else { return };
    if memchr2(0, 1, head).is_some() {
        return;
    }
    let mut text = Vec::with_capacity(bytes.len());
    let (mut rest, mut count) = (bytes, 0);
    while let Some(at) = rest.iter().position(|byte| is_control(*byte)) {
        let (before, mark) = rest.split_at(at);
        text.extend_from_slice(before);
        let length = if mark.first() == Some(&COLOUR) { colour(mark) } else { 1 };
        count += usize::from(length > 1);
        rest = mark.get(length..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    if count >= LEAST_LINES {
        found(Whole { what: "chat colours", at: first, text });
    }
}

/// Colour, bold, italic, underlined, and the end of all of them.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0x02 | COLOUR | 0x0F | 0x1D | 0x1F)
}

/// Bytes of a colour: one or two digits, and another one or two behind a comma.
fn colour(mark: &[u8]) -> usize {
    let digits = |from: usize| {
        let digits = mark.get(from..).unwrap_or_default().iter().take(2);
        digits.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let fore = 1 + digits(1);
    match mark.get(fore) {
        Some(b',') if fore > 1 && digits(fore + 1) > 0 => fore + 1 + digits(fore + 1),
        _ => fore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(listing: &[u8]) -> String {
        let mut found = String::new();
        uncover(listing, &mut |whole| found.push_str(std::str::from_utf8(&whole.text).unwrap()));
        found
    }

    #[test]
    fn code_comes_back_as_it_was_written() {
        let line = "[size=10][color=#838183][i]// why[/i][/color]\n[color=#000000][b]if[/b][/color] [color=#000](a[0] < b[at])[/color] [b]return[/b] c;[/size]\n";
        let expected = "// why\nif (a[0] < b[at]) return c;\n";
        assert_eq!(text(line.repeat(6).as_bytes()), expected.repeat(6));
        assert_eq!(text(line.as_bytes()), "");
    }

    #[test]
    fn colours_of_a_chat_are_no_text() {
        let chat = "\x0314// why\x03\n\x0302,01if\x03 (a < 3) \x02return\x02 c;\n\x037d\x0f\n";
        assert_eq!(text(chat.as_bytes()), "// why\nif (a < 3) return c;\nd\n");
        assert_eq!(text(b"\x7fELF\x01\x03\x031a\x032b\x033c"), "");
        assert_eq!(text(b"a word \x03 and no colour"), "");
    }
}
