//! A folder with a `.gemspec`. That is a Ruby program, which is not run: what it sets by a literal is read from its
//! text.

use std::fs;
use std::path::{Path, PathBuf};
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

    /// Ruby has no workspaces, but repositories of several gems, each in a folder of its name: at the top, or below `gems`.
    fn members(&self, folder: &Path) -> Option<Vec<Member>> {
        // any folder may hold the projects of somebody
        let is_root = ["Gemfile", "Rakefile", ".git"].iter().any(|name| folder.join(name).exists());
        if !is_root {
            return None;
        }
        let folders = [folder.to_path_buf(), folder.join("gems")];
        let members: Vec<Member> =
            folders.iter().flat_map(|folder| folders_in(folder)).filter_map(member).collect();
        (!members.is_empty()).then_some(members)
    }

    /// A program can't hold settings.
    fn settings(&self) -> Option<SettingsTables> {
        None
    }
}

/// The specification's file; the first by name if there are several.
pub(super) fn gemspec(files: &Files<'_>) -> Option<String> {
    gemspecs(files).next()
}

/// The files of all specifications, sorted: some gems have one for each platform.
pub(super) fn gemspecs(files: &Files<'_>) -> impl Iterator<Item = String> {
    files.names().into_iter().filter(|name| name.ends_with(".gemspec"))
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

/// The gem that a folder is called after.
fn member(folder: PathBuf) -> Option<Member> {
    let name = folder.file_name()?.to_str()?.to_owned();
    let is_there = folder.join(format!("{name}.gemspec")).is_file();
    is_there.then_some(Member {
        name,
        version: String::new(),
        folder,
        private: false,
        held_back: None,
        manifest: GEMSPEC,
    })
}

/// What people call the manifest.
pub(super) const GEMSPEC: &str = "a .gemspec";

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
    use crate::scratch::testing::tree;

    #[test]
    fn gems_of_a_repository() {
        let folder = tree(&[
            ("Gemfile", ""),
            ("rails.gemspec", ""),
            ("activejob/activejob.gemspec", ""),
            ("gems/aws-sdk-s3/aws-sdk-s3.gemspec", ""),
            ("spec/fixtures/a/a.gemspec", ""),
            ("lib/other.gemspec", ""),
            ("gems/notes.gemspec", ""),
        ]);
        let members = GemProject.members(folder.path()).unwrap_or_default();
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["activejob", "aws-sdk-s3"]);
        assert!(GemProject.members(&folder.path().join("spec/fixtures")).is_none());
    }

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
