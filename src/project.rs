//! The folder that an artifact came from: settings, ignore files, version control and workspace are read there.

use std::path::PathBuf;

/// A project folder on disk. Nothing is read before it is asked for.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder, absolute.
    pub folder: PathBuf,
}
