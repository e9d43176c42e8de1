//! Which policy applies to an artifact, and the level that each rule then has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::inventory::Package;
use crate::settings::{Level, Levels, PolicyChoice, Settings, builtin};

use super::judge::Policy;
use super::licence;

/// The levels of each policy that artifacts were judged by so far: worked out once, shared by all of them.
#[derive(Debug, Default)]
pub struct Policies {
    by_name: Mutex<BTreeMap<String, Arc<Levels>>>,
}

impl Policies {
    /// The levels in force for an artifact with this manifest: the base, the policy on it, and the project's own
    /// on top. The settings are the same at every call.
    pub fn resolve(&self, settings: &Settings, package: Option<&Package>) -> Policy {
        let (name, because, file) = match &settings.policy {
            PolicyChoice::Auto => {
                let (name, because) = licence::choose(package);
                (name, because, None)
            }
            PolicyChoice::Named(name) => (*name, settings.policy_origin.clone(), None),
            PolicyChoice::File(file) => (file.name.as_str(), settings.policy_origin.clone(), Some(file)),
        };
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let levels = by_name.entry(name.to_owned()).or_insert_with(|| {
            let mut levels = builtin::levels(file.map_or(name, |file| file.extends));
            levels.extend(file.map(|file| file.levels.clone()).unwrap_or_default());
            levels.extend(settings.levels.clone());
            Arc::new(levels)
        });
        Policy { name: name.to_owned(), because, levels: Arc::clone(levels) }
    }
}

impl Policy {
    /// The levels in force for a single artifact with this manifest.
    pub fn resolve_for(settings: &Settings, package: Option<&Package>) -> Self {
        Policies::default().resolve(settings, package)
    }

    /// The level of a rule. One that no policy names is an error: a gate fails closed.
    pub fn level(&self, rule: &str) -> Level {
        self.levels.get(rule).map_or(Level::Error, |(level, ..)| *level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

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
    fn built_in_policies_name_no_unknown_rule() {
        for policy in ["base", "proprietary", "open-source", "strict"] {
            for (rule, (_, origin, _)) in builtin::levels(policy) {
                assert!(rules::find(&rule).is_some(), "{origin}: there is no rule {rule}");
            }
        }
    }
}
