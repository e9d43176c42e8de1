//! What a key that was found counts for.

use super::{table, unit_tests};

/// Whether a key can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Open,
    /// Behind a passphrase.
    Encrypted,
}

impl Key {
    /// The rule for such a key in a text, where `rule` is that for open ones.
    pub(super) fn rule(self, rule: usize, text: &[u8], start: usize) -> Option<usize> {
        match self {
            _ if is_unit_test(text, start) || is_documentation(text, start) => table::rule("secret-in-tests"),
            Self::Open => Some(rule),
            Self::Encrypted => table::rule("secret-private-key-encrypted"),
        }
    }
}

/// Whether a place in Rust source is among what only tests compile.
fn is_unit_test(text: &[u8], at: usize) -> bool {
    const FARTHEST: usize = 1 << 20;
    text.get(at.saturating_sub(FARTHEST)..at).is_some_and(unit_tests::is_open_at_end)
}

/// Whether the key's lines are documentation comments of Rust source: an example, compiled as a test.
fn is_documentation(text: &[u8], start: usize) -> bool {
    const LONGEST_LINE: usize = 200;
    let window = text.get(start..(start + LONGEST_LINE).min(text.len())).unwrap_or_default();
    let second_line = window.split(|byte| *byte == b'\n').nth(1).unwrap_or_default().trim_ascii_start();
    second_line.starts_with(b"///") || second_line.starts_with(b"//!")
}
