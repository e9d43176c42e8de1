//! Where lists may be whose elements are characters or numbers with a type: `'h', 'i'`, `104u8, 105u8`. Such a list is
//! long, so that one in a few blocks of a text is looked at.

/// Places looked at in one go.
const BLOCK: usize = 32;
/// Bytes that tell of one place whether an element ends there.
const WIDTH: usize = 4;

/// The first place at or behind `from` of an element that looks like part of such a list.
///
/// A list of eighteen elements, each four bytes from the next or more, fills a block wherever the blocks begin.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    const STRIDE: usize = 40;
    let mut at = from;
    loop {
        let block: &[u8; BLOCK + WIDTH - 1] = bytes.get(at..)?.first_chunk()?;
        if may_hold(block) {
            let start = at.saturating_sub(STRIDE + BLOCK).max(from);
            if let Some(place) = (start..at + BLOCK).find(|place| is_element(bytes, *place)) {
                return Some(begin(bytes, place));
            }
        }
        at += STRIDE;
    }
}

/// Whether an element may end in a block. Comparisons and bit operations alone, so that many are told at once.
fn may_hold(block: &[u8; BLOCK + WIDTH - 1]) -> bool {
    let behind = |by: usize| block.iter().skip(by);
    let places = block.iter().zip(behind(1)).zip(behind(2).zip(behind(3))).take(BLOCK);
    places.fold(0, |any, ((first, second), (third, fourth))| {
        let character = (first & 0xFA == 0x22) & (first == third) & ((*fourth == b',') | (*fourth <= b' '));
        let typed = (*first == b'u') & (*second == b'8') & (*third == b',');
        any | u8::from(character | typed)
    }) != 0
}

fn is_element(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..) {
        Some(
            [b'\'', _, b'\'', b',' | b' ' | b'\n' | b'\r', ..]
            | [b'"', _, b'"', b',' | b' ' | b'\n' | b'\r', ..],
        ) => true,
        Some([b'u', b'8', b',', ..]) => true,
        _ => false,
    }
}

/// Where the element begins that is told by its quote or its type at `at`.
fn begin(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'_');
    match bytes.get(at) {
        Some(b'u') => at - before.iter().rev().take(6).take_while(is_part).count(),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_seen_wherever_it_stands() {
        for element in ["'h',", "'h', ", "b'h', ", "'h' , ", "'h',\n            ", "0x68u8,", "104_u8, "] {
            for before in 0..100 {
                let text = format!("{}{}1];", "x".repeat(before) + "[", element.repeat(18));
                let first = next(text.as_bytes(), 0).unwrap_or_else(|| panic!("{element} {before}"));
                assert!(first <= before + 2, "{element} {before} {first}");
            }
        }
        assert_eq!(next("f('ab', 'c') + 'd'.u8();".repeat(20).as_bytes(), 0), None);
    }
}
