//! What isn't a package of any ecosystem: archives and folders as they are deployed.

mod advice;
mod archive;
mod conda;
mod deb;
mod directory;
pub(super) mod sources;

use super::{Ecosystem, Format};

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "plain",
    formats: &[&directory::Directory, &archive::Zip, &archive::Tar],
    project: None,
    client: None,
};

/// What is known of anything: nothing.
pub(super) const ANYTHING: &dyn Format = &archive::Tar;
