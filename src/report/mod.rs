//! Reporters: from judged audits to text. One reporter a file, one line in [`REPORTERS`]. They decide nothing.

pub mod diff;
pub mod escape;
mod github;
mod gitlab;
mod html;
mod human;
pub mod inventory;
mod json;
mod junit;
mod markdown;
mod repository;
mod sarif;
pub mod wire;
pub(crate) mod words;
mod wrap;

pub use github::STEP_SUMMARY;

use std::io::{self, Write};

use crate::audit::Audit;

/// A way to tell what was found.
pub struct Reporter {
    /// The word for `--format`.
    pub name: &'static str,
    /// Whether it needs the entries of the inventory.
    pub needs_entries: bool,
    /// Writes the whole report.
    pub write: fn(&[Audit], &Look, &mut dyn Write) -> io::Result<()>,
}

/// How a report should look.
#[derive(Debug, Clone)]
pub struct Look {
    /// Columns of the terminal; `None` when it is not one.
    pub width: Option<usize>,
    /// Whether ANSI colours are welcome.
    pub colour: bool,
    /// Whether the terminal shows hyperlinks.
    pub hyperlinks: bool,
    /// Whether characters beyond ASCII are welcome.
    pub unicode: bool,
    /// Only the verdict.
    pub quiet: bool,
    /// Findings at this level or above block.
    pub fail_on: crate::policy::Level,
    /// The project folder, to name repository files in reports.
    pub project: Option<std::path::PathBuf>,
}

/// All reporters.
pub const REPORTERS: &[Reporter] = &[
    human::REPORTER,
    json::REPORTER,
    sarif::REPORTER,
    github::REPORTER,
    junit::REPORTER,
    gitlab::REPORTER,
    markdown::REPORTER,
    html::REPORTER,
];

/// The reporter of this name.
pub fn find(name: &str) -> Option<&'static Reporter> {
    REPORTERS.iter().find(|reporter| reporter.name == name)
}
