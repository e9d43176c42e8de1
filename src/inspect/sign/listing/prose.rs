//! Sentences among code. A manual has many, and shows examples between them, which may sum up to as much code as a file has:
//! of such a text only what stands together counts.

use super::lines::{self, Line};

/// Words of sentences for each line of code in what is a manual.
const WORDS_PER_LINE: usize = 8;
/// Words of sentences that a manual has at least.
const SHORTEST_MANUAL: usize = 250;
/// Words of a line that is a sentence, or part of one.
const LEAST_WORDS: usize = 8;
/// What a stretch of code has if it is a file, and no example.
const LEAST_DEFINITIONS: usize = 2;
const LEAST_STATEMENTS: usize = 4;
const LEAST_COMMENTS: usize = 4;

/// Sentences, and the code between two of them.
#[derive(Debug, Default)]
pub(super) struct Prose {
    words: usize,
    lines: usize,
    definitions: usize,
    statements: usize,
    comments: usize,
    has_file: bool,
}

impl Prose {
    /// A text begins that has nothing to do with the one before.
    pub(super) fn part(&mut self) {
        (self.definitions, self.statements, self.comments) = (0, 0, 0);
    }

    /// Takes the next line, and which code it is if it is any that wasn't there before.
    pub(super) fn add(&mut self, line: &[u8], kind: Option<Line>) {
        match kind {
            Some(Line::Definition) => self.definitions += 1,
            Some(Line::Statement) => self.statements += 1,
            Some(Line::Comment) => self.comments += 1,
            None => {
                let words = words(line);
                if words >= LEAST_WORDS && lines::of(line).is_none() {
                    self.words += words;
                    self.part();
                }
                return;
            }
        }
        self.lines += 1;
        self.has_file |= self.definitions >= LEAST_DEFINITIONS
            && self.statements >= LEAST_STATEMENTS
            && self.comments >= LEAST_COMMENTS;
    }

    /// Whether there are so many words that what is said is more than what is shown.
    pub(super) fn is_most(&self) -> bool {
        self.lines > 0 && self.words >= SHORTEST_MANUAL.max(WORDS_PER_LINE * self.lines)
    }

    /// Whether some code that no sentence parts is a file.
    pub(super) fn has_file(&self) -> bool {
        self.has_file
    }
}

/// How many words a line has; none if it has other things than words, as code does.
fn words(line: &[u8]) -> usize {
    let (mut words, mut others) = (0, 0);
    for word in line.split(|byte| matches!(byte, b' ' | b'\t' | b'\r')).filter(|word| !word.is_empty()) {
        let is_mark = |byte: &u8| b".,:;!?'\"()`*_".contains(byte);
        let start = word.iter().position(|byte| !is_mark(byte)).unwrap_or(word.len());
        let end = word.iter().rposition(|byte| !is_mark(byte)).map_or(start, |end| end + 1);
        let core = word.get(start..end).unwrap_or_default();
        let is_word = !core.is_empty()
            && core
                .iter()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'\'') || !byte.is_ascii());
        words += usize::from(is_word);
        others += usize::from(!is_word);
    }
    if others * 2 > words { 0 } else { words }
}

#[cfg(test)]
mod tests {
    use super::super::tests::SOURCE;
    use super::*;

    fn prose(text: &str) -> Prose {
        let mut prose = Prose::default();
        text.lines().for_each(|line| prose.add(line.as_bytes(), lines::of(line.as_bytes())));
        prose
    }

    const SENTENCE: &str =
        "Ask for the level before you come in, as the harbour is full in summer and nobody is there.\n";

    #[test]
    fn examples_between_sentences() {
        let example =
            "// Ask for it.\nconst level = levelAt(rows, now);\nif (level > 3) {\n  return level;\n}\n";
        let manual = prose(&format!("{}{example}", SENTENCE.repeat(4)).repeat(9));
        assert!(manual.is_most() && !manual.has_file());
        let with_file = prose(&format!("{}{SOURCE}// It is so.\n// It is not.\n", SENTENCE.repeat(40)));
        assert!(with_file.is_most() && with_file.has_file());
        assert!(!prose(SOURCE).is_most());
        assert!(!prose(&format!("{SENTENCE}{SOURCE}")).is_most());
        // what a page of a compiler says of itself
        assert!(!prose(&format!("{}return level;\n", SENTENCE.repeat(6))).is_most());
        assert!(!prose("").is_most());
    }

    #[test]
    fn words_of_sentences() {
        assert_eq!(words(b"This is `said` (so) of it, and it's well-known."), 9);
        for other in ["    a = b + c", "lines: usize,", "{ a: 1, b: 2, c: 3 } // so it is", ""] {
            assert!(words(other.as_bytes()) < LEAST_WORDS, "{other}");
        }
    }
}
