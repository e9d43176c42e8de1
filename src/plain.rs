//! Undoes the escapes of string literals without parsing what is around them.

use std::borrow::Cow;

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
    /// `None` if nothing is escaped.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        memchr::memmem::find(text, b"\\n").or_else(|| memchr::memmem::find(text, b"\\u"))?;
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
        Some(plain)
    }

    /// The place in the original of a place in the plain text.
    pub(crate) fn place(&self, offset: usize) -> usize {
        let next = self.shifts.partition_point(|&(from, _)| from <= offset);
        let shift = next.checked_sub(1).and_then(|last| self.shifts.get(last)).map_or(0, |&(_, shift)| shift);
        offset + shift
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
        Some(b'u') => {
            let digits = text.get(2..6).and_then(|digits| std::str::from_utf8(digits).ok());
            let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            return match code.and_then(char::from_u32) {
                Some(character) => (character.to_string().into_bytes().into(), 6),
                None => (b"\\"[..].into(), 1),
            };
        }
        _ => return (b"\\"[..].into(), 1),
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
    }
}
