//! Files in lines of printable characters, as `uuencode` writes them.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "uuencoded text", stands_in: StandsIn::OtherText, uncover };

/// Uncovers the file that a text is in this form.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if !is(bytes) || !budget.take_alone(bytes.len()) {
        return;
    }
    let text = text(bytes);
    // lines have a length and an end besides
    let rate = Rate(bytes.len(), text.len());
    Builder::new(WRAPPING.name, true, budget, found).alone(text, [(0, 0)], rate);
}

/// Whether a text is in this form from its first line on.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(b"begin ") && first_line(bytes).is_some_and(is_head)
}

/// What such a text stands for.
pub(super) fn text(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.skip(1).map_while(decoded).flatten().collect()
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

/// A file in this form, for tests.
#[cfg(test)]
pub(crate) fn written(name: &str, bytes: &[u8]) -> String {
    let digit = |value: u32| char::from(b' ' + (value & 0x3F) as u8);
    let line = |bytes: &[u8]| {
        let groups = bytes.chunks(3).flat_map(|group| {
            let at = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
            let all = at(0) << 16 | at(1) << 8 | at(2);
            [all >> 18, all >> 12, all >> 6, all].map(digit)
        });
        format!("{}{}\n", digit(bytes.len() as u32), groups.collect::<String>())
    };
    let lines: String = bytes.chunks(45).map(line).collect();
    format!("begin 644 {name}\n{lines}`\nend\n")
}
