//! Encoded maps: in a `data:` URL, and as base64 without one.

use std::ops::Range;

use crate::inspect::coding::Coding;
use crate::inspect::map::{DataUrl, base64_run, data_url, in_alphabet};
use crate::inspect::{Hit, InnerText, MOST_INNER};
use crate::unpack;

use super::wrapped::{self, Wrapped};
use super::{COMMENT, Needle, is_data};

/// `sourcesContent` in base64, at each of the places that it can have in a group of three bytes, and the place
/// of the needle in its group of four characters.
pub(super) const BASE64: [(&[u8], usize); 3] =
    [(b"c291cmNlc0NvbnRlbn", 0), (b"NvdXJjZXNDb250ZW50", 2), (b"zb3VyY2VzQ29udGVud", 3)];

/// `{"version":3` in base64. Where it is a map begins, however its lines are broken.
pub(super) const BEGINNING: (&[u8], usize) = (b"eyJ2ZXJzaW9uIjoz", 0);

/// The needles of base64, in their order.
pub(super) fn needles() -> impl Iterator<Item = &'static (&'static [u8], usize)> {
    BASE64.iter().chain([&BEGINNING])
}

/// An encoded text that may be a map.
#[derive(Debug)]
pub(super) struct Encoded {
    /// Where the needle is: the place to tell people.
    pub hit: usize,
    /// All of it.
    pub range: Range<usize>,
    pub text: InnerText,
}

/// Every encoded map of a text, in its order.
pub(super) fn maps(bytes: &[u8], hits: &[Hit]) -> Vec<Encoded> {
    let mut maps = Vec::new();
    let mut done = 0;
    for hit in hits {
        let Some(needle @ (Needle::Link | Needle::Base64 { .. })) = Needle::of(hit) else { continue };
        if hit.offset < done {
            continue;
        }
        // One more than are looked at shows that there are too many.
        if maps.len() > MOST_INNER {
            break;
        }
        let mut lines_end = 0;
        let found = match needle {
            Needle::Base64 { phase } => {
                let lines = wrapped::around(bytes, done, hit.offset);
                lines_end = lines.as_ref().map_or(0, |lines| lines.range.end);
                if let Some((range, text)) = in_lines(bytes, lines) {
                    done = range.end;
                    maps.push(Encoded { hit: range.start, range, text });
                    continue;
                }
                bare(bytes, done, hit.offset, phase)
            }
            _ => in_url(bytes, hit.offset + COMMENT.len()),
        };
        // Lines that make no map are not read again.
        done = done.max(lines_end);
        let Some((range, coding)) = found else { continue };
        done = done.max(range.end);
        let at = if needle == Needle::Link { hit.offset } else { range.start };
        if coding == Some(Coding::Base64)
            && let Some((lines, text)) = in_lines(bytes, wrapped::from(bytes, range.start))
        {
            done = lines.end;
            maps.push(Encoded { hit: at, range: lines, text });
        } else if let Some(coding) = coding
            && looks_like_json(bytes.get(range.clone()).unwrap_or_default(), coding)
        {
            let text = InnerText::Coded(range.clone(), coding);
            maps.push(Encoded { hit: at, range, text });
        }
    }
    maps
}

/// The text of base64 in several lines, with or without the first one, if it looks like a map.
fn in_lines(bytes: &[u8], lines: Option<Wrapped>) -> Option<(Range<usize>, InnerText)> {
    let read = |lines: &Wrapped| {
        let joined = lines.joined(bytes);
        let text = || (lines.range.clone(), InnerText::Clear(Coding::Base64.decoded(&joined)));
        looks_like_json(&joined, Coding::Base64).then(text)
    };
    let lines = lines?;
    read(&lines).or_else(|| read(&lines.without_first()?))
}

/// The payload of a `data:` URL that begins at `start`. One in plain text has no coding: the reader of maps finds
/// it where it is.
fn in_url(bytes: &[u8], start: usize) -> Option<(Range<usize>, Option<Coding>)> {
    let line = bytes.get(start..)?;
    let spaces = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let url = line.get(spaces..)?;
    let DataUrl { payload, coding } = is_data(url).then(|| data_url(url)).flatten()?;
    let base = start + spaces;
    Some((base + payload.start..base + payload.end, coding))
}

/// The base64 around a needle, from a place on that fits the needle's.
fn bare(bytes: &[u8], from: usize, needle: usize, phase: usize) -> Option<(Range<usize>, Option<Coding>)> {
    let before = bytes.get(from..needle)?;
    let run = before.iter().rev().take_while(|byte| in_alphabet(**byte)).count();
    let start = needle - run + (run + 4 - phase) % 4;
    // The rest is read only for a needle that fits: otherwise it would be for each.
    let rest = bytes.get(start..).filter(|_| start <= needle)?;
    Some((start..start + base64_run(rest), Some(Coding::Base64)))
}

/// Whether the decoded text begins like a document, or like a compressed one, by its first characters.
fn looks_like_json(coded: &[u8], coding: Coding) -> bool {
    const HEAD: usize = 256;
    let head = coding.decoded(coded.get(..HEAD).unwrap_or(coded));
    let marks = [&b"\xFF\xFE"[..], b"\xFE\xFF", b"\0{", b"\0\0\0{", b"\0\0\xFE\xFF", b"\xEF\xBB\xBF"];
    matches!(head.trim_ascii_start().first(), Some(b'{' | b'[' | b')'))
        || marks.iter().any(|start| head.starts_with(start))
        || unpack::is_packed(&head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needles_are_those_of_base64() {
        use base64::Engine as _;
        for before in 0..3 {
            let text = format!("{}sourcesContent", "{".repeat(before));
            let encoded = base64::prelude::BASE64_STANDARD.encode(text);
            let found = BASE64.iter().filter_map(|(needle, phase)| {
                let at = memchr::memmem::find(encoded.as_bytes(), needle)?;
                Some(at % 4 == *phase)
            });
            assert_eq!(found.collect::<Vec<bool>>(), [true], "{encoded}");
        }
    }
}
