//! Comments in JPEG pictures.

use super::super::Budget;
use super::Found;

pub(super) const MAGIC: &[u8] = b"\xFF\xD8\xFF";
const COMMENT: u8 = 0xFE;
/// What begins the picture itself; what may stand behind that is none of its segments.
const SCAN: u8 = 0xDA;

pub(super) fn uncover(bytes: &[u8], _: &Budget, found: &mut Found<'_>) {
    let mut at = 2;
    while let Some([0xFF, kind, high, low, ..]) = bytes.get(at..) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let segment = bytes.get(at + 4..at + 2 + length.max(2));
        match (*kind, segment) {
            (SCAN, _) | (_, None) => return,
            (COMMENT, Some(text)) => found(at + 4, text),
            _ => {}
        }
        at += 2 + length.max(2);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::blocks;
    use super::*;

    #[test]
    fn comments_among_other_segments() {
        let segment =
            |kind, data: &[u8]| [&[0xFF, kind][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat();
        let file = [
            b"\xFF\xD8".to_vec(),
            segment(0xE0, b"JFIF\0"),
            segment(COMMENT, b"one text"),
            segment(COMMENT, b"another one"),
            segment(SCAN, b""),
            segment(COMMENT, b"part of the picture"),
        ]
        .concat();
        assert_eq!(blocks(uncover, &file), ["one text", "another one"]);
        for length in 0..file.len() {
            blocks(uncover, &file[..length]);
        }
    }
}
