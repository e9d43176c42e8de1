//! Strings of two bytes a character in binaries, as .NET, Java's natives and Windows resources have them.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

/// Characters of a string that is looked at.
const SHORTEST: usize = 8;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "UTF-16", stands_in: StandsIn::Binary, uncover };

/// Uncovers all strings; byte order does not matter where every other byte is zero.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let mut at = 0;
    while let Some(start) = next(bytes, at) {
        let rest = bytes.get(start..).unwrap_or_default();
        let pairs = rest.as_chunks::<2>().0;
        let length = pairs.iter().take_while(|[letter, zero]| *zero == 0 && is_letter(*letter)).count();
        at = start + length * 2;
        if length < SHORTEST {
            at = at.max(start + 2);
            continue;
        }
        if !layer.afford(length * 2) {
            return;
        }
        push(bytes, start, length, &mut layer);
        // With the zeros in front, the first letter is another string's and the last one has no zero behind it.
        let is_first = start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&0);
        let has_last = bytes.get(at).is_some_and(|byte| is_letter(*byte));
        if has_last || !is_first {
            let skipped = usize::from(!is_first);
            push(bytes, start + skipped * 2, length - skipped + usize::from(has_last), &mut layer);
        }
    }
}

/// Adds every other byte from there on.
fn push(bytes: &[u8], start: usize, length: usize, layer: &mut Builder<'_>) {
    layer.mark(start, Rate::DOUBLE);
    let letters: Vec<u8> =
        bytes.get(start..).unwrap_or_default().iter().step_by(2).take(length).copied().collect();
    layer.push(&letters);
    layer.end();
}

fn is_letter(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

/// Where the next string begins, or something that looks like one at its first glance.
fn next(bytes: &[u8], from: usize) -> Option<usize> {
    /// Letters and zeros by turns, as they stand in a word of eight bytes.
    const EVEN: u64 = u64::from_le_bytes([0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF]);
    const LOW: u64 = u64::from_le_bytes([0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0]);
    let words = bytes.get(from..)?.as_chunks::<8>().0;
    let place = words.iter().position(|word| {
        let word = u64::from_le_bytes(*word);
        // no zero among the letters: each lends to the bit above it when one is taken away
        let has_no_zero = |word: u64| (word.wrapping_sub(LOW >> 7)) & LOW == 0 && word & LOW == 0;
        (word & EVEN == 0 && has_no_zero(word)) || (word & (EVEN >> 8) == 0 && has_no_zero(word >> 8))
    })?;
    let mut start = from + place * 8;
    // the letters stand at the odd places
    if bytes.get(start) == Some(&0) {
        start += 1;
    }
    // and it may have begun before this word
    while let Some([letter, 0]) =
        start.checked_sub(2).filter(|before| *before >= from).and_then(|before| bytes.get(before..start))
        && is_letter(*letter)
    {
        start -= 2;
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_at_odd_and_even_places_in_both_orders() {
        let word = "connection-string";
        let little: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for wide in [little, big] {
            for before in 0..20 {
                let mut bytes: Vec<u8> = (0..before).map(|number| 0x80 + number).collect();
                bytes.extend_from_slice(&wide);
                bytes.extend_from_slice(&[0, 1, 0x57]);
                bytes.extend_from_slice(&wide);
                bytes.extend_from_slice(&[0xFF; 20]);
                let mut found = Vec::new();
                uncover(&bytes, &Budget::of(bytes.len()), &mut |layer| {
                    let text = String::from_utf8(layer.text.clone()).unwrap();
                    found.push((text, layer.places.source(0)));
                });
                let [(text, first)] = found.as_slice() else { panic!("{found:?}") };
                assert!(text.lines().filter(|line| *line == word).count() >= 2, "{before} {text}");
                assert!((before as usize..before as usize + 2).contains(first));
            }
        }
    }

    #[test]
    fn zeros_and_numbers_are_no_strings() {
        let mut bytes = vec![0; 64];
        bytes.extend((0..200u16).flat_map(|number| (number * 7 + 300).to_le_bytes()));
        uncover(&bytes, &Budget::of(bytes.len()), &mut |layer| panic!("{layer:?}"));
    }
}
