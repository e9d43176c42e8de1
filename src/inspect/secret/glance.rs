//! What is asked of a text before an expression is: whether one of a few words is in it. The expressions that look for
//! credentials are long, and to make one takes as much time as a small package does altogether.

use aho_corasick::AhoCorasick;

/// Words that are looked for all at once, without regard to case.
#[derive(Debug)]
pub(super) struct Words(Option<AhoCorasick>);

impl Words {
    pub(super) fn new(words: &[&str]) -> Self {
        Self(AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok())
    }

    /// Whether a text has one of the words at a place that counts: `counts` is given the word's index, and what is before
    /// and behind it. Words may overlap.
    pub(super) fn are_in(&self, text: &[u8], counts: impl Fn(usize, &[u8], &[u8]) -> bool) -> bool {
        self.0.as_ref().is_none_or(|words| {
            words.find_overlapping_iter(text).any(|word| {
                let before = text.get(..word.start()).unwrap_or_default();
                let behind = text.get(word.end()..).unwrap_or_default();
                counts(word.pattern().as_usize(), before, behind)
            })
        })
    }
}
