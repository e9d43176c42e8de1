//! The pair of keys by which a server signs push messages (VAPID): wherever the names are, the private half is the
//! one of 43 characters beside a public half of 87.

use std::cell::Cell;
use std::ops::Range;

use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;

use super::digits;
use super::effort::{PUBLIC_KEY, spend};

/// The private half of the pair near the word at `at`.
pub(super) fn private_half(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Range<usize>> {
    const BEFORE: usize = 300;
    const BEHIND: usize = 500;
    let from = at.saturating_sub(BEFORE);
    let near = text.get(from..(at + BEHIND).min(text.len()))?;
    spend(effort, near.len());
    let words = || words(near).filter_map(|word| Some((word.clone(), digits::base64_url(near.get(word)?)?)));
    let publics: Vec<Vec<u8>> = words().filter(|(_, key)| key.len() == 65).map(|(_, key)| key).collect();
    if publics.is_empty() {
        return None;
    }
    words()
        .filter(|(_, key)| key.len() == 32)
        .find(|(_, key)| {
            spend(effort, PUBLIC_KEY);
            public_half(key).is_some_and(|public| publics.contains(&public))
        })
        .map(|(word, _)| word.start + from..word.end + from)
}

fn public_half(private: &[u8]) -> Option<Vec<u8>> {
    let key = SecretKey::from_slice(private).ok()?;
    Some(key.public_key().to_sec1_point(false).as_bytes().to_vec())
}

/// Where the words are that may be such a key.
fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut start = 0;
    let words = text.split(move |byte| !is_own(byte)).map(move |word| {
        let range = start..start + word.len();
        start = range.end + 1;
        range
    });
    words.filter(|word| matches!(word.len(), 43 | 87))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, base64};

    #[test]
    fn the_half_is_found_that_the_public_one_belongs_to() {
        let url =
            |bytes: &[u8]| base64(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        let secret = Dice::new(5).bytes(32);
        let (private, public) = (url(&secret), url(&public_half(&secret).unwrap()));
        let other = url(&Dice::new(6).bytes(32));
        let text = format!("webpush.setVapidDetails('mailto:a@b.c', '{public}', '{private}');");
        let at = text.find("Vapid").unwrap();
        assert_eq!(
            private_half(text.as_bytes(), at, &Cell::new(0)).map(|range| &text[range]),
            Some(private.as_str())
        );
        let text = text.replace(&private, &other);
        assert_eq!(private_half(text.as_bytes(), at, &Cell::new(0)), None);
    }
}
