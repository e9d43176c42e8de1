use serde::{Deserialize, Serialize};

use super::word::{self, Word};
use super::{
    BrokenImport, Defect, Denied, Entrance, EntryId, InstallScript, Mismatch, MissingEntryPoint,
    RecordProblem, VcsState,
};

/// Whose clients unpack an artifact: those of its kind, or of a package that is a plain archive to everybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBy {
    /// The clients of this kind.
    Kind(Kind),
    /// conda's, in its first format: a packed tar.
    Conda,
    /// dpkg: an ar archive of two tars.
    Dpkg,
}

/// Whose package an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// npm tarball.
    Npm,
    /// Rust crate.
    Crate,
    /// Python wheel.
    Wheel,
    /// Python source distribution.
    Sdist,
    /// Visual Studio Code extension.
    Vsix,
    /// Ruby gem.
    Gem,
    /// NuGet package.
    Nupkg,
    /// Java archive.
    Jar,
    /// A zip archive of no known ecosystem.
    Zip,
    /// A tar archive of no known ecosystem.
    #[default]
    Tar,
    /// A folder.
    Directory,
}

impl Kind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Npm,
        Self::Crate,
        Self::Wheel,
        Self::Sdist,
        Self::Vsix,
        Self::Gem,
        Self::Nupkg,
        Self::Jar,
        Self::Zip,
        Self::Tar,
        Self::Directory,
    ];

    /// The word used on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Crate => "crate",
            Self::Wheel => "wheel",
            Self::Sdist => "sdist",
            Self::Vsix => "vsix",
            Self::Gem => "gem",
            Self::Nupkg => "nupkg",
            Self::Jar => "jar",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Directory => "directory",
        }
    }
}

/// What the manifest says about the package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Package {
    /// Name; empty if the manifest has none.
    pub name: String,
    /// Version; empty if the manifest has none.
    pub version: String,
    /// The licence as written.
    pub license: Option<String>,
    /// The licence files in the package's own folder, read where the manifest's words alone don't say which licence it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licence_files: Vec<LicenceFile>,
    /// What the README says of the licence, where neither the manifest nor a file of its own does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readme_licence: Option<ReadmeLicence>,
    /// Source files that give everybody the source in their first comments, where most do and nothing else names a licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_sources: Option<OpenSources>,
    /// Whether the manifest forbids publishing (`"private": true`, `publish = false`).
    pub private: bool,
    /// Path of the manifest inside the artifact.
    pub manifest: String,
    /// Root folder of the package inside the artifact, without `/`; empty if entries are at the top.
    pub root: String,
    /// Line of the manifest that forbids publishing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_line: Option<u64>,
    /// What the manifest says may ship.
    pub declared: Declared,
    /// Commands that it installs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Command>,
    /// Scripts that run when it is installed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub install_scripts: Vec<InstallScript>,
    /// What keeps it from being installed, loaded or started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<Defect>,
    /// Files that must be parsed to be sure which of their imports lead nowhere.
    #[serde(skip)]
    pub doubtful_imports: Vec<EntryId>,
    /// Scripts that it is entered by.
    #[serde(skip)]
    pub entrances: Vec<Entrance>,
    /// Imports of its files that lead nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken_imports: Vec<BrokenImport>,
    /// Places that contradict the manifest about name or version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<Mismatch>,
    /// What it says of version control.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcs: Option<VcsState>,
}

/// A command that the package installs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its name, as written.
    pub name: String,
    /// What it starts: a file of the package, or a function.
    pub starts: String,
    /// Path of the file of the artifact that declares it, or that it is.
    pub declared_in: String,
}

/// A licence file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LicenceFile {
    /// Path inside the artifact.
    pub path: String,
    /// SPDX identifier of the well-known licence whose text it is.
    #[serde(default, deserialize_with = "word::read_some")]
    pub licence: Option<Word>,
    /// Whether it is a text of its own that gives everybody the source all the same.
    pub grants: bool,
}

/// Source files whose first comments give everybody the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenSources {
    /// How many there are.
    pub files: usize,
    /// Whether most of the compiled files are made of them.
    pub whole: bool,
}

/// What a README says of the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReadmeLicence {
    /// Path inside the artifact.
    pub path: String,
    /// The first words of its section on the licence.
    pub words: String,
}

/// What the manifest promises about the package's contents, resolved against the entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Declared {
    /// Whether the manifest has an allowlist at all; `None` where the ecosystem knows none.
    pub has_allowlist: Option<bool>,
    /// Where the allowlist is, for messages: `"files" in package.json`.
    #[serde(deserialize_with = "word::read")]
    pub allowlist_name: Word,
    /// The allowlist's patterns as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Entries that the allowlist doesn't cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<EntryId>,
    /// Those of them that the allowlist takes away by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<Denied>,
    /// Compiled files that the package is entered by, relative to the root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_points: Vec<String>,
    /// Files that the manifest hands to other programs (style sheets, React Native's bundler), relative to the root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_entrances: Vec<String>,
    /// The end of the names of sources that are compiled by those who install the package: `.svelte`.
    #[serde(default, deserialize_with = "word::read", skip_serializing_if = "str::is_empty")]
    pub compiled_by_users: Word,
    /// Line of the manifest where the allowlist begins, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// An allowlist that would cover what the entry points need; only for packages without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposal: Vec<String>,
    /// Entry points that the artifact lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingEntryPoint>,
    /// Where the package's own table of contents is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub record: Vec<RecordProblem>,
}

/// A manifest file kept whole, since the ecosystem reads it after the last entry.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ManifestFile {
    /// The entry that it is.
    pub entry: EntryId,
    /// Path inside the artifact's own container.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}
