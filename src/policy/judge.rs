use serde::Serialize;

use crate::rules::Finding;

use super::{Level, Levels};

/// The levels in force for one artifact, and why these.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// `proprietary`, `open-source`, `strict`, or a file's path.
    pub name: String,
    /// Why it applies: `licence "MIT"`, `--policy`.
    pub because: String,
    /// Every rule with its level, origin and reason.
    pub levels: Levels,
}

/// A finding with its level.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Never [`Level::Off`].
    pub level: Level,
    /// SHA-256 (first 16 hex digits) over rule, place without version, and key.
    pub fingerprint: String,
    /// The reason of the waiver that excepts it.
    pub waived: Option<String>,
}

/// A waiver that had no effect, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaiverUse {
    /// It matched nothing.
    Unused {
        /// The rule it names.
        rule: String,
        /// Where it is written.
        origin: String,
    },
    /// Its day has passed; it would have matched this many findings.
    Expired {
        /// The rule it names.
        rule: String,
        /// Where it is written.
        origin: String,
        /// Findings that it no longer waives.
        findings: usize,
    },
}

/// What becomes of the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Default, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing at or above the threshold.
    #[default]
    Pass,
    /// The policy says no.
    Blocked,
    /// The artifact could not be examined to the end.
    Incomplete,
}
