//! The policy's markers: literals by needle, patterns by search.

use crate::inventory::MentionKind;
use crate::plain::Plain;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "marker", needles, inspect };

/// Forms in which a literal is looked for: as it is, escaped as in JSON, the same with `\u` for what
/// is not ASCII, and in UTF-16 of both byte orders.
const FORMS: usize = 5;
/// Matches of one pattern that are counted per entry.
const MOST_MATCHES: usize = 10_000;

fn needles(wanted: &ScanOptions) -> Vec<Vec<u8>> {
    wanted.markers.iter().flat_map(|marker| forms(marker)).collect()
}

/// The forms of a literal; one that equals an earlier form is left empty, so that numbers stay.
fn forms(marker: &str) -> [Vec<u8>; FORMS] {
    let escaped = serde_json::to_string(marker).unwrap_or_default();
    let escaped = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or_default();
    let mut ascii = String::new();
    for character in escaped.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    let unless = |form: &str, same: &str| if form == same { Vec::new() } else { form.as_bytes().to_vec() };
    // Without the zero at its end or beginning, ASCII in either byte order is the same.
    let mut little: Vec<u8> = marker.encode_utf16().flat_map(u16::to_le_bytes).collect();
    little.pop_if(|last| *last == 0);
    let big: Vec<u8> = marker.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let big = big.strip_prefix(&[0]).unwrap_or(&big);
    let big = if big == little { Vec::new() } else { big.to_vec() };
    [marker.as_bytes().to_vec(), unless(escaped, marker), unless(&ascii, escaped), little, big]
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    if mention::is_packed(sample.media) {
        return;
    }
    for hit in hits {
        if let Some(marker) = scanner.options.markers.get(hit.needle / FORMS) {
            mention::add(sink.entry, MentionKind::Marker, marker, || sample.at(hit.offset));
        }
    }
    if scanner.options.marker_patterns.is_empty() {
        return;
    }
    let plain = sample.media.is_text().then(|| Plain::of(sample.bytes)).flatten();
    for pattern in &scanner.options.marker_patterns {
        let mut any = false;
        for found in pattern.find_iter(sample.bytes).filter(|found| !found.is_empty()).take(MOST_MATCHES) {
            let what = String::from_utf8_lossy(found.as_bytes());
            mention::add(sink.entry, MentionKind::Marker, &what, || sample.at(found.start()));
            any = true;
        }
        let Some(plain) = plain.as_ref().filter(|_| !any) else { continue };
        for found in pattern.find_iter(&plain.bytes).filter(|found| !found.is_empty()).take(MOST_MATCHES) {
            let what = String::from_utf8_lossy(found.as_bytes());
            let at = || sample.at(plain.place(found.start()));
            mention::add(sink.entry, MentionKind::Marker, &what, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use regex::bytes::Regex;

    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media, Mention};

    fn mentions(wanted: ScanOptions, media: Media, bytes: &[u8]) -> Vec<Mention> {
        let mut entry = Entry { media, ..Entry::default() };
        inspect(bytes, &Scanner::new(wanted), &mut entry);
        entry.mentions.retain(|mention| mention.kind == MentionKind::Marker);
        entry.mentions.into()
    }

    fn literal(marker: &str) -> ScanOptions {
        ScanOptions { markers: vec![marker.to_owned()], ..ScanOptions::default() }
    }

    fn pattern(pattern: &str) -> ScanOptions {
        ScanOptions {
            marker_patterns: vec![Regex::new(pattern).expect("a pattern")],
            ..ScanOptions::default()
        }
    }

    #[test]
    fn the_first_place_and_the_count_of_a_literal() {
        let found = mentions(literal("ACME ONLY"), Media::Text, b"// ok\n  // ACME ONLY\nx('ACME ONLY')");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].what.as_str(), found[0].count), ("ACME ONLY", 2));
        assert_eq!((found[0].at.line, found[0].at.column), (Some(2), Some(6)));
        assert!(mentions(literal("ACME ONLY"), Media::Text, b"acme only, ACME  ONLY").is_empty());
    }

    #[test]
    fn a_literal_is_found_escaped_in_json() {
        let map = r#"{"sourcesContent":["/* say \"nur f\u00fcr ACME\" */\n"]}"#;
        assert_eq!(mentions(literal("\"nur für ACME\""), Media::Text, map.as_bytes()).len(), 1);
        let map = r#"{"sourcesContent":["/* say \"nur für ACME\" */\n"]}"#;
        assert_eq!(mentions(literal("\"nur für ACME\""), Media::Text, map.as_bytes()).len(), 1);
    }

    #[test]
    fn a_literal_is_found_in_binaries_in_utf_16_too() {
        let mut program = vec![0u8; 10];
        program.extend("ACME ONLY".encode_utf16().flat_map(u16::to_le_bytes));
        let found = mentions(literal("ACME ONLY"), Media::Pe, &program);
        assert_eq!((found.len(), found[0].at.offset, found[0].at.line), (1, 10, None));
        program.truncate(12);
        assert!(mentions(literal("ACME ONLY"), Media::Pe, &program).is_empty());
    }

    #[test]
    fn a_text_in_utf_16_is_searched_with_its_lines() {
        let mut text = vec![0xFF, 0xFE];
        text.extend("a\n\n ACME-7 \n".encode_utf16().flat_map(u16::to_le_bytes));
        let found = mentions(pattern(r"ACME-\d"), Media::Utf16, &text);
        assert_eq!((found.len(), found[0].at.line, found[0].at.column), (1, Some(3), Some(2)));
    }

    #[test]
    fn a_pattern_is_found_over_escaped_line_ends() {
        let map = r#"{"sourcesContent":["let a;\n// @team core\nlet b;"]}"#;
        let found = mentions(pattern(r"(?m)^// @team \w+$"), Media::Text, map.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].what.as_str(), found[0].at.offset), ("// @team core", 28));
        assert!(mentions(pattern("^never$"), Media::Text, map.as_bytes()).is_empty());
    }

    #[test]
    fn compressed_bytes_are_not_searched() {
        assert!(mentions(literal("ACME"), Media::Gzip, b"ACME").is_empty());
    }
}
