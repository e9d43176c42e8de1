use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use time::Date;

use crate::inventory::{Inventory, Unexamined};
use crate::rules::{self, Finding};
use crate::settings::{Level, Levels, Origin, Settings, UNEXAMINED, Waiver};

use super::digest::PolicyDigest;
use super::judged::Judged;
use super::{finding_id, gather};

/// The levels that apply to one artifact, and why.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Policy {
    /// `proprietary`, `open-source`, `strict`, or a file's path.
    pub name: String,
    /// Why it applies: `licence "MIT"`, `--policy`.
    pub because: String,
    /// Every rule with its level, origin and reason.
    pub levels: Arc<Levels>,
    /// The levels in tests, examples and documentation, if different.
    pub for_show: BTreeMap<String, Level>,
    /// Rules of which every finding has the rule's level, also those that would weigh less: somebody set it.
    pub exact: BTreeSet<String>,
    pub(super) digest: Arc<PolicyDigest>,
}

/// A waiver that had no effect, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaiverUse {
    /// It matched nothing.
    Unused {
        /// The rule it names.
        rule: String,
        /// Where it is in the settings.
        origin: String,
        /// Whether it stands above the project, and may be meant for other packages of the workspace.
        inherited: bool,
    },
    /// It has expired; it would have matched this many findings.
    Expired {
        /// The rule it names.
        rule: String,
        /// Where it is in the settings.
        origin: String,
        /// Findings that it no longer waives.
        findings: usize,
    },
}

/// What tells a waiver apart: the rule it names, and where it is written.
pub type WaiverName = (String, Origin);

/// What is made of an artifact's findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The findings that count or are waived, errors first.
    pub findings: Vec<Judged>,
    /// Waivers that had no effect, or no longer.
    pub idle: Vec<WaiverUse>,
    /// Waivers that had one.
    pub used: Vec<WaiverName>,
    /// What becomes of the artifact.
    pub verdict: Verdict,
}

/// The verdict on a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing at or above the threshold.
    #[default]
    Pass,
    /// The policy says no.
    Blocked,
    /// The artifact could not be fully examined.
    Incomplete,
}

/// Gives each finding its level, applies the waivers, and decides. Findings of rules that are off are dropped; the
/// others come errors first, then in the order of the rules, then by place. Waived ones block nothing. `today` is the
/// day that waivers' expiry is compared with; findings at `fail_on` or above block.
pub fn judge(
    policy: &Policy,
    settings: &Settings,
    inventory: &Inventory,
    findings: Vec<Finding>,
    today: Date,
    fail_on: Level,
) -> Judgement {
    let name = inventory.package.as_ref().map_or("", |package| package.name.as_str());
    let waivers: Vec<&Waiver> = settings.waivers.iter().filter(|waiver| waiver.is_for(name)).collect();
    let root = inventory.package.as_ref().map_or("", |package| package.root.as_str());
    let mut tally = vec![0; waivers.len()];
    let mut judged = Vec::with_capacity(findings.len());
    for finding in findings {
        let level = policy.level_of(&finding, root);
        if level == Level::Off {
            continue;
        }
        let finding_id = finding_id::of(&finding, inventory.package.as_ref());
        let mut waived = None;
        for (waiver, count) in waivers.iter().zip(&mut tally) {
            if waiver.covers(&finding, &finding_id, root) {
                *count += 1;
                if waiver.holds(today) && waived.is_none() {
                    waived = Some(waiver.reason.clone());
                }
            }
        }
        judged.push(Judged { finding, level, finding_id, waived, others: Vec::new() });
    }
    sort(&mut judged);
    gather::unexamined(&mut judged);
    let idle = waivers.iter().zip(&tally).filter_map(|(waiver, count)| waiver.idle(*count, today)).collect();
    let used = waivers.iter().zip(&tally).filter(|(waiver, count)| **count > 0 && waiver.holds(today));
    let used = used.map(|(waiver, _)| (waiver.rule.clone(), waiver.origin.clone())).collect();
    let verdict = verdict(&judged, inventory, fail_on);
    Judgement { findings: judged, idle, used, verdict }
}

/// For several artifacts, each with its idle waivers and those that it used: a waiver that one of them needed isn't idle
/// because the others didn't. One that is idle everywhere stays in the first list only; if it is inherited, and these
/// are not `all` that it may be meant for, in none.
pub fn settle<'a>(
    artifacts: impl IntoIterator<Item = (&'a mut Vec<WaiverUse>, &'a [WaiverName])>,
    all: bool,
) {
    let mut artifacts: Vec<_> = artifacts.into_iter().collect();
    let used: HashSet<WaiverName> = artifacts.iter().flat_map(|(_, used)| used.iter().cloned()).collect();
    let expired = artifacts.iter().flat_map(|(idle, _)| idle.iter()).filter(|one| !one.had_no_finding());
    let mut told: HashSet<WaiverName> = used.into_iter().chain(expired.map(WaiverUse::name)).collect();
    for (idle, _) in &mut artifacts {
        idle.retain(|waiver| {
            let may_be_for_others = matches!(waiver, WaiverUse::Unused { inherited: true, .. }) && !all;
            !waiver.had_no_finding() || (!may_be_for_others && told.insert(waiver.name()))
        });
    }
}

impl WaiverUse {
    fn had_no_finding(&self) -> bool {
        matches!(self, Self::Unused { .. } | Self::Expired { findings: 0, .. })
    }

    fn name(&self) -> WaiverName {
        match self {
            Self::Unused { rule, origin, .. } | Self::Expired { rule, origin, .. } => {
                (rule.clone(), origin.clone())
            }
        }
    }
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

/// The level at which an unexamined part counts: that of the finding on the file that it is in. `Off` if a waiver
/// covers that finding, since a person has accepted it. Damage to the artifact itself is always an error.
pub fn weight(part: &Unexamined, judged: &[Judged]) -> Level {
    let Some(file) = &part.within else { return Level::Error };
    let is_on = |judged: &&Judged| {
        judged.finding.rule == UNEXAMINED
            && (judged.finding.place.path == *file || judged.others.binary_search(file).is_ok())
    };
    match judged.iter().find(is_on) {
        Some(judged) if judged.waived.is_none() => judged.level,
        _ => Level::Off,
    }
}

fn verdict(judged: &[Judged], inventory: &Inventory, fail_on: Level) -> Verdict {
    let blocks = |judged: &Judged| judged.waived.is_none() && judged.level >= fail_on;
    if inventory.unexamined.iter().any(|part| weight(part, judged) >= fail_on) {
        Verdict::Incomplete
    } else if judged.iter().any(blocks) {
        Verdict::Blocked
    } else {
        Verdict::Pass
    }
}

impl Waiver {
    /// Whether it speaks of the package of this name.
    fn is_for(&self, name: &str) -> bool {
        self.package.as_ref().is_none_or(|(_, pattern)| pattern.is_match(name))
    }

    /// Whether it matches this finding, expired or not. `root` is the package's root folder.
    fn covers(&self, finding: &Finding, finding_id: &str, root: &str) -> bool {
        let place = finding.place.path.as_str();
        let below = place.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
        let at = |(_, glob): &(String, globset::GlobMatcher)| {
            glob.is_match(place) || below.is_some_and(|below| glob.is_match(below))
        };
        self.rule == finding.rule
            && self.place.as_ref().is_none_or(at)
            && self.finding_id.as_ref().is_none_or(|wanted| wanted == finding_id)
    }

    /// Whether its last day isn't over.
    fn holds(&self, today: Date) -> bool {
        self.expires.is_none_or(|last| today <= last)
    }

    /// What to report about it if it covered this many findings.
    fn idle(&self, findings: usize, today: Date) -> Option<WaiverUse> {
        let (rule, origin) = (self.rule.clone(), self.origin.clone());
        match (self.holds(today), findings) {
            (false, findings) => Some(WaiverUse::Expired { rule, origin, findings }),
            (true, 0) => Some(WaiverUse::Unused { rule, origin, inherited: self.inherited }),
            (true, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Package, Unexamined};
    use crate::rules::Place;
    use crate::settings::glob::{Reach, compile};

    fn day(year: i32, month: u8, day: u8) -> Date {
        Date::from_calendar_date(year, time::Month::try_from(month).unwrap(), day).unwrap()
    }

    fn finding(rule: &'static str, path: &str, line: u64) -> Finding {
        Finding {
            rule,
            place: Place { path: path.to_owned(), line: Some(line), ..Place::default() },
            message: String::new(),
            help: String::new(),
            remedy: None,
            evidence: crate::rules::Evidence::default(),
            key: String::new(),
            at_most: None,
        }
    }

    fn policy() -> Policy {
        let level = |(rule, level): (&str, Level)| (rule.to_owned(), (level, String::new(), None));
        let levels = [("a-note", Level::Note), ("b-error", Level::Error), ("c-off", Level::Off)];
        Policy { levels: Arc::new(levels.into_iter().map(level).collect()), ..Policy::default() }
    }

    fn waiver(place: Option<&str>, expires: Option<Date>) -> Waiver {
        Waiver {
            rule: "b-error".to_owned(),
            package: None,
            place: place.map(|p| (p.to_owned(), compile(p, Reach::Root).unwrap().compile_matcher())),
            finding_id: None,
            reason: "because".to_owned(),
            expires,
            origin: "packgate.toml:3".to_owned(),
            inherited: false,
        }
    }

    fn inventory() -> Inventory {
        let package = Package { root: "package".to_owned(), ..Package::default() };
        Inventory { package: Some(package), ..Inventory::default() }
    }

    fn judged(
        waivers: Vec<Waiver>,
        findings: Vec<Finding>,
        fail_on: Level,
    ) -> (Vec<Judged>, Vec<WaiverUse>, Verdict) {
        let settings = Settings { waivers, ..Settings::default() };
        apart(judge(&policy(), &settings, &inventory(), findings, day(2027, 3, 1), fail_on))
    }

    fn apart(judgement: Judgement) -> (Vec<Judged>, Vec<WaiverUse>, Verdict) {
        (judgement.findings, judgement.idle, judgement.verdict)
    }

    #[test]
    fn errors_come_first_then_rules_then_places() {
        let findings = vec![
            finding("a-note", "package/a", 1),
            finding("c-off", "package/a", 1),
            finding("b-error", "package/b", 1),
            finding("b-error", "package/a", 12),
            finding("b-error", "package/a", 2),
            finding("unheard-of", "package/a", 1),
        ];
        let (found, _, verdict) = judged(Vec::new(), findings, Level::Error);
        let order = found.iter().map(|judged| {
            let place = &judged.finding.place;
            format!("{} {}:{}", judged.finding.rule, place.path, place.line.unwrap())
        });
        let expected = [
            "b-error package/a:2",
            "b-error package/a:12",
            "b-error package/b:1",
            "unheard-of package/a:1",
            "a-note package/a:1",
        ];
        assert_eq!(order.collect::<Vec<_>>(), expected);
        assert_eq!(verdict, Verdict::Blocked);
    }

    #[test]
    fn the_threshold_decides() {
        let notes = || vec![finding("a-note", "package/a", 1)];
        assert_eq!(judged(Vec::new(), notes(), Level::Error).2, Verdict::Pass);
        assert_eq!(judged(Vec::new(), notes(), Level::Warning).2, Verdict::Pass);
        assert_eq!(judged(Vec::new(), notes(), Level::Note).2, Verdict::Blocked);
        assert_eq!(judged(Vec::new(), vec![finding("c-off", "a", 1)], Level::Note).2, Verdict::Pass);
    }

    #[test]
    fn what_is_inside_a_file_weighs_as_much_as_its_rule() {
        let settings = Settings::default();
        let places = ["package/lib/a.zip", "package/test/a.zip"];
        let outcome = |level: Option<Level>, place: &str, fail_on| {
            let levels = level.map(|level| (UNEXAMINED.to_owned(), (level, String::new(), None)));
            let for_show = BTreeMap::from([(UNEXAMINED.to_owned(), Level::Warning)]);
            let policy =
                Policy { levels: Arc::new(levels.into_iter().collect()), for_show, ..Policy::default() };
            let mut inventory = inventory();
            inventory.unexamined.push(Unexamined::inside(place, place, "damaged"));
            let findings = vec![finding(UNEXAMINED, place, 1)];
            let (judged, _, verdict) =
                apart(judge(&policy, &settings, &inventory, findings, day(2027, 3, 1), fail_on));
            (weight(&inventory.unexamined[0], &judged), verdict)
        };
        for (place, level) in places.into_iter().zip([Level::Error, Level::Warning]) {
            for fail_on in [Level::Note, Level::Warning, Level::Error] {
                let expected = if level >= fail_on { Verdict::Incomplete } else { Verdict::Pass };
                assert_eq!(outcome(None, place, fail_on), (level, expected), "{place} {fail_on:?}");
            }
        }
        let mild = outcome(Some(Level::Note), places[0], Level::Error);
        assert_eq!(mild, (Level::Note, Verdict::Pass));
    }

    #[test]
    fn what_was_skipped_outranks_everything() {
        let mut inventory = inventory();
        inventory.unexamined.push(Unexamined::new("", "truncated"));
        let findings = vec![finding("b-error", "package/a", 1)];
        let settings = Settings { waivers: vec![waiver(None, None)], ..Settings::default() };
        let today = day(2027, 3, 1);
        let judgement = judge(&policy(), &settings, &inventory, findings, today, Level::Error);
        assert_eq!(judgement.verdict, Verdict::Incomplete);
    }

    #[test]
    fn a_waived_finding_stays_and_blocks_nothing() {
        for place in [None, Some("package/x/**"), Some("x/**"), Some("x"), Some("*.node")] {
            let findings =
                vec![finding("b-error", "package/x/y.node", 1), finding("a-note", "package/x/y.node", 1)];
            let (found, uses, verdict) = judged(vec![waiver(place, None)], findings, Level::Error);
            let waived: Vec<_> = found.iter().map(|judged| judged.waived.as_deref()).collect();
            assert_eq!(waived, [Some("because"), None], "{place:?}");
            assert_eq!((uses, verdict), (vec![], Verdict::Pass));
        }
    }

    #[test]
    fn a_waiver_for_something_else_is_unused() {
        for place in ["package/z/**", "y", "lib/*.node", "package/*.node"] {
            let findings = vec![finding("b-error", "package/x/y.node", 1)];
            let (found, uses, verdict) = judged(vec![waiver(Some(place), None)], findings, Level::Error);
            assert_eq!(found[0].waived, None, "{place}");
            let (rule, origin) = ("b-error".to_owned(), "packgate.toml:3".to_owned());
            assert_eq!(
                (uses, verdict),
                (vec![WaiverUse::Unused { rule, origin, inherited: false }], Verdict::Blocked)
            );
        }
    }

    #[test]
    fn a_waiver_holds_through_its_last_day() {
        for (last, holds) in [(day(2027, 3, 2), true), (day(2027, 3, 1), true), (day(2027, 2, 28), false)] {
            let findings = vec![finding("b-error", "package/a", 1), finding("b-error", "package/b", 1)];
            let (found, uses, verdict) = judged(vec![waiver(None, Some(last))], findings, Level::Error);
            assert_eq!(found.iter().all(|judged| judged.waived.is_some()), holds, "{last}");
            assert_eq!(verdict == Verdict::Pass, holds, "{last}");
            let (rule, origin) = ("b-error".to_owned(), "packgate.toml:3".to_owned());
            let expired = vec![WaiverUse::Expired { rule, origin, findings: 2 }];
            assert_eq!(uses, if holds { vec![] } else { expired });
        }
    }

    #[test]
    fn an_expired_waiver_gives_way_to_one_that_holds() {
        let findings = vec![finding("b-error", "package/a", 1)];
        let waivers = vec![waiver(None, Some(day(2020, 1, 1))), waiver(None, None)];
        let (found, uses, verdict) = judged(waivers, findings, Level::Error);
        assert!(found[0].waived.is_some());
        assert_eq!((uses.len(), verdict), (1, Verdict::Pass));
    }

    #[test]
    fn a_waiver_is_idle_only_if_no_artifact_needed_it() {
        let (rule, at) = ("b-error".to_owned(), |line: u32| format!("packgate.toml:{line}"));
        let unused = |line, inherited| WaiverUse::Unused { rule: rule.clone(), origin: at(line), inherited };
        let expired = |line, findings| WaiverUse::Expired { rule: rule.clone(), origin: at(line), findings };
        for all in [true, false] {
            let mut one =
                vec![unused(1, false), unused(2, false), expired(3, 0), expired(4, 0), unused(5, true)];
            let mut two = vec![unused(2, false), expired(3, 0), expired(4, 7), unused(5, true)];
            let used = [(rule.clone(), at(1))];
            settle([(&mut one, &[][..]), (&mut two, &used[..])], all);
            let mut expected = vec![unused(2, false), expired(3, 0)];
            expected.extend(all.then(|| unused(5, true)));
            assert_eq!(one, expected);
            assert_eq!(two, [expired(4, 7)]);
        }
    }

    #[test]
    fn a_waiver_for_another_package_says_nothing() {
        let pattern =
            |text: &str| Some((text.to_owned(), globset::Glob::new(text).unwrap().compile_matcher()));
        for (package, counts) in
            [("@acme/ui", true), ("@acme/*", true), ("@acme/core", false), ("acme-ui", false)]
        {
            let waiver = Waiver { package: pattern(package), ..waiver(None, None) };
            let settings = Settings { waivers: vec![waiver], ..Settings::default() };
            let mut inventory = inventory();
            inventory.package.as_mut().unwrap().name = "@acme/ui".to_owned();
            let of =
                |findings| judge(&policy(), &settings, &inventory, findings, day(2027, 3, 1), Level::Error);
            let judgement = of(vec![finding("b-error", "package/a", 1)]);
            assert_eq!(
                (judgement.used.len(), judgement.verdict == Verdict::Pass),
                (usize::from(counts), counts)
            );
            assert_eq!((judgement.idle.len(), of(vec![]).idle.len()), (0, usize::from(counts)), "{package}");
        }
    }

    #[test]
    fn a_finding_id_waives_one_finding() {
        let both = || vec![finding("b-error", "package/a", 1), finding("b-error", "package/b", 1)];
        let (found, ..) = judged(Vec::new(), both(), Level::Error);
        let mut one = waiver(None, None);
        one.finding_id = Some(found[1].finding_id.clone());
        let (found, uses, _) = judged(vec![one], both(), Level::Error);
        let waived: Vec<_> = found.iter().map(|judged| judged.waived.is_some()).collect();
        assert_eq!((waived, uses), (vec![false, true], vec![]));
    }
}
