//! What is packed in WebAssembly's custom sections, which hold whatever a tool puts there. What is in clear can be read
//! where it stands.

use super::super::Budget;
use super::{Found, unpacked};
use crate::unpack::is_packed;

pub(super) const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut at = MAGIC.len();
    while let Some((kind, start, end)) = section(bytes, at) {
        at = end;
        let Some(data) = bytes.get(start..end).filter(|_| kind == CUSTOM) else { continue };
        let Some(data) = number(data).and_then(|(name, length)| data.get(length + name..)) else { continue };
        if is_packed(data)
            && let Some(text) = unpacked(data, budget)
        {
            found(end - data.len(), &text);
        }
    }
}

/// The kind of the section that begins here, and where its bytes begin and end.
fn section(bytes: &[u8], at: usize) -> Option<(u8, usize, usize)> {
    let (kind, rest) = bytes.get(at..)?.split_first()?;
    let (size, length) = number(rest)?;
    let start = at + 1 + length;
    Some((*kind, start, start.checked_add(size)?))
}

/// A number with seven bits in a byte, the lowest first, and how many bytes it takes.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7F) << (7 * index);
        if *byte < 0x80 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    #[test]
    fn packed_sections() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(TEXT.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let section = |kind: u8, data: &[u8]| {
            assert!(data.len() < 128);
            [&[kind, data.len() as u8][..], data].concat()
        };
        let file = [
            MAGIC.to_vec(),
            section(1, &packed),
            section(CUSTOM, &[b"\x03src", &packed[..]].concat()),
            section(CUSTOM, b"\x04name\0"),
            section(CUSTOM, &[b"\x03src", TEXT.as_bytes()].concat()),
        ]
        .concat();
        assert_eq!(blocks(uncover, &file), [TEXT]);
        for length in 0..file.len() {
            blocks(uncover, &file[..length]);
        }
        assert!(blocks(uncover, &[MAGIC, &[0x80; 40]].concat()).is_empty());
    }
}
