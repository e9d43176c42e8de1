//! The program: reads arguments, runs a subcommand, ends with its exit status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
