//! What is known of a project's own source text, and where it is found again.
//!
//! Whole lines are compared, each in a form that survives diff marks, comment marks, line numbers and indentation
//! ([`key`]). What a line tells depends on what a build does to it ([`crate::inventory::LineClass`]): comments and
//! types go, statements may stay. Fingerprints of runs of words, which find code in bundles, can't tell a source from
//! an honest build of it; lines of which a build leaves nothing can.

mod blocks;
mod classify;
mod columns;
mod comments;
mod file;
mod files;
mod index;
mod key;
mod language;
mod lines;
mod running;
mod search;
mod statements;
mod texts;
mod typed;

pub use files::{is_own, is_shown, untracked};
pub use index::{OwnFile, OwnSource};
pub use running::SHORTEST_OF_SEVERAL;
pub use search::{Found, FoundLine};
pub use texts::OwnTexts;
pub use typed::is_typescript;
