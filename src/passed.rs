//! The crates of a project that passed, noted in cargo's own folder for build products, so that cargo can be given its
//! login for those alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::Date;

use crate::ecosystem::upwards;
use crate::outcome::Audit;
use crate::policy::{Policies, Verdict};
use crate::project::Project;
use crate::settings::{PolicyChoice, Settings};

/// Entries that are kept, the newest.
const MOST: usize = 500;

/// A crate that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    sha256: String,
    /// What was asked for: `auto`, or the policy itself.
    choice: String,
    /// The policy that it passed.
    policy: String,
    /// The digest of that policy as it was in force.
    digest: String,
    /// The day, like 2027-03-01.
    day: String,
}

/// Why a crate is not known to have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No crate with this digest passed.
    #[error("no crate with this checksum has passed `packgate check`")]
    Never,
    /// It passed by other settings.
    #[error("it passed by other settings, or another version of packgate")]
    OtherPolicy,
    /// It passed by a waiver that no longer holds.
    #[error("a waiver has expired since it passed")]
    Expired,
}

/// The crates of a project that passed.
#[derive(Debug)]
pub struct Passed {
    file: PathBuf,
    entries: Vec<Entry>,
}

impl Passed {
    /// Those of a project; `None` when it is none of cargo's. A file that can't be read says nothing.
    pub fn of(project: &Path) -> Option<Self> {
        let file = file(project)?;
        let text = fs::read_to_string(&file).unwrap_or_default();
        let entries = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Some(Self { file, entries })
    }

    /// Where they are noted.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Notes a crate, if it passed.
    pub fn note(&mut self, audit: &Audit, settings: &Settings, today: Date) {
        let artifact = &audit.inventory.artifact;
        self.entries.retain(|entry| entry.sha256 != artifact.sha256);
        if audit.verdict == Verdict::Pass {
            self.entries.push(Entry {
                sha256: artifact.sha256.clone(),
                choice: choice(settings),
                policy: audit.policy.name.clone(),
                digest: audit.policy.digest().to_owned(),
                day: today.to_string(),
            });
        }
        let surplus = self.entries.len().saturating_sub(MOST);
        self.entries.drain(..surplus);
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never, for what is noted here.
    pub fn text(&self) -> io::Result<String> {
        let mut text = String::new();
        for entry in &self.entries {
            text.push_str(&serde_json::to_string(entry)?);
            text.push('\n');
        }
        Ok(text)
    }

    /// Whether a crate has passed by the settings that are in force now.
    ///
    /// # Errors
    /// It has not, for the reason told.
    pub fn has(&self, sha256: &str, settings: &Settings, today: Date) -> Result<(), Unknown> {
        let entry = self.entries.iter().rfind(|entry| entry.sha256 == sha256).ok_or(Unknown::Never)?;
        // The licence that `auto` went by is in the very bytes that passed, so it still chooses the same.
        if entry.choice != choice(settings) || entry.digest != digest(settings, &entry.policy) {
            return Err(Unknown::OtherPolicy);
        }
        // Written like this, days are in the order of letters.
        let has_ended = |expires: Date| entry.day <= expires.to_string() && expires < today;
        match settings.waivers.iter().filter_map(|waiver| waiver.expires).any(has_ended) {
            true => Err(Unknown::Expired),
            false => Ok(()),
        }
    }
}

/// In the folder for build products of the outermost workspace, which neither ships nor is committed.
fn file(project: &Path) -> Option<PathBuf> {
    let project = Project::new(project);
    let root = upwards(&project).filter(|folder| folder.join("Cargo.toml").is_file()).last()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    Some(root.join(target.unwrap_or("target".into())).join("packgate").join("passed.jsonl"))
}

fn choice(settings: &Settings) -> String {
    match &settings.policy {
        PolicyChoice::Auto => "auto".to_owned(),
        PolicyChoice::Named(name) => (*name).to_owned(),
        PolicyChoice::File(file) => file.name.clone(),
    }
}

/// The digest of the policy in force, where `auto` has chosen `policy`.
fn digest(settings: &Settings, policy: &str) -> String {
    let mut settings = settings.clone();
    if let Some(name) = crate::settings::NAMES.into_iter().find(|name| *name == policy)
        && settings.policy == PolicyChoice::Auto
    {
        settings.choose(PolicyChoice::Named(name), "auto");
    }
    Policies::default().resolve(&settings, None, &[]).digest().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Waiver;

    fn day(number: u8) -> Date {
        Date::from_calendar_date(2026, time::Month::January, number).unwrap()
    }

    #[test]
    fn what_passed_stays_so_until_something_changes() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        let mut passed = Passed::of(folder.path()).unwrap();
        let settings = Settings::default();
        let entry = |day: Date| Entry {
            sha256: "ab".into(),
            choice: "auto".into(),
            policy: "open-source".into(),
            digest: digest(&settings, "open-source"),
            day: day.to_string(),
        };
        assert_eq!(passed.has("ab", &settings, day(2)), Err(Unknown::Never));
        passed.entries = vec![entry(day(1))];
        assert_eq!(passed.has("ab", &settings, day(2)), Ok(()));
        assert_eq!(passed.has("cd", &settings, day(2)), Err(Unknown::Never));
        let strict = Settings { policy: PolicyChoice::Named("strict"), ..Settings::default() };
        assert_eq!(passed.has("ab", &strict, day(2)), Err(Unknown::OtherPolicy));
        let named = Settings { policy: PolicyChoice::Named("open-source"), ..Settings::default() };
        assert_eq!(passed.has("ab", &named, day(2)), Err(Unknown::OtherPolicy));

        let waiver = Waiver {
            rule: "debug-info".into(),
            package: None,
            place: None,
            finding_id: None,
            reason: "r".into(),
            expires: Some(day(2)),
            origin: String::new(),
            inherited: false,
        };
        let waived = Settings { waivers: vec![waiver], ..Settings::default() };
        passed.entries = vec![Entry { digest: digest(&waived, "open-source"), ..entry(day(1)) }];
        assert_eq!(passed.has("ab", &waived, day(2)), Ok(()), "its last day");
        assert_eq!(passed.has("ab", &waived, day(3)), Err(Unknown::Expired));
    }
}
