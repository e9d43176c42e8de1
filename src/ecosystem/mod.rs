//! Ecosystems: whose package an artifact is and what its manifest says. One file and one line in [`ECOSYSTEMS`] each.

use crate::inventory::{Inventory, Kind, Package, Skipped};
use crate::project::Project;

/// An ecosystem: how to recognise its packages and to read their manifest.
pub(crate) struct Ecosystem {
    /// The word for it.
    pub kind: Kind,
    /// Whether the whole of a file is to be kept for `read`, by its path inside the artifact's own container.
    pub keeps: fn(path: &str) -> bool,
    /// Whether this is one of its packages, told from entries and the artifact's file name.
    pub recognises: fn(&Inventory) -> bool,
    /// Reads the manifest into [`Package`], allowlist included. `Err` is what keeps the manifest from being
    /// understood: it makes the audit incomplete.
    pub read: fn(&Inventory, Option<&Project>) -> Result<Package, Skipped>,
}

/// All ecosystems, most specific first.
pub(crate) const ECOSYSTEMS: &[Ecosystem] = &[];
