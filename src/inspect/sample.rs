use std::cell::{Cell, RefCell};

use crate::inventory::{At, Media, TextFacts};

use super::map::{Growing, Settings};

/// One entry's bytes as inspectors see them.
pub struct Sample<'a> {
    /// Path inside its container.
    pub path: &'a str,
    /// All bytes.
    pub bytes: &'a [u8],
    /// Type by content.
    pub media: Media,
    /// Set when the bytes were decoded from another form: what from.
    pub decoded: Option<&'static str>,
    place: Place<'a>,
    /// What is known about it as a text, where that was found out before.
    pub(super) facts: Option<TextFacts>,
    /// The document that it is, where that was read before.
    pub(super) map: Cell<Option<Growing>>,
    /// Settings among the original files of the maps in it.
    pub(super) settings: RefCell<Vec<Settings>>,
    /// Line index, filled lazily.
    marks: RefCell<Vec<Mark>>,
    /// The last place asked for, as offset and characters before it in its line: a file of one line has many.
    last: Cell<(usize, usize)>,
}

/// Where the bytes of a sample are in the entry.
#[derive(Clone)]
enum Place<'a> {
    /// Where they are in the sample.
    Same,
    /// Somewhere in what begins there.
    Behind(At),
    /// Each has a place of its own. To ask for one is dear in a long line, so it is asked for when it is needed.
    Of(&'a dyn Fn(usize) -> At),
}

/// What is known about the lines before a stretch of a text. One for every line would take eight times the
/// memory of a text of line ends.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Line ends before it.
    ends: usize,
    /// Where the line begins in which it begins.
    line: usize,
}

/// Length of a stretch.
const STRETCH: usize = 4 << 10;

impl Mark {
    /// The mark for the stretch that contains `offset`; missing ones before it are added to `marks`.
    fn at(offset: usize, bytes: &[u8], marks: &mut Vec<Self>) -> Self {
        let mut mark = marks.last().copied().unwrap_or(Self { ends: 0, line: 0 });
        while marks.len() <= offset / STRETCH {
            if let Some(last) = marks.len().checked_sub(1) {
                let stretch = bytes.get(last * STRETCH..).unwrap_or_default();
                mark = mark.after(stretch.get(..STRETCH).unwrap_or(stretch), last * STRETCH);
            }
            marks.push(mark);
        }
        marks.get(offset / STRETCH).copied().unwrap_or(mark)
    }

    /// The same after these bytes, which are at `offset`.
    fn after(self, bytes: &[u8], offset: usize) -> Self {
        let line = memchr::memrchr(b'\n', bytes).map_or(self.line, |end| offset + end + 1);
        Self { ends: self.ends + memchr::memchr_iter(b'\n', bytes).count(), line }
    }
}

impl<'a> Sample<'a> {
    /// The bytes of an entry as they are in its container.
    pub fn new(path: &'a str, bytes: &'a [u8], media: Media) -> Self {
        let (marks, last) = (RefCell::default(), Cell::new((0, 0)));
        Self {
            path,
            bytes,
            media,
            decoded: None,
            place: Place::Same,
            facts: None,
            map: Cell::default(),
            settings: RefCell::default(),
            marks,
            last,
        }
    }

    /// Bytes that had to be decoded out of an entry first, from what is there at `at`.
    pub fn decoded(path: &'a str, bytes: &'a [u8], media: Media, what: &'static str, at: At) -> Self {
        Self { decoded: Some(what), place: Place::Behind(at), ..Self::new(path, bytes, media) }
    }

    /// The same, where more than its beginning has a place.
    pub(super) fn layer(
        path: &'a str,
        bytes: &'a [u8],
        media: Media,
        what: &'static str,
        place: &'a dyn Fn(usize) -> At,
    ) -> Self {
        Self { decoded: Some(what), place: Place::Of(place), ..Self::new(path, bytes, media) }
    }

    /// Whether it was uncovered in a wrapping that may be any text's.
    pub(super) fn is_layer(&self) -> bool {
        matches!(self.place, Place::Of(_))
    }

    /// Whether it is an archive or a compressed file: what is in it is looked at as files of their own, and
    /// what it holds uncompressed would be told twice.
    pub(super) fn is_container(&self) -> bool {
        self.media == Media::Asar || crate::unpack::opens(self.media, self.path)
    }

    /// Whether it is a page for people, whose examples are there to be read.
    pub(super) fn is_documentation(&self) -> bool {
        crate::paths::is_page(self.path)
    }

    /// The place of a byte offset. In decoded text it is a place in the encoded form.
    pub fn at(&self, offset: usize) -> At {
        let inside = || self.decoded.map(str::to_owned);
        match &self.place {
            Place::Same => {}
            Place::Behind(at) => return At { inside: inside(), ..at.clone() },
            Place::Of(place) => return At { inside: inside(), ..place(offset) },
        }
        if !self.media.is_text() {
            return At { offset: offset as u64, ..At::default() };
        }
        let to = offset.min(self.bytes.len());
        let mark = Mark::at(to, self.bytes, &mut self.marks.borrow_mut());
        let stretch = to / STRETCH * STRETCH;
        let before = self.bytes.get(stretch..to).unwrap_or_default();
        let Mark { ends: line, line: start } = mark.after(before, stretch);
        let (from, counted) = match self.last.get() {
            (last, characters) if (start..=offset).contains(&last) => (last, characters),
            _ => (start, 0),
        };
        let before = self.bytes.get(from..to).unwrap_or_default();
        let characters = counted + before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        self.last.set((offset, characters));
        At {
            offset: offset as u64,
            line: Some(line as u64 + 1),
            column: Some(characters as u64 + 1),
            inside: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_of_the_whole_text() {
        let line = |length: usize| format!("{}\u{e9}\n", "x".repeat(length));
        let mut text: String = (0..3000).map(|number| line(number % 17)).collect();
        text.push_str(&line(3 * STRETCH));
        text.push_str("\n\nend");
        let (mut number, mut column) = (1, 1);
        let sample = Sample::new("a.js", text.as_bytes(), Media::Text);
        for (offset, character) in text.char_indices() {
            let at = sample.at(offset);
            assert_eq!((at.line, at.column), (Some(number), Some(column)), "at {offset}");
            column += 1;
            if character == '\n' {
                (number, column) = (number + 1, 1);
            }
        }
        assert_eq!(sample.at(text.len()).line, Some(number));
    }
}
