//! Avro's object files: a header that says how blocks are compressed, and blocks with their lengths.

use super::super::Budget;
use super::{Found, packed};

/// Bytes between blocks.
const SYNC: usize = 16;
/// Bytes behind a block in Snappy's form.
const CHECKSUM: usize = 4;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut rest = bytes.get(4..).unwrap_or_default();
    let Some(codec) = codec(&mut rest) else { return };
    while let Some(block) = block(&mut rest) {
        let at = bytes.len() - rest.len() - block.len();
        let text = match codec {
            b"deflate" => packed::deflated(block, budget).map(|(text, _)| text),
            b"snappy" => {
                let end = block.len().saturating_sub(CHECKSUM);
                packed::snappy(block.get(..end).unwrap_or_default(), budget)
            }
            b"zstandard" => packed::marked(block, budget).map(|(text, _)| text),
            _ => return,
        };
        if let Some(text) = text {
            found(at, &text);
        }
        rest = rest.get(SYNC..).unwrap_or_default();
    }
}

/// How blocks are compressed, as the header says. Leaves what is behind it.
fn codec<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut codec = None;
    loop {
        let mut count = number(rest)?;
        if count < 0 {
            // Then the length of the pairs stands before them.
            number(rest)?;
            count = count.checked_neg()?;
        }
        if count == 0 {
            break;
        }
        for _ in 0..count {
            let (key, value) = (string(rest)?, string(rest)?);
            if key == b"avro.codec" {
                codec = Some(value);
            }
        }
    }
    *rest = rest.get(SYNC..)?;
    codec
}

fn block<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    number(rest)?;
    string(rest)
}

/// Bytes behind their length.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (string, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(string)
}

/// A number with seven bits in a byte, and its sign in the lowest.
pub(super) fn number(rest: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7F) << shift;
        if *byte < 0x80 {
            return Some((number >> 1) as i64 ^ -((number & 1) as i64));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    fn string(text: &[u8]) -> Vec<u8> {
        let length = text.len() * 2;
        [&[length as u8 | 0x80, (length >> 7) as u8][..], text].concat()
    }

    fn file(codec: &str, blocks: &[Vec<u8>]) -> Vec<u8> {
        let header = [b"Obj\x01\x02".to_vec(), string(b"avro.codec"), string(codec.as_bytes()), vec![0; 17]];
        let blocks = blocks.iter().map(|block| [vec![2], string(block), vec![9; SYNC]].concat());
        [header.concat(), blocks.collect::<Vec<_>>().concat()].concat()
    }

    #[test]
    fn blocks_of_each_form() {
        let text = "// a line of code that somebody wrote\n".repeat(3);
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(text.as_bytes()).unwrap();
        let deflated = packer.finish().unwrap();
        let mut snappy = snap::raw::Encoder::new().compress_vec(text.as_bytes()).unwrap();
        snappy.extend([0; CHECKSUM]);
        for (codec, block) in [("deflate", deflated), ("snappy", snappy)] {
            let file = file(codec, &[block.clone(), block]);
            assert_eq!(blocks(uncover, &file), [&*text, &*text], "{codec}");
            for length in 0..file.len() {
                blocks(uncover, &file[..length]);
            }
        }
        assert!(blocks(uncover, &file("null", &[text.into_bytes()])).is_empty());
    }
}
