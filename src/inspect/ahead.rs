use std::ops::Range;

use super::Lookout;
use super::prefilter::Hits;
use super::text::PiecewiseFacts;
use crate::inventory::TextFacts;
use crate::timings::timed;

/// What is found out of a large entry while its bytes still come: where literals stand in it, and what there is
/// to know of it as a text.
#[derive(Default)]
pub struct Ahead {
    hits: Hits,
    /// Bytes that were searched.
    searched: usize,
    facts: PiecewiseFacts,
}

impl Ahead {
    /// Looks at what has come, of which this range is new.
    pub fn look(&mut self, lookout: &Lookout, so_far: &[u8], new: Range<usize>) {
        // A literal may go on in the bytes to come.
        let to = so_far.len().saturating_sub(lookout.prefilter.reach()) & !1;
        self.search(lookout, so_far, to);
        let piece = so_far.get(new).unwrap_or_default();
        timed(lookout.timings(), "text", || self.facts.add(piece));
    }

    /// The same of the whole entry.
    pub(super) fn finish(mut self, lookout: &Lookout, bytes: &[u8]) -> (Hits, TextFacts) {
        self.search(lookout, bytes, bytes.len());
        self.hits.settle();
        (self.hits, self.facts.finish())
    }

    fn search(&mut self, lookout: &Lookout, bytes: &[u8], to: usize) {
        if to > self.searched || self.searched == 0 {
            let part = self.searched..to;
            timed(lookout.timings(), "search for literals", || {
                lookout.prefilter.scan_into(bytes, part, &mut self.hits);
            });
            self.searched = to;
        }
    }
}
