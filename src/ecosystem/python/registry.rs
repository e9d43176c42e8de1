//! Package indexes: twine and uv send a distribution as it is; pip is asked for the file that the index serves.

use std::ffi::{OsStr, OsString};

use super::client::python;
use crate::ecosystem::client::{ClientError, Fetched, missing};
use crate::ecosystem::registry::{Copy, Registry, Sender, Served};
use crate::scratch;

pub(super) struct PackageIndex;

const SENDERS: [Sender; 2] = [
    Sender {
        name: "twine",
        command: "twine upload",
        program: "twine",
        before: &["upload"],
        expands_wildcards: true,
        unattended: &["--non-interactive"],
        no_login: &["Credential not found", "NonInteractive"],
        login: "set TWINE_USERNAME and TWINE_PASSWORD, or write a .pypirc",
        ..Sender::USUAL
    },
    Sender {
        name: "uv",
        command: "uv publish",
        program: "uv",
        before: &["publish"],
        expands_wildcards: true,
        no_login: &["Missing credentials"],
        login: "set UV_PUBLISH_TOKEN",
        ..Sender::USUAL
    },
];

impl Registry for PackageIndex {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError> {
        let run = python(copy.folder)
            .ok_or_else(|| missing("python with pip", "it hands out what the index serves"))?;
        let into = scratch::Folder::new()?;
        let arguments = ["-c", include_str!("served.py"), copy.name, copy.file].map(OsStr::new);
        let index = copy.index.map(|url| ["--index-url", url]).into_iter().flatten();
        let arguments: Vec<&OsStr> = arguments
            .into_iter()
            .chain([into.path().as_os_str()])
            .chain(index.map(OsStr::new))
            .chain(copy.asked.iter().map(OsString::as_os_str))
            .collect();
        let command = format!("asking pip for {}", copy.file);
        let said = run.said(command.clone(), &arguments)?;
        match said.trim() {
            "nothing" => Ok(Served::Nothing),
            "broken" => Ok(Served::Broken("the file has another digest than the index says".to_owned())),
            _ => Ok(Served::File(Fetched::only_file(into, command)?)),
        }
    }
}
