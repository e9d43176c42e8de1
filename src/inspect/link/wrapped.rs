//! base64 in lines that have something before or after them: comments, string literals to be joined, a letter's
//! body that begins above.

use std::ops::Range;

use crate::inspect::map::in_alphabet;

/// Text is wrapped at 64 or 76 characters mostly.
const SHORTEST_LINE: usize = 32;
/// And never at more than this.
const LONGEST_LINE: usize = 1024;
/// Bytes between base64 and the end of its line.
const MOST_BEHIND: usize = 8;

/// The base64 of several lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrapped {
    /// From the first line's base64 to the last one's.
    pub range: Range<usize>,
    pub parts: Vec<Range<usize>>,
}

impl Wrapped {
    /// The base64 alone.
    pub(super) fn joined(&self, bytes: &[u8]) -> Vec<u8> {
        let parts = self.parts.iter().filter_map(|part| bytes.get(part.clone()));
        parts.flatten().copied().collect()
    }

    /// The same without its first line, which may belong to something else.
    pub(super) fn without_first(mut self) -> Option<Self> {
        self.parts.remove(0);
        self.range.start = self.parts.first()?.start;
        Some(self)
    }
}

/// The base64 that begins at a place and goes on in the lines below it. `None` if it doesn't.
pub(super) fn from(bytes: &[u8], start: usize) -> Option<Wrapped> {
    onward(bytes, start..start + run_length(bytes, start)?)
}

/// The base64 that begins with this line's and goes on in the lines below it. `None` if it doesn't.
fn onward(bytes: &[u8], first: Range<usize>) -> Option<Wrapped> {
    let mut lines = Lines::at(bytes, &first).filter(|_| first.len() <= LONGEST_LINE)?;
    let below = Line::read(bytes, next_line(bytes, first.end)?)?;
    if first.is_empty() {
        return onward(bytes, below.text);
    }
    lines.before = bytes.get(below.start..below.text.start)?;
    let mut parts = vec![first];
    lines.go_down(&mut parts);
    Wrapped::of(parts)
}

/// The base64 around a place in it, from no earlier than `from` on. `None` if it is in one line.
pub(super) fn around(bytes: &[u8], from: usize, place: usize) -> Option<Wrapped> {
    let own = line_start(bytes, place).and_then(|start| Line::read(bytes, start));
    let Some(own) = own.filter(|own| own.text.contains(&place) && own.start >= from) else {
        // The first line, with something else before it.
        let before = bytes.get(from.max(place.saturating_sub(LONGEST_LINE))..place)?;
        let start = place - before.iter().rev().take_while(|byte| in_alphabet(**byte)).count();
        return self::from(bytes, start);
    };
    let mut lines = Lines::at(bytes, &own.text)?;
    lines.before = bytes.get(own.start..own.text.start)?;
    let mut parts = Vec::new();
    let mut below = own.clone();
    while let Some(end) = below.start.checked_sub(1).filter(|end| *end > from) {
        let Some(start) = line_start(bytes, end) else { break };
        let fits = |line: &Line| {
            let longer = if parts.is_empty() {
                line.text.len() >= own.text.len()
            } else {
                line.text.len() == below.text.len()
            };
            line.start >= from && longer && lines.fits(line)
        };
        match Line::read(bytes, start).filter(fits) {
            Some(line) => {
                parts.push(line.text.clone());
                below = line;
            }
            None => {
                parts.extend(lines.tail(start.max(from), end));
                break;
            }
        }
    }
    parts.reverse();
    parts.push(own.text.clone());
    lines.go_down(&mut parts);
    // A first line has less before it than the others.
    Wrapped::of(parts).or_else(|| onward(bytes, own.text))
}

impl Wrapped {
    fn of(parts: Vec<Range<usize>>) -> Option<Self> {
        let (first, last) = parts.first().zip(parts.last())?;
        let range = first.start..last.end;
        (parts.len() > 1).then_some(Self { range, parts })
    }
}

/// A line that holds nothing but base64, and what is usual before it.
#[derive(Debug, Clone)]
struct Line {
    start: usize,
    text: Range<usize>,
}

impl Line {
    fn read(bytes: &[u8], start: usize) -> Option<Self> {
        let line = bytes.get(start..)?;
        let from = start + leader(line);
        let text = from..from + run_length(bytes, from)?;
        let own = bytes.get(text.clone())?;
        // Padding is at the end only.
        let padding = own.iter().rev().take_while(|byte| **byte == b'=').count();
        let is_base64 =
            padding < own.len() && padding <= 2 && !own.get(..own.len() - padding)?.contains(&b'=');
        (is_base64 && ends(bytes.get(text.end..)?)).then_some(Self { start, text })
    }
}

/// Whether what follows base64 is no part of a word or of code.
fn ends(rest: &[u8]) -> bool {
    match rest.trim_ascii_start().first() {
        None | Some(b'"' | b'\'' | b'`' | b'*' | b')' | b';' | b',' | b'<' | b'\\') => true,
        Some(_) => matches!(rest.first(), Some(b'\n' | b'\r')),
    }
}

/// What all lines have in common.
struct Lines<'a> {
    bytes: &'a [u8],
    before: &'a [u8],
    behind: &'a [u8],
}

impl<'a> Lines<'a> {
    /// As the base64 of a line that is not the last has it.
    fn at(bytes: &'a [u8], text: &Range<usize>) -> Option<Self> {
        Some(Self { bytes, before: b"", behind: behind(bytes, text.end)? })
    }

    fn fits(&self, line: &Line) -> bool {
        self.bytes.get(line.start..line.text.start) == Some(self.before)
            && line.text.len() >= SHORTEST_LINE
            && behind(self.bytes, line.text.end) == Some(self.behind)
    }

    /// Adds the lines below the last one.
    fn go_down(&self, parts: &mut Vec<Range<usize>>) {
        while let Some(last) =
            parts.last().cloned().filter(|last| last.len() >= SHORTEST_LINE || parts.len() == 1)
        {
            let is_over = self.bytes.get(last.end - 1) == Some(&b'=')
                || behind(self.bytes, last.end) != Some(self.behind);
            let below = next_line(self.bytes, last.end);
            let next = below.and_then(|start| Line::read(self.bytes, start)).filter(|next| {
                self.bytes.get(next.start..next.text.start) == Some(self.before)
                    && (parts.len() == 1 || next.text.len() <= last.len())
            });
            match next {
                Some(next) if !is_over => parts.push(next.text),
                _ => return,
            }
        }
    }

    /// The base64 that a line ends with which begins with something else.
    fn tail(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let line = self.bytes.get(start..end)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.strip_suffix(self.behind.strip_suffix(b"\r").unwrap_or(self.behind))?;
        let run = line.iter().rev().take_while(|byte| in_alphabet(**byte)).count();
        (run > 0).then(|| start + line.len() - run..start + line.len())
    }
}

/// What is between a line's base64 and its end, if that is only what joins it to the next.
fn behind(bytes: &[u8], from: usize) -> Option<&[u8]> {
    let rest = bytes.get(from..)?;
    let rest = rest.get(..MOST_BEHIND).unwrap_or(rest);
    let end = memchr::memchr(b'\n', rest)?;
    let behind = rest.get(..end)?;
    let joins =
        |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'`' | b'+' | b',' | b'.' | b'\\');
    behind.iter().all(joins).then_some(behind)
}

/// Length of what is usual before a line's text: white space, the beginning of a comment, an opening quote.
fn leader(line: &[u8]) -> usize {
    let space = |at: usize| {
        let rest = line.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    };
    let begins = space(0);
    let mark = match line.get(begins..).unwrap_or_default() {
        [b'/', b'/', b'#' | b'@' | b'!', ..] => 3,
        [b'/', b'/', ..] | [b'-', b'-', ..] => 2,
        [b'#' | b'*' | b';' | b'"' | b'\'' | b'`' | b'>', ..] => 1,
        [b'+', rest @ ..] => {
            let gap = rest.iter().take_while(|byte| **byte == b' ').count();
            if matches!(rest.get(gap), Some(b'"' | b'\'' | b'`')) { gap + 2 } else { 0 }
        }
        _ => 0,
    };
    space(begins + mark)
}

/// Length of the base64 from a place on, if it is no longer than a line can be.
fn run_length(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let rest = rest.get(..=LONGEST_LINE).unwrap_or(rest);
    let length = rest.iter().take_while(|byte| in_alphabet(**byte)).count();
    (length <= LONGEST_LINE).then_some(length)
}

/// Where the line begins that a place is in, if that is near.
fn line_start(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(LONGEST_LINE);
    let near = bytes.get(from..at)?;
    memchr::memrchr(b'\n', near).map(|end| from + end + 1).or((from == 0).then_some(0))
}

/// Where the line after a line's base64 begins.
fn next_line(bytes: &[u8], at: usize) -> Option<usize> {
    Some(at + behind(bytes, at)?.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn";

    fn text(found: Option<Wrapped>, bytes: &str) -> Option<String> {
        found.map(|found| String::from_utf8(found.joined(bytes.as_bytes())).unwrap())
    }

    #[test]
    fn joins_the_lines_around_a_place() {
        let wanted = format!("{FULL}{FULL}{FULL}QUI=");
        for gap in [
            "\n",
            "\r\n",
            "\n  ",
            "\n// ",
            "\r\n//# ",
            "\n * ",
            "\n# ",
            "'+\n'",
            "\" +\n    \"",
            "\",\n \"",
            "\\\n",
            "\n//",
        ] {
            let body = format!("{FULL}{gap}{FULL}{gap}{FULL}{gap}QUI=");
            for (head, tail) in [("x = '", "';"), ("a();\n", "\nb();"), ("a();\n\n", "\n\n--end--"), ("", "")]
            {
                let head = if head.ends_with('\n') {
                    format!("{head}{}", gap.rsplit('\n').next().unwrap())
                } else {
                    head.to_owned()
                };
                let bytes = format!("{head}{body}{tail}");
                for (line, _) in bytes.match_indices(FULL) {
                    let found = around(bytes.as_bytes(), 0, line + 20);
                    assert_eq!(text(found, &bytes).as_deref(), Some(wanted.as_str()), "{bytes}\n{line}");
                }
            }
        }
    }

    #[test]
    fn one_line_is_not_wrapped() {
        for bytes in [
            format!("x = '{FULL}';\ny();"),
            FULL.to_owned(),
            format!("{FULL}\n\n{FULL}"),
            format!("{FULL} and\nmore"),
        ] {
            assert_eq!(
                text(around(bytes.as_bytes(), 0, bytes.find(FULL).unwrap() + 3), &bytes),
                None,
                "{bytes}"
            );
        }
    }

    #[test]
    fn lines_of_another_kind_end_it() {
        let bytes = format!("// {FULL}\n// {FULL}\n{FULL}\n");
        assert_eq!(text(around(bytes.as_bytes(), 0, 10), &bytes), Some(FULL.repeat(2)));
    }
}
