//! Where a token begins and ends among its neighbours.

use std::ops::Range;

use super::table::Guard;

impl Guard {
    fn forbids(self, byte: u8) -> bool {
        let word = byte.is_ascii_alphanumeric() || byte == b'_';
        match self {
            Self::Word | Self::Name => word,
            Self::Base64 => word || matches!(byte, b'+' | b'/' | b'-'),
            Self::Azure => word || matches!(byte, b'~' | b'.' | b'-'),
            Self::None => false,
        }
    }

    /// Whether a match may begin here.
    pub(super) fn begins(self, text: &[u8], start: usize) -> bool {
        let before = text.get(..start).unwrap_or_default();
        match before {
            [] => true,
            [.., last] if !self.forbids(*last) => true,
            // what an escape in a string, or in a URL, leaves before it
            [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0'] => true,
            [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit),
            [.., b'\\', b'x', a, b] | [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
            [.., b'/', b'/'] => true,
            // the length of a text in MessagePack, whose sign goes on with no ASCII in any text
            [.., 0xD9 | 0xC4, _] => true,
            [.., b'm'] => ends_colour(before),
            _ => false,
        }
    }

    /// Whether a match may end here.
    pub(super) fn ends(self, text: &[u8], end: usize) -> bool {
        if self == Self::Name
            && matches!(text.get(end..), Some([b'.', letter, ..]) if letter.is_ascii_alphabetic())
        {
            return false;
        }
        // a dash goes on where a token of fixed length has ended
        text.get(end).is_none_or(|&next| !self.forbids(next) && (next != b'-' || self == Self::None))
    }
}

/// Whether a match is a whole line of a text in base64, as tools write it in lines of one length, in code with a backslash
/// behind each. A list of tokens has their beginning on the line before, too.
pub(super) fn is_line_of_base64(text: &[u8], whole: &Range<usize>) -> bool {
    /// Characters by which tokens of one kind are alike.
    const BEGINNING: usize = 3;
    let Some(line) = text.get(whole.clone()) else { return false };
    let before = text.get(..whole.start).unwrap_or_default();
    let Some(before) = before.strip_suffix(b"\n") else { return false };
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    let before = before.strip_suffix(b"\\").unwrap_or(before);
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let ends = text.get(whole.end..).unwrap_or_default();
    let ends = ends.strip_prefix(b"\\").unwrap_or(ends).first().is_none_or(is_break);
    let above = before.get(before.len().saturating_sub(line.len())..).unwrap_or_default();
    let is_whole = before.iter().rev().nth(line.len()).is_none_or(is_break);
    ends && is_whole
        && above.len() == line.len()
        && above.iter().all(is_base64)
        && above.get(..BEGINNING) != line.get(..BEGINNING)
}

/// Whether a text ends in what turns a terminal's colour on or off: `[1;32m`.
fn ends_colour(text: &[u8]) -> bool {
    const LONGEST: usize = 12;
    let numbers = text.iter().rev().skip(1).take(LONGEST);
    let mut before = numbers.skip_while(|byte| byte.is_ascii_digit() || **byte == b';');
    before.next() == Some(&b'[')
}

/// Strings that programs keep beside their length (Python bytecode, Java classes, Go and Rust tables):
/// the extents around `at` that such a length gives. The neighbours of a string there say nothing, unless all of them are
/// characters of base64: of those one may be any length.
pub(super) fn counted_strings(bytes: &[u8], at: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    const LONGEST: usize = 4096;
    let printable = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E);
    (0..256)
        .map_while(move |back| at.checked_sub(back))
        .take_while(move |&start| bytes.get(start).copied().is_some_and(printable))
        .flat_map(move |start| {
            let before = bytes.get(..start).unwrap_or_default();
            let one = before.last().map(|&length| usize::from(length));
            let two = before.last_chunk().map(|length| usize::from(u16::from_be_bytes(*length)));
            let four = before.last_chunk().map(|length| u32::from_le_bytes(*length) as usize);
            [one, two, four].into_iter().flatten().map(move |length| (start, start + length))
        })
        .filter(move |&(start, end)| {
            end > at
                && end - start <= LONGEST
                && !is_amid_base64(bytes, start, end)
                && bytes.get(start..end).is_some_and(|text| text.iter().copied().all(printable))
        })
}

/// Whether characters stand near a place that no text has: a small message of Protocol Buffers or MessagePack is all
/// ASCII but for these.
pub(super) fn is_amid_controls(bytes: &[u8], at: usize) -> bool {
    const NEAR: usize = 64;
    let near = bytes.get(at.saturating_sub(NEAR)..(at + NEAR).min(bytes.len())).unwrap_or_default();
    // all of them, since the compiler looks at many at a time if none ends it
    near.iter()
        .fold(false, |any, byte| any | (byte.wrapping_sub(0x01) <= 0x05) | (byte.wrapping_sub(0x0E) <= 0x0C))
}

/// Whether what is before and behind an extent goes on as base64 does.
fn is_amid_base64(bytes: &[u8], start: usize, end: usize) -> bool {
    const BESIDE: usize = 12;
    let before = bytes.get(start.saturating_sub(BESIDE)..start);
    let behind = bytes.get(end..end + BESIDE);
    let goes_on =
        |part: Option<&[u8]>| part.is_some_and(|part| part.len() == BESIDE && part.iter().all(is_base64));
    goes_on(before) && goes_on(behind)
}

/// Whether it is a character of base64 as files have it, and not of the form for addresses: tokens hold that one's.
fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    #[test]
    fn a_line_amid_lines_of_base64_is_no_token() {
        const DIGITS: &str = "ABCXYZabcxyz0189+/";
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..50 {
            let length = 100 + dice.below(60);
            let line = format!("EAAC{}", dice.characters("abcXYZ019", length - 4));
            let other = |dice: &mut Dice, length: usize| format!("z{}", dice.characters(DIGITS, length - 1));
            let (above, shorter) = (other(&mut dice, length), other(&mut dice, length - 8));
            let list = format!("EAAD{}", dice.characters("abcXYZ019", length - 4));
            for (before, behind, expected) in [
                (format!("a({above}\\\n{above}\\\n"), "\\\nabc", true),
                (format!("{above}\n"), "\n", true),
                (format!("{above}\r\n"), "", true),
                (format!("{shorter}\n"), "\n", false),
                (format!("a{above}\n"), "\n", false),
                (format!("{list}\n"), "\n", false),
                (format!("token: {}\n", &above[7..]), "\n", false),
                (format!("{above}\n"), "\"", false),
                (format!("{above}\n "), "\n", false),
                (String::new(), "\n", false),
            ] {
                let text = format!("{before}{line}{behind}");
                let whole = before.len()..before.len() + line.len();
                assert_eq!(is_line_of_base64(text.as_bytes(), &whole), expected, "{text}");
            }
        }
    }

    #[test]
    fn a_letter_amid_base64_is_no_length() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..50 {
            let length = usize::from(b'a') + dice.below(23);
            let text = dice.characters("abcXYZ019", length);
            let counted = |before: &str, behind: &str| {
                let bytes = [before.as_bytes(), &[length as u8], text.as_bytes(), behind.as_bytes()].concat();
                counted_strings(&bytes, before.len() + 1)
                    .any(|extent| extent == (before.len() + 1, bytes.len() - behind.len()))
            };
            assert!(!counted("AAo/bWRkZGQxAA", "QQABkAAAbW9k"));
            assert!(counted("AAo/bWRkZGQxA\u{1}z", "QQABkAAAbW9k"));
            assert!(counted("AAo/bWRkZGQxAA", "\0QABkAAAbW9k"));
            assert!(counted("", ""));
        }
    }
}
