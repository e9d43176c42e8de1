//! Texts in PNG pictures, which programs that draw put there beside the picture: in clear, or as zlib packs them.

use super::super::Budget;
use super::{Found, packed};

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1A\n";

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut at = MAGIC.len();
    while let Some((kind, data, next)) = chunk(bytes, at) {
        match text(kind, data) {
            Some((before, true)) => {
                let packed = data.get(before..).unwrap_or_default();
                if let Some((text, _)) = packed::marked(packed, budget) {
                    found(at, &text);
                }
            }
            Some((before, false)) => found(at, data.get(before..).unwrap_or_default()),
            None => {}
        }
        at = next;
    }
}

/// Kind and bytes of the chunk that begins here, and where the next one does.
fn chunk(bytes: &[u8], at: usize) -> Option<([u8; 4], &[u8], usize)> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    // Behind the bytes there is a checksum.
    Some((*kind, rest.get(..length)?, at.checked_add(length)?.checked_add(12)?))
}

/// How many bytes of a chunk are before its text, and whether that is packed; `None` where there is none.
fn text(kind: [u8; 4], data: &[u8]) -> Option<(usize, bool)> {
    let behind_name = |data: &[u8]| memchr::memchr(0, data).map(|end| end + 1);
    let start = behind_name(data)?;
    match &kind {
        b"tEXt" => Some((start, false)),
        b"zTXt" => Some((start + 1, true)),
        b"iTXt" => {
            let is_packed = *data.get(start)? == 1;
            let language = start + 2;
            let translated = language + behind_name(data.get(language..)?)?;
            Some((translated + behind_name(data.get(translated..)?)?, is_packed))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    #[test]
    fn texts_in_all_three_forms() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(TEXT.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let file = [
            MAGIC.to_vec(),
            chunk(b"IHDR", &[0; 13]),
            chunk(b"tEXt", format!("Source\0{TEXT}").as_bytes()),
            chunk(b"zTXt", &[b"Source\0\0", &packed[..]].concat()),
            chunk(b"IDAT", &packed),
            chunk(b"iTXt", format!("Source\0\0\0en\0Quelle\0{TEXT}").as_bytes()),
            chunk(b"iTXt", &[b"Source\0\x01\0\0\0", &packed[..]].concat()),
            chunk(b"IEND", b""),
        ]
        .concat();
        assert_eq!(blocks(uncover, &file), [TEXT; 4]);
        for length in 0..file.len() {
            blocks(uncover, &file[..length]);
        }
        assert!(blocks(uncover, &[MAGIC, &[0xFF; 40]].concat()).is_empty());
    }
}
