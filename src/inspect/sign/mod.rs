//! Signs: what the content of a file must look like to be a stray of a certain sort, where its name alone is
//! not enough. The table of strays asks for them by name.

mod checks;
mod content;
mod database;
mod keystore;
mod listing;
mod open_head;
mod paths;
mod people;
mod table;

use std::sync::LazyLock;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner};
use crate::inventory::OPEN_HEAD;

use content::{Content, SIGNS};

pub(crate) use checks::LOCALHOST_CERTIFICATE;
pub(crate) use listing::SOURCE_TEXT;
pub(super) use listing::{is_hidden as hides_source, sign_at as sign_of_source};
pub(crate) use paths::{Match, is_excepted, matches};
pub(crate) use table::{STRAYS, StrayRow, StrayRule};

/// Writes down the signs that an entry shows.
pub(super) const INSPECTOR: Inspector = Inspector { name: "sign", needles, inspect };

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    words().map(|(_, word)| word.to_vec()).collect()
}

/// The words of all signs, each with the sign's number.
fn words() -> impl Iterator<Item = (usize, &'static [u8])> {
    SIGNS.iter().enumerate().flat_map(|(number, sign)| sign.words.iter().map(move |word| (number, *word)))
}

/// The sign that each needle is a word of.
static SIGN_OF_WORD: LazyLock<Vec<usize>> = LazyLock::new(|| words().map(|(number, _)| number).collect());

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() {
        return;
    }
    // A program may hold all words of a sign: those of a tool that writes such files, or looks for them.
    let hits = if super::binary::is_program(sample.media) { &[] } else { hits };
    let mut candidates: Vec<usize> =
        hits.iter().filter_map(|hit| SIGN_OF_WORD.get(hit.needle).copied()).collect();
    let text = content::text_start(sample.bytes);
    candidates.extend(content::begun(sample.bytes, text));
    let rows: Vec<&StrayRow> = matches(sample.path).iter().map(|found| found.row).collect();
    let asked = |name: &str| rows.iter().any(|row| row.sign == name || row.unless == name);
    if !rows.is_empty() {
        let named = SIGNS.iter().enumerate().filter(|(_, sign)| sign.named && asked(sign.name));
        candidates.extend(named.map(|(number, _)| number));
    }
    candidates.sort_unstable();
    candidates.dedup();
    let by_content = candidates.into_iter().filter_map(|number| SIGNS.get(number));
    let content = Content::new(sample.bytes);
    let mut signs: Vec<&'static str> =
        by_content.filter(|sign| sign.holds(&content)).map(|sign| sign.name).collect();
    signs.extend(checks::BY_BYTES.iter().filter(|(_, holds)| holds(sample.bytes)).map(|(sign, _)| *sign));
    if !signs.contains(&LOCALHOST_CERTIFICATE)
        && checks::has_certificate_of_localhost_at_its_key(sample.bytes, sink.entry)
    {
        signs.push(LOCALHOST_CERTIFICATE);
    }
    let by_name = checks::BY_NAME.iter().filter(|(sign, holds)| asked(sign) && holds(sample, sink.entry));
    signs.extend(by_name.map(|(sign, _)| *sign));
    // What is known for what it is needs no closer look, but for what may hold anything that a test makes, and scripts.
    if signs.iter().all(|sign| *sign == "test-snapshot" || sign.starts_with("interpreter-line"))
        && (listing::shows(sample, sink.entry) || listing::quotes_typescript(sample.path, sample.bytes))
        && !open_head::shows_as_data(sample.path, sample.bytes)
    {
        signs.push(listing::sign_at(sample.path));
    }
    if signs.is_empty() && listing::is_packed(sample.path, sample.bytes) {
        signs.push(listing::PACKED);
    }
    if open_head::shows(sample.path, sample.bytes) {
        signs.push(OPEN_HEAD);
    }
    signs.sort_unstable();
    sink.entry.signs.extend(signs);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_table_has_a_check() {
        let by_content = |sign: &str| {
            SIGNS.iter().any(|known| known.name == sign && !known.named)
                || checks::BY_BYTES.iter().any(|(name, _)| *name == sign)
                || [SOURCE_TEXT, listing::EXAMPLE_TEXT].contains(&sign)
        };
        let by_name = |sign: &str| {
            SIGNS.iter().any(|known| known.name == sign && known.named)
                || checks::BY_NAME.iter().any(|(name, _)| *name == sign)
        };
        for row in STRAYS.iter().flat_map(|rule| rule.rows) {
            for sign in [row.sign, row.unless] {
                assert!(sign.is_empty() || by_content(sign) || by_name(sign), "{sign}");
            }
            // a check by name runs only for rows that have paths
            assert!(!row.paths.is_empty() || !by_name(row.sign), "{row:?}");
        }
    }
}
