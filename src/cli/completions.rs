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
