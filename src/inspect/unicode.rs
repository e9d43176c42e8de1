use crate::inventory::Media;

/// The text of a file in UTF-16 or UTF-32 as UTF-8, without the byte-order mark; what is no character becomes
/// U+FFFD. `None` if it is none.
pub(super) fn decode(bytes: &[u8], media: Media) -> Option<String> {
    let (form, start) = form(bytes, media)?;
    let mut text = String::with_capacity(bytes.len() / form.width() + 16);
    let mut at = start;
    while let Some((character, next)) = form.character(bytes, at) {
        text.push(character);
        at = next;
    }
    Some(text)
}

/// Decodes a text with a byte-order mark where it is, so that it takes no memory of its own, and says how
/// long it is then. `None` if it is none, or has so many characters of three bytes that it wouldn't fit.
pub(super) fn decode_there(bytes: &mut [u8], media: Media) -> Option<usize> {
    let (form, start) = form(bytes, media).filter(|_| media == Media::Utf16)?;
    let (mut at, mut length) = (start, 0);
    while let Some((character, next)) = form.character(bytes, at) {
        (at, length) = (next, length + character.len_utf8());
        if length > at {
            return None;
        }
    }
    (at, length) = (start, 0);
    while let Some((character, next)) = form.character(bytes, at) {
        let end = length + character.len_utf8();
        character.encode_utf8(bytes.get_mut(length..end)?);
        (at, length) = (next, end);
    }
    Some(length)
}

/// How a text is written, and where its first character is.
fn form(bytes: &[u8], media: Media) -> Option<(Form, usize)> {
    match (media, bytes) {
        (Media::Utf16, [0xFF, 0xFE, 0, 0, ..]) => Some((Form::Utf32(Order::Little), 4)),
        (Media::Utf16, [0xFF, 0xFE, ..]) => Some((Form::Utf16(Order::Little), 2)),
        (Media::Utf16, [0xFE, 0xFF, ..]) => Some((Form::Utf16(Order::Big), 2)),
        (Media::Binary, [0, 0, 0xFE, 0xFF, ..]) => Some((Form::Utf32(Order::Big), 4)),
        // Without a mark it looks like binary data at first.
        (Media::Binary, text) => Some((bare_form(text)?, 0)),
        _ => None,
    }
}

/// The same for a text that was decoded from another form, which has no type yet.
pub(super) fn decode_inner(bytes: &[u8]) -> Option<String> {
    decode(bytes, Media::Utf16).or_else(|| decode(bytes, Media::Binary))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Utf16(Order),
    Utf32(Order),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Form {
    /// Bytes of a unit.
    fn width(self) -> usize {
        match self {
            Self::Utf16(_) => 2,
            Self::Utf32(_) => 4,
        }
    }

    /// The character at an offset, and where the next one is.
    fn character(self, bytes: &[u8], at: usize) -> Option<(char, usize)> {
        match self {
            Self::Utf16(order) => {
                let unit = |at: usize| {
                    let pair = bytes.get(at..)?.first_chunk()?;
                    Some(match order {
                        Order::Little => u16::from_le_bytes(*pair),
                        Order::Big => u16::from_be_bytes(*pair),
                    })
                };
                let units = std::iter::once(unit(at)?).chain(unit(at + 2));
                Some(match char::decode_utf16(units).next()? {
                    Ok(character) => (character, at + 2 * character.len_utf16()),
                    Err(_) => (char::REPLACEMENT_CHARACTER, at + 2),
                })
            }
            Self::Utf32(order) => {
                let four = bytes.get(at..)?.first_chunk()?;
                let code = match order {
                    Order::Little => u32::from_le_bytes(*four),
                    Order::Big => u32::from_be_bytes(*four),
                };
                Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), at + 4))
            }
        }
    }
}

/// Characters looked at to tell the form of a text without a mark.
const LOOKED_AT: usize = 16;

/// The form of a text without a mark: its first characters are ASCII, as in JSON and code.
fn bare_form(bytes: &[u8]) -> Option<Form> {
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let pairs = bytes.as_chunks::<2>().0;
    let fours = bytes.as_chunks::<4>().0;
    let pair = |low: u8, high: u8| high == 0 && is_text(low);
    let four = |low: u8, others: [u8; 3]| others == [0; 3] && is_text(low);
    if begins(pairs, |[low, high]| pair(*low, *high)) {
        Some(Form::Utf16(Order::Little))
    } else if begins(pairs, |[high, low]| pair(*low, *high)) {
        Some(Form::Utf16(Order::Big))
    } else if begins(fours, |[low, a, b, c]| four(*low, [*a, *b, *c])) {
        Some(Form::Utf32(Order::Little))
    } else if begins(fours, |[a, b, c, low]| four(*low, [*a, *b, *c])) {
        Some(Form::Utf32(Order::Big))
    } else {
        None
    }
}

/// Whether the first characters are all of a kind.
fn begins<T>(characters: &[T], is: impl Fn(&T) -> bool) -> bool {
    characters.get(..LOOKED_AT).is_some_and(|first| first.iter().all(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn both_byte_orders_read_the_same() {
        let words = "let π = '𝄞';\n";
        for bytes in [little(&format!("\u{FEFF}{words}")), big(&format!("\u{FEFF}{words}"))] {
            assert_eq!(decode(&bytes, Media::Utf16).as_deref(), Some(words));
        }
    }

    #[test]
    fn what_fits_is_decoded_where_it_stands() {
        let there = |mut bytes: Vec<u8>| {
            let before = bytes.clone();
            match decode_there(&mut bytes, Media::Utf16) {
                Some(length) => Some(String::from_utf8(bytes[..length].to_vec()).unwrap()),
                None => {
                    assert_eq!(bytes, before, "it is left alone");
                    None
                }
            }
        };
        for words in ["", "let a = 1;\n", "let π = '𝄞𝄞𝄞';\n", "漢字", "a漢b字c漢"] {
            for bytes in [little(&format!("\u{FEFF}{words}")), big(&format!("\u{FEFF}{words}"))] {
                assert_eq!(there(bytes).as_deref(), Some(words));
            }
        }
        assert_eq!(there(little("\u{FEFF}漢字漢字")), None);
        assert_eq!(there(b"plain".to_vec()), None);
    }

    #[test]
    fn four_bytes_a_character_read_the_same() {
        let words = "let π = '𝄞'; // and so on";
        let orders: [fn(u32) -> [u8; 4]; 2] = [u32::to_le_bytes, u32::to_be_bytes];
        for (to_bytes, mark) in orders.into_iter().flat_map(|order| [(order, "\u{FEFF}"), (order, "")]) {
            let text = format!("{mark}export const a = 1; {words}");
            let bytes: Vec<u8> = text.chars().flat_map(|one| to_bytes(one.into())).collect();
            let wanted = text.trim_start_matches('\u{FEFF}');
            assert_eq!(decode_inner(&bytes).as_deref(), Some(wanted), "{mark:?}");
            let media = crate::unpack::sniff(&bytes, bytes.len() as u64);
            assert_eq!(decode(&bytes, media).as_deref(), Some(wanted), "{media:?}");
        }
    }

    #[test]
    fn half_a_character_is_replaced() {
        let halved = [0xFF, 0xFE, 0x34, 0xD8, 0x61, 0];
        assert_eq!(decode(&halved, Media::Utf16).as_deref(), Some("\u{FFFD}a"));
    }

    #[test]
    fn text_without_a_mark_is_told_by_its_beginning() {
        for words in [
            "{\"version\": 3, \"file\": \"ä\"}",
            "\n  [1, 2, 3, 4, 5, 6]",
            "export const a = 1; // and so on, for more than sixteen characters: ä",
        ] {
            for bytes in [little(words), big(words)] {
                assert_eq!(decode(&bytes, Media::Binary).as_deref(), Some(words), "{words}");
                assert_eq!(decode_inner(&bytes).as_deref(), Some(words), "{words}");
            }
        }
    }

    #[test]
    fn what_is_no_utf16_is_left_alone() {
        let table: Vec<u8> = (0..200u16).flat_map(u16::to_le_bytes).collect();
        let table_of_four: Vec<u8> = (0..200u32).flat_map(u32::to_le_bytes).collect();
        for (bytes, media) in [
            (&b"plain text, and more than sixteen characters"[..], Media::Text),
            (&table_of_four, Media::Binary),
            (b"{\0\x01\x90 and so on and so on and so on", Media::Binary),
            (&table, Media::Binary),
            (b"a\0b\0c\0", Media::Binary),
        ] {
            assert_eq!(decode(bytes, media), None, "{}", bytes.escape_ascii());
        }
    }
}
