//! The settings, validated.

use std::path::PathBuf;

use crate::unpack::Limits;

use super::level::{Levels, Origin};

/// Which policy was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PolicyChoice {
    /// The manifest's licence decides.
    #[default]
    Auto,
    /// A built-in policy.
    Named(&'static str),
    /// A policy file.
    File(Box<PolicyFile>),
}

/// A policy of the project's own: a file in the form of the built-in ones that builds on one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyFile {
    /// Its path as it was given.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The built-in policy that it builds on.
    pub extends: &'static str,
    /// Its levels, on top of that.
    pub levels: Levels,
}

/// The project's own settings, validated.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The file (and table) they come from; `None` if there is none.
    pub file: Option<PathBuf>,
    /// The policy chosen, and where (`--policy`, `packgate.toml:1`).
    pub policy: PolicyChoice,
    /// Where the policy was chosen; empty for the default.
    pub policy_origin: Origin,
    /// Levels set by the project, on top of the policy.
    pub levels: Levels,
    /// What is internal.
    pub internal: Internal,
    /// How the project's own source text is looked for.
    pub own: Own,
    /// Size budgets.
    pub size: Size,
    /// Limits of unpacking.
    pub limits: Limits,
    /// Named exceptions.
    pub waivers: Vec<Waiver>,
}

/// What is internal to a company and must not ship.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Internal {
    /// Globs of paths, as written and compiled together (same order).
    pub paths: Vec<String>,
    /// The compiled globs; `*` does not cross `/`.
    pub path_set: globset::GlobSet,
    /// Literal markers.
    pub markers: Vec<String>,
    /// Markers as regular expressions (`/.../` in the settings), as written without the slashes.
    pub marker_patterns: Vec<regex::bytes::Regex>,
    /// Package names or scopes (`@acme`), globs allowed.
    pub packages: Vec<String>,
    /// Host names and suffixes (`.acme.internal`).
    pub hosts: Vec<String>,
    /// Folders of the repository whose text must not ship, absolute.
    pub roots: Vec<PathBuf>,
    /// Files with fingerprints of such folders.
    pub fingerprints: Vec<PathBuf>,
}

/// How the project's own source text is looked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Own {
    /// In which artifacts.
    pub mode: OwnMode,
    /// The folders whose text counts, absolute; all of the project if there are none.
    pub folders: Vec<PathBuf>,
    /// Files with fingerprints of it, for machines that don't have the text.
    pub fingerprints: Vec<PathBuf>,
}

/// In which artifacts the project's own source text is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OwnMode {
    /// In none.
    Off,
    /// In those of the project, going by names.
    #[default]
    Auto,
    /// In all.
    On,
}

impl OwnMode {
    /// The names of the modes.
    pub(super) const WORDS: [&'static str; 3] = ["off", "auto", "on"];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Auto => "auto",
            Self::On => "on",
        }
    }
}

/// Size budgets in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// Of the artifact file.
    pub artifact: Option<u64>,
    /// Of all its entries.
    pub unpacked: Option<u64>,
    /// Of a single entry.
    pub entry: Option<u64>,
    /// Growth of the unpacked bytes over the previous release, in percent.
    pub growth_percent: Option<u64>,
}

/// A named exception.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waiver {
    /// The rule that it waives.
    pub rule: String,
    /// Glob of places; `None` for all.
    pub place: Option<(String, globset::GlobMatcher)>,
    /// The id of one finding; `None` for all.
    pub finding_id: Option<String>,
    /// Why. Never empty.
    pub reason: String,
    /// The last day on which it applies.
    pub expires: Option<time::Date>,
    /// Where it is in the settings.
    pub origin: Origin,
}
