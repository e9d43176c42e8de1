//! Literals that stand in a template: `ab${''}cd`, `ab#{"cd"}`, `f"{'ab'}cd"`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping};

/// Bytes of the line before the first such literal, and behind the last: a key in PEM has as many.
const CONTEXT: usize = 4 << 10;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "literals in a template", stands_in: StandsIn::OtherText, uncover };

/// Python's slots have no sign of their own, and other quotes than what they stand in.
static IN_DOUBLE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("{'"));
static IN_SINGLE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("f'{\""));

/// Uncovers the words that hold such literals, with what stands around them in their line.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let in_double = IN_DOUBLE.find_iter(bytes).filter(|at| is_formatted(bytes, *at));
    let _ = from_each(bytes, memchr::memchr2_iter(b'$', b'#', bytes), &mut layer)
        && from_each(bytes, in_double, &mut layer)
        && from_each(bytes, IN_SINGLE.find_iter(bytes).map(|at| at + 2), &mut layer);
}

/// Whether a string of Python opens before this place that may have slots.
fn is_formatted(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 200;
    let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let open = memchr::memrchr(b'"', before).and_then(|quote| before.get(quote.checked_sub(1)?));
    matches!(open, Some(b'f' | b'F'))
}

/// The words that have their first literal at one of these places; whether there is something left of the budget.
fn from_each(bytes: &[u8], places: impl Iterator<Item = usize>, layer: &mut Builder<'_>) -> bool {
    let mut done = 0;
    for first in places {
        if first < done || Slot::at(bytes, first).is_none() {
            continue;
        }
        let start = super::context_before(bytes, first, CONTEXT).max(done);
        let line = line_rest(bytes, first, LARGEST_LAYER);
        let (mut from, mut next) = (start, Some(first));
        let taken = layer.len();
        while let Some((at, slot)) = next.and_then(|at| Some((at, Slot::at(bytes, at)?))) {
            layer.mark(from, Rate::SAME);
            layer.push(bytes.get(from..at).unwrap_or_default());
            layer.mark(slot.text, Rate::SAME);
            layer.push(bytes.get(slot.text..slot.text + slot.length).unwrap_or_default());
            from = slot.end;
            let near = bytes.get(from..line.end.min(from + CONTEXT)).unwrap_or_default();
            let mut places = memchr::memchr3_iter(b'$', b'#', b'{', near).map(|at| from + at);
            next = places.find(|at| Slot::at(bytes, *at).is_some());
        }
        layer.mark(from, Rate::SAME);
        layer.push(bytes.get(line_rest(bytes, from, CONTEXT)).unwrap_or_default());
        if !layer.afford(layer.len() - taken) {
            return false;
        }
        layer.end();
        done = from;
    }
    true
}

/// What follows in the line, of at most so many bytes.
fn line_rest(bytes: &[u8], from: usize, most: usize) -> Range<usize> {
    let end = from.saturating_add(most).min(bytes.len());
    let rest = bytes.get(from..end).unwrap_or_default();
    from..memchr::memchr(b'\n', rest).map_or(end, |length| from + length)
}

/// A literal, and where what it stands in ends.
struct Slot {
    text: usize,
    length: usize,
    end: usize,
}

impl Slot {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        const LONGEST: usize = 4 << 10;
        let is_sign = |at: usize| matches!(bytes.get(at), Some(b'$' | b'#'));
        if at.checked_sub(1).is_some_and(is_sign) {
            return None;
        }
        let sign = usize::from(is_sign(at));
        let (b'{', inside) = bytes.get(at + sign..)?.split_first()? else { return None };
        let blanks = |text: &[u8]| text.iter().take_while(|byte| **byte == b' ').count();
        let before = blanks(inside);
        let (quote @ (b'"' | b'\'' | b'`'), text) = inside.get(before..)?.split_first()? else { return None };
        let near = text.get(..LONGEST).unwrap_or(text);
        let mut length = 0;
        while let Some(next) = memchr::memchr3(*quote, b'\n', b'\\', near.get(length..)?) {
            length += next;
            match near.get(length) {
                Some(b'\\') => length += 2,
                _ => break,
            }
        }
        if near.get(length) != Some(quote) {
            return None;
        }
        let behind = text.get(length + 1..)?;
        let blank = blanks(behind);
        let start = at + sign + 1 + before + 1;
        (behind.get(blank) == Some(&b'}')).then_some(Self {
            text: start,
            length,
            end: start + length + blank + 2,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn words_are_put_together() {
        for word in
            ["ab${''}cd-ef", "ab${\"cd\"}-ef", "ab#{\"\"}cd-ef", "${'ab'}cd${ `-` }ef", "${'ab'}${'cd-ef'}"]
        {
            assert_eq!(texts(&format!("one\nx = `{word}`;\ntwo\n")), ["x = `abcd-ef`;"], "{word}");
        }
        for word in ["f\"{'ab'}cd-ef\"", "f\"ab{'cd'}{'-ef'}\"", "f'{\"ab\"}cd-ef'"] {
            let found = texts(&format!("one\nx = {word}\ntwo\n"));
            assert!(found.iter().any(|found| found.contains("abcd-ef")), "{word} {found:?}");
        }
        for text in ["`${a}b${c + 'd'}`", "# {''}", "${'a' + b}", "${'a", "${'a\\", "${'a\n'}", "$'{}'"] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_characters() {
        let text = "one\nx = `a${'b'}c`;";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!(layer.text, b"x = `abc`;\n");
            assert_eq!([0, 6, 7].map(|at| layer.places.source(at)), [4, 13, 16]);
        });
    }
}
