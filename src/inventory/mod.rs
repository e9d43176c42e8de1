//! The facts: what inspectors saw in an artifact, as plain serialisable types.
//!
//! Nothing here judges. Rules are pure functions from an [`Inventory`] to findings, so everything
//! that a rule needs to know is here, and nothing that would need the bytes again.

mod anomaly;
mod blob;
mod commit;
mod entry;
mod import;
mod kept_text;
mod making;
mod media;
mod own;
mod package;
mod program;
mod promise;
mod recoverable;
mod secret;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use anomaly::{Anomaly, AnomalyKind, Concern, MOST_OF_A_KIND};
pub use blob::{BlobIds, ObjectFormat};
pub use commit::{Comparison, Differing, FromCommit, VersionTag};
pub use entry::{Entry, EntryId, EntryKind, OPEN_HEAD, OPEN_HEAD_LANGUAGES, WideDigests};
pub use import::{BrokenImport, Entrance, ImportTrouble, Lead, MAKES_MODULES, Reach, ScriptFormat};
pub(crate) use kept_text::KeptText;
pub use making::{BuildCopy, BuildOption, BuildVariable, Gemspec, KeptMap, Making};
pub use media::Media;
pub use own::{Fate, LineClass, OwnKnown, OwnLines, OwnText};
pub use package::{
    Command, Declared, Kind, LicenceFile, ManifestFile, OpenSources, Package, ReadBy, ReadmeLicence,
};
pub use program::{BinaryFacts, DebugSection, LocalPath, ProgramFacts};
pub use promise::{
    Defect, DefectKind, Denied, EntryPointWeight, InstallScript, ManifestProblem, ManifestTrouble, Mismatch,
    MissingEntryPoint, RecordProblem, RecordTrouble, VcsState,
};
pub use recoverable::{Link, LinkTarget, MapForm, SourceFacts, SourceMap};
pub use secret::Secret;
pub use text::{Asking, At, CodeMatch, Import, Mention, MentionKind, TextDigest, TextFacts};
pub use word::Word;

/// Everything known about one artifact once its last byte was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Inventory {
    /// The artifact as a file.
    pub artifact: Artifact,
    /// Whose package it is.
    pub kind: Kind,
    /// Where the contents fit several kinds: which, and what decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind_because: Option<String>,
    /// What the manifest says; `None` for a generic archive or folder, or when no manifest could be read.
    pub package: Option<Package>,
    /// The licence files of a project whose sources these are, where no manifest speaks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licence_files: Vec<LicenceFile>,
    /// Every entry in the order of the container; entries of a nested archive follow that archive.
    /// `entries[i].id` is `i`.
    pub entries: Vec<Box<Entry>>,
    /// What a tolerant reader would have shrugged at, in the order found.
    pub anomalies: Vec<Anomaly>,
    /// What is wrong with the manifest itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manifest_problems: Vec<ManifestProblem>,
    /// How the package comes about.
    pub making: Making,
    /// Archives within the artifact that the package's client unpacks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub payloads: BTreeSet<EntryId>,
    /// What was not examined, and why. An artifact with one of these is incomplete.
    pub unexamined: Vec<Unexamined>,
    /// What was known of the project's own source text; `None` when it was not looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnKnown>,
    /// How it compares with a commit of its project; `None` when it was not to be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_commit: Option<FromCommit>,
    /// The manifest files as they were in the artifact, for the ecosystem to read.
    #[serde(skip)]
    pub manifests: Vec<ManifestFile>,
    /// The texts of scripts, until it is known which of them the package is entered by.
    #[serde(skip)]
    pub(crate) scripts: BTreeMap<EntryId, Box<[u8]>>,
    /// The texts of other modules, as far as there was room, until it is known which of them must be parsed.
    #[serde(skip)]
    pub(crate) modules: BTreeMap<EntryId, KeptText>,
}

/// The artifact as a file on disk.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Artifact {
    /// The path as the user gave it.
    pub path: String,
    /// Size of the file in bytes; for a folder, of all files in it.
    pub bytes: u64,
    /// SHA-256 of the file in hex; for a folder, of its sorted listing of paths and digests.
    pub sha256: String,
    /// How it is packed, outermost first: `["gzip", "tar"]`.
    #[serde(deserialize_with = "word::read_all")]
    pub containers: Vec<Word>,
    /// Bytes of all files of its own container, without those of nested archives.
    pub unpacked_bytes: u64,
}

/// Something that could not be examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unexamined {
    /// The place inside the artifact, nested ones joined by `!`; empty for the artifact itself.
    pub place: String,
    /// One clear sentence: what is wrong and, where known, at which byte.
    pub why: String,
    /// The file of the artifact that was read itself, and inside which this could not be examined; `None` when
    /// the artifact's own container or entry could not be read.
    pub within: Option<String>,
}

impl Unexamined {
    /// A part of the artifact that was not examined, and the reason.
    pub fn new(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { place: place.into(), why: why.into(), within: None }
    }

    /// A part inside a file that was read itself.
    pub fn inside(file: impl Into<String>, place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { place: place.into(), why: why.into(), within: Some(file.into()) }
    }
}

impl Inventory {
    /// What is known of an artifact that could not be read.
    pub fn unread(path: &str, why: &str) -> Self {
        let artifact = Artifact { path: path.to_owned(), ..Artifact::default() };
        Self { artifact, unexamined: vec![Unexamined::new("", why)], ..Self::default() }
    }

    /// The entry with this id.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.index()).map(Box::as_ref)
    }

    /// Every entry, in order.
    pub fn everything(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().map(Box::as_ref)
    }

    /// All that has bytes: regular files, nested ones included, and bytes of no entry.
    pub fn files(&self) -> impl Iterator<Item = &Entry> {
        self.everything().filter(|entry| entry.has_bytes())
    }

    /// The regular files of the artifact's own container, without those of nested archives.
    pub fn top_files(&self) -> impl Iterator<Item = &Entry> {
        self.everything().filter(|entry| entry.parent.is_none() && entry.kind == EntryKind::File)
    }

    /// Whether the client unpacks this entry: it is in the artifact's own container, or in one within that is the
    /// package's payload.
    pub fn is_unpacked(&self, entry: &Entry) -> bool {
        entry.parent.is_none_or(|parent| self.payloads.contains(&parent))
    }

    /// What keeps the artifact's own files from being known, if anything does.
    pub fn cut_short(&self) -> Option<&Unexamined> {
        self.unexamined.iter().find(|part| part.within.is_none())
    }

    /// Whether every part of the artifact was examined.
    pub fn is_complete(&self) -> bool {
        self.unexamined.is_empty()
    }
}
