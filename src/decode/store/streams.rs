//! Stores in which compressed blocks are found by what they begin with: Arrow has frames of LZ4 and Zstandard behind the
//! length of each buffer, HDF5 has zlib's streams.

use memchr::memchr3_iter;

use super::super::Budget;
use super::{Found, packed};

/// What a beginning that leads nowhere costs, in bytes: a file may be full of them.
const ATTEMPT: usize = 512;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut done = 0;
    for at in memchr3_iter(0x78, 0x28, 0x04, bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if at < done || !(rest.starts_with(packed::LZ4) || rest.starts_with(packed::ZSTD) || is_zlib(rest)) {
            continue;
        }
        if budget.is_spent() {
            return;
        }
        match packed::marked(rest, budget) {
            Some((text, length)) => {
                found(at, &text);
                done = at + length;
            }
            None => {
                budget.take(ATTEMPT);
            }
        }
    }
}

/// Whether bytes begin as zlib writes them with the largest window.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..])
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    fn zlib(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    fn lz4(text: &str) -> Vec<u8> {
        let mut packer = lz4_flex::frame::FrameEncoder::new(Vec::new());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn blocks_among_other_bytes() {
        let zstd =
            ruzstd::encoding::compress_to_vec(TEXT.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
        let file =
            [b"HDF\x78\x9C\0\0".to_vec(), zlib(TEXT), vec![0x04; 9], lz4(TEXT), zstd, zlib("no words")]
                .concat();
        assert_eq!(blocks(uncover, &file), [TEXT, TEXT, TEXT]);
    }

    #[test]
    fn beginnings_that_lead_nowhere() {
        assert!(blocks(uncover, &b"\x78\x9C".repeat(1000)).is_empty());
        let cut = zlib(TEXT);
        assert!(blocks(uncover, &cut[..cut.len() - 1]).is_empty());
    }
}
