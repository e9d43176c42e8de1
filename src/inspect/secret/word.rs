//! Where a word ends that many places are asked about.

use std::ops::Range;

/// Letters, digits, `_` and `-` in a row, kept for the places in them that are asked for next.
#[derive(Debug, Default)]
pub(super) struct Word(Range<usize>);

impl Word {
    /// Where those end that are at `at`.
    pub(super) fn end(&mut self, text: &[u8], at: usize) -> usize {
        if !self.0.contains(&at) {
            let rest = text.get(at..).unwrap_or_default().iter();
            let goes_on = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            self.0 = at..at + rest.take_while(goes_on).count();
        }
        self.0.end
    }
}
