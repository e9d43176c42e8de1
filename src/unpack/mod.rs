//! Containers: from bytes to entries. Knows bytes only; no rule, no ecosystem.
//!
//! The walkers are strict: where two readers in the field would see different entries, an
//! [`RawAnomaly`] is reported, and where the meaning is no longer certain the walk ends with a [`Damage`].

mod ar;
mod blob;
pub(crate) mod clients;
mod compressed;
mod container;
mod containers;
mod cpio;
pub mod directory;
mod gzip;
mod hidden;
mod limiter;
mod limits;
mod lz4;
mod lzw;
mod meter;
mod names;
mod path;
mod read_at;
mod rpm;
mod sevenzip;
mod sniff;
mod stream;
mod streams;
mod tar;
mod unmarked;
mod walk;
mod window;
pub mod zip;

pub use blob::Blob;
pub(crate) use compressed::{
    LONGEST_MARK, XZ_MAGIC, is_bzip2, is_packed, unbrotli, ungzip, unpacked, unzlib, unzstd,
};
pub use containers::{is_compressed, mismatch, opens};
pub use limits::{Limits, Overrun, Share, Spent, unpacked_so_far};
pub use meter::Meter;
pub(crate) use names::fold as folded;
pub use read_at::{FileSource, ReadAt};
pub use sniff::{sniff, unopened};
pub(crate) use unmarked::{may_be_unmarked, unmarked};
pub use walk::{opens_hidden, walk};

use window::Window;

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

/// An anomaly that a tolerant reader would shrug at, relative to its container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAnomaly {
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
    /// Set when nothing is broken but readers disagree so much that none of them can be followed.
    pub kind: Option<AnomalyKind>,
}

impl Damage {
    /// A damage at a byte offset.
    pub fn new(offset: u64, why: impl Into<String>) -> Self {
        Self { offset, why: why.into(), kind: None }
    }

    /// Readers disagree, so that the walk can't go on.
    pub(crate) fn ambiguous(kind: AnomalyKind, offset: u64, why: impl Into<String>) -> Self {
        Self { offset, why: why.into(), kind: Some(kind) }
    }

    /// The system can't read the bytes.
    pub(crate) fn unreadable(offset: u64, error: &std::io::Error) -> Self {
        Self::new(offset, format!("the bytes can't be read: {error}"))
    }

    /// What a reader of ours failed with, or, for others, that the data is damaged.
    pub(crate) fn from_reader(offset: u64, error: std::io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(damage) => damage,
            Err(error) => Self::new(offset, format!("the compressed data is damaged or cut off: {error}")),
        }
    }

    /// The anomaly that it is as well, if readers disagree.
    pub fn anomaly(&self) -> Option<RawAnomaly> {
        self.kind.map(|kind| RawAnomaly { kind, offset: self.offset, entry: None, detail: self.why.clone() })
    }
}

/// Receives what a walker finds, in the order of the container.
///
/// For each entry: one `begin`, any number of `data`, and then either `end` or, when its bytes are
/// damaged or over a limit, `broken`.
pub trait Sink {
    /// Whether an entry is wanted. Others may be left out where that saves reading them: in a zip.
    fn wants(&self, _header: &Header) -> bool {
        true
    }
    /// An entry begins.
    fn begin(&mut self, header: Header);
    /// The next bytes of the entry.
    fn data(&mut self, bytes: &[u8]);
    /// The entry is complete and its checksums are right.
    fn end(&mut self);
    /// The entry could not be read to its end.
    fn broken(&mut self, damage: Damage);
    /// Something odd.
    fn anomaly(&mut self, anomaly: RawAnomaly);
    /// Bytes of no entry, while none is open.
    fn blob(&mut self, _blob: Blob) {}
}

/// Reads a source from an offset to its end, as far as packgate looks at what belongs to nothing.
fn rest(source: &dyn ReadAt, offset: u64) -> Result<Vec<u8>, Damage> {
    const MOST: u64 = 64 << 20;
    let length = source.size().saturating_sub(offset);
    if length > MOST {
        return Err(Damage::new(offset, "more bytes belong to nothing than packgate looks at"));
    }
    read_vec(source, offset, usize::try_from(length).unwrap_or(0))
}

/// Reads a stretch of a source that must be there.
fn read_vec(source: &dyn ReadAt, offset: u64, length: usize) -> Result<Vec<u8>, Damage> {
    if offset.saturating_add(length as u64) > source.size() {
        return Err(Damage::new(offset, "the file ends too early"));
    }
    let mut bytes = vec![0; length];
    source.read_exact_at(&mut bytes, offset).map_err(|error| Damage::unreadable(offset, &error))?;
    Ok(bytes)
}
