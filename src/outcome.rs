//! The result of an audit. Reporters get this, and know nothing of how it was made.

use std::path::PathBuf;

use crate::diff::Diff;
use crate::inventory::{Comparison, FromCommit, Inventory, Kind, Unexamined};
use crate::policy::{Judged, Policy, Verdict, WaiverName, WaiverUse, weight};
use crate::recoverable::Exposure;
use crate::rules::{self, NotApplied};
use crate::settings::Level;

/// One artifact, judged.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Audit {
    /// The facts. Entries, and what the manifest declares about them, are dropped after judgement unless a reporter
    /// needs them.
    pub inventory: Inventory,
    /// The policy that applies.
    pub policy: Policy,
    /// Totals over the inventory, taken before entries were dropped.
    pub totals: Totals,
    /// Findings with levels: errors first, then by rule and place. Waived ones are marked.
    pub findings: Vec<Judged>,
    /// What would block next, once the files are gone that blocking findings say to leave out.
    pub later: Vec<Judged>,
    /// Rules that could not be applied.
    pub not_applied: Vec<NotApplied>,
    /// Waivers that had no effect.
    pub waivers: Vec<WaiverUse>,
    /// Waivers that did something.
    pub used_waivers: Vec<WaiverName>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why there was nothing to audit, or no way to: a client that failed, settings that can't be used. All else is
    /// empty then.
    pub error: Option<String>,
    /// The folder that it comes from, absolute, as far as that is known.
    pub folder: Option<PathBuf>,
    /// Whether the file was packed for this audit and goes with it: what is published is packed once more.
    pub is_twin: bool,
    /// What changed since the previous artifact, if there is one and a reporter shows entries.
    pub diff: Option<Box<Diff>>,
}

/// A package of the workspace of which there is no artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// Totals for an artifact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Entries, those of nested archives included.
    pub entries: u64,
    /// Bytes produced over all levels.
    pub unpacked_bytes: u64,
    /// What a stranger could recover.
    pub exposure: Exposure,
}

impl Audit {
    /// An audit with this verdict that found nothing.
    pub fn new(inventory: Inventory, policy: Policy, verdict: Verdict) -> Self {
        Self {
            inventory,
            policy,
            totals: Totals::default(),
            findings: Vec::new(),
            later: Vec::new(),
            not_applied: Vec::new(),
            waivers: Vec::new(),
            used_waivers: Vec::new(),
            verdict,
            error: None,
            folder: None,
            is_twin: false,
            diff: None,
        }
    }

    /// No audit at all, for reports that must say so.
    pub fn failed(path: &str, why: &str) -> Self {
        let mut audit = Self::new(Inventory::unread(path, why), Policy::default(), Verdict::Incomplete);
        audit.error = Some(why.to_owned());
        audit
    }

    /// The ecosystem.
    pub fn kind(&self) -> Kind {
        self.inventory.kind
    }

    /// What its files were compared with, if they were.
    pub fn commit(&self) -> Option<&Comparison> {
        match self.inventory.from_commit.as_ref()? {
            FromCommit::Compared(comparison) => Some(comparison),
            FromCommit::Not(_) => None,
        }
    }

    /// Whether it must not be published at all, by its own manifest, and nobody waived that: no list mends it.
    pub fn is_held_back(&self) -> bool {
        let is_mark =
            |judged: &Judged| judged.finding.rule == rules::PRIVATE_PACKAGE && judged.waived.is_none();
        self.inventory.package.as_ref().is_some_and(|package| package.private)
            && self.findings.iter().any(is_mark)
    }

    /// What could not be examined.
    pub fn unexamined(&self) -> &[Unexamined] {
        &self.inventory.unexamined
    }

    /// Whether a waiver accepts that this part was not examined, or its rule is off.
    pub fn is_waived(&self, part: &Unexamined) -> bool {
        self.weight(part) == Level::Off
    }

    /// The level at which this unexamined part counts; `Off` if a waiver accepts it.
    pub fn weight(&self, part: &Unexamined) -> Level {
        weight(part, &self.findings)
    }
}
