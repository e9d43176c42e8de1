//! Where lists may be whose elements are characters, numbers with a type, or calls that make characters of numbers:
//! `'h', 'i'`, `104u8, 105u8`, `chr(104) + chr(105)`. Such a list is long, so that one in a few blocks of a text is
//! looked at.

use super::element;

/// Places looked at in one go.
const BLOCK: usize = 16;
/// Bytes that tell of one place whether an element ends there.
const WIDTH: usize = 4;

/// The first place at or behind `from` of an element that looks like part of such a list.
///
/// A list of twenty elements, each four bytes from the next or more, fills a block wherever the blocks begin; of calls,
/// which are longer, there is one in one of a few blocks.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    const STRIDE: usize = 60;
    let mut at = from;
    loop {
        let (here, behind) = (bytes.get(at..)?.first_chunk()?, bytes.get(at + 2..)?.first_chunk()?);
        if may_hold(here, behind) && (at..at + BLOCK).any(|place| is_element(bytes, place)) {
            let start = at.saturating_sub(STRIDE).max(from);
            let place = (start..at + BLOCK).find(|place| is_element(bytes, *place));
            return place.map(|place| first_call(bytes, from, begin(bytes, place).max(from)));
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
        let is_call = ((first & 0xFE == b'(') | (*first == b']'))
            & ((third.wrapping_sub(b'0') < 10) | (*third == b'x'));
        any | u8::from(is_character | is_type | is_call)
    }) != 0
}

fn is_element(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..at + WIDTH) {
        Some([open @ (b'\'' | b'"'), _, close, behind]) => {
            open == close && (*behind == b',' || *behind <= b' ')
        }
        Some([b'u', b'8', b',', _]) => true,
        Some([b'(' | b')' | b']', b'0'..=b'9', ..]) => element::begin_of_call(bytes, at + 1).is_some(),
        _ => false,
    }
}

/// The first of the calls in a row of which one is at `at`, none of them before `floor`.
fn first_call(bytes: &[u8], floor: usize, mut at: usize) -> usize {
    const LONGEST: usize = 64;
    while let Some(before) = bytes.get(at.saturating_sub(LONGEST).max(floor)..at) {
        let Some(last) = before.iter().rposition(u8::is_ascii_alphanumeric) else { break };
        let number =
            before.get(..last).and_then(|rest| rest.iter().rposition(|byte| !byte.is_ascii_alphanumeric()));
        let earlier = number.and_then(|sign| element::begin_of_call(bytes, at - before.len() + sign + 1));
        match earlier {
            Some(earlier) if earlier >= floor => at = earlier,
            _ => break,
        }
    }
    at
}

/// Where the element begins that is told by its quote or its type at `at`.
fn begin(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'_');
    match bytes.get(at) {
        Some(b'u') => at - before.iter().rev().take(6).take_while(is_part).count(),
        Some(b'(' | b')' | b']') => element::begin_of_call(bytes, at + 1).unwrap_or(at),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_seen_wherever_it_stands() {
        for element in [
            "'h',",
            "'h', ",
            "b'h', ",
            "'h' , ",
            "'h',\n          ",
            "0x68u8,",
            "104_u8, ",
            "chr(104)+",
            "[char]104+",
            "String.fromCharCode(104) + ",
        ] {
            for before in 0..100 {
                let text = format!("{}{}1];", "x".repeat(before) + "[", element.repeat(20));
                let first = next(text.as_bytes(), 0).unwrap_or_else(|| panic!("{element} {before}"));
                assert!(first <= before + 2, "{element} {before} {first}");
            }
        }
        assert_eq!(next("f('ab', 'c') + 'd'.u8();".repeat(20).as_bytes(), 0), None);
    }
}
