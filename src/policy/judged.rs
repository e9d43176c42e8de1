//! A finding as the policy sees it.

use crate::rules::Finding;
use crate::settings::Level;

/// A finding with its level.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Never [`Level::Off`].
    pub level: Level,
    /// SHA-256 (first 16 hex digits) over rule, place without version, and key.
    pub finding_id: String,
    /// The reason given in the waiver that covers it.
    pub waived: Option<String>,
    /// Places of other files that it stands for, too, in order.
    pub others: Vec<String>,
}

impl Judged {
    /// A finding at this level, without an id and not waived.
    pub fn new(finding: Finding, level: Level) -> Self {
        Self { finding, level, finding_id: String::new(), waived: None, others: Vec::new() }
    }
}
