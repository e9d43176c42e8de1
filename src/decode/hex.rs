//! Text and keys written as hexadecimal numbers, in one line or wrapped.

use std::ops::Range;

use super::places::{Builder, Rate};
use super::{Budget, Layer, magic};
use crate::unpack;

/// Characters in a row that make a text of decoded bytes.
const SHORTEST_TEXT: usize = 16;

/// Uncovers what these runs of hexadecimal digits stand for.
pub(super) fn uncover(bytes: &[u8], runs: &[Range<usize>], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new("hexadecimal", true, budget, found);
    for run in runs {
        let digits = bytes.get(run.clone()).unwrap_or_default();
        let head = decoded(digits.get(..64).unwrap_or(digits));
        let is_telling = magic::tells(&head) || unpack::may_be_unmarked(&head, digits.len() / 2);
        if is_telling {
            if layer.afford_alone(digits.len() / 2) {
                layer.alone(decoded(digits), [(0, run.start)], Rate::DOUBLE);
            }
        } else if has_text(digits) && layer.afford(digits.len() / 2) {
            layer.mark(run.start, Rate::DOUBLE);
            layer.push(&decoded(digits));
            layer.end();
        }
    }
}

/// Whether there are letters in a row.
fn has_text(digits: &[u8]) -> bool {
    let mut length = 0;
    digits.as_chunks::<2>().0.iter().any(|pair| {
        let is_letter = matches!(pair, [b'2'..=b'7', _] | [b'0', b'9' | b'a' | b'A' | b'd' | b'D']);
        length = if is_letter { length + 1 } else { 0 };
        length >= SHORTEST_TEXT
    })
}

/// Whether bytes have letters in a row.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let is_letter = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    bytes.split(|byte| !is_letter(byte)).any(|letters| letters.len() >= SHORTEST_TEXT)
}

pub(super) fn decoded(digits: &[u8]) -> Vec<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
    digits.as_chunks::<2>().0.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_digests() {
        let hex: String = "a text that is long enough".bytes().map(|byte| format!("{byte:02x}")).collect();
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let text = format!("{hex} {digest}");
        let mut found = Vec::new();
        let runs = [0..hex.len(), hex.len() + 1..text.len()];
        uncover(text.as_bytes(), &runs, &Budget::of(text.len()), &mut |layer| {
            found.push((String::from_utf8(layer.text).unwrap(), layer.places.source(2)));
        });
        assert_eq!(found, [("a text that is long enough\n".to_owned(), 4)]);
    }
}
