//! Text that PostScript prints: pieces in brackets, with commands between them that say where each is put.

use super::{LEAST_LINES, Whole};

/// Commands that go on elsewhere, as programs that print source call them.
const MOVES: [&[u8]; 5] = [b"M", b"N", b"n", b"moveto", b"rmoveto"];

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if !bytes.starts_with(b"%!PS") {
        return;
    }
    let mut text = Vec::new();
    let mut height = None;
    let mut rest = bytes;
    while let Some(open) = memchr::memchr(b'(', rest) {
        let (commands, piece) = rest.split_at(open);
        if commands.split(u8::is_ascii_whitespace).any(|command| MOVES.contains(&command)) {
            text.push(b'\n');
        }
        let before = text.len();
        let length = push(&mut text, piece);
        rest = piece.get(length..).unwrap_or_default();
        let placed = height_of(rest).filter(|now| height.replace(*now) != Some(*now));
        if is_put(rest) || placed.is_some() {
            text.insert(before, b'\n');
        }
    }
    if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
        found(Whole { what: "a print in PostScript", at: 0, text });
    }
}

/// Whether a string is put where the numbers behind it say, as Vim does with the first of a line: `(text)50 700 ms`.
fn is_put(behind: &[u8]) -> bool {
    /// Bytes of two numbers and a command.
    const LONGEST: usize = 40;
    let line =
        behind.get(..LONGEST).unwrap_or(behind).split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.trim_ascii_end().ends_with(b" ms")
}

/// How high a string is put by groff's commands, which stand behind its place: `(text)72 84 Q`.
fn height_of(behind: &[u8]) -> Option<&[u8]> {
    /// Bytes of two numbers and a command.
    const LONGEST: usize = 40;
    let near = behind.get(..LONGEST).unwrap_or(behind);
    let mut words = near.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let is_number = |word: &[u8]| word.iter().all(|byte| byte.is_ascii_digit() || b".-".contains(byte));
    words.next().filter(|word| is_number(word))?;
    let height = words.next().filter(|word| is_number(word))?;
    let command = words.next()?;
    matches!(command, [b'Q'..=b'T'] | [b'Q'..=b'T', b'(', ..]).then_some(height)
}

/// Adds what the string stands for that begins here. Returns its length.
fn push(text: &mut Vec<u8>, string: &[u8]) -> usize {
    let (mut at, mut depth) = (1, 0);
    while let Some(byte) = string.get(at) {
        match byte {
            b'\\' => {
                text.extend(string.get(at + 1));
                at += 1;
            }
            b')' if depth == 0 => return at + 1,
            _ => {
                depth += usize::from(*byte == b'(');
                depth -= usize::from(*byte == b')');
                text.push(*byte);
            }
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together() {
        let mut texts = Vec::new();
        let mut found = |whole: Whole| texts.push(String::from_utf8(whole.text).unwrap());
        uncover(
            b"%!PS-Adobe-3.0\n5 701 M\n(static) s\n/Courier 10 selectfont\n( int f\\(int a\\)) s\n5 690 M\n({) s\n5 680 M\n(  return a; \\\\n) s\n",
            &mut found,
        );
        uncover(
            b"%!PS-Adobe-3.0\n(/* it's (so) */) c n\n(return) K\n( one;) p n\n(}) p n\n(int a;) p n\n",
            &mut found,
        );
        uncover(
            b"%!PS-Adobe-3.0\n(int one;)50 700 ms\nF1 sf\n(return)50 690 ms\nF0 sf\n( one;)s\n(})50 680.5 ms\n",
            &mut found,
        );
        uncover(
            b"%!PS-Adobe-3.0\n/F0 10/Courier@0 SF(int one;)72 84 Q 2.5(return)72\n96 R .6( one)-.1 E(;)72 96 Q(})72 108.5 Q F0(int b;)72 120 Q\n",
            &mut found,
        );
        uncover(b"f(a); M (b) M (c) M", &mut found);
        assert_eq!(
            texts,
            [
                "\nstatic int f(int a)\n{\n  return a; \\n",
                "/* it's (so) */\nreturn one;\n}\nint a;",
                "\nint one;\nreturn one;\n}",
                "\nint one;\nreturn one;\n}\nint b;"
            ]
        );
    }
}
