//! Base64 of both alphabets, padded or not, in one line or wrapped, wherever the encoded text begins in a run.

use std::borrow::Cow;
use std::ops::Range;

use super::places::{Builder, Rate};
use super::runs::{is_digit, raw_value, value};
use super::{Budget, LARGEST_LAYER, Layer, base32, hex, lz_string, magic};
use crate::unpack;

/// What its layers are called.
pub(crate) const NAME: &str = "base64";
/// Characters from which on a run is looked at: shorter ones are names in code, and most tokens are longer.
pub(crate) const SHORTEST: usize = 35;
/// Groups of four characters in a row that must decode to ASCII.
const SHORTEST_STREAK: usize = 5;
/// Characters in a row that make a text of decoded bytes.
const SHORTEST_TEXT: usize = 14;
/// Where the encoded text begins in a long run is told from so many of its first characters.
const HEAD: usize = 4 << 10;
/// Runs of hexadecimal digits that are handed on.
const MOST_HEX: usize = 100_000;

/// Uncovers texts, and bytes whose beginning says what they are, in these runs of at least [`SHORTEST`] characters. Runs
/// of hexadecimal digits are found by the way.
pub(super) fn uncover(
    bytes: &[u8],
    runs: &mut dyn Iterator<Item = Range<usize>>,
    budget: &Budget,
    found: &mut dyn FnMut(Layer),
) {
    let mut layer = Builder::new(NAME, true, budget, found);
    let (mut hex, mut done) = (Vec::new(), 0);
    for first in runs {
        if first.start < done || bytes.get(first.clone()).is_some_and(is_name) {
            continue;
        }
        let lines = Lines::from(bytes, behind_mark(bytes, first));
        done = lines.end();
        if lines.is_hex() {
            hex.extend(lines.parts.into_iter().take(MOST_HEX - hex.len().min(MOST_HEX)));
            continue;
        }
        lines.uncover(&mut layer);
    }
    drop(layer);
    hex::uncover(bytes, &hex, budget, found);
}

/// The run without the mark of hexadecimal digits that it begins with: `\x2f2f` as databases write bytes, `0x2f2f`, `X'2f2f'`;
/// and without the signs that a text in UTF-7 stands between, which are digits elsewhere: `+AFQATwBL-`.
fn behind_mark(bytes: &[u8], run: Range<usize>) -> Range<usize> {
    let digits = bytes.get(run.clone()).unwrap_or_default();
    if let [b'+', b'A', inside @ .., b'-'] = digits
        && magic::tells(&decoded(digits.get(1..inside.len().min(64) + 1).unwrap_or_default()))
    {
        return run.start + 1..run.end - 1;
    }
    let length = match digits {
        [b'x', rest @ ..] if run.start > 0 && bytes.get(run.start - 1) == Some(&b'\\') => Some((1, rest)),
        [b'0', b'x' | b'X', rest @ ..] => Some((2, rest)),
        _ => None,
    };
    // the first few tell enough: what is no hexadecimal number is left as it is
    let is_hex = |rest: &[u8]| rest.get(..64).unwrap_or(rest).iter().all(u8::is_ascii_hexdigit);
    match length {
        Some((mark, rest)) if is_hex(rest) => run.start + mark..run.end,
        _ => run,
    }
}

/// Whether a short run is a name made of words, or a path: of what is encoded in base64 or base32, about half the characters
/// are capitals and digits.
fn is_name(run: &[u8]) -> bool {
    /// Characters of which what is encoded behind a path is a large part.
    const LONGEST: usize = 128;
    let capitals = || run.iter().filter(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
    run.len() <= LONGEST && capitals() * 8 < run.len()
}

fn is_hex(bytes: &[u8], part: &Range<usize>) -> bool {
    bytes.get(part.clone()).is_some_and(|part| part.iter().all(u8::is_ascii_hexdigit))
}

/// Base64 in one or several lines of a text.
struct Lines<'a> {
    bytes: &'a [u8],
    parts: Vec<Range<usize>>,
    /// Characters in the parts before each.
    before: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8], parts: Vec<Range<usize>>) -> Self {
        let lengths =
            parts.iter().scan(0, |length, part| Some(std::mem::replace(length, *length + part.len())));
        let before = lengths.collect();
        Self { bytes, parts, before }
    }

    /// A run, and those in the lines below that go on with it.
    fn from(bytes: &'a [u8], first: Range<usize>) -> Self {
        let mut lines = Self { bytes, parts: vec![first], before: Vec::new() };
        while let Some(next) = lines.next() {
            let is_last = next.len() < SHORTEST;
            // a word that ends a document of a shell is none of its hexadecimal digits
            if is_last && lines.is_hex() && !is_hex(bytes, &next) {
                break;
            }
            lines.parts.push(next);
            if is_last {
                break;
            }
        }
        Self::of(bytes, lines.parts)
    }

    fn next(&self) -> Option<Range<usize>> {
        let (first, last) = self.parts.first().zip(self.parts.last())?;
        let rest = self.bytes.get(last.end..)?;
        let start = last.end + line_gap(rest)?;
        let rest = self.bytes.get(start..)?;
        let end = start + rest.iter().take_while(|byte| is_digit(**byte)).count();
        let is_full = end - start >= SHORTEST;
        // A short line is the last one, or something else.
        let ends = || {
            matches!(
                self.bytes.get(end),
                None | Some(b'=' | b'"' | b'\'' | b'`' | b'\n' | b'\r' | b'\\' | b'<')
            )
        };
        // what lines of any even width leave over
        let is_rest = || {
            let length: usize = self.parts.iter().map(Range::len).sum();
            let is_whole = self.bytes.get(end) == Some(&b'=') || (length + end - start).is_multiple_of(4);
            is_whole && self.parts.iter().all(|part| part.len() == first.len())
        };
        let is_short = || end - start <= first.len() && ends() && (last.len() % 4 == 0 || is_rest());
        (end > start && (is_full || is_short())).then_some(start..end)
    }

    fn end(&self) -> usize {
        self.parts.last().map_or(0, |part| part.end)
    }

    fn text(&self) -> Cow<'a, [u8]> {
        match self.parts.as_slice() {
            [one] => Cow::Borrowed(self.bytes.get(one.clone()).unwrap_or_default()),
            several => {
                several.iter().filter_map(|part| self.bytes.get(part.clone())).flatten().copied().collect()
            }
        }
    }

    fn is_hex(&self) -> bool {
        self.parts.iter().all(|part| is_hex(self.bytes, part))
    }

    fn uncover(&self, layer: &mut Builder<'_>) {
        /// Where tools break lines. Lines of another length may be texts of their own.
        const WIDTHS: [usize; 2] = [64, 76];
        self.uncover_joined(layer);
        if self.is_one() {
            return;
        }
        if let [lines @ .., last] = self.parts.as_slice()
            && let Some(width) = lines.first().map(Range::len)
        {
            let is_even = lines.iter().all(|line| line.len() == width);
            if !is_even || !WIDTHS.contains(&width) {
                for part in &self.parts {
                    Self::of(self.bytes, vec![part.clone()]).uncover_joined(layer);
                }
            } else if last.len() < SHORTEST && self.bytes.get(last.end) != Some(&b'=') {
                Self::of(self.bytes, lines.to_vec()).uncover_joined(layer);
            }
        }
    }

    /// Whether the lines are one text for sure: the first begins what is compressed, no other does, and they fill
    /// whole groups. A part of it would be cut off in the middle.
    fn is_one(&self) -> bool {
        let tells = |part: &Range<usize>| {
            let head = self.bytes.get(part.start..part.end.min(part.start + 64)).unwrap_or_default();
            magic::tells(&decoded(head))
        };
        let length: usize = self.parts.iter().map(Range::len).sum();
        let is_padded = self.bytes.get(self.end()) == Some(&b'=');
        (length.is_multiple_of(4) || is_padded)
            && self.parts.split_first().is_some_and(|(first, rest)| tells(first) && !rest.iter().any(tells))
    }

    fn uncover_joined(&self, layer: &mut Builder<'_>) {
        let text = self.text();
        if let Some(clear) = base32::text(&text) {
            if layer.afford(clear.len()) {
                layer.mark(self.parts.first().map_or(0, |part| part.start), Rate(8, 5));
                layer.push(&clear);
                layer.end();
            }
            return;
        }
        let head = text.get(..HEAD).unwrap_or(&text);
        let start = decoded(head.get(..64).unwrap_or(head));
        if magic::tells(&start) {
            self.push_alone(layer, &text);
            return;
        }
        let in_head: [_; 4] = std::array::from_fn(|start| streaks_from(head, start));
        let [from_first, ..] = &in_head;
        // Packed letters look like letters in places.
        let readable: usize = from_first.iter().map(Range::len).sum();
        let is_text = readable * 8 >= head.len() * 7;
        if !is_text && unpack::may_be_unmarked(&start, text.len() / 4 * 3) {
            self.push_alone(layer, &text);
        }
        if !is_text && self.push_lz_string(layer, &text) {
            return;
        }
        let is_long = text.len() > HEAD;
        let is_none = in_head.iter().all(Vec::is_empty);
        for (start, in_head) in in_head.into_iter().enumerate() {
            if in_head.is_empty() && !(is_none && is_long && start == 0) {
                continue;
            }
            let all = if is_long { streaks_from(&text, start) } else { in_head };
            let length: usize = all.iter().map(Range::len).sum();
            // Text of other scripts has no long streaks of ASCII, but many.
            if length * 2 >= text.len() - start {
                self.push(layer, &text, start..text.len());
                break;
            }
            for streak in all {
                let around = streak.start.saturating_sub(4).max(start)..(streak.end + 4).min(text.len());
                self.push(layer, &text, around);
            }
        }
    }

    /// Adds the text that lz-string packed, which a path may stand before.
    fn push_lz_string(&self, layer: &mut Builder<'_>, text: &[u8]) -> bool {
        let name = memchr::memrchr(b'/', text).map(|slash| slash + 1);
        let starts = [Some(0), name].into_iter().flatten();
        let found = starts.into_iter().find_map(|start| lz_string::text(text.get(start..)?));
        let Some(clear) = found.filter(|clear| layer.afford_alone(clear.len())) else { return false };
        layer.alone(clear, self.marks(0..text.len(), 0), Rate(0, 1));
        true
    }

    fn push_alone(&self, layer: &mut Builder<'_>, text: &[u8]) {
        if layer.afford_alone(text.len() / 4 * 3) {
            layer.alone(decoded(text), self.marks(0..text.len(), 0), Rate::BASE64);
        }
    }

    /// Adds the text of some of the characters, in pieces where it is long.
    fn push(&self, layer: &mut Builder<'_>, text: &[u8], range: Range<usize>) {
        /// So that what is cut by the end of one piece stands whole in the next.
        const OVERLAP: usize = 32 << 10;
        let mut from = range.start;
        loop {
            let to = range.end.min(from + LARGEST_LAYER);
            if !layer.afford((to - from) / 4 * 3) {
                return;
            }
            for (at, source) in self.marks(from..to, layer.len()) {
                layer.mark_at(at, source, Rate::BASE64);
            }
            layer.push(&decoded(text.get(from..to).unwrap_or_default()));
            layer.end();
            if to == range.end {
                return;
            }
            from = to - OVERLAP;
        }
    }

    /// Where in the layer each line's text begins, and where the line does.
    fn marks(&self, range: Range<usize>, base: usize) -> Vec<(usize, usize)> {
        let first = self.before.partition_point(|before| *before <= range.start).saturating_sub(1);
        let lines = self.before.iter().zip(&self.parts).skip(first);
        let in_range = lines.take_while(|(before, _)| **before < range.end);
        let mark = |(before, part): (&usize, &Range<usize>)| {
            let from = range.start.max(*before);
            (base + (from - range.start) * 3 / 4, part.start + (from - before))
        };
        in_range.map(mark).collect()
    }
}

/// Length of what stands between two lines of a wrapped text: a line end, in itself or escaped, and what is
/// usual around it. `None` if the line ends the text.
fn line_gap(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    let text = text.get(..LONGEST).unwrap_or(text);
    let (mut at, mut is_over, mut quotes) = (0, false, 0);
    loop {
        let rest = text.get(at..)?;
        at += match rest {
            [b'\n', ..] => {
                is_over = true;
                1
            }
            [b'\\', b'n' | b'r', ..] => {
                is_over = true;
                2
            }
            [b'\\', b'\\', b'n' | b'r', ..] => {
                is_over = true;
                3
            }
            [b'\r', ..] => {
                is_over = true;
                1
            }
            [b' ' | b'\t' | b'\\' | b',' | b'*' | b'#' | b'>' | b'|', ..] => 1,
            [b'"' | b'\'' | b'`', ..] => {
                quotes += 1;
                1
            }
            // a literal of bytes
            [b'b', b'"' | b'\'', ..] if quotes > 0 && is_over => 1,
            // behind the second one it is a digit
            [b'+' | b'.', ..] if quotes == 1 => 1,
            [b'/', b'/', b' ' | b'\t', ..] if is_over => 3,
            [b'<', b'b' | b'B', b'r' | b'R', rest @ ..] => {
                is_over = true;
                memchr::memchr(b'>', rest.get(..4).unwrap_or(rest))? + 4
            }
            [next, ..] if is_over && is_digit(*next) => return Some(at),
            _ => return None,
        };
    }
}

/// The text in ASCII that digits of base64 stand for, if they are nothing else.
pub(crate) fn text(digits: &[u8]) -> Option<Vec<u8>> {
    const SHORTEST: usize = 20;
    let digits = digits.trim_ascii_end();
    let digits = digits.strip_suffix(b"==").or(digits.strip_suffix(b"=")).unwrap_or(digits);
    if digits.len() < SHORTEST || !digits.iter().all(|digit| is_digit(*digit)) {
        return None;
    }
    let text = decoded(digits);
    text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')).then_some(text)
}

/// What base64 stands for, as far as it is whole.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let bits = |byte: u8| u32::from(value(byte).unwrap_or(0));
    let (groups, rest) = text.as_chunks::<4>();
    for [a, b, c, d] in groups {
        let [_, a, b, c] = (bits(*a) << 18 | bits(*b) << 12 | bits(*c) << 6 | bits(*d)).to_be_bytes();
        out.extend_from_slice(&[a, b, c]);
    }
    let last = rest.iter().zip([18, 12, 6]).fold(0, |last, (byte, shift)| last | bits(*byte) << shift);
    out.extend_from_slice(last.to_be_bytes().get(1..1 + rest.len() * 3 / 4).unwrap_or_default());
    out
}

/// Stretches of a text that decode to text in ASCII if the encoded text begins `start` characters behind the
/// beginning.
fn streaks_from(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let groups = text.get(start..).unwrap_or_default().as_chunks::<4>().0;
    let is_ascii = |number: usize| groups.get(number).is_some_and(is_ascii);
    let (mut found, mut done) = (Vec::new(), 0);
    // A long enough stretch has one of every few groups: so most need no look.
    let mut at = SHORTEST_STREAK - 1;
    while at < groups.len() {
        if !is_ascii(at) {
            at += SHORTEST_STREAK;
            continue;
        }
        let before = (done..at).rev().take_while(|number| is_ascii(*number)).count();
        let end = (at..groups.len()).find(|number| !is_ascii(*number)).unwrap_or(groups.len());
        let streak = start + (at - before) * 4..start + end * 4;
        if streak.len() >= SHORTEST_STREAK * 4 && text.get(streak.clone()).is_some_and(is_text) {
            found.push(streak);
        }
        done = end;
        at = end + SHORTEST_STREAK;
    }
    found
}

/// Whether four characters stand for three bytes of ASCII: the highest bit of each.
fn is_ascii([a, b, c, _]: &[u8; 4]) -> bool {
    (raw_value(*a) >> 5 | raw_value(*b) >> 3 | raw_value(*c) >> 1) & 1 == 0
}

/// Whether base64 stands for bytes among which there is a text.
fn is_text(text: &[u8]) -> bool {
    let bytes = decoded(text);
    let mut parts = bytes.split(|byte| !matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'));
    parts.any(|part| part.len() >= SHORTEST_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uncover(text: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
        super::uncover(text, &mut crate::decode::runs::runs(text, SHORTEST, is_digit), budget, found);
    }

    fn encoded(text: &[u8]) -> String {
        use ::base64::Engine as _;
        ::base64::prelude::BASE64_STANDARD.encode(text)
    }

    fn texts(text: &str) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            if layer.what == NAME {
                found.push((String::from_utf8_lossy(&layer.text).into_owned(), layer.places.source(0)));
            }
        });
        found
    }

    #[test]
    fn a_text_in_utf_7_stands_between_signs() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let digits = encoded(&wide(TEXT));
        let digits = digits.trim_end_matches('=');
        let wrapped = |before: &str, after: &str| {
            let mut found = Vec::new();
            let text = format!("is {before}{digits}{after} here");
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| found.push(layer.text));
            found.contains(&wide(TEXT))
        };
        assert!(wrapped("", "") && wrapped("+", "-"));
        // what stands in no such signs, or holds no letters, is left as it is
        let inside = |text: &[u8]| behind_mark(text, 0..text.len());
        let numbers = format!("+A{}-", "7/x+".repeat(20));
        assert_eq!(inside(numbers.as_bytes()), 0..numbers.len());
        assert_eq!(inside(b"+A-"), 0..3);
        assert_eq!(inside(b"+A"), 0..2);
    }

    #[test]
    fn hexadecimal_digits_behind_their_mark_are_read() {
        let digits: String = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        for (text, at) in [
            (format!("('\\x{digits}')"), 4),
            (format!("=0x{digits};"), 3),
            (format!("<<EOF\n{digits}\nEOF\n"), 6),
        ] {
            let mut found = Vec::new();
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
                found.push((String::from_utf8_lossy(&layer.text).into_owned(), layer.places.source(0)));
            });
            assert_eq!(found, [(format!("{TEXT}\n"), at)], "{text}");
        }
    }

    const TEXT: &str = "a text of letters, digits (1, 2, 3) and signs that is long enough";

    proptest::proptest! {
        #[test]
        fn what_is_encoded_is_no_name(bytes in proptest::collection::vec(0..=u8::MAX, 30..90), words in "[a-z ]{30,90}") {
            for text in [bytes.as_slice(), words.as_bytes()] {
                proptest::prop_assert!(!is_name(encoded(text).as_bytes()), "{text:?}");
            }
        }
    }

    #[test]
    fn names_of_words_are_not_decoded() {
        for name in [
            "Type_0_is_missing_the_following_properties_from_type_1_2",
            "src/components/settings/panels/accounts/index",
        ] {
            assert!(is_name(name.as_bytes()));
        }
    }

    #[test]
    fn text_is_read_wherever_its_base64_begins() {
        for before in ["", "x", "x+", "x+y", "x+yz"] {
            for plain in ["", "z", "zz"] {
                let text = format!("{plain}{TEXT}");
                for encoded in [encoded(text.as_bytes()), encoded(text.as_bytes()).replace('=', "")] {
                    let found = texts(&format!("let a = '{before}{encoded}';"));
                    assert!(
                        found.iter().any(|(found, _)| found.contains(&text)),
                        "{before} {plain} {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn places_are_those_of_the_lines() {
        let long = TEXT.repeat(5);
        let encoded = encoded(long.as_bytes());
        for gap in [
            "\n", "\r\n", "\\n", "\\\n", "\n// ", "\n * ", "\n# ", "\n> ", "\"\n  \"", "'\n  b'", "' +\n  '",
            "\",\n\"", "<br>",
        ] {
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let wrapped = format!("\n\"{}\"", lines.join(gap));
            let mut sources = Vec::new();
            uncover(wrapped.as_bytes(), &Budget::of(wrapped.len()), &mut |layer| {
                assert_eq!(String::from_utf8_lossy(&layer.text).trim_end(), long, "{gap}");
                sources.extend([0, 57, 58, 114].map(|at| layer.places.source(at)));
            });
            let line = 76 + gap.len();
            assert_eq!(sources, [2, 2 + line, 2 + line + 1, 2 + 2 * line], "{gap}");
        }
    }

    #[test]
    fn what_is_compressed_is_not_cut_at_a_line() {
        use std::io::Write as _;
        let packed = |length: usize| {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let noise: Vec<u8> = (0..length).map(|at| (at * at % 251) as u8).collect();
            writer.write_all(&noise).unwrap();
            writer.finish().unwrap()
        };
        let layers = |text: &str| {
            let mut found = Vec::new();
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| found.push(layer.text));
            found
        };
        for width in [76, 100] {
            for length in 200..230 {
                let whole = packed(length);
                let encoded = encoded(&whole);
                let lines: Vec<&str> =
                    encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
                for text in [format!("S'{}\\n'\n", lines.join("\\n")), format!("\n{}\n", lines.join("\n"))] {
                    let found = layers(&text);
                    assert!(found.iter().all(|found| found.starts_with(&whole)), "{width} {length}");
                    assert!(!found.is_empty());
                }
            }
        }
        // several in a list are looked at each
        let list = format!("[\"{}\",\n\"{}\"]", encoded(&packed(60)), encoded(&packed(63)));
        assert!(layers(&list).iter().any(|found| found.starts_with(&packed(63))));
    }

    #[test]
    fn names_and_digests_are_none() {
        for text in [
            "node_modules/acme-internal-tools/dist/components/index",
            "aVeryLongNameOfAFunctionThatSomebodyWroteInJavaScript",
            "sha512-ZmFrZQ8vN3x1mB0pQxkqzJ9c0n5pGmWq6lYw1l1a9zGk2r7S0fKcQw3mV5b8t2Jx4uHd6yEoXvIiLpRsNg",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(texts(text), [], "{text}");
        }
    }
}
