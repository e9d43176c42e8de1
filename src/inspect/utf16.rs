use crate::inventory::Media;

/// The text of a file in UTF-16 as UTF-8, without the byte-order mark; what is no character becomes U+FFFD.
/// `None` if it is none.
pub(super) fn decode(bytes: &[u8], media: Media) -> Option<String> {
    let (order, text) = match (media, bytes) {
        (Media::Utf16, [0xFF, 0xFE, text @ ..]) => (Order::Little, text),
        (Media::Utf16, [0xFE, 0xFF, text @ ..]) => (Order::Big, text),
        // Without a mark it looks like binary data at first.
        (Media::Binary, text) => (bare_order(text)?, text),
        _ => return None,
    };
    Some(text_of(text, order))
}

/// The same for a text that was decoded from another form, which has no type yet.
pub(super) fn decode_inner(bytes: &[u8]) -> Option<String> {
    decode(bytes, Media::Utf16).or_else(|| decode(bytes, Media::Binary))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

fn text_of(bytes: &[u8], order: Order) -> String {
    let unit = |pair: &[u8; 2]| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    };
    let units = bytes.as_chunks::<2>().0.iter().map(unit);
    let mut text = String::with_capacity(bytes.len() / 2 + 16);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

/// The byte order of UTF-16 without a mark: its first characters are ASCII, as in JSON and code.
fn bare_order(bytes: &[u8]) -> Option<Order> {
    const LOOKED_AT: usize = 16;
    let pairs = bytes.as_chunks::<2>().0;
    let pairs = pairs.get(..LOOKED_AT).unwrap_or(pairs);
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let little = || pairs.iter().all(|[low, high]| *high == 0 && is_text(*low));
    let big = || pairs.iter().all(|[high, low]| *high == 0 && is_text(*low));
    if pairs.len() < LOOKED_AT {
        None
    } else if little() {
        Some(Order::Little)
    } else {
        big().then_some(Order::Big)
    }
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
        for (bytes, media) in [
            (&b"plain text, and more than sixteen characters"[..], Media::Text),
            (b"{\0\x01\x90 and so on and so on and so on", Media::Binary),
            (&table, Media::Binary),
            (b"a\0b\0c\0", Media::Binary),
        ] {
            assert_eq!(decode(bytes, media), None, "{}", bytes.escape_ascii());
        }
    }
}
