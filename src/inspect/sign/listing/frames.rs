//! Lines of a file behind their numbers, a few at a time, as linters, compilers and tracebacks show them around what they
//! complain of. Each is an example of nothing; many of them are the file.

use super::lines::Line;

/// Different lines of code that frames hold at least, and statements among them.
const LEAST_LINES: usize = 8;
const LEAST_STATEMENTS: usize = 4;
/// Lines that follow each other by their numbers in what is a frame.
const SHORTEST: usize = 3;
/// Lines without a number that may stand between two lines of a frame: marks of what is meant, and words on it.
const MOST_BETWEEN: usize = 3;

/// Frames, counted line by line.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The number of the last line that had one.
    last: usize,
    between: usize,
    /// Lines of the frame that is being read.
    length: usize,
    /// What code it has, while it may be none.
    waiting: (usize, usize),
    lines: usize,
    statements: usize,
}

impl Frames {
    /// Takes the next line, and which code it is if it is any that wasn't there before.
    pub(super) fn add(&mut self, line: &[u8], kind: Option<Line>) {
        let Some(number) = number_of(line) else {
            self.between += 1;
            if self.between > MOST_BETWEEN {
                self.begin();
            }
            return;
        };
        if number != self.last + 1 || self.length == 0 {
            self.begin();
        }
        (self.last, self.between) = (number, 0);
        self.length += 1;
        self.waiting.0 += usize::from(kind.is_some());
        self.waiting.1 += usize::from(kind == Some(Line::Statement));
        if self.length >= SHORTEST {
            let (lines, statements) = std::mem::take(&mut self.waiting);
            self.lines += lines;
            self.statements += statements;
        }
    }

    fn begin(&mut self) {
        (self.length, self.waiting) = (0, (0, 0));
    }

    /// Whether they show much of a file.
    pub(super) fn are_many(&self) -> bool {
        self.lines >= LEAST_LINES && self.statements >= LEAST_STATEMENTS
    }
}

/// The number that a line has before its code: `> 12 | return a;`, `  12: return a;`, `---> 12 return a`.
fn number_of(line: &[u8]) -> Option<usize> {
    const MOST_DIGITS: usize = 6;
    const DRAWN: [&str; 4] = ["\u{2502}", "\u{276f}", "\u{2771}", "\u{d7}"];
    let mut rest = line;
    loop {
        let start = rest.iter().position(|byte| !(byte.is_ascii_whitespace() || b"->|*".contains(byte)))?;
        rest = rest.get(start..)?;
        match DRAWN.iter().find_map(|mark| rest.strip_prefix(mark.as_bytes())) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = rest.get(..digits).filter(|_| (1..=MOST_DIGITS).contains(&digits))?;
    let is_apart = matches!(rest.get(digits), None | Some(b' ' | b'\t' | b'|' | b':' | b'\r' | 0xE2));
    is_apart.then(|| std::str::from_utf8(number).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::tests::SOURCE;
    use super::*;

    fn frames(text: &str) -> bool {
        let mut frames = Frames::default();
        text.lines().for_each(|line| frames.add(line.as_bytes(), lines::of(line.as_bytes())));
        frames.are_many()
    }

    fn framed(from: usize, to: usize, mark: impl Fn(usize, &str) -> String) -> String {
        let lines = SOURCE.lines().enumerate().map(|(number, line)| (number + 1, line));
        lines
            .filter(|(number, _)| (from..=to).contains(number))
            .map(|(number, line)| mark(number, line))
            .collect()
    }

    #[test]
    fn lines_around_what_is_wrong() {
        for mark in [
            &|number: usize, line: &str| {
                format!("{}{number:3} | {line}\n", if number.is_multiple_of(5) { ">" } else { " " }) as String
            },
            &|number, line| format!("  \u{2502} {number:3} \u{2502} {line}\n"),
            &|number, line| format!("{number:3}\u{2502}{line}\n"),
            &|number, line| format!("{number}: {line}\n"),
            &|number, line| format!("{}{number} {line}\n", if number == 9 { "---> " } else { "     " }),
        ] as [&dyn Fn(usize, &str) -> String; 5]
        {
            let log = format!(
                "error: a\n{}\n\nerror: b\n    |  ^^^ c\n{}",
                framed(1, 9, mark),
                framed(12, 20, mark)
            );
            assert!(frames(&log), "{log}");
            assert!(!frames(&framed(5, 10, mark)));
        }
        let each_alone =
            framed(1, 24, |number, line| format!("src/a.ts:{number}\n\n\n\n\n{number} | {line}\n"));
        assert!(!frames(&each_alone));
        let without_code: String =
            (1..99).map(|number| format!("{number} | a row of a table | {number}\n")).collect();
        assert!(!frames(&without_code));
        assert!(!frames(SOURCE));
    }
}
