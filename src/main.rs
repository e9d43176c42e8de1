//! The program: reads arguments, runs a subcommand, ends with its exit status.

mod cli;

use std::process::ExitCode;

/// In place of musl's own, which is slow.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
