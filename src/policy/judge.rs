use std::collections::HashMap;

use serde::Serialize;
use time::Date;

use crate::inventory::Inventory;
use crate::rules::{self, Finding};

use super::fingerprint;
use super::settings::{Level, Levels, Settings, Waiver};

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

/// Gives each finding its level, applies the waivers, and decides. Findings of rules that are off are dropped;
/// the others come errors first, then in the order of the rules, then by place. Waived ones block nothing.
/// `today` is the day that waivers are held against; findings at `fail_on` or above block.
pub fn judge(
    policy: &Policy,
    settings: &Settings,
    inventory: &Inventory,
    findings: Vec<Finding>,
    today: Date,
    fail_on: Level,
) -> (Vec<Judged>, Vec<WaiverUse>, Verdict) {
    let root = inventory.package.as_ref().map_or("", |package| package.root.as_str());
    let mut tally = vec![0; settings.waivers.len()];
    let mut judged = Vec::with_capacity(findings.len());
    for finding in findings {
        let level = policy.level(finding.rule);
        if level == Level::Off {
            continue;
        }
        let fingerprint = fingerprint::of(&finding, inventory.package.as_ref());
        let mut waived = None;
        for (waiver, count) in settings.waivers.iter().zip(&mut tally) {
            if waiver.covers(&finding, &fingerprint, root) {
                *count += 1;
                if waiver.holds(today) && waived.is_none() {
                    waived = Some(waiver.reason.clone());
                }
            }
        }
        judged.push(Judged { finding, level, fingerprint, waived });
    }
    sort(&mut judged);
    let uses = settings.waivers.iter().zip(tally).filter_map(|(waiver, count)| waiver.idle(count, today));
    let verdict = verdict(&judged, inventory, fail_on);
    (judged, uses.collect(), verdict)
}

fn sort(judged: &mut [Judged]) {
    let order: HashMap<&str, usize> =
        rules::ALL.iter().enumerate().map(|(position, rule)| (rule.name, position)).collect();
    let rank = |judged: &Judged| order.get(judged.finding.rule).copied().unwrap_or(usize::MAX);
    judged.sort_by(|a, b| {
        let by_rule = || rank(a).cmp(&rank(b)).then_with(|| a.finding.rule.cmp(b.finding.rule));
        let by_place = || a.finding.place.cmp(&b.finding.place);
        b.level.cmp(&a.level).then_with(by_rule).then_with(by_place)
    });
}

fn verdict(judged: &[Judged], inventory: &Inventory, fail_on: Level) -> Verdict {
    let blocks = |judged: &Judged| judged.waived.is_none() && judged.level >= fail_on;
    if !inventory.is_complete() {
        Verdict::Incomplete
    } else if judged.iter().any(blocks) {
        Verdict::Blocked
    } else {
        Verdict::Pass
    }
}

impl Waiver {
    /// Whether it speaks of this finding, expired or not. `root` is the package's root folder.
    fn covers(&self, finding: &Finding, fingerprint: &str, root: &str) -> bool {
        let place = finding.place.path.as_str();
        let below = place.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
        let at = |(_, glob): &(String, globset::GlobMatcher)| {
            glob.is_match(place) || below.is_some_and(|below| glob.is_match(below))
        };
        self.rule == finding.rule
            && self.place.as_ref().is_none_or(at)
            && self.fingerprint.as_ref().is_none_or(|wanted| wanted == fingerprint)
    }

    /// Whether its last day isn't over.
    fn holds(&self, today: Date) -> bool {
        self.expires.is_none_or(|last| today <= last)
    }

    /// What to report of it when it covered this many findings.
    fn idle(&self, findings: usize, today: Date) -> Option<WaiverUse> {
        let (rule, origin) = (self.rule.clone(), self.origin.clone());
        match (self.holds(today), findings) {
            (false, findings) => Some(WaiverUse::Expired { rule, origin, findings }),
            (true, 0) => Some(WaiverUse::Unused { rule, origin }),
            (true, _) => None,
        }
    }
}
