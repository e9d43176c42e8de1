//! Text in EBCDIC, the code of mainframes, as `iconv` and their file transfer write it. Letters, digits and the marks of
//! most languages stand at the same places in all its pages; brackets are read as in page 1047.

use super::{LEAST_LINES, Whole};

/// Bytes that tell.
const HEAD: usize = 512;
/// Fewer tell nothing.
const SHORTEST: usize = 64;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if is(bytes) {
        let text = plain(bytes);
        if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
            found(Whole { what: "EBCDIC", at: 0, text });
        }
    }
}

/// Whether bytes are such a text: small letters and blanks for the most part, and nothing that is no character.
pub(crate) fn is(bytes: &[u8]) -> bool {
    // Nearly all else is told by its first bytes.
    let is_none = |byte: &u8| matches!(byte, 0..=4 | 0x06..=0x0C | 0x0E..=0x14 | 0x16..=0x24 | 0x26..=0x3F);
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if head.len() < SHORTEST || head.iter().any(is_none) {
        return false;
    }
    let count = |is: fn(&u8) -> bool| head.iter().filter(|byte| is(byte)).count();
    let letters = count(|byte| matches!(byte, 0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9));
    let blanks = count(|byte| matches!(byte, 0x40 | 0x15 | 0x25));
    3 * letters >= head.len() && 10 * blanks >= head.len()
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| character(*byte)).collect()
}

/// The character at a place, in ASCII.
fn character(byte: u8) -> u8 {
    match byte {
        0x81..=0x89 => byte - 0x81 + b'a',
        0x91..=0x99 => byte - 0x91 + b'j',
        0xA2..=0xA9 => byte - 0xA2 + b's',
        0xC1..=0xC9 => byte - 0xC1 + b'A',
        0xD1..=0xD9 => byte - 0xD1 + b'J',
        0xE2..=0xE9 => byte - 0xE2 + b'S',
        0xF0..=0xF9 => byte - 0xF0 + b'0',
        0x05 => b'\t',
        0x0D => b'\r',
        0x15 | 0x25 => b'\n',
        _ => MARKS.iter().find(|(place, _)| *place == byte).map_or(b' ', |(_, mark)| *mark),
    }
}

/// Marks, each behind its place.
const MARKS: [(u8, u8); 36] = [
    (0x4A, b'['),
    (0x4B, b'.'),
    (0x4C, b'<'),
    (0x4D, b'('),
    (0x4E, b'+'),
    (0x4F, b'|'),
    (0x50, b'&'),
    (0x5A, b'!'),
    (0x5B, b'$'),
    (0x5C, b'*'),
    (0x5D, b')'),
    (0x5E, b';'),
    (0x5F, b'^'),
    (0x60, b'-'),
    (0x61, b'/'),
    (0x6A, b'|'),
    (0x6B, b','),
    (0x6C, b'%'),
    (0x6D, b'_'),
    (0x6E, b'>'),
    (0x6F, b'?'),
    (0x79, b'`'),
    (0x7A, b':'),
    (0x7B, b'#'),
    (0x7C, b'@'),
    (0x7D, b'\''),
    (0x7E, b'='),
    (0x7F, b'"'),
    (0xA1, b'~'),
    (0xAD, b'['),
    (0xBA, b'['),
    (0xBB, b']'),
    (0xBD, b']'),
    (0xC0, b'{'),
    (0xD0, b'}'),
    (0xE0, b'\\'),
];

#[cfg(test)]
pub(crate) fn written(text: &str) -> Vec<u8> {
    let place = |byte: u8| {
        (0..=255).rev().find(|place| character(*place) == byte && (*place != 0x40 || byte == b' '))
    };
    text.bytes().map(|byte| if byte == b' ' { 0x40 } else { place(byte).unwrap_or(0x40) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// It is high at noon.\nint noon(const int *row)\n{\n\tif (row[0] > 12 && !late)\n\t\treturn row[1] * 3 - 'a';\n}\n";

    #[test]
    fn a_text_is_read() {
        let mut texts = Vec::new();
        uncover(&written(TEXT), &mut |whole| texts.push(String::from_utf8(whole.text).unwrap()));
        assert_eq!(texts, [TEXT]);
    }

    #[test]
    fn other_bytes_are_no_such_text() {
        let cyrillic =
            "\u{442}\u{435}\u{43a}\u{441}\u{442} \u{434}\u{43b}\u{44f} \u{432}\u{441}\u{435}\u{445}\n"
                .repeat(9);
        let random: Vec<u8> = (0..600u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for bytes in [TEXT.as_bytes(), cyrillic.as_bytes(), &random, &[0x81; 600], &[0x40; 600], b""] {
            assert!(!is(bytes), "{bytes:?}");
        }
    }
}
