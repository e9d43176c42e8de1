//! Reporters: judged audits to text. One reporter per file, one line each in [`REPORTERS`]. They decide nothing.

mod alike;
pub mod diff;
mod github;
mod gitlab;
mod html;
mod human;
pub mod inventory;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod phrases;
mod repository;
mod sarif;
mod summary;
pub mod wire;
mod wrap;

pub use github::STEP_SUMMARY;
pub use summary::Verdicts;

use std::io::{self, Write};

use crate::outcome::{Audit, LeftOut};

/// A report format.
pub struct Reporter {
    /// The word for `--format`.
    pub name: &'static str,
    /// Whether it needs the entries of the inventory.
    pub needs_entries: bool,
    /// Writes the whole report.
    pub write: fn(&[Audit], &Look, &mut dyn Write) -> io::Result<()>,
    /// Writes the report artifact by artifact, so that no audit must be kept; only for formats that don't begin with
    /// totals.
    pub parts: Option<Parts>,
}

/// A report in parts.
pub struct Parts {
    /// Writes the part about the artifact with this number.
    pub artifact: fn(&Audit, usize, &Look, &mut dyn Write) -> io::Result<()>,
    /// Writes the end.
    pub end: fn(&Verdicts, &Look, &mut dyn Write) -> io::Result<()>,
    /// Whether a part says all there is to say of an artifact, also that it could not be read.
    pub alone: bool,
}

/// How a report should look.
#[derive(Debug, Clone)]
pub struct Look {
    /// Columns of the terminal; `None` when it is not one.
    pub width: Option<usize>,
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Whether the terminal supports hyperlinks.
    pub hyperlinks: bool,
    /// Whether characters beyond ASCII may be used.
    pub unicode: bool,
    /// Print only the verdict.
    pub quiet: bool,
    /// Findings at this level or above block.
    pub fail_on: crate::settings::Level,
    /// The project folder, to name repository files in reports.
    pub project: Option<std::path::PathBuf>,
    /// Whether `packgate fix` reports, which need not be named again.
    pub is_fix: bool,
    /// Packages of the workspace that are not published.
    pub left_out: Vec<LeftOut>,
    /// Packages of the workspace that could not be packed.
    pub not_packed: Vec<LeftOut>,
}

/// All reporters.
pub const REPORTERS: &[Reporter] = &[
    human::REPORTER,
    json::REPORTER,
    ndjson::REPORTER,
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
