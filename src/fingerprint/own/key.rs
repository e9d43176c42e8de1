//! The form in which lines are compared.
//!
//! Left out are blanks, and at both ends what diffs, comments, line numbers, lists and quotes put there, so that one
//! form finds a line in a patch, in a notebook, in a JSON array and after a comment mark.

use xxhash_rust::xxh3::xxh3_64;

/// Characters that must be left of a line for it to tell anything.
pub(super) const LEAST: usize = 20;
/// Longer lines are data, or minified.
const LONGEST: usize = 4096;
/// Characters by which a line is passed over quickly.
const HEAD: usize = 8;

/// Bits of a [`head`]: a table with one bit for each stays in the processor's cache.
pub(super) const HEAD_BITS: u32 = 20;

/// Whether tools put such a character before a line.
pub(super) fn is_before(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'0'
            ..=b'9'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'#'
                | b'!'
                | b';'
                | b':'
                | b'>'
                | b'|'
                | b'<'
                | b'%'
                | b'"'
                | b'\''
                | b'`'
                | b','
    )
}

/// Whether tools put such a character after a line.
fn is_behind(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'*' | b'/' | b'\\' | b'+' | b';' | b',' | b'"' | b'\'' | b'`')
}

/// What is left of a line without what is before it; `None` when that is too short or too long to tell anything.
pub(super) fn begin(line: &[u8]) -> Option<&[u8]> {
    if line.len() < LEAST || line.len() > LONGEST {
        return None;
    }
    let from = line.iter().position(|byte| !is_before(*byte))?;
    line.get(from..).filter(|rest| rest.len() >= LEAST)
}

/// A number for the first characters of what [`begin`] left, by which most lines are told from all known ones.
pub(super) fn head(rest: &[u8]) -> Option<u32> {
    let first = u64::from_be_bytes(*rest.first_chunk()?);
    if blanks_of(first) == 0 {
        return Some(mixed(first));
    }
    let mut head = 0u64;
    let mut found = 0;
    for byte in rest.iter().filter(|byte| **byte > b' ') {
        head = head << 8 | u64::from(*byte);
        found += 1;
        if found == HEAD {
            return Some(mixed(head));
        }
    }
    None
}

fn mixed(head: u64) -> u32 {
    (head.wrapping_mul(MIX) >> (64 - HEAD_BITS)) as u32
}

/// Of the product with this number the highest bits depend on all bits.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// The key of what [`begin`] left; `None` when too little of it is text. `room` is used again.
pub(super) fn of(rest: &[u8], room: &mut Vec<u8>) -> Option<u64> {
    let rest = without_end(rest);
    // Eight bytes are written each time, however many of them stay.
    if room.len() < rest.len() + 8 {
        room.resize(LONGEST.max(rest.len()) + 8, 0);
    }
    let (words, tail) = rest.as_chunks::<8>();
    let mut last = [b' '; 8];
    last.get_mut(..tail.len())?.copy_from_slice(tail);
    let (mut length, mut letters) = (0, 0);
    for word in words.iter().chain([&last]) {
        let word = u64::from_le_bytes(*word);
        letters += letters_of(word).count_ones() as usize;
        length += push_dense(word, room.get_mut(length..)?)?;
    }
    let dense = room.get(..length)?;
    (length >= LEAST && letters * 2 >= length).then(|| xxh3_64(dense))
}

/// Writes those of eight bytes that are no blanks. Returns how many these are.
fn push_dense(mut word: u64, room: &mut [u8]) -> Option<usize> {
    let mut blanks = blanks_of(word);
    let (mut length, mut left) = (0, 8);
    loop {
        room.get_mut(length..length + 8)?.copy_from_slice(&word.to_le_bytes());
        let before = blanks.trailing_zeros() as usize / 8;
        if before >= left {
            return Some(length + left);
        }
        length += before;
        left -= before + 1;
        if left == 0 {
            return Some(length);
        }
        word >>= 8 * (before + 1);
        blanks >>= 8 * (before + 1);
    }
}

const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// The highest bit of each of eight bytes that is a blank or a control character.
fn blanks_of(word: u64) -> u64 {
    !(((word & !HIGH) + u64::from_ne_bytes([0x7F - b' '; 8])) | word) & HIGH
}

/// The highest bit of each of eight bytes that is a letter.
fn letters_of(word: u64) -> u64 {
    let lower = (word | u64::from_ne_bytes([0x20; 8])) & !HIGH;
    let from_a = lower + u64::from_ne_bytes([0x80 - b'a'; 8]);
    let behind_z = lower + u64::from_ne_bytes([0x7F - b'z'; 8]);
    from_a & !behind_z & !word & HIGH
}

/// Key and beginning of a line; `None` for one that tells nothing.
pub(super) fn of_line(line: &[u8], room: &mut Vec<u8>) -> Option<(u64, Beginning)> {
    let rest = begin(line)?;
    let beginning = Beginning::of(rest)?;
    Some((of(rest, room)?, beginning))
}

/// The first characters of what [`begin`] left: cheaper than a key, and nearly as telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Beginning {
    /// As [`head`] says.
    pub head: u32,
    /// The characters behind those.
    pub next: u32,
}

impl Beginning {
    /// `None` where there are so few characters that the line has no key.
    pub(super) fn of(rest: &[u8]) -> Option<Self> {
        // Eight bytes are written each time, however many of them stay.
        let mut dense = [0; 4 * HEAD];
        let mut length = 0;
        let mut words = rest.as_chunks::<8>().0.iter();
        while length < 2 * HEAD {
            let Some(word) = words.next() else { return Self::of_short(rest) };
            length += push_dense(u64::from_le_bytes(*word), dense.get_mut(length..)?)?;
        }
        Self::of_dense(&dense)
    }

    /// The same for a line whose last characters make no eight.
    fn of_short(rest: &[u8]) -> Option<Self> {
        let mut dense = [0; 2 * HEAD];
        let mut characters = rest.iter().filter(|byte| **byte > b' ');
        for place in &mut dense {
            *place = *characters.next()?;
        }
        Self::of_dense(&dense)
    }

    fn of_dense(dense: &[u8]) -> Option<Self> {
        let (first, next) = dense.split_first_chunk()?;
        let next = u64::from_be_bytes(*next.first_chunk()?);
        let next = (next.wrapping_mul(MIX) >> 32) as u32;
        Some(Self { head: mixed(u64::from_be_bytes(*first)), next })
    }
}

/// A line without what tools put after it, the `\n` of a list of lines included.
fn without_end(mut line: &[u8]) -> &[u8] {
    loop {
        let to = line.iter().rposition(|byte| !is_behind(*byte)).map_or(0, |last| last + 1);
        let plain = line.get(..to).unwrap_or_default();
        // the right border of a box that is drawn around code
        if let Some(before) = plain.strip_suffix("\u{2502}".as_bytes()) {
            line = before;
            continue;
        }
        let escape = plain.strip_suffix(b"n").or_else(|| plain.strip_suffix(b"r"));
        match escape.filter(|before| before.ends_with(b"\\")) {
            Some(before) => line = before,
            None => return plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(line: &str) -> Option<u64> {
        of(begin(line.as_bytes())?, &mut Vec::new())
    }

    #[test]
    fn survives_what_tools_put_around_a_line() {
        let plain = key("const total = order.items.reduce(add, 0);");
        assert!(plain.is_some());
        for line in [
            "    const total = order.items.reduce(add, 0);",
            "+const total = order.items.reduce(add, 0);\r",
            " * const total = order.items.reduce(add, 0);",
            "// const total = order.items.reduce(add, 0)",
            "  \"const total = order.items.reduce(add, 0);\\n\",",
            "  'const total = order.items.reduce(add, 0);\\n' +",
            " 117: const total = order.items.reduce(add, 0);",
            "const  total=order.items.reduce(add,\t0)",
        ] {
            assert_eq!(key(line), plain, "{line}");
        }
    }

    #[test]
    fn eight_bytes_at_once_are_what_one_by_one_are() {
        for byte in 0..=255 {
            let word = u64::from_le_bytes([byte, b'a', byte, b' ', 0xC3, b'Z', b'{', byte]);
            let bits = |is: fn(u8) -> bool| {
                let bytes = word.to_le_bytes();
                (0..8).filter(|at| is(bytes[*at])).map(|at| 0x80u64 << (8 * at)).sum::<u64>()
            };
            assert_eq!(blanks_of(word), bits(|byte| byte <= b' '), "{byte}");
            assert_eq!(letters_of(word), bits(|byte| byte.is_ascii_alphabetic()), "{byte}");
            let dense: Vec<u8> = word.to_le_bytes().into_iter().filter(|byte| *byte > b' ').collect();
            let mut room = [0; 16];
            let length = push_dense(word, &mut room).unwrap();
            assert_eq!(room[..length], dense, "{byte}");
        }
    }

    #[test]
    fn the_beginning_is_that_of_the_key() {
        for line in [
            "    const total = order.items.reduce(add, 0);",
            "constt o t a l=order.items.reduce(add,0)",
            "c o n s t t o t a l = o r d e r",
            "consttotal=order.items",
        ] {
            let rest = begin(line.as_bytes()).unwrap();
            let beginning = Beginning::of(rest).unwrap();
            assert_eq!(Some(beginning), Beginning::of_dense(b"consttotal=order"), "{line}");
            assert_eq!(head(rest), Some(beginning.head), "{line}");
        }
        assert_eq!(Beginning::of(b"a b c d e f g h i j k l m n o"), None);
    }

    #[test]
    fn short_lines_and_data_tell_nothing() {
        for line in
            ["return total;", "0x11, 0x12, 0x13, 0x14, 0x15, 0x16", "}", "", "----------------------------"]
        {
            assert_eq!(key(line), None, "{line}");
        }
        assert_eq!(key(&"x".repeat(LONGEST + 1)), None);
    }
}
