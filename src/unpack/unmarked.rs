//! Texts in raw deflate and brotli, which no magic number begins: told by a beginning that few other bytes have, and
//! then by being one whole stream of text.

use std::io::Read as _;

use super::Limits;

/// Bytes that such a stretch has at least.
const SHORTEST: usize = 24;

/// Whether bytes, so many of them, may begin such a text. Of random ones, one or two in a hundred do.
pub(crate) fn may_be_unmarked(head: &[u8], length: usize) -> bool {
    length >= SHORTEST && (is_deflate(head) || is_brotli(head, length))
}

/// The text that all of the bytes are one stream of; otherwise how many bytes were made before that turned out to be
/// wrong.
pub(crate) fn unmarked(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, u64> {
    if bytes.len() < SHORTEST {
        return Err(0);
    }
    let inflated = if is_deflate(bytes) { inflated(bytes, limits) } else { Err(0) };
    inflated.or_else(|made| {
        let text = if is_brotli(bytes, bytes.len()) { unbrotli(bytes, limits) } else { Err(0) };
        text.map_err(|more| made + more)
    })
}

fn inflated(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, u64> {
    let mut reader = flate2::bufread::DeflateDecoder::new(bytes);
    let text = text_of(&mut reader, bytes.len(), limits)?;
    if reader.total_in() == bytes.len() as u64 { Ok(text) } else { Err(text.len() as u64) }
}

fn unbrotli(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, u64> {
    const CHUNK: usize = 4 << 10;
    text_of(&mut brotli_decompressor::Decompressor::new(bytes, CHUNK), bytes.len(), limits)
}

fn text_of(reader: &mut dyn std::io::Read, packed: usize, limits: &Limits) -> Result<Vec<u8>, u64> {
    let most = limits.most_in_entry().min((packed as u64).saturating_mul(limits.ratio));
    let mut text = Vec::new();
    let mut reader = reader.take(most + 1);
    // what is no text shows at once
    let mut begin = [0; 256];
    let count = reader.read(&mut begin).unwrap_or_default();
    let begin = begin.get(..count).unwrap_or_default();
    if count == 0 || begin.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
        return Err(count as u64);
    }
    text.extend_from_slice(begin);
    let is_read = reader.read_to_end(&mut text).is_ok();
    let is_whole = is_read && text.len() as u64 <= most && text.len() >= SHORTEST;
    if is_whole && std::str::from_utf8(&text).is_ok() { Ok(text) } else { Err(text.len() as u64) }
}

/// Bits from the lowest of each byte on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn next(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |value, place| {
            let byte = self.bytes.get(self.at / 8)?;
            let bit = u32::from(byte >> (self.at % 8) & 1);
            self.at += 1;
            Some(value | bit << place)
        })
    }

    /// A code of Huffman's, which begins with its highest bit.
    fn code(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | self.next(1)?))
    }
}

/// A block with codes of its own whose lengths fit one another, or one without that begins with a few letters.
fn is_deflate(head: &[u8]) -> bool {
    let mut bits = Bits { bytes: head, at: 1 };
    let is_block = match bits.next(2) {
        Some(1) => (0..3).try_for_each(|letters| fixed_letter(&mut bits, letters)),
        Some(2) => dynamic(&mut bits),
        _ => None,
    };
    is_block.is_some()
}

/// Reads a letter of ASCII in the fixed code, or that some of the letters before it, of which there are so many, come again.
fn fixed_letter(bits: &mut Bits<'_>, letters: u32) -> Option<()> {
    let code = bits.code(7)?;
    if let Some(length @ 0..23) = code.checked_sub(1) {
        bits.next((length as usize / 4).saturating_sub(1))?;
        return (bits.code(5)? < letters).then_some(());
    }
    let letter = (code << 1 | bits.next(1)?).checked_sub(0x30)?;
    matches!(letter, 0x09 | 0x0A | 0x0D | 0x20..=0x7E).then_some(())
}

/// Reads the code of the lengths of codes: it has neither too few nor too many.
fn dynamic(bits: &mut Bits<'_>) -> Option<()> {
    /// Codes of letters and of distances above their least number.
    const MOST: u32 = 29;
    let (letters, distances) = (bits.next(5)?, bits.next(5)?);
    let count = bits.next(4)? + 4;
    let used = (0..count).try_fold(0, |used, _| match bits.next(3)? {
        0 => Some(used),
        length => Some(used + (128 >> length)),
    })?;
    (letters <= MOST && distances <= MOST && used == 128).then_some(())
}

/// A first block whose length goes with that of all bytes.
fn is_brotli(head: &[u8], length: usize) -> bool {
    /// Bytes of text for one of these, at most: others come by chance.
    const RATIO: usize = 64;
    let mut bits = Bits { bytes: head, at: 0 };
    let mut block = || {
        // the window
        if bits.next(1)? == 1 && bits.next(3)? == 0 && bits.next(3)? == 1 {
            return None;
        }
        let is_last = bits.next(1)? == 1;
        if is_last && bits.next(1)? == 1 {
            return None;
        }
        let nibbles = bits.next(2)?;
        let size = (nibbles < 3).then(|| bits.next(16 + 4 * nibbles as usize)).flatten()? as usize + 1;
        // a block that isn't packed is found as it stands
        let is_packed = is_last || bits.next(1)? == 0;
        (is_packed && size + 16 >= length.min(1 << 16) && size <= length.saturating_mul(RATIO)).then_some(())
    };
    block().is_some()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn deflated(text: &[u8], level: u32) -> Vec<u8> {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn texts_of_any_length_are_unpacked() {
        let text = "a text of letters, digits (1, 2, 3) and signs; ".repeat(200);
        for length in (30..400).chain([1000, 5000, 9000]) {
            for level in [6, 9] {
                let text = &text.as_bytes()[..length];
                let packed = deflated(text, level);
                assert_eq!(unmarked(&packed, &Limits::default()).as_deref(), Ok(text), "{length} {level}");
                assert!(unmarked(&packed[..packed.len() - 1], &Limits::default()).is_err());
            }
        }
    }

    #[test]
    fn a_text_that_begins_with_a_row_of_one_letter_is_unpacked() {
        for blanks in 1..40 {
            for begin in ["", "a", "ab"] {
                let text = format!("{begin}{}= 4, and more of letters and signs", " ".repeat(blanks));
                let packed = deflated(text.as_bytes(), 6);
                assert_eq!(unmarked(&packed, &Limits::default()).as_deref(), Ok(text.as_bytes()));
            }
        }
    }

    #[test]
    fn a_text_in_brotli_is_unpacked() {
        // as Node packs it
        const PACKED: &[u8] = &[
            27, 40, 0, 248, 69, 55, 151, 234, 232, 214, 162, 40, 40, 12, 7, 254, 41, 137, 60, 8, 213, 1, 36,
            228, 46, 82, 48, 134, 56, 125, 14, 124, 19, 47, 45,
        ];
        const TEXT: &str = "hello hello hello hello, brotli and so on";
        assert_eq!(unmarked(PACKED, &Limits::default()).as_deref(), Ok(TEXT.as_bytes()));
    }

    #[test]
    fn few_other_bytes_look_like_it_and_none_are() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let mut suspects = 0;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..48).map(|_| next()).collect();
            suspects += usize::from(may_be_unmarked(&bytes, bytes.len()));
            assert!(unmarked(&bytes, &Limits::default()).is_err());
        }
        assert!(suspects < 600, "{suspects}");
    }
}
