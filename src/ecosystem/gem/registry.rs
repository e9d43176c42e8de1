//! Where gems go: `gem push` sends one as it is, `gem fetch` hands it out.

use std::ffi::{OsStr, OsString};

use crate::ecosystem::client::{ClientError, Fetched, Run};
use crate::ecosystem::registry::{Copy, Registry, Sender, Served};
use crate::inventory::Inventory;
use crate::scratch;

pub(super) struct GemServer;

const SENDERS: [Sender; 1] = [Sender {
    name: "gem",
    command: "gem push",
    program: "gem",
    before: &["push"],
    no_login: &["Enter your ", "Access Denied", "credentials"],
    login: "run `gem signin`, or set GEM_HOST_API_KEY",
    ..Sender::USUAL
}];

impl Registry for GemServer {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError> {
        // `gem fetch` writes to the folder that it runs in.
        let into = scratch::Folder::new()?;
        let platform = if copy.platform.is_empty() { "ruby" } else { copy.platform };
        let mut arguments: Vec<OsString> =
            ["fetch", copy.name, "--version", copy.version, "--platform", platform]
                .map(OsString::from)
                .into();
        if copy.version.contains(char::is_alphabetic) {
            arguments.push("--prerelease".into());
        }
        match copy.index {
            Some(url) => arguments.extend(["--clear-sources", "--source", url].map(OsString::from)),
            None => arguments.extend(copy.asked.iter().cloned()),
        }
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        let run = Run::of("gem", "it hands out what the server serves", into.path())?;
        match run.named(format!("gem fetch {} --version {}", copy.name, copy.version), &arguments) {
            Ok(command) => match Fetched::only_file(into, command) {
                // It says that there is no such gem, and that all went well.
                Err(ClientError::NothingWritten { .. }) => Ok(Served::Nothing),
                fetched => Ok(Served::File(fetched?)),
            },
            Err(ClientError::Failed { output, .. }) if output.contains("Could not find a valid gem") => {
                Ok(Served::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    /// The host that a gem is pushed to serves it, too.
    fn where_to_ask(&self, _artifact: &Inventory, sent_with: &[OsString]) -> Vec<OsString> {
        let mut arguments = sent_with.iter().map(|argument| argument.to_string_lossy());
        while let Some(argument) = arguments.next() {
            let host = match argument.strip_prefix("--host") {
                Some("") => arguments.next().map(|host| host.into_owned()),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            if let Some(host) = host {
                return ["--clear-sources", "--source", &host].map(OsString::from).into();
            }
        }
        Vec::new()
    }
}
