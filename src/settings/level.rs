//! Levels of rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule's findings are dropped.
    Off,
    /// For information.
    Note,
    /// Worth a look.
    Warning,
    /// Stops the release.
    Error,
}

impl Level {
    /// The names of the levels, mildest first.
    pub const WORDS: [&str; 4] = ["off", "note", "warning", "error"];

    /// The level of this name.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "off" => Self::Off,
            "note" => Self::Note,
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => return None,
        })
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a setting comes from, for `policy show` and messages: `policies/base.toml`, `packgate.toml:12`.
pub type Origin = String;

/// A level per rule name, with its origin and, from the built-in policies, why.
pub type Levels = BTreeMap<String, (Level, Origin, Option<String>)>;
