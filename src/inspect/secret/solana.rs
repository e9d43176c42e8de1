//! Solana's key pair: the 32 bytes of a secret key and those of the public key that belongs to it, as numbers.

use std::cell::Cell;
use std::ops::Range;

use ed25519_dalek::SigningKey;

use super::effort::{PUBLIC_KEY, spend};

/// Whether a file is a key pair and nothing else.
pub(super) fn is_pair(bytes: &[u8]) -> bool {
    const LONGEST: usize = 1024;
    bytes.len() <= LONGEST
        && serde_json::from_slice(bytes).is_ok_and(|numbers: Vec<u8>| belong_together(&numbers))
}

/// The numbers in the first list of a window of code.
pub(super) fn in_code(window: &[u8], effort: &Cell<usize>) -> Option<Range<usize>> {
    const NEAR: usize = 80;
    const LONGEST: usize = 1024;
    let start = memchr::memchr(b'[', window.get(..NEAR).unwrap_or(window))?;
    let list = window.get(start..(start + LONGEST).min(window.len()))?;
    let end = memchr::memchr(b']', list)?;
    let numbers: Vec<u8> = list
        .get(1..end)?
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|number| !number.is_empty())
        .map(|number| std::str::from_utf8(number).ok()?.parse().ok())
        .collect::<Option<_>>()?;
    spend(effort, if numbers.len() == 64 { PUBLIC_KEY } else { 0 });
    belong_together(&numbers).then_some(start..start + end + 1)
}

/// Whether the second half is the public key of the first.
fn belong_together(pair: &[u8]) -> bool {
    pair.split_first_chunk::<32>().is_some_and(|(secret, public)| {
        public.len() == 32 && SigningKey::from_bytes(secret).verifying_key().as_bytes().as_slice() == public
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::Dice;

    #[test]
    fn only_halves_that_belong_together_are_a_pair() {
        let mut dice = Dice::new(3);
        let secret: [u8; 32] = dice.bytes(32).try_into().unwrap();
        let pair = [secret, SigningKey::from_bytes(&secret).verifying_key().to_bytes()].concat();
        let numbers = |pair: &[u8]| format!("{pair:?}");
        assert!(is_pair(numbers(&pair).as_bytes()));
        assert!(!is_pair(numbers(&dice.bytes(64)).as_bytes()));
        let code = |list: &str| format!("fromSecretKey(Uint8Array.from({list}));");
        let one = code(&numbers(&pair));
        assert_eq!(
            in_code(one.as_bytes(), &Cell::new(0)).map(|range| &one[range]),
            Some(numbers(&pair).as_str())
        );
        assert_eq!(in_code(code(&numbers(&dice.bytes(64))).as_bytes(), &Cell::new(0)), None);
        assert_eq!(in_code(code("[1, 2, 3]").as_bytes(), &Cell::new(0)), None);
    }
}
