//! Lines that follow each other in one: what is left of a text when its line ends were made blanks, as search indexes and
//! records of one line have it. Where such a line begins and ends nothing says but the blanks.

use std::ops::Range;

use crate::inventory::LineClass;

use super::search::{Hit, gather};
use super::{Found, OwnSource, key};

/// Shorter lines have no room for several.
pub const SHORTEST_OF_SEVERAL: usize = 64;
/// Bytes of a line of text; longer ones aren't looked for here.
const LONGEST: usize = 240;
/// Bytes before the first word of a line, without a blank between.
const MOST_MARKS: usize = 4;
/// Words of such a line.
const MOST_WORDS: usize = 32;
/// How often a line's end is looked for, whatever the size, and for how many bytes once more: a text can be made so that
/// each of its words could begin a line.
const LEAST_TRIES: usize = 2048;
const BYTES_OF_TRY: usize = 1024;

/// The number of a line, and the files that have it.
type Known<'a> = (u32, &'a [u32]);

impl OwnSource {
    /// The files of which lines of such classes stand one after the other in lines of a text that are so long.
    pub fn find_running(&self, text: &[u8], classes: &[LineClass], shortest: usize) -> Vec<Found> {
        let mut hits = Vec::new();
        let mut tries = LEAST_TRIES + text.len() / BYTES_OF_TRY;
        let mut room = Vec::new();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = std::mem::replace(&mut start, end + 1)..end;
            if line.len() >= shortest {
                self.look_along(text, line, &mut tries, &mut room, &mut |(number, holders), range| {
                    let counts =
                        |file: &u32| self.class(number, *file).is_some_and(|class| classes.contains(&class));
                    let files = holders.iter().copied().filter(counts);
                    hits.extend(files.map(|file| Hit { file, number, start: range.start, end: range.end }));
                });
            }
        }
        gather(hits)
    }

    /// Calls with the known lines that stand in a line, and where.
    fn look_along<'a>(
        &'a self,
        text: &[u8],
        line: Range<usize>,
        tries: &mut usize,
        room: &mut Vec<u8>,
        found: &mut dyn FnMut(Known<'a>, Range<usize>),
    ) {
        let mut at = line.start;
        while *tries > 0 && at < line.end {
            let word = text.get(at..line.end.min(at + LONGEST)).unwrap_or_default();
            // Lists of numbers begin no line, however far they go on.
            let has_mark_alone = word.iter().take(MOST_MARKS).all(|byte| key::is_before(*byte));
            let rest = Some(word).filter(|_| !has_mark_alone).and_then(key::begin);
            let rest = rest.filter(|rest| key::head(rest).is_some_and(|head| self.knows_head(head)));
            let mut next = None;
            if let Some(rest) = rest.filter(|rest| self.may_begin(rest)) {
                *tries -= 1;
                if let Some((known, length)) = self.longest(rest, room) {
                    let start = at + word.len() - rest.len();
                    found(known, start..start + length);
                    next = Some(start + length);
                }
            }
            let from = next.unwrap_or(at);
            let blank = memchr::memchr3(b' ', b'"', b'>', text.get(from..line.end).unwrap_or_default());
            at = blank.map_or(line.end, |blank| from + blank + 1);
        }
    }

    /// The longest known line that this begins with, by words, and how many bytes it has.
    fn longest(&self, rest: &[u8], room: &mut Vec<u8>) -> Option<(Known<'_>, usize)> {
        let is_end = |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'<' | b'\\');
        let ends = rest.iter().enumerate().skip(key::LEAST).filter(|(_, byte)| is_end(**byte));
        let ends = ends.map(|(end, _)| end).chain([rest.len()]).take(MOST_WORDS);
        let known = ends.filter_map(|end| Some((self.line(rest.get(..end)?, room)?, end)));
        known.last()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::OwnTexts;
    use super::*;
    use LineClass::{Comment, Doc, Statement};

    const LINES: [&str; 5] = [
        "// Customers of the old plan still pay the old rate,",
        "// but only until the end of the term that they paid.",
        "// Nobody has told them so far, and nobody should.",
        "export const rate = oldRates.get(plan.name) ?? plan.rate;",
        "/** What somebody pays in a month, in cents. */",
    ];

    fn own() -> OwnSource {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.ts");
        fs::write(&path, LINES.join("\n")).expect("a file");
        let own = OwnSource::of(&[path], folder.path(), ["acme".to_owned()], &OwnTexts::default());
        // What becomes of all lines is read while the folder is there.
        own.all_lines();
        own
    }

    fn count(text: &str, classes: &[LineClass]) -> usize {
        own()
            .find_running(text.as_bytes(), classes, SHORTEST_OF_SEVERAL)
            .iter()
            .map(|found| found.lines.len())
            .sum()
    }

    fn words(line: &str) -> &str {
        line.trim_matches(|c| " /*".contains(c))
    }

    #[test]
    fn lines_one_after_the_other() {
        let all = [Comment, Doc, Statement, LineClass::Code, LineClass::Lowered];
        let plain = LINES.map(words).join(" ");
        let marked = LINES.join("     ");
        for text in [
            format!("{{\"docs\":[{{\"text\":\"{plain}\",\"title\":\"a\"}}]}}"),
            format!("{{\"docs\":[{{\"text\":\"<p>{plain}</p>\"}}]}}"),
            format!("before it stand other words {plain} and behind it, too"),
            marked,
        ] {
            assert_eq!(count(&text, &all), LINES.len(), "{text}");
            assert_eq!(count(&text, &[Comment]), 3, "{text}");
        }
    }

    #[test]
    fn other_words_and_short_lines_are_none() {
        let all = [Comment, Doc, Statement];
        assert_eq!(count(&LINES.join("\n"), &all), 0);
        let other = LINES.map(|line| words(line).replace("the", "a")).join(" ");
        assert_eq!(count(&other, &[Comment]), 0);
        let glued = LINES.map(|line| words(line).replace(' ', "_")).join("_");
        assert_eq!(count(&glued, &all), 0);
    }

    /// Each of the words could begin a line, and none does: it ends, however long the text is.
    #[test]
    fn what_begins_like_a_known_line_over_and_over() {
        let text = "Customers of the old plan still pay ".repeat(4 * LEAST_TRIES);
        assert!(own().find_running(text.as_bytes(), &[Comment], SHORTEST_OF_SEVERAL).is_empty());
    }
}
