use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use packgate::audit::{Audit, AuditContext, Auditor, Options};
use packgate::guard;
use packgate::inventory::Kind;
use packgate::policy::Verdict;
use packgate::project::Project;
use packgate::settings::{Level, Settings};
use packgate::timings::{Timings, timed};

use super::against::Against;
use super::attest::Attestations;
use super::cargo_credential::PassedCrates;
use super::known::Known;
use super::output::{self, Format, Outputs};
use super::policy::policies;
use super::progress::Progress;
use super::targets::{Target, Targets};
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
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = Known(output::formats).try_map(|text| text.parse::<Format>()))]
    format: Vec<Format>,
    /// The level that blocks
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = fail_on())]
    fail_on: Level,
    /// Treat the artifacts as this kind instead of recognising it
    #[arg(long, value_name = "KIND", value_parser = kind())]
    kind: Option<Kind>,
    /// The project of the artifacts: its settings, ignore files, version control and workspace are read
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
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
    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Print where the time went, summed over all threads, to stderr
    #[arg(long)]
    timings: bool,
    /// Print the verdict only
    #[arg(long, short)]
    quiet: bool,
}

/// Shorter stages get no line in `--timings`.
const SHOWN: Duration = Duration::from_micros(100);

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
        if !self.project.is_dir() {
            return Err(format!("--project {}: no such folder", self.project.display()));
        }
        let settings = Settings::load(&self.project, self.policy.as_deref())
            .map_err(|errors| self.refused(errors.to_string()))?;
        let mut outputs = Outputs::open(&self.format, self.look())?;
        in_github_job(&mut outputs)?;
        let attestations = self.attest.as_deref().map(Attestations::into).transpose()?;
        let mut wrong = Vec::new();
        let targets = Targets::gather(&self.targets, self.as_is, &mut wrong)?;
        for message in &targets.under_way {
            complain(message);
        }
        if !targets.under_way.is_empty() && targets.all.is_empty() && wrong.is_empty() {
            return Ok(Exit::Passed);
        }
        let project = Project::new(&self.project);
        let internal_code =
            packgate::internal::code(&settings, Some(&project)).map_err(|error| error.to_string())?;
        let own_source =
            packgate::own::source(&settings, Some(&project)).map_err(|error| error.to_string())?;
        let mut crates = PassedCrates::of(&self.project, &settings);
        let timings = self.timings.then(Arc::<Timings>::default);
        let options = Options::default()
            .settings(settings)
            .commit(targets.commit(self.commit.clone(), &self.project))
            .kind(self.kind)
            .project(project)
            .internal_code(internal_code)
            .own_source(own_source)
            .fail_on(self.fail_on)
            .keep_entries(outputs.need_entries())
            .timings(timings.clone());
        // Only at the end is it known whether a waiver did nothing anywhere.
        let mut one_by_one = if options.settings.waivers.is_empty() { outputs.one_by_one() } else { None };
        let mut audits = Vec::new();
        let mut worst = Verdict::default();
        let how = How {
            auditor: &Auditor::new(options),
            against: self.against.as_ref(),
            attestations: attestations.as_ref(),
        };
        self.audit_all(&how, &targets.all, &mut |audit| match (audit, &mut one_by_one) {
            (Ok(audit), report) => {
                worst = worst.max(audit.verdict);
                crates.note(&audit);
                match report {
                    Some(report) => timed(timings.as_deref(), "report", || report.add(&audit)),
                    None => audits.push(audit),
                }
            }
            (Err(message), _) => wrong.push(message),
        });
        crates.save();
        if one_by_one.is_none() {
            audits.extend(wrong.iter().map(|message| failed(message)));
        }
        let mut waivers: Vec<_> = audits.iter_mut().map(|audit| &mut audit.waivers).collect();
        packgate::policy::settle(&mut waivers);
        wrong.extend(timed(timings.as_deref(), "report", || match one_by_one {
            Some(report) => report.end().err().into_iter().collect(),
            None => outputs.write(&audits),
        }));
        for (stage, time) in
            timings.iter().flat_map(|timings| timings.stages()).filter(|(_, time)| *time >= SHOWN)
        {
            output::note(&format_args!("{:>9.1} ms  {stage}", time.as_secs_f64() * 1000.0));
        }
        for message in &wrong {
            complain(message);
        }
        Ok(exit(worst, !wrong.is_empty()))
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

    fn look(&self) -> packgate::report::Look {
        let project = std::fs::canonicalize(&self.project).ok();
        packgate::report::Look { quiet: self.quiet, fail_on: self.fail_on, project, ..output::look() }
    }

    /// Audits all artifacts, several at once, and passes the audits on in the order of the artifacts, as soon as they
    /// are ready.
    fn audit_all(&self, how: &How<'_>, artifacts: &[Target], take: &mut (dyn FnMut(Audited) + Send)) {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.jobs.map_or(processors, usize::from);
        let at_once = jobs.min(artifacts.len()).max(1);
        let workers_each = (jobs / at_once).max(1);
        let progress = Progress::start(artifacts.len(), self.quiet);
        let next = AtomicUsize::new(0);
        let done = Mutex::new(InOrder { next: 0, early: BTreeMap::new(), take });
        let work = || {
            while let Some((number, artifact)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                artifacts.get(number).map(|artifact| (number, artifact))
            } {
                guard::spot("audit");
                let audit = how.audit(artifact, workers_each);
                progress.tick();
                done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(number, audit);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..at_once {
                scope.spawn(work);
            }
            work();
        });
        progress.finish();
    }
}

/// An audit, or why there is none.
type Audited = Result<Audit, String>;

/// Puts audits that finish in any order back in the artifacts' order.
struct InOrder<'a> {
    next: usize,
    early: BTreeMap<usize, Audited>,
    take: &'a mut (dyn FnMut(Audited) + Send),
}

impl InOrder<'_> {
    fn add(&mut self, number: usize, audit: Audited) {
        self.early.insert(number, audit);
        while let Some(audit) = self.early.remove(&self.next) {
            self.next += 1;
            (self.take)(audit);
        }
    }
}

/// What is done with each artifact.
struct How<'a> {
    auditor: &'a Auditor,
    against: Option<&'a Against>,
    attestations: Option<&'a Attestations>,
}

impl How<'_> {
    fn audit(&self, target: &Target, workers: usize) -> Audited {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        let mut inventory = self.auditor.stock(&target.path, workers).map_err(|error| words(&error))?;
        target.name(&mut inventory);
        let previous = match self.against {
            Some(against) => {
                against.inventory_if_released(self.auditor, &inventory, target.folder.as_deref())?
            }
            None => None,
        };
        let beside = AuditContext { folder: target.folder.as_deref(), previous: previous.as_ref(), workers };
        let audit = self.auditor.judge_in(inventory, &beside).map_err(|error| words(&error))?;
        if let Some(attestations) = self.attestations {
            attestations.write(&audit, &target.path)?;
        }
        Ok(audit)
    }
}

/// What stands in reports for an artifact of which there is no audit.
fn failed(message: &str) -> Audit {
    // `NAME: why`, as all of these messages are.
    let (path, why) = message.split_once(": ").unwrap_or((".", message));
    match path.contains([' ', '\n']) {
        true => Audit::failed(".", message),
        false => Audit::failed(path, why),
    }
}

pub(super) fn exit(worst: Verdict, usage: bool) -> Exit {
    if usage {
        return Exit::Usage;
    }
    match worst {
        Verdict::Pass => Exit::Passed,
        Verdict::Blocked => Exit::Blocked,
        Verdict::Incomplete => Exit::Incomplete,
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
