use serde::{Deserialize, Serialize};

use super::EntryId;
use super::word::{self, Word};

/// Something wrong with the manifest itself: not with what it says, but with whether everyone reads the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestProblem {
    /// What it is.
    pub kind: ManifestTrouble,
    /// The place inside the artifact: of the manifest, or where it should be.
    pub place: String,
    /// Line from 1, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// One sentence: what exactly was seen.
    pub detail: String,
}

/// The kinds of [`ManifestProblem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ManifestTrouble {
    /// There is none where the client looks for it.
    Missing,
    /// It is there and can't be read.
    Unreadable,
    /// It is there more than once.
    Twice,
    /// It is there under a name in different case.
    LetterCase,
    /// A key is in it twice with different values.
    DuplicateKey,
    /// A part of it is not what the ecosystem expects, so that clients differ in what they make of it.
    Malformed,
}

impl ManifestTrouble {
    /// Whether the audit can't be complete with it.
    pub fn blinds(self) -> bool {
        matches!(self, Self::Missing | Self::Unreadable)
    }
}

/// A file that the manifest names as an entrance, and that the artifact lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingEntryPoint {
    /// Where the manifest names it: `main`, `exports["."].import`, `[lib] path`.
    pub field: String,
    /// What it names, as written.
    pub target: String,
    /// How much breaks without it.
    pub weight: EntryPointWeight,
    /// A file that is there and has almost its name: in other letter case, or with another ending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// The file that names it, where that isn't the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Line of the file that names it, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// Something that the package needs to be whole, and that neither its manifest nor its contents give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Defect {
    /// What it is.
    pub kind: DefectKind,
    /// Where the manifest says so: `dependencies["x"]`, `scripts.postinstall`, `bin["x"]`.
    pub field: String,
    /// What is said there, or the file that is concerned.
    pub subject: String,
    /// Line of the manifest, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// The kinds of [`Defect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DefectKind {
    /// A dependency that only the workspace or the machine it was written on can resolve.
    UnresolvableDependency,
    /// A script that runs at installation starts a file that isn't there.
    MissingInstallScript,
    /// The same, where the script goes on without the file.
    ToleratedInstallScript,
    /// A script that runs at installation has npm run another one that isn't there.
    MissingScript,
    /// A script that runs at installation starts a program that only `devDependencies` bring.
    MissingInstallProgram,
    /// A script that runs at installation builds by a file that isn't there.
    MissingBuildFile,
    /// A dependency that is to come in the package, and doesn't.
    MissingBundledDependency,
    /// A field of `publishConfig` that the client which packed did not apply.
    PublishConfigIgnored,
    /// An entry point that the runtime refuses to load.
    UnloadableEntryPoint,
    /// JSON as what a package is imported by.
    JsonToImport,
    /// `exports` that Node refuses by its form.
    InvalidExports,
    /// A command whose file doesn't say what interprets it.
    CommandWithoutInterpreter,
    /// A command whose first line ends in a carriage return, which becomes part of the interpreter's name.
    CommandWithCarriageReturn,
    /// A command with a byte-order mark before its first line, so that no system sees an interpreter in it.
    CommandBehindMark,
    /// A command that gives options to its interpreter through `env`, which takes them for a part of its name.
    CommandWithOptions,
    /// A command whose interpreter is named by its path on the machine where it was written.
    CommandOfOtherMachine,
    /// A command whose interpreter no dependency brings.
    CommandOfMissingInterpreter,
    /// A program beside the commands that nobody may start.
    ProgramNotExecutable,
    /// A licence file that holds nothing but the path of another file.
    LicenceIsPath,
    /// A licence file that the manifest names and that isn't there.
    LicenceAbsent,
    /// A name at the top of a wheel that other packages install, too.
    CommonTopLevel,
    /// The same, of a folder of the project that its settings don't name as a package.
    TopLevelOfProject,
    /// A symbolic link of the project that the manifest means to ship and the client leaves out.
    LinkLeftOut,
}

impl DefectKind {
    /// Whether the defect's subject is a file that should be in the artifact and isn't.
    pub(crate) fn names_a_file(self) -> bool {
        matches!(
            self,
            Self::MissingInstallScript
                | Self::ToleratedInstallScript
                | Self::MissingBuildFile
                | Self::LicenceAbsent
        )
    }
}

/// How much breaks when an entry point is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryPointWeight {
    /// Nobody can use the package as its manifest says.
    Whole,
    /// A command that the package installs can't start.
    Command,
    /// Whoever imports it by its name can't, or whoever requires it.
    Half,
    /// A part of its users can't: one condition, one subpath.
    Part,
    /// Nobody gets types from the package: it holds none, or none where TypeScript looks.
    Types,
    /// A hint for tools that fall back to something else.
    Hint,
}

/// An entry that the allowlist names as one to leave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Denied {
    /// The entry, which is also among the unlisted ones.
    pub entry: EntryId,
    /// The item of the allowlist as written: `!**/*.map`.
    pub item: String,
    /// The list that the item is in, for messages: `"files" in package.json`.
    #[serde(deserialize_with = "word::read")]
    pub list: Word,
    /// Line of the list's file, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// A difference between the package's own table of contents and what the artifact holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordProblem {
    /// What it is.
    pub kind: RecordTrouble,
    /// The table: `demo-1.0.dist-info/RECORD`.
    pub table: String,
    /// The file concerned, as a path inside the artifact or as the table writes it.
    pub path: String,
    /// The entry concerned, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// Line of the table, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// One sentence.
    pub detail: String,
}

/// The kinds of [`RecordProblem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordTrouble {
    /// In the artifact, not in the table.
    NotRecorded,
    /// In the table, not in the artifact.
    Absent,
    /// In a list that was made before packing and that nobody reads afterwards, not in the artifact.
    Stale,
    /// In the artifact, not in such a list.
    Unlisted,
    /// The bytes have another digest.
    Digest,
    /// The size differs.
    Size,
    /// In the table without a digest, or with one too weak to mean anything.
    NoDigest,
    /// In a table of SHA-1 alone, which was usual once, and which isn't compared.
    OldDigest,
    /// The bytes have the digest, which is written in hexadecimal where base64 is due.
    HexDigest,
    /// Twice in the table.
    Twice,
    /// A line that can't be read, or that names a place outside the package.
    Malformed,
}

/// Two places that should say the same about the package and don't.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mismatch {
    /// `name`, `version`, `publisher`, `tag`, `command`.
    #[serde(deserialize_with = "word::read")]
    pub what: Word,
    /// What the manifest says.
    pub manifest: String,
    /// Where else it is said: `the file name`, `extension.vsixmanifest`.
    pub elsewhere: String,
    /// What is said there.
    pub other: String,
    /// Where in the artifact the package says it, if not in its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A script that runs on the machine of whoever installs the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstallScript {
    /// `preinstall`, `install`, `postinstall`, `build.rs`.
    pub event: String,
    /// The command as written; `None` when it is implied by a file (`binding.gyp`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Line of the manifest, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// What a package says of the version control that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct VcsState {
    /// The revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whether it was made with changes that aren't in that revision.
    pub dirty: bool,
    /// Where this is written.
    pub place: String,
}
