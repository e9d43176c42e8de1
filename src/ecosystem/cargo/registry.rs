//! Registries of crates. cargo sends none that was packed before: it packs again, the same bytes, and asks for its login
//! with their checksum, so that whoever is asked can hold it to them.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::client::{home, newest_in_cache};
use super::login::{self, Configuration, configurations};
use super::manifest::parse;
use crate::ecosystem::client::{ClientError, Fetched, Run};
use crate::ecosystem::registry::{Copy, Order, Registry, Sender, Served};
use crate::inventory::Inventory;
use crate::scratch;

pub(super) struct CrateRegistry;

const SENDERS: [Sender; 1] = [Sender {
    name: "cargo",
    command: "cargo publish",
    program: "cargo",
    before: &["publish", "--no-verify", "--allow-dirty"],
    packs: true,
    // Another package, another configuration, or a login past all providers.
    refused: &[
        "-p",
        "--package",
        "--workspace",
        "--all",
        "--exclude",
        "--manifest-path",
        "--index",
        "--config",
        "--token",
        "-C",
        "-Z",
    ],
    no_login: &["no token found", "could not find credentials", "please run `cargo login`"],
    login: "run `cargo login`, or set CARGO_REGISTRY_TOKEN",
    ..Sender::USUAL
}];

impl Registry for CrateRegistry {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    fn hold(&self, order: &Order<'_>) -> Result<Vec<OsString>, String> {
        let program = std::env::current_exe().map_err(|error| format!("where this program is: {error}"))?;
        let program = program.to_str().ok_or("this program's path is no UTF-8")?;
        let gate = [program, "cargo-credential", "--only", order.sha256];
        login::behind(&gate, &Configuration::of(order.folder), order.asked)
    }

    /// `cargo info` downloads the crate and holds it against the `cksum` of the index. In an empty folder, since a
    /// workspace would show its own package; and with an empty home, since what lies in the usual one says nothing of
    /// what others get.
    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError> {
        let (elsewhere, new_home) = (scratch::Folder::new()?, scratch::Folder::new()?);
        let run = Run::of("cargo", "it hands out what the registry serves", elsewhere.path())?;
        let command = format!("cargo info {}@{}", copy.name, copy.version);
        let wanted = format!("{}@{}", copy.name, copy.version);
        let mut arguments: Vec<OsString> = Vec::new();
        for file in configurations(copy.folder) {
            arguments.extend(["--config".into(), file.into_os_string()]);
        }
        arguments.extend(["info", &wanted, "--color", "never", "--quiet"].map(OsString::from));
        match copy.index {
            Some(url) => arguments.extend(["--index", url].map(OsString::from)),
            None => arguments.extend(copy.asked.iter().cloned()),
        }
        lend_login(new_home.path());
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        let run = run.with_variable("CARGO_HOME", new_home.path().as_os_str());
        match run.named(command.clone(), &arguments) {
            Ok(_) => {}
            Err(ClientError::Failed { output, .. }) if output.contains("could not find `") => {
                return Ok(Served::Nothing);
            }
            Err(ClientError::Failed { output, .. }) if output.contains("failed to verify the checksum") => {
                let why = "the crate has another checksum than the index says";
                return Ok(Served::Broken(why.to_owned()));
            }
            Err(error) => return Err(error),
        }
        match newest_in_cache(new_home.path(), copy.file) {
            Some(path) => Ok(Served::File(Fetched::in_folder(path, command, new_home))),
            None => Err(ClientError::NothingWritten { command }),
        }
    }

    /// A single registry that the manifest publishes to.
    fn where_to_ask(&self, artifact: &Inventory, sent_with: &[OsString]) -> Vec<OsString> {
        let mut arguments = sent_with.iter();
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy();
            match text.split_once('=') {
                Some(("--registry" | "--index", _)) => return vec![argument.clone()],
                None if text == "--registry" || text == "--index" => {
                    return [argument].into_iter().chain(arguments.next()).cloned().collect();
                }
                _ => {}
            }
        }
        let manifest = artifact.package.as_ref().map_or("", |package| package.manifest.as_str());
        let kept = artifact.manifests.iter().find(|kept| kept.path == manifest);
        let table = kept.and_then(|kept| parse(manifest, &kept.bytes, &mut Vec::new()));
        let only = table.as_ref().and_then(|table| {
            match table.get("package")?.get("publish")?.as_array()?.as_slice() {
                [only] => only.as_str(),
                _ => None,
            }
        });
        only.map(|name| ["--registry", name].map(OsString::from).into()).unwrap_or_default()
    }
}

/// Lets cargo find the user's logins in the new home, for registries that want one for reading.
fn lend_login(new_home: &Path) {
    #[cfg(unix)]
    if let Some(login) = home().map(|home| home.join("credentials.toml")).filter(|login| login.is_file()) {
        // Without it, cargo says that it has no login.
        let _ = std::os::unix::fs::symlink(login, new_home.join("credentials.toml"));
    }
    #[cfg(not(unix))]
    let _ = new_home;
}
