//! The settings, validated.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::unpack::Limits;

use super::level::{Levels, Origin};
use super::locks::Locks;

/// Which policy was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PolicyChoice {
    /// The manifest's licence decides.
    #[default]
    Auto,
    /// A built-in policy.
    Named(&'static str),
    /// A policy file.
    File(Box<PolicyFile>),
}

/// A policy of the project's own: a file in the form of the built-in ones that builds on one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyFile {
    /// Its path as it was given.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The built-in policy that it builds on.
    pub extends: &'static str,
    /// Its levels, on top of that.
    pub levels: Levels,
}

/// The project's own settings, validated.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The files they come from: those of folders above first, the nearest last.
    pub files: Vec<PathBuf>,
    /// The policy asked for, and by whom (`--policy`, `packgate.toml:1`).
    pub policy: PolicyChoice,
    /// Where the policy was chosen; empty for the default.
    pub policy_origin: Origin,
    /// Levels set by the project, on top of the policy.
    pub levels: Levels,
    /// What is internal.
    pub internal: Internal,
    /// How the project's own source text is looked for.
    pub own: Own,
    /// Size budgets.
    pub size: Size,
    /// Limits of unpacking.
    pub limits: Limits,
    /// Named exceptions.
    pub waivers: Vec<Waiver>,
    /// Where the values come from that have no origin of their own.
    pub origins: Origins,
    /// What files below can't loosen.
    pub locks: Locks,
}

/// Where values come from: for each key one origin, or one for each item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<String, Vec<(String, Origin)>>);

impl Origins {
    /// The origin of a key's value; of an item, if the value is a list. `None` for what nobody set.
    pub fn of(&self, key: &str, item: &str) -> Option<&Origin> {
        self.0.get(key)?.iter().find(|(known, _)| known == item).map(|(_, origin)| origin)
    }

    /// Every origin with its key and item, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Origin)> {
        self.0
            .iter()
            .flat_map(|(key, items)| items.iter().map(|(item, origin)| (key.as_str(), item.as_str(), origin)))
    }

    pub(super) fn set(&mut self, key: &str, origin: Origin) {
        self.0.insert(key.to_owned(), vec![(String::new(), origin)]);
    }

    pub(super) fn add(&mut self, key: &str, item: &str, origin: Origin) {
        self.0.entry(key.to_owned()).or_default().push((item.to_owned(), origin));
    }
}

/// What is internal to a company and must not ship.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Internal {
    /// Globs of paths, as written and compiled together (same order).
    pub paths: Vec<String>,
    /// The compiled globs; `*` does not cross `/`.
    pub path_set: globset::GlobSet,
    /// Literal markers.
    pub markers: Vec<String>,
    /// Markers as regular expressions (`/.../` in the settings), as written without the slashes.
    pub marker_patterns: Vec<regex::bytes::Regex>,
    /// Package names or scopes (`@acme`), globs allowed.
    pub packages: Vec<String>,
    /// Host names and suffixes (`.acme.internal`).
    pub hosts: Vec<String>,
    /// Folders of the repository whose text must not ship, absolute.
    pub roots: Vec<PathBuf>,
    /// Files with fingerprints of such folders.
    pub fingerprints: Vec<PathBuf>,
}

impl Internal {
    /// How many items the list of this key has.
    pub(super) fn length(&self, key: &str) -> usize {
        match key {
            "paths" => self.paths.len(),
            "markers" => self.markers.len() + self.marker_patterns.len(),
            "packages" => self.packages.len(),
            "hosts" => self.hosts.len(),
            "roots" => self.roots.len(),
            _ => self.fingerprints.len(),
        }
    }
}

/// How the project's own source text is looked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Own {
    /// In which artifacts.
    pub mode: OwnMode,
    /// The folders whose text counts, absolute; all of the project if there are none.
    pub folders: Vec<PathBuf>,
    /// Files with fingerprints of it, for machines that don't have the text.
    pub fingerprints: Vec<PathBuf>,
}

/// In which artifacts the project's own source text is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnMode {
    /// In none.
    Off,
    /// In those of the project, going by names.
    #[default]
    Auto,
    /// In all.
    On,
}

impl OwnMode {
    /// The names of the modes.
    pub(super) const WORDS: [&'static str; 3] = ["off", "auto", "on"];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Auto => "auto",
            Self::On => "on",
        }
    }
}

/// Size budgets in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// Of the artifact file.
    pub artifact: Option<u64>,
    /// Of all its entries.
    pub unpacked: Option<u64>,
    /// Of a single entry.
    pub entry: Option<u64>,
    /// Growth of the unpacked bytes over the previous release, in percent.
    pub growth_percent: Option<u64>,
}

/// A named exception.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waiver {
    /// The rule that it waives.
    pub rule: String,
    /// Pattern of the names of packages; `None` for all.
    pub package: Option<(String, globset::GlobMatcher)>,
    /// Glob of places; `None` for all.
    pub place: Option<(String, globset::GlobMatcher)>,
    /// The id of one finding; `None` for all.
    pub finding_id: Option<String>,
    /// Why. Never empty.
    pub reason: String,
    /// The last day on which it applies.
    pub expires: Option<time::Date>,
    /// Where it is in the settings.
    pub origin: Origin,
    /// Whether it stands above the project, and may be meant for other packages of the workspace.
    pub inherited: bool,
}
