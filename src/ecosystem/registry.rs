//! What an ecosystem's clients do with its registry: send an artifact, and hand out what is served.

use std::ffi::OsString;
use std::path::Path;

use crate::inventory::Inventory;

use super::client::{ClientError, Fetched};

/// A registry, as the clients of an ecosystem speak to it: with their own configuration and login.
pub(crate) trait Registry: Sync {
    /// The clients that send a packed artifact, the usual one first.
    fn senders(&self) -> &'static [Sender];

    /// Asks for the copy that the registry serves.
    ///
    /// # Errors
    /// The client is missing or failed, so that nothing can be told.
    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError>;

    /// The file that the registry adds to what it was sent, if it does.
    fn adds(&self) -> Option<&'static str> {
        None
    }

    /// What makes a sender that packs by itself send the audited bytes, or nothing.
    ///
    /// # Errors
    /// It can't be held to them, for the reason told.
    fn hold(&self, _order: &Order<'_>) -> Result<Vec<OsString>, String> {
        Ok(Vec::new())
    }

    /// What the manifest or the sender's arguments say of where to ask, in the words of the client that asks.
    fn where_to_ask(&self, _artifact: &Inventory, _sent_with: &[OsString]) -> Vec<OsString> {
        Vec::new()
    }
}

/// A client that sends an artifact as it is, or what it packs, if that is the same.
#[derive(Debug)]
pub(crate) struct Sender {
    /// The word for it.
    pub name: &'static str,
    /// What people call the command: `npm publish`.
    pub command: &'static str,
    /// The program.
    pub program: &'static str,
    /// Its arguments up to the file; the user's come behind that, so that none of them can swallow it.
    pub before: &'static [&'static str],
    /// Arguments that would make it send something else, too.
    pub refused: &'static [&'static str],
    /// Whether it takes no file, and packs a folder by itself.
    pub packs: bool,
    /// Whether it sends all files that an argument with wildcards matches.
    pub expands_wildcards: bool,
    /// Where nobody can be asked for a login.
    pub unattended: &'static [&'static str],
    /// What it says when it has no login.
    pub no_login: &'static [&'static str],
    /// How to get one.
    pub login: &'static str,
    /// Whether a client hands out what the registry that it sends to serves.
    pub is_handed_out: bool,
    /// Whether somebody has to approve before the registry serves the file.
    pub is_staged: bool,
}

impl Sender {
    /// What is the same for most; the rest is said by each.
    pub(crate) const USUAL: Self = Self {
        name: "",
        command: "",
        program: "",
        before: &[],
        refused: &[],
        packs: false,
        expands_wildcards: false,
        unattended: &[],
        no_login: &[],
        login: "",
        is_handed_out: true,
        is_staged: false,
    };
}

/// What a sender that packs by itself is to send.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    /// The folder that it packs.
    pub folder: &'a Path,
    /// The digest of what it has to come to, in hex.
    pub sha256: &'a str,
    /// Where it is sent to, in the words of the client that asks.
    pub asked: &'a [OsString],
}

/// Which copy is asked for.
#[derive(Debug)]
pub(crate) struct Copy<'a> {
    /// The package's name, which no client takes for anything else.
    pub name: &'a str,
    /// The version, likewise.
    pub version: &'a str,
    /// The name of the file in the registry.
    pub file: &'a str,
    /// The platform, likewise; empty where there is one file for all.
    pub platform: &'a str,
    /// Where the client runs: its configuration is there.
    pub folder: &'a Path,
    /// Where to ask, in the words of the client.
    pub asked: &'a [OsString],
    /// The address of the registry, if the user gave one.
    pub index: Option<&'a str>,
}

/// What a registry serves.
#[derive(Debug)]
pub(crate) enum Served {
    /// This file.
    File(Fetched),
    /// None of that name and version; not yet, or not any more.
    Nothing,
    /// One that contradicts the registry's own index, as told here.
    Broken(String),
    /// No client hands out what this one serves.
    NotHandedOut,
}
