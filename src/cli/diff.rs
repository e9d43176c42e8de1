use std::path::PathBuf;

use packgate::audit::{Auditor, Options};
use packgate::project::Project;
use packgate::report;
use packgate::settings::Settings;

use super::against::Against;
use super::targets::{Packing, Targets};
use super::{Exit, output};

/// Show what changed between two artifacts
///
/// Files added, removed, changed and renamed; sizes; the manifest's entry points, scripts, dependencies and
/// allowlist; and what a stranger could recover before and after.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// An artifact or folder; `latest` or a version is fetched by the ecosystem's client
    #[arg(value_name = "OLD")]
    old: Against,
    /// An artifact; a folder with a manifest is packed by its own client first
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Form,
    /// The project of the artifacts
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Take folders as they are instead of packing them first
    #[arg(long)]
    as_is: bool,
}

/// How the difference is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl Diff {
    /// Compares, reports, and returns the exit status: a difference is not a failure.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut wrong = Vec::new();
        let targets =
            Targets::gather(std::slice::from_ref(&self.new), &Packing::as_is(self.as_is), &mut wrong)?;
        wrong.extend(targets.under_way.iter().cloned());
        if let Some(message) = wrong.first() {
            return Err(message.clone());
        }
        let settings = Settings::load(&self.project, None).map_err(|errors| errors.to_string())?;
        let project = Some(Project::new(&self.project));
        let auditor = Auditor::new(Options::default().settings(settings).project(project).digests(true));
        let mut exit = Exit::Passed;
        for target in &targets.all {
            let mut new = auditor.stock(&target.path, 2).map_err(|error| error.to_string())?;
            target.name(&mut new);
            let old = self.old.inventory(&auditor, &new, target.folder.as_deref())?;
            let diff = packgate::diff::Diff::of(&old, &new);
            if !diff.new.complete {
                exit = Exit::Incomplete;
            }
            output::print(|look, out| match self.format {
                Form::Human => report::diff::human(&diff, look, out),
                Form::Json => report::diff::json(&diff, out),
            })?;
        }
        Ok(exit)
    }
}
