//! What an audit comes to. Reporters are given this, and know nothing of how it was made.

use crate::diff::Diff;
use crate::inventory::{Inventory, Kind, Unexamined};
use crate::policy::{Judged, Policy, Verdict, WaiverUse, weight};
use crate::recoverable::Exposure;
use crate::rules::NotApplied;
use crate::settings::Level;

/// One artifact, judged. What reporters are given.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The facts. Entries, and what the manifest declares of them, are dropped after judgement unless a reporter
    /// asked for them.
    pub inventory: Inventory,
    /// The policy in force.
    pub policy: Policy,
    /// Sums over the inventory, taken before entries were dropped.
    pub totals: Totals,
    /// Findings with levels: errors first, then by rule and place. Waived ones are marked.
    pub findings: Vec<Judged>,
    /// Rules that had nothing to go by.
    pub not_applied: Vec<NotApplied>,
    /// Waivers that did nothing.
    pub waivers: Vec<WaiverUse>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// What changed against the previous artifact, where there is one and a reporter shows entries.
    pub diff: Option<Box<Diff>>,
}

/// Sums over an artifact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Entries, those of nested archives included.
    pub entries: u64,
    /// Bytes produced over all levels.
    pub unpacked_bytes: u64,
    /// What a stranger could recover.
    pub exposure: Exposure,
}

impl Audit {
    /// The ecosystem.
    pub fn kind(&self) -> Kind {
        self.inventory.kind
    }

    /// What could not be examined.
    pub fn unexamined(&self) -> &[Unexamined] {
        &self.inventory.unexamined
    }

    /// Whether a waiver takes it on that this part was not examined, or its rule is off.
    pub fn is_waived(&self, part: &Unexamined) -> bool {
        self.weight(part) == Level::Off
    }

    /// How much it weighs that this part was not examined; `Off` where a waiver takes it on.
    pub fn weight(&self, part: &Unexamined) -> Level {
        weight(part, &self.findings)
    }
}
