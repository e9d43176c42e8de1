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
/// Bytes read for that: each gram has a byte before it and one behind it.
const PIECE: usize = STRIDE + 4;
/// One entry for each hash of a gram.
const SIZE: usize = 1 << 16;
/// Bits of a hash that don't count where its suspects are looked up.
const LOW_BITS: u32 = 4;
/// Of an entry of the table, what counts of the byte behind a gram; the other bits are about the byte before it.
const BEHIND: u16 = 0x00ff;

/// Tells at every second byte of a text whether a needle may be there.
///
/// Of each needle four bytes are chosen that are rare. Wherever they are, the first three or the last three
/// of them begin at an even offset, and both these grams are in the table, with the fourth byte. So a text is asked
/// half as often as it has bytes, and each time by two looks into tables that stay in the processor's nearest caches.
#[derive(Debug, Clone)]
pub(super) struct Grams {
    /// By a gram's hash: the kinds of bytes that stand behind and before the grams with this hash.
    table: Box<[u16; SIZE]>,
    /// The kind of each byte behind a gram, and of each before one, as a bit among eight.
    kinds: [u16; 256],
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

/// The byte of a needle that stands beside its gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Before(u8),
    Behind(u8),
    /// The gram is the whole needle.
    Nothing,
}

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
        hash(as_number(self.gram))
    }

    /// Whether the byte beside the gram is what it should be, if the gram is at `place`.
    fn goes_on(&self, text: &[u8], place: usize) -> bool {
        match self.beside {
            Beside::Before(byte) => place.checked_sub(1).and_then(|at| text.get(at)) == Some(&byte),
            Beside::Behind(byte) => text.get(place + GRAM) == Some(&byte),
            Beside::Nothing => true,
        }
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
        let kind = |byte: u8| kinds.get(usize::from(byte)).copied().unwrap_or(0);
        let mut table = Box::new([0; SIZE]);
        for suspect in &suspects {
            if let Some(entry) = table.get_mut(usize::from(suspect.hash())) {
                *entry |= match suspect.beside {
                    Beside::Before(byte) => kind(byte) & !BEHIND,
                    Beside::Behind(byte) => kind(byte) & BEHIND,
                    Beside::Nothing => BEHIND,
                };
            }
        }
        let (suspects, starts) = by_hash(&suspects);
        Self { table, kinds, suspects, starts }
    }

    /// Calls `suspect` with every even offset in `from..to` at which a needle's gram is, in order.
    /// `from` is even; before its start and after its end the text is taken to go on with zeros.
    pub(super) fn ask(&self, text: &[u8], from: usize, to: usize, mut suspect: impl FnMut(usize, &Suspect)) {
        let mut at = from;
        while at < to {
            let whole = at.checked_sub(1).and_then(|before| text.get(before..before + PIECE));
            match whole.and_then(<[u8]>::first_chunk) {
                Some(piece) if self.found(piece).iter().fold(0, |any, found| any | found) == 0 => {}
                Some(piece) => self.suspects(text, piece, at..to, &mut suspect),
                None => self.suspects(text, &padded(text, at), at..to, &mut suspect),
            }
            at += STRIDE;
        }
    }

    /// For each even offset of what follows the piece's first byte: not 0 if a gram may begin there.
    #[inline(always)]
    fn found(&self, piece: &[u8; PIECE]) -> [u16; STRIDE / 2] {
        // What a word holds is taken out of it by shifts: that costs less than to load each gram.
        let word = |at: usize| {
            let bytes = piece.get(at..).and_then(<[u8]>::first_chunk);
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let (begin, middle, end) = (word(1), word(7), word(11));
        let entry = |word: u64, shift: u32| self.entry((word >> shift) as u32);
        let mut found = [
            entry(begin, 0),
            entry(begin, 16),
            entry(begin, 32),
            entry(middle, 0),
            entry(middle, 16),
            entry(middle, 32),
            entry(end, 16),
            entry(end, 32),
        ];
        let kinds: [u16; STRIDE / 2 + 2] =
            array::from_fn(|number| piece.get(2 * number).map_or(0, |byte| self.kind(*byte)));
        let ([before @ .., _, _], [_, _, behind @ ..]) = (kinds, kinds);
        for ((found, before), behind) in found.iter_mut().zip(before).zip(behind) {
            *found &= (before & !BEHIND) | (behind & BEHIND);
        }
        found
    }

    /// What is known of grams that have the hash of the first three of these bytes.
    #[inline(always)]
    fn entry(&self, window: u32) -> u16 {
        self.table.get(usize::from(hash(window))).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn kind(&self, byte: u8) -> u16 {
        self.kinds.get(usize::from(byte)).copied().unwrap_or(0)
    }

    /// Calls `suspect` for what is in the piece, whose second byte is where the range begins.
    #[cold]
    #[inline(never)]
    fn suspects(
        &self,
        text: &[u8],
        piece: &[u8; PIECE],
        range: Range<usize>,
        suspect: &mut impl FnMut(usize, &Suspect),
    ) {
        for (place, _) in range.step_by(2).zip(self.found(piece)).filter(|(_, found)| *found != 0) {
            let rest = text.get(place..).unwrap_or_default();
            let gram = rest.first_chunk().copied().unwrap_or_else(|| {
                let mut bytes = rest.iter().copied();
                array::from_fn(|_| bytes.next().unwrap_or(0))
            });
            let start = |high: usize| self.starts.get(high).map_or(0, |start| *start as usize);
            let high = usize::from(hash(as_number(gram)) >> LOW_BITS);
            let near = self.suspects.get(start(high)..start(high + 1)).unwrap_or_default();
            let is_it = |near: &&Suspect| near.gram == gram && near.goes_on(text, place);
            near.iter().filter(is_it).for_each(|near| suspect(place, near));
        }
    }
}

/// The piece of the text at this offset, with zeros where the text isn't.
fn padded(text: &[u8], at: usize) -> [u8; PIECE] {
    let byte = |number: usize| (at + number).checked_sub(1).and_then(|at| text.get(at)).copied();
    array::from_fn(|number| byte(number).unwrap_or(0))
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
                true => (0..=u8::MAX).map(|any| ([any, a, b], -1, Beside::Behind(c))).collect(),
                false => (b'!'..=b'~').chain([0]).map(|any| ([b, c, any], 1, Beside::Before(a))).collect(),
            };
            [([a, b, c], 0, Beside::Nothing)].into_iter().chain(beside).collect()
        }
        _ => {
            let windows = needle.windows(SURE).filter_map(<[u8]>::first_chunk).zip(0..i16::MAX);
            let costs = frequencies.costs(needle);
            let cheapest = windows.zip(costs).min_by_key(|(_, cost)| *cost).map(|(window, _)| window);
            let both = cheapest.map(|([a, b, c, d], at)| {
                [([*a, *b, *c], at, Beside::Behind(*d)), ([*b, *c, *d], at + 1, Beside::Before(*a))]
            });
            both.into_iter().flatten().collect()
        }
    }
}

/// The kinds of all bytes: behind a gram in the low half, before one in the high half.
fn kinds(suspects: &[Suspect]) -> [u16; 256] {
    let behind = suspects.iter().filter_map(|suspect| match suspect.beside {
        Beside::Behind(byte) => Some(byte),
        _ => None,
    });
    let before = suspects.iter().filter_map(|suspect| match suspect.beside {
        Beside::Before(byte) => Some(byte),
        _ => None,
    });
    let (behind, before) = (parted(behind), parted(before));
    // Each byte is of a kind, so that one behind a gram that is a whole needle counts, whichever it is.
    let mut both =
        behind.iter().zip(before).map(|(behind, before)| u16::from(*behind).max(1) | u16::from(before) << 8);
    array::from_fn(|_| both.next().unwrap_or(0))
}

/// Parts the bytes that stand beside grams into eight kinds, so that as few bytes of text as may be are of a kind that
/// many grams have.
fn parted(beside: impl Iterator<Item = u8>) -> [u8; 256] {
    let mut counts: BTreeMap<u8, u64> = BTreeMap::new();
    for byte in beside {
        *counts.entry(byte).or_default() += 1;
    }
    let weight = |&(byte, count): &(u8, u64)| Reverse(u64::from(frequency::of_byte(byte)) * count);
    let mut counts: Vec<(u8, u64)> = counts.into_iter().collect();
    counts.sort_by_key(weight);
    // Of each kind, how frequent its bytes are, and how many grams have one beside them.
    let mut sums = [(0, 0); 8];
    let mut kinds = [0; 256];
    for (byte, grams) in counts {
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

fn as_number([a, b, c]: Gram) -> u32 {
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
    fn a_needle_of_three_bytes_is_suspected_before_and_behind_any_byte() {
        let grams = Grams::new(["abc", "ghp_", "0123"].iter().map(|needle| needle.as_bytes()));
        for other in 0..=u8::MAX {
            for at in 1..40 {
                let text = [vec![other; at], b"abc".to_vec(), vec![b'!'; 40]].concat();
                assert!(places(&grams, &text).contains(&at), "{other} before, at {at}");
                let text = [vec![b'!'; at], b"abc".to_vec(), vec![other; 40]].concat();
                let odd_before_space = at % 2 == 1 && !(b'!'..=b'~').contains(&other) && other != 0;
                assert!(odd_before_space || places(&grams, &text).contains(&at), "{other} behind, at {at}");
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
