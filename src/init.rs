//! What `packgate init` sees in a project, and the settings that it proposes. Writes nothing.

use std::path::{Path, PathBuf};

use crate::ecosystem::{ECOSYSTEMS, Ecosystem, Member, members, of_project};
use crate::policy::Policy;
use crate::project::Project;
use crate::settings::{SCHEMA_ADDRESS, Settings};

/// The proposed settings file.
pub const SETTINGS_FILE: &str = "packgate.toml";

/// What is known about a project before its first audit.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Its folder.
    pub folder: PathBuf,
    /// The manifests that clients pack it from, for each ecosystem that it is a project of.
    pub packed_by: Vec<PackedBy>,
    /// The licence as written in the first of them.
    pub licence: Option<String>,
    /// The policy that follows from it.
    pub policy: String,
    /// Why this policy.
    pub because: String,
    /// Names of the packages of its workspace that may be published, the root's included.
    pub public: Vec<String>,
    /// Names of the packages of its workspace that must not be published.
    pub private: Vec<String>,
}

/// A manifest that a client packs a project from.
#[derive(Debug, Clone)]
pub struct PackedBy {
    /// The manifest: `package.json`, `a .gemspec`.
    pub manifest: &'static str,
    /// The kinds of artifacts that it makes: `wheel and sdist`.
    pub kinds: String,
    /// The command that publishes them.
    publishes_by: &'static str,
    /// Where the check can be run before every publish, and the line to write there.
    hook: Option<(&'static str, &'static str)>,
}

impl Survey {
    /// Looks at a folder.
    pub fn of(folder: &Path) -> Self {
        let project = Project::new(folder);
        let package = of_project(folder);
        let policy = Policy::resolve_for(&Settings::default(), package.as_ref());
        let members: Vec<Member> = members(&project)
            .into_iter()
            .filter(|member| member.folder.starts_with(&project.folder))
            .collect();
        let names = |private: bool| -> Vec<String> {
            let mut names: Vec<String> = members
                .iter()
                .filter(|member| member.private == private && !(private && member.folder == project.folder))
                .map(|member| member.name.clone())
                .collect();
            names.sort();
            names.dedup();
            names
        };
        Self {
            packed_by: packed_by(folder),
            licence: package.and_then(|package| package.license),
            policy: policy.name,
            because: policy.because,
            public: names(false),
            private: names(true),
            folder: project.folder,
        }
    }

    /// What was found, in at most five lines of a name and a text.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("ecosystem", self.ecosystem())];
        if !self.packed_by.is_empty() {
            lines.push(("licence", self.licence.clone().unwrap_or_else(|| "none is named".to_owned())));
        }
        lines.push(("policy", format!("{}, because of {}", self.policy, self.because)));
        if !self.public.is_empty() || !self.private.is_empty() {
            let count = self.public.len() + self.private.len();
            lines.push(("workspace", format!("{count} packages: {}", some_of(&self.public))));
            if !self.private.is_empty() {
                lines.push((
                    "private",
                    format!("{}; none of them may turn up in a release", some_of(&self.private)),
                ));
            }
        }
        lines
    }

    fn ecosystem(&self) -> String {
        let words: Vec<String> =
            self.packed_by.iter().map(|by| format!("{} ({})", by.kinds, by.manifest)).collect();
        if words.is_empty() {
            return "none: there is no manifest here, folders and archives are audited as they are"
                .to_owned();
        }
        words.join(", ")
    }

    /// The settings file: short, with reasons.
    pub fn settings(&self) -> String {
        let mut text = format!(
            "#:schema {SCHEMA_ADDRESS}\n\
             # Settings of packgate, the last look at a package before it is published.\n\
             # `packgate explain` lists the rules, `packgate policy show` what is in force.\n\n\
             # Because of {}.\n\
             policy = \"{}\"\n",
            comment(&self.because),
            self.policy,
        );
        text.push_str(
            "\n[rules]\n\
             # Levels that differ from the policy: \"error\", \"warning\", \"note\" or \"off\".\n\
             # stray-tests = \"off\"\n\
             \n[internal]\n\
             # What must not turn up in a release, in source maps neither.\n\
             # paths = [\"src/internal/**\"]\n\
             # markers = [\"CONFIDENTIAL\"]\n",
        );
        if !self.private.is_empty() {
            let quoted: Vec<String> = self.private.iter().map(|name| format!("{name:?}")).collect();
            text.push_str(&format!("# packages = [{}]\n", comment(&quoted.join(", "))));
        }
        text.push_str("\n[size]\n# artifact = \"10MiB\"\n# growth-percent = 50\n");
        text
    }

    /// Where to run the check, in lines to print: the release script and CI.
    pub fn advice(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match self.packed_by.first() {
            Some(PackedBy { hook: Some((place, line)), .. }) => {
                lines.push((*place).to_owned());
                lines.push(format!("    {line}"));
            }
            Some(by) => {
                lines.push(format!("In the release script, right before `{}`:", by.publishes_by));
                lines.push("    packgate check".to_owned());
            }
            None => {
                lines.push("In the release script, right before the upload:".to_owned());
                lines.push("    packgate check FOLDER".to_owned());
            }
        }
        if self.folder.join(".github").join("workflows").is_dir() {
            lines.push("In the GitHub workflow, before the step that publishes:".to_owned());
            lines.push("    - run: packgate check".to_owned());
        } else if self.folder.join(".gitlab-ci.yml").is_file() {
            lines.push("In .gitlab-ci.yml, before the line that publishes:".to_owned());
            lines.push("    - packgate check".to_owned());
        }
        lines
    }
}

fn packed_by(folder: &Path) -> Vec<PackedBy> {
    let by = |ecosystem: &Ecosystem| {
        let client = ecosystem.client?;
        let kinds: Vec<&str> = ecosystem.formats.iter().map(|format| format.kind().name()).collect();
        Some(PackedBy {
            manifest: client.recipe(folder)?.manifest,
            kinds: kinds.join(" and "),
            publishes_by: client.publishes_by(),
            hook: client.hook(),
        })
    };
    ECOSYSTEMS.iter().filter_map(by).collect()
}

/// Text that stays on one comment line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn some_of(names: &[String]) -> String {
    let named = names.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none of them public".to_owned(),
        count if count > 4 => format!("{named} and {} more", count - 4),
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(files: &[(&str, &str)]) -> (tempfile::TempDir, Survey) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let survey = Survey::of(folder.path());
        (folder, survey)
    }

    #[test]
    fn the_licence_decides() {
        let (_folder, open) = survey(&[("package.json", r#"{"name": "a", "license": "MIT"}"#)]);
        assert_eq!((open.policy.as_str(), open.ecosystem().as_str()), ("open-source", "npm (package.json)"));
        let (_folder, closed) = survey(&[("package.json", r#"{"name": "a", "license": "UNLICENSED"}"#)]);
        assert_eq!(closed.policy, "proprietary");
        let (_folder, crates) =
            survey(&[("Cargo.toml", "[package]\nname = \"a\"\nlicense = \"Apache-2.0\"\n")]);
        assert_eq!(
            (crates.policy.as_str(), crates.ecosystem().as_str()),
            ("open-source", "crate (Cargo.toml)")
        );
    }

    #[test]
    fn a_workspace_has_five_lines() {
        let (_folder, survey) = survey(&[
            (
                "package.json",
                r#"{"name": "root", "private": true, "license": "MIT", "workspaces": ["packages/*"]}"#,
            ),
            ("packages/a/package.json", r#"{"name": "@acme/a"}"#),
            ("packages/b/package.json", r#"{"name": "@acme/core", "private": true}"#),
        ]);
        assert_eq!(
            (survey.public.as_slice(), survey.private.as_slice()),
            (&["@acme/a".to_owned()][..], &["@acme/core".to_owned()][..])
        );
        assert_eq!(survey.lines().len(), 5);
        assert!(survey.settings().contains("# packages = [\"@acme/core\"]"));
    }

    #[test]
    fn what_is_proposed_can_be_loaded() {
        let hostile = "{\"name\": \"a\", \"license\": \"x\\n[rules]\\nnonsense = 1\"}";
        for manifest in [r#"{"name": "a", "license": "MIT"}"#, hostile, "{}"] {
            let (folder, survey) = survey(&[("package.json", manifest)]);
            std::fs::write(folder.path().join(SETTINGS_FILE), survey.settings()).unwrap();
            let settings = Settings::load(folder.path(), None).unwrap();
            assert_eq!(Policy::resolve_for(&settings, None).name, survey.policy);
        }
    }

    #[test]
    fn a_folder_without_manifest() {
        let (_folder, survey) = survey(&[("index.html", "")]);
        assert!(survey.packed_by.is_empty());
        assert!(survey.advice().iter().any(|line| line.contains("packgate check FOLDER")));
    }
}
