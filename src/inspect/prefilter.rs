use aho_corasick::packed;

/// Patterns per pass: the vectorised searcher is fast up to this many.
const PER_PASS: usize = 16;
/// Hits kept per needle and entry; beyond it only the count goes on.
const MOST_HITS: usize = 1 << 16;

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
    searcher: packed::Searcher,
    needles: Vec<Needle>,
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
        let passes = all.chunks(PER_PASS).filter_map(Pass::new).collect();
        Self { passes, owners, longest }
    }

    /// All hits in `text`, one list per inspector, by offset.
    pub(super) fn scan(&self, text: &[u8]) -> Vec<Vec<Hit>> {
        const BLOCK: usize = 128 << 10;
        let mut hits = vec![Vec::new(); self.owners];
        let mut start = 0;
        while start < text.len() {
            let end = (start + BLOCK).min(text.len());
            let window_end = (end + self.longest.saturating_sub(1)).min(text.len());
            let window = text.get(start..window_end).unwrap_or_default();
            for pass in &self.passes {
                pass.scan(window, start, end - start, &mut hits);
            }
            start = end;
        }
        for list in &mut hits {
            list.sort_unstable();
        }
        hits
    }
}

impl Pass {
    fn new(needles: &[Needle]) -> Option<Self> {
        let searcher = packed::Config::new()
            .builder()
            .extend(needles.iter().map(|needle| needle.bytes.as_slice()))
            .build()?;
        Some(Self { searcher, needles: needles.to_vec() })
    }

    /// Adds the hits that begin in the first `own` bytes of `window`, which stands at `base`.
    fn scan(&self, window: &[u8], base: usize, own: usize, hits: &mut [Vec<Hit>]) {
        let mut from = 0;
        while let Some(found) = window.get(from..).and_then(|rest| self.searcher.find(rest)) {
            let at = from + found.start();
            if at >= own {
                return;
            }
            let here = window.get(at..).unwrap_or_default();
            for needle in self.needles.iter().filter(|needle| here.starts_with(&needle.bytes)) {
                if let Some(list) = hits.get_mut(needle.owner).filter(|list| list.len() < MOST_HITS) {
                    list.push(Hit { offset: base + at, needle: needle.number });
                }
            }
            from = at + 1;
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
        let hits = filter.scan(b"..abcdef..");
        assert_eq!(hits[0], [Hit { offset: 2, needle: 0 }, Hit { offset: 4, needle: 1 }]);
        assert_eq!(hits[1], [Hit { offset: 2, needle: 0 }]);
    }

    #[test]
    fn finds_a_needle_across_a_block_border_once() {
        let mut text = vec![b'x'; (128 << 10) - 3];
        text.extend_from_slice(b"needle");
        text.resize(400 << 10, b'x');
        let hits = Prefilter::new(vec![needles(&["needle"])]).scan(&text);
        assert_eq!(hits[0], [Hit { offset: (128 << 10) - 3, needle: 0 }]);
    }
}
