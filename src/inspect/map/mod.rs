//! Reading source maps, and what holds original text in their manner, out of JSON and object literals.
//!
//! Format: ECMA-426. The reader walks a document once, without recursion, and takes every object in it
//! for a possible map: so a map is found in a file of its own, in the sections of an index map, in a
//! coverage record and in a bundler's report alike.

mod data_url;
mod document;
mod growing;
mod javascript;
mod json;
mod maker;
mod party;

pub(crate) use data_url::{DataUrl, base64_run, data_url, in_alphabet};
pub(crate) use document::{
    Found, FoundSource, MOST_MAPS, Reading, Settings, TOO_MANY_MAPS, read, read_loose,
};
pub(crate) use growing::Growing;
pub(crate) use javascript::{begins_comment, is_separator, line_length};
pub(crate) use json::{Cursor, Piece};
pub(crate) use party::is_third_party;
