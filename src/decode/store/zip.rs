//! A zip that stands in a text as base64. Its files are found by their own headers, one behind the other.

use super::super::Budget;
use super::{Found, packed};

/// What a file's header begins with.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";
/// Bytes of a header before the file's name.
const HEADER: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut at = 0;
    while let Some(next) = file(bytes, at, budget, found) {
        at = next;
    }
}

/// Reads the file whose header stands here. Returns where the next one may stand.
fn file(bytes: &[u8], at: usize, budget: &Budget, found: &mut Found<'_>) -> Option<usize> {
    let header = bytes.get(at..at + HEADER).filter(|header| header.starts_with(MAGIC))?;
    let number = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
    let length = u32::from_le_bytes(*header.get(18..)?.first_chunk()?) as usize;
    let start = at + HEADER + usize::from(number(26)?) + usize::from(number(28)?);
    let rest = bytes.get(start..)?;
    match number(8)? {
        STORED => {
            found(start, rest.get(..length)?);
            Some(start + length)
        }
        DEFLATED => {
            let (text, length) = packed::deflated(rest, budget)?;
            found(start, &text);
            let behind = bytes.get(start + length..)?;
            // Lengths stand behind a file that was written as it came.
            let gap = behind.windows(MAGIC.len()).take(32).position(|window| window == MAGIC)?;
            Some(start + length + gap)
        }
        _ => Some(start + length),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    fn write<W: std::io::Write + std::io::Seek>(mut zip: ZipWriter<W>) -> W {
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.add_directory("src", stored).unwrap();
        for (name, options) in
            [("src/a.ts", SimpleFileOptions::default()), ("b", stored), ("c", Default::default())]
        {
            zip.start_file(name, options).unwrap();
            zip.write_all(TEXT.as_bytes()).unwrap();
        }
        zip.finish().unwrap()
    }

    #[test]
    fn its_files_in_either_form() {
        let zip = write(ZipWriter::new(Cursor::new(Vec::new()))).into_inner();
        assert_eq!(blocks(uncover, &zip), ["", TEXT, TEXT, TEXT]);
        for length in 0..zip.len() {
            blocks(uncover, &zip[..length]);
        }
        let streamed = write_streamed();
        assert_eq!(blocks(uncover, &streamed), [TEXT, TEXT]);
    }

    /// As tools write it that can't go back: lengths stand behind each file.
    fn write_streamed() -> Vec<u8> {
        let mut zip = ZipWriter::new_stream(Vec::new());
        for name in ["a", "b"] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(TEXT.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}
