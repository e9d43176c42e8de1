//! What a gem says of itself, and where its files are.

use crate::inventory::{Entry, Inventory};

use super::DATA;

/// The parts of `Gem::Specification` that matter here.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Specification {
    pub(super) name: String,
    pub(super) version: Version,
    #[serde(default)]
    pub(super) licenses: Vec<String>,
    #[serde(default)]
    pub(super) files: Vec<String>,
    #[serde(default)]
    pub(super) bindir: Option<String>,
    #[serde(default)]
    pub(super) executables: Vec<String>,
    #[serde(default)]
    pub(super) require_paths: Vec<String>,
    #[serde(default)]
    pub(super) extensions: Vec<String>,
    #[serde(default)]
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Version {
    pub(super) version: String,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Dependency {
    #[serde(default)]
    pub(super) name: String,
}

pub(super) fn yaml<'de, T: serde::Deserialize<'de>>(text: &'de str) -> Result<T, String> {
    serde_saphyr::from_str(text)
        .map_err(|error| error.to_string().lines().next().unwrap_or("it isn't YAML").to_owned())
}

/// Whether an entry is in `data.tar.gz` itself, not in an archive further inside.
pub(super) fn stands_in_data(inventory: &Inventory, entry: &Entry) -> bool {
    entry.place.strip_prefix(DATA).is_some_and(|rest| {
        let inner = rest.strip_prefix("!data.tar").unwrap_or(rest);
        inner.strip_prefix('!') == Some(entry.path.as_str())
    }) && inventory.entry(entry.id).is_some()
}

#[cfg(test)]
impl Specification {
    pub(super) fn of_text(text: &str) -> Self {
        yaml(text).unwrap()
    }
}
