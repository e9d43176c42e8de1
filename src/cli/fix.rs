use std::collections::BTreeSet;
use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;

use packgate::audit::{Audit, Options};
use packgate::escape::shown_lines;
use packgate::fix::{self, FileChange, Plan};
use packgate::outcome::LeftOut;
use packgate::pack;
use packgate::policy::{Judged, Verdict};
use packgate::report::Look;
use packgate::rules::{self, Family};
use packgate::settings::Level;
use packgate::surroundings::Workspace;

use super::check::fail_on;
use super::file::{near, save};
use super::gate::Gate;
use super::known::Known;
use super::lock_file::{commit, plain};
use super::policy::policies;
use super::progress::Progress;
use super::reporting::exit;
use super::targets::{Packing, Target, Targets};
use super::{Exit, complain, complain_of, output};

/// Write what findings propose: keep files out of the package by its own lists
///
/// Packs the project, or all of a workspace, shows what would change in package.json, Cargo.toml, pyproject.toml, MANIFEST.in or
/// .vscodeignore, asks, writes it, packs and checks again. Sources and build settings are never touched. What would
/// make the package worse is taken back.
#[derive(Debug, clap::Args)]
pub(crate) struct Fix {
    /// The folder of a package or a workspace [default: the working directory]
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
        if !self.folder.is_dir() {
            return Err(format!("{}: name the folder of a package or a workspace", self.folder.display()));
        }
        if !pack::has_manifest(&self.folder) {
            return Err(format!(
                "{}: there is no package.json, Cargo.toml, pyproject.toml, setup.py or .gemspec whose lists could be changed; \
                 `packgate check` says for each finding what to change in a folder that is deployed as it is",
                self.folder.display()
            ));
        }
        let mut written: Vec<FileChange> = Vec::new();
        let mut released = self.audits(None, &mut written)?;
        let known: BTreeSet<String> = released.findings().map(|judged| judged.finding_id.clone()).collect();
        for _ in 0..MOST_ROUNDS {
            let plan = Self::plan(&released.packed, self.fail_on);
            if plan.files.is_empty() {
                plan.refused.iter().for_each(|why| {
                    complain(&format_args!("not written: {why}"));
                });
                break;
            }
            if !self.writes(plan.files, &mut written)? {
                complain(&"nothing was written");
                break;
            }
            released = self.audits(Some(&released.failed), &mut written)?;
            // That more of what ships is now seen for what it is doesn't make the package worse; that it no longer
            // works does.
            let is_worse = |judged: &&Judged| {
                self.blocks(judged) && breaks(judged.finding.rule) && !known.contains(&judged.finding_id)
            };
            if let Some(worse) = released.findings().find(is_worse) {
                take_back(&written)?;
                return Err(format!(
                    "this would make it worse, so what was written is taken back: {} at {}: {}",
                    worse.finding.rule, worse.finding.place.path, worse.finding.message
                ));
            }
        }
        let files: BTreeSet<&PathBuf> = written.iter().map(|change| &change.path).collect();
        let files: Vec<PathBuf> = files.into_iter().cloned().collect();
        self.report(released, &files)
    }

    /// Shows the changes, asks, and writes them; whether they were written.
    fn writes(&self, changes: Vec<FileChange>, written: &mut Vec<FileChange>) -> Result<bool, String> {
        show(&changes)?;
        if !self.agreed()? {
            return Ok(false);
        }
        for change in &changes {
            save(&change.path, change.after.as_bytes())?;
        }
        written.extend(changes);
        Ok(true)
    }

    /// Packs all that is released from the folder; where a client refuses what lies there, once more after the change
    /// that lets it. A member of a workspace that can't be packed keeps no other from being mended.
    fn targets(&self, written: &mut Vec<FileChange>) -> Result<Targets, String> {
        let mut rounds = MOST_ROUNDS;
        loop {
            let mut wrong = Vec::new();
            let progress = Progress::packing(false);
            let targets =
                Targets::gather(std::slice::from_ref(&self.folder), &Packing::default(), &mut wrong);
            progress.finish();
            let targets = targets?;
            wrong.extend(targets.under_way.iter().cloned());
            let ways_out: Vec<_> =
                targets.ways_out.iter().map(|(folder, edits)| (near(folder), edits)).collect();
            let edits =
                ways_out.iter().flat_map(|(folder, edits)| edits.iter().map(|edit| (folder.as_path(), edit)));
            let changes = fix::applied(edits).files;
            if rounds > 0 && !changes.is_empty() && self.writes(changes, written)? {
                rounds -= 1;
                continue;
            }
            if targets.all.is_empty() {
                wrong.extend(targets.failed.iter().map(said));
            }
            return if wrong.is_empty() { Ok(targets) } else { Err(wrong.join("\n")) };
        }
    }

    /// Packs and audits all that is released from the folder. What was written is taken back if that fails, or if a
    /// member can't be packed any more that could before.
    fn audits(
        &self,
        failed_before: Option<&[LeftOut]>,
        written: &mut Vec<FileChange>,
    ) -> Result<Released, String> {
        let audited = self.targets(written).and_then(|mut targets| {
            let is_new = |one: &&LeftOut| {
                failed_before.is_some_and(|before| before.iter().all(|other| other.name != one.name))
            };
            match targets.failed.iter().find(is_new) {
                Some(new) => Err(said(new)),
                None => Ok(Released {
                    packed: self.audited(&targets)?,
                    failed: std::mem::take(&mut targets.failed),
                }),
            }
        });
        audited.or_else(|error| {
            take_back(written)?;
            Err(match written.is_empty() {
                true => error,
                false => format!("{error}\nSo what was written is taken back."),
            })
        })
    }

    fn audited(&self, targets: &Targets) -> Result<Vec<Packed>, String> {
        let workspace = Workspace::new(&self.folder, self.policy.as_deref());
        let gate = Gate::new(workspace, false, Options::default().fail_on(self.fail_on));
        let audit = |target: &Target| {
            let folder = target.folder.clone().unwrap_or_else(|| self.folder.clone());
            let audit = gate.audit(target, None, 2).map_err(|failure| failure.to_string())?;
            Ok(Packed { folder: near(&folder), audit })
        };
        targets.all.iter().map(audit).collect()
    }

    /// What to write for findings from this level on, for all packages.
    fn plan(packed: &[Packed], level: Level) -> Plan {
        fix::plan(packed.iter().map(|one| (one.folder.as_path(), &one.audit)), level)
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
    fn report(&self, released: Released, written: &[PathBuf]) -> Result<Exit, String> {
        let Released { packed, failed } = released;
        if written.is_empty() {
            output::line(match Self::plan(&packed, Level::Warning).files.is_empty() {
                true => format_args!("Nothing to write.\n"),
                false => format_args!(
                    "Nothing to write for what blocks; `packgate fix --fail-on warning` writes what warnings propose.\n"
                ),
            })?;
        }
        let mut audits: Vec<Audit> = packed.into_iter().map(|one| one.audit).collect();
        let worst = audits.iter().map(|audit| audit.verdict).max().unwrap_or_default();
        audits.extend(failed.iter().map(|one| Audit::failed(&one.name, &one.why)));
        if let Some(human) = packgate::report::find("human") {
            output::print(|look, out| (human.write)(&audits, &Look { is_fix: true, ..look.clone() }, out))?;
        }
        if worst == Verdict::Blocked {
            let only_locked = audits
                .iter()
                .flat_map(|audit| &audit.findings)
                .filter(|judged| self.blocks(judged))
                .all(|judged| judged.finding.rule == rules::CONTENTS_DRIFT);
            // What was written is of use once the build has taken it over.
            let waits = |audit: &Audit| {
                let by_build = audit.inventory.making.generated_from.is_some();
                let has_edits = |judged: &Judged| {
                    judged.finding.remedy.as_ref().is_some_and(|remedy| !remedy.edits.is_empty())
                };
                by_build && audit.findings.iter().any(|judged| self.blocks(judged) && has_edits(judged))
            };
            output::line(match only_locked {
                true => format_args!(
                    "\nWhat still blocks is what packgate.lock doesn't have yet: `packgate lock` shows and writes it."
                ),
                false if audits.iter().any(waits) => {
                    format_args!("\nBuild again, and check: the build takes over what package.json now says.")
                }
                false => format_args!(
                    "\nNo list of files mends what still blocks; the help of each finding says what does."
                ),
            })?;
        }
        commit(&self.folder, written)?;
        complain_of(&failed.iter().map(said).collect::<Vec<_>>());
        Ok(exit(worst, !failed.is_empty()))
    }
}

/// What is released from a folder.
struct Released {
    packed: Vec<Packed>,
    /// Members of a workspace that can't be packed.
    failed: Vec<LeftOut>,
}

impl Released {
    fn findings(&self) -> impl Iterator<Item = &Judged> {
        self.packed.iter().flat_map(|one| &one.audit.findings)
    }
}

/// An artifact's audit, and the folder that it was packed from.
struct Packed {
    folder: PathBuf,
    audit: Audit,
}

/// Which member can't be packed, and why.
fn said(failed: &LeftOut) -> String {
    format!("{}: {}", failed.name, failed.why)
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

/// Files that are changed alike are told by one of them from so many on.
const MANY: usize = 4;

/// The changes, each as a unified diff; where many files get the same lines, that of the first and the names of the others.
fn show(changes: &[FileChange]) -> Result<(), String> {
    let mut alike: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for change in changes {
        let (name, diff) = diff(change);
        let lines: String =
            diff.lines().filter(|line| is_change(line)).flat_map(|line| [line, "\n"]).collect();
        match alike.iter_mut().find(|(known, _)| *known == lines) {
            Some((_, files)) => files.push((name, diff)),
            None => alike.push((lines, vec![(name, diff)])),
        }
    }
    for (_, files) in alike {
        let shown = if files.len() < MANY { files.len() } else { 1 };
        files.iter().take(shown).try_for_each(|(_, diff)| print(diff))?;
        let others: Vec<&str> = files.iter().skip(shown).map(|(name, _)| name.as_str()).collect();
        if !others.is_empty() {
            let count = others.len();
            output::line(format_args!("The same lines in {count} other files:"))?;
            output::line(format_args!("  {}\n", shown_lines(&others.join("\n  "))))?;
        }
    }
    Ok(())
}

/// Whether a line of a diff is one that was added or taken away.
fn is_change(line: &str) -> bool {
    line.starts_with(['+', '-']) && !line.starts_with("+++ ") && !line.starts_with("--- ")
}

/// The changed file's name, and the change as a unified diff.
fn diff(change: &FileChange) -> (String, String) {
    let before = change.before.as_deref().unwrap_or_default();
    let name = plain(&change.path).to_string();
    let diff = similar::TextDiff::from_lines(before, &change.after);
    let diff = diff.unified_diff().context_radius(2).header(&name, &name).to_string();
    (name, diff)
}

fn print(diff: &str) -> Result<(), String> {
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
