//! Property lists in binary, as Apple's programs have them: the texts in them stand as they are, and a table says where
//! each object begins.

use std::ops::Range;

use super::Pair;

/// What such a file begins with.
pub(super) const BEGINNING: &[u8] = b"bplist00";

/// The texts that its dictionaries give names.
pub(super) fn pairs(bytes: &[u8]) -> Vec<Pair<'_>> {
    const MOST: usize = 20_000;
    const MOST_MEMBERS: usize = 1 << 20;
    let Some(list) = List::of(bytes) else { return Vec::new() };
    let mut pairs = Vec::new();
    // each object may be one and the same large dictionary
    let mut left = MOST_MEMBERS;
    for place in (0..list.count).filter_map(|number| list.place(number)) {
        let Some(members) = list.members(place) else { continue };
        for (name, value) in members {
            left -= 1;
            if left == 0 {
                return pairs;
            }
            let texts = list.text(name).zip(list.text(value));
            if let Some((name, value)) = texts {
                let name = String::from_utf8_lossy(bytes.get(name).unwrap_or_default());
                pairs.push(Pair::new("", name, value));
            }
            if pairs.len() >= MOST {
                return pairs;
            }
        }
    }
    pairs
}

/// The table at the end.
struct List<'a> {
    bytes: &'a [u8],
    /// Bytes of a place, and of an object's number.
    widths: [usize; 2],
    count: usize,
    table: usize,
}

impl<'a> List<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        const TRAILER: usize = 32;
        bytes.starts_with(BEGINNING).then_some(())?;
        let trailer = bytes.get(bytes.len().checked_sub(TRAILER)?..)?;
        let widths = [usize::from(*trailer.get(6)?), usize::from(*trailer.get(7)?)];
        let (count, table) = (number(trailer.get(8..16)?)?, number(trailer.get(24..32)?)?);
        let is_sound = widths.iter().all(|width| (1..=8).contains(width)) && count <= bytes.len();
        is_sound.then_some(Self { bytes, widths, count, table })
    }

    /// Where an object begins.
    fn place(&self, object: usize) -> Option<usize> {
        let at = self.table.checked_add(object.checked_mul(self.widths[0])?)?;
        number(self.bytes.get(at..at.checked_add(self.widths[0])?)?)
    }

    /// How many elements the object at a place has, if it is of this kind, and where they begin.
    fn elements(&self, place: usize, kind: u8) -> Option<(usize, usize)> {
        let mark = *self.bytes.get(place)?;
        (mark >> 4 == kind).then_some(())?;
        if mark & 0xF != 0xF {
            return Some((usize::from(mark & 0xF), place + 1));
        }
        // the count is a number of its own
        let power = *self.bytes.get(place + 1)?;
        let width = (power >> 4 == 1).then(|| 1_usize << (power & 3))?;
        Some((number(self.bytes.get(place + 2..place + 2 + width)?)?, place + 2 + width))
    }

    /// The objects of a dictionary by their numbers: names, and what they stand for.
    fn members(&self, place: usize) -> Option<impl Iterator<Item = (usize, usize)> + use<'a>> {
        const DICTIONARY: u8 = 0xD;
        let (count, start) = self.elements(place, DICTIONARY)?;
        let width = self.widths[1];
        let half = count.checked_mul(width)?;
        let all = self.bytes.get(start..start.checked_add(half.checked_mul(2)?)?)?;
        let (names, values) = all.split_at(half);
        let numbers = |bytes: &'a [u8]| bytes.chunks(width).map(|bytes| number(bytes).unwrap_or(usize::MAX));
        Some(numbers(names).zip(numbers(values)))
    }

    /// Where the text of an object is.
    fn text(&self, object: usize) -> Option<Range<usize>> {
        const TEXT: u8 = 5;
        let (length, start) = self.elements(self.place(object)?, TEXT)?;
        let place = start..start.checked_add(length)?;
        self.bytes.get(place.clone()).map(|_| place)
    }
}

/// A number with its high bytes first.
fn number(bytes: &[u8]) -> Option<usize> {
    let number =
        bytes.iter().try_fold(0_u64, |number, byte| Some(number.checked_mul(256)? + u64::from(*byte)))?;
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary of one name, and the list with its numbers in so many bytes.
    fn list(name: &str, value: &str, width: u8) -> Vec<u8> {
        let text = |text: &str| match text.len() {
            short @ 0..15 => [&[0x50 | short as u8][..], text.as_bytes()].concat(),
            long => [&[0x5F, 0x10, long as u8][..], text.as_bytes()].concat(),
        };
        let wide = |number: usize| (number as u64).to_be_bytes()[8 - usize::from(width)..].to_vec();
        let objects = [[&[0xD1][..], &wide(1), &wide(2)].concat(), text(name), text(value)];
        let (mut bytes, mut places) = (BEGINNING.to_vec(), Vec::new());
        for object in objects {
            places.extend(wide(bytes.len()));
            bytes.extend(object);
        }
        let table = bytes.len() as u64;
        bytes.extend(places);
        bytes.extend(
            [&[0; 6][..], &[width, width], &3_u64.to_be_bytes(), &[0; 8], &table.to_be_bytes()].concat(),
        );
        bytes
    }

    #[test]
    fn names_and_values_are_found_by_the_table() {
        for width in [1, 2, 4] {
            let bytes = list("ClientSecret", "a value that is longer than fifteen", width);
            let pairs = pairs(&bytes);
            let [pair] = pairs.as_slice() else { panic!("{pairs:?}") };
            assert_eq!(pair.name, "ClientSecret");
            assert_eq!(bytes[pair.value.clone()], *b"a value that is longer than fifteen");
        }
    }

    #[test]
    fn a_broken_list_has_none() {
        let whole = list("a", "b", 1);
        for length in 0..whole.len() {
            assert!(pairs(&whole[..length]).is_empty());
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            pairs(&broken);
        }
    }
}
