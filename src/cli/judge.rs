use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use packgate::audit::{Audit, Options};
use packgate::settings::Level;
use packgate::stored::Facts;
use packgate::surroundings::Workspace;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Exit;
use super::check::fail_on;
use super::gate::{Failure, Gate};
use super::known::Known;
use super::output::{self, Format, Outputs};
use super::policy::policies;
use super::reporting::Reporting;

/// Judge inventories that were written down, without the artifacts
///
/// Reads what `packgate inventory --format ndjson` wrote and judges it by the settings of today, with the findings and
/// the verdict that `packgate check` would give. What stock was not taken of can't be judged: if the settings look for
/// something else now, or what an artifact's files are compared with is a commit, the report says so. Inventories of
/// another version are refused if their form has changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Judge {
    /// Files of inventories, one a line, or `-` for stdin
    #[arg(value_name = "INVENTORY", required = true)]
    inventories: Vec<PathBuf>,
    /// A policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies))]
    policy: Option<String>,
    /// How to report; with `=FILE`, into a file. May be repeated
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = output::format())]
    format: Vec<Format>,
    /// The level that blocks
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = fail_on())]
    fail_on: Level,
    /// Where the artifacts came from: settings are read there [default: the working directory]
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print the verdict only
    #[arg(long, short)]
    quiet: bool,
}

/// What is read of a line.
#[derive(Deserialize)]
struct Line<'a> {
    path: String,
    error: Option<String>,
    #[serde(borrow)]
    facts: Option<&'a RawValue>,
}

impl Judge {
    /// Judges, reports, and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let project = self.project.as_deref().unwrap_or(Path::new("."));
        if !project.is_dir() {
            return Err(format!("--project {}: no such folder", project.display()));
        }
        let workspace = Workspace::new(project, self.policy.as_deref());
        let settings = workspace.settings(project).map_err(|errors| errors.to_string())?;
        let look = packgate::report::Look { quiet: self.quiet, fail_on: self.fail_on, ..output::look() };
        let outputs = Outputs::open(&self.format, look)?;
        let options = Options::default().fail_on(self.fail_on).keep_entries(outputs.need_entries());
        let is_apart = workspace.members().is_empty() && settings.waivers.is_empty();
        let mut reporting = Reporting::begin(outputs, is_apart, None);
        let gate = Gate::new(workspace, self.project.is_some(), options);
        for file in &self.inventories {
            let mut lines = open(file)?;
            let mut number = 0;
            let mut line = String::new();
            loop {
                line.clear();
                number += 1;
                let read = lines.read_line(&mut line);
                if read.map_err(|error| unreadable(file, &error))? == 0 {
                    break;
                }
                if !line.trim().is_empty() {
                    let place = PathBuf::from(format!("{}:{number}", file.display()));
                    let (path, audit) = judged(&gate, &line, place);
                    reporting.take(&path, audit);
                }
            }
        }
        Ok(reporting.end(false))
    }
}

fn unreadable(file: &Path, error: &io::Error) -> String {
    let file = file.display();
    match error.kind() {
        io::ErrorKind::InvalidData => format!(
            "{file}: this is no inventory; `packgate inventory --format ndjson` writes one, and `packgate check` takes the artifact itself"
        ),
        _ => format!("cannot read {file}: {error}"),
    }
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, String> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
}

/// The artifact of a line that stands at `place`, judged.
fn judged(gate: &Gate, line: &str, place: PathBuf) -> (PathBuf, Result<Audit, Failure>) {
    let refused = |path: &dyn std::fmt::Display, why: &dyn std::fmt::Display| {
        Err(Failure::Unreadable(format!("{path}: {why}")))
    };
    let line: Line<'_> = match serde_json::from_str(line) {
        Ok(line) => line,
        Err(error) => {
            let audit = refused(&place.display(), &format_args!("this is no inventory: {error}"));
            return (place, audit);
        }
    };
    let audit = match (line.error, line.facts) {
        (Some(why), _) => Err(Failure::Unreadable(why)),
        (None, None) => {
            refused(&line.path, &"this line holds no facts; `inventory --format ndjson` writes them")
        }
        (None, Some(facts)) => match Facts::read(facts) {
            Ok((inventory, sought)) => gate.judge(inventory, &sought),
            Err(error) => refused(&line.path, &error),
        },
    };
    (line.path.into(), audit)
}
