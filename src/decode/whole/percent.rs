//! Line ends written `%0A`: `data:` addresses, and whatever else was put into an address.

use memchr::{memchr, memmem};

use super::{Whole, stretches};

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let line_end = |at: &usize| matches!(bytes.get(at + 2), Some(b'A' | b'a'));
    for stretch in stretches(bytes, memmem::find_iter(bytes, b"%0").filter(line_end)) {
        let at = stretch.start;
        let text = plain(bytes.get(stretch).unwrap_or_default());
        found(Whole { what: "percent-encoded text", at, text });
    }
}

fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'%', rest) {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        let digits = escape.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let length = match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                3
            }
            None => {
                out.push(b'%');
                1
            }
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
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
        uncover(b"https://a.example/?q=one%0Atwo", &mut |whole| panic!("{whole:?}"));
    }
}
