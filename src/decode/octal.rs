//! Bytes as `od -c`, `od -b` and `od -tu1` show them, each in a column of four: a sign, an escape, or three octal digits; or
//! all as decimal numbers.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping, number};

/// The address of the first line, in as many digits as that of each.
const HEAD: &[u8] = b"0000000 ";
const ADDRESS: usize = 7;
const COLUMN: usize = 4;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "an octal dump", stands_in: StandsIn::OtherText, uncover };

/// Uncovers what a text shows that is such a dump from its first line on.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let address = match bytes.starts_with(HEAD) {
        true => ADDRESS,
        false if is_bare(bytes) => 0,
        false => return,
    };
    if !budget.take(bytes.len() / COLUMN) {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let cell = if is_decimal(bytes, address) { decimal } else { cell };
    let mut at = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let cells = line.get(address..).unwrap_or_default();
        let cells = cells.strip_suffix(b"\r").unwrap_or(cells);
        let Some(shown) = cells.chunks(COLUMN).map(cell).collect::<Option<Vec<u8>>>() else { return };
        layer.mark(at + address, Rate(COLUMN, 1));
        layer.push(&shown);
        at += line.len() + 1;
    }
    layer.end();
}

/// Whether the first line is one of columns without an address, as `od -An` writes it.
fn is_bare(bytes: &[u8]) -> bool {
    const LINE: usize = 16 * COLUMN;
    let Some((line, b'\n')) = bytes.get(..=LINE).and_then(|head| Some((head.get(..LINE)?, *head.last()?)))
    else {
        return false;
    };
    let is_row = |cell: fn(&[u8]) -> Option<u8>| {
        line.chunks(COLUMN).all(|column| column.first() == Some(&b' ') && cell(column).is_some())
    };
    is_row(cell) || is_row(decimal)
}

/// Whether the first line is one of decimal numbers: among them one of two digits, as most letters and blanks have, and
/// none with a nought before it.
fn is_decimal(bytes: &[u8], address: usize) -> bool {
    let line =
        bytes.split(|byte| *byte == b'\n').next().and_then(|line| line.get(address..)).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.chunks(COLUMN).all(|column| decimal(column).is_some())
        && line.chunks(COLUMN).any(|column| column.trim_ascii().len() == 2)
}

/// The byte that a column of decimal numbers stands for.
fn decimal(column: &[u8]) -> Option<u8> {
    let digits = column.trim_ascii();
    let is_plain = digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || !digits.starts_with(b"0"));
    u8::try_from(number(digits, 10).filter(|_| is_plain)?).ok()
}

/// The byte that a column stands for.
fn cell(column: &[u8]) -> Option<u8> {
    match column.trim_ascii() {
        [] => Some(b' '),
        [b'\\', escape] => match escape {
            b'n' => Some(b'\n'),
            b't' => Some(b'\t'),
            b'r' => Some(b'\r'),
            b'0' | b'a' | b'b' | b'f' | b'v' => Some(0),
            _ => None,
        },
        [sign] => Some(*sign),
        digits @ [_, _, _] => u8::try_from(number(digits, 8)?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_columns_are_read() {
        let signs = "0000000   a   b   _   c       d  \\n 303\n0000010   e   f\n0000012\n";
        let numbers = "0000000 141 142 137 143 040 144 012\n0000007\n";
        for (text, expected) in [(signs, "ab_c d"), (numbers, "ab_c d")] {
            let mut found = Vec::new();
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
                assert_eq!([0, 1, 2].map(|at| layer.places.source(at)), [7, 11, 15]);
                found.push(layer.text);
            });
            assert!(found[0].starts_with(expected.as_bytes()), "{text}");
        }
    }

    #[test]
    fn lines_may_have_no_address() {
        let signs = "   a   b   c   d   e   f  \\n   g   h       i   j   k   l   m   n\n   o   p\n";
        let numbers = format!("{}\n 157 160\n", " 141".repeat(16));
        for (text, expected) in [(signs, "abcdef\ngh ijklmnop\n"), (&numbers, "aaaaaaaaaaaaaaaaop\n")] {
            assert_eq!(crate::decode::testing::lines(uncover, text).join("\n") + "\n", expected, "{text}");
        }
    }

    #[test]
    fn columns_may_be_decimal() {
        let text = "if a < 10:\n    # as long as it lasts\n    go(a)\n";
        for address in ["", "0000000"] {
            let lines = text.as_bytes().chunks(16).map(|part| {
                let row = part.iter().map(|byte| format!("{byte:4}")).collect::<String>();
                format!("{address}{row}\n")
            });
            let shown = lines.collect::<String>();
            let found = crate::decode::testing::lines(uncover, &shown).join("\n");
            assert_eq!(found.trim_end(), text.trim_end(), "{shown}");
        }
        assert_eq!(crate::decode::testing::lines(uncover, "  10  20 300  40\n".repeat(9).as_str()), [""; 0]);
    }

    #[test]
    fn other_columns_are_left_alone() {
        let prose = " a line of prose that happens to have sixty-four characters in it\n";
        for text in ["0000000 12345 and more\n", "x 0000000   a   b\n", "0000000 060541 061137\n", prose] {
            let mut count = 0;
            uncover(text.as_bytes(), &Budget::of(text.len()), &mut |_| count += 1);
            assert_eq!(count, 0, "{text}");
        }
    }
}
