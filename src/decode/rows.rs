//! Characters by their numbers, with one sign between all of them: `104-105`, `104.105`, `\104\105` as Lua counts, `#104#105`
//! as Pascal does, `\0150\0151` as a shell's `printf` reads it.

use std::ops::Range;

use super::places::{Builder, Rate};
use super::runs::runs;
use super::{Budget, Layer, StandsIn, Wrapping, number};

/// Numbers in a row that are worth a look: no token has fewer characters.
const SHORTEST: usize = 16;
/// Bytes that so many take at least: two digits each, and a sign.
const SHORTEST_RUN: usize = SHORTEST * 3 - 1;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "numbers in a row", stands_in: StandsIn::Text, uncover };

/// Uncovers the rows that stand for text.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    for run in runs(bytes, SHORTEST_RUN, is_of_row) {
        let text = bytes.get(..run.end).unwrap_or_default();
        let mut at = run.start;
        while let Some(row) = row(text, at) {
            at = row.last().map_or(run.end, |number| number.end);
            let base = if row.iter().any(|number| is_octal(text, number)) { 8 } else { 10 };
            for part in row.split(|number| letter(text, number, base).is_none()) {
                if part.len() >= SHORTEST && !push(text, part, base, &mut layer) {
                    return;
                }
            }
        }
    }
}

/// Adds the letters that have these numbers; whether there is something left of the budget.
fn push(bytes: &[u8], numbers: &[Range<usize>], base: u32, layer: &mut Builder<'_>) -> bool {
    let letters: Vec<u8> = numbers.iter().filter_map(|number| letter(bytes, number, base)).collect();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return true };
    let affords = layer.afford(letters.len());
    if affords {
        layer.mark(first.start, Rate(last.end - first.start, letters.len()));
        layer.push(&letters);
        layer.end();
    }
    affords
}

/// Whether rows are made of such characters. Comparisons alone, so that many are told at once.
fn is_of_row(byte: u8) -> bool {
    // the digits, the colon and the semicolon are neighbours
    (byte.wrapping_sub(b'0') < 12)
        | (byte == b'-')
        | (byte == b'.')
        | (byte == b'\\')
        | (byte == b'|')
        | (byte == b'#')
        | (byte == b' ')
}

/// The next number, and those behind it that have the same sign between them.
fn row(bytes: &[u8], at: usize) -> Option<Vec<Range<usize>>> {
    const MOST: usize = 64 << 10;
    let rest = bytes.get(at..)?;
    let mut next = at + rest.iter().position(u8::is_ascii_digit)?;
    let mut sign = None;
    let mut row = Vec::new();
    loop {
        let rest = bytes.get(next..).unwrap_or_default();
        let end = next + rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        row.push(next..end);
        // in a string within another, a backslash is two
        let is_twice = bytes.get(end..).is_some_and(|rest| rest.starts_with(b"\\\\"));
        next = end + if is_twice { 2 } else { 1 };
        let between = bytes.get(end..next);
        let goes_on = bytes.get(next).is_some_and(u8::is_ascii_digit) && row.len() < MOST;
        if !goes_on || *sign.get_or_insert(between) != between {
            return Some(row);
        }
    }
}

/// Whether a number is one of base eight, as a shell has it: a nought and three digits.
fn is_octal(bytes: &[u8], number: &Range<usize>) -> bool {
    number.len() == 4 && bytes.get(number.start) == Some(&b'0')
}

/// The letter that has this number.
fn letter(bytes: &[u8], digits: &Range<usize>, base: u32) -> Option<u8> {
    const LONGEST: usize = 4;
    let digits = bytes.get(digits.clone()).filter(|digits| digits.len() <= LONGEST)?;
    let value = u8::try_from(number(digits, base)?).ok()?;
    matches!(value, b' '..=b'~' | b'\t' | b'\r' | b'\n').then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::testing::lines;

    const TEXT: &str = "a text of several words";

    fn row(write: impl Fn(u8) -> String) -> String {
        TEXT.bytes().map(write).collect()
    }

    #[test]
    fn rows_are_read_whatever_is_between() {
        for text in [
            row(|byte| format!("{byte}-")),
            row(|byte| format!("{byte}:")),
            row(|byte| format!("{byte}.")),
            row(|byte| format!("{byte} ")),
            row(|byte| format!("|{byte}")),
            row(|byte| format!("#{byte}")),
            row(|byte| format!("\\{byte}")),
            row(|byte| format!("\\{byte:03}")),
            row(|byte| format!("\\0{byte:o}")),
            row(|byte| format!("\\\\{byte:03}")),
            row(|byte| format!("\\\\0{byte:o}")),
        ] {
            for text in [format!("x = '{text}'"), format!("f({text})"), text.clone()] {
                assert_eq!(lines(uncover, &text), [TEXT], "{text}");
            }
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19",
            "2026-01-02 10:11:12 2026-01-02 10:11:13",
            &"300-".repeat(40),
            &"104-105 ".repeat(40),
        ] {
            assert_eq!(lines(uncover, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_numbers() {
        let text = format!("one\nx = '{}'", row(|byte| format!("{byte:03}-")));
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            for at in 0..TEXT.len() {
                assert!(layer.places.source(at).abs_diff(9 + at * 4) < 4, "{at}");
            }
        });
    }
}
