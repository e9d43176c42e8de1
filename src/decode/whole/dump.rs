//! Files as numbers in lines, each behind its place: what `xxd`, `hexdump` and `od` show. And files in lines of printable
//! characters, as `uuencode` writes them.

use super::{LEAST_LINES, Whole};

/// How a line begins whose place is the file's beginning.
const FIRST_PLACE: &[u8] = b"000000";

/// Whether a text is in such a form from its first line on.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(FIRST_PLACE)
        || bytes.starts_with(b"begin ") && first_line(bytes).is_some_and(is_uuencoded)
}

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if !is(bytes) {
        return;
    }
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let (what, text) = match bytes.starts_with(FIRST_PLACE) {
        true => ("a hexadecimal dump", lines.map_while(dumped).flatten().collect()),
        false => ("uuencoded text", lines.skip(1).map_while(uudecoded).flatten().collect::<Vec<_>>()),
    };
    if memchr::memchr_iter(b'\n', &text).count() >= LEAST_LINES {
        found(Whole { what, at: 0, text });
    }
}

/// The bytes of a line of a dump; `None` behind the last.
fn dumped(line: &[u8]) -> Option<Vec<u8>> {
    let place = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let behind = line.get(place..)?;
    let (numbers, is_colon) = match behind.strip_prefix(b":") {
        Some(numbers) => (numbers, true),
        None => (behind, false),
    };
    if place < FIRST_PLACE.len() || !numbers.starts_with(b" ") {
        // A line like the one before.
        return line.starts_with(b"*").then(Vec::new);
    }
    let mut bytes = Vec::new();
    for word in numbers.split(|byte| *byte == b' ') {
        let is_numbers = word.len() % 2 == 0 && word.len() <= 16 && word.iter().all(u8::is_ascii_hexdigit);
        // Behind the numbers stands what they stand for; where a colon is, two blanks are between.
        if !is_numbers || is_colon && word.is_empty() && !bytes.is_empty() {
            break;
        }
        let pairs = word.as_chunks::<2>().0.iter().filter_map(|pair| value(*pair));
        // Without a colon, numbers of two bytes and more are those of this machine: the last byte first.
        match is_colon {
            true => bytes.extend(pairs),
            false => bytes.extend(pairs.rev()),
        }
    }
    Some(bytes)
}

fn value(pair: [u8; 2]) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let [high, low] = pair;
    Some(digit(high)? << 4 | digit(low)?)
}

fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').next()
}

/// `begin 644 name`.
fn is_uuencoded(line: &[u8]) -> bool {
    let mode = line.get(6..).unwrap_or_default();
    let digits = mode.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    (3..=4).contains(&digits) && mode.get(digits) == Some(&b' ')
}

/// The bytes of a line whose first character says how many there are; `None` for the last.
fn uudecoded(line: &[u8]) -> Option<Vec<u8>> {
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

    fn rows(row: impl Fn(usize, &[u8]) -> String) -> String {
        TEXT.as_bytes().chunks(16).enumerate().map(|(number, bytes)| row(number * 16, bytes) + "\n").collect()
    }

    fn shown(bytes: &[u8]) -> String {
        bytes
            .iter()
            .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' })
            .collect()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn dumps_come_back_as_they_were() {
        let pairs = |bytes: &[u8]| bytes.iter().map(|byte| format!(" {byte:02x}")).collect::<String>();
        for page in [
            rows(|at, bytes| {
                let words: Vec<String> = bytes.chunks(2).map(hex).collect();
                format!("{at:08x}: {:<39}  {}", words.join(" "), shown(bytes))
            }),
            rows(|at, bytes| format!("{at:08x} {}  |{}|", pairs(bytes), shown(bytes))),
            rows(|at, bytes| {
                let (left, right) = bytes.split_at(bytes.len().min(8));
                format!("{at:08x} {} {}  |{}|", pairs(left), pairs(right), shown(bytes))
            }),
            rows(|at, bytes| format!("{at:07x}{}  >{}<", pairs(bytes), shown(bytes))),
            rows(|at, bytes| format!("{at:06x}{}", pairs(bytes))),
            rows(|at, bytes| {
                let word = |pair: &[u8]| format!(" {:02x}{:02x}", pair.get(1).unwrap_or(&0), pair[0]);
                format!("{at:07x}{}", bytes.chunks(2).map(word).collect::<String>())
            }),
        ] {
            assert_eq!(
                texts(&page).iter().map(|text| text.trim_end_matches('\0')).collect::<Vec<_>>(),
                [TEXT],
                "{page}"
            );
        }
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

    #[test]
    fn tables_are_no_dumps() {
        assert!(texts("0000001 Ada\n0000002 Bob\n0000003 Cy\n0000004 Di\n").is_empty());
        assert!(texts("00000000-0000-4000-8000-000000000000\n").is_empty());
    }
}
