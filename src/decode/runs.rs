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

pub(super) fn is_digit(byte: u8) -> bool {
    value(byte).is_some()
}

/// All runs of at least so many characters of a kind.
pub(super) fn runs<F: Fn(u8) -> bool>(bytes: &[u8], shortest: usize, is_of_kind: F) -> Runs<'_, F> {
    Runs { bytes, at: 0, shortest, is_of_kind }
}

pub(super) struct Runs<'a, F> {
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
        loop {
            // A run that begins at `at` or later fills this window, or begins behind the last gap in it.
            let window = self.bytes.get(self.at..self.at + self.shortest)?;
            match window.iter().rposition(|byte| !(self.is_of_kind)(*byte)) {
                Some(gap) => self.at += gap + 1,
                None => break,
            }
        }
        let rest = self.bytes.get(self.at + self.shortest..).unwrap_or_default();
        let more = rest.iter().take_while(|byte| (self.is_of_kind)(**byte)).count();
        let run = self.at..self.at + self.shortest + more;
        self.at = run.end;
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_found_whole() {
        let mut text = Vec::new();
        let mut wanted = Vec::new();
        for length in [1, 39, 40, 3, 41, 100, 0, 40] {
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
