use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Arguments, Exit, output};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "packgate", &mut script);
        let mut script = String::from_utf8_lossy(&script).into_owned();
        if self.shell == Shell::Fish {
            script.push_str(&words_for_fish());
        }
        output::text(&script)?;
        Ok(Exit::Passed)
    }
}

/// What may stand behind a subcommand without an option: the names of rules behind `explain`. What is generated for fish
/// leaves them out.
fn words_for_fish() -> String {
    let mut lines = String::new();
    for subcommand in Arguments::command().get_subcommands() {
        let words = subcommand.get_positionals().flat_map(clap::Arg::get_possible_values);
        let words: Vec<String> = words.map(|word| word.get_name().to_owned()).collect();
        if !words.is_empty() {
            let name = subcommand.get_name();
            let condition = format!("__fish_packgate_using_subcommand {name}");
            let _ = writeln!(lines, "complete -c packgate -n \"{condition}\" -f -a \"{}\"", words.join(" "));
        }
    }
    lines
}
