use std::path::PathBuf;

use clap::CommandFactory as _;

use super::{Arguments, Exit, output};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "packgate", &mut script);
        output::text(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Passed)
    }
}

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder
    folder: PathBuf,
}

impl Man {
    /// Writes `packgate.1` and a page a subcommand.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let written = clap_mangen::generate_to(Arguments::command(), &self.folder);
        written.map_err(|error| format!("cannot write to {}: {error}", self.folder.display()))?;
        Ok(Exit::Passed)
    }
}
