//! Audits as they come, to reports: at once where a format can, in the end otherwise.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use packgate::audit::Audit;
use packgate::policy::{Verdict, settle};
use packgate::timings::{Timings, timed};

use super::gate::Failure;
use super::output::{self, OneByOne, Outputs};
use super::{Exit, complain_of};

/// Shorter stages get no line in `--timings`.
const SHOWN: Duration = Duration::from_micros(100);

/// The reports of a run.
pub(super) struct Reporting {
    outputs: Outputs,
    one_by_one: Option<OneByOne>,
    /// Whether a report has a line for each artifact, whatever became of it: then one that can't be read is no more
    /// than that.
    is_by_line: bool,
    audits: Vec<Audit>,
    worst: Verdict,
    /// What is said on stderr in the end.
    unread: Vec<String>,
    wrong: Vec<String>,
    /// What stands in reports for all that.
    failed: Vec<Audit>,
    timings: Option<Arc<Timings>>,
}

impl Reporting {
    /// `is_final` says of an audit that nothing later in the run changes it.
    pub(super) fn begin(outputs: Outputs, is_final: bool, timings: Option<Arc<Timings>>) -> Self {
        let is_by_line = outputs.are_by_line();
        let one_by_one = if is_final || is_by_line { outputs.one_by_one() } else { None };
        Self {
            outputs,
            one_by_one,
            is_by_line,
            audits: Vec::new(),
            worst: Verdict::default(),
            unread: Vec::new(),
            wrong: Vec::new(),
            failed: Vec::new(),
            timings,
        }
    }

    /// What went wrong before anything was audited.
    pub(super) fn wrong(&mut self, messages: Vec<String>) {
        for message in messages {
            self.fail(failed(&message));
            self.wrong.push(message);
        }
    }

    /// The next audit, or why there is none.
    pub(super) fn take(&mut self, path: &Path, audit: Result<Audit, Failure>) {
        let failure = match audit {
            Ok(audit) => return self.add(audit),
            Err(failure) => failure,
        };
        let message = failure.to_string();
        self.fail(Audit::failed(&path.display().to_string(), &message));
        match failure {
            Failure::Unreadable(_) if self.is_by_line => self.unread.push(message),
            _ => self.wrong.push(message),
        }
    }

    fn fail(&mut self, audit: Audit) {
        if self.is_by_line { self.add(audit) } else { self.failed.push(audit) }
    }

    fn add(&mut self, mut audit: Audit) {
        self.worst = self.worst.max(audit.verdict);
        let Some(report) = &mut self.one_by_one else { return self.audits.push(audit) };
        if self.is_by_line {
            // A line speaks of its artifact only.
            settle([(&mut audit.waivers, audit.used_waivers.as_slice())], false);
        }
        timed(self.timings.as_deref(), "report", || report.add(&audit));
    }

    /// Writes what isn't written yet, and says how the run ends.
    pub(super) fn end(mut self, has_whole_workspace: bool) -> Exit {
        if self.one_by_one.is_none() && !self.is_by_line {
            self.audits.append(&mut self.failed);
        }
        let waivers = self.audits.iter_mut().map(|audit| (&mut audit.waivers, audit.used_waivers.as_slice()));
        settle(waivers, has_whole_workspace && self.wrong.is_empty());
        let timings = self.timings.as_deref();
        self.wrong.extend(timed(timings, "report", || match self.one_by_one {
            Some(report) => report.end().err().into_iter().collect(),
            None => self.outputs.write(&self.audits),
        }));
        for (stage, time) in
            timings.iter().flat_map(|timings| timings.stages()).filter(|(_, time)| *time >= SHOWN)
        {
            output::note(&format_args!("{:>9.1} ms  {stage}", time.as_secs_f64() * 1000.0));
        }
        complain_of(self.unread.iter().chain(&self.wrong));
        exit(self.worst, !self.wrong.is_empty())
    }
}

/// What stands in reports for an artifact of which there is no audit.
pub(super) fn failed(message: &str) -> Audit {
    // `NAME: why`, as all of these messages are.
    let (path, why) = message.split_once(": ").unwrap_or((".", message));
    match path.contains([' ', '\n']) {
        true => Audit::failed(".", message),
        false => Audit::failed(path, why),
    }
}

/// How a run ends with this verdict, or with something that went wrong.
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
