//! The lines of a source text with what becomes of them.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::inventory::{Fate, LineClass};

use super::blocks;
use super::comments::{Kind, Span, spans};
use super::key::{self, Beginning};
use super::language::Language;
use super::statements;
use super::typed;

/// A line that can be recognised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classed {
    pub key: u64,
    pub beginning: Beginning,
    /// All that its file has it as.
    pub classes: ClassSet,
}

/// What lines with one key are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ClassSet(u8);

impl ClassSet {
    pub(super) fn of(class: LineClass) -> Self {
        Self(1 << class as u8)
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, class: LineClass) -> bool {
        self.0 & Self::of(class).0 != 0
    }
}

/// Comments to tools, which are in many projects.
const DIRECTIVES: &[&str] = &[
    "eslint",
    "@ts-",
    "prettier-ignore",
    "istanbul",
    "c8 ignore",
    "v8 ignore",
    "__PURE__",
    "webpack",
    "@vite-ignore",
    "sourceMapping",
    "sourceURL",
    "type: ignore",
    "noqa",
    "pylint",
    "mypy:",
    "ruff:",
    "#region",
    "#endregion",
    "biome-ignore",
    "pragma",
    "@deprecated",
    "@internal",
    "@inheritdoc",
    "@jsx",
    "NOLINT",
    "nolint",
    "clang-format",
    "<reference ",
    "rustfmt",
    "coverage:",
    "swiftlint",
];

/// The lines of a text that can be recognised and that a build doesn't leave as they are, sorted by key, each once; none
/// when a program wrote it.
pub(super) fn lines(text: &[u8], language: &Language) -> Vec<Classed> {
    let mut spans = spans(text, language);
    if blocks::mark_kept(text, &mut spans) {
        return Vec::new();
    }
    let mut lines: Vec<Classed> = Vec::new();
    let mut rest = spans.as_slice();
    let mut room = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
        while rest.first().is_some_and(|span| span.range.end <= start) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let line = text.get(start..end).unwrap_or_default();
        let here = rest.iter().take_while(|span| span.range.start < end);
        if let Some(class) = class(line, here, language) {
            let classed = |(key, beginning)| Classed { key, beginning, classes: ClassSet::of(class) };
            lines.extend(key::of_line(line, &mut room).map(classed));
        }
        start = end + 1;
    }
    lines.sort_unstable_by_key(|line| line.key);
    lines.dedup_by(|next, line| {
        let is_same = next.key == line.key;
        if is_same {
            line.classes = line.classes.with(next.classes);
        }
        is_same
    });
    lines
}

/// What a line is that has these stretches of no code; `None` for one that a build may well leave as it is.
fn class<'a>(line: &[u8], here: impl Iterator<Item = &'a Span>, language: &Language) -> Option<LineClass> {
    match here.map(|span| span.kind).max() {
        Some(Kind::Text | Kind::Kept) => None,
        Some(_) if is_directive(line) => None,
        Some(Kind::Doc) => Some(LineClass::Doc),
        Some(Kind::Plain) => Some(LineClass::Comment),
        None if language.fate == Fate::Lowered && typed::is_lowered(line, language.kin) => {
            Some(LineClass::Lowered)
        }
        None if statements::begins(line) => Some(LineClass::Statement),
        None => Some(LineClass::Code),
    }
}

fn is_directive(line: &[u8]) -> bool {
    static ANY: LazyLock<Regex> = LazyLock::new(|| typed::any_of(DIRECTIVES));
    ANY.is_match(line)
}
