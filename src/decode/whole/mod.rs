//! Texts of many lines that stand in another with their line ends written in some other way: in string literals, in
//! addresses, in pages that show code. Where such a text begins and ends doesn't matter: its lines in between are whole.

mod bbcode;
mod coloured;
mod ebcdic;
mod escaped;
mod numbers;
mod percent;
mod postscript;
mod serialized;
mod shown;
mod signs;
mod strings;
mod tex;

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::rtf;

pub(crate) use ebcdic::is as is_ebcdic;
#[cfg(test)]
pub(crate) use ebcdic::written as ebcdic;
pub(crate) use escaped::plain;

/// Line ends that make a text of many lines.
const LEAST_LINES: usize = 3;
/// Bytes from one line end to the next that may still be one line.
const LONGEST_LINE: usize = 4 << 10;

/// What text that a page shows stood in.
pub(crate) const MARKUP: &str = "markup";

/// What lines stood in that were literals of their own.
pub(crate) const LITERALS: &str = "literals of a line each";

/// A text of many lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    /// What it stood in: `string literals`.
    pub what: &'static str,
    /// Where that begins.
    pub at: usize,
    /// The text.
    pub text: Vec<u8>,
}

/// Uncovers texts of many lines. Is cheap where there are none. Of literals, those are lines that `may_be_line`.
pub(crate) fn uncover(bytes: &[u8], may_be_line: &dyn Fn(&[u8]) -> bool, found: &mut dyn FnMut(Whole)) {
    bbcode::uncover(bytes, found);
    coloured::uncover(bytes, found);
    ebcdic::uncover(bytes, found);
    escaped::uncover(bytes, found);
    numbers::uncover(bytes, found);
    percent::uncover(bytes, found);
    postscript::uncover(bytes, found);
    serialized::uncover(bytes, found);
    shown::uncover(bytes, found);
    signs::uncover(bytes, found);
    strings::uncover(bytes, may_be_line, found);
    tex::uncover(bytes, found);
    if let Some(text) = rtf::plain(bytes) {
        found(Whole { what: MARKUP, at: 0, text });
    }
}

/// Stretches of a text with many of these places in one line, near enough to each other to be line ends of one text,
/// with what stands before and behind them in that line. What other lines hold can be read where it stands, and is code
/// as likely as a string.
fn stretches(bytes: &[u8], places: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let between = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
    let mut stretches: Vec<(usize, usize, usize)> = Vec::new();
    for place in places {
        match stretches.last_mut() {
            Some((_, last, count))
                if place - *last <= LONGEST_LINE && memchr(b'\n', between(*last, place)).is_none() =>
            {
                *last = place;
                *count += 1;
            }
            _ => stretches.push((place, place, 1)),
        }
    }
    let many = stretches.into_iter().filter(|(.., count)| *count >= LEAST_LINES);
    many.map(|(first, last, _)| {
        let floor = first.saturating_sub(LONGEST_LINE);
        let ceiling = last.saturating_add(LONGEST_LINE).min(bytes.len());
        let start = memrchr(b'\n', between(floor, first)).map_or(floor, |end| floor + end + 1);
        start..memchr(b'\n', between(last, ceiling)).map_or(ceiling, |end| last + end)
    })
    .collect()
}
