//! Settings that stand in a wrapping, whatever the file around it is called: an environment file or a manifest of
//! Kubernetes in base64. They are told by how they look.

use std::ops::Range;

use super::lines::lines;
use super::table::Format;
use super::{SETTINGS, credentials, pairs};
use crate::inspect::secret::{Found, table};

/// Credentials that a text out of a wrapping holds because it is such a file.
pub(in crate::inspect::secret) fn find(text: &[u8]) -> Vec<Found> {
    let Some(rule) = table::rule(SETTINGS) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |part: Range<usize>, format: Format| {
        let inner = text.get(part.clone()).unwrap_or_default();
        let tokens = credentials(inner, &pairs(inner, format), format).into_iter();
        found.extend(
            tokens.map(|token| Found { rule, span: token.clone(), token, prefix: 0 }.behind(part.start)),
        );
    };
    if memchr::memmem::find(text, b"kind: Secret").is_some() {
        add(0..text.len(), Format::Kubernetes);
    }
    for part in environments(text) {
        add(part, Format::Lines);
    }
    found
}

/// Where lines of `NAME=value` stand one behind the other, but for comments and empty ones.
pub(super) fn environments(text: &[u8]) -> Vec<Range<usize>> {
    /// Variables that make an environment.
    const FEWEST: usize = 2;
    let mut found = Vec::new();
    let mut open: Option<(Range<usize>, usize)> = None;
    let mut close = |open: &mut Option<(Range<usize>, usize)>| {
        found.extend(open.take().filter(|(_, count)| *count >= FEWEST).map(|(range, _)| range));
    };
    for line in lines(text) {
        let here = text.get(line.clone()).unwrap_or_default().trim_ascii();
        if is_variable(here) {
            let (range, count) = open.get_or_insert((line.clone(), 0));
            (range.end, *count) = (line.end, *count + 1);
        } else if !here.is_empty() && !here.starts_with(b"#") {
            close(&mut open);
        }
    }
    close(&mut open);
    found
}

fn is_variable(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let name = line.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
    name >= 2 && line.get(name) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_told_from_other_lines() {
        for (text, expected) in [
            ("A_B=1\n\n# x\nC_D=2\n", vec!["A_B=1\n\n# x\nC_D=2"]),
            ("text\nexport A_B=1\r\nC_D=2\r\ntext", vec!["export A_B=1\r\nC_D=2"]),
            ("A_B=1\ntext\nC_D=2\n", vec![]),
            ("a=1\nb=2\n", vec![]),
        ] {
            let found: Vec<&str> =
                environments(text.as_bytes()).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        }
    }
}
