//! Comma-separated values, of which the first line has the names.

use std::borrow::Cow;
use std::ops::Range;

use super::lines::lines;
use super::{Pair, names};

/// The values of the columns that hold credentials.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    const MOST: usize = 50_000;
    let mut lines = lines(text).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return Vec::new() };
    let at = |range: Range<usize>| String::from_utf8_lossy(text.get(range).unwrap_or_default());
    let names: Vec<Cow<'_, str>> = cells(text, first).into_iter().map(at).collect();
    if !names.iter().any(|name| names::kind("", name).is_some()) {
        return Vec::new();
    }
    let rows = lines.map(|line| cells(text, line));
    let named = rows.flat_map(|row| {
        let named = row.into_iter().zip(&names);
        named.map(|(value, name)| Pair::new("", name.clone(), value)).collect::<Vec<_>>()
    });
    named.take(MOST).collect()
}

/// Where the cells of a line are, without their quotes.
fn cells(text: &[u8], line: Range<usize>) -> Vec<Range<usize>> {
    const MOST: usize = 200;
    let mut cells = Vec::new();
    let mut at = line.start;
    while at <= line.end && cells.len() < MOST {
        let rest = text.get(at..line.end).unwrap_or_default();
        let is_quoted = rest.first() == Some(&b'"');
        let start = at + usize::from(is_quoted);
        let sign = if is_quoted { b'"' } else { b',' };
        let inner = text.get(start..line.end).unwrap_or_default();
        let length = memchr::memchr(sign, inner).unwrap_or(inner.len());
        cells.push(start..start + length);
        at = start + length + 1 + usize::from(is_quoted);
    }
    cells
}
