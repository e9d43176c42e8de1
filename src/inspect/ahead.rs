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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Wanted;
    use crate::inspect::text::text_facts;

    #[test]
    fn pieces_of_any_size_say_the_same_as_the_whole() {
        let lookout = Lookout::new(Wanted::default());
        let text = b"open('/Users/marta/a');\r\n//# sourceMappingURL=a.map\r\n".repeat(40);
        let whole = lookout.prefilter.scan(&text, 1);
        assert!(whole.of.iter().flatten().count() > 100);
        for size in (8..700).step_by(3) {
            let mut ahead = Ahead::default();
            for start in (0..text.len()).step_by(size) {
                let end = (start + size).min(text.len());
                ahead.look(&lookout, &text[..end], start..end);
            }
            let (hits, facts) = ahead.finish(&lookout, &text);
            assert_eq!(hits.of, whole.of, "pieces of {size}");
            assert_eq!(facts, text_facts(&text), "pieces of {size}");
        }
    }
}
