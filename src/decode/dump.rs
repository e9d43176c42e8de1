//! Bytes as tools show them: `67 68 70`, `67:68:70`, `hex:67,68,70` of a registry, lines of `xxd`, `xxd -b`, `hexdump` and `od -x`, and digits wrapped
//! without blanks.

use std::ops::Range;

use super::places::{Builder, Rate};
use super::runs::runs;
use super::{Budget, Layer, StandsIn, Wrapping, hex, magic};

/// Bytes of a line that is worth a look: with less, a dump has no first line.
const SHORTEST: usize = 38;
/// Bytes between the numbers of one line and those of the next: the same bytes as text.
const LONGEST_GAP: usize = 120;
/// Lines of one dump.
const MOST: usize = 100_000;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "a hexadecimal dump", stands_in: StandsIn::OtherText, uncover };

/// Uncovers the text that dumps show.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let mut runs = runs(bytes, SHORTEST, is_of_dump);
    while let Some(run) = runs.next() {
        let (lines, end) = lines(bytes, run);
        runs.skip_to(end);
        let text: Vec<u8> = lines.iter().flat_map(|line| line.bytes.iter().copied()).collect();
        // digits in one run are read as such
        let is_other = lines.len() > 1 || lines.first().is_some_and(|line| line.rate != Rate::DOUBLE);
        // lists of numbers in base ten have commas, too
        let shown = lines.first().and_then(|line| bytes.get(line.start..end)).unwrap_or_default();
        let is_list = shown.contains(&b',') && !shown.iter().any(|byte| matches!(byte | 0x20, b'a'..=b'f'));
        if !is_other || is_list {
            continue;
        }
        if magic::tells(&text) {
            if layer.afford_alone(text.len()) {
                let ends =
                    lines.iter().scan(0, |end, line| Some(std::mem::replace(end, *end + line.bytes.len())));
                let rate = lines.first().map_or(Rate::SAME, |line| line.rate);
                let marks: Vec<_> = ends.zip(lines.iter().map(|line| line.start)).collect();
                layer.alone(text, marks, rate);
            }
            continue;
        }
        if !hex::is_text(&text) {
            continue;
        }
        if !layer.afford(text.len()) {
            return;
        }
        for line in &lines {
            layer.mark(line.start, line.rate);
            layer.push(&line.bytes);
        }
        layer.end();
        // without an address nothing says whose order that is
        if lines.iter().all(|line| !line.has_address && line.rate == PAIRS) && layer.afford(text.len()) {
            for line in &lines {
                layer.mark(line.start, line.rate);
                layer.push(&swapped(line.bytes.clone()));
            }
            layer.end();
        }
    }
}

/// Made of comparisons alone, so that many are told at once.
const fn is_of_dump(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 6)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b' ')
        | (byte == b':')
        | (byte == b'-')
        | (byte == b',')
}

/// What one line shows.
struct Line {
    start: usize,
    rate: Rate,
    bytes: Vec<u8>,
    has_address: bool,
}

/// Numbers of two bytes each.
const PAIRS: Rate = Rate(5, 2);

/// Numbers of eight binary digits.
const BITS: Rate = Rate(9, 1);

/// The bytes behind the address of a line of `xxd -b`; the text behind them may begin with what could be a digit.
fn bits(groups: &[&[u8]]) -> Option<Vec<u8>> {
    let is_bits = |group: &&&[u8]| group.len() == 8 && group.iter().all(|digit| matches!(digit, b'0' | b'1'));
    let bytes = groups
        .iter()
        .take_while(is_bits)
        .map(|group| group.iter().fold(0, |byte, digit| byte << 1 | u8::from(*digit == b'1')));
    let bytes = bytes.collect::<Vec<u8>>();
    (!bytes.is_empty()).then_some(bytes)
}

/// The same bytes with those of each pair in the other order.
fn swapped(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
    bytes
}

/// The lines of a dump whose first has these numbers, and where they end.
fn lines(bytes: &[u8], first: Range<usize>) -> (Vec<Line>, usize) {
    let mut lines: Vec<Line> = Vec::new();
    let (mut run, mut end) = (first.clone(), first.end);
    while let Some(line) = Line::read(bytes, run.clone()).filter(|_| lines.len() < MOST) {
        if lines.first().is_some_and(|first| first.rate != line.rate) {
            break;
        }
        lines.push(line);
        end = run.end;
        let near = bytes.get(end..(end + LONGEST_GAP).min(bytes.len())).unwrap_or_default();
        let Some(gap) = memchr::memchr(b'\n', near) else { break };
        let start = end + gap + 1;
        let rest = bytes.get(start..).unwrap_or_default();
        run = start..start + rest.iter().take_while(|byte| is_of_dump(**byte)).count();
    }
    (lines, end)
}

impl Line {
    /// The numbers in a run of digits and signs, behind an address or not.
    fn read(bytes: &[u8], run: Range<usize>) -> Option<Self> {
        let groups: Vec<Range<usize>> = groups(bytes.get(run.clone())?).collect();
        let digits = |group: &Range<usize>| bytes.get(run.start + group.start..run.start + group.end);
        let (first, rest) = groups.split_first()?;
        if let Some(bytes) = bits(&rest.iter().filter_map(digits).collect::<Vec<_>>()) {
            let start = rest.first()?.start;
            return Some(Self { start: run.start + start, rate: BITS, bytes, has_address: true });
        }
        let is_address = rest.first().is_some_and(|second| first.len() >= 4 && first.len() != second.len());
        // `od -x` and `hexdump` have seven digits there, and show the bytes of each pair in the processor's order
        let is_swapped = is_address && first.len() == 7;
        let (first, rest) = if is_address { rest.split_first()? } else { (first, rest) };
        let rate = match first.len() {
            2 => Rate(3, 1),
            4 => PAIRS,
            length if length >= 8 && length % 2 == 0 && rest.is_empty() => Rate::DOUBLE,
            _ => return None,
        };
        // words are set apart from the text behind them by two blanks, pairs have two between eight and eight
        let widest = if first.len() == 2 { 2 } else { 1 };
        let mut numbers = hex::decoded(digits(first)?);
        let mut end = first.end;
        for group in rest {
            let is_number = group.len() == first.len() || (group.len() == 2 && first.len() == 4);
            if !is_number || group.start - end > widest {
                break;
            }
            numbers.extend(hex::decoded(digits(group)?));
            end = group.end;
        }
        if is_swapped && rate == PAIRS {
            numbers = swapped(numbers);
        }
        Some(Self { start: run.start + first.start, rate, bytes: numbers, has_address: is_address })
    }
}

/// Where the digits are in a row of digits and signs.
fn groups(row: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + row.get(at..)?.iter().position(u8::is_ascii_hexdigit)?;
        let length = row.get(start..)?.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        at = start + length;
        Some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"one two three, a text of several words and so on";

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    fn shown(text: &[u8], width: usize, group: usize, line: impl Fn(usize, &str, &[u8]) -> String) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines = text.chunks(width).enumerate().map(|(number, part)| {
            let groups: Vec<String> = part.chunks(group).map(hex).collect();
            line(number * width, &groups.join(" "), part)
        });
        lines.collect()
    }

    #[test]
    fn bytes_are_read_as_tools_show_them() {
        let clear = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        for dump in [
            shown(TEXT, 16, 2, |at, row, part| format!("{at:08x}: {row:39}  {}\n", clear(part))),
            shown(TEXT, 16, 1, |at, row, part| format!("{at:08x}  {row:48} |{}|\n", clear(part))),
            shown(TEXT, 16, 1, |at, row, part| format!("{at:04x}   {row:48}  {}\n", clear(part))),
            shown(TEXT, 16, 1, |at, row, _| {
                let (first, last) = row.split_at(24);
                format!("{at:08x}  {first} {last}\n")
            }),
            shown(TEXT, 16, 2, |at, _, part| {
                let words = part.chunks(2).map(|pair| format!(" {:02x}{:02x}", pair[1], pair[0]));
                format!("{at:07o}{}\n", words.collect::<String>())
            }),
            shown(TEXT, 6, 1, |at, _, part| {
                let bits = part.iter().map(|byte| format!(" {byte:08b}")).collect::<String>();
                format!("{at:08x}:{bits:54}  {}\n", clear(part))
            }),
            shown(TEXT, 20, 20, |_, row, _| format!("{row}\n")),
            shown(TEXT, 48, 1, |_, row, _| format!("x = bytes.fromhex('{row}')\n")),
            shown(TEXT, 48, 1, |_, row, _| format!("    {}\n", row.replace(' ', ":"))),
            shown(TEXT, 48, 1, |_, row, _| format!("\"x\"=hex:{}\n", row.replace(' ', ","))),
            shown(TEXT, 20, 1, |_, row, _| format!("  {},\\\r\n", row.replace(' ', ","))),
        ] {
            let found = texts(&format!("one\n\n{dump}two\n"));
            assert_eq!(found, [std::str::from_utf8(TEXT).unwrap()], "{dump}");
        }
    }

    #[test]
    fn packed_bytes_are_one_text() {
        let packed = [&b"\x1F\x8B\x08"[..], &[0xC3; 45]].concat();
        for dump in [
            shown(&packed, 16, 1, |_, row, _| format!(" {row}\n")),
            shown(&packed, 30, 30, |_, row, _| format!("{row}\n")),
            shown(&packed, 16, 2, |at, row, _| format!("{at:08x}: {row:39}  ................\n")),
        ] {
            let mut found = Vec::new();
            uncover(dump.as_bytes(), &Budget::of(dump.len()), &mut |layer| found.push(layer.text));
            assert_eq!(found, [packed.as_slice()], "{dump}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        let digests = format!("{0}  a.txt\n{0}  b.txt\n", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c");
        for text in [
            &digests,
            &" ".repeat(200),
            &"10 20 30 40 50 60 70 80 90 ".repeat(8),
            &"40, 41, 42, 73, 74, 75, 76, ".repeat(8),
            "12:34:56 a-b-c-d e f 2024-01-02 03:04:05 00-11-22-33",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_numbers() {
        let text = shown(TEXT, 16, 1, |at, row, _| format!("{at:08x}  {row}\n"));
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!([0, 1, 16].map(|at| layer.places.source(at)), [10, 13, 10 + 58]);
        });
    }
}
