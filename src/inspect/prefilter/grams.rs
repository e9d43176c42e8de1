use std::array;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::frequency::{self, Frequencies};

/// Bytes of a gram.
const GRAM: usize = 3;
/// The shortest needle that the table takes.
pub(super) const SHORTEST: usize = GRAM;
/// The longest of which nothing is left to compare when it is suspected.
pub(super) const SURE: usize = GRAM + 1;
/// Bytes of text asked about in one go, at every second of them.
const STRIDE: usize = 16;
/// Bytes read for that: the last gram is read with one byte more than it has.
const PIECE: usize = STRIDE + 2;
/// One entry for each hash of a gram.
const SIZE: usize = 1 << 16;
/// Bits of a hash that don't count where its suspects are looked up.
const LOW_BITS: u32 = 4;

/// Tells at every second byte of a text whether a needle may be there.
///
/// Of each needle four bytes are chosen, the rarest. Wherever they are, the first three or the last three
/// of them begin at an even offset, and both these grams are in the table. So a text is asked half as often
/// as it has bytes, and each time by two looks into tables that stay in the processor's nearest caches.
#[derive(Debug, Clone)]
pub(super) struct Grams {
    /// By a gram's hash: the kinds of first byte that the grams with this hash have.
    table: Box<[u8; SIZE]>,
    /// The kind of each byte, as a bit; none for a byte with which no gram begins.
    kinds: [u8; 256],
    /// By hash. Little memory, as what is searched drives it out of the processor's caches all the time.
    suspects: Vec<Suspect>,
    /// Where the suspects begin whose hash has these high bits.
    starts: Vec<u32>,
}

/// A needle that may be where a gram was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suspect {
    /// Index of the needle.
    needle: u32,
    /// Offset of the gram in the needle; -1 if it begins one byte before it.
    lead: i16,
    gram: Gram,
    beside: Beside,
}

/// A byte of the needle beside its gram, and where it stands from the gram's first.
type Beside = (i8, u8);

type Gram = [u8; GRAM];

impl Suspect {
    /// Index of the needle.
    pub(super) fn needle(&self) -> usize {
        self.needle as usize
    }

    /// Where the needle begins if its gram is at `place`.
    pub(super) fn start(&self, place: usize) -> Option<usize> {
        place.checked_add_signed(-isize::from(self.lead))
    }

    fn hash(&self) -> u16 {
        hash(window(self.gram))
    }

    /// Whether the byte beside the gram is what it should be, if the gram is at `place`.
    fn goes_on(&self, text: &[u8], place: usize) -> bool {
        let (distance, byte) = self.beside;
        place.checked_add_signed(isize::from(distance)).and_then(|at| text.get(at)) == Some(&byte)
    }
}

impl Grams {
    /// The table of these needles; those shorter than [`SHORTEST`] are left out.
    pub(super) fn new<'a>(needles: impl Iterator<Item = &'a [u8]>) -> Self {
        let frequencies = Frequencies::new();
        let mut suspects = Vec::new();
        for (needle, bytes) in (0..).zip(needles) {
            let grams = grams(bytes, &frequencies).into_iter();
            suspects.extend(grams.map(|(gram, lead, beside)| Suspect { needle, lead, gram, beside }));
        }
        let kinds = kinds(&suspects);
        let mut table = Box::new([0; SIZE]);
        for suspect in &suspects {
            if let Some(entry) = table.get_mut(usize::from(suspect.hash())) {
                let [first, ..] = suspect.gram;
                *entry |= kinds.get(usize::from(first)).copied().unwrap_or(0);
            }
        }
        let (suspects, starts) = by_hash(&suspects);
        Self { table, kinds, suspects, starts }
    }

    /// Calls `suspect` with every even offset in `from..to` at which a needle's gram is, in order.
    /// `from` is even; after its end the text is taken to go on with zeros.
    pub(super) fn ask(&self, text: &[u8], from: usize, to: usize, mut suspect: impl FnMut(usize, &Suspect)) {
        let mut at = from;
        while let Some(piece) = text.get(at..at + PIECE).filter(|_| at < to).and_then(<[u8]>::first_chunk) {
            if self.any(piece) {
                self.suspects(text, piece, at..to, &mut suspect);
            }
            at += STRIDE;
        }
        let mut last = [0; PIECE];
        while at < to {
            let rest = text.get(at..).unwrap_or_default();
            last.fill(0);
            last.iter_mut().zip(rest).for_each(|(byte, there)| *byte = *there);
            self.suspects(text, &last, at..to, &mut suspect);
            at += STRIDE;
        }
    }

    /// Whether a gram may begin at any even offset of the piece.
    #[inline(always)]
    fn any(&self, piece: &[u8; PIECE]) -> bool {
        // What a word holds is taken out of it by shifts: that costs less than to load each gram.
        let word = |at: usize| {
            let bytes = piece.get(at..).and_then(<[u8]>::first_chunk);
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let found = |word: u64, shift: u32| self.kinds_at((word >> shift) as u32);
        let three = |word| found(word, 0) | found(word, 16) | found(word, 32);
        (three(word(0)) | found(word(2), 32) | three(word(8)) | found(word(10), 32)) != 0
    }

    /// Not 0 if the first three of these bytes may be a gram of the table.
    #[inline(always)]
    fn kinds_at(&self, window: u32) -> u8 {
        let [first, ..] = window.to_le_bytes();
        let kind = self.kinds.get(usize::from(first)).copied().unwrap_or(0);
        self.table.get(usize::from(hash(window))).map_or(0, |kinds| kinds & kind)
    }

    /// Calls `suspect` for what is in the piece, which begins where the range does.
    #[cold]
    #[inline(never)]
    fn suspects(
        &self,
        text: &[u8],
        piece: &[u8; PIECE],
        range: Range<usize>,
        suspect: &mut impl FnMut(usize, &Suspect),
    ) {
        let gram = |number: usize| {
            piece.get(2 * number..).and_then(<[u8]>::first_chunk::<GRAM>).copied().unwrap_or_default()
        };
        // One byte for each: which of them count is told without a branch for each.
        let mut found = u64::from_le_bytes(array::from_fn(|number| self.kinds_at(window(gram(number)))));
        while found != 0 {
            let number = found.trailing_zeros() as usize / 8;
            found &= !(0xff << (8 * number));
            let (gram, place) = (gram(number), range.start + 2 * number);
            let start = |high: usize| self.starts.get(high).map_or(0, |start| *start as usize);
            let high = usize::from(hash(window(gram)) >> LOW_BITS);
            let near = self.suspects.get(start(high)..start(high + 1)).unwrap_or_default();
            let is_it = |near: &&Suspect| near.gram == gram && near.goes_on(text, place) && place < range.end;
            near.iter().filter(is_it).for_each(|near| suspect(place, near));
        }
    }
}

/// The same by the high bits of their hashes, and where those of each begin.
fn by_hash(suspects: &[Suspect]) -> (Vec<Suspect>, Vec<u32>) {
    let high = |suspect: &Suspect| usize::from(suspect.hash() >> LOW_BITS);
    let mut starts = vec![0; usize::from(u16::MAX >> LOW_BITS) + 2];
    for suspect in suspects {
        if let Some(behind) = starts.get_mut(high(suspect) + 1) {
            *behind += 1;
        }
    }
    starts.iter_mut().fold(0, |before, start| {
        *start += before;
        *start
    });
    let (mut sorted, mut next) = (suspects.to_vec(), starts.clone());
    for suspect in suspects {
        let Some(next) = next.get_mut(high(suspect)) else { continue };
        if let Some(place) = sorted.get_mut(*next as usize) {
            *place = *suspect;
        }
        *next += 1;
    }
    (sorted, starts)
}

/// The grams by which a needle is found at even offsets, with their [`Suspect::lead`] and a byte beside them.
fn grams(needle: &[u8], frequencies: &Frequencies) -> Vec<(Gram, i16, Beside)> {
    match *needle {
        [] | [_] | [_, _] => Vec::new(),
        // Of three bytes only two are sure to be at an odd offset: together with a neighbour. Anything may stand before
        // them; behind them the rest of a token or of a URL, or the end of the text.
        [a, b, c] => {
            let before = frequencies.of_pair([a, b]) < frequencies.of_pair([b, c]);
            let beside: Vec<_> = match before {
                true => (0..=u8::MAX).map(|any| ([any, a, b], -1, (3, c))).collect(),
                false => (b'!'..=b'~').chain([0]).map(|any| ([b, c, any], 1, (-1, a))).collect(),
            };
            [([a, b, c], 0, (0, a))].into_iter().chain(beside).collect()
        }
        _ => {
            let often =
                needle.windows(GRAM).filter_map(<[u8]>::first_chunk).map(|gram| frequencies.of(*gram));
            let often: Vec<u32> = often.collect();
            let together = often.iter().zip(often.iter().skip(1)).map(|(first, second)| first + second);
            let windows = needle.windows(SURE).filter_map(<[u8]>::first_chunk).zip(0..i16::MAX);
            let rarest = windows.zip(together).min_by_key(|(_, often)| *often).map(|(window, _)| window);
            let both = rarest
                .map(|([a, b, c, d], at)| [([*a, *b, *c], at, (3, *d)), ([*b, *c, *d], at + 1, (-1, *a))]);
            both.into_iter().flatten().collect()
        }
    }
}

/// Parts the first bytes of all grams into eight kinds, so that as few bytes of text as may be are of a kind with
/// many grams.
fn kinds(suspects: &[Suspect]) -> [u8; 256] {
    let mut firsts: BTreeMap<u8, u64> = BTreeMap::new();
    for suspect in suspects {
        let [first, ..] = suspect.gram;
        *firsts.entry(first).or_default() += 1;
    }
    let weight = |&(byte, count): &(u8, u64)| Reverse(u64::from(frequency::of_byte(byte)) * count);
    let mut firsts: Vec<(u8, u64)> = firsts.into_iter().collect();
    firsts.sort_by_key(weight);
    // Of each kind, how frequent its bytes are, and how many grams begin with one.
    let mut sums = [(0, 0); 8];
    let mut kinds = [0; 256];
    for (byte, grams) in firsts {
        let frequency = u64::from(frequency::of_byte(byte));
        let dearer = |(bytes, all): &(u64, u64)| (bytes + frequency) * (all + grams) - bytes * all;
        let cheapest = sums.iter_mut().zip(0..).min_by_key(|(sum, _)| dearer(sum));
        if let (Some((sum, number)), Some(kind)) = (cheapest, kinds.get_mut(usize::from(byte))) {
            *sum = (sum.0 + frequency, sum.1 + grams);
            *kind = 1 << number;
        }
    }
    kinds
}

fn window([a, b, c]: Gram) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// Of the first three bytes; the fourth doesn't count.
#[inline(always)]
fn hash(window: u32) -> u16 {
    ((window << 8).wrapping_mul(0x9E37_79B1) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(needle: &str) -> Grams {
        Grams::new([needle.as_bytes()].into_iter())
    }

    fn places(grams: &Grams, text: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        grams.ask(text, 0, text.len(), |place, suspect| found.extend(suspect.start(place)));
        found
    }

    #[test]
    fn a_needle_is_suspected_wherever_it_stands() {
        for needle in ["abc", "://", "abcd", "ghp_", "sourceMappingURL=", "-----BEGIN"] {
            let grams = grams(needle);
            for at in 0..70 {
                for behind in 0..20 {
                    let text = [vec![b'x'; at], needle.as_bytes().to_vec(), vec![b'x'; behind]].concat();
                    assert!(places(&grams, &text).contains(&at), "{needle} at {at} of {}", text.len());
                }
            }
        }
    }

    #[test]
    fn ordinary_text_raises_no_suspicion() {
        let text = "the quick brown fox jumps over the lazy dog; ".repeat(100);
        assert_eq!(places(&grams("ghp_"), text.as_bytes()), [0; 0]);
        assert_eq!(places(&grams(""), text.as_bytes()), [0; 0]);
    }
}
