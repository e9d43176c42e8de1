//! What `packgate init` sees in a project, and the settings that it proposes. Writes nothing.

use std::path::{Path, PathBuf};

use crate::ecosystem::{
    Built, ECOSYSTEMS, Ecosystem, Member, Rewrite, built, deploy_folder, members, members_of, of_project,
    published_from, recipes,
};
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
    /// The folders that are published in place of this one.
    pub published_from: Vec<String>,
    /// The manifest of a build that no client packs, and what is built from it.
    pub built: Option<(String, &'static Built)>,
}

/// A manifest that a client packs a project from.
#[derive(Debug, Clone)]
pub struct PackedBy {
    /// The manifest: `package.json`, `a .gemspec`.
    pub manifest: &'static str,
    /// The kinds of artifacts that it makes: `wheel and sdist`.
    pub kinds: String,
    /// How they are packed, checked and published as the same file, in lines of shell.
    release: Vec<String>,
    /// Where the check can be run before every publishing, and the line to write there.
    hook: Option<(&'static str, &'static str)>,
    /// Whether the manifest forbids publishing.
    private: bool,
}

impl Survey {
    /// Looks at a folder.
    pub fn of(folder: &Path) -> Self {
        let project = Project::new(folder);
        let published_from = published_from(&project);
        let package = match published_from.first() {
            Some(written) => of_project(&project.folder.join(written)),
            None => of_project(folder),
        };
        let policy = Policy::resolve_for(&Settings::default(), package.as_ref());
        let members: Vec<&Member> =
            members(&project).iter().filter(|member| member.folder.starts_with(&project.folder)).collect();
        let is_root = |member: &Member| member.held_back.is_some() && member.folder == project.folder;
        let names = |is_held_back: bool| -> Vec<String> {
            let mut names: Vec<String> = members
                .iter()
                .filter(|member| member.held_back.is_some() == is_held_back && !is_root(member))
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
            published_from,
            built: built(folder),
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
        let policy = match self.public.is_empty() {
            true => format!("auto: {} ({})", self.policy, self.because),
            false => "auto: the licence of each package decides".to_owned(),
        };
        lines.push(("policy", policy));
        if !self.published_from.is_empty() {
            let folders = self.published_from.join(" and ");
            lines.push(("published", format!("from {folders}, where a build writes a manifest")));
        } else if !self.public.is_empty() || !self.private.is_empty() {
            let count = self.public.len() + self.private.len();
            lines
                .push(("workspace", format!("{count} packages; to be published: {}", some_of(&self.public))));
            if !self.private.is_empty() {
                lines.push((
                    "private",
                    format!("{}; not published, and not to turn up in a release", some_of(&self.private)),
                ));
            }
        }
        lines
    }

    fn ecosystem(&self) -> String {
        let words: Vec<String> =
            self.packed_by.iter().map(|by| format!("{} ({})", by.kinds, by.manifest)).collect();
        if let (true, Some((manifest, _))) = (words.is_empty(), &self.built) {
            return format!("none that packgate packs ({manifest}): what is built from it is audited");
        }
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
             # The manifest's licence decides: \"open-source\" or \"proprietary\". Write one of them, or \"strict\", to decide\n\
             # yourself.\n\
             policy = \"auto\"\n",
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

    /// Whether nothing here is published by a client: a web app, as a rule.
    pub fn is_deployed(&self) -> bool {
        self.public.is_empty() && self.published_from.is_empty() && self.packed_by.iter().all(|by| by.private)
    }

    /// The folder that a build has left what is deployed in, if nothing is published and there is one such.
    pub fn deploy_folder(&self) -> Option<String> {
        let is_deployed = self.is_deployed() && !self.packed_by.is_empty();
        is_deployed.then(|| deploy_folder(&self.folder)).flatten()
    }

    /// How a release goes through the gate, in lines to print: pack, check the file, publish the file. `deployed` is a
    /// folder that is deployed instead.
    pub fn advice(&self, deployed: Option<&str>) -> Vec<String> {
        let mut lines = Vec::new();
        let built = self.built.as_ref().filter(|_| deployed.is_none() && self.packed_by.is_empty());
        let release = match (deployed, self.packed_by.first()) {
            (None, Some(by)) if !self.is_deployed() => match self.published_from.as_slice() {
                [] => self.release_of_all(by),
                folders => {
                    let check = format!("packgate check {}", folders.join(" "));
                    by.release.iter().map(|line| line.replace("packgate check", &check)).collect()
                }
            },
            (folder, _) => {
                let check = match built {
                    Some((_, built)) => format!("{} && packgate check {}", built.command, built.artifacts),
                    None => format!("packgate check {}", folder.unwrap_or("FOLDER")),
                };
                vec![check, "# then the upload".to_owned()]
            }
        };
        let first = match self.is_deployed() || deployed.is_some() {
            true if built.is_some() => "A release builds, checks what was built, and uploads what passed:",
            true => "A release builds the folder, checks it, and uploads what passed:",
            false => "A release packs, checks the file, and publishes that file:",
        };
        lines.push(first.to_owned());
        lines.extend(release.iter().map(|line| format!("    {line}")));
        if self.folder.join(".github").join("workflows").is_dir() {
            lines.push("In the GitHub workflow, in place of the step that publishes:".to_owned());
            lines.push(format!("    - run: {INSTALL}"));
            lines.push("    - run: |".to_owned());
            lines.extend(release.iter().map(|line| format!("        {line}")));
        } else if self.folder.join(".gitlab-ci.yml").is_file() {
            lines.push("In the script of the job in .gitlab-ci.yml that publishes:".to_owned());
            lines.push(format!("    - {INSTALL}"));
            lines.push("    - |".to_owned());
            lines.extend(release.iter().map(|line| format!("      {line}")));
        }
        if let (None, [], Some(PackedBy { hook: Some((place, line)), private: false, .. })) =
            (deployed, self.published_from.as_slice(), self.packed_by.first())
        {
            lines.push(format!("{place}:"));
            lines.push(format!("    {line}"));
        }
        lines
    }

    /// How a client's files are released, and those of other clients that one and the same check leaves in its folder.
    fn release_of_all(&self, first: &PackedBy) -> Vec<String> {
        let mut lines = first.release.clone();
        for by in self.packed_by.iter().skip(1).filter(|by| !by.private) {
            if let ([check, rest @ ..], [own, ..]) = (by.release.as_slice(), first.release.as_slice())
                && check == own
                && !rest.is_empty()
            {
                lines.iter_mut().skip(1).last().into_iter().for_each(|line| line.push_str(" &&"));
                lines.extend_from_slice(rest);
            }
        }
        lines
    }

    /// Files of the project as they would be if packgate's own were kept out of what is packed.
    pub fn keep_out(&self, names: &[&str]) -> Vec<Rewrite> {
        let packing = recipes(&self.folder).into_iter().filter(|(_, _, recipe)| !recipe.private);
        packing.filter_map(|(_, client, _)| client.keep_out(&self.folder, names)).collect()
    }
}

/// How CI gets packgate.
const INSTALL: &str = "cargo install --locked packgate";

fn packed_by(folder: &Path) -> Vec<PackedBy> {
    let by = |ecosystem: &Ecosystem| {
        let client = ecosystem.client?;
        let kinds: Vec<&str> = ecosystem.formats.iter().map(|format| format.kind().name()).collect();
        let recipe_in = |folder: &Path| {
            let own = recipes(folder).into_iter().find(|(name, ..)| *name == ecosystem.name);
            own.map(|(_, _, recipe)| recipe).filter(|recipe| !(recipe.private && recipe.is_part))
        };
        // The root of a workspace may be no package itself.
        let recipe = recipe_in(folder).or_else(|| {
            let published = members_of(folder).into_iter().filter(|member| member.held_back.is_none());
            published.into_iter().find_map(|member| recipe_in(&member.folder))
        })?;
        Some(PackedBy {
            manifest: recipe.manifest,
            kinds: kinds.join(" and "),
            release: client.release(folder),
            hook: client.hook(folder),
            private: recipe.private,
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
        0 => "none of them".to_owned(),
        count if count > 4 => format!("{named} and {} more", count - 4),
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::PolicyChoice;

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
        let (_folder, crates) = survey(&[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"1.0.0\"\nlicense = \"Apache-2.0\"\n",
        )]);
        assert_eq!(
            (crates.policy.as_str(), crates.ecosystem().as_str()),
            ("open-source", "crate (Cargo.toml)")
        );
    }

    #[test]
    fn the_manifest_that_is_published_decides() {
        let python = ("pyproject.toml", "[project]\nname = \"a\"\nlicense = \"MIT\"\n");
        for beside in [
            ("package.json", r#"{"name": "tools", "private": true}"#),
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[lib]\ncrate-type = [\"cdylib\"]\n",
            ),
            ("Cargo.toml", "[package]\nname = \"a\"\npublish = false\n"),
        ] {
            let (_folder, survey) = survey(&[python, beside]);
            assert_eq!((survey.policy.as_str(), survey.licence.as_deref()), ("open-source", Some("MIT")));
        }
    }

    #[test]
    fn a_workspace_has_five_lines() {
        let (_folder, survey) = survey(&[
            (
                "package.json",
                r#"{"name": "root", "private": true, "license": "MIT", "workspaces": ["packages/*"]}"#,
            ),
            ("packages/a/package.json", r#"{"name": "@acme/a", "version": "1.0.0"}"#),
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
            assert_eq!(settings.policy, PolicyChoice::Auto);
        }
    }

    #[test]
    fn a_folder_without_manifest() {
        let (_folder, survey) = survey(&[("index.html", "")]);
        assert!(survey.packed_by.is_empty());
        assert!(survey.advice(None).iter().any(|line| line.contains("packgate check FOLDER")));
    }
}
