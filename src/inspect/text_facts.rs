//! What is known about a text as a whole: size, lines, and a digest that ignores line-end style
//! and blanks at the end.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::inventory::{TextDigest, TextFacts};

/// Size, lines and digest of a text. The digest leaves out a byte-order mark and blanks at the end, and
/// takes CRLF for LF.
pub(crate) fn text_facts(text: &[u8]) -> TextFacts {
    /// Small enough to stay in the processor's cache between two passes.
    const PIECE: usize = 128 << 10;
    if text.len() > PIECE {
        let mut facts = PiecewiseFacts::default();
        text.chunks(PIECE).for_each(|piece| facts.add(piece));
        return facts.finish();
    }
    let ends = memchr::memchr_iter(b'\n', text).count() as u64;
    let open_line = text.last().is_some_and(|last| *last != b'\n');
    TextFacts { bytes: text.len() as u64, lines: ends + u64::from(open_line), digest: digest(text) }
}

fn digest(text: &[u8]) -> TextDigest {
    let text = text.strip_prefix(MARK).unwrap_or(text).trim_ascii_end();
    if memchr::memchr(b'\r', text).is_none() {
        return TextDigest(xxh3_128(text));
    }
    let mut hasher = Xxh3::new();
    update_without_carriage_returns(&mut hasher, text);
    TextDigest(hasher.digest128())
}

const MARK: &[u8] = b"\xEF\xBB\xBF";

fn update_without_carriage_returns(hasher: &mut Xxh3, text: &[u8]) {
    let mut from = 0;
    for end in memchr::memmem::find_iter(text, b"\r\n") {
        hasher.update(text.get(from..end).unwrap_or_default());
        from = end + 1;
    }
    hasher.update(text.get(from..).unwrap_or_default());
}

/// [`text_facts`] of a text that comes in pieces.
#[derive(Default)]
pub(crate) struct PiecewiseFacts {
    hasher: Xxh3,
    bytes: u64,
    ends: u64,
    ends_in_line: bool,
    /// Blanks that count only if something follows them.
    blanks: Vec<u8>,
}

impl PiecewiseFacts {
    /// Takes the next piece. The first one is at least as long as a byte-order mark.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        let Some(&last) = piece.last() else { return };
        self.ends += memchr::memchr_iter(b'\n', piece).count() as u64;
        let text = match self.bytes {
            0 => piece.strip_prefix(MARK).unwrap_or(piece),
            _ => piece,
        };
        self.bytes += piece.len() as u64;
        self.ends_in_line = last == b'\n';
        let text_and_blanks = text.trim_ascii_start();
        let (before, _) = text.split_at(text.len() - text_and_blanks.len());
        self.blanks.extend_from_slice(before);
        let text = text_and_blanks.trim_ascii_end();
        if text.is_empty() {
            return;
        }
        update_without_carriage_returns(&mut self.hasher, &self.blanks);
        update_without_carriage_returns(&mut self.hasher, text);
        self.blanks.clear();
        self.blanks.extend_from_slice(text_and_blanks.get(text.len()..).unwrap_or_default());
    }

    pub(crate) fn finish(self) -> TextFacts {
        let open_line = self.bytes > 0 && !self.ends_in_line;
        TextFacts {
            bytes: self.bytes,
            lines: self.ends + u64::from(open_line),
            digest: TextDigest(self.hasher.digest128()),
        }
    }
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
    fn a_long_text_has_the_digest_of_its_parts_together() {
        for line in ["one two three\n", "one two\r\n", "\r\r\n", "x"] {
            let text = line.repeat(300_000 / line.len());
            let unix = text.replace("\r\n", "\n");
            let unix = unix.trim_ascii_end();
            let facts = text_facts(text.as_bytes());
            assert_eq!(facts.digest, TextDigest(xxh3_128(unix.as_bytes())), "{line:?}");
            assert_eq!(facts.lines, text.lines().count() as u64, "{line:?}");
        }
    }

    #[test]
    fn line_ends_blanks_at_the_end_and_a_mark_do_not_change_the_digest() {
        let plain = text_facts(b"one\ntwo\nthree").digest;
        for same in [
            "one\r\ntwo\r\nthree",
            "one\ntwo\r\nthree",
            "\u{FEFF}one\ntwo\nthree",
            "one\ntwo\nthree\r\n \n\t",
        ] {
            assert_eq!(text_facts(same.as_bytes()).digest, plain, "{same:?}");
        }
        for other in ["one\rtwo\nthree", "one\n\rtwo\nthree", "one\ntwo \nthree", " one\ntwo\nthree"] {
            assert_ne!(text_facts(other.as_bytes()).digest, plain, "{other:?}");
        }
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        for text in [
            "\u{FEFF}one\r\ntwo\rthree\r\n\r\r\n",
            "plain\nlines\n",
            "\r\r\r\r\r",
            "abc",
            "a\r\nb\n\r",
            "a  \r\n \r b \n",
        ] {
            for size in 3..text.len() + 1 {
                let mut facts = PiecewiseFacts::default();
                text.as_bytes().chunks(size).for_each(|piece| facts.add(piece));
                assert_eq!(facts.finish(), text_facts(text.as_bytes()), "{text:?} in pieces of {size}");
            }
        }
    }
}
