//! A byte as an element of a list, however its language writes it: `104`, `0x68`, `0x68_u8`, `(byte) 104`, `'h'`, `b'h'`,
//! `chr(104)`, `[char]104`, and with a sign where bytes have one: `-117`.

use super::{escapes, number};

/// What may stand behind a number: its type.
const TYPES: [&[u8]; 6] = [b"_u8", b"u8", b"_i8", b"i8", b"uy", b"u"];

/// How the names of functions end that make a character of a number, in lower case.
const CALLS: [&[u8]; 5] = [b"chr", b"chrw", b"char", b"charcode", b"codepoint"];
/// Bytes of such a name, with what it is in: `String.fromCodePoint`.
const LONGEST_NAME: usize = 32;

/// A byte, and where its element ends.
pub(super) fn at(bytes: &[u8], at: usize) -> (Option<u8>, usize) {
    let at = behind_cast(bytes, at);
    let rest = bytes.get(at..).unwrap_or_default();
    match rest {
        [first, ..] if first.is_ascii_alphabetic() || *first == b'[' => match behind_call(bytes, at) {
            Some(number) => {
                let (value, end) = numeral(bytes.get(number..).unwrap_or_default(), number);
                (value, end + usize::from(bytes.get(end) == Some(&b')')))
            }
            None => literal(bytes, at),
        },
        _ => literal(bytes, at),
    }
}

/// Where the number begins that is made a character at `at`.
fn behind_call(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let sign = rest.iter().take(LONGEST_NAME).position(|byte| matches!(byte, b'(' | b']'))?;
    let number = at + sign + 1;
    (begin_of_call(bytes, number) == Some(at)).then_some(number)
}

/// The types to which numbers are cast that are bytes, in lower case.
const CASTS: [&[u8]; 5] = [b"(byte", b"(sbyte", b"(char", b"(unsigned char", b"(uint8_t"];

/// Where the cast begins that makes a byte of the number at `number`, which a blank or its sign may stand before.
pub(super) fn begin_of_cast(bytes: &[u8], number: usize) -> Option<usize> {
    let before = bytes.get(number.saturating_sub(LONGEST_NAME)..number)?;
    let before = before.strip_suffix(b"-").unwrap_or(before);
    let before = before.strip_suffix(b" ").unwrap_or(before).strip_suffix(b")")?;
    let cast = CASTS.iter().find(|cast| ends_with(before, cast))?;
    let floor = number.saturating_sub(LONGEST_NAME);
    (floor + before.len()).checked_sub(cast.len())
}

/// Where the call, or the cast, begins that makes a character of the number at `number`.
pub(super) fn begin_of_call(bytes: &[u8], number: usize) -> Option<usize> {
    let before = bytes.get(number.saturating_sub(LONGEST_NAME)..number)?;
    let (sign, before) = before.split_last()?;
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    let length = before.iter().rev().take_while(is_of_name).count();
    let name = before.get(before.len() - length..)?;
    // a dot may be what joins it to the one before
    let sign_before = name.iter().take_while(|byte| !byte.is_ascii_alphabetic()).count();
    let (name, length) = (name.get(sign_before..)?, length - sign_before);
    let last = name.rsplit(|byte| *byte == b'.').next()?;
    let start = number - 1 - length;
    match sign {
        b'(' => CALLS.iter().any(|call| ends_with(last, call)).then_some(start),
        b']' => {
            let is_cast =
                last.eq_ignore_ascii_case(b"char") && bytes.get(start.checked_sub(1)?) == Some(&b'[');
            is_cast.then(|| start - 1)
        }
        _ => None,
    }
}

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    name.len()
        .checked_sub(end.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// A number or a character that no call is around.
fn literal(bytes: &[u8], at: usize) -> (Option<u8>, usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest {
        [quote @ (b'\'' | b'"'), ..] => character(bytes, at, *quote),
        [b'b' | b'L' | b'u', quote @ (b'\'' | b'"'), ..] => character(bytes, at + 1, *quote),
        [b'-', digits @ ..] => {
            let (value, end) = numeral(digits, at + 1);
            (value.filter(|value| matches!(value, 1..=128)).map(u8::wrapping_neg), end)
        }
        _ => numeral(rest, at),
    }
}

/// What is behind `(byte)`, or the same place where there is none.
fn behind_cast(bytes: &[u8], at: usize) -> usize {
    const LONGEST: usize = 16;
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(name) = rest.strip_prefix(b"(") else { return at };
    let length =
        name.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b' ').count();
    match name.get(length..) {
        Some([b')', b' ', ..]) => at + length + 3,
        Some([b')', ..]) => at + length + 2,
        _ => at,
    }
}

fn numeral(rest: &[u8], at: usize) -> (Option<u8>, usize) {
    const LONGEST: usize = 10;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let word = rest.get(..rest.iter().take(LONGEST).take_while(is_part).count()).unwrap_or_default();
    let digits = TYPES.iter().find_map(|kind| word.strip_suffix(*kind)).unwrap_or(word);
    let value = match digits {
        [b'0', b'x', digits @ ..] => number(digits, 16),
        digits => number(digits, 10),
    };
    (value.and_then(|value| u8::try_from(value).ok()), at + word.len())
}

/// A literal of one character that opens at `open`.
fn character(bytes: &[u8], open: usize, quote: u8) -> (Option<u8>, usize) {
    /// `'\u{0068}'`
    const LONGEST: usize = 9;
    let inside = bytes.get(open + 1..).unwrap_or_default();
    let (character, length) = match inside {
        [b'\\', escaped, close, ..] if *close == quote => (Some(simple(*escaped)), 2),
        [b'\\', ..] => {
            let near = inside.get(..LONGEST).unwrap_or(inside);
            let length = memchr::memchr(quote, near).unwrap_or_default();
            (single(&escapes::plain(near.get(..length).unwrap_or_default())), length)
        }
        [one, close, ..] if *close == quote => (Some(*one), 1),
        _ => (None, 0),
    };
    match character {
        Some(character) => (Some(character), open + length + 2),
        None => (None, open + 1),
    }
}

fn single(text: &[u8]) -> Option<u8> {
    if let [one] = text { Some(*one) } else { None }
}

fn simple(escaped: u8) -> u8 {
    match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_byte_is_read_in_every_notation() {
        for text in [
            "104",
            "0x68",
            "0x68u8",
            "0x68_u8",
            "104u8",
            "104_u8",
            "(byte) 104",
            "(byte)0x68",
            "'h'",
            "b'h'",
            "\"h\"",
            "(char)'h'",
            "'\\x68'",
            "'\\u0068'",
            "'\\150'",
        ] {
            let found = super::at(format!("{text}, 1").as_bytes(), 0);
            assert_eq!(found, (Some(b'h'), text.len()), "{text}");
        }
        assert_eq!(super::at(b"'\\'',", 0), (Some(b'\''), 4));
        assert_eq!(super::at(b"'\\0' }", 0), (Some(0), 4));
        for text in ["'hi', 1", "300,", "x,", "", "(x", "'", "'\\"] {
            assert_eq!(super::at(text.as_bytes(), 0).0, None, "{text}");
        }
    }
}
