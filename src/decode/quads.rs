//! Strings of four bytes a character in binaries, as tables of NumPy have them, and programs for Linux their wide ones.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

/// Characters of a string that is looked at: no token has fewer.
const SHORTEST: usize = 12;
const WIDTH: usize = 4;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "UTF-32", stands_in: StandsIn::Binary, uncover };

/// Uncovers the strings; byte order does not matter where three of four bytes are zero.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    /// In a string, one of every few words of eight bytes is letters alone, wherever the words begin.
    const STRIDE: usize = (SHORTEST - 2) * WIDTH;
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let (mut at, mut done) = (0, 0);
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let start = phase(word).map(|phase| at + phase);
        at += STRIDE;
        let Some(start) = start.filter(|start| *start >= done) else { continue };
        let letters_back = (1..).take_while(|back| {
            let place = start.checked_sub(back * WIDTH).filter(|place| *place >= done);
            place.is_some_and(|place| letter(bytes, place).is_some())
        });
        let first = start - letters_back.count() * WIDTH;
        let letters: Vec<u8> = (0..).map_while(|number| letter(bytes, first + number * WIDTH)).collect();
        done = first + letters.len() * WIDTH;
        at = at.max(done);
        if letters.len() < SHORTEST {
            continue;
        }
        if !layer.afford(letters.len()) {
            return;
        }
        layer.mark(first, Rate(WIDTH, 1));
        layer.push(&letters);
        layer.end();
    }
}

/// At which of its first four bytes a word has a letter, if that and the fourth behind it are all that it has.
fn phase(word: &[u8; 8]) -> Option<usize> {
    let is_zero = |byte: &u8| u8::from(*byte == 0);
    (word.iter().map(is_zero).sum::<u8>() == 6).then_some(())?;
    let [low, high] = [0, WIDTH].map(|half| u64::from_le_bytes(*word) >> (half * 8) & 0xFFFF_FFFF);
    let phase = low.trailing_zeros() / 8;
    (low != 0 && high != 0 && high.trailing_zeros() / 8 == phase).then_some(phase as usize)
}

/// The letter at a place, with three zeros behind it.
fn letter(bytes: &[u8], at: usize) -> Option<u8> {
    match bytes.get(at..)? {
        [letter @ (b' '..=b'~' | b'\t' | b'\r' | b'\n'), 0, 0, 0, ..] => Some(*letter),
        [letter @ (b' '..=b'~' | b'\t' | b'\r' | b'\n')] => Some(*letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "connection-string";

    #[test]
    fn strings_are_read_at_any_place_in_both_orders() {
        for write in [|letter| u32::to_le_bytes(letter), |letter| u32::to_be_bytes(letter)] {
            let wide: Vec<u8> = WORD.bytes().map(u32::from).flat_map(write).collect();
            for before in 0..50_usize {
                let bytes = [&vec![0xA0; before][..], &wide, &[0, 0, 0, 0xFF, 0xFF]].concat();
                let mut found = Vec::new();
                uncover(&bytes, &Budget::of(bytes.len()), &mut |layer| {
                    let place = layer.places.source(0);
                    found.push((String::from_utf8(layer.text).unwrap(), place));
                });
                let [(text, first)] = found.as_slice() else { panic!("{before} {found:?}") };
                assert_eq!(text.trim_end(), WORD, "{before}");
                assert!((before..before + WIDTH).contains(first));
            }
        }
    }

    #[test]
    fn numbers_are_no_strings() {
        let numbers = (0..500_u32).flat_map(|number| (number * 97).to_le_bytes());
        let zeros = [0; 200].into_iter();
        let bytes: Vec<u8> = numbers.chain(zeros).collect();
        uncover(&bytes, &Budget::of(bytes.len()), &mut |layer| panic!("{layer:?}"));
    }
}
