//! What string literals write in another way, told without parsing what is around them: characters by their number, line
//! ends and quotes behind a backslash.

use std::borrow::Cow;

/// A character that is written by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Character {
    /// A byte of its own, which may be part of a character of UTF-8.
    Byte(u8),
    Of(char),
}

impl Character {
    pub(crate) fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => out.push(byte),
            Self::Of(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

impl From<Character> for char {
    fn from(character: Character) -> Self {
        match character {
            Character::Byte(byte) => byte.into(),
            Character::Of(character) => character,
        }
    }
}

/// The character whose number stands behind a backslash (`x2d`, `u005f`, `u{5f}`, `137`), and the length of that. Two halves
/// of a character of UTF-16 are one.
pub(crate) fn numbered(text: &[u8]) -> Option<(Character, usize)> {
    let of = |number: u32, length: usize| Some((Character::Of(char::from_u32(number)?), length));
    match text {
        [b'x', digits @ ..] => Some((Character::Byte(number(digits.get(..2)?, 16)? as u8), 3)),
        [b'u', b'{', digits @ ..] => {
            let end = memchr::memchr(b'}', digits.get(..7).unwrap_or(digits))?;
            of(number(digits.get(..end)?, 16)?, end + 3)
        }
        [b'u', digits @ ..] => match number(digits.get(..4)?, 16)? {
            first @ 0xD800..0xDC00 => {
                let second = number(digits.get(4..)?.strip_prefix(b"\\u")?.get(..4)?, 16)?;
                let second = second.checked_sub(0xDC00).filter(|second| *second < 0x400)?;
                of(0x10000 + (first - 0xD800) * 0x400 + second, 11)
            }
            whole => of(whole, 5),
        },
        [first @ b'0'..=b'7', b'0'..=b'7', ..] => {
            let most = if *first < b'4' { 3 } else { 2 };
            let length = text.iter().take(most).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            Some((Character::Byte(u8::try_from(number(text.get(..length)?, 8)?).ok()?), length))
        }
        _ => None,
    }
}

/// The value of digits in some base, of at most eight.
pub(crate) fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let (false, true) = (digits.is_empty(), digits.len() <= 8) else { return None };
    digits.iter().try_fold(0_u32, |value, digit| {
        value.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?)
    })
}

/// A text in which a backslash says of whatever follows that it stands for itself.
pub(crate) fn without_backslashes(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.iter().copied();
    std::iter::from_fn(|| bytes.next().and_then(|byte| if byte == b'\\' { bytes.next() } else { Some(byte) }))
        .collect()
}

/// Text with escapes (`\n`, `\"`, `\u0041`) undone everywhere, whether in a string or not: enough to search the texts
/// inside a JSON file or an `eval` string without parsing it.
pub(crate) struct Plain {
    /// The text without escapes.
    pub(crate) bytes: Vec<u8>,
    /// For each escape: where its character ends in `bytes`, and what to add from there on to get the place in the
    /// original.
    shifts: Vec<(usize, usize)>,
}

impl Plain {
    /// `None` if there are none that hide anything: neither line ends nor characters by their number.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        memchr::memmem::find(text, b"\\n").or_else(|| memchr::memmem::find(text, b"\\u"))?;
        Some(Self::undone(text))
    }

    /// A text, whatever is escaped in it.
    pub(crate) fn undone(text: &[u8]) -> Self {
        let mut plain = Self { bytes: Vec::with_capacity(text.len()), shifts: Vec::new() };
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'\\', rest) {
            plain.bytes.extend_from_slice(rest.get(..at).unwrap_or_default());
            let (character, length) = unescape(rest.get(at..).unwrap_or_default());
            plain.bytes.extend_from_slice(&character);
            rest = rest.get(at + length..).unwrap_or_default();
            plain.shifts.push((plain.bytes.len(), text.len() - rest.len() - plain.bytes.len()));
        }
        plain.bytes.extend_from_slice(rest);
        plain
    }

    /// The place in the original of a place in the plain text.
    pub(crate) fn place(&self, offset: usize) -> usize {
        offset + self.shift(|&(from, _)| from <= offset)
    }

    /// The place in the plain text of a place in the original.
    pub(crate) fn offset(&self, place: usize) -> usize {
        place.saturating_sub(self.shift(|&(from, shift)| from + shift <= place))
    }

    /// What the last of the escapes adds for which this holds.
    fn shift(&self, is_before: impl Fn(&(usize, usize)) -> bool) -> usize {
        let next = self.shifts.partition_point(is_before);
        next.checked_sub(1).and_then(|last| self.shifts.get(last)).map_or(0, |&(_, shift)| shift)
    }
}

/// The character that an escape stands for, and the escape's length. `text` begins with a backslash.
fn unescape(text: &[u8]) -> (Cow<'static, [u8]>, usize) {
    let simple: &[u8] = match text.get(1) {
        Some(b'n') => b"\n",
        Some(b'r') => b"\r",
        Some(b't') => b"\t",
        Some(b'"') => b"\"",
        Some(b'\'') => b"'",
        Some(b'`') => b"`",
        Some(b'/') => b"/",
        Some(b'\\') => b"\\",
        _ => {
            return match numbered(text.get(1..).unwrap_or_default()) {
                Some((character, length)) => {
                    let mut bytes = Vec::new();
                    character.push(&mut bytes);
                    (bytes.into(), length + 1)
                }
                None => (b"\\"[..].into(), 1),
            };
        }
    };
    (simple.into(), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_escapes_are_left_as_they_are() {
        let plain = Plain::of(br"a\n\u12\ud83d\x\").expect("escapes");
        assert_eq!(plain.bytes, b"a\n\\u12\\ud83d\\x\\");
        assert_eq!(plain.place(0), 0);
        assert_eq!(plain.place(2), 3);
        assert_eq!(plain.offset(0), 0);
        assert_eq!(plain.offset(3), 2);
    }

    #[test]
    fn characters_have_their_number_in_any_form() {
        for (text, expected) in [
            (&b"x2dz"[..], Some(('-', 3))),
            (b"u005fz", Some(('_', 5))),
            (b"u{1f600}z", Some(('\u{1f600}', 8))),
            (b"ud83d\\ude00z", Some(('\u{1f600}', 11))),
            (b"ud83dz", None),
            (b"1378", Some(('_', 3))),
            (b"558", Some(('-', 2))),
            (b"0z", None),
            (b"x+1", None),
        ] {
            let found = numbered(text).map(|(character, length)| (char::from(character), length));
            assert_eq!(found, expected, "{}", text.escape_ascii());
        }
    }
}
