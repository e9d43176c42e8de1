//! The audit, end to end: unpack, inspect, inventory, rules, policy.

mod later;
mod narrowing;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::commit::{self, CommitError, CommitOptions};
use crate::diff::Diff;
use crate::ecosystem;
use crate::fingerprint::{Index, OwnSource};
use crate::inspect::{ScanOptions, Scanner};
use crate::internal::{packages, private_members_around};
use crate::inventory::{Declared, Inventory, Kind, Unexamined};
use crate::lock::{self, Lock, LockError};
use crate::policy::{Judged, Judgement, Policies, Policy, Verdict, is_for_everybody, judge};
use crate::project::Project;
use crate::rules::{self, Context};
use crate::settings::{Level, Settings};
use crate::stocktake::{Budget, Stocktake, StocktakeError};
use crate::stored::Sought;
use crate::surroundings::Surroundings;
use crate::timings::{Timings, timed};
use crate::unpack::{Limits, Share};

pub use crate::outcome::{Audit, Totals};

/// Options of an audit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The project's settings.
    pub settings: Settings,
    /// The kind of artifact, instead of recognising it.
    pub kind: Option<Kind>,
    /// The project that the artifacts came from.
    pub project: Option<Project>,
    /// Findings at this level or above block.
    pub fail_on: Level,
    /// The day that waivers' expiry is compared with.
    pub today: time::Date,
    /// Whether the inventory keeps its entries, for reporters that show them.
    pub keep_entries: bool,
    /// Whether entries get a SHA-256 even if no rule needs it, for comparing artifacts.
    pub digests: bool,
    /// What to compare the artifacts' files with; nothing by default.
    pub commit: Option<CommitOptions>,
    /// The memory that each artifact may take.
    pub memory: Option<Share>,
    /// Where to record the time of each stage.
    pub timings: Option<Arc<Timings>>,
    /// Fingerprints of internal code, from [`crate::internal::code`].
    pub internal_code: Option<Arc<Index>>,
    /// The project's own source text, from [`crate::own::source`].
    pub own_source: Option<Arc<OwnSource>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            kind: None,
            project: None,
            fail_on: Level::Error,
            today: time::OffsetDateTime::now_utc().date(),
            keep_entries: false,
            digests: false,
            commit: None,
            memory: None,
            timings: None,
            internal_code: None,
            own_source: None,
        }
    }
}

/// Each sets one option.
impl Options {
    /// Sets [`Options::settings`].
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Sets [`Options::kind`].
    #[must_use]
    pub fn kind(self, kind: impl Into<Option<Kind>>) -> Self {
        Self { kind: kind.into(), ..self }
    }

    /// Sets [`Options::project`].
    #[must_use]
    pub fn project(self, project: impl Into<Option<Project>>) -> Self {
        Self { project: project.into(), ..self }
    }

    /// Sets everything that depends on where the artifacts came from.
    #[must_use]
    pub fn surroundings(self, surroundings: Surroundings) -> Self {
        let Surroundings { project, settings, internal_code, own_source } = surroundings;
        Self { project: Some(project), settings, internal_code, own_source, ..self }
    }

    /// Sets [`Options::fail_on`].
    #[must_use]
    pub fn fail_on(self, fail_on: Level) -> Self {
        Self { fail_on, ..self }
    }

    /// Sets [`Options::today`].
    #[must_use]
    pub fn today(self, today: time::Date) -> Self {
        Self { today, ..self }
    }

    /// Sets [`Options::keep_entries`].
    #[must_use]
    pub fn keep_entries(self, keep_entries: bool) -> Self {
        Self { keep_entries, ..self }
    }

    /// Sets [`Options::digests`].
    #[must_use]
    pub fn digests(self, digests: bool) -> Self {
        Self { digests, ..self }
    }

    /// Sets [`Options::commit`].
    #[must_use]
    pub fn commit(self, commit: impl Into<Option<CommitOptions>>) -> Self {
        Self { commit: commit.into(), ..self }
    }

    /// Sets [`Options::memory`].
    #[must_use]
    pub fn memory(self, memory: Option<Share>) -> Self {
        Self { memory, ..self }
    }

    /// The limits of unpacking.
    fn limits(&self) -> Limits {
        Limits { memory: self.memory, ..self.settings.limits.clone() }
    }

    /// Sets [`Options::timings`].
    #[must_use]
    pub fn timings(self, timings: Option<Arc<Timings>>) -> Self {
        Self { timings, ..self }
    }

    /// Sets [`Options::internal_code`].
    #[must_use]
    pub fn internal_code(self, index: Option<Index>) -> Self {
        Self { internal_code: index.map(Arc::new), ..self }
    }

    /// Sets [`Options::own_source`].
    #[must_use]
    pub fn own_source(self, source: Option<OwnSource>) -> Self {
        Self { own_source: source.map(Arc::new), ..self }
    }
}

/// Errors that prevent an audit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The artifact can't be read.
    #[error(transparent)]
    Unreadable(#[from] StocktakeError),
    /// The project's lock can't be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no such commit to compare with.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// What belongs to one artifact alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditContext<'a> {
    /// The folder that it was packed from, whose lock applies; by default the project's.
    pub folder: Option<&'a Path>,
    /// The facts of the previous release.
    pub previous: Option<&'a Inventory>,
    /// How many threads may be used for it.
    pub workers: usize,
}

/// Audits artifacts, one after another or several at once.
#[derive(Debug)]
pub struct Auditor {
    options: Options,
    scanner: Scanner,
    policies: Policies,
    budget: Arc<Budget>,
    sought: OnceLock<Sought>,
}

impl Auditor {
    /// Compiles the patterns once for all artifacts.
    pub fn new(options: Options) -> Self {
        let scanner = Scanner::new(wanted(&options));
        Self {
            options,
            scanner,
            policies: Policies::default(),
            budget: Arc::default(),
            sought: OnceLock::new(),
        }
    }

    /// An auditor with other options that works at the same time as this one: both keep to one budget of memory, and
    /// share what they look for where that is the same.
    #[must_use]
    pub fn beside(&self, options: Options) -> Self {
        let scanner = self.scanner.beside(wanted(&options));
        Self {
            options,
            scanner,
            policies: Policies::default(),
            budget: Arc::clone(&self.budget),
            sought: OnceLock::new(),
        }
    }

    /// What it goes by.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Takes stock of one artifact with `workers` threads and judges it.
    ///
    /// # Errors
    /// If the artifact doesn't exist or can't be opened, or if the project's lock can't be used. What goes wrong
    /// inside the artifact is in the audit.
    pub fn audit(&self, path: &Path, workers: usize) -> Result<Audit, AuditError> {
        self.judge_in(self.stock(path, workers)?, &AuditContext { workers, ..AuditContext::default() })
    }

    /// Takes stock without judging.
    ///
    /// # Errors
    /// If the artifact doesn't exist or can't be opened.
    pub fn stock(&self, path: &Path, workers: usize) -> Result<Inventory, AuditError> {
        let stocktake = Stocktake {
            scanner: &self.scanner,
            limits: &self.scanner.options.limits,
            kind: self.options.kind,
            project: self.options.project.as_ref(),
            budget: &self.budget,
            workers,
        };
        let begun = Instant::now();
        let mut inventory = stocktake.of(path)?;
        let options = &self.options;
        crate::own::settle(&mut inventory, options.own_source.as_deref(), options.settings.own.mode);
        let package =
            inventory.package.as_ref().map(|package| format!(" {} {}", package.name, package.version));
        log::info!(
            "{}: {}{}, as {}, {} entries, {} parts not examined",
            path.display(),
            inventory.kind.name(),
            package.unwrap_or_default(),
            inventory.artifact.containers.join(" > "),
            inventory.entries.len(),
            inventory.unexamined.len(),
        );
        if let Some(because) = &inventory.kind_because {
            log::info!("{} is taken as {}: {because}", path.display(), inventory.kind.name());
        }
        log::debug!("{} was read and inspected in {:.1?}", path.display(), begun.elapsed());
        Ok(inventory)
    }

    /// Judges an inventory.
    ///
    /// # Errors
    /// If the project's lock or the wanted commit can't be used.
    pub fn judge(&self, inventory: Inventory) -> Result<Audit, AuditError> {
        self.judge_in(inventory, &AuditContext::default())
    }

    /// Judges an inventory in a context of its own.
    ///
    /// # Errors
    /// If the project's lock or the wanted commit can't be used.
    pub fn judge_in(&self, inventory: Inventory, beside: &AuditContext<'_>) -> Result<Audit, AuditError> {
        self.judgement(inventory, beside, true)
    }

    /// `foresees` says whether to look for what would block next, which takes the artifact's manifests.
    fn judgement(
        &self,
        mut inventory: Inventory,
        beside: &AuditContext<'_>,
        foresees: bool,
    ) -> Result<Audit, AuditError> {
        let begun = Instant::now();
        let options = &self.options;
        let known = options.project.as_ref();
        let home = match beside.folder {
            Some(folder) => known
                .filter(|project| project.folder == folder)
                .cloned()
                .or_else(|| Some(Project::new(folder))),
            None => known.cloned(),
        };
        if let Some(commit) = &options.commit {
            timed(options.timings.as_deref(), "compare with the commit", || {
                commit::settle(&mut inventory, commit, options.project.as_ref(), beside.folder)
            })?;
        }
        let lock = match &home {
            Some(home) => lock::load(home, &inventory)?,
            None => None,
        };
        let policy =
            self.policies.resolve(&options.settings, inventory.package.as_ref(), &inventory.licence_files);
        let is_away =
            options.project.as_ref().is_some_and(|project| !crate::own::is_of_project(&inventory, project));
        let context = Context::new(&inventory, &options.settings)
            .against(beside.previous, lock.as_ref())
            .away(is_away)
            .for_everybody(is_for_everybody(&inventory));
        let context = match is_away {
            true => context,
            false => context.in_workspace(&self.scanner.options.private_members),
        };
        let findings = rules::check(
            &context,
            |rule| policy.is_on(rule.name),
            options.timings.as_deref(),
            beside.workers,
        );
        let Judgement { mut findings, idle, used, verdict } =
            judge(&policy, &options.settings, &inventory, findings, options.today, options.fail_on);
        let mut later = match foresees {
            true => later::findings(&inventory, &findings, options.fail_on, |rest| {
                self.judge_rest(rest, &policy, beside, lock.as_ref())
            }),
            false => Vec::new(),
        };
        narrowing::agree(&inventory, &mut findings, &mut later);
        let mut not_applied = rules::not_applied(&context);
        not_applied.retain(|rule| policy.level(rule.rule) != Level::Off);
        log::info!("policy {} for {}: {}", policy.name, inventory.artifact.path, policy.because);
        log::debug!("{} was judged in {:.1?}", inventory.artifact.path, begun.elapsed());
        let totals = Totals {
            entries: inventory.entries.len() as u64,
            unpacked_bytes: inventory.artifact.unpacked_bytes,
            exposure: context.survey().exposure,
        };
        let previous = beside.previous.filter(|_| options.keep_entries);
        let diff = previous.map(|previous| Box::new(Diff::of(previous, &inventory)));
        inventory.manifests = Vec::new();
        if !options.keep_entries {
            let entries = std::mem::take(&mut inventory.entries);
            if beside.workers > 1 {
                // Drop the entries on another thread: freeing them takes milliseconds.
                std::thread::spawn(|| drop(entries));
            }
            if let Some(package) = &mut inventory.package {
                package.declared = Declared::default();
            }
        }
        Ok(Audit {
            inventory,
            policy,
            totals,
            findings,
            later,
            not_applied,
            waivers: idle,
            used_waivers: used,
            verdict,
            folder: home.map(|home| home.folder),
            is_twin: false,
            error: None,
            diff,
        })
    }

    /// Judges an inventory that was written down while `sought` was looked for.
    ///
    /// # Errors
    /// If the project's lock can't be used.
    pub fn judge_stored(&self, mut inventory: Inventory, sought: &Sought) -> Result<Audit, AuditError> {
        commit::leave(&mut inventory);
        let mut audit = self.judgement(inventory, &AuditContext::default(), false)?;
        for what in sought.changed(self.sought()) {
            let why =
                format!("what is looked for changed since its stock was taken ({what}); take stock again");
            audit.inventory.unexamined.push(Unexamined::new("", why));
            audit.verdict = Verdict::Incomplete;
        }
        Ok(audit)
    }

    /// What it looks for while it takes stock.
    pub fn sought(&self) -> &Sought {
        self.sought.get_or_init(|| Sought::of(&self.scanner.options))
    }

    /// The findings in what would be left of an artifact.
    fn judge_rest(
        &self,
        mut rest: Inventory,
        policy: &Policy,
        beside: &AuditContext<'_>,
        lock: Option<&Lock>,
    ) -> Vec<Judged> {
        let options = &self.options;
        let kind = rest.kind;
        ecosystem::identify(&mut rest, Some(kind), options.project.as_ref());
        // Tables of contents are written anew by whoever builds without these files.
        if let Some(package) = &mut rest.package {
            package.declared.record.clear();
        }
        let context = Context::new(&rest, &options.settings)
            .against(beside.previous, lock)
            .for_everybody(is_for_everybody(&rest));
        let findings = rules::check(&context, |rule| policy.is_on(rule.name), None, beside.workers);
        judge(policy, &options.settings, &rest, findings, options.today, options.fail_on).findings
    }
}

/// What the settings ask inspectors to look for.
fn wanted(options: &Options) -> ScanOptions {
    let internal = &options.settings.internal;
    let commit = options.commit.as_ref();
    ScanOptions {
        digests: options.digests || commit.is_some_and(|commit| commit.has_large_files),
        blobs: commit.and_then(|commit| commit.format),
        timings: options.timings.clone(),
        recovered: false,
        markers: internal.markers.clone(),
        marker_patterns: internal.marker_patterns.clone(),
        packages: packages(&options.settings, options.project.as_ref()),
        private_members: options.project.as_ref().map(private_members_around).unwrap_or_default(),
        internal_code: options.internal_code.clone(),
        own_source: options.own_source.clone(),
        hosts: internal.hosts.clone(),
        limits: options.limits(),
    }
}
