//! The fingerprint file: `packgate-fingerprints\n`, a version, and per source a salt and per internal file its label, the
//! stream of words (0 for all, 1 for those that minifiers keep) and its fingerprints (ascending differences) with their lines, all numbers as LEB128; a checksum at the end.

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use super::shelf::{Book, Labels, Shelf};
use super::winnow::{self, Salt, Stream};
use crate::words::hex;

const MAGIC: &[u8] = b"packgate-fingerprints\n";
/// Goes up whenever words, runs or windows are made differently, since old fingerprints then find nothing.
const VERSION: u64 = 2;

/// Why a fingerprint file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It doesn't begin like one.
    #[error("this is not a fingerprint file")]
    Foreign,
    /// It was made by a version that takes fingerprints differently.
    #[error(
        "the fingerprints are of form {0}, this packgate reads form {VERSION}: make the file again with packgate fingerprint"
    )]
    Version(u64),
    /// It ends too early or was changed.
    #[error("the fingerprint file is damaged at byte {0}")]
    Damaged(usize),
}

/// Writes the fingerprints as they are.
pub(super) fn write(shelves: &[Shelf], labels: Labels) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    put(&mut bytes, VERSION);
    put(&mut bytes, shelves.len() as u64);
    for shelf in shelves {
        write_shelf(&mut bytes, shelf, labels);
    }
    let sum = xxh3_64(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

fn write_shelf(bytes: &mut Vec<u8>, shelf: &Shelf, labels: Labels) {
    bytes.extend_from_slice(&shelf.salt);
    put(bytes, shelf.books.len() as u64);
    for book in &shelf.books {
        let label = match labels {
            Labels::Paths => book.label.clone(),
            Labels::Hashed => hashed(&book.label, &shelf.salt),
        };
        put(bytes, label.len() as u64);
        bytes.extend_from_slice(label.as_bytes());
        put(bytes, u64::from(book.stream == Stream::Kept));
        put(bytes, book.prints.len() as u64);
        let mut last = 0;
        for (print, line) in &book.prints {
            put(bytes, print - last);
            put(bytes, u64::from(*line));
            last = *print;
        }
    }
}

/// Reads what [`write`] wrote.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Shelf>, FileError> {
    let mut rest = Rest::of(bytes, MAGIC)?;
    let version = rest.number()?;
    if version != VERSION {
        return Err(FileError::Version(version));
    }
    let body = bytes.len().saturating_sub(8);
    let (text, sum) = bytes.split_at_checked(body).ok_or(FileError::Damaged(0))?;
    if xxh3_64(text).to_le_bytes() != sum {
        return Err(FileError::Damaged(body));
    }
    let shelves = rest.number()?;
    (0..shelves).map(|_| read_shelf(&mut rest)).collect()
}

fn read_shelf(rest: &mut Rest<'_>) -> Result<Shelf, FileError> {
    let salt: Salt = rest.take(16)?.try_into().map_err(|_| FileError::Damaged(rest.at()))?;
    let count = rest.number()?;
    let mut books = Vec::new();
    for _ in 0..count {
        let length = rest.number()? as usize;
        let label = String::from_utf8_lossy(rest.take(length)?).into_owned();
        let stream = match rest.number()? {
            0 => Stream::All,
            1 => Stream::Kept,
            _ => return Err(FileError::Damaged(rest.at())),
        };
        let mut prints = Vec::new();
        let mut last = 0u64;
        for _ in 0..rest.number()? {
            last = last.checked_add(rest.number()?).ok_or(FileError::Damaged(rest.at()))?;
            if last >> winnow::BITS != 0 {
                return Err(FileError::Damaged(rest.at()));
            }
            let line = u32::try_from(rest.number()?).map_err(|_| FileError::Damaged(rest.at()))?;
            prints.push((last, line));
        }
        books.push(Book { label, stream, prints });
    }
    Ok(Shelf::new(salt, books))
}

/// `file 3f2a91c04b7d`: tells files apart and nothing else.
pub(super) fn hashed(label: &str, salt: &Salt) -> String {
    let digest = Sha256::new().chain_update(salt).chain_update(label).finalize();
    let digits = hex(digest.get(..6).unwrap_or_default());
    format!("file {digits}")
}

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
    /// What follows the words at the beginning.
    pub(super) fn of(bytes: &'a [u8], magic: &[u8]) -> Result<Self, FileError> {
        Ok(Self { bytes: bytes.strip_prefix(magic).ok_or(FileError::Foreign)?, all: bytes.len() })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(salt: u8, label: &str, prints: &[(u64, u32)]) -> Shelf {
        let stream = if salt == 1 { Stream::All } else { Stream::Kept };
        Shelf::new([salt; 16], vec![Book { label: label.to_owned(), stream, prints: prints.to_vec() }])
    }

    #[test]
    fn reads_what_it_wrote() {
        let shelves = [shelf(1, "core/a.ts", &[(5, 1), (1 << 40, 70_000)]), shelf(2, "b.ts", &[(7, 2)])];
        let read = read(&write(&shelves, Labels::Paths)).expect("a fingerprint file");
        assert_eq!(read.len(), 2);
        for (read, written) in read.iter().zip(&shelves) {
            assert_eq!((read.salt, &read.books), (written.salt, &written.books));
        }
    }

    #[test]
    fn hashed_labels_say_nothing() {
        let bytes = write(&[shelf(1, "core/secret.ts", &[(5, 1)])], Labels::Hashed);
        assert!(memchr::memmem::find(&bytes, b"secret").is_none());
        assert!(read(&bytes).expect("a file")[0].books[0].label.starts_with("file "));
    }

    #[test]
    fn damage_is_told() {
        let good = write(&[shelf(1, "core/a.ts", &[(5, 1), (6, 2)])], Labels::Paths);
        assert!(matches!(read(b"PK\x03\x04"), Err(FileError::Foreign)));
        for length in MAGIC.len()..good.len() {
            assert!(read(&good[..length]).is_err(), "{length}");
        }
        let mut changed = good.clone();
        changed[MAGIC.len() + 25] ^= 1;
        assert!(matches!(read(&changed), Err(FileError::Damaged(_))));
        let mut newer = good;
        newer[MAGIC.len()] = 9;
        assert!(matches!(read(&newer), Err(FileError::Version(9))));
    }
}
