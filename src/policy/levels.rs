//! Which policy applies to an artifact, and the level that each rule then has.

use crate::inventory::{Inventory, Package};

use super::builtin;
use super::judge::Policy;
use super::licence;
use super::settings::{Level, PolicyChoice, Settings};

impl Policy {
    /// The levels in force for this artifact: the base, the policy on it, and the project's own on top.
    pub fn resolve(settings: &Settings, inventory: &Inventory) -> Self {
        Self::resolve_for(settings, inventory.package.as_ref())
    }

    /// The same where there is only a manifest.
    pub fn resolve_for(settings: &Settings, package: Option<&Package>) -> Self {
        let origin = || settings.policy_origin.clone();
        let (name, because, mut levels) = match &settings.policy {
            PolicyChoice::Auto => {
                let (name, because) = licence::choose(package);
                (name.to_owned(), because, builtin::levels(name))
            }
            PolicyChoice::Named(name) => ((*name).to_owned(), origin(), builtin::levels(name)),
            PolicyChoice::File(file) => {
                let mut levels = builtin::levels(file.extends);
                levels.extend(file.levels.clone());
                (file.name.clone(), origin(), levels)
            }
        };
        levels.extend(settings.levels.clone());
        Self { name, because, levels }
    }

    /// The level of a rule. One that no policy names is an error: a gate fails closed.
    pub fn level(&self, rule: &str) -> Level {
        self.levels.get(rule).map_or(Level::Error, |(level, ..)| *level)
    }
}
