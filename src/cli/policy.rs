use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use packgate::policy::{self, Effective, Policy};
use packgate::settings::{Settings, SettingsErrors};

use super::known::Known;
use super::{Exit, columns, output};

/// Show the settings that apply, or list the policies
#[derive(Debug, clap::Args)]
pub(crate) struct PolicyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show every rule's level and every setting, with the file and line that it comes from
    Show(Show),
    /// List the policies that can be named
    List,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// A policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies))]
    policy: Option<String>,
    /// The folder whose settings (and manifest, for `auto`) are read
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Print only the digest of all that is in force: where it is the same, the same passes
    #[arg(long, conflicts_with = "format")]
    digest: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// What `--policy` accepts besides files.
pub(super) fn policies() -> Vec<&'static str> {
    std::iter::once("auto").chain(packgate::settings::NAMES).collect()
}

impl PolicyCommand {
    /// Prints what was asked for.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let text = match &self.what {
            What::List => policy::list(),
            What::Show(show) => show.text().map_err(|errors| errors.to_string())?,
        };
        output::text(&text)?;
        Ok(Exit::Passed)
    }
}

impl Show {
    fn text(&self) -> Result<String, SettingsErrors> {
        let settings = Settings::load(&self.project, self.policy.as_deref())?;
        let package = packgate::ecosystem::of_project(&self.project);
        let policy = Policy::resolve_for(&settings, package.as_ref());
        if self.digest {
            return Ok(format!("{}\n", policy.digest()));
        }
        let effective = Effective::new(&settings, &policy);
        Ok(match self.format {
            Format::Human => columns::fit(&effective.text(), output::look().width),
            Format::Json => effective.json(),
        })
    }
}
