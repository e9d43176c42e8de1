//! Code in the strings of JSON, as Jupyter keeps it.

use super::{Pair, code};
use crate::plain::Plain;

/// The pairs of the code, where they stand in the file.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let Some(plain) = Plain::of(text) else { return code::pairs(text) };
    let in_file = |pair: Pair<'_>| {
        let value = plain.place(pair.value.start)..plain.place(pair.value.end);
        Pair::new(pair.parent.into_owned(), pair.name.into_owned(), value)
    };
    code::pairs(&plain.bytes).into_iter().map(in_file).collect()
}
