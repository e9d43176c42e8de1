use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind, packed};

/// Patterns per pass: the vectorised searcher is fast up to this many.
const PER_PASS: usize = 16;
/// Hits kept per inspector and entry.
const MOST_HITS: usize = 1 << 20;
/// A needle as short as this is a hint: that some of its hits were not kept is not worth telling.
const HINT: usize = 3;

/// Finds all needles of all inspectors in one go, a few at a time, block by block, so that each block
/// is read from memory once.
#[derive(Debug, Clone, Default)]
pub(super) struct Prefilter {
    passes: Vec<Pass>,
    owners: usize,
    longest: usize,
}

#[derive(Debug, Clone)]
struct Pass {
    searcher: Searcher,
    needles: Vec<Needle>,
}

#[derive(Debug, Clone)]
enum Searcher {
    Vectorised(packed::Searcher),
    /// For processors that have no fitting instructions.
    Automaton(AhoCorasick),
}

#[derive(Debug, Clone)]
struct Needle {
    bytes: Vec<u8>,
    owner: usize,
    number: usize,
}

/// A needle that stands at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte offset of its first byte.
    pub offset: usize,
    /// Index in the inspector's own list of needles.
    pub needle: usize,
    /// Whether the needle is too short to be worth telling when some of its hits are not kept.
    hint: bool,
}

impl Needle {
    fn is_hint(&self) -> bool {
        self.bytes.len() <= HINT
    }
}

/// What a scan found.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// One list per inspector, by offset.
    pub(super) of: Vec<Vec<Hit>>,
    /// Whether a needle stood in more places than are kept.
    pub(super) too_many: bool,
}

impl Prefilter {
    /// `needles[i]` are those of inspector `i`; empty ones are ignored.
    pub(super) fn new(needles: Vec<Vec<Vec<u8>>>) -> Self {
        let owners = needles.len();
        let all: Vec<Needle> = needles
            .into_iter()
            .enumerate()
            .flat_map(|(owner, list)| {
                list.into_iter().enumerate().map(move |(number, bytes)| Needle { bytes, owner, number })
            })
            .filter(|needle| !needle.bytes.is_empty())
            .collect();
        let longest = all.iter().map(|needle| needle.bytes.len()).max().unwrap_or(0);
        let passes = all.chunks(PER_PASS).map(Pass::new).collect();
        Self { passes, owners, longest }
    }

    /// All hits in `text`, looked for by up to `threads` threads.
    pub(super) fn scan(&self, text: &[u8], threads: usize) -> Hits {
        /// Bytes for which another thread is worth its start.
        const WORTH_A_THREAD: usize = 4 << 20;
        let parts = threads.min(text.len() / WORTH_A_THREAD).max(1);
        let part = text.len().div_ceil(parts);
        let bounds = |number: usize| part * number..(part * (number + 1)).min(text.len());
        let mut found = std::thread::scope(|scope| {
            let others: Vec<_> =
                (1..parts).map(|number| scope.spawn(move || self.scan_part(text, bounds(number)))).collect();
            let mut found = self.scan_part(text, bounds(0));
            for other in others {
                // A scan doesn't panic; if it did, this thread would be the place to say so.
                let more = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                found.append(more);
            }
            found
        });
        found.settle();
        found
    }

    /// The hits that begin in this range.
    fn scan_part(&self, text: &[u8], range: Range<usize>) -> Hits {
        const BLOCK: usize = 128 << 10;
        let mut hits = Hits { of: vec![Vec::new(); self.owners], too_many: false };
        let mut start = range.start;
        while start < range.end {
            let end = (start + BLOCK).min(range.end);
            let window_end = (end + self.longest.saturating_sub(1)).min(text.len());
            let window = text.get(start..window_end).unwrap_or_default();
            // Told block by block, so that what is kept doesn't depend on the order of the passes.
            let full: Vec<bool> = hits.of.iter().map(|list| list.len() >= MOST_HITS).collect();
            for pass in &self.passes {
                pass.scan(window, start, end - start, &full, &mut hits);
            }
            start = end;
        }
        hits
    }
}

impl Hits {
    /// Adds the hits of a later part of the text.
    fn append(&mut self, later: Self) {
        self.too_many |= later.too_many;
        for (list, more) in self.of.iter_mut().zip(later.of) {
            list.extend(more);
        }
    }

    /// Puts the hits in order, and keeps as many as one thread alone would have kept.
    fn settle(&mut self) {
        for list in &mut self.of {
            list.sort_unstable();
            self.too_many |= list.get(MOST_HITS..).is_some_and(|left| left.iter().any(|hit| !hit.hint));
            list.truncate(MOST_HITS);
        }
    }
}

impl Pass {
    fn new(needles: &[Needle]) -> Self {
        let words = || needles.iter().map(|needle| needle.bytes.as_slice());
        let vectorised = packed::Config::new().builder().extend(words()).build();
        let searcher = match vectorised {
            Some(searcher) => Searcher::Vectorised(searcher),
            None => Searcher::Automaton(automaton(words())),
        };
        Self { searcher, needles: needles.to_vec() }
    }

    /// Adds the hits that begin in the first `own` bytes of `window`, which stands at `base`.
    /// Nothing more is kept for the owners that are `full`.
    fn scan(&self, window: &[u8], base: usize, own: usize, full: &[bool], hits: &mut Hits) {
        let mut from = 0;
        while let Some(found) = window.get(from..).and_then(|rest| self.searcher.find(rest)) {
            let at = from + found;
            if at >= own {
                return;
            }
            let here = window.get(at..).unwrap_or_default();
            for needle in self.needles.iter().filter(|needle| here.starts_with(&needle.bytes)) {
                match hits.of.get_mut(needle.owner) {
                    Some(list) if !full.get(needle.owner).is_some_and(|full| *full) => {
                        list.push(Hit { offset: base + at, needle: needle.number, hint: needle.is_hint() });
                    }
                    _ => hits.too_many |= !needle.is_hint(),
                }
            }
            from = at + 1;
        }
    }
}

#[expect(clippy::expect_used, reason = "only gigabytes of literals make it fail, and here are sixteen words")]
fn automaton<'a>(words: impl Iterator<Item = &'a [u8]>) -> AhoCorasick {
    let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words);
    builder.expect("a few short literals")
}

impl Searcher {
    /// Where the first needle stands.
    fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Vectorised(searcher) => searcher.find(text).map(|found| found.start()),
            Self::Automaton(searcher) => searcher.find(text).map(|found| found.start()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles(words: &[&str]) -> Vec<Vec<u8>> {
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    }

    #[test]
    fn finds_overlapping_needles_of_several_owners() {
        let filter = Prefilter::new(vec![needles(&["abcd", "cdef"]), needles(&["abcdef", "zzz"])]);
        let hits = filter.scan(b"..abcdef..", 1);
        assert_eq!(
            hits.of[0],
            [Hit { offset: 2, needle: 0, hint: false }, Hit { offset: 4, needle: 1, hint: false }]
        );
        assert_eq!(hits.of[1], [Hit { offset: 2, needle: 0, hint: false }]);
    }

    #[test]
    fn several_threads_find_the_same() {
        let mut text = vec![b'x'; 20 << 20];
        for at in (0..text.len() - 8).step_by(99_991) {
            text[at..at + 6].copy_from_slice(b"needle");
        }
        let middle = text.len() / 2;
        text[middle - 3..middle + 3].copy_from_slice(b"needle");
        let filter = Prefilter::new(vec![needles(&["needle", "dle"])]);
        let alone = filter.scan(&text, 1);
        assert!(alone.of[0].len() > 400);
        assert_eq!(alone.of, filter.scan(&text, 4).of);
    }

    #[test]
    fn says_when_there_are_too_many_hits_to_keep() {
        let text = b"abcd".repeat(MOST_HITS + 1);
        let hits = Prefilter::new(vec![needles(&["abcd"])]).scan(&text, 1);
        assert!(hits.too_many && hits.of[0].len() == MOST_HITS);
        assert!(!Prefilter::new(vec![needles(&["abcd"])]).scan(&text[4..], 1).too_many);
    }

    #[test]
    fn the_automaton_finds_what_the_vectorised_searcher_finds() {
        let words = needles(&["abcd", "cdef", "zz", "cd"]);
        let pieces: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let vectorised = packed::Config::new().builder().extend(pieces.iter()).build();
        let automaton = Searcher::Automaton(automaton(pieces.into_iter()));
        for text in ["", "xxcdefxx", "zz", "abcabcd", "nothing here at all, not one of them"] {
            if let Some(vectorised) = &vectorised {
                let found = vectorised.find(text.as_bytes()).map(|found| found.start());
                assert_eq!(automaton.find(text.as_bytes()), found, "{text}");
            }
        }
    }

    #[test]
    fn finds_a_needle_across_a_block_border_once() {
        let mut text = vec![b'x'; (128 << 10) - 3];
        text.extend_from_slice(b"needle");
        text.resize(400 << 10, b'x');
        let hits = Prefilter::new(vec![needles(&["needle"])]).scan(&text, 1);
        assert_eq!(hits.of[0], [Hit { offset: (128 << 10) - 3, needle: 0, hint: false }]);
    }
}
