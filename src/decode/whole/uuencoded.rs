//! Files in lines of printable characters, as `uuencode` writes them.

use super::{LEAST_LINES, Whole};

/// Whether a text is in this form from its first line on.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(b"begin ") && first_line(bytes).is_some_and(is_head)
}

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if !is(bytes) {
        return;
    }
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let text: Vec<u8> = lines.skip(1).map_while(decoded).flatten().collect();
    if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
        found(Whole { what: "uuencoded text", at: 0, text });
    }
}

fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').next()
}

/// `begin 644 name`.
fn is_head(line: &[u8]) -> bool {
    let mode = line.get(6..).unwrap_or_default();
    let digits = mode.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    (3..=4).contains(&digits) && mode.get(digits) == Some(&b' ')
}

/// The bytes of a line whose first character says how many there are; `None` for the last.
fn decoded(line: &[u8]) -> Option<Vec<u8>> {
    let value = |byte: u8| byte.wrapping_sub(b' ') & 0x3F;
    let (first, digits) = line.split_first()?;
    let length = usize::from(value(*first));
    if length == 0 {
        return None;
    }
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let digit = |at: usize| u32::from(chunk.get(at).map_or(0, |byte| value(*byte)));
        let [_, bytes @ ..] = (digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3)).to_be_bytes();
        bytes
    });
    Some(bytes.take(length).collect())
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
