use std::collections::BTreeSet;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use packgate::audit::{Audit, AuditContext, Auditor, Options};
use packgate::escape::shown_lines;
use packgate::fix::{self, FileChange};
use packgate::pack::{self, Artifact, Choice};
use packgate::policy::{Judged, Verdict};
use packgate::project::Project;
use packgate::rules::{self, Family};
use packgate::settings::{Level, Settings};

use super::check::fail_on;
use super::file::save;
use super::known::Known;
use super::policy::policies;
use super::reporting::exit;
use super::{Exit, complain, output};

/// Write what findings propose: keep files out of the package by its own lists
///
/// Packs the project, shows what would change in package.json, Cargo.toml, pyproject.toml, MANIFEST.in or
/// .vscodeignore, asks, writes it, packs and checks again. Sources and build settings are never touched. What would
/// make the package worse is taken back.
#[derive(Debug, clap::Args)]
pub(crate) struct Fix {
    /// The package's folder [default: the working directory]
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    /// A policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies))]
    policy: Option<String>,
    /// The level that blocks
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = fail_on())]
    fail_on: Level,
}

/// What one change brings up may need another.
const MOST_ROUNDS: usize = 5;

impl Fix {
    /// Fixes, and returns how the last check ended.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        if !pack::has_manifest(&self.folder) {
            return Err(format!("{}: {}", self.folder.display(), pack::PackError::NoManifest));
        }
        let auditor = self.auditor()?;
        let mut audits = self.audits(&auditor)?;
        let known: BTreeSet<String> =
            audits.iter().flat_map(|audit| &audit.findings).map(|judged| judged.finding_id.clone()).collect();
        let mut written: Vec<FileChange> = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let plan = fix::plan(&audits, &self.folder, self.fail_on);
            if plan.files.is_empty() {
                plan.refused.iter().for_each(|why| {
                    complain(&format_args!("not written: {why}"));
                });
                break;
            }
            plan.files.iter().try_for_each(show)?;
            if !self.agreed()? {
                complain(&"nothing was written");
                break;
            }
            for change in &plan.files {
                save(&change.path, change.after.as_bytes())?;
            }
            written.extend(plan.files);
            audits = match self.audits(&auditor) {
                Ok(audits) => audits,
                Err(error) => {
                    take_back(&written)?;
                    return Err(format!("{error}\nSo what was written is taken back."));
                }
            };
            // That more of what ships is now seen for what it is doesn't make the package worse; that it no longer
            // works does.
            let is_worse = |judged: &&Judged| {
                self.blocks(judged) && breaks(judged.finding.rule) && !known.contains(&judged.finding_id)
            };
            let worse = audits.iter().flat_map(|audit| &audit.findings).find(is_worse);
            if let Some(worse) = worse {
                take_back(&written)?;
                return Err(format!(
                    "this would make it worse, so what was written is taken back: {} at {}: {}",
                    worse.finding.rule, worse.finding.place.path, worse.finding.message
                ));
            }
        }
        self.report(&audits, written.is_empty())
    }

    fn auditor(&self) -> Result<Auditor, String> {
        let settings =
            Settings::load(&self.folder, self.policy.as_deref()).map_err(|errors| errors.to_string())?;
        let project = Project::new(&self.folder);
        let internal_code =
            packgate::internal::code(&settings, Some(&project)).map_err(|error| error.to_string())?;
        let own_source =
            packgate::own::source(&settings, Some(&project)).map_err(|error| error.to_string())?;
        let options = Options::default().settings(settings).project(project).fail_on(self.fail_on);
        Ok(Auditor::new(options.internal_code(internal_code).own_source(own_source)))
    }

    /// Packs and audits.
    fn audits(&self, auditor: &Auditor) -> Result<Vec<Audit>, String> {
        let packed = pack::pack(&self.folder, &Choice::default())
            .map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let audit = |artifact: &Artifact| {
            let beside = AuditContext { folder: Some(&artifact.folder), previous: None, workers: 2 };
            let mut inventory = auditor.stock(&artifact.path, 2).map_err(|error| error.to_string())?;
            if let Some(name) = artifact.path.file_name() {
                inventory.artifact.path = name.to_string_lossy().into_owned();
            }
            auditor.judge_in(inventory, &beside).map_err(|error| error.to_string())
        };
        packed.artifacts.iter().map(audit).collect()
    }

    fn blocks(&self, judged: &Judged) -> bool {
        judged.waived.is_none() && judged.level >= self.fail_on
    }

    fn agreed(&self) -> Result<bool, String> {
        if self.yes {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            return Err("nobody is there to ask; --yes writes it without asking".to_owned());
        }
        output::text("Write this? [y/N] ")?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map_err(|error| error.to_string())?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// What is left, as `check` says it.
    fn report(&self, audits: &[Audit], nothing_written: bool) -> Result<Exit, String> {
        let worst = audits.iter().map(|audit| audit.verdict).max().unwrap_or_default();
        if nothing_written {
            output::line(format_args!("Nothing to write.\n"))?;
        }
        if let Some(human) = packgate::report::find("human") {
            output::print(|look, out| (human.write)(audits, look, out))?;
        }
        if worst == Verdict::Blocked {
            output::line(format_args!(
                "\nWhat still blocks is no matter of what is packed; see the help of each."
            ))?;
        }
        Ok(exit(worst, false))
    }
}

/// Whether a rule's findings mean that the package can't be used.
fn breaks(rule: &str) -> bool {
    let family = rules::find(rule).map(|rule| rule.family);
    matches!(family, Some(Family::Allowlist | Family::Manifest | Family::Wholeness))
}

/// Puts the files back as they were before all changes.
fn take_back(written: &[FileChange]) -> Result<(), String> {
    for change in written.iter().rev() {
        match &change.before {
            Some(text) => save(&change.path, text.as_bytes())?,
            None => fs::remove_file(&change.path)
                .map_err(|error| format!("cannot remove {}: {error}", change.path.display()))?,
        }
    }
    Ok(())
}

/// The change as a unified diff.
fn show(change: &FileChange) -> Result<(), String> {
    let before = change.before.as_deref().unwrap_or_default();
    let name = plain(&change.path);
    let diff = similar::TextDiff::from_lines(before, &change.after);
    let diff = diff.unified_diff().context_radius(2).header(&name, &name).to_string();
    let green = anstyle::AnsiColor::Green.on_default();
    let red = anstyle::AnsiColor::Red.on_default();
    output::print(|_, out| {
        for line in diff.lines() {
            let text = shown_lines(line);
            match line.chars().next() {
                Some('+') => writeln!(out, "{green}{text}{green:#}")?,
                Some('-') => writeln!(out, "{red}{text}{red:#}")?,
                _ => writeln!(out, "{text}")?,
            }
        }
        writeln!(out)
    })
}

fn plain(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
