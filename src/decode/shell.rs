//! Words of a shell of which a part is quoted: `"ab"'cd'ef`, `ab"cd"`, `$'\x61b'`, `a\b`.

use super::escapes;
use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping};
use crate::plain::without_backslashes;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "words of a shell", stands_in: StandsIn::OtherText, uncover };

/// Uncovers the lines of a script that have such words.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if !is_script(bytes) {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut at = 0;
    while let Some(start) = next_quoted(bytes, at) {
        let line = Line::read(bytes, start);
        at = line.end;
        if line.is_odd {
            if !layer.afford(line.text.len()) {
                return;
            }
            let base = layer.len();
            for (place, from) in line.places {
                layer.mark_at(base + place, from, Rate::SAME);
            }
            layer.push(&line.text);
            layer.end();
        }
    }
}

/// Where the next line begins that has a quote or a backslash.
fn next_quoted(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let before = rest.get(..memchr::memchr3(b'"', b'\'', b'\\', rest)?)?;
    Some(at + memchr::memrchr(b'\n', before).map_or(0, |end| end + 1))
}

/// Whether a text begins as scripts, and as files that hold lines of a shell.
fn is_script(bytes: &[u8]) -> bool {
    const HEAD: usize = 2 << 10;
    const WORDS: [&[u8]; 11] = [
        b"set ", b"source ", b". ", b"cd ", b"curl ", b"docker ", b"echo ", b"npm ", b"FROM ", b"ARG ",
        b"if [",
    ];
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    if head.starts_with(b"#!") {
        return lines.next().is_some_and(|line| memchr::memmem::find(line, b"sh").is_some());
    }
    let Some(first) = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")) else { return false };
    match first.strip_prefix(b"export ") {
        // modules of JavaScript begin so, too
        Some(exported) => exported.starts_with(b"-") || is_assignment(exported, u8::is_ascii_alphanumeric),
        None => {
            is_assignment(first, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                || WORDS.iter().any(|word| first.starts_with(word))
        }
    }
}

/// Whether a line begins with a name of such characters that is given a value.
fn is_assignment(line: &[u8], is_of_name: fn(&u8) -> bool) -> bool {
    let name = line.iter().take_while(|byte| is_of_name(byte) || **byte == b'_').count();
    name > 0 && line.get(name) == Some(&b'=') && !matches!(line.get(name + 1), Some(b'=' | b' '))
}

/// A line, and those that a backslash joins to it, without its quotes.
struct Line {
    text: Vec<u8>,
    /// Bytes of the text from here on stand there.
    places: Vec<(usize, usize)>,
    /// Whether a word goes on where a quote opens or closes.
    is_odd: bool,
    end: usize,
}

impl Line {
    fn read(bytes: &[u8], start: usize) -> Self {
        let mut line = Self { text: Vec::new(), places: vec![(0, start)], is_odd: false, end: start };
        while let Some(rest) = bytes.get(line.end..).filter(|rest| !rest.is_empty()) {
            let before = line.end.checked_sub(1).and_then(|before| bytes.get(before)).copied();
            let length = match rest {
                [b'\n', ..] => {
                    line.end += 1;
                    break;
                }
                [b'\\', b'\n', ..] => line.leave_out(2),
                [b'\\', escaped, ..] => {
                    line.is_odd |= escaped.is_ascii_alphanumeric() && before.is_some_and(is_of_word);
                    line.leave_out(1);
                    line.take(&[*escaped]);
                    2
                }
                [b'$', b'\'', ..] => line.quoted(rest, 1, before, escapes::plain),
                [b'\'', ..] => line.quoted(rest, 0, before, <[u8]>::to_vec),
                [b'"', ..] => line.quoted(rest, 0, before, without_backslashes),
                [one, ..] => {
                    line.take(&[*one]);
                    1
                }
                [] => break,
            };
            line.end += length;
            if line.text.len() >= LARGEST_LAYER {
                break;
            }
        }
        line
    }

    /// Adds what stands in quotes behind so many bytes, and returns the length of all.
    fn quoted(&mut self, rest: &[u8], mark: usize, before: Option<u8>, plain: fn(&[u8]) -> Vec<u8>) -> usize {
        let inside = rest.get(mark + 1..).unwrap_or_default();
        let Some(length) = rest.get(mark).and_then(|quote| closes(inside, *quote, mark > 0)) else {
            self.take(rest.get(..1).unwrap_or_default());
            return 1;
        };
        let text = inside.get(..length).unwrap_or_default();
        let behind = inside.get(length + 1).copied();
        self.is_odd |= before.is_some_and(is_of_word)
            || behind.is_some_and(is_of_word)
            || (mark > 0 && text.contains(&b'\\'));
        self.leave_out(mark + 1);
        self.take(&plain(text));
        let all = mark + 1 + length + 1;
        self.place(all);
        all
    }

    fn take(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// What follows stands so much further on.
    fn leave_out(&mut self, length: usize) -> usize {
        self.place(length);
        length
    }

    fn place(&mut self, length: usize) {
        let at = self.text.len();
        if self.places.last().is_some_and(|(last, _)| *last == at) {
            self.places.pop();
        }
        self.places.push((at, self.end + length));
    }
}

/// Where a quote closes in its line.
fn closes(inside: &[u8], quote: u8, has_escapes: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let next = at + memchr::memchr3(quote, b'\\', b'\n', inside.get(at..)?)?;
        at = match inside.get(next)? {
            b'\n' => return None,
            b'\\' if quote == b'"' || has_escapes => next + 2,
            b'\\' => next + 1,
            _ => return Some(next),
        };
    }
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn words_are_read_as_a_shell_reads_them() {
        for word in [
            "\"ab_\"'cd'-ef",
            "ab_\"cd\"-ef",
            "ab_cd'-ef'",
            "'ab_cd'-ef",
            "ab_\"\"cd-ef",
            "$'ab\\x5fcd\\055ef'",
            "ab_c\\d-ef",
            "ab_\"c\"\\\nd-ef",
        ] {
            for (before, behind) in
                [("#!/bin/sh\nx=", "\n"), ("# it's\nexport X=", " # don't\n"), ("A=1\nB=", "")]
            {
                let found = texts(&format!("{before}{word}{behind}"));
                assert!(found.iter().any(|found| found.contains("ab_cd-ef")), "{word} {found:?}");
            }
        }
    }

    #[test]
    fn plain_words_and_other_texts_are_left_alone() {
        for text in [
            "#!/bin/sh\nx=\"abc\" y='d e' # don't\n",
            "#!/usr/bin/node\nreturn\"x\"",
            "let a = b\"c\"d",
            "export default b\"c\"d",
            "export const a = b\"c\"d",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_characters() {
        let text = "#!/bin/sh\nx=\"a\"'b'c";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!(layer.text, b"x=abc\n");
            assert_eq!([0, 2, 3, 4].map(|at| layer.places.source(at)), [10, 13, 16, 18]);
        });
    }
}
