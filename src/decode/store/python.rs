//! What Python writes down: pickles and compiled modules, in which texts stand as `zlib.compress` and others pack them. Each
//! stands behind a byte that says so, and its length.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::Budget;
use super::{Found, packed};
use crate::unpack;

/// What a beginning that leads nowhere costs, in bytes: a file may be full of them.
const ATTEMPT: usize = 512;

/// How what is packed begins; old pickles have letters beyond ASCII for its bytes.
static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let bytes = r"\x1F\x8B\x08|\x28\xB5\x2F\xFD|\xFD7zXZ|BZh[1-9]1AY|x[\x01\x5E\x9C\xDA]";
    let letters = r"\x1F\xC2\x8B\x08|\x28\xC2\xB5/\xC3\xBD|\xC3\xBD7zXZ|x\xC2\x9C|x\xC3\x9A";
    Regex::new(&format!("(?s-u){bytes}|{letters}")).ok()
});

/// Whether a file is a pickle of a binary protocol, or a compiled module.
pub(super) fn is(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2 | 3, ..] | [0x80, 4 | 5, 0x95, ..] | [_, 0x0D, b'\r', b'\n', ..])
}

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut done = 0;
    for mark in MARKS.iter().flat_map(|marks| marks.find_iter(bytes)) {
        let start = mark.start();
        if start < done {
            continue;
        }
        if budget.is_spent() {
            return;
        }
        let Some((value, end)) = value(bytes, start) else { continue };
        match packed::marked(&value, budget).filter(|_| unpack::is_packed(&value)) {
            Some((text, _)) => {
                found(start, &text);
                done = end;
            }
            None => {
                budget.take(ATTEMPT);
            }
        }
    }
}

/// The bytes that begin here, if what stands before them says that such do, and where they end.
fn value(bytes: &[u8], start: usize) -> Option<(Cow<'_, [u8]>, usize)> {
    let (before, rest) = bytes.split_at_checked(start)?;
    let value = |length: usize| Some((rest.get(..length)?, start + length));
    match before {
        [.., b'C', length] => value((*length).into()).map(|(value, end)| (value.into(), end)),
        [.., 0x8E | 0x96, a, b, c, d, 0, 0, 0, 0] | [.., b'B' | b's' | 0xF3, a, b, c, d] => {
            let (value, end) = value(u32::from_le_bytes([*a, *b, *c, *d]) as usize)?;
            Some((value.into(), end))
        }
        [.., b'X', a, b, c, d] => {
            let (value, end) = value(u32::from_le_bytes([*a, *b, *c, *d]) as usize)?;
            let letters = std::str::from_utf8(value).ok()?.chars();
            let bytes: Result<Vec<u8>, _> = letters.map(u8::try_from).collect();
            Some((bytes.ok()?.into(), end))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "# a line of code that somebody wrote\nreturn one\n";

    fn zlib(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn bytes_of_every_protocol() {
        for packed in [zlib(TEXT), gzip(TEXT), zlib(&TEXT.repeat(30))] {
            let text =
                String::from_utf8(unpack::unpacked(&packed, &unpack::Limits::default()).unwrap().unwrap())
                    .unwrap();
            let length = (packed.len() as u32).to_le_bytes();
            let letters: String = packed.iter().map(|byte| char::from(*byte)).collect();
            let wide = (letters.len() as u32).to_le_bytes();
            for (head, before, value) in [
                (&b"\x80\x04\x95"[..], [&b"}\x8C\x01xC"[..], &length[..1]].concat(), &packed[..]),
                (b"\x80\x03}", [b"B", &length[..]].concat(), &packed),
                (b"\x80\x05\x95", [b"\x8E", &length[..], &[0; 4]].concat(), &packed),
                (b"\x80\x05\x95", [b"\x96", &length[..], &[0; 4]].concat(), &packed),
                (b"\xA7\x0D\r\n", [b"\xF3", &length[..]].concat(), &packed),
                (b"\x80\x02c_codecs\nencode\n", [b"X", &wide[..]].concat(), letters.as_bytes()),
            ] {
                let file = [head, &before, value, b"\x94x\x9C."].concat();
                assert!(is(&file));
                assert_eq!(blocks(uncover, &file), [&*text], "{head:?} {before:?}");
                for cut in 0..file.len() {
                    blocks(uncover, &file[..cut]);
                }
            }
        }
    }

    #[test]
    fn other_bytes_are_left_alone() {
        let packed = zlib(TEXT);
        assert!(blocks(uncover, &[b"\x80\x04\x95 ", &packed[..]].concat()).is_empty(), "no length");
        assert!(blocks(uncover, &[b"\x80\x04\x95C\x08", &packed[..]].concat()).is_empty(), "cut off");
        assert!(blocks(uncover, &b"\x80\x04\x95C\x02x\x9C".repeat(1000)).is_empty());
        let words = zlib("no words");
        assert!(blocks(uncover, &[&b"\x80\x04C"[..], &[words.len() as u8], &words].concat()).is_empty());
        assert!(!is(b"\x80\x06\x95") && !is(b"\x80\x04 text") && !is(b"\x80") && !is(b"a\r\n"));
    }
}
