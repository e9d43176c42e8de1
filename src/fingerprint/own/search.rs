use std::collections::HashMap;
use std::ops::Range;

use super::{OwnSource, key, statements};

/// A line that was found: its number, and its bytes where it was found.
pub type FoundLine = (u32, u32);

/// Lines of one of the project's files that were found in a text, whatever a build does to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file's number.
    pub file: u32,
    /// The lines, sorted, each once.
    pub lines: Vec<FoundLine>,
    /// Where they are in the text, from the first to the last.
    pub range: Range<usize>,
}

impl OwnSource {
    /// The files of which lines are in a text, in the order of the project.
    pub fn find(&self, text: &[u8]) -> Vec<Found> {
        self.find_some(text, |_| true)
    }

    /// The files of which statements are in a text.
    pub fn find_statements(&self, text: &[u8]) -> Vec<Found> {
        self.find_some(text, statements::begins)
    }

    fn find_some(&self, text: &[u8], counts: fn(&[u8]) -> bool) -> Vec<Found> {
        let mut found: HashMap<u32, Found> = HashMap::new();
        let mut room = Vec::new();
        let mut start = 0;
        // Old Macintosh programs end lines with nothing but this.
        let line_end = if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' };
        for end in memchr::memchr_iter(line_end, text).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            if let Some(rest) = key::begin(line).filter(|rest| self.may_know(rest))
                && let Some(number) = key::of(rest, &mut room).and_then(|key| self.line(key))
                && counts(line)
            {
                for &file in self.holders(number) {
                    let new = || Found { file, lines: Vec::new(), range: start..end };
                    let found = found.entry(file).or_insert_with(new);
                    found.lines.push((number as u32, line.len() as u32 + 1));
                    found.range.end = end;
                }
            }
            start = end + 1;
        }
        let mut found: Vec<Found> = found.into_values().collect();
        for found in &mut found {
            found.lines.sort_unstable();
            found.lines.dedup_by_key(|line| line.0);
        }
        found.sort_unstable_by_key(|found| found.file);
        found
    }

    fn may_know(&self, rest: &[u8]) -> bool {
        key::head(rest).is_some_and(|head| self.knows_head(head))
    }
}
