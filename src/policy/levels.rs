//! Which policy applies to an artifact, and the level that each rule then has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::inventory::{Inventory, LicenceFile, Package};
use crate::rules::{self, Finding, is_for_show};
use crate::settings::{Level, Levels, PolicyChoice, PolicyFile, Settings, builtin};

use super::digest::{LevelsInForce, PolicyDigest};
use super::judge::Policy;
use super::licence;

/// The levels of each policy used so far: computed once, shared by all artifacts.
#[derive(Debug, Default)]
pub struct Policies {
    by_name: Mutex<BTreeMap<String, InForce>>,
}

/// What is the same for all artifacts under one policy.
#[derive(Debug)]
struct InForce {
    levels: Arc<Levels>,
    for_show: BTreeMap<String, Level>,
    exact: BTreeSet<String>,
    digest: Arc<PolicyDigest>,
}

impl Policies {
    /// The levels that apply to an artifact with this manifest, or without one but with these licence files: the base,
    /// the policy on it, and the project's own on top. The settings are the same at every call.
    pub fn resolve(&self, settings: &Settings, package: Option<&Package>, files: &[LicenceFile]) -> Policy {
        let (name, because, file) = match &settings.policy {
            PolicyChoice::Auto => {
                let (name, because) = licence::choose(package, files);
                (name, because, None)
            }
            PolicyChoice::Named(name) => (*name, settings.policy_origin.clone(), None),
            PolicyChoice::File(file) => {
                (file.name.as_str(), settings.policy_origin.clone(), Some(file.as_ref()))
            }
        };
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let in_force = by_name.entry(name.to_owned()).or_insert_with(|| InForce::new(settings, name, file));
        in_force.policy(name, because)
    }
}

impl InForce {
    /// Layers the project's levels on those of the policy file, if it is one, and these on a built-in policy.
    fn new(settings: &Settings, name: &str, file: Option<&PolicyFile>) -> Self {
        let built_in = file.map_or(name, |file| file.extends);
        let mut levels = builtin::levels(built_in);
        for own in file.map(|file| &file.levels).into_iter().chain([&settings.levels]) {
            if !own.is_empty() {
                Arc::make_mut(&mut levels).extend(own.clone());
            }
        }
        let mut for_show = builtin::levels_for_show(built_in);
        // Setting a rule's level sets it everywhere, and for all its findings.
        let is_set = |rule: &str| {
            settings.levels.contains_key(rule) || file.is_some_and(|file| file.levels.contains_key(rule))
        };
        for_show.retain(|rule, _| !is_set(rule));
        let exact = rules::WITH_MILDER.iter().filter(|rule| built_in == "strict" || is_set(rule));
        let exact = exact.map(|rule| (*rule).to_owned()).collect();
        Self { levels, for_show, exact, digest: PolicyDigest::with(settings) }
    }

    fn policy(&self, name: &str, because: String) -> Policy {
        Policy {
            name: name.to_owned(),
            because,
            levels: Arc::clone(&self.levels),
            for_show: self.for_show.clone(),
            exact: self.exact.clone(),
            digest: Arc::clone(&self.digest),
        }
    }
}

impl Policy {
    /// The levels that apply to a single artifact with this manifest.
    pub fn resolve_for(settings: &Settings, package: Option<&Package>) -> Self {
        Policies::default().resolve(settings, package, &[])
    }

    /// The levels that apply to a single artifact.
    pub fn resolve_of(settings: &Settings, inventory: &Inventory) -> Self {
        Policies::default().resolve(settings, inventory.package.as_ref(), &inventory.licence_files)
    }

    /// The level of a finding, which may differ in tests, examples and documentation, and be lower for one that breaks
    /// less. `root` is the package's own folder, whose name doesn't count.
    pub(super) fn level_of(&self, finding: &Finding, root: &str) -> Level {
        let for_show = self.for_show.get(finding.rule).filter(|_| is_for_show(&finding.place.path, root));
        let level = for_show.copied().unwrap_or_else(|| self.level(finding.rule));
        let at_most = finding.at_most.filter(|_| !self.exact.contains(finding.rule));
        at_most.map_or(level, |most| level.min(most))
    }

    /// SHA-256 in hex over levels, settings, waivers, tables and packgate's version: two runs with the same digest
    /// judge alike.
    pub fn digest(&self) -> &str {
        let (for_show, exact) = (&self.for_show, &self.exact);
        self.digest.of(&LevelsInForce { of_rule: &|rule| self.level(rule), for_show, exact })
    }

    /// Whether any finding of a rule can have a level: of a rule that is off, none is asked for.
    pub fn is_on(&self, rule: &str) -> bool {
        let for_show = self.for_show.get(rule).copied().unwrap_or(Level::Off);
        self.level(rule).max(for_show) != Level::Off
    }

    /// The level of a rule. One that no policy names is an error: a gate fails closed.
    pub fn level(&self, rule: &str) -> Level {
        self.levels.get(rule).map_or(Level::Error, |(level, ..)| *level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::UNEXAMINED;

    #[test]
    fn the_base_policy_names_every_rule_and_says_why() {
        let base = builtin::levels("base");
        for rule in rules::ALL.iter() {
            let (_, _, why) =
                base.get(rule.name).unwrap_or_else(|| panic!("{} has no level in base.toml", rule.name));
            assert!(why.as_ref().is_some_and(|why| why.len() > 10), "{} has no why", rule.name);
        }
    }

    #[test]
    fn tests_and_examples_are_judged_milder_unless_somebody_says_otherwise() {
        let level = |policy: &'static str, own: Option<Level>, path: &str| {
            let own = own.map(|level| (UNEXAMINED.to_owned(), (level, String::new(), None)));
            let settings = Settings {
                policy: PolicyChoice::Named(policy),
                levels: own.into_iter().collect(),
                ..Settings::default()
            };
            let place = crate::rules::Place { path: path.to_owned(), ..crate::rules::Place::default() };
            let rule = rules::find(UNEXAMINED).unwrap();
            Policy::resolve_for(&settings, None).level_of(&Finding::new(rule, place), "demo-1.0")
        };
        assert_eq!(level("open-source", None, "demo-1.0/test/a.zip"), Level::Warning);
        assert_eq!(level("open-source", None, "demo-1.0/lib/a.zip"), Level::Error);
        assert_eq!(level("open-source", Some(Level::Error), "demo-1.0/test/a.zip"), Level::Error);
        assert_eq!(level("proprietary", None, "demo-1.0/test/a.zip"), Level::Error);
        assert_eq!(level("strict", None, "demo-1.0/test/a.zip"), Level::Error);
    }

    #[test]
    fn a_finding_that_breaks_less_weighs_less_unless_somebody_says_otherwise() {
        let level = |policy: &'static str, own: Option<Level>| {
            let rule = rules::find(rules::WITH_MILDER[0]).unwrap();
            let own = own.map(|level| (rule.name.to_owned(), (level, String::new(), None)));
            let levels = own.into_iter().collect();
            let settings = Settings { policy: PolicyChoice::Named(policy), levels, ..Settings::default() };
            let finding = Finding::new(rule, crate::rules::Place::default()).at_most(Level::Note);
            Policy::resolve_for(&settings, None).level_of(&finding, "")
        };
        assert_eq!(level("proprietary", None), Level::Note);
        assert_eq!(level("proprietary", Some(Level::Error)), Level::Error);
        assert_eq!(level("proprietary", Some(Level::Off)), Level::Off);
        assert_eq!(level("strict", None), Level::Error);
    }

    #[test]
    fn built_in_policies_name_no_unknown_rule() {
        for policy in ["base", "proprietary", "open-source", "strict"] {
            for (rule, (_, origin, _)) in builtin::levels(policy).iter() {
                assert!(rules::find(rule).is_some(), "{origin}: there is no rule {rule}");
            }
        }
    }
}
