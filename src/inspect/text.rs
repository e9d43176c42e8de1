//! What there is to know of a text as a whole: size, lines, and a digest that ignores line-end style.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::inventory::{Media, TextDigest, TextFacts};

use super::{Hit, Inner, Inspector, Lookout, Sample, Seen};

/// Writes [`TextFacts`] of text entries, and hands UTF-16 on as UTF-8 so that every inspector reads it.
pub(super) const INSPECTOR: Inspector = Inspector { name: "text", needles: |_| Vec::new(), inspect };

/// The [`Inner::what`] of text that was UTF-16.
pub(super) const UTF16: &str = "UTF-16 text";

fn inspect(sample: &Sample<'_>, _: &[Hit], _: &Lookout, seen: &mut Seen<'_>) {
    if sample.decoded.is_some() {
        return;
    }
    if let Some(text) = utf16(sample.bytes, sample.media) {
        seen.entry.text = Some(text_facts(&text));
        seen.inner.push(Inner { what: UTF16.to_owned(), offset: 0, path: None, bytes: text });
    } else if sample.media.is_text() {
        seen.entry.text = Some(text_facts(sample.bytes));
    }
}

/// Size, lines and digest of a text. The digest leaves out a byte-order mark and takes CRLF for LF.
pub(crate) fn text_facts(text: &[u8]) -> TextFacts {
    let ends = memchr::memchr_iter(b'\n', text).count() as u64;
    let open_line = text.last().is_some_and(|last| *last != b'\n');
    TextFacts { bytes: text.len() as u64, lines: ends + u64::from(open_line), digest: digest(text) }
}

fn digest(text: &[u8]) -> TextDigest {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    if memchr::memchr(b'\r', text).is_none() {
        return TextDigest(xxh3_128(text));
    }
    let mut hasher = Xxh3::new();
    let mut from = 0;
    for end in memchr::memmem::find_iter(text, b"\r\n") {
        hasher.update(text.get(from..end).unwrap_or_default());
        from = end + 1;
    }
    hasher.update(text.get(from..).unwrap_or_default());
    TextDigest(hasher.digest128())
}

/// UTF-8 of a text in UTF-16: with a byte-order mark, or a bare one that opens like JSON.
pub(crate) fn utf16(bytes: &[u8], media: Media) -> Option<Vec<u8>> {
    let (big_endian, body) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, body @ ..] => (false, body),
        [0xFE, 0xFF, body @ ..] => (true, body),
        [b'{' | b')', 0, second, 0, ..] if second.is_ascii() => (false, bytes),
        [0, b'{' | b')', 0, second, ..] if second.is_ascii() => (true, bytes),
        _ => return None,
    };
    if !matches!(media, Media::Text | Media::Utf16 | Media::Binary) {
        return None;
    }
    let units = body.as_chunks::<2>().0.iter().map(|pair| match big_endian {
        true => u16::from_be_bytes(*pair),
        false => u16::from_le_bytes(*pair),
    });
    let mut text = String::with_capacity(body.len() / 2 + 16);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_a_last_one_without_end() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2), ("a\r\nb\r\n", 2)] {
            assert_eq!(text_facts(text.as_bytes()).lines, lines, "{text:?}");
        }
    }

    #[test]
    fn line_ends_and_a_mark_do_not_change_the_digest() {
        let plain = text_facts(b"one\ntwo\nthree").digest;
        for same in ["one\r\ntwo\r\nthree", "one\ntwo\r\nthree", "\u{FEFF}one\ntwo\nthree"] {
            assert_eq!(text_facts(same.as_bytes()).digest, plain, "{same:?}");
        }
        for other in ["one\rtwo\nthree", "one\ntwo\nthree\n", "one\n\rtwo\nthree", "one\ntwo\nthree\r"] {
            assert_ne!(text_facts(other.as_bytes()).digest, plain, "{other:?}");
        }
    }

    #[test]
    fn reads_utf16_of_either_order() {
        let little: Vec<u8> = "\u{FEFF}{\"ä\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{FEFF}{\"ä\": 1}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for text in [&little, &big] {
            assert_eq!(utf16(text, Media::Utf16).unwrap(), "{\"ä\": 1}".as_bytes());
            assert_eq!(utf16(&text[2..], Media::Binary).unwrap(), "{\"ä\": 1}".as_bytes());
        }
        assert!(utf16(b"{\"plain\": 1}", Media::Text).is_none());
        assert!(utf16(b"\xFF\xFE\0\0utf-32", Media::Binary).is_none());
    }
}
