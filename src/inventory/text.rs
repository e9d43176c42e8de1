use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// 128-bit digest (XXH3) of a text whose CRLF line ends were made LF. It only tells texts apart; it
/// protects nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextDigest(pub u128);

impl Serialize for TextDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for TextDigest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(from)?;
        u128::from_str_radix(&hex, 16).map(Self).map_err(D::Error::custom)
    }
}

/// What is known about a text as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextFacts {
    /// Size in bytes.
    pub bytes: u64,
    /// Lines; a last line without line end counts.
    pub lines: u64,
    /// Digest of the text with normalised line ends.
    pub digest: TextDigest,
}

/// A module that a file asks for by name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The name as written: `./a.js`, `react/jsx-runtime`; of a variable or a keyword, itself.
    pub specifier: Box<str>,
    /// What asks for it.
    pub by: Asking,
    /// Line of the file, where known.
    pub line: Option<u64>,
}

/// What in a file asks for a module, or shows which kind of module the file is itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Asking {
    /// `import` or `export ... from`, a statement of the language.
    Import,
    /// The same, with the module's type: `with { type: "json" }`.
    TypedImport,
    /// `require`, of CommonJS.
    Require,
    /// `export`, which only a module of the language can have.
    Export,
    /// A variable that only CommonJS gives: `module`, `__dirname`.
    Variable,
    /// What reads a file that is no module, by its path: `readFileSync`, `include_str!`.
    File,
    /// What starts a thread with a file, where that may never be carried out.
    Thread,
    /// A name that is taken from a module of the language: `open ./door.js`.
    Name,
    /// A name that a module of the language gives, of Python several in a row; `*` where it may give any.
    Gives,
    /// No import, but what keeps Python from reading the file.
    Fault,
    /// No import, but what a folder's manifest says that the scripts in it are: `module`, `commonjs`.
    Type,
    /// No import, but that a module of the language waits for something before it is loaded.
    Waits,
}

/// A place in an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct At {
    /// Byte offset in the entry, from 0.
    pub offset: u64,
    /// Line from 1; `None` in binaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in characters from 1; `None` in binaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// For text that had to be decoded first, what it was decoded from (`inline source map`); the
    /// offset is then that of the encoded text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
}

/// A word in a text that the policy cares about, or that names the builder's machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mention {
    /// Which list it is from.
    pub kind: MentionKind,
    /// The marker, host, package or path as found, at most 200 bytes.
    pub what: String,
    /// First place.
    pub at: At,
    /// How often it is in the entry.
    pub count: u64,
}

/// The list that a [`Mention`] is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MentionKind {
    /// `internal.markers`.
    Marker,
    /// A comment at the top of a text that says it is confidential.
    Banner,
    /// `internal.hosts`.
    Host,
    /// A URL whose host only an internal network resolves.
    PrivateHost,
    /// `internal.packages`, or a private member of the workspace.
    Package,
    /// A path in a home folder of the machine that built the artifact.
    LocalPath,
    /// The library that a script is, by its own name in the comment at its top, beside a version and an open licence.
    Library,
}

/// Text of an internal file, found by its fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeMatch {
    /// The internal file, as its index labels it.
    pub file: String,
    /// Whether it was recognised by what minifiers keep, and not by all words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_minified: bool,
    /// Line in the internal file of what is at `at`, from 1.
    pub line: u32,
    /// Fingerprints that the internal file has.
    pub of: u32,
    /// Those of them found in this entry, sorted.
    pub found: Vec<u64>,
    /// First place in this entry.
    pub at: At,
}
