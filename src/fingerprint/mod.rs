//! Finds internal code in other text by *winnowing* (S. Schleimer, D. S. Wilkerson, A. Aiken: "Winnowing:
//! Local Algorithms for Document Fingerprinting", SIGMOD 2003).
//!
//! A text becomes a stream of words (identifiers, words in strings, numbers; no comments, no punctuation, no
//! keywords), so that formatting, quotes, comments and the order of functions don't matter. Of every
//! [`winnow::WINDOW`] neighbouring runs of [`winnow::RUN`] words, the one with the smallest hash is a
//! fingerprint. Two texts that share [`winnow::RUN`] + [`winnow::WINDOW`] - 1 words in a row share a
//! fingerprint for sure. The words that minifiers keep, names of properties and those in strings, make a stream of their
//! own, whose fingerprints are found where other names are shortened.

mod erase;
mod file;
mod form;
mod index;
mod lexicon;
mod own;
mod shelf;
mod tokens;
mod walk;
mod winnow;

pub use form::FileError;
pub use index::{Index, Match};
pub use own::{
    Found, FoundLine, OwnFile, OwnSource, OwnTexts, SHORTEST_OF_SEVERAL, is_own, is_shown, is_typescript,
    untracked,
};
pub use shelf::Labels;
