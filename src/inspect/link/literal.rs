//! String literals that hold a map, or an `eval`, with its quotes escaped.

use std::ops::Range;

use crate::inspect::Hit;
use crate::inspect::map::Cursor;

use super::Needle;

/// The string literals to be unescaped before one looks into them, in the order of the text. None of them
/// touches a string that is evaluated.
pub(super) fn strings(bytes: &[u8], hits: &[Hit], evals: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut strings: Vec<Range<usize>> = Vec::new();
    let mut quotes = vec![b'"', b'\'', b'`'];
    let mut done = 0;
    for hit in hits {
        let wanted = Needle::Key.is(hit) || (Needle::Eval.is(hit) && is_escaped_call(bytes, hit.offset));
        if !wanted || hit.offset < done {
            continue;
        }
        let found = around(bytes, done, hit.offset, &mut quotes);
        done = found.as_ref().map_or(hit.offset, |range| range.end);
        strings.extend(found.filter(|range| !touches(evals, range)));
    }
    strings
}

/// Whether the argument of the call at `at` begins with an escaped quote.
fn is_escaped_call(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 16;
    let call = bytes.get(at..).unwrap_or_default();
    let call = call.get(..LONGEST).unwrap_or(call);
    let argument = memchr::memchr(b'(', call).and_then(|open| call.get(open + 1..));
    matches!(argument, Some([b'\\', b'"' | b'\'' | b'`' | b'\\', ..]))
}

/// The string literal around an offset, from the nearest quote before it to the next one that closes it. A
/// quote that opens a string without an end is left out of `quotes`: no later one has an end either.
fn around(bytes: &[u8], from: usize, at: usize, quotes: &mut Vec<u8>) -> Option<Range<usize>> {
    let mut found = None;
    quotes.retain(|quote| {
        let opening = || last_unescaped(bytes, from, at, *quote);
        let Some(start) = found.is_none().then(opening).flatten() else { return true };
        let mut cursor = Cursor::new(bytes, start);
        let is_closed = cursor.skip_string();
        if is_closed && cursor.at > at {
            found = Some(start..cursor.at);
        }
        is_closed
    });
    found
}

/// The last quote in a range that no backslash escapes.
fn last_unescaped(bytes: &[u8], from: usize, to: usize, quote: u8) -> Option<usize> {
    let text = bytes.get(from..to)?;
    memchr::memrchr_iter(quote, text).find_map(|at| {
        let before = text.get(..at)?;
        let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        (backslashes % 2 == 0).then_some(from + at)
    })
}

/// The literal that an object fills whose every backslash is escaped once more: `'{"a":"one\\nline"}'`. `None` if
/// the object can be read as it is.
pub(in crate::inspect) fn doubled(bytes: &[u8], object: Range<usize>) -> Option<Range<usize>> {
    let start = object.start.checked_sub(1)?;
    let quote = bytes.get(start).copied().filter(|quote| matches!(quote, b'\'' | b'`'))?;
    let mut cursor = Cursor::new(bytes, start);
    (cursor.skip_string() && cursor.at >= object.end && is_doubled(bytes.get(object)?, quote))
        .then_some(start..cursor.at)
}

/// Whether there are backslashes, and all of them escape one another or the quote.
fn is_doubled(text: &[u8], quote: u8) -> bool {
    let (mut at, mut any) = (0, false);
    while let Some(next) = text.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        match text.get(at + next + 1) {
            Some(b'\\') => any = true,
            Some(b'$' | b'\n' | b'\r') => {}
            Some(escaped) if *escaped == quote => {}
            _ => return false,
        }
        at += next + 2;
    }
    any
}

fn touches(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    let after = ranges.partition_point(|other| other.end <= range.start);
    ranges.get(after).is_some_and(|other| other.start < range.end)
}
