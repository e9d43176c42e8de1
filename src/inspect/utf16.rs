/// The text of a file in UTF-16 with a byte-order mark, as UTF-8 and without the mark; what is no
/// character becomes U+FFFD. `None` without a mark.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let little = bytes.starts_with(&[0xFF, 0xFE]);
    if !little && !bytes.starts_with(&[0xFE, 0xFF]) {
        return None;
    }
    let unit = |pair: [u8; 2]| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    let rest = bytes.get(2..)?;
    let units = rest.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
    let mut text = String::with_capacity(rest.len() / 2);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_read_the_same() {
        let words = "let π = '𝄞';\n";
        let mut little = vec![0xFF, 0xFE];
        little.extend(words.encode_utf16().flat_map(u16::to_le_bytes));
        let mut big = vec![0xFE, 0xFF];
        big.extend(words.encode_utf16().flat_map(u16::to_be_bytes));
        assert_eq!(decode(&little).as_deref(), Some(words));
        assert_eq!(decode(&big).as_deref(), Some(words));
    }

    #[test]
    fn half_a_character_is_replaced_and_text_without_mark_is_left_alone() {
        assert_eq!(decode(&[0xFF, 0xFE, 0x34, 0xD8, 0x61, 0]).as_deref(), Some("\u{FFFD}a"));
        assert_eq!(decode(b"plain"), None);
    }
}
