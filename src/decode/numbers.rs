//! Text and keys written as lists of bytes: `[104, 105]`, `{0x68, 0x69}`, `String.fromCharCode(104, 105)`,
//! `{'h', 'i'}`, `[104u8, 105]`, or joined by operators: `chr(104) + chr(105)`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::runs::runs;
use super::{Budget, Layer, StandsIn, Wrapping, element, literals, magic, typed};

/// Numbers in a row that are worth a look: no token has fewer characters.
const SHORTEST: usize = 16;
/// Bytes that so many take at least: two digits each, and commas.
const SHORTEST_RUN: usize = SHORTEST * 3 - 1;
/// Numbers by which a row is told to be a text.
const HEAD: usize = 64;

static HEXADECIMAL: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("0x"));

pub(super) const WRAPPING: Wrapping = Wrapping { name: "numbers", stands_in: StandsIn::Text, uncover };

/// Uncovers rows of numbers that stand for text, or for bytes whose beginning says what they are.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    for run in runs(bytes, SHORTEST_RUN, is_of_list) {
        let text = bytes.get(..run.end).unwrap_or_default();
        let mut at = Some(with_typed(bytes, run.start));
        while let Some(start) = at {
            let end = uncover_list(text, start, &mut layer);
            // behind what is no byte's number
            let rest = text.get(end..).unwrap_or_default();
            at = memchr::memchr(b',', rest).map(|comma| end + comma + 1);
        }
    }
    let mut done = 0;
    for at in HEXADECIMAL.find_iter(bytes) {
        if at >= done {
            done = uncover_list(bytes, at, &mut layer);
        }
    }
    done = 0;
    while let Some(at) = typed::next(bytes, done) {
        done = uncover_list(bytes, at, &mut layer).max(at + 1);
    }
}

/// Where a list begins whose numbers in base ten begin at `start`: its first alone may have a type, as in `[104u8, 105]`.
fn with_typed(bytes: &[u8], start: usize) -> usize {
    let before = bytes.get(..start).unwrap_or_default();
    let Some(digits) = before.strip_suffix(b"u8").filter(|_| bytes.get(start) == Some(&b',')) else {
        return start;
    };
    let digits = digits.strip_suffix(b"_").unwrap_or(digits);
    digits.len() - digits.iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether lists of numbers in base ten are made of such characters.
fn is_of_list(byte: u8) -> bool {
    // comparisons alone, so that many are told at once
    (byte.wrapping_sub(b'0') < 10) | (byte == b',') | (byte == b'-') | (byte <= b' ')
}

/// Uncovers the list that begins at `at`, and says where it ends.
fn uncover_list(bytes: &[u8], at: usize, layer: &mut Builder<'_>) -> usize {
    let mut list = Numbers { bytes, at, between: None, is_over: false };
    let head: Vec<Number> = list.by_ref().take(HEAD).collect();
    match What::of(&head) {
        Some(what) => push(head.into_iter().chain(list.by_ref()), what, layer),
        None => list.by_ref().for_each(drop),
    }
    list.at
}

/// What a list stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Text,
    /// Bytes whose beginning says what they are.
    Bytes,
}

impl What {
    fn of(head: &[Number]) -> Option<Self> {
        // a string of C ends in zero
        let head = match head {
            [text @ .., Number { value: 0, .. }] => text,
            _ => head,
        };
        let is_letter = |number: &Number| matches!(number.value, b' '..=b'~' | b'\t' | b'\r' | b'\n');
        let bytes = || head.iter().map(|number| number.value).collect::<Vec<_>>();
        match head.len() >= SHORTEST {
            true if head.iter().all(is_letter) => Some(Self::Text),
            true if magic::tells(&bytes()) => Some(Self::Bytes),
            true if has_length(head) => Some(Self::Bytes),
            _ => None,
        }
    }
}

/// Whether a text begins behind its length, as Qt's resource compiler writes each.
fn has_length(head: &[Number]) -> bool {
    const LENGTH: usize = 4;
    let is_letter = |number: &Number| matches!(number.value, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let (length, text) = head.split_at(LENGTH.min(head.len()));
    // less than a megabyte, and not nothing
    let is_some = match length {
        [Number { value: 0, .. }, Number { value: 0..16, .. }, middle, last] => {
            middle.value | last.value != 0
        }
        _ => false,
    };
    is_some && text.iter().all(is_letter)
}

fn push(numbers: impl Iterator<Item = Number>, what: What, layer: &mut Builder<'_>) {
    /// Numbers for which one place is kept.
    const EACH: usize = 8;
    let (mut text, mut places, mut last) = (Vec::new(), Vec::new(), 0);
    for number in numbers {
        if text.len() % EACH == 0 {
            places.push(number.at);
        }
        text.push(number.value);
        last = number.at;
    }
    let Some(first) = places.first().copied() else { return };
    match what {
        What::Bytes if layer.afford_alone(text.len()) => {
            let rate = Rate(last - first, text.len());
            layer.alone(text, [(0, first)], rate);
        }
        What::Text if layer.afford(text.len()) => {
            let base = layer.len();
            let ends = places.iter().skip(1).chain([&last]);
            for (number, (start, end)) in places.iter().zip(ends).enumerate() {
                layer.mark_at(base + number * EACH, *start, Rate(end - start, EACH));
            }
            layer.push(&text);
            layer.end();
        }
        _ => {}
    }
}

/// A byte written as a number, and where.
struct Number {
    at: usize,
    value: u8,
}

/// Numbers of bytes with commas between, or with an operator that joins texts.
struct Numbers<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What is between all of them, when the first has been read.
    between: Option<&'a [u8]>,
    is_over: bool,
}

/// What may be between two of them.
const BETWEEN: [&[u8]; 7] = [b",", b"+", b"..", b".", b"&", b"||", b"<>"];

impl Iterator for Numbers<'_> {
    type Item = Number;

    fn next(&mut self) -> Option<Number> {
        const LONGEST_GAP: usize = 160;
        if self.is_over {
            return None;
        }
        let behind_blank = |from: usize| {
            let rest = self.bytes.get(from..).unwrap_or_default();
            from + literals::blank(rest.get(..LONGEST_GAP).unwrap_or(rest), 0)
        };
        let at = behind_blank(self.at);
        let (value, end) = element::at(self.bytes, at);
        let sign = behind_blank(end);
        let rest = self.bytes.get(sign..).unwrap_or_default();
        let signs = BETWEEN.into_iter().filter(|sign| self.between.is_none_or(|first| first == *sign));
        let between = signs.into_iter().find(|sign| rest.starts_with(sign));
        self.between = between;
        self.is_over = value.is_none() || between.is_none();
        self.at = between.filter(|_| !self.is_over).map_or(end, |between| sign + between.len());
        Some(Number { at, value: value? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            found.push(String::from_utf8_lossy(&layer.text).trim_end().to_owned());
        });
        found
    }

    fn list(bytes: &[u8], write: fn(u8) -> String, comma: &str) -> String {
        bytes.iter().map(|byte| write(*byte)).collect::<Vec<_>>().join(comma)
    }

    const TEXT: &[u8] = b"a text of several words\n";

    #[test]
    fn text_is_read_however_its_numbers_are_written() {
        for write in [
            |byte| format!("{byte}"),
            |byte| format!("0x{byte:02x}"),
            |byte| format!("0x{byte:X}"),
            |byte| format!("0x{byte:02x}_u8"),
            |byte| format!("{byte}u8"),
            |byte| format!("(byte) 0x{byte:02x}"),
            |byte| format!("'{}'", char::from(byte)),
            |byte| format!("b'{}'", char::from(byte)),
            |byte| format!("\"{}\"", char::from(byte)),
            |byte| format!("0x{byte:02x} /* {byte} */"),
        ] {
            for comma in [",", ", ", ",\n  ", " , "] {
                // the type is told with the comma
                let comma = if write(b'a').ends_with("97u8") { comma.trim_start() } else { comma };
                for (before, behind) in
                    [("x([", "])"), ("{\n 1, 999, ", ",\n};"), ("f(", ", 999, 1)"), ("", "")]
                {
                    let text = format!("{before}{}{behind}", list(TEXT, write, comma));
                    let found = texts(&text);
                    assert!(
                        found.iter().any(|found| found.ends_with("a text of several words")),
                        "{text} {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn characters_made_of_numbers_are_joined() {
        for write in [
            |byte| format!("chr({byte})"),
            |byte| format!("Chr({byte})"),
            |byte| format!("[char]{byte}"),
            |byte| format!("String.fromCharCode({byte})"),
            |byte| format!("String.fromCodePoint(0x{byte:x})"),
        ] {
            for between in [", ", "+", " + ", ".", " & _\n  ", " || "] {
                let text = format!("f(10) + g(104); x = {};\n", list(TEXT, write, between));
                assert_eq!(texts(&text), ["a text of several words"], "{text}");
            }
        }
    }

    #[test]
    fn the_first_number_alone_has_a_type_and_the_last_ends_a_string() {
        let list = list(TEXT, |byte| format!("{byte}"), ", ");
        for text in [list.replacen(',', "u8,", 1), list.replacen(',', "_u8,", 1), format!("{list}, 0")] {
            assert_eq!(
                texts(&format!("x = [{text}]"))[0].trim_end_matches(['\0', '\n']),
                "a text of several words",
                "{text}"
            );
        }
    }

    #[test]
    fn a_text_may_stand_behind_its_length() {
        let with = |length: &[u8]| {
            let bytes =
                [length, &TEXT.repeat(3), b"\0\0\x02\0 another one, and more of it", &[0x80; 40]].concat();
            let list = list(&bytes, |byte| format!("0x{byte:x}"), ",");
            texts(&format!("static const unsigned char data[] = {{\n  // /srv/a.ts\n  {list}\n}};"))
        };
        assert!(with(&[0, 0, 0, 72]).concat().contains("a text of several words"));
        assert_eq!(with(&[0, 0, 0, 0]), [""; 0]);
        assert_eq!(with(&[1, 0, 0, 72]), [""; 0]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in ["[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]", "[97, 98, 99]"] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
        let large = list(TEXT, |byte| format!("{}", u32::from(byte) + 200), ",");
        assert_eq!(texts(&large), [""; 0]);
        let pixels: Vec<u8> = (0..=255).rev().collect();
        assert_eq!(texts(&list(&pixels, |byte| byte.to_string(), ",")), [""; 0]);
    }

    #[test]
    fn bytes_that_say_what_they_are_stand_alone() {
        let key = [&[0x30, 0x82, 1, 0, 2, 1, 0][..], &[0xAA; 40]].concat();
        let as_java = |byte: u8| match byte {
            0..0x80 => format!("{byte}"),
            _ => format!("(byte) {}", byte as i8),
        };
        for write in [
            |byte| format!("0x{byte:02x}"),
            |byte| format!("{}", byte as i8),
            |byte| format!("(byte){}", byte as i8),
            |byte| format!("(byte) {byte}"),
            as_java,
        ] {
            let text = format!("unsigned char key[] = {{\n  {}\n}};", list(&key, write, ", "));
            let mut found = Vec::new();
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| found.push(layer.text));
            assert_eq!(found, [key.as_slice()]);
        }
    }

    #[test]
    fn places_are_those_of_the_numbers() {
        let text = format!("x = [\n{}]", list(TEXT, |byte| format!("{byte:3}"), ","));
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            for at in 0..TEXT.len() {
                let source = layer.places.source(at);
                assert!(source.abs_diff(6 + at * 4) < 4, "{at} {source}");
            }
        });
    }
}
