//! One member of a zip.

use crate::unpack::{Damage, Header};

/// One member of a zip.
#[derive(Debug, Clone)]
pub struct Member {
    /// What the directory says of it.
    pub header: Header,
    /// The name as written.
    pub(super) raw: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Offset in the file of its compressed bytes.
    pub(super) data: u64,
    /// Why it can't be read, if that is known before.
    pub(super) fault: Option<Damage>,
}
