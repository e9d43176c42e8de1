//! Containers: from bytes to entries. Knows bytes only; no rule, no ecosystem.
//!
//! The walkers are strict: where two readers in the field would see different entries, an
//! [`Oddity`] is reported, and where the meaning is no longer certain the walk ends with a [`Damage`].

mod limits;
mod read_at;

pub use limits::{Limits, Spent};
pub use read_at::{FileSource, ReadAt};

use crate::inventory::{AnomalyKind, EntryKind};

/// What a container says about an entry before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Path inside the container: segments joined by `/`, `.` and empty segments dropped, `..` kept,
    /// invalid UTF-8 replaced. Not safe to print.
    pub path: String,
    /// File, folder, link.
    pub kind: EntryKind,
    /// Size that the container claims, in bytes.
    pub size: Option<u64>,
    /// Unix permission bits.
    pub mode: Option<u32>,
    /// Byte offset of the header in the container.
    pub offset: u64,
}

/// An oddity that a tolerant reader would shrug at, relative to its container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub kind: AnomalyKind,
    /// Byte offset in the container (decompressed, for a tar inside gzip).
    pub offset: u64,
    /// Path of the entry concerned, inside the container; `None` for the container itself.
    pub entry: Option<String>,
    /// What was seen, and who reads it how.
    pub detail: String,
}

/// Why a walk could not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why} (at byte {offset})")]
pub struct Damage {
    /// Byte offset in the container.
    pub offset: u64,
    /// What is wrong, as the beginning of a sentence.
    pub why: String,
}

impl Damage {
    /// A damage at a byte offset.
    pub fn new(offset: u64, why: impl Into<String>) -> Self {
        Self { offset, why: why.into() }
    }
}

/// Receives what a walker finds, in the order of the container.
///
/// For each entry: one `begin`, any number of `data`, and then either `end` or, when its bytes are
/// damaged or over a limit, `broken`.
pub trait Sink {
    /// An entry begins.
    fn begin(&mut self, header: Header);
    /// The next bytes of the entry.
    fn data(&mut self, bytes: &[u8]);
    /// The entry is complete and its checksums are right.
    fn end(&mut self);
    /// The entry could not be read to its end.
    fn broken(&mut self, damage: Damage);
    /// Something odd.
    fn oddity(&mut self, oddity: Oddity);
}
