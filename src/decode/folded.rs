//! Lines that are folded as mail, calendars, address books, directories and the manifests of Java fold them: each goes on
//! behind a blank in the next.

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping};

/// Where such files fold a line, in bytes: at 72, 75, 76, 78.
const SHORTEST: usize = 60;
const LONGEST: usize = 80;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "folded lines", stands_in: StandsIn::OtherText, uncover };

/// Uncovers the lines of which a word goes on in the next.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if !is_headed(bytes) {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut done = 0;
    for fold in memchr::memmem::find_iter(bytes, b"\n ") {
        if fold < done {
            continue;
        }
        let Some(mut line) = folded_line(bytes, fold) else { continue };
        if !layer.afford(LONGEST) {
            return;
        }
        let from = layer.len();
        push(&mut layer, bytes, line.clone());
        while layer.len() - from < LARGEST_LAYER {
            let next = behind_fold(bytes, line.end);
            let end = next + line_end(bytes, next);
            line = next..end;
            push(&mut layer, bytes, next..without_return(bytes, end));
            done = end;
            // the blank before it counts
            if folded_line(bytes, end).is_none_or(|whole| whole.start + 1 != next) || !layer.afford(LONGEST) {
                break;
            }
            line.end = without_return(bytes, end);
        }
        layer.end();
    }
}

/// Whether a text begins with a name and a colon, as the files do that fold their lines.
fn is_headed(bytes: &[u8]) -> bool {
    const HEAD: usize = 1 << 10;
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
    let name = first.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    name > 1 && first.get(name) == Some(&b':')
}

/// The line that ends at this line end, if it is as long as folded ones are, and goes on in the middle of a word.
fn folded_line(bytes: &[u8], fold: usize) -> Option<std::ops::Range<usize>> {
    let end = without_return(bytes, fold);
    let before = bytes.get(end.saturating_sub(LONGEST + 1)..end)?;
    let start = match memchr::memrchr(b'\n', before) {
        Some(line_end) => end - before.len() + line_end + 1,
        None if before.len() == end => 0,
        None => return None,
    };
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.".contains(byte);
    let goes_on = bytes.get(fold + 1) == Some(&b' ') && bytes.get(fold + 2).is_some_and(is_of_word);
    (goes_on && end - start >= SHORTEST && before.last().is_some_and(is_of_word)).then_some(start..end)
}

/// Where the line goes on that ends there.
fn behind_fold(bytes: &[u8], end: usize) -> usize {
    end + if bytes.get(end) == Some(&b'\r') { 3 } else { 2 }
}

/// Bytes to the end of a line.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..LARGEST_LAYER).unwrap_or(rest);
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

fn without_return(bytes: &[u8], end: usize) -> usize {
    end - usize::from(end.checked_sub(1).and_then(|last| bytes.get(last)) == Some(&b'\r'))
}

fn push(layer: &mut Builder<'_>, bytes: &[u8], part: std::ops::Range<usize>) {
    layer.mark(part.start, Rate::SAME);
    layer.push(bytes.get(part).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, width: usize, fold: &str) -> String {
        let (first, rest) = text.split_at(width);
        let rest: Vec<&str> =
            rest.as_bytes().chunks(width - 1).map(|part| std::str::from_utf8(part).unwrap()).collect();
        format!("{first}{fold}{}", rest.join(fold))
    }

    #[test]
    fn folded_lines_are_one() {
        let line = format!("X-Note: {}", "one-word-".repeat(30));
        for width in [72, 75, 76, 78] {
            for fold in ["\n ", "\r\n "] {
                let end = fold.trim_end_matches(' ');
                let text = format!("Version: 1{end}{}{end}Next: 2{end}", folded(&line, width, fold));
                assert_eq!(crate::decode::testing::lines(uncover, &text).concat(), line, "{text}");
            }
        }
    }

    #[test]
    fn places_are_those_of_the_lines() {
        let line = format!("X-Note: {}", "one-word-".repeat(10));
        let text = folded(&line, 72, "\n ");
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!([0, 71, 72, 73].map(|at| layer.places.source(at)), [0, 71, 74, 75]);
        });
    }

    #[test]
    fn other_lines_stay_apart() {
        let word = "one-word-".repeat(10);
        for text in [
            format!("const a = 1;\n{}\n b", &word[..72]),
            format!("a: 1\n{}\n  b", &word[..72]),
            format!("a: 1\n{}\n b", &word[..40]),
            format!("a: 1\n{word}\n b"),
            format!("a: 1\n{}, \n b", &word[..70]),
        ] {
            assert_eq!(crate::decode::testing::lines(uncover, &text), [""; 0], "{text}");
        }
    }
}
