//! Code in the strings of JSON, as Jupyter keeps it.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{Pair, code};
use crate::plain::Plain;

/// The pairs of the code, where they stand in the file.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let Some(plain) = Plain::of(text) else { return code::pairs(text) };
    let in_file = |pair: Pair<'_>| {
        let value = plain.place(pair.value.start)..plain.place(pair.value.end);
        Pair::new(pair.parent.into_owned(), pair.name.into_owned(), value)
    };
    let in_code = code::pairs(&plain.bytes).into_iter().map(in_file);
    in_code.chain(printed(text)).collect()
}

/// What cells have printed: `"NAME=value\n"`, a line each.
fn printed(text: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let line = r#""(?:export )?([A-Z][A-Z0-9_]{2,60})=([^\s"'\\$<>]{8,200})(?:\\n)?""#;
        RegexBuilder::new(line).unicode(false).build().ok()
    });
    let lines = LINE.as_ref().into_iter().flat_map(|line| line.captures_iter(text));
    lines.filter_map(|line| {
        let (name, value) = (line.get(1)?, line.get(2)?);
        Some(Pair::new("", String::from_utf8_lossy(name.as_bytes()), value.range()))
    })
}
