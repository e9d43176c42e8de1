//! A folder with a `.gemspec`. That is a Ruby program, which is not run: what it sets by a literal is read from its
//! text.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::ecosystem::folder::{Files, ProjectFolder, SettingsTables};
use crate::inventory::{ManifestProblem, Package};
use crate::project::Member;

pub(super) struct GemProject;

impl ProjectFolder for GemProject {
    fn is_here(&self, files: &Files<'_>) -> bool {
        gemspec(files).is_some()
    }

    fn reads(&self, name: &str) -> bool {
        name.ends_with(".gemspec") && !name.contains('/')
    }

    fn package(&self, files: &Files<'_>, _problems: &mut Vec<ManifestProblem>) -> Option<Package> {
        let manifest = gemspec(files)?;
        let text = files.text(&manifest)?;
        let first = |key: &str| literals(&text, key).into_iter().next().unwrap_or_default();
        let mut licences = literals(&text, "licenses");
        if licences.is_empty() {
            licences = literals(&text, "license");
        }
        Some(Package {
            name: first("name"),
            version: first("version"),
            license: (!licences.is_empty()).then(|| licences.join(" OR ")),
            manifest,
            ..Package::default()
        })
    }

    /// There are no workspaces.
    fn members(&self, _folder: &Path) -> Option<Vec<Member>> {
        None
    }

    /// A program can't hold settings.
    fn settings(&self) -> Option<SettingsTables> {
        None
    }
}

/// The specification's file; the first by name if there are several.
pub(super) fn gemspec(files: &Files<'_>) -> Option<String> {
    files.names().into_iter().find(|name| name.ends_with(".gemspec"))
}

/// The literals of an assignment: `spec.license = "MIT"`, `s.licenses = ["MIT", 'Apache-2.0']`, `%w[MIT Ruby]`.
fn literals(text: &str, key: &str) -> Vec<String> {
    static ASSIGNED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^[ \t]*[a-z_]+\.([a-z]+)[ \t]*=[ \t]*([^#\n]*)").ok());
    static WORDS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r##""([^"#\\]*)"|'([^'\\]*)'|%w[\[({<]([^\])}>]*)[\])}>]"##).ok());
    let (Some(assigned), Some(words)) = (ASSIGNED.as_ref(), WORDS.as_ref()) else { return Vec::new() };
    let found =
        assigned.captures_iter(text).filter(|found| found.get(1).is_some_and(|name| name.as_str() == key));
    // The last assignment wins.
    let Some(value) = found.last().and_then(|found| found.get(2)) else { return Vec::new() };
    let mut literals = Vec::new();
    for word in words.captures_iter(value.as_str()) {
        match (word.get(1).or(word.get(2)), word.get(3)) {
            (Some(text), _) => literals.push(text.as_str().to_owned()),
            (None, Some(list)) => literals.extend(list.as_str().split_whitespace().map(str::to_owned)),
            (None, None) => {}
        }
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_specification_sets_by_literals() {
        for (text, expected) in [
            ("Gem::Specification.new do |s|\n  s.license = \"MIT\"\nend", &["MIT"][..]),
            ("  spec.licenses    = ['MIT', \"Ruby\"] # x", &["MIT", "Ruby"]),
            ("s.licenses = %w[MIT Ruby]", &["MIT", "Ruby"]),
            ("s.license = 'MIT'\ns.license = 'ISC'", &["ISC"]),
            ("# s.license = 'MIT'", &[]),
            ("s.license = File.read(x)", &[]),
            ("s.license = \"#{x}\"", &[]),
        ] {
            let key = if text.contains("licenses") { "licenses" } else { "license" };
            assert_eq!(literals(text, key), expected, "{text}");
        }
    }
}
