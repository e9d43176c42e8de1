use std::ops::Range;

use super::{OwnSource, columns, key, statements};

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
        self.find_by(text, |line| self.begun(line))
    }

    /// The files of which statements are in a text.
    pub fn find_statements(&self, text: &[u8]) -> Vec<Found> {
        self.find_by(text, |line| self.begun(line).filter(|_| statements::begins(line)))
    }

    /// The same as [`Self::find`], with lines behind something else: a path, a date, the columns of a table.
    pub fn find_in_columns(&self, text: &[u8]) -> Vec<Found> {
        self.find_by(text, |line| {
            self.begun(line).or_else(|| columns::after(line).find_map(|column| self.begun(column)))
        })
    }

    /// Whether a line may be one of the project's, going by what it begins with.
    pub fn may_know(&self, line: &[u8]) -> bool {
        self.begun(line).is_some()
    }

    /// The same for what is no text: strings with their lengths and whatever else before them.
    pub fn find_in_strings<'a>(&self, bytes: &'a [u8]) -> Vec<Found> {
        /// Bytes that may look like letters before a string.
        const MOST_BEFORE: usize = 8;
        let begun = |string: &'a [u8]| (0..=MOST_BEFORE).find_map(|from| self.begun(string.get(from..)?));
        self.find_among(bytes, strings(bytes), begun)
    }

    fn find_by<'a>(&self, text: &'a [u8], begun: impl Fn(&'a [u8]) -> Option<&'a [u8]>) -> Vec<Found> {
        // Old Macintosh programs end lines with nothing but this.
        let line_end = if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' };
        let mut start = 0;
        let lines = memchr::memchr_iter(line_end, text).chain([text.len()]);
        let lines = lines.map(|end| std::mem::replace(&mut start, end + 1)..end);
        self.find_among(text, lines, begun)
    }

    /// The files of which lines are among these stretches of a text.
    fn find_among<'a>(
        &self,
        text: &'a [u8],
        lines: impl Iterator<Item = Range<usize>>,
        begun: impl Fn(&'a [u8]) -> Option<&'a [u8]>,
    ) -> Vec<Found> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut room = Vec::new();
        for Range { start, end } in lines {
            let rest = begun(text.get(start..end).unwrap_or_default());
            if let Some((number, holders)) = rest.and_then(|rest| self.line(rest, &mut room)) {
                hits.extend(holders.iter().map(|&file| Hit { file, number, start, end }));
            }
        }
        gather(hits)
    }

    /// A line without what is before it, if a known line may begin so.
    fn begun<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let rest = key::begin(line)?;
        key::head(rest).filter(|head| self.knows_head(*head))?;
        Some(rest)
    }
}

/// Where bytes that aren't all text could be read as such, long enough to tell anything.
fn strings(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_text = |byte: u8| matches!(byte, b'\t' | b' '..=b'~');
    let mut start = 0;
    let ends = bytes.iter().enumerate().filter(move |(_, byte)| !is_text(**byte)).map(|(end, _)| end);
    let strings = ends.chain([bytes.len()]).map(move |end| std::mem::replace(&mut start, end + 1)..end);
    strings.filter(|string| string.len() >= key::LEAST)
}

/// A line of a file, where it was found.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) file: u32,
    pub(super) number: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The same by file.
pub(super) fn gather(mut hits: Vec<Hit>) -> Vec<Found> {
    hits.sort_unstable();
    hits.chunk_by(|a, b| a.file == b.file).filter_map(Found::of).collect()
}

impl Found {
    /// The sorted lines of one file.
    fn of(hits: &[Hit]) -> Option<Self> {
        let start = hits.iter().map(|hit| hit.start).min()?;
        let end = hits.iter().map(|hit| hit.end).max()?;
        let line = |hit: &Hit| (hit.number, (hit.end - hit.start) as u32 + 1);
        let mut lines: Vec<FoundLine> = hits.iter().map(line).collect();
        lines.dedup_by_key(|line| line.0);
        Some(Self { file: hits.first()?.file, lines, range: start..end })
    }
}
