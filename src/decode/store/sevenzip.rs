//! A 7z that stands in a text as base64.

use std::io::{Cursor, Read};

use sevenz_rust2::{ArchiveReader, Error, Password};

use super::super::Budget;
use super::Found;

/// What such an archive begins with.
pub(super) const MAGIC: &[u8] = b"7z\xBC\xAF\x27\x1C";
/// Memory that its directory and a dictionary may take.
const MEMORY: usize = 64 << 20;
/// Bytes of a file; behind a larger one nothing is read.
const LARGEST: u64 = 16 << 20;
/// Files of one archive.
const MOST: usize = 10_000;

/// Hands out its files in their order. Nobody can say where in the packed bytes one stands.
pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let opened = ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), MEMORY);
    let Ok(mut archive) = opened else { return };
    archive.set_thread_count(1);
    let mut count = 0;
    // One that breaks off has given what came before.
    let _ = archive.for_each_entries(|_, reader| {
        count += 1;
        let mut text = Vec::new();
        let is_read = reader.take(LARGEST).read_to_end(&mut text).is_ok();
        let is_whole = is_read && (text.len() as u64) < LARGEST;
        if count > MOST || !budget.take(text.len()) || !is_whole {
            return Err(Error::Other("over a limit".into()));
        }
        found(0, &text);
        Ok(true)
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    /// What `7z a -m0=Copy` makes of the text in `tiny.ts`.
    fn packed() -> Vec<u8> {
        const DIGITS: &str = "\
            377abcaf271c000488e0540c32000000000000003a000000000000009f7274692f2f2061206c696e65206f6620636f64\
            65207468617420736f6d65626f64792077726f74650a72657475726e206f6e653b0a0104060001093200070b01000101\
            000c3200080a0128d2b2e800000501111100740069006e0079002e00740073000000150601002080a4810000";
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        DIGITS.as_bytes().chunks(2).map(byte).collect()
    }

    #[test]
    fn its_files_are_read() {
        let archive = packed();
        assert!(archive.starts_with(MAGIC));
        assert_eq!(blocks(uncover, &archive), [TEXT]);
    }

    #[test]
    fn one_that_breaks_off_does_no_harm() {
        let archive = packed();
        for length in 0..archive.len() {
            blocks(uncover, &archive[..length]);
        }
    }
}
