use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use packgate::audit::{Audit, Options};
use packgate::commit::CommitOptions;
use packgate::guard;
use packgate::inventory::Kind;
use packgate::pack::{self, Choice, Watch};
use packgate::policy::Verdict;
use packgate::settings::Level;
use packgate::stack;
use packgate::surroundings::Workspace;
use packgate::timings::Timings;

use super::against::Against;
use super::attest::Attestations;
use super::cargo_credential::PassedCrates;
use super::gate::{Failure, Gate};
use super::in_order::in_order;
use super::known::Known;
use super::output::{self, Format, Outputs};
use super::policy::policies;
use super::progress::{Progress, bar};
use super::reporting::{Reporting, failed};
use super::targets::{Packing, Target, Targets};
use super::workers::{Means, Workers};
use super::{Exit, complain};

/// Audit artifacts or folders, and stop what the policy doesn't allow
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Artifacts, folders, or `-` for a list on stdin, one path per line [default: the working directory]
    #[arg(value_name = "TARGET")]
    targets: Vec<PathBuf>,
    /// A policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies))]
    policy: Option<String>,
    /// How to report; with `=FILE`, into a file. May be repeated
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = output::format())]
    format: Vec<Format>,
    /// The level that blocks
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = fail_on())]
    fail_on: Level,
    /// Treat the artifacts as this kind instead of recognising it
    #[arg(long, value_name = "KIND", value_parser = kind())]
    kind: Option<Kind>,
    /// Where the artifacts came from: settings, ignore files, version control and workspace are read there
    /// [default: the folder that was packed, or the member of this workspace that has the artifact's name]
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Of a workspace, audit this member only: a name, a pattern or a folder. Repeatable
    #[arg(long, value_name = "NAME")]
    member: Vec<String>,
    /// Of a workspace, audit only members that changed since this revision, or that need one that did
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Keep the files that were packed and audited, and say how to publish them
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Compare with an earlier release: a file, `latest`, or a version that the ecosystem's client fetches
    #[arg(long, value_name = "OLD")]
    against: Option<Against>,
    /// The commit that the artifacts should be from [default: the one a crate names, HEAD, or the version's tag]
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// Write a statement about each artifact that passes into this folder, for somebody to sign
    #[arg(long, value_name = "DIR")]
    attest: Option<PathBuf>,
    /// Audit folders as they are instead of packing them first
    #[arg(long)]
    as_is: bool,
    #[command(flatten)]
    means: Means,
    /// Print where the time went, summed over all threads, to stderr
    #[arg(long)]
    timings: bool,
    /// Print the verdict only
    #[arg(long, short)]
    quiet: bool,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Format")
    }
}

pub(super) fn fail_on() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(["error", "warning", "note"]).map(|word| match word.as_str() {
        "note" => Level::Note,
        "warning" => Level::Warning,
        _ => Level::Error,
    })
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .try_map(|word| Kind::ALL.into_iter().find(|kind| kind.name() == word).ok_or("no such kind"))
}

impl Check {
    /// Audits, reports, and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        if let Some(project) = self.project.as_ref().filter(|project| !project.is_dir()) {
            return Err(format!("--project {}: no such folder", project.display()));
        }
        let workspace = Workspace::new(self.project(), self.policy.as_deref());
        let settings =
            workspace.settings(workspace.folder()).map_err(|errors| self.refused(errors.to_string()))?;
        let mut outputs = Outputs::open(&self.format, self.look())?;
        in_github_job(&mut outputs)?;
        let attestations = self.attest.as_deref().map(Attestations::into).transpose()?;
        let mut wrong = Vec::new();
        let packing = Packing {
            as_is: self.as_is,
            choice: Choice { members: self.member.clone(), since: self.since.clone() },
            keep: self.keep.clone(),
        };
        let timings = self.timings.then(Arc::<Timings>::default);
        let options = Options::default()
            .kind(self.kind)
            .fail_on(self.fail_on)
            .keep_entries(outputs.need_entries())
            .timings(timings.clone());
        // Whether a waiver did nothing anywhere is known only in the end.
        let is_single = workspace.members().is_empty() && settings.waivers.is_empty();
        let gate = Gate::of(workspace, self.project.is_some());
        let progress = Progress::packing(self.quiet);
        // While a client packs, git has time to answer, the project's text can be read, patterns compiled, and what is
        // written read.
        let watch = Watch::default();
        let ahead = || {
            let published = || gate.workspace().published();
            // Where nothing but the client runs, the project's files will be what they are.
            if published().any(pack::runs_programs) {
                return;
            }
            let commit = CommitOptions::of(self.commit.clone(), published().chain([self.project()]));
            gate.go_by(|| options.clone().commit(commit.clone()));
            std::thread::scope(|scope| {
                scope.spawn(|| commit.ask_ahead(self.project()));
                gate.prepare(&watch);
                // Who wants one thread gets no second one for this.
                if self.means.workers(2).at_once > 1 {
                    gate.stock_ahead(&watch);
                }
            });
        };
        let is_here = packing.packs(&self.targets) && packing.is_here(&self.targets);
        let targets = std::thread::scope(|scope| {
            let is_wanted = is_here && self.project.is_none() && !self.means.is_bounded();
            let packed = watch.until_packed();
            let ahead = is_wanted.then(|| stack::spawn(scope, ahead));
            let targets = Targets::gather_watched(&self.targets, &packing, &watch, &mut wrong);
            drop(packed);
            // What wasn't done there, for want of a thread or because it panicked, is done later.
            let _ = ahead.and_then(Result::ok).map(ScopedJoinHandle::join);
            targets
        });
        progress.finish();
        let targets = targets?;
        for message in &targets.under_way {
            complain(message);
        }
        if !targets.under_way.is_empty() && targets.all.is_empty() && wrong.is_empty() {
            return Ok(Exit::Passed);
        }
        wrong.extend(targets.failed.iter().map(|one| format!("{}: {}", one.name, one.why)));
        outputs.without(targets.left_out.clone());
        let mut crates = PassedCrates::of(self.project());
        let workers = self.means.workers(targets.all.len());
        gate.go_by(|| {
            let commit = targets.commit(self.commit.clone(), self.project());
            options.clone().commit(commit).memory(workers.share)
        });
        let is_apart = is_single && targets.all.iter().all(|one| one.folder.is_none());
        let mut reporting = Reporting::begin(outputs, is_apart, timings);
        reporting.wrong(wrong);
        let how = How { gate: &gate, against: self.against.as_ref(), attestations: attestations.as_ref() };
        let mut passed = Vec::new();
        self.audit_all(&how, workers, &targets.all, &mut |target, audit| {
            if let Ok(audit) = &audit {
                if audit.kind() == Kind::Crate
                    && let Some(settings) = gate.settings(audit)
                {
                    crates.note(audit, &settings);
                }
                if audit.verdict == Verdict::Pass {
                    passed.extend(target.publish.clone());
                }
            }
            reporting.take(&target.path, audit);
        });
        crates.save();
        let exit = reporting.end(targets.has_whole_workspace);
        if let Some(folder) = self.keep.as_ref().filter(|_| !passed.is_empty()) {
            output::note(&format_args!("kept in {}; what passed is published with", folder.display()));
            passed.iter().for_each(|command| output::note(&format_args!("    {command}")));
        }
        // The program ends: to free what it knew of a large workspace one by one would only take time.
        std::mem::forget(gate);
        Ok(exit)
    }

    /// Says in all reports why nothing was audited.
    fn refused(&self, message: String) -> String {
        let written = Outputs::open(&self.format, self.look()).and_then(|mut outputs| {
            in_github_job(&mut outputs)?;
            outputs.write(&[failed(&message)]).pop().map_or(Ok(()), Err)
        });
        match written {
            Ok(()) => message,
            Err(error) => format!("{message}\n{error}"),
        }
    }

    /// The folder whose settings are read first.
    fn project(&self) -> &Path {
        self.project.as_deref().unwrap_or(Path::new("."))
    }

    fn look(&self) -> packgate::report::Look {
        let project = std::fs::canonicalize(self.project()).ok();
        packgate::report::Look { quiet: self.quiet, fail_on: self.fail_on, project, ..output::look() }
    }

    /// Audits all artifacts, several at once, and hands on the audits in the order of the artifacts, as soon as
    /// they are there.
    fn audit_all(
        &self,
        how: &How<'_>,
        workers: Workers,
        artifacts: &[Target],
        take: &mut (dyn FnMut(&Target, Audited) + Send),
    ) {
        let shown = Arc::new(Shown::default());
        let (watched, total) = (Arc::clone(&shown), artifacts.len());
        let progress = Progress::start(self.quiet, move || watched.line(total));
        let work = |artifact: &Target| {
            guard::spot("audit");
            shown.begin(artifact);
            let audit = how.audit(artifact, workers.each);
            shown.done.fetch_add(1, Ordering::Relaxed);
            audit
        };
        in_order(artifacts, workers.at_once, work, take);
        progress.finish();
    }
}

/// Bytes from which on the line of progress counts them: where one file is large, nothing else moves.
const MUCH: u64 = 20 << 20;

/// What the line of progress shows.
#[derive(Debug, Default)]
struct Shown {
    done: AtomicUsize,
    latest: Mutex<String>,
}

impl Shown {
    fn begin(&self, target: &Target) {
        let name = target.path.file_name().unwrap_or(target.path.as_os_str()).to_string_lossy();
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = name.into_owned();
    }

    fn line(&self, total: usize) -> String {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let unpacked = match packgate::unpack::unpacked_so_far() {
            few if few < MUCH => String::new(),
            bytes => format!(", {} MB unpacked", bytes / 1_000_000),
        };
        format!("auditing {} {latest}{unpacked}", bar(self.done.load(Ordering::Relaxed), total))
    }
}

/// An audit, or why there is none.
type Audited = Result<Audit, Failure>;

/// What is done with each artifact.
struct How<'a> {
    gate: &'a Gate,
    against: Option<&'a Against>,
    attestations: Option<&'a Attestations>,
}

impl How<'_> {
    fn audit(&self, target: &Target, workers: usize) -> Audited {
        let audit = self.gate.audit(target, self.against, workers)?;
        if let Some(attestations) = self.attestations {
            attestations.write(&audit, &target.path)?;
        }
        Ok(audit)
    }
}

/// In a GitHub job, annotations and the step summary are written by default.
fn in_github_job(outputs: &mut Outputs) -> Result<(), String> {
    if std::env::var_os("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
        return Ok(());
    }
    outputs.also_print("github");
    match std::env::var_os("GITHUB_STEP_SUMMARY") {
        Some(path) => outputs.also_append(&packgate::report::STEP_SUMMARY, path.into()),
        None => Ok(()),
    }
}
