//! What there is to know of a text as a whole: size, lines, and a digest that ignores line-end style.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::inventory::{Media, TextDigest, TextFacts};

use super::{Hit, Inner, Inspector, Lookout, Sample, Seen};

/// Writes [`TextFacts`] of text entries.
pub(super) const INSPECTOR: Inspector = Inspector { name: "text", needles: |_| Vec::new(), inspect };

/// The [`Inner::what`] of text that was UTF-16.
pub(super) const UTF16: &str = "UTF-16 text";

fn inspect(sample: &Sample<'_>, _: &[Hit], _: &Lookout, seen: &mut Seen<'_>) {
    if sample.decoded.is_some() {
        return;
    }
    if let Some(text) = bare_utf16(sample.bytes, sample.media) {
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

/// UTF-8 of JSON in UTF-16 without a byte-order mark, which looks like binary data at first. (With a mark,
/// every inspector is given UTF-8 from the start.)
fn bare_utf16(bytes: &[u8], media: Media) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [b'{' | b')', 0, second, 0, ..] if second.is_ascii() => u16::from_le_bytes,
        [0, b'{' | b')', 0, second, ..] if second.is_ascii() => u16::from_be_bytes,
        _ => return None,
    };
    if media != Media::Binary {
        return None;
    }
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len() / 2 + 16);
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
    fn reads_bare_utf16_of_either_order() {
        let little: Vec<u8> = "{\"ä\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "{\"ä\": 1}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for text in [&little, &big] {
            assert_eq!(bare_utf16(text, Media::Binary).unwrap(), "{\"ä\": 1}".as_bytes());
        }
        assert!(bare_utf16(b"{\"plain\": 1}", Media::Text).is_none());
        assert!(bare_utf16(b"{\0\x01\x90", Media::Binary).is_none());
    }
}
