//! Base64 whose small and capital letters have changed places, as the most common obfuscator of JavaScript writes strings. The
//! program that reads them has their alphabet beside them.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::runs::{is_digit, runs};
use super::{Budget, Layer, StandsIn, Wrapping, base64};

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "base64 with its letters swapped", stands_in: StandsIn::OtherText, uncover };

static ALPHABET: LazyLock<Finder<'_>> =
    LazyLock::new(|| Finder::new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"));

/// Uncovers the texts, where there is such an alphabet.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    /// The strings of a program are shorter.
    const LONGEST: usize = 64 << 10;
    if ALPHABET.find(bytes).is_none() {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    for run in runs(bytes, base64::SHORTEST, is_digit).filter(|run| run.len() <= LONGEST) {
        let digits = bytes.get(run.clone()).unwrap_or_default();
        let swapped: Vec<u8> = digits.iter().map(swap).collect();
        let Some(text) = base64::text(&swapped) else { continue };
        if !layer.afford(text.len()) {
            return;
        }
        layer.mark(run.start, Rate::BASE64);
        layer.push(&text);
        layer.end();
    }
}

fn swap(letter: &u8) -> u8 {
    if letter.is_ascii_alphabetic() { letter ^ 0x20 } else { *letter }
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::decode::testing::lines;

    #[test]
    fn strings_are_read_where_their_alphabet_is() {
        let text = "a text that is hidden from whoever reads it";
        let swapped: String = STANDARD.encode(text).bytes().map(|byte| char::from(swap(&byte))).collect();
        let program = |alphabet: &str| format!("const a=['{swapped}'],b='{alphabet}=';");
        let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
        assert_eq!(lines(uncover, &program(alphabet)), [text]);
        let usual: String = alphabet.bytes().map(|byte| char::from(swap(&byte))).collect();
        assert_eq!(lines(uncover, &program(&usual)), [""; 0]);
    }
}
