use std::io::Write as _;
use std::path::PathBuf;

use clap::CommandFactory as _;

use super::{Arguments, Exit, complain};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "packgate", &mut script);
        // A reader that goes away has read enough.
        let _ = std::io::stdout().write_all(&script);
        Exit::Passed
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
    pub(crate) fn run(&self) -> Exit {
        match clap_mangen::generate_to(Arguments::command(), &self.folder) {
            Ok(()) => Exit::Passed,
            Err(error) => complain(&format!("cannot write to {}: {error}", self.folder.display())),
        }
    }
}
