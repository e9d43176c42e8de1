//! Where lists may be whose elements are characters or numbers with a type: `'h', 'i'`, `104u8, 105u8`. Such a list is
//! long, so that one in a few blocks of a text is looked at.

/// Places looked at in one go.
const BLOCK: usize = 16;
/// Bytes that tell of one place whether an element ends there.
const WIDTH: usize = 4;

/// The first place at or behind `from` of an element that looks like part of such a list.
///
/// A list of twenty elements, each four bytes from the next or more, fills a block wherever the blocks begin.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    const STRIDE: usize = 60;
    let mut at = from;
    loop {
        let (here, behind) = (bytes.get(at..)?.first_chunk()?, bytes.get(at + 2..)?.first_chunk()?);
        if may_hold(here, behind) && (at..at + BLOCK).any(|place| is_element(bytes, place)) {
            let start = at.saturating_sub(STRIDE).max(from);
            let place = (start..at + BLOCK).find(|place| is_element(bytes, *place));
            return place.map(|place| begin(bytes, place));
        }
        at += STRIDE;
    }
}

/// Whether an element may end in a block, told by what is two bytes behind each. Comparisons and bit operations alone, so
/// that many are told at once.
fn may_hold(here: &[u8; BLOCK], behind: &[u8; BLOCK]) -> bool {
    let pairs = here.iter().zip(behind);
    pairs.fold(0, |any, (first, third)| {
        let is_character = (first & 0xFA == 0x22) & (first == third);
        let is_type = (*first == b'u') & (*third == b',');
        any | u8::from(is_character | is_type)
    }) != 0
}

fn is_element(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..at + WIDTH) {
        Some([open @ (b'\'' | b'"'), _, close, behind]) => {
            open == close && (*behind == b',' || *behind <= b' ')
        }
        Some([b'u', b'8', b',', _]) => true,
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
        for element in ["'h',", "'h', ", "b'h', ", "'h' , ", "'h',\n          ", "0x68u8,", "104_u8, "] {
            for before in 0..100 {
                let text = format!("{}{}1];", "x".repeat(before) + "[", element.repeat(20));
                let first = next(text.as_bytes(), 0).unwrap_or_else(|| panic!("{element} {before}"));
                assert!(first <= before + 2, "{element} {before} {first}");
            }
        }
        assert_eq!(next("f('ab', 'c') + 'd'.u8();".repeat(20).as_bytes(), 0), None);
    }
}
