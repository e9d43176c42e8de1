use std::path::PathBuf;

use packgate::audit::{Auditor, Options};
use packgate::inventory::Inventory as Facts;
use packgate::project::Project;
use packgate::report;
use packgate::settings::Settings;

use super::targets::{Packing, Targets};
use super::{Exit, complain, output};

/// Show what is in artifacts: facts without judgement
#[derive(Debug, clap::Args)]
pub(crate) struct Inventory {
    /// Artifacts or folders [default: the working directory]
    #[arg(value_name = "ARTIFACT")]
    targets: Vec<PathBuf>,
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

/// How facts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl Inventory {
    /// Takes stock, reports, and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut wrong = Vec::new();
        let targets = Targets::gather(&self.targets, &Packing::as_is(self.as_is), &mut wrong)?;
        wrong.extend(targets.under_way.iter().cloned());
        let settings = Settings::load(&self.project, None).map_err(|errors| errors.to_string())?;
        let project = Some(Project::new(&self.project));
        let auditor = Auditor::new(Options::default().settings(settings).project(project).digests(true));
        let mut inventories: Vec<Facts> = Vec::new();
        for target in &targets.all {
            match auditor.stock(&target.path, 2) {
                Ok(mut inventory) => {
                    target.name(&mut inventory);
                    inventories.push(inventory);
                }
                Err(error) => wrong.push(error.to_string()),
            }
        }
        output::print(|look, out| match self.format {
            Form::Human => report::inventory::human(&inventories, look, out),
            Form::Json => report::inventory::json(&inventories, out),
        })?;
        for message in &wrong {
            complain(message);
        }
        Ok(match () {
            () if !wrong.is_empty() => Exit::Usage,
            () if inventories.iter().any(|inventory| !inventory.is_complete()) => Exit::Incomplete,
            () => Exit::Passed,
        })
    }
}
