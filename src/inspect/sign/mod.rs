//! Signs: what the content of a file must look like to be a stray of a certain sort, where its name alone is
//! not enough. The table of strays asks for them by name.

mod checks;
mod paths;
mod table;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner};

pub(crate) use paths::{Match, matches};
pub(crate) use table::{STRAYS, StrayRule};

/// Writes down the signs that an entry shows.
pub(super) const INSPECTOR: Inspector = Inspector { name: "sign", needles, inspect };

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    checks::BY_WORD.iter().map(|check| check.word.as_bytes().to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() {
        return;
    }
    let by_word = checks::BY_WORD.iter().enumerate().filter(|(number, check)| {
        hits.iter().any(|hit| hit.needle == *number) && (check.holds)(sample.bytes)
    });
    let by_magic = checks::BY_MAGIC.iter().filter(|(_, holds)| holds(sample.bytes));
    let mut signs: Vec<&'static str> =
        by_word.map(|(_, check)| check.sign).chain(by_magic.map(|(sign, _)| *sign)).collect();
    for found in matches(sample.path) {
        for wanted in [found.row.sign, found.row.unless] {
            let check = checks::BY_NAME.iter().find(|(sign, _)| *sign == wanted);
            if let Some((sign, _)) = check.filter(|(_, holds)| holds(sample, sink.entry)) {
                signs.push(sign);
            }
        }
    }
    signs.sort_unstable();
    signs.dedup();
    sink.entry.signs.extend(signs);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_table_has_a_check() {
        let checked = |sign: &str| {
            checks::BY_WORD.iter().any(|check| check.sign == sign)
                || checks::BY_MAGIC.iter().any(|(name, _)| *name == sign)
                || checks::BY_NAME.iter().any(|(name, _)| *name == sign)
        };
        for row in STRAYS.iter().flat_map(|rule| rule.rows) {
            for sign in [row.sign, row.unless] {
                assert!(sign.is_empty() || checked(sign), "{sign}");
            }
            // a check by name runs only for rows that have paths
            assert!(
                !row.paths.is_empty() || !checks::BY_NAME.iter().any(|(name, _)| *name == row.sign),
                "{row:?}"
            );
        }
    }
}
