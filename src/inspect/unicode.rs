use crate::inventory::Media;

/// The text of a file in UTF-16 or UTF-32 as UTF-8, without the byte-order mark; what is no character becomes
/// U+FFFD. `None` if it is none.
pub(super) fn decode(bytes: &[u8], media: Media) -> Option<String> {
    let (form, text) = match (media, bytes) {
        (Media::Utf16, [0xFF, 0xFE, 0, 0, text @ ..]) => (Form::Utf32(Order::Little), text),
        (Media::Utf16, [0xFF, 0xFE, text @ ..]) => (Form::Utf16(Order::Little), text),
        (Media::Utf16, [0xFE, 0xFF, text @ ..]) => (Form::Utf16(Order::Big), text),
        (Media::Binary, [0, 0, 0xFE, 0xFF, text @ ..]) => (Form::Utf32(Order::Big), text),
        // Without a mark it looks like binary data at first.
        (Media::Binary, text) => (bare_form(text)?, text),
        _ => return None,
    };
    Some(match form {
        Form::Utf16(order) => text_of_pairs(text, order),
        Form::Utf32(order) => text_of_fours(text, order),
    })
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

fn text_of_pairs(bytes: &[u8], order: Order) -> String {
    let unit = |pair: &[u8; 2]| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    };
    let units = bytes.as_chunks::<2>().0.iter().map(unit);
    let mut text = String::with_capacity(bytes.len() / 2 + 16);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

fn text_of_fours(bytes: &[u8], order: Order) -> String {
    let code = |four: &[u8; 4]| match order {
        Order::Little => u32::from_le_bytes(*four),
        Order::Big => u32::from_be_bytes(*four),
    };
    let mut text = String::with_capacity(bytes.len() / 4 + 16);
    let codes = bytes.as_chunks::<4>().0.iter().map(code);
    text.extend(codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
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
