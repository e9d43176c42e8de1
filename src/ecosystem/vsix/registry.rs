//! Galleries of extensions: vsce and ovsx send one as it is. Only ovsx hands out what its gallery serves.

use std::ffi::{OsStr, OsString};

use crate::ecosystem::client::{ClientError, Fetched, Run};
use crate::ecosystem::registry::{Copy, Registry, Sender, Served};
use crate::inventory::Inventory;
use crate::scratch;

pub(super) struct Galleries;

const SENDERS: [Sender; 2] = [
    Sender {
        name: "vsce",
        command: "vsce publish",
        program: "vsce",
        before: &["publish", "--packagePath"],
        refused: &["-i", "--packagePath"],
        no_login: &["Personal Access Token"],
        login: "run `vsce login`, or set VSCE_PAT",
        // What ovsx gets is from another gallery.
        is_handed_out: false,
        ..Sender::USUAL
    },
    Sender {
        name: "ovsx",
        command: "ovsx publish",
        program: "ovsx",
        before: &["publish", "--packagePath"],
        refused: &["-i", "--packagePath"],
        no_login: &["Personal Access Token", "User force closed the prompt"],
        login: "run `ovsx login`, or set OVSX_PAT",
        ..Sender::USUAL
    },
];

impl Registry for Galleries {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError> {
        let run = Run::of("ovsx", "it hands out what the gallery serves", copy.folder)?;
        let into = scratch::Folder::new()?;
        let mut arguments: Vec<OsString> =
            ["get", copy.name, "--versionRange", copy.version].map(OsString::from).into();
        if !copy.platform.is_empty() {
            arguments.extend(["--target", copy.platform].map(OsString::from));
        }
        match copy.index {
            Some(url) => arguments.extend(["--registryUrl", url].map(OsString::from)),
            None => arguments.extend(copy.asked.iter().cloned()),
        }
        arguments.extend([OsString::from("--output"), into.path().join(copy.file).into_os_string()]);
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        match run.named(format!("ovsx get {} --versionRange {}", copy.name, copy.version), &arguments) {
            Ok(command) => Ok(Served::File(Fetched::only_file(into, command)?)),
            Err(ClientError::Failed { output, .. })
                if ["has no published version", "not found"].iter().any(|words| output.contains(words)) =>
            {
                Ok(Served::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    fn where_to_ask(&self, _artifact: &Inventory, sent_with: &[OsString]) -> Vec<OsString> {
        let mut arguments = sent_with.iter();
        while let Some(argument) = arguments.next() {
            if argument == "-r" || argument == "--registryUrl" {
                return arguments
                    .next()
                    .map(|url| vec!["--registryUrl".into(), url.clone()])
                    .unwrap_or_default();
            }
        }
        Vec::new()
    }
}
