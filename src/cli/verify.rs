use std::path::PathBuf;

use packgate::audit::{Auditor, Options};
use packgate::fetch::ClientError;
use packgate::publish::{Comparison, PublishError, Shipment, digest};

use super::publish::differs;
use super::{Exit, complain, output};

/// Tell whether a file is what a registry serves
///
/// Exit status 0: it is; 1: it isn't; 3: that can't be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The artifact
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare it with what the registry serves: downloaded again by the ecosystem's own client, and never run
    #[arg(long, required = true)]
    published: bool,
    /// The address at which the registry hands out what it serves, where the client isn't to find it by itself
    #[arg(long, value_name = "URL")]
    index: Option<String>,
    /// Where the client runs, and its configuration is
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

impl Verify {
    /// Looks, says what it saw, and returns how it ended.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let name = self.file.display();
        let told = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let sha256 = digest(&self.file).map_err(|error| told(&error))?;
        let inventory =
            Auditor::new(Options::default()).stock(&self.file, 2).map_err(|error| told(&error))?;
        let compared = Shipment::of(&inventory)
            .and_then(|shipment| shipment.compare(&sha256, &self.project, self.index.as_deref()));
        match compared {
            Ok(Comparison::Same) => {
                output::line(format_args!("{name}: the registry serves this file: sha256 {sha256}"))?;
                Ok(Exit::Passed)
            }
            Ok(other @ (Comparison::Other(_) | Comparison::Broken(_))) => {
                complain(&format_args!("{name}: {}; this one has {sha256}", differs(&other)));
                Ok(Exit::Blocked)
            }
            Ok(other) => {
                complain(&format_args!("{name}: can't be told: {}", differs(&other)));
                Ok(Exit::Incomplete)
            }
            Err(error @ PublishError::Client(ClientError::Missing { .. })) => Err(told(&error)),
            Err(error) => {
                complain(&format_args!("{name}: can't be told: {error}"));
                Ok(Exit::Incomplete)
            }
        }
    }
}
