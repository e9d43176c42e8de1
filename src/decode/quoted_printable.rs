//! Quoted-printable, as mails and saved pages have it: `=3D` for a sign, and lines that end in `=` and go on in the next.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping, number};

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "quoted-printable", stands_in: StandsIn::OtherText, uncover };

/// How a line may go on in the next one: by how lines end, and the sign that is always written by its number.
static LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("=\n"));
static LINE_OF_TWO: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("=\r\n"));
static SIGN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("=3D"));

/// Bytes before and behind such a sign that may belong to the same key.
const AROUND: usize = 4 << 10;

/// Uncovers the lines around such signs.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let ends_in_two = bytes.get(..end).is_some_and(|line| line.ends_with(b"\r"));
    let line: &Finder<'_> = if ends_in_two { &LINE_OF_TWO } else { &LINE };
    let mut signs = [line.find_iter(bytes).peekable(), SIGN.find_iter(bytes).peekable()];
    let mut open: Option<Range<usize>> = None;
    // the next one of any kind
    while let Some(next) =
        signs.iter_mut().filter_map(|signs| Some((*signs.peek()?, signs))).min_by_key(|(at, _)| *at)
    {
        let (sign, signs) = next;
        signs.next();
        if !joins_lines(bytes, sign) {
            continue;
        }
        match &mut open {
            Some(range) if sign < range.end + AROUND && range.len() < LARGEST_LAYER => {
                range.end = lines_around(bytes, sign).end;
            }
            _ => {
                if let Some(done) = open.replace(lines_around(bytes, sign)) {
                    push(bytes, done, &mut layer);
                }
            }
        }
    }
    if let Some(last) = open {
        push(bytes, last, &mut layer);
    }
}

/// Whether what looks like a word that goes on in the next line is no assignment over two lines, and no end of base64.
fn joins_lines(bytes: &[u8], at: usize) -> bool {
    let behind = bytes.get(at + 1..).unwrap_or_default();
    let Some(next) = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n")) else { return true };
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    // in a mail no control character stands before the sign, in the lengths of a compressed text one may
    if before.is_some_and(|before| before.is_ascii_control() && !before.is_ascii_whitespace()) {
        return false;
    }
    // the second line of an assignment is indented
    let is_indented = next.first().is_none_or(u8::is_ascii_whitespace);
    !next.is_empty()
        && before.is_some_and(|byte| *byte != b'=' && (!byte.is_ascii_whitespace() || !is_indented))
}

/// Whole lines around a place.
fn lines_around(bytes: &[u8], at: usize) -> Range<usize> {
    let start = at.saturating_sub(AROUND);
    let before = bytes.get(start..at).unwrap_or_default();
    let cut = memchr::memchr(b'\n', before).filter(|_| start > 0);
    let start = cut.map_or(start, |end| start + end + 1);
    let end = at.saturating_add(AROUND).min(bytes.len());
    let behind = bytes.get(at..end).unwrap_or_default();
    start..memchr::memrchr(b'\n', behind).filter(|end| *end > 3).map_or(end, |last| at + last)
}

/// Bytes of the escape that a text begins with, or 0.
fn length(text: &[u8]) -> usize {
    match text {
        [b'=', b'\n', ..] => 2,
        [b'=', b'\r', b'\n', ..] => 3,
        [b'=', digits @ ..] if byte(digits).is_some() => 3,
        _ => 0,
    }
}

fn byte(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2)?;
    number(digits, 16).filter(|_| !digits.iter().any(u8::is_ascii_lowercase)).map(|byte| byte as u8)
}

fn push(bytes: &[u8], lines: Range<usize>, layer: &mut Builder<'_>) {
    if !layer.afford(lines.len()) {
        return;
    }
    let mut at = lines.start;
    layer.mark(at, Rate::SAME);
    while at < lines.end {
        let rest = bytes.get(at..lines.end).unwrap_or_default();
        let plain = memchr::memchr(b'=', rest).unwrap_or(rest.len());
        layer.push(rest.get(..plain).unwrap_or_default());
        let escape = bytes.get(at + plain..).unwrap_or_default();
        let length = length(escape);
        if length == 0 {
            layer.push(rest.get(plain..=plain).unwrap_or_default());
        } else if let Some(byte) = escape.get(1..).and_then(byte) {
            layer.push(&[byte]);
        }
        at += plain + length.max(1);
        layer.mark(at, Rate::SAME);
    }
    layer.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn lines_are_joined_and_signs_are_in_clear() {
        let text = "one\nkey=3Dabc_=\ndef=5Fg=\nhi=3D\nlast\n";
        assert_eq!(texts(text), ["one", "key=abc_def_ghi=", "last"]);
        assert_eq!(texts(&text.replace("=5F", "_").replace("=3D", "")), ["one", "keyabc_def_ghi", "last"]);
        assert_eq!(texts(&text.replace('\n', "\r\n")), ["one", "key=abc_def_ghi=", "last"]);
        for other in
            ["x = 1\nA=BC\n", "const a =\n  b;\n", "QUJD==\n-----END", "a=\n", "\u{1}=\nabc def\n", ""]
        {
            assert_eq!(texts(other), [""; 0], "{other}");
        }
        assert_eq!(texts("=3D=\n=\n="), ["=="]);
    }

    #[test]
    fn far_lines_are_left_out() {
        let far = "word\n".repeat(2000);
        let found = texts(&format!("{far}a=3Db\n{far}{far}c=3Dd\n{far}"));
        assert!(found.contains(&"a=b".to_owned()) && found.contains(&"c=d".to_owned()));
        assert!(found.len() < 4000, "{}", found.len());
    }

    #[test]
    fn places_are_those_of_the_characters() {
        let text = "one\nkey=3Dab=\ncd";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!(layer.text, b"one\nkey=abcd\n");
            assert_eq!([0, 8, 10].map(|at| layer.places.source(at)), [0, 10, 14]);
        });
    }
}
