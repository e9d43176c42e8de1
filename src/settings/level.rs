//! Levels of rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is not run for the verdict and its findings are dropped.
    Off,
    /// Good to know.
    Note,
    /// Somebody should look.
    Warning,
    /// The release stops.
    Error,
}

impl Level {
    /// The words for the levels, mildest first.
    pub const WORDS: [&str; 4] = ["off", "note", "warning", "error"];

    /// The level of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "off" => Self::Off,
            "note" => Self::Note,
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => return None,
        })
    }

    /// The word for it.
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
