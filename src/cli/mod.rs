//! The command line: one file per subcommand. The only place that prints.

mod against;
mod attest;
mod cargo_credential;
mod check;
mod columns;
mod completions;
mod diff;
mod ending;
mod explain;
mod file;
mod fingerprint;
mod fix;
mod gate;
#[cfg(test)]
mod generated;
mod in_order;
mod init;
mod inventory;
mod judge;
mod known;
mod lock;
mod lock_file;
mod output;
mod page;
mod policy;
mod progress;
mod publish;
mod recover;
mod reporting;
mod targets;
mod verbose;
mod verify;
mod workers;

use std::path::Path;
use std::process::ExitCode;

use packgate::guard;

use publish::End;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, ColorChoice, Parser, Subcommand};

/// How a run ends. The numbers are a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything passed.
    Passed = 0,
    /// The policy says no.
    Blocked = 1,
    /// Wrong usage or settings, a missing client, output that can't be written, or a panic.
    Usage = 2,
    /// An artifact could not be fully examined.
    Incomplete = 3,
}

/// What to do first, for those who read no further.
const FIRST: &str = "Begin with `packgate check` in the folder of a package or a workspace: it packs, looks, and says what to do.";

/// The last look at a package before it is published.
#[derive(Debug, Parser)]
#[command(name = "packgate", version, about, max_term_width = 100, arg_required_else_help = true, after_help = FIRST)]
pub(crate) struct Arguments {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Log what is read, run and recognised to stderr; given twice, also how long it takes
    #[arg(long, short, global = true, action = ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Audit artifacts or folders, and stop what the policy doesn't allow
    Check(check::Check),
    /// Write what findings propose: keep files out of the package by its own lists
    Fix(fix::Fix),
    /// Write packgate.toml and the first packgate.lock for a project
    Init(init::Init),
    /// Write packgate.lock: the files that releases may contain
    Lock(lock::Lock),
    /// Audit artifacts, send exactly those files, and look at what the registry serves then
    Publish(publish::Publish),
    /// Show a rule's documentation; without a name, the list of rules
    Explain(explain::Explain),
    /// Show what is in artifacts: facts without judgement
    Inventory(inventory::Inventory),
    /// Judge inventories that were written down, without the artifacts
    Judge(judge::Judge),
    /// Show what changed between two artifacts
    Diff(diff::Diff),
    /// Write out the original files that a stranger could recover
    Recover(recover::Recover),
    /// Show the settings that apply, or list the policies
    Policy(policy::PolicyCommand),
    /// Tell whether a file is what a registry serves
    Verify(verify::Verify),
    /// Fingerprint internal code into a file that gives none of it away
    Fingerprint(fingerprint::Fingerprint),
    /// Give cargo its login for a crate only if that has passed
    CargoCredential(cargo_credential::CargoCredential),
    /// Print completions for a shell
    Completions(completions::Completions),
}

/// Parses the arguments and runs the subcommand.
pub(crate) fn main() -> ExitCode {
    ending::prepare();
    if cargo_credential::is_meant() {
        return ended(cargo_credential::serve());
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            let _ = error.print();
            if let Some(target) = target_without_command(&error) {
                output::note(&format_args!("\nTo audit it: packgate check {target}"));
            }
            return ExitCode::from(Exit::Usage as u8);
        }
        Err(error) => return ended(output::help(&error).map(|()| Exit::Passed)),
    };
    verbose::start(arguments.verbose);
    match arguments.color {
        ColorChoice::Auto => {}
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    guard::spot("main");
    ended(match arguments.command {
        Command::Check(check) => check.run(),
        Command::Fix(fix) => fix.run(),
        Command::Inventory(inventory) => inventory.run(),
        Command::Judge(judge) => judge.run(),
        Command::Publish(publish) => match publish.run() {
            Ok(End::Client(status)) => return ExitCode::from(status),
            Ok(End::Own(exit)) => Ok(exit),
            Err(message) => Err(message),
        },
        Command::Verify(verify) => verify.run(),
        Command::CargoCredential(provider) => provider.run(),
        Command::Recover(recover) => recover.run(),
        Command::Diff(diff) => diff.run(),
        Command::Lock(lock) => lock.run(),
        Command::Init(init) => init.run(),
        Command::Explain(explain) => explain.run(),
        Command::Fingerprint(fingerprint) => fingerprint.run(),
        Command::Completions(completions) => completions.run(),
        Command::Policy(policy) => policy.run(),
    })
}

/// A file or folder that stands where the command should.
fn target_without_command(error: &clap::Error) -> Option<&str> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let path = Path::new(word);
    (path.exists() || path.extension().is_some() || path.components().count() > 1).then_some(word)
}

fn ended(exit: Result<Exit, String>) -> ExitCode {
    ExitCode::from(exit.unwrap_or_else(|message| complain(&message)) as u8)
}

/// Says on stderr what is wrong, in one line.
pub(crate) fn complain(what: &dyn std::fmt::Display) -> Exit {
    output::note(&format_args!("packgate: {what}"));
    Exit::Usage
}

/// Says of several things that each is `NAME: why`, every reason once: what is broken in a workspace is told for all its
/// members.
pub(crate) fn complain_of<'a>(messages: impl IntoIterator<Item = &'a String>) {
    /// Names before a reason.
    const NAMED: usize = 5;
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for message in messages {
        let (name, why) = message.split_once(": ").unwrap_or(("", message));
        match reasons.iter_mut().find(|(known, names)| *known == why && !names.contains(&"")) {
            Some((_, names)) => names.push(name),
            None => reasons.push((why, vec![name])),
        }
    }
    for (why, names) in reasons {
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        let between = if names.is_empty() { "" } else { ": " };
        complain(&format_args!("{names}{more}{between}{why}"));
    }
}
