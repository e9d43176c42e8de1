use std::ops::Range;

use super::Scanner;
use super::map::Growing;
use super::prefilter::Hits;
use super::source_map;
use super::text_facts::PiecewiseFacts;
use crate::inventory::TextFacts;
use crate::timings::timed;

/// What is found out of a large entry while its bytes still come: where literals are in it, what there is
/// to know of it as a text, and what it says as a source map.
pub struct StreamingScan {
    hits: Hits,
    /// Bytes that were searched.
    searched: usize,
    facts: PiecewiseFacts,
    map: StreamingMap,
}

/// How a source map is read ahead.
enum StreamingMap {
    /// It may be one; its beginning hasn't come.
    Due,
    Growing(Growing),
    /// It is none, or none that can be read ahead.
    Not,
}

/// What was found out ahead of an entry that is complete.
pub(super) struct Known {
    pub(super) hits: Hits,
    pub(super) facts: TextFacts,
    /// The document that it is, as far as it was read.
    pub(super) map: Option<Growing>,
}

impl StreamingScan {
    /// Of the entry with this path.
    pub fn new(path: &str, scanner: &Scanner) -> Self {
        let is_due = source_map::is_named_map(path) && !scanner.options.recovered;
        let map = if is_due { StreamingMap::Due } else { StreamingMap::Not };
        Self { hits: Hits::default(), searched: 0, facts: PiecewiseFacts::default(), map }
    }

    /// Looks at what has come, of which this range is new.
    pub fn look(&mut self, scanner: &Scanner, so_far: &[u8], new: Range<usize>) {
        // A literal may go on in the bytes to come.
        let to = so_far.len().saturating_sub(scanner.prefilter.reach()) & !1;
        self.search(scanner, so_far, to);
        let piece = so_far.get(new).unwrap_or_default();
        timed(scanner.timings(), "text", || self.facts.add(piece));
        timed(scanner.timings(), "source maps", || self.map.read_on(so_far));
    }

    /// The same of the whole entry.
    pub(super) fn finish(mut self, scanner: &Scanner, bytes: &[u8]) -> Known {
        self.search(scanner, bytes, bytes.len());
        timed(scanner.timings(), "search for literals", || {
            scanner.prefilter.scan_runs(bytes, &mut self.hits)
        });
        self.hits.settle();
        let map = match self.map {
            StreamingMap::Growing(map) => Some(map),
            StreamingMap::Due | StreamingMap::Not => None,
        };
        Known { hits: self.hits, facts: self.facts.finish(), map }
    }

    fn search(&mut self, scanner: &Scanner, bytes: &[u8], to: usize) {
        if to > self.searched || self.searched == 0 {
            let part = self.searched..to;
            timed(scanner.timings(), "search for literals", || {
                scanner.prefilter.scan_into(bytes, part, &mut self.hits);
                self.hits.runs.look(bytes);
            });
            self.searched = to;
        }
    }
}

impl StreamingMap {
    fn read_on(&mut self, so_far: &[u8]) {
        let map = match std::mem::replace(self, Self::Not) {
            Self::Due => source_map::document_start(so_far).and_then(|start| Growing::new(so_far, start)),
            Self::Growing(map) => Some(map),
            Self::Not => None,
        };
        if let Some(map) = map.and_then(|map| map.read_on(so_far)) {
            *self = Self::Growing(map);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::text_facts::text_facts;

    #[test]
    fn pieces_of_any_size_say_the_same_as_the_whole() {
        let scanner = Scanner::plain();
        let text = b"open('/Users/marta/a');\r\n//# sourceMappingURL=a.map\r\n".repeat(40);
        let whole = scanner.prefilter.scan(&text, 1);
        assert!(whole.of.iter().flatten().count() > 100);
        for size in (8..700).step_by(3) {
            let mut streaming = StreamingScan::new("a.js", scanner);
            for start in (0..text.len()).step_by(size) {
                let end = (start + size).min(text.len());
                streaming.look(scanner, &text[..end], start..end);
            }
            let known = streaming.finish(scanner, &text);
            assert_eq!(known.hits.of, whole.of, "pieces of {size}");
            assert_eq!(known.facts, text_facts(&text), "pieces of {size}");
        }
    }
}
