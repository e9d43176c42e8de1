use std::array;

use super::rarity;

/// Bytes of a gram.
const GRAM: usize = 3;
/// The shortest needle that the table takes.
pub(super) const SHORTEST: usize = GRAM;
/// Bytes of text asked about in one go, at every second of them.
const STRIDE: usize = 16;
const ASKED: usize = STRIDE / 2;
/// Bytes read for that: the last gram is read with one byte more than it has.
const PIECE: usize = STRIDE + 2;
/// One entry for each hash of a gram.
const SIZE: usize = 1 << 16;
/// Bits of a hash that don't count where its suspects are looked up.
const LOW_BITS: u32 = 4;

/// Tells at every second byte of a text whether a needle may stand there.
///
/// Of each needle four bytes are chosen, the rarest. Wherever they stand, the first three or the last three
/// of them begin at an even offset, and both these grams are in the table. So a text is asked half as often
/// as it has bytes, and each time by two looks into tables that stay in the processor's nearest caches.
#[derive(Debug, Clone)]
pub(super) struct Grams {
    /// By a gram's hash: the kinds of first byte that the grams with this hash have.
    table: Box<[u8; SIZE]>,
    /// By hash.
    suspects: Vec<Suspect>,
    /// Where the suspects begin whose hash has these high bits.
    starts: Vec<usize>,
}

/// A needle that may stand where a gram was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Suspect {
    hash: u16,
    /// Index of the needle.
    pub(super) needle: usize,
    /// Offset of the gram in the needle; -1 if it begins one byte before it.
    lead: isize,
}

impl Suspect {
    /// Where the needle begins if its gram stands at `place`.
    pub(super) fn start(&self, place: usize) -> Option<usize> {
        place.checked_add_signed(-self.lead)
    }
}

impl Grams {
    /// The table of these needles; those shorter than [`SHORTEST`] are left out.
    pub(super) fn new<'a>(needles: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut table = Box::new([0; SIZE]);
        let mut suspects = Vec::new();
        for (needle, bytes) in needles.enumerate() {
            for ([a, b, c], lead) in grams(bytes) {
                let hash = hash([a, b, c, 0]);
                if let Some(kinds) = table.get_mut(usize::from(hash)) {
                    *kinds |= kind(a);
                }
                suspects.push(Suspect { hash, needle, lead });
            }
        }
        suspects.sort_unstable();
        let start = |high| suspects.partition_point(|suspect: &Suspect| suspect.hash >> LOW_BITS < high);
        let starts = (0..=u16::MAX >> LOW_BITS).map(start).chain([suspects.len()]).collect();
        Self { table, suspects, starts }
    }

    /// Calls `suspect` with every even offset in `from..to` at which a needle's gram stands, in order.
    /// `from` is even; behind its end the text is taken to go on with zeros.
    pub(super) fn ask(&self, text: &[u8], from: usize, to: usize, mut suspect: impl FnMut(usize, &Suspect)) {
        let mut at = from;
        while let Some(piece) = text.get(at..at + PIECE).filter(|_| at < to).and_then(<[u8]>::first_chunk) {
            let hashes = hashes(piece);
            let found = kinds_in(&self.table, &hashes, piece);
            if found.iter().fold(0, |any, one| any | one) != 0 {
                let places = (at..to).step_by(2);
                for ((place, hash), _) in places.zip(hashes).zip(found).filter(|(_, found)| *found != 0) {
                    self.suspects(hash).for_each(|found| suspect(place, found));
                }
            }
            at += STRIDE;
        }
        for place in (at..to).step_by(2) {
            let byte = |behind: usize| text.get(place + behind).copied().unwrap_or(0);
            self.suspects(hash([byte(0), byte(1), byte(2), 0])).for_each(|found| suspect(place, found));
        }
    }

    fn suspects(&self, hash: u16) -> impl Iterator<Item = &Suspect> {
        let start = |high: usize| self.starts.get(high).copied().unwrap_or(0);
        let high = usize::from(hash >> LOW_BITS);
        let near = self.suspects.get(start(high)..start(high + 1)).unwrap_or_default();
        near.iter().filter(move |suspect| suspect.hash == hash)
    }
}

/// The grams by which a needle is found at even offsets, with their [`Suspect::lead`].
fn grams(needle: &[u8]) -> Vec<([u8; GRAM], isize)> {
    match *needle {
        [] | [_] | [_, _] => Vec::new(),
        // Of three bytes only two are sure to stand at an odd offset: together with any neighbour.
        [a, b, c] => {
            let left = rarity::of_pair(a, b) > rarity::of_pair(b, c);
            let beside = (0..=u8::MAX).map(|any| if left { ([any, a, b], -1) } else { ([b, c, any], 1) });
            [([a, b, c], 0)].into_iter().chain(beside).collect()
        }
        _ => {
            let windows = needle.windows(4).filter_map(<[u8]>::first_chunk).zip(0..);
            let rarest = windows.max_by_key(|([a, b, c, d], _)| {
                let (first, last) = (rarity::of_gram(*a, *b, *c), rarity::of_gram(*b, *c, *d));
                (first.min(last), first + last)
            });
            let both = rarest.map(|([a, b, c, d], at)| [([*a, *b, *c], at), ([*b, *c, *d], at + 1)]);
            both.into_iter().flatten().collect()
        }
    }
}

/// The kinds of the table at these hashes, as far as the grams' first bytes have them.
fn kinds_in(table: &[u8; SIZE], hashes: &[u16; ASKED], piece: &[u8; PIECE]) -> [u8; ASKED] {
    let mut firsts = piece.iter().step_by(2);
    hashes.map(|hash| {
        let kinds = table.get(usize::from(hash)).copied().unwrap_or(0);
        kinds & firsts.next().map_or(0, |first| KINDS.get(usize::from(*first)).copied().unwrap_or(0))
    })
}

/// [`kind`] of each byte.
#[expect(clippy::indexing_slicing, reason = "a bad index in a constant does not compile")]
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        kinds[byte] = kind(byte as u8);
        byte += 1;
    }
    kinds
};

/// One of eight kinds of bytes, as a bit.
const fn kind(byte: u8) -> u8 {
    1 << (byte & 7)
}

/// Hashes of the grams that begin at the even offsets of a piece.
fn hashes(piece: &[u8; PIECE]) -> [u16; ASKED] {
    let mut windows = piece.windows(GRAM + 1).step_by(2);
    array::from_fn(|_| windows.next().and_then(<[u8]>::first_chunk).map_or(0, |window| hash(*window)))
}

/// Of the first three bytes; the fourth doesn't count.
fn hash(gram: [u8; GRAM + 1]) -> u16 {
    let [.., low, high] = (u32::from_le_bytes(gram) << 8).wrapping_mul(0x9E37_79B1).to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(needle: &str, text: &[u8]) -> Vec<usize> {
        let grams = Grams::new([needle.as_bytes()].into_iter());
        let mut found = Vec::new();
        grams.ask(text, 0, text.len(), |place, suspect| found.extend(suspect.start(place)));
        found
    }

    #[test]
    fn a_needle_is_suspected_wherever_it_stands() {
        for needle in ["abc", "://", "abcd", "ghp_", "sourceMappingURL=", "-----BEGIN"] {
            for at in 0..70 {
                for behind in 0..20 {
                    let text = [vec![b'x'; at], needle.as_bytes().to_vec(), vec![b'x'; behind]].concat();
                    assert!(places(needle, &text).contains(&at), "{needle} at {at} of {}", text.len());
                }
            }
        }
    }

    #[test]
    fn ordinary_text_raises_no_suspicion() {
        let text = "the quick brown fox jumps over the lazy dog; ".repeat(100);
        assert_eq!(places("ghp_", text.as_bytes()), [0; 0]);
        assert_eq!(places("", text.as_bytes()), [0; 0]);
    }
}
