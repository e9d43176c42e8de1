//! The text that a uuencoded file is.

use super::{LEAST_LINES, Whole};
use crate::decode::uuencoded;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if !uuencoded::is(bytes) {
        return;
    }
    let text = uuencoded::text(bytes);
    if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
        found(Whole { what: "uuencoded text", at: 0, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why it is so\ndef f(a):\n    return a + 1\n\n\nx = f(2)\n";

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &mut |whole| found.push(String::from_utf8(whole.text).unwrap()));
        found
    }

    #[test]
    fn uuencoded_text_comes_back() {
        let digit = |value: u32| char::from(b' ' + (value & 0x3F) as u8);
        let line = |bytes: &[u8]| {
            let groups = bytes.chunks(3).flat_map(|group| {
                let at = |at: usize| u32::from(*group.get(at).unwrap_or(&0));
                let all = at(0) << 16 | at(1) << 8 | at(2);
                [all >> 18, all >> 12, all >> 6, all].map(digit)
            });
            format!("{}{}\n", digit(bytes.len() as u32), groups.collect::<String>())
        };
        let lines: String = TEXT.as_bytes().chunks(45).map(line).collect();
        assert_eq!(texts(&format!("begin 644 fares.py\n{lines}`\nend\n")), [TEXT]);
        assert_eq!(texts("begin 2026 with a text\nof lines\nand more\nlines\n"), [""; 0]);
    }
}
