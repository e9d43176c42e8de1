//! Texts of many lines that stand in another with their line ends written in some other way: in string literals, in
//! addresses, in pages that show code. Where such a text begins and ends doesn't matter: its lines in between are whole.

mod escaped;
mod percent;
mod shown;

/// Line ends that make a text of many lines.
const LEAST_LINES: usize = 3;
/// Bytes from one line end to the next that may still be one line.
const LONGEST_LINE: usize = 4 << 10;

/// A text of many lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    /// What it stood in: `string literals`.
    pub what: &'static str,
    /// Where that begins.
    pub at: usize,
    /// The text.
    pub text: Vec<u8>,
}

/// Uncovers texts of many lines. Is cheap where there are none.
pub(crate) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    escaped::uncover(bytes, found);
    percent::uncover(bytes, found);
    shown::uncover(bytes, found);
}

/// Stretches of a text with many of these places, near enough to each other to be line ends of one text, with what
/// belongs to the first and the last line.
fn stretches(length: usize, places: impl Iterator<Item = usize>) -> Vec<std::ops::Range<usize>> {
    let mut stretches: Vec<(usize, usize, usize)> = Vec::new();
    for place in places {
        match stretches.last_mut() {
            Some((_, last, count)) if place - *last <= LONGEST_LINE => {
                *last = place;
                *count += 1;
            }
            _ => stretches.push((place, place, 1)),
        }
    }
    let many = stretches.into_iter().filter(|(.., count)| *count >= LEAST_LINES);
    many.map(|(first, last, _)| {
        first.saturating_sub(LONGEST_LINE)..last.saturating_add(LONGEST_LINE).min(length)
    })
    .collect()
}
