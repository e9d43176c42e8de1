//! Lines that R wrote down one by one, each behind its length, as it keeps the source of functions with them.

use memchr::memmem;

use super::{LEAST_LINES, Whole};

/// What values begin with that R wrote down in its portable form, of versions 2 and 3.
const MAGICS: [&[u8]; 2] = [b"X\n\0\0\0\x02", b"X\n\0\0\0\x03"];
/// What stands before the length of a text: its type, and that it is ASCII, UTF-8 or Latin-1.
const TEXT: &[u8] = b"\0\x09";
const ENCODINGS: [&[u8]; 4] = [b"\0\x04", b"\0\0", b"\0\x08", b"\0\x02"];
/// Longer texts are no lines.
const LONGEST: usize = 1000;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if !MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return;
    }
    let mut text = Vec::new();
    let mut behind = 0;
    for at in memmem::find_iter(bytes, TEXT) {
        let (before, here) = bytes.split_at(at);
        let is_text = at >= behind && ENCODINGS.iter().any(|encoding| before.ends_with(encoding));
        let Some((length, rest)) = here.get(TEXT.len()..).and_then(<[u8]>::split_first_chunk) else { break };
        let length = u32::from_be_bytes(*length) as usize;
        if let Some(line) =
            rest.get(..length).filter(|line| is_text && length <= LONGEST && !line.contains(&0))
        {
            text.extend_from_slice(line);
            text.push(b'\n');
            behind = at + TEXT.len() + 4 + length;
        }
    }
    if memchr::memchr_iter(b'\n', &text).nth(LEAST_LINES - 1).is_some() {
        found(Whole { what: "values of R", at: 0, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of texts, as R writes it.
    fn serialized(lines: &[&str]) -> Vec<u8> {
        let text =
            |line: &&str| [b"\0\x04\0\x09", &(line.len() as u32).to_be_bytes()[..], line.as_bytes()].concat();
        let head = b"X\n\0\0\0\x03\0\x04\x02\x02\0\x03\x05\0\0\0\0\x05UTF-8\0\0\0\x10\0\0\0\x03";
        [head.to_vec(), lines.iter().map(text).collect::<Vec<_>>().concat()].concat()
    }

    #[test]
    fn lines_behind_their_lengths() {
        let mut texts = Vec::new();
        let mut found = |whole: Whole| texts.push(String::from_utf8(whole.text).unwrap());
        uncover(&serialized(&["# poor years", "yield <- function(trees) {", "", "}"]), &mut found);
        uncover(&serialized(&["one"]), &mut found);
        uncover(b"X\n is how it begins", &mut found);
        assert_eq!(texts, ["# poor years\nyield <- function(trees) {\n\n}\n"]);
    }
}
