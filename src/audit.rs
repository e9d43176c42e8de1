//! The road, end to end: unpack, inspect, inventory, rules, policy.

use crate::inventory::{Inventory, Kind, Skipped};
use crate::policy::{Judged, Policy, Verdict, WaiverUse};

/// One artifact, judged. What reporters are given.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The facts. Entries are dropped after judgement unless a reporter asked for them.
    pub inventory: Inventory,
    /// The policy in force.
    pub policy: Policy,
    /// Sums over the inventory, taken before entries were dropped.
    pub totals: Totals,
    /// Findings with levels: errors first, then by rule and place. Waived ones are marked.
    pub findings: Vec<Judged>,
    /// Waivers that did nothing.
    pub waivers: Vec<WaiverUse>,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// Sums over an artifact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Entries, those of nested archives included.
    pub entries: u64,
    /// Bytes produced over all levels.
    pub unpacked_bytes: u64,
    /// What a stranger could recover.
    pub exposure: crate::exposure::Exposure,
}

impl Audit {
    /// The ecosystem.
    pub fn kind(&self) -> Kind {
        self.inventory.kind
    }

    /// What could not be examined.
    pub fn skipped(&self) -> &[Skipped] {
        &self.inventory.skipped
    }
}
