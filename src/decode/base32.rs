//! Text in base32: capitals and the digits from 2 to 7.

/// The text that characters of base32 stand for, if all of them are and it is one.
pub(super) fn text(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    };
    let mut text = Vec::with_capacity(digits.len() / 8 * 5 + 5);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits {
        bits = bits << 5 | u32::from(value(*digit)?);
        count += 5;
        if count >= 8 {
            count -= 8;
            text.push((bits >> count) as u8);
            // what is no text is told by the first few
            if !matches!(text.last(), Some(b' '..=b'~' | b'\t' | b'\r' | b'\n')) {
                return None;
            }
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_other_capitals() {
        assert_eq!(text(b"MEQHIZLYOQQHI2DBOQ").as_deref(), Some(&b"a text that"[..]));
        for none in [&b"MEQHIZLYOQQHI2DBOQ="[..], b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", b"a", b"ONE_NAME"] {
            assert_eq!(text(none), None);
        }
    }
}
