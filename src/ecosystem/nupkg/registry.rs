//! NuGet's feeds: `dotnet nuget push` sends a package as it is. No client hands one out by itself, and the gallery
//! adds a signature of its own.

use crate::ecosystem::client::ClientError;
use crate::ecosystem::registry::{Copy, Registry, Sender, Served};

pub(super) struct Feed;

const SENDERS: [Sender; 1] = [Sender {
    name: "dotnet",
    command: "dotnet nuget push",
    program: "dotnet",
    before: &["nuget", "push"],
    no_login: &["401 (Unauthorized)", "No API Key"],
    login: "give it --api-key",
    is_handed_out: false,
    ..Sender::USUAL
}];

impl Registry for Feed {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    /// The gallery's signature; an author's own has the same name, and is replaced.
    fn adds(&self) -> Option<&'static str> {
        Some(".signature.p7s")
    }

    fn served(&self, _copy: &Copy<'_>) -> Result<Served, ClientError> {
        Ok(Served::NotHandedOut)
    }
}
