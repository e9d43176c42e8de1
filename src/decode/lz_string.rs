//! Texts that lz-string packed into letters, as playgrounds and documentation sites keep code in their addresses: a code of
//! growing width for each string seen before, its lowest bit first, six bits to a letter.

use super::runs::raw_value;

/// Characters by which a text is told from other letters.
const HEAD: usize = 48;
/// Bytes of text for each letter, at most: code has some five.
const RATIO: usize = 16;
/// Strings of the table are no longer than this: others come of a crafted text alone.
const LONGEST: usize = 4 << 10;

/// The text that letters stand for, if they stand for one.
pub(super) fn text(letters: &[u8]) -> Option<Vec<u8>> {
    let most = letters.len().saturating_mul(RATIO);
    let mut bits = Bits { letters, at: 0 };
    // what was said first, as a range of the text, by its code
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut text = bits.first()?;
    let mut width = 2;
    let mut last = (0, text.len());
    table.push(last);
    loop {
        // codes up to this one are known: three of their own, and the table's
        while table.len() + 3 >= 1 << width {
            width += 1;
        }
        let start = text.len();
        match bits.next(width)? {
            code @ 0..=1 => {
                let character = bits.next(if code == 0 { 8 } else { 16 })?;
                push(&mut text, character);
                table.push((start, text.len()));
            }
            2 => return (start >= HEAD && bits.is_over()).then_some(text),
            code => match table.get(code as usize - 3) {
                Some(&(from, to)) => text.extend_from_within(from..to),
                None if code as usize - 3 == table.len() => {
                    text.extend_from_within(last.0..last.1);
                    let first = first_of(text.get(last.0..last.1)?);
                    text.extend_from_within(last.0..last.0 + first);
                }
                None => return None,
            },
        }
        let is_text = |byte: &u8| *byte >= b' ' || byte.is_ascii_whitespace();
        let is_odd = text.len() > most || !text.get(start..)?.iter().all(is_text);
        if is_odd {
            return None;
        }
        // what was said before, and the first character of this
        let end = last.1 + first_of(text.get(start..)?);
        if end - last.0 > LONGEST {
            return None;
        }
        table.push((last.0, end));
        last = (start, text.len());
    }
}

/// Bytes of the first character.
fn first_of(text: &[u8]) -> usize {
    1 + text.iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count()
}

/// Adds a character by its number. Halves of characters of UTF-16 are none.
fn push(text: &mut Vec<u8>, number: u32) {
    let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

struct Bits<'a> {
    letters: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// A number of so many bits.
    fn next(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |number, place| {
            let value = match self.letters.get(self.at / 6)? {
                // what addresses have for `/`
                b'-' => 63,
                letter => raw_value(*letter),
            };
            let bit = u32::from(value >> (5 - self.at % 6) & 1);
            self.at += 1;
            Some(number | bit << place)
        })
    }

    /// The first character, which two bits say the width of.
    fn first(&mut self) -> Option<Vec<u8>> {
        let width = match self.next(2)? {
            0 => 8,
            1 => 16,
            _ => return None,
        };
        let mut text = Vec::new();
        let number = self.next(width)?;
        (number >= u32::from(b' ') || number == u32::from(b'\n')).then_some(())?;
        push(&mut text, number);
        Some(text)
    }

    /// Whether no more letters follow than fill a group.
    fn is_over(&self) -> bool {
        self.letters.len() * 6 <= self.at + 3 * 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "// a line of code that somebody wrote\nreturn one; // \u{e9}\u{4e2d} and so on, and so on\n";
    /// The same as `compressToBase64` and `compressToEncodedURIComponent` write it.
    const PACKED: [&str; 2] = [
        "PTAEENQGwSwOwKagPYDNQGNkBMkBcALcPUAZ2QFsEAjHAT1AHcAnZPBAKGYTwFdm4KRAG5QIUAEvAtHIQ42MsiEAaWfPJCOQA",
        "PTAEENQGwSwOwKagPYDNQGNkBMkBcALcPUAZ2QFsEAjHAT1AHcAnZPBAKGYTwFdm4KRAG5QIUAEvAtHIQ42MsiEAaWfPJCOQA",
    ];

    #[test]
    fn texts_are_read() {
        for packed in PACKED {
            assert_eq!(text(packed.as_bytes()).as_deref(), Some(TEXT.as_bytes()));
            for length in 0..packed.len() - 4 {
                assert_eq!(text(&packed.as_bytes()[..length]), None, "{length}");
            }
        }
    }

    #[test]
    fn other_letters_are_none() {
        let mut state = 7_u64;
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for _ in 0..2000 {
            let random: Vec<u8> = (0..400)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    letters[(state >> 58) as usize]
                })
                .collect();
            assert_eq!(text(&random), None);
        }
        assert_eq!(text(&b"A".repeat(500)), None);
        assert_eq!(text(b"aVeryLongNameOfAFunctionThatSomebodyWroteInJavaScript"), None);
    }
}
