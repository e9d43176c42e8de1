//! Line ends written `%0A`, or `%5Cn` and `%2310%3B` where a text in quotes or an attribute was encoded: `data:` addresses,
//! and whatever else was put into an address.

use super::{Whole, stretches};
use crate::decode::percent;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let line_end = |at: &usize| {
        let sign = bytes.get(at + 1..).unwrap_or_default();
        matches!(sign, [b'0', b'A' | b'a', ..] | [b'5', b'C' | b'c', b'n', ..])
            || sign.get(..7).is_some_and(|sign| sign.eq_ignore_ascii_case(b"2310%3B"))
    };
    for stretch in stretches(bytes, memchr::memchr_iter(b'%', bytes).filter(line_end)) {
        let at = stretch.start;
        let text = percent::plain(bytes.get(stretch).unwrap_or_default()).into_owned();
        found(Whole { what: "percent-encoded text", at, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was_written() {
        let text = "a = 100%;\nb\nc\nd\n";
        let coded: String = text
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
        let mut found = Vec::new();
        uncover(format!("url(data:text/plain,{coded})").as_bytes(), &mut |whole| found.push(whole.text));
        assert!(String::from_utf8_lossy(&found[0]).contains(text));
        let quoted = "x=%22a%5Cnb%5Cnc%5cnd%22";
        uncover(quoted.as_bytes(), &mut |whole| found.push(whole.text));
        assert_eq!(found[1], b"x=\"a\\nb\\nc\\nd\"");
        uncover(b"https://a.example/?q=one%0Atwo", &mut |whole| panic!("{whole:?}"));
    }
}
