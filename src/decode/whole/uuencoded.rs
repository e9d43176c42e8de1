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
        assert_eq!(texts(&uuencoded::written("fares.py", TEXT.as_bytes())), [TEXT]);
        assert_eq!(texts("begin 2026 with a text\nof lines\nand more\nlines\n"), [""; 0]);
    }
}
