use serde::{Deserialize, Serialize};

use super::At;
use super::word::{self, Word};

/// A program whose source can be read in plain text from an executable or archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProgramFacts {
    /// What made it: `Bun`, `Node single executable`, `Deno`, `nexe`, `pkg`, `asar`, `PyInstaller`, ...
    #[serde(deserialize_with = "word::read")]
    pub packer: Word,
    /// Byte offset of the payload, and its length if known.
    pub offset: u64,
    /// Length of the payload in bytes, if the format tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Whether the payload is source text (rather than bytecode only).
    pub source_text: bool,
    /// Whether that text is minified, so that there is nothing left to do about it.
    #[serde(default)]
    pub minified: bool,
}

/// Facts of an executable, library or object file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct BinaryFacts {
    /// `ELF`, `Mach-O`, `PE`, `wasm`, `static library`, `PDB`.
    #[serde(deserialize_with = "word::read")]
    pub format: Word,
    /// Whether it is started, rather than loaded by something else.
    #[serde(default)]
    pub is_program: bool,
    /// Sections that only a debugger needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debug_sections: Vec<DebugSection>,
    /// Build identifier in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_id: Option<String>,
    /// Whether whole source files are embedded (portable PDB).
    pub embedded_source: bool,
    /// The first source file of the program's own that the debug information names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_source: Option<String>,
    /// Whether it names source files of a toolchain or a library.
    pub foreign_sources: bool,
    /// Where debuggers fetch the sources (SourceLink in a portable PDB).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_link: Option<String>,
    /// Absolute paths of folders in which it looks for its libraries (RPATH, RUNPATH, LC_RPATH).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_paths: Vec<String>,
    /// Paths of the build machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_paths: Vec<LocalPath>,
}

/// A section of a binary that stripping would remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DebugSection {
    /// Name, `.debug_info`.
    pub name: String,
    /// Size in the file in bytes.
    pub bytes: u64,
}

/// A path of the build machine found in a binary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalPath {
    /// The path, at most 200 bytes.
    pub path: String,
    /// Where it is.
    pub at: At,
}
