//! The fingerprint file: `packgate-fingerprints\n`, a version, and per source a salt and per internal file its label, the
//! stream of words (0 for all, 1 for those that minifiers keep) and its fingerprints (ascending differences) with their lines, all numbers as LEB128; a checksum at the end.

use sha2::{Digest as _, Sha256};

use super::form::{FileError, Form, Rest, put};
use super::shelf::{Book, Labels, Shelf};
use super::winnow::{self, Salt, Stream};
use crate::words::hex;

/// The version goes up whenever words, runs or windows are made differently, since old fingerprints then find nothing.
const FORM: Form = Form { magic: b"packgate-fingerprints\n", version: 2 };

/// Writes the fingerprints as they are.
pub(super) fn write(shelves: &[Shelf], labels: Labels) -> Vec<u8> {
    let mut bytes = FORM.begin();
    put(&mut bytes, shelves.len() as u64);
    for shelf in shelves {
        write_shelf(&mut bytes, shelf, labels);
    }
    Form::seal(bytes)
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
    let mut rest = FORM.open(bytes)?;
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
        for length in FORM.magic.len()..good.len() {
            assert!(read(&good[..length]).is_err(), "{length}");
        }
        let mut changed = good.clone();
        changed[FORM.magic.len() + 25] ^= 1;
        assert!(matches!(read(&changed), Err(FileError::Damaged(_))));
        let mut newer = good;
        newer[FORM.magic.len()] = 9;
        assert!(matches!(read(&newer), Err(FileError::Version { found: 9, read: 2 })));
    }
}
