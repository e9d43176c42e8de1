use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::word::{self, Word};
use super::{
    BinaryFacts, BlobIds, CodeMatch, Import, Link, Media, Mention, OwnText, ProgramFacts, Secret, SourceMap,
    TextFacts,
};

/// An entry's number in the inventory. Names may repeat, numbers don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct EntryId(pub u32);

impl EntryId {
    /// Position in [`super::Inventory::entries`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of thing an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A regular file.
    #[default]
    File,
    /// A folder.
    Directory,
    /// A symbolic link and where it points.
    Symlink {
        /// The target as written in the archive.
        target: String,
    },
    /// A hard link and the entry that it names.
    Hardlink {
        /// The target as written in the archive.
        target: String,
    },
    /// A device, a pipe, or anything else that is neither file nor folder.
    Special,
    /// Bytes of no entry: a comment, an extra field, padding. Its path says where they are.
    Blob {
        /// Whether ordinary writers leave such bytes; they are entered only where something was seen in them.
        usual: bool,
    },
}

/// Digests in hex that few packages are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WideDigests {
    /// SHA-384.
    pub sha384: String,
    /// SHA-512.
    pub sha512: String,
}

/// One thing in a container, with all facts about it. There may be very many, and most have few facts: what is rare
/// is kept so that its absence takes no more than a pointer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Number in the inventory.
    pub id: EntryId,
    /// The archive or compressed file that this is in; `None` in the artifact's own container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<EntryId>,
    /// Path inside its container, segments joined by `/`, without `.` and empty segments.
    /// Not safe to print: may hold control characters.
    pub path: String,
    /// Path from the artifact's root, nested containers joined by `!`: `package/x.zip!a.js`.
    pub place: String,
    /// File, folder, link.
    pub kind: EntryKind,
    /// Size in bytes, as produced.
    pub size: u64,
    /// Unix permission bits, if the container has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// Where the package's client writes it, below the folder in which it installs the package; `None` where it
    /// doesn't, or nothing is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed: Option<Box<str>>,
    /// The permission bits with which the client writes it there; `None` where it isn't known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_mode: Option<u16>,
    /// Byte offset of the entry's header in its container.
    pub offset: u64,
    /// Type by content.
    pub media: Media,
    /// SHA-256 in hex; only when somebody asked for digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Longer digests; only where a table in the artifact is made with them.
    #[serde(skip)]
    pub wide: Option<Box<WideDigests>>,
    /// The ids that git would give it; only when it is compared with a commit.
    #[serde(skip)]
    pub blob: Option<Box<BlobIds>>,
    /// Facts of text files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextFacts>,
    /// Source maps found in this entry: the entry itself, or inside it.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub maps: ThinVec<SourceMap>,
    /// The texts behind `maps`, kept only when somebody wants to have them: map, source, text.
    #[serde(skip)]
    pub recovered: ThinVec<(usize, usize, Vec<u8>)>,
    /// Comments that link to a source map.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub links: ThinVec<Link>,
    /// Places where a secret pattern matched.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub secrets: ThinVec<Secret>,
    /// Markers, hosts and packages of the policy, and local paths, found in the text.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub mentions: ThinVec<Mention>,
    /// Internal files of which text is in this entry.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub internal_code: ThinVec<CodeMatch>,
    /// Source files of the project of which lines are in this entry.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub own_text: ThinVec<OwnText>,
    /// The texts behind `own_text`, kept only when somebody wants to have them: file, text.
    #[serde(skip)]
    pub own_recovered: ThinVec<(String, Vec<u8>)>,
    /// Modules that it may ask for: found by a quick look, and kept only until the package's imports are followed.
    #[serde(skip)]
    pub imports: ThinVec<Import>,
    /// Facts of executables and object files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<Box<BinaryFacts>>,
    /// A program that carries its source in plain text inside an executable or archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Box<ProgramFacts>>,
    /// Why some of it could not be looked at. Such an entry makes the audit incomplete.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty", deserialize_with = "word::read_all")]
    pub unexamined: ThinVec<Word>,
    /// Names of content checks of the stray-file tables that this entry passed.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty", deserialize_with = "word::read_all")]
    pub signs: ThinVec<Word>,
}

/// Endings of source files that are compiled to Java's classes, of which [`OPEN_HEAD`] is told.
pub const OPEN_HEAD_LANGUAGES: [&str; 6] = [".java", ".kt", ".scala", ".groovy", ".clj", ".cljc"];

/// The sign of a source file whose first comment gives everybody the source.
pub const OPEN_HEAD: Word = "open-head";

impl Entry {
    /// The last segment of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether inspectors saw something in it that a rule may speak of.
    pub fn is_notable(&self) -> bool {
        !(self.maps.is_empty()
            && self.links.is_empty()
            && self.secrets.is_empty()
            && self.mentions.is_empty()
            && self.internal_code.is_empty()
            && self.program.is_none()
            && self.unexamined.is_empty())
    }

    /// Whether it is somebody else's: of a dependency that is packed whole, or in an archive within one.
    pub fn is_of_dependency(&self) -> bool {
        self.place.split(['/', '!']).any(|segment| segment == "node_modules")
    }

    /// Whether it holds bytes that can be looked at.
    pub fn has_bytes(&self) -> bool {
        matches!(self.kind, EntryKind::File | EntryKind::Blob { .. })
    }

    /// The path without its first segment (`package/`, `name-1.0.0/`).
    pub fn below_root(&self) -> &str {
        self.path.split_once('/').map_or(self.path.as_str(), |(_, rest)| rest)
    }
}
