//! Parquet: pages one behind the other, each with a header in Thrift's compact form that says how long it is. Between them
//! some writers put what they know of a column, in the same form. How pages are compressed stands at the end of the file;
//! most forms show it themselves.

use super::super::Budget;
use super::avro::number;
use super::{Found, packed};

/// How deep values of a header may be in one another.
const DEEPEST: u32 = 4;

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut rest = bytes.get(4..).unwrap_or_default();
    while let Some(header) = header(&mut rest) {
        if header.packed == 0 {
            continue;
        }
        let Some((page, behind)) = rest.split_at_checked(header.packed) else { return };
        let at = bytes.len() - rest.len();
        rest = behind;
        let is_marked = [packed::ZSTD, packed::GZIP, packed::LZ4].iter().any(|mark| page.starts_with(mark));
        let text = match is_marked {
            true => packed::marked(page, budget).map(|(text, _)| text),
            false => packed::snappy(page, budget),
        };
        if let Some(text) = text.filter(|text| text.len() == header.unpacked) {
            found(at, &text);
        }
    }
}

/// How long a page is.
#[derive(Debug, Default)]
struct Header {
    unpacked: usize,
    packed: usize,
}

/// The header that stands here; of anything else in this form, one of an empty page.
fn header(rest: &mut &[u8]) -> Option<Header> {
    let mut header = Header::default();
    let mut field = 0;
    while let Some(kind) = next(rest, &mut field)? {
        match (field, kind) {
            (2 | 3, Kind::NUMBER) => {
                let length = usize::try_from(number(rest)?).ok()?;
                *(if field == 2 { &mut header.unpacked } else { &mut header.packed }) = length;
            }
            _ => skip(rest, kind, 0)?,
        }
    }
    Some(header)
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind(u8);

impl Kind {
    /// Thirty-two bits; those of sixteen and of sixty-four are written like these.
    const NUMBER: Self = Self(5);
}

/// The kind of the next field, whose number is set; `Some(None)` at the end of the fields.
fn next(rest: &mut &[u8], field: &mut i64) -> Option<Option<Kind>> {
    let (byte, behind) = rest.split_first()?;
    *rest = behind;
    if *byte == 0 {
        return Some(None);
    }
    *field = match byte >> 4 {
        0 => number(rest)?,
        step => field.checked_add(i64::from(step))?,
    };
    Some(Some(Kind(byte & 0x0F)))
}

/// Leaves out a value.
fn skip(rest: &mut &[u8], kind: Kind, depth: u32) -> Option<()> {
    let length = match kind.0 {
        1 | 2 => 0,
        3 => 1,
        4..=6 => {
            number(rest)?;
            0
        }
        7 => 8,
        8 => length(rest)?,
        9 | 10 if depth < DEEPEST => skip_list(rest, depth)?,
        12 if depth < DEEPEST => {
            let mut field = 0;
            while let Some(kind) = next(rest, &mut field)? {
                skip(rest, kind, depth + 1)?;
            }
            0
        }
        _ => return None,
    };
    *rest = rest.get(length..)?;
    Some(())
}

/// Leaves out the values of a list. Returns how many bytes are left of it.
fn skip_list(rest: &mut &[u8], depth: u32) -> Option<usize> {
    let (byte, behind) = rest.split_first()?;
    *rest = behind;
    let count = match byte >> 4 {
        15 => length(rest)?,
        count => usize::from(count),
    };
    match byte & 0x0F {
        // Truth takes no byte in a field, but one in a list.
        1..=3 => Some(count),
        kind => {
            for _ in 0..count {
                skip(rest, Kind(kind), depth + 1)?;
            }
            Some(0)
        }
    }
}

/// How long a string is: a number without a sign, here read as one with a sign and put back.
fn length(rest: &mut &[u8]) -> Option<usize> {
    let signed = number(rest)?;
    usize::try_from((signed << 1) ^ (signed >> 63)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::blocks;
    use super::*;

    fn zigzag(number: usize) -> Vec<u8> {
        let number = number * 2;
        vec![number as u8 | 0x80, (number >> 7) as u8 | 0x80, (number >> 14) as u8]
    }

    fn page(text: &str, page: &[u8]) -> Vec<u8> {
        let numbers = [vec![0x15, 0], vec![0x15], zigzag(text.len()), vec![0x15], zigzag(page.len())];
        // a checksum, and of a page of data: values, a form, statistics with a string
        let more = [vec![0x15, 8, 0x1C, 0x15, 2, 0x15, 0, 0x2C, 0x18, 3], b"abc".to_vec(), vec![0, 0, 0]];
        [numbers.concat(), more.concat(), page.to_vec()].concat()
    }

    #[test]
    fn pages_of_each_form() {
        let text = "// a line of code that somebody wrote\n".repeat(9);
        let snappy = snap::raw::Encoder::new().compress_vec(text.as_bytes()).unwrap();
        let zstd =
            ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
        // a number, a list of two numbers, a list of a string
        let column = vec![0x15, 2, 0x19, 0x25, 0, 6, 0x19, 0x18, 1, b'k', 0];
        let pages = [page(&text, &snappy), column, page("in clear", b"in clear"), page(&text, &zstd)];
        let file = [b"PAR1".to_vec(), pages.concat(), b"\0PAR1".to_vec()].concat();
        assert_eq!(blocks(uncover, &file), [&*text, &*text]);
        for length in 0..file.len() {
            blocks(uncover, &file[..length]);
        }
    }
}
