//! What GnuPG packs without encrypting it: signed or stored, in a packet of compressed data that has no end.

use super::super::Budget;
use super::{Found, packed};

/// What such a packet begins with: packed as in a zip, with zlib, with bzip2.
pub(super) const MAGICS: [&[u8]; 3] = [DEFLATE, b"\xA3\x02\x78", b"\xA3\x03BZh"];
const DEFLATE: &[u8] = b"\xA3\x01";
/// Bytes of a packet's head.
const HEAD: usize = 2;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let rest = bytes.get(HEAD..).unwrap_or_default();
    let text = match bytes.starts_with(DEFLATE) {
        true => packed::deflated(rest, budget),
        false => packed::marked(rest, budget),
    };
    if let Some((text, _)) = text {
        found(HEAD, &text);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    #[test]
    fn what_is_packed_and_not_encrypted() {
        let text = "\u{b}b\u{4}a.ts// a line of code that somebody wrote\nreturn one;\n";
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
        deflate.write_all(text.as_bytes()).unwrap();
        let packet = [DEFLATE, &deflate.finish().unwrap()].concat();
        assert_eq!(blocks(uncover, &packet), [text]);
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        zlib.write_all(text.as_bytes()).unwrap();
        let packet = [b"\xA3\x02", zlib.finish().unwrap().as_slice()].concat();
        assert_eq!(blocks(uncover, &packet), [text]);
        assert!(blocks(uncover, b"\xA3\x01 is no packet").is_empty());
        assert!(blocks(uncover, b"\xA3").is_empty());
    }
}
