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
    // a slash stands before the digits
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'/') < 11)
        | (byte == b'+')
        | (byte == b'-')
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

/// Runs of base64 in a text that is still coming, or is looked at for more than one purpose: so it is searched once.
#[derive(Debug, Default)]
pub(crate) struct Base64Runs {
    found: Vec<Range<usize>>,
    /// Bytes that were searched; those behind are searched when somebody asks.
    searched: usize,
    /// Where the run begins that reaches to the end of what was searched.
    open: Option<usize>,
}

impl Base64Runs {
    /// Characters in a row.
    pub(crate) const SHORTEST: usize = 35;
    /// Runs that are kept, so that their number is no matter of the text's size.
    const MOST: usize = 1 << 20;

    /// Searches what has come of a text since it was looked at last.
    pub(crate) fn look(&mut self, so_far: &[u8]) {
        /// Bytes searched before the number of runs is looked at.
        const PIECE: usize = 256 << 10;
        while self.searched < so_far.len() && self.found.len() < Self::MOST {
            let to = so_far.len().min(self.searched + PIECE);
            self.look_at(so_far.get(..to).unwrap_or_default());
        }
    }

    fn look_at(&mut self, so_far: &[u8]) {
        let mut at = std::mem::replace(&mut self.searched, so_far.len());
        if let Some(start) = self.open {
            let new = so_far.get(at..).unwrap_or_default();
            let Some(length) = new.iter().position(|byte| !is_digit(*byte)) else { return };
            at += length;
            self.add(start..at);
        }
        let rest = so_far.get(at..).unwrap_or_default();
        let last = rest.iter().rposition(|byte| !is_digit(*byte)).map_or(0, |other| other + 1);
        self.open = (last < rest.len()).then_some(at + last);
        for run in runs(rest.get(..last).unwrap_or_default(), Self::SHORTEST, is_digit) {
            self.add(at + run.start..at + run.end);
        }
    }

    fn add(&mut self, run: Range<usize>) {
        if run.len() >= Self::SHORTEST {
            self.found.push(run);
        }
    }

    /// Those of at least so many characters, no fewer than [`Self::SHORTEST`], within a range of the whole text, in
    /// order. What is cut by the bounds of the range counts as far as it is within.
    pub(crate) fn within<'a>(
        &'a self,
        text: &'a [u8],
        range: Range<usize>,
        shortest: usize,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let first = self.found.partition_point(|run| run.end <= range.start);
        let known = self.found.get(first..).unwrap_or_default().iter();
        let from = self.open.unwrap_or(self.searched).clamp(range.start, range.end);
        let unknown = text.get(from..range.end).unwrap_or_default();
        let (start, end) = (range.start, range.end);
        known
            .take_while(move |run| run.start < end)
            .map(move |run| run.start.max(start)..run.end.min(end))
            .filter(move |run| run.len() >= shortest)
            .chain(runs(unknown, shortest, is_digit).map(move |run| from + run.start..from + run.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_text_in_pieces_has_the_same_runs_of_base64(
            words in proptest::collection::vec((0..90usize, 0..3usize), 0..60),
            piece in 1..300usize,
            (searched, start, end) in (0..=100usize, 0..=100usize, 0..=100usize),
        ) {
            let words = words.into_iter().map(|(length, blanks)| [vec![b'a'; length], vec![b' '; blanks]].concat());
            let text: Vec<u8> = words.flatten().collect();
            let at = |percent: usize| text.len() * percent / 100;
            let range = at(start.min(end))..at(start.max(end));
            let mut known = Base64Runs::default();
            for end in (0..at(searched)).step_by(piece).skip(1).chain([at(searched)]) {
                known.look(&text[..end]);
            }
            let expected = runs(&text[range.clone()], 40, is_digit);
            let expected: Vec<_> = expected.map(|run| range.start + run.start..range.start + run.end).collect();
            proptest::prop_assert_eq!(known.within(&text, range, 40).collect::<Vec<_>>(), expected);
        }
    }

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
