//! Runs of characters of one kind, as those of base64, found without looking at most of the others.

use std::ops::Range;

/// The values of base64's characters, of both alphabets; `OTHER` for all others.
#[expect(clippy::indexing_slicing, reason = "the compiler makes it, and would stop at a wrong index")]
static VALUES: [u8; 256] = {
    let mut values = [OTHER; 256];
    let mut number = 0;
    while number < 26 {
        values[b'A' as usize + number] = number as u8;
        values[b'a' as usize + number] = number as u8 + 26;
        number += 1;
    }
    number = 0;
    while number < 10 {
        values[b'0' as usize + number] = number as u8 + 52;
        number += 1;
    }
    values[b'+' as usize] = 62;
    values[b'-' as usize] = 62;
    values[b'/' as usize] = 63;
    values[b'_' as usize] = 63;
    values
};

/// What no character of base64 is worth.
const OTHER: u8 = 0xFF;

/// What a character is worth; `None` if it is none of base64's.
pub(super) fn value(byte: u8) -> Option<u8> {
    Some(raw_value(byte)).filter(|value| *value != OTHER)
}

/// The same without a sign that it is none: then all bits are set.
pub(super) fn raw_value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

/// Whether this is a character of base64. Made of comparisons alone, so that many are told at once.
pub(crate) const fn is_digit(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'+')
        | (byte == b'-')
        | (byte == b'/')
        | (byte == b'_')
}

/// Bytes looked at in one go.
const BLOCK: usize = 16;

/// All runs of at least so many characters of a kind; so many are more than a block.
pub(crate) fn runs<F: Fn(u8) -> bool>(bytes: &[u8], shortest: usize, is_of_kind: F) -> Runs<'_, F> {
    Runs { bytes, at: 0, shortest, is_of_kind }
}

pub(crate) struct Runs<'a, F> {
    bytes: &'a [u8],
    at: usize,
    shortest: usize,
    is_of_kind: F,
}

impl<F> Runs<'_, F> {
    /// Goes on from there.
    pub(super) fn skip_to(&mut self, at: usize) {
        self.at = self.at.max(at);
    }
}

impl<F: Fn(u8) -> bool> Iterator for Runs<'_, F> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        // A run fills one of every few blocks: so most need no look.
        let stride = self.shortest.saturating_sub(BLOCK - 1).max(1);
        let mut at = self.at;
        while let Some(block) = self.block(at) {
            if !self.is_all(block) {
                at += stride;
                continue;
            }
            let before = self.bytes.get(self.at..at)?.iter().rposition(|byte| !(self.is_of_kind)(*byte));
            let start = before.map_or(self.at, |other| self.at + other + 1);
            while self.block(at).is_some_and(|block| self.is_all(block)) {
                at += BLOCK;
            }
            let last = self.bytes.get(at..)?.iter().take(BLOCK);
            at += last.take_while(|byte| (self.is_of_kind)(**byte)).count();
            self.at = at;
            if at - start >= self.shortest {
                return Some(start..at);
            }
        }
        None
    }
}

impl<F: Fn(u8) -> bool> Runs<'_, F> {
    fn block(&self, at: usize) -> Option<&[u8; BLOCK]> {
        self.bytes.get(at..)?.first_chunk()
    }

    /// Whether all are of the kind, told without a branch for each.
    fn is_all(&self, block: &[u8; BLOCK]) -> bool {
        block.iter().fold(0, |others, byte| others | u8::from(!(self.is_of_kind)(*byte))) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_base64_are_those_with_a_value() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_digit(byte), value(byte).is_some(), "{byte}");
        }
    }

    #[test]
    fn every_run_is_found_whole() {
        let mut text = Vec::new();
        let mut wanted = Vec::new();
        for length in [1, 39, 40, 3, 41, 100, 0, 40].into_iter().chain(0..80) {
            let start = text.len();
            text.extend(std::iter::repeat_n(b'a', length));
            if length >= 40 {
                wanted.push(start..text.len());
            }
            text.push(b' ');
        }
        assert_eq!(runs(&text, 40, is_digit).collect::<Vec<_>>(), wanted);
        assert_eq!(runs(&text[..text.len() - 1], 40, is_digit).count(), wanted.len());
        assert_eq!(runs(b"short", 40, is_digit).count(), 0);
    }
}
