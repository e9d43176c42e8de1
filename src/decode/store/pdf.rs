//! What the pages of a PDF say, and what else its streams hold: the dictionary before each names the filters that it went
//! through. Glyphs of embedded fonts that are numbered anew are numbers here, too.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::super::{Budget, digits85};
use super::{Found, packed};

pub(super) const MAGIC: &[u8] = b"%PDF-";

const BEGIN: &[u8] = b"stream";
const END: &[u8] = b"endstream";

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let mut at = 0;
    while let Some((head, data)) = next(bytes, &mut at) {
        if budget.is_spent() {
            return;
        }
        let dictionary = bytes.get(head).unwrap_or_default();
        let Some(filters) = filters(dictionary) else { continue };
        let start = data.start;
        let data = bytes.get(data).unwrap_or_default();
        // What stands in clear is read where it stands.
        let Some(plain) = unfiltered(data, &filters, budget) else { continue };
        let text = words(&plain);
        if !text.is_empty() {
            found(start, &text);
        }
        if !filters.is_empty() && text.is_empty() {
            found(start, &plain);
        }
    }
}

/// The next stream from a place on: its dictionary, with what may stand before it, and its bytes.
fn next(bytes: &[u8], at: &mut usize) -> Option<(Range<usize>, Range<usize>)> {
    /// Bytes of a dictionary that are looked at.
    const DICTIONARY: usize = 1 << 10;
    loop {
        let word = *at + memmem::find(bytes.get(*at..)?, BEGIN)?;
        *at = word + BEGIN.len();
        let behind = bytes.get(*at..).unwrap_or_default();
        let line_end = if behind.starts_with(b"\r\n") { 2 } else { usize::from(behind.starts_with(b"\n")) };
        let before = bytes.get(word.saturating_sub(DICTIONARY)..word).unwrap_or_default();
        if line_end == 0 || !before.trim_ascii_end().ends_with(b">>") {
            continue;
        }
        let start = *at + line_end;
        let length = memmem::find(bytes.get(start..)?, END)?;
        *at = start + length + END.len();
        let object = memmem::rfind(before, b"obj").unwrap_or(0);
        return Some((word - (before.len() - object)..word, start..start + length));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Base85,
    Hex,
    Flate,
}

/// The filters in the order in which they are undone; `None` for what holds no text: pictures, fonts, tables.
fn filters(dictionary: &[u8]) -> Option<Vec<Filter>> {
    const OTHERS: [&[u8]; 7] =
        [b"/Image", b"/Length1", b"/XRef", b"/Type1C", b"/CIDFontType0C", b"/OpenType", b"/Crypt"];
    if OTHERS.iter().any(|other| memmem::find(dictionary, other).is_some()) {
        return None;
    }
    let Some(at) = memmem::find(dictionary, b"/Filter") else { return Some(Vec::new()) };
    let names = dictionary.get(at + b"/Filter".len()..)?.trim_ascii_start();
    let (names, is_list) = match names.strip_prefix(b"[") {
        Some(list) => (list.get(..memchr(b']', list)?)?, true),
        None => (names, false),
    };
    let names = names.split(|byte| *byte == b'/').skip(1).take(if is_list { 8 } else { 1 });
    names
        .map(|name| {
            let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
            match name.get(..end)? {
                b"ASCII85Decode" | b"A85" => Some(Filter::Base85),
                b"ASCIIHexDecode" | b"AHx" => Some(Filter::Hex),
                b"FlateDecode" | b"Fl" => Some(Filter::Flate),
                _ => None,
            }
        })
        .collect()
}

fn unfiltered(data: &[u8], filters: &[Filter], budget: &Budget) -> Option<Vec<u8>> {
    let mut data = budget.take(data.len()).then(|| data.to_vec())?;
    for filter in filters {
        data = match filter {
            Filter::Base85 => {
                data.retain(|byte| !byte.is_ascii_whitespace());
                digits85::adobe(&data)?
            }
            Filter::Hex => from_hex(&data),
            Filter::Flate => packed::marked(data.trim_ascii_start(), budget)?.0,
        };
    }
    Some(data)
}

/// What digits stand for, up to the `>` that ends them.
fn from_hex(digits: &[u8]) -> Vec<u8> {
    let value = |byte: &u8| char::from(*byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let values: Vec<u8> = digits.iter().take_while(|byte| **byte != b'>').filter_map(value).collect();
    values.chunks(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect()
}

/// What a page shows: its strings, those of one array put together, for a line is set in parts with the distance between
/// them. Empty where there are none.
fn words(page: &[u8]) -> Vec<u8> {
    /// From this distance on, in thousandths of the font's size, it stands for a blank.
    const BLANK: f32 = -180.0;
    let mut text = Vec::new();
    if memmem::find(page, b"Tj").or_else(|| memmem::find(page, b"TJ")).is_none() {
        return text;
    }
    let (mut at, mut is_in_array) = (0, false);
    while let Some(byte) = page.get(at).copied() {
        let rest = page.get(at + 1..).unwrap_or_default();
        at += 1;
        match byte {
            b'(' => {
                at += literal(rest, &mut text);
                if !is_in_array {
                    text.push(b'\n');
                }
            }
            // `<<` begins a dictionary
            b'<' if rest.first() != Some(&b'<') => {
                let Some(end) = memchr(b'>', rest) else { break };
                text.extend(from_hex(rest.get(..end).unwrap_or_default()));
                at += end + 1;
                if !is_in_array {
                    text.push(b'\n');
                }
            }
            b'<' => at += 1,
            b'[' => is_in_array = true,
            b']' => {
                is_in_array = false;
                text.push(b'\n');
            }
            b'-' if is_in_array => {
                let length = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.')).count();
                let number = page.get(at - 1..at + length).unwrap_or_default();
                let distance = std::str::from_utf8(number).ok().and_then(|number| number.parse::<f32>().ok());
                if distance.is_some_and(|distance| distance < BLANK) {
                    text.push(b' ');
                }
                at += length;
            }
            _ => {}
        }
    }
    text
}

/// Adds a string in parentheses from behind the first one; how many bytes it is long.
fn literal(bytes: &[u8], text: &mut Vec<u8>) -> usize {
    let (mut at, mut depth) = (0, 1_usize);
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\\' => {
                at += escaped(bytes.get(at..).unwrap_or_default(), text);
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(byte);
    }
    at
}

/// Adds what follows a backslash; how many bytes that is.
fn escaped(bytes: &[u8], text: &mut Vec<u8>) -> usize {
    let digits = bytes.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if digits > 0 {
        let octal = bytes.iter().take(digits).fold(0_u8, |all, digit| all << 3 | (digit & 7));
        text.push(octal);
        return digits;
    }
    match bytes.first() {
        Some(b'n' | b'r') => text.push(b'\n'),
        Some(b't') => text.push(b'\t'),
        // the line goes on
        Some(b'\n' | b'\r') | None => {}
        Some(byte) => text.push(*byte),
    }
    1
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    fn flate(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    fn hex(bytes: &[u8]) -> Vec<u8> {
        bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).chain([b'>']).collect()
    }

    fn file(dictionary: &str, stream: &[u8]) -> Vec<u8> {
        let head = format!("%PDF-1.4\n1 0 obj\n<< /Length {} {dictionary} >>\nstream\n", stream.len());
        [head.as_bytes(), stream, b"\nendstream\nendobj\ntrailer << >>\n%%EOF\n"].concat()
    }

    #[test]
    fn pages_through_filters() {
        for word in ["a7f0c1e9b2d8a7f0c1e9b2d8", "words that a page shows in a line"] {
            let page = format!("BT 1 0 0 1 72 680 Tm /F1 12 Tf 14.4 TL ({word}) Tj T* ET\n");
            let expected = format!("{word}\n");
            for (dictionary, stream) in [
                ("/Filter /FlateDecode", flate(&page)),
                ("/Filter [ /ASCIIHexDecode /FlateDecode ]", hex(&flate(&page))),
                ("/Filter [/AHx/Fl]", hex(&flate(&page))),
                ("/Filter /ASCIIHexDecode", hex(page.as_bytes())),
                ("", page.clone().into_bytes()),
            ] {
                assert_eq!(blocks(uncover, &file(dictionary, &stream)), [expected.as_str()], "{dictionary}");
            }
        }
    }

    #[test]
    fn a_line_is_set_in_parts() {
        let page =
            r"BT [(ab) 12 (c\(d\)) -7.5 <6566> -250 (\147h)] TJ (next\040one) Tj ET and some more words";
        assert_eq!(blocks(uncover, &file("/Filter /FlateDecode", &flate(page))), ["abc(d)ef gh\nnext one\n"]);
    }

    #[test]
    fn what_shows_nothing_is_handed_out_as_it_is() {
        let object = "<< /Type /Annot /A << /URI (a place somewhere on the net) >> >>";
        let packed = file("/Type /ObjStm /Filter /FlateDecode", &flate(object));
        assert_eq!(blocks(uncover, &packed), [object]);
        assert!(blocks(uncover, &file("", object.as_bytes())).is_empty());
    }

    #[test]
    fn pictures_fonts_and_damage() {
        let page = "BT (a line of words that a page shows) Tj ET";
        for dictionary in [
            "/Subtype /Image /Filter /FlateDecode",
            "/Length1 99 /Filter /FlateDecode",
            "/Filter /DCTDecode",
            "/Filter [/FlateDecode /DCTDecode]",
            "/Filter [/FlateDecode",
        ] {
            assert!(blocks(uncover, &file(dictionary, &flate(page))).is_empty(), "{dictionary}");
        }
        let whole = file("/Filter /FlateDecode", &flate(page));
        for length in 0..whole.len() {
            blocks(uncover, &whole[..length]);
        }
        let nested = format!("{} Tj", "(".repeat(100_000));
        blocks(uncover, &file("", nested.as_bytes()));
        assert!(blocks(uncover, b"%PDF-1.4\nthe stream\nof time >> endstream").is_empty());
    }
}
