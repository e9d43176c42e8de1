//! Words and sentences of this program's own, which facts borrow instead of having a copy each.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A word or sentence that this program has from the start.
pub type Word = &'static str;

/// No inventory that this program wrote has as many.
const MOST_WORDS: usize = 10_000;
const LONGEST: usize = 1_000;

/// A word of an inventory that was written down: kept once, for as long as the program runs.
fn known(text: String) -> Option<Word> {
    static KNOWN: Mutex<BTreeSet<Word>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(word) = known.get(text.as_str()) {
        return Some(word);
    }
    if known.len() >= MOST_WORDS || text.len() > LONGEST {
        return None;
    }
    let word: Word = Box::leak(text.into_boxed_str());
    known.insert(word);
    Some(word)
}

fn or_refused<E: Error>(word: Option<Word>) -> Result<Word, E> {
    word.ok_or_else(|| E::custom("a word that no packgate writes"))
}

pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    or_refused(known(String::deserialize(from)?))
}

pub(super) fn read_some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
    Option::<String>::deserialize(from)?.map(|text| or_refused(known(text))).transpose()
}

pub(super) fn read_all<'de, D, List>(from: D) -> Result<List, D::Error>
where
    D: Deserializer<'de>,
    List: FromIterator<Word>,
{
    Vec::<String>::deserialize(from)?.into_iter().map(|text| or_refused(known(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_once() {
        let word = known("a word of this test".to_owned()).unwrap();
        assert!(std::ptr::eq(word, known("a word of this test".to_owned()).unwrap()));
        assert_eq!(known("x".repeat(LONGEST + 1)), None);
    }
}
