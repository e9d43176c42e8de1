//! What a stranger could recover: original files that are in the artifact only as text inside something else.

use serde::Serialize;

/// Sums over the recoverable first-party files of an artifact; third-party ones apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// First-party files.
    pub files: u64,
    /// Their lines.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files under `node_modules` or on an ignore list.
    pub third_party_files: u64,
}
