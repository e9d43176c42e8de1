//! Finds all needles of all inspectors in one go.

mod frequency;
mod grams;

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memmem;

use crate::decode::Base64Runs;
use crate::guard;

use grams::{Grams, SHORTEST, SURE};

/// Hits kept per inspector and entry.
const MOST_HITS: usize = 1 << 20;
/// A needle as short as this is a hint: that some of its hits were not kept is not worth telling.
const HINT: usize = 3;

/// All needles of all inspectors.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    everywhere: Search,
    in_runs: Search,
    inspectors: usize,
}

/// Needles that are looked for together.
#[derive(Debug, Clone)]
struct Search {
    needles: Vec<Needle>,
    grams: Grams,
    longest: usize,
}

/// A literal, and who wants to be told of it.
#[derive(Debug, Clone)]
struct Needle {
    bytes: Vec<u8>,
    /// Inspectors, each with the number of the needle in its own list.
    owners: Vec<(usize, usize)>,
}

/// A needle that is at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte offset of its first byte.
    pub offset: usize,
    /// Index in the inspector's own list of needles.
    pub needle: usize,
    /// Whether the needle is too short to be worth telling when some of its hits are not kept.
    hint: bool,
}

/// What a scan found.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// One list per inspector, by offset.
    pub(super) of: Vec<Vec<Hit>>,
    /// Whether a needle was in more places than are kept.
    pub(super) too_many: bool,
    /// The runs of base64 that were found by the way.
    pub(super) runs: Base64Runs,
}

impl Prefilter {
    /// `needles[i]` are those of inspector `i`; empty ones are ignored. Those `in_runs` are looked for only where many
    /// characters of base64 are in a row, or shortly before: elsewhere they are too common.
    pub(super) fn new(needles: Vec<Vec<Vec<u8>>>, in_runs: &[&[u8]]) -> Self {
        let inspectors = needles.len();
        let mut owners: BTreeMap<Vec<u8>, Vec<(usize, usize)>> = BTreeMap::new();
        for (inspector, list) in needles.into_iter().enumerate() {
            for (number, bytes) in list.into_iter().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
                owners.entry(bytes).or_default().push((inspector, number));
            }
        }
        let needles = owners.into_iter().map(|(bytes, owners)| Needle { bytes, owners });
        let (in_runs, everywhere) = needles.partition(|needle| in_runs.contains(&needle.bytes.as_slice()));
        Self { everywhere: Search::new(everywhere), in_runs: Search::new(in_runs), inspectors }
    }

    /// All hits in `text`, looked for by up to `threads` threads.
    pub(super) fn scan(&self, text: &[u8], threads: usize) -> Hits {
        /// Bytes for which another thread is worth its start.
        const WORTH_A_THREAD: usize = 4 << 20;
        let parts = threads.min(text.len() / WORTH_A_THREAD).max(1);
        let part = text.len().div_ceil(parts).next_multiple_of(2);
        let bounds = |number: usize| part * number..(part * (number + 1)).min(text.len());
        let mut found = std::thread::scope(|scope| {
            let others: Vec<_> = (1..parts)
                .map(|number| scope.spawn(move || guard::catch(|| self.scan_part(text, bounds(number)))))
                .collect();
            let mut found = self.scan_part(text, bounds(0));
            for other in others {
                let more = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                let more = more.unwrap_or_else(|caught| caught.go_on());
                found.append(more);
            }
            found
        });
        self.scan_runs(text, &mut found);
        found.settle();
        found
    }

    fn scan_part(&self, text: &[u8], range: Range<usize>) -> Hits {
        let mut hits = Hits::default();
        self.scan_into(text, range, &mut hits);
        hits
    }

    /// How far after the end of a range its hits may reach.
    pub(super) fn reach(&self) -> usize {
        self.everywhere.longest + 4
    }

    /// Adds the hits whose gram is in this range, which begins at an even offset. [`Self::scan_runs`] and
    /// [`Hits::settle`] are due at the end.
    pub(super) fn scan_into(&self, text: &[u8], range: Range<usize>, hits: &mut Hits) {
        hits.of.resize_with(self.inspectors, Vec::new);
        self.everywhere.scan_into(text, range, hits);
    }

    /// Adds the hits of the needles that are looked for in runs alone.
    pub(super) fn scan_runs(&self, text: &[u8], hits: &mut Hits) {
        /// Bytes before them in which a needle may be.
        const BEFORE: usize = 24;
        hits.runs.look(text);
        let runs = std::mem::take(&mut hits.runs);
        let mut done = 0;
        for run in runs.within(text, 0..text.len(), Base64Runs::SHORTEST) {
            let start = (run.start.saturating_sub(BEFORE) & !1).max(done);
            done = run.end.next_multiple_of(2);
            self.in_runs.scan_into(text, start..done, hits);
        }
        hits.runs = runs;
    }
}

impl Search {
    fn new(needles: Vec<Needle>) -> Self {
        let longest = needles.iter().map(|needle| needle.bytes.len()).max().unwrap_or(0);
        let grams = Grams::new(needles.iter().map(|needle| needle.bytes.as_slice()));
        Self { needles, grams, longest }
    }

    fn scan_into(&self, text: &[u8], range: Range<usize>, hits: &mut Hits) {
        self.grams.ask(text, range.start, range.end, |place, suspect| {
            let (Some(start), Some(needle)) = (suspect.start(place), self.needles.get(suspect.needle()))
            else {
                return;
            };
            // What is sure may still reach beyond the end, where the text is taken to go on with zeros.
            let is_sure = needle.bytes.len() <= SURE;
            let here = text.get(start..start + needle.bytes.len());
            if here.is_some_and(|here| is_sure || here == needle.bytes) {
                hits.add(needle, start, self.longest);
            }
        });
        for needle in self.needles.iter().filter(|needle| needle.bytes.len() < SHORTEST) {
            let window = (range.end + needle.bytes.len() - 1).min(text.len());
            let window = text.get(range.start..window).unwrap_or_default();
            for at in memmem::find_iter(window, &needle.bytes) {
                hits.add(needle, range.start + at, 0);
            }
        }
    }
}

impl Hits {
    /// Keeps a hit, or says that there are too many. They come in order, but for the length of a needle.
    fn add(&mut self, needle: &Needle, offset: usize, longest: usize) {
        let hint = needle.bytes.len() <= HINT;
        for &(owner, number) in &needle.owners {
            let Some(list) = self.of.get_mut(owner) else { continue };
            if list.get(MOST_HITS).is_some_and(|last| last.offset + longest < offset) {
                self.too_many |= !hint;
            } else {
                list.push(Hit { offset, needle: number, hint });
            }
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.of.iter().all(Vec::is_empty)
    }

    /// Adds the hits of a later part of the text.
    fn append(&mut self, later: Self) {
        self.too_many |= later.too_many;
        for (list, more) in self.of.iter_mut().zip(later.of) {
            list.extend(more);
        }
    }

    /// Puts the hits in order, and keeps as many as one thread alone would have kept.
    pub(super) fn settle(&mut self) {
        for list in &mut self.of {
            list.sort_unstable();
            self.too_many |= list.get(MOST_HITS..).is_some_and(|left| left.iter().any(|hit| !hit.hint));
            list.truncate(MOST_HITS);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn needles(words: &[&str]) -> Vec<Vec<u8>> {
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    }

    #[test]
    fn finds_overlapping_needles_of_several_owners() {
        let filter = Prefilter::new(vec![needles(&["abcd", "cdef"]), needles(&["abcdef", "zzz"])], &[]);
        let hits = filter.scan(b"..abcdef..", 1);
        assert_eq!(
            hits.of[0],
            [Hit { offset: 2, needle: 0, hint: false }, Hit { offset: 4, needle: 1, hint: false }]
        );
        assert_eq!(hits.of[1], [Hit { offset: 2, needle: 0, hint: false }]);
    }

    proptest::proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            needles in proptest::collection::vec(any_of("ab :\0\u{e9}", 4..9), 1..12),
            text in any_of("ab :\0\u{e9}", 0..300),
        ) {
            let found = Prefilter::new(vec![needles.clone()], &[]).scan(&text, 1);
            let found: BTreeSet<_> = found.of[0].iter().map(|hit| (hit.offset, &needles[hit.needle])).collect();
            let expected = needles.iter().flat_map(|needle| {
                let places = (0..text.len()).filter(|at| text[*at..].starts_with(needle));
                places.map(move |at| (at, needle))
            });
            proptest::prop_assert_eq!(found, expected.collect::<BTreeSet<_>>());
        }
    }

    /// So many of these bytes, drawn.
    fn any_of(bytes: &'static str, many: Range<usize>) -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
        proptest::collection::vec(proptest::sample::select(bytes.as_bytes()), many)
    }

    #[test]
    fn several_threads_find_the_same() {
        let mut text = vec![b'x'; 20 << 20];
        for at in (0..text.len() - 8).step_by(99_991) {
            text[at..at + 6].copy_from_slice(b"needle");
        }
        let middle = text.len() / 2;
        text[middle - 3..middle + 3].copy_from_slice(b"needle");
        let filter = Prefilter::new(vec![needles(&["needle", "dle"])], &[]);
        let alone = filter.scan(&text, 1);
        assert!(alone.of[0].len() > 400);
        assert_eq!(alone.of, filter.scan(&text, 4).of);
    }

    #[test]
    fn says_when_there_are_too_many_hits_to_keep() {
        let text = b"abcd".repeat(MOST_HITS + 1);
        let hits = Prefilter::new(vec![needles(&["abcd"])], &[]).scan(&text, 1);
        assert!(hits.too_many && hits.of[0].len() == MOST_HITS);
        assert!(!Prefilter::new(vec![needles(&["abcd"])], &[]).scan(&text[4..], 1).too_many);
    }

    #[test]
    fn finds_the_same_piece_by_piece() {
        let text = b"needle in a haystack, no needles; ".repeat(100);
        let filter = Prefilter::new(vec![needles(&["needle", "dle", "haystack, no needles"])], &[]);
        let whole = filter.scan(&text, 1);
        for piece in (2..200).step_by(2) {
            let mut hits = Hits::default();
            for start in (0..text.len()).step_by(piece) {
                filter.scan_into(&text, start..(start + piece).min(text.len()), &mut hits);
            }
            hits.settle();
            assert_eq!(hits.of, whole.of, "{piece}");
        }
    }
}
