//! What all files of fingerprints have in common: words at the beginning, a version, numbers as LEB128 and a checksum.

use xxhash_rust::xxh3::xxh3_64;

/// Bytes of the checksum at the end.
const SUM: usize = 8;

/// Why a fingerprint file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It doesn't begin like one.
    #[error("this is not a fingerprint file")]
    Foreign,
    /// It was made by a version that takes fingerprints differently.
    #[error(
        "the fingerprints are of form {found}, this packgate reads form {read}: make the file again with packgate fingerprint"
    )]
    Version {
        /// What the file says.
        found: u64,
        /// What this version reads and writes.
        read: u64,
    },
    /// It ends too early or was changed.
    #[error("the fingerprint file is damaged at byte {0}")]
    Damaged(usize),
}

/// One kind of such files.
pub(super) struct Form {
    /// The words at the beginning.
    pub(super) magic: &'static [u8],
    pub(super) version: u64,
}

impl Form {
    /// The first bytes of a file.
    pub(super) fn begin(&self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        put(&mut bytes, self.version);
        bytes
    }

    /// The file with its checksum.
    pub(super) fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
        let sum = xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// What follows the version, if the file is of this form and whole.
    pub(super) fn open<'a>(&self, bytes: &'a [u8]) -> Result<Rest<'a>, FileError> {
        let body = bytes.strip_prefix(self.magic).ok_or(FileError::Foreign)?;
        let mut rest = Rest { bytes: body, all: bytes.len() };
        let found = rest.number()?;
        if found != self.version {
            return Err(FileError::Version { found, read: self.version });
        }
        let end = bytes.len().saturating_sub(SUM);
        let (text, sum) = bytes.split_at_checked(end).ok_or(FileError::Damaged(0))?;
        if xxh3_64(text).to_le_bytes() != sum {
            return Err(FileError::Damaged(end));
        }
        Ok(rest)
    }
}

/// Adds a number.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is still to be read of a file.
pub(super) struct Rest<'a> {
    bytes: &'a [u8],
    all: usize,
}

impl<'a> Rest<'a> {
    pub(super) fn at(&self) -> usize {
        self.all - self.bytes.len()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], FileError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(FileError::Damaged(self.at()))?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, FileError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first().ok_or(FileError::Damaged(self.at()))?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(FileError::Damaged(self.at()))
    }
}
