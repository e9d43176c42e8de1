//! The choice of fingerprints from a stream of words.

use std::collections::VecDeque;

use sha2::{Digest as _, Sha256};

use super::lexicon::Syntax;
use super::tokens::{self, Word};

/// Words in a run whose hash may become a fingerprint (the paper's `k`).
pub(super) const RUN: usize = 8;
/// Neighbouring runs of which one becomes a fingerprint (the paper's `w`).
pub(super) const WINDOW: usize = 3;
/// Different words of some length that a run must have: runs of one-letter names and numbers are
/// everywhere.
const LEAST_MEANING: usize = 3;
/// Bits of a fingerprint that are kept: enough to tell millions apart, too few to give anything away.
pub(super) const BITS: u32 = 48;

/// A secret-less key: fingerprints of different salts can't be compared.
pub(super) type Salt = [u8; 16];

/// Which words of a text make its runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// All that count.
    All,
    /// Those that a minifier leaves as they are.
    Kept,
}

impl Stream {
    /// What the hashes of its runs begin with, so that no run of one stream is one of the other.
    fn seed(self) -> u64 {
        match self {
            Self::All => 0,
            Self::Kept => 1,
        }
    }
}

/// A run that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub stream: Stream,
    words: [u64; RUN],
    /// A cheap hash of the run: where it is not among those of other runs, neither is its fingerprint.
    pub order: u64,
    /// Offset in the text of the first word.
    pub offset: usize,
}

impl Chosen {
    /// The fingerprint under a salt: one-way, so that a list of fingerprints tells no text.
    pub(super) fn fingerprint(&self, salt: &Salt) -> u64 {
        let mut hasher = Sha256::new();
        hasher.update(salt);
        hasher.update(self.stream.seed().to_le_bytes());
        for word in self.words {
            hasher.update(word.to_le_bytes());
        }
        let digest = hasher.finalize();
        let first = digest.first_chunk::<8>().copied().unwrap_or_default();
        u64::from_le_bytes(first) >> (u64::BITS - BITS)
    }
}

/// Calls `each` with the runs of a text that winnowing chooses, those of each stream in order.
pub(super) fn choose(text: &[u8], syntax: Syntax, mut each: impl FnMut(Chosen)) {
    let (mut all, mut kept) = (Runs::new(Stream::All), Runs::new(Stream::Kept));
    tokens::words(text, syntax, &mut |word| {
        all.push(word, &mut each);
        if word.is_kept {
            kept.push(Word { has_meaning: word.is_telling, ..word }, &mut each);
        }
    });
    all.finish(&mut each);
    kept.finish(&mut each);
}

/// The last words and the last runs of a stream.
struct Runs {
    stream: Stream,
    words: VecDeque<Word>,
    /// Runs that may still be the smallest of a window, by number and hash; hashes grow from the front.
    window: VecDeque<(u64, u64, Chosen)>,
    /// Runs so far.
    number: u64,
    last_chosen: Option<u64>,
}

impl Runs {
    fn new(stream: Stream) -> Self {
        Self { stream, words: VecDeque::new(), window: VecDeque::new(), number: 0, last_chosen: None }
    }

    fn push(&mut self, word: Word, each: &mut impl FnMut(Chosen)) {
        if self.words.len() == RUN {
            self.words.pop_front();
        }
        self.words.push_back(word);
        if self.words.len() < RUN || !self.has_meaning() {
            return;
        }
        let mut words = [0; RUN];
        for (slot, word) in words.iter_mut().zip(&self.words) {
            *slot = word.hash;
        }
        let offset = self.words.front().map_or(0, |word| word.offset);
        let hash = order(self.stream, &words);
        // The rightmost of equals is kept, as in the paper.
        while self.window.back().is_some_and(|(_, last, _)| *last >= hash) {
            self.window.pop_back();
        }
        self.window.push_back((
            self.number,
            hash,
            Chosen { stream: self.stream, words, order: hash, offset },
        ));
        self.number += 1;
        while self.window.front().is_some_and(|(number, ..)| number + (WINDOW as u64) < self.number) {
            self.window.pop_front();
        }
        if self.number >= WINDOW as u64 {
            self.take_smallest(each);
        }
    }

    /// A text with less than a whole window of runs still has its smallest one.
    fn finish(mut self, each: &mut impl FnMut(Chosen)) {
        if self.number < WINDOW as u64 {
            self.take_smallest(each);
        }
    }

    fn take_smallest(&mut self, each: &mut impl FnMut(Chosen)) {
        if let Some((number, _, chosen)) = self.window.front()
            && self.last_chosen != Some(*number)
        {
            self.last_chosen = Some(*number);
            each(chosen.clone());
        }
    }

    fn has_meaning(&self) -> bool {
        if self.words.iter().skip(1).all(|word| word.ascends) {
            return false;
        }
        let mut meant = [0u64; LEAST_MEANING];
        let mut count = 0;
        for word in self.words.iter().filter(|word| word.has_meaning) {
            if meant.iter().take(count).all(|known| *known != word.hash) {
                if let Some(slot) = meant.get_mut(count) {
                    *slot = word.hash;
                }
                count += 1;
                if count == LEAST_MEANING {
                    return true;
                }
            }
        }
        false
    }
}

/// A cheap hash that puts runs in an order.
fn order(stream: Stream, words: &[u64; RUN]) -> u64 {
    words.iter().fold(stream.seed(), |sum, word| {
        let mixed = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprints(text: &str) -> Vec<u64> {
        let mut all = Vec::new();
        choose(text.as_bytes(), Syntax::Script, |chosen| all.push(chosen.fingerprint(&[7; 16])));
        all
    }

    fn prose(seed: u64, words: usize) -> String {
        let mut state = seed;
        let mut text = String::new();
        for _ in 0..words {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let letters: String =
                (0..6).map(|at| char::from(b'a' + ((state >> (20 + at * 5)) % 26) as u8)).collect();
            text.push_str(&letters);
            text.push(' ');
        }
        text
    }

    #[test]
    fn a_shared_stretch_shares_a_fingerprint() {
        let shared = prose(1, RUN + WINDOW - 1);
        for seed in 2..30 {
            let one = fingerprints(&format!("{}{shared}{}", prose(seed, 50), prose(seed + 100, 50)));
            let two = fingerprints(&format!("{}{shared}{}", prose(seed + 200, 31), prose(seed + 300, 9)));
            assert!(one.iter().any(|found| two.contains(found)), "{seed}");
        }
    }

    #[test]
    fn different_texts_share_none() {
        let one = fingerprints(&prose(1, 5_000));
        let two = fingerprints(&prose(2, 5_000));
        assert!(one.iter().all(|found| !two.contains(found)));
    }

    #[test]
    fn about_every_second_run_are_chosen() {
        let chosen = fingerprints(&prose(3, 10_000)).len();
        assert!((4_700..5_300).contains(&chosen), "{chosen}");
    }

    #[test]
    fn runs_without_meaning_are_none() {
        assert!(fingerprints(&"a b c d e f g h ".repeat(50)).is_empty());
        assert!(fingerprints(&"alpha beta a b ".repeat(50)).is_empty());
    }
}
