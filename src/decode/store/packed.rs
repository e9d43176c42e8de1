//! Blocks in one of the forms in which such files compress them.

use std::io::Read;

use snap::raw::{Decoder, decompress_len};

use super::super::Budget;
use crate::unpack;

/// Bytes that a block holds at most.
const LARGEST: u64 = 64 << 20;

pub(super) const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";
pub(super) const LZ4: &[u8] = b"\x04\x22\x4D\x18";
pub(super) const GZIP: &[u8] = b"\x1F\x8B\x08";

/// What a block holds whose first bytes say how it is compressed; `None` if it can't be read to its end. What was made of
/// it is taken from the budget either way. The second number is how many bytes it takes up.
pub(super) fn marked(bytes: &[u8], budget: &Budget) -> Option<(Vec<u8>, usize)> {
    let mut rest = bytes;
    let text = match bytes {
        _ if bytes.starts_with(LZ4) => whole(&mut lz4_flex::frame::FrameDecoder::new(&mut rest), budget)?,
        _ if bytes.starts_with(ZSTD) => {
            whole(&mut ruzstd::decoding::StreamingDecoder::new(&mut rest).ok()?, budget)?
        }
        _ if bytes.starts_with(unpack::XZ_MAGIC) => {
            /// Memory that a dictionary may take, in KiB.
            const MOST: u32 = 64 << 10;
            whole(&mut lzma_rust2::XzReader::new_mem_limit(&mut rest, false, MOST), budget)?
        }
        _ if unpack::is_bzip2(bytes) => whole(&mut bzip2::bufread::BzDecoder::new(&mut rest), budget)?,
        _ if bytes.starts_with(GZIP) => whole(&mut flate2::bufread::GzDecoder::new(&mut rest), budget)?,
        _ => whole(&mut flate2::bufread::ZlibDecoder::new(&mut rest), budget)?,
    };
    Some((text, bytes.len() - rest.len()))
}

/// The same for raw deflate, which nothing marks.
pub(super) fn deflated(bytes: &[u8], budget: &Budget) -> Option<(Vec<u8>, usize)> {
    let mut rest = bytes;
    let text = whole(&mut flate2::bufread::DeflateDecoder::new(&mut rest), budget)?;
    Some((text, bytes.len() - rest.len()))
}

/// What a block in Snappy's form holds.
pub(super) fn snappy(bytes: &[u8], budget: &Budget) -> Option<Vec<u8>> {
    let length = decompress_len(bytes).ok().filter(|length| *length as u64 <= LARGEST)?;
    let text = budget.take(length).then(|| Decoder::new().decompress_vec(bytes).ok())?;
    text.filter(|text| super::holds_text(text))
}

/// All that a reader gives, if it begins like something with words in it.
fn whole(reader: &mut dyn Read, budget: &Budget) -> Option<Vec<u8>> {
    const BEGINNING: u64 = 16 << 10;
    let mut text = Vec::new();
    let mut is_read = reader.take(BEGINNING).read_to_end(&mut text).is_ok();
    let has_words = super::holds_text(&text);
    // Of what was at its end, some readers would begin with whatever is behind it.
    if has_words && text.len() as u64 == BEGINNING {
        is_read &= reader.take(LARGEST).read_to_end(&mut text).is_ok();
    }
    (budget.take(text.len()) && is_read && has_words).then_some(text)
}
