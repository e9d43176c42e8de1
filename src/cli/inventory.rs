use std::path::{Path, PathBuf};
use std::sync::Arc;

use packgate::audit::{Auditor, Options};
use packgate::inventory::Inventory as Facts;
use packgate::report;
use packgate::report::inventory::wire::Line;
use packgate::surroundings::Workspace;

use super::gate::{Failure, Gate};
use super::in_order::in_order;
use super::targets::{Packing, Target, Targets};
use super::workers::Means;
use super::{Exit, complain, output};

/// Show what is in artifacts: facts without judgement
#[derive(Debug, clap::Args)]
pub(crate) struct Inventory {
    /// Artifacts, folders, or `-` for a list on stdin, one path per line [default: the working directory]
    #[arg(value_name = "ARTIFACT")]
    targets: Vec<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Form,
    /// Where the artifacts came from, as for `check`
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Take folders as they are instead of packing them first
    #[arg(long)]
    as_is: bool,
    #[command(flatten)]
    means: Means,
}

/// How facts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// One line an artifact, for programs, and for `packgate judge`.
    Ndjson,
}

impl Inventory {
    /// Takes stock, reports, and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut wrong = Vec::new();
        let targets = Targets::gather(&self.targets, &Packing::as_is(self.as_is), &mut wrong)?;
        wrong.extend(targets.under_way.iter().cloned());
        let workspace = Workspace::new(self.project.as_deref().unwrap_or(Path::new(".")), None);
        workspace.settings(workspace.folder()).map_err(|errors| errors.to_string())?;
        let workers = self.means.workers(targets.all.len());
        let options = Options::default().digests(true).memory(workers.share);
        let gate = Gate::new(workspace, self.project.is_some(), options);
        let stock = |target: &Target| {
            let (auditor, mut inventory) = gate.stock(target, &target.path, workers.each)?;
            target.name(&mut inventory);
            Ok((auditor, inventory))
        };
        let mut report = Report { form: self.format, inventories: Vec::new(), is_complete: true, wrong };
        in_order(&targets.all, workers.at_once, stock, &mut |target, stock| report.take(target, stock));
        report.end()
    }
}

/// An inventory and who took it, or why there is none.
type Stock = Result<(Arc<Auditor>, Facts), Failure>;

struct Report {
    form: Form,
    inventories: Vec<Facts>,
    is_complete: bool,
    wrong: Vec<String>,
}

impl Report {
    fn take(&mut self, target: &Target, stock: Stock) {
        let is_by_line = self.form == Form::Ndjson;
        match stock {
            Ok((auditor, inventory)) => {
                self.is_complete &= inventory.is_complete();
                match is_by_line {
                    true => self.line(&Line::new(&inventory, auditor.sought())),
                    false => self.inventories.push(inventory),
                }
            }
            Err(failure) => {
                let why = failure.to_string();
                if is_by_line {
                    let unread = Facts::unread(&target.path.display().to_string(), &why);
                    self.line(&Line::failed(&unread, &why));
                }
                match failure {
                    Failure::Unreadable(_) if is_by_line => {
                        self.is_complete = false;
                        complain(&why);
                    }
                    _ => self.wrong.push(why),
                }
            }
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        self.wrong.extend(output::print(|_, out| report::inventory::line(line, out)).err());
    }

    fn end(mut self) -> Result<Exit, String> {
        let inventories = &self.inventories;
        output::print(|look, out| match self.form {
            Form::Human => report::inventory::human(inventories, look, out),
            Form::Json => report::inventory::json(inventories, out),
            Form::Ndjson => Ok(()),
        })?;
        self.wrong.dedup();
        for message in &self.wrong {
            complain(message);
        }
        Ok(match () {
            () if !self.wrong.is_empty() => Exit::Usage,
            () if !self.is_complete => Exit::Incomplete,
            () => Exit::Passed,
        })
    }
}
