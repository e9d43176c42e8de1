//! Lines with a terminal's colours among their words: what was recorded of a session, or written as if to one.

use memchr::{memchr, memmem};

use super::{LEAST_LINES, Whole};

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let Some(first) = memmem::find(bytes, b"\x1b[") else { return };
    let mut text = Vec::with_capacity(bytes.len());
    let (mut rest, mut count) = (bytes, 0);
    while let Some(at) = memchr(0x1B, rest) {
        let (before, sequence) = rest.split_at(at);
        text.extend_from_slice(before);
        rest = sequence.get(length(sequence)..).unwrap_or_default();
        count += 1;
    }
    text.extend_from_slice(rest);
    if count >= LEAST_LINES {
        found(Whole { what: "terminal colours", at: first, text });
    }
}

/// Bytes of what a terminal is told here.
fn length(sequence: &[u8]) -> usize {
    let Some(arguments) = sequence.strip_prefix(b"\x1b[") else { return 1 };
    let end = arguments.iter().position(|byte| !matches!(byte, b' '..=b'?'));
    end.map_or(sequence.len(), |end| end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_without_their_colours() {
        let mut texts = Vec::new();
        let log = b"\x1b[32m+\x1b[m\x1b[32mlet \x1b[38;5;81ma\x1b[0m\n\x1b[1;31m-b\x1b[K\x1b[m\n\x1b";
        uncover(log, &mut |whole| texts.push(String::from_utf8(whole.text).unwrap()));
        assert_eq!(texts, ["+let a\n-b\n"]);
        uncover(b"a \x1b[1mword\x1b[m only", &mut |whole| panic!("{whole:?}"));
    }
}
