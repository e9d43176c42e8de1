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
        let is_negative = (*first == b')') & (*third == b'-');
        any | u8::from(is_character | is_type | is_call | is_negative)
    }) != 0
}

fn is_element(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..at + WIDTH) {
        Some([open @ (b'\'' | b'"'), _, close, behind]) => {
            open == close && (*behind == b',' || *behind <= b' ')
        }
        Some([b'u', b'8', b',', _]) => true,
        Some([b'(' | b')' | b']', b'0'..=b'9', ..]) => begin_of_number(bytes, at + 1).is_some(),
        Some([b')', b'-', b'0'..=b'9', _]) => element::begin_of_cast(bytes, at + 2).is_some(),
        Some([b')', b' ', b'0'..=b'9', _]) => element::begin_of_cast(bytes, at + 2).is_some(),
        Some([b')', b' ', b'-', b'0'..=b'9']) => element::begin_of_cast(bytes, at + 3).is_some(),
        _ => false,
    }
}

/// The first of the calls, or the casts, in a row of which one is at `at`, none of them before `floor`.
fn first_call(bytes: &[u8], floor: usize, mut at: usize) -> usize {
    const LONGEST: usize = 64;
    let is_cast = bytes.get(at) == Some(&b'(');
    while let Some(before) = bytes.get(at.saturating_sub(LONGEST).max(floor)..at) {
        let Some(last) = before.iter().rposition(u8::is_ascii_alphanumeric) else { break };
        let number =
            before.get(..last).and_then(|rest| rest.iter().rposition(|byte| !byte.is_ascii_alphanumeric()));
        let number = number.map(|sign| at - before.len() + sign + 1);
        let earlier = match is_cast {
            true => {
                number.filter(|_| is_between(before, last)).and_then(|number| cast_or_plain(bytes, number))
            }
            false => number.and_then(|number| element::begin_of_call(bytes, number)),
        };
        match earlier {
            Some(earlier) if earlier >= floor => at = earlier,
            _ => break,
        }
    }
    at
}

/// Whether nothing but a comma is behind the last letter of these.
fn is_between(before: &[u8], last: usize) -> bool {
    let gap = before.get(last + 1..).unwrap_or_default();
    gap.trim_ascii() == b","
}

/// Where the element begins that has this number: a cast, or none, as small numbers need none.
fn cast_or_plain(bytes: &[u8], number: usize) -> Option<usize> {
    let is_byte = || element::at(bytes, number).0.is_some();
    element::begin_of_cast(bytes, number).or_else(|| is_byte().then_some(number))
}

/// Where the element begins of which this is the number.
fn begin_of_number(bytes: &[u8], number: usize) -> Option<usize> {
    element::begin_of_call(bytes, number).or_else(|| element::begin_of_cast(bytes, number))
}

/// Where the element begins that is told by its quote or its type at `at`.
fn begin(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'_');
    match bytes.get(at) {
        Some(b'u') => at - before.iter().rev().take(6).take_while(is_part).count(),
        Some(b'(' | b')' | b']') => {
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let number = at + 1 + rest.iter().take_while(|byte| matches!(byte, b' ' | b'-')).count();
            begin_of_number(bytes, number).unwrap_or(at)
        }
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
            "(byte)104,",
            "(byte)-104, ",
            "(byte) -104,\n  ",
            "(unsigned char) 104, ",
        ] {
            for before in 0..100 {
                let text = format!("{}{}1];", "x".repeat(before) + "[", element.repeat(20));
                let first = next(text.as_bytes(), 0).unwrap_or_else(|| panic!("{element} {before}"));
                assert!(first <= before + 2, "{element} {before} {first}");
            }
        }
        let mixed = "x = {31, (byte) -117, 8, 0, (byte)-1, 17, (byte)-32, 7, 7, (byte)200, 13, (byte)-2};";
        assert_eq!(next(mixed.as_bytes(), 0), Some(5));
        assert_eq!(next("f('ab', 'c') + 'd'.u8();".repeat(20).as_bytes(), 0), None);
    }
}
