use serde::{Deserialize, Serialize};

use super::EntryId;
use super::word::{self, Word};

/// How the package comes about, as far as a help can speak of it: told from the project where it is at hand, else from
/// what the artifact says of its maker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Making {
    /// The tool whose lists decide what is packed: `pnpm`, `hatchling`; empty where that isn't known.
    #[serde(deserialize_with = "word::read")]
    pub packer: Word,
    /// Items that bring back what the lists of that tool take out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brings_back: Vec<String>,
    /// Whether that tool has a list for this kind of artifact alone, which then counts in place of the general one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_own_list: bool,
    /// The specification of a gem that a line can be added to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gemspec: Option<Gemspec>,
    /// Options of the project's build that write source maps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub map_options: Vec<BuildOption>,
    /// Where the project's cargo is told what becomes of debug information, or would be: then without `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug_option: Option<BuildOption>,
    /// The folders of the private project that are published in its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published_from: Vec<String>,
    /// The folder of the private project that a build has left what is deployed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed_from: Option<String>,
    /// Files that the manifest names, and that the project lacks, too: they aren't built yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_built: Vec<String>,
    /// Files that the manifest names, and that the project has while the artifact lacks them: a list keeps them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_out: Vec<String>,
    /// Files that the build has copied from elsewhere in the project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<BuildCopy>,
    /// Variables whose values the build has written into programs, and that are credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<BuildVariable>,
    /// Files with credentials that code takes in by their path when it is compiled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_in: Vec<EntryId>,
    /// The manifest of the workspace whose list the package inherits, as a path from the project's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_of_workspace: Option<String>,
    /// Whether the manifest is one that a build writes, from one further up in the project: changes to it don't last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_generated: bool,
    /// The manifest whose fields that build takes over, from the project's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_from: Option<String>,
    /// The source maps of its programs that lie in the project and not in the package, where members of the workspace are
    /// private.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_maps: Vec<KeptMap>,
}

/// A source map that the build has written beside a program, and that isn't packed: it tells what the program was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMap {
    /// The program.
    pub entry: EntryId,
    /// Where the map would lie in the artifact.
    pub path: String,
    /// `sourceRoot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_root: Option<String>,
    /// The original files that it names.
    pub sources: Vec<String>,
}

/// A file that a build has copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildCopy {
    /// The copy, as a place in the artifact.
    pub place: String,
    /// The file, from the project's folder.
    pub from: String,
}

/// A variable of an environment file whose value a build has written into a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildVariable {
    /// The digest of the credential that it holds.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// The file, from the project's folder.
    pub file: String,
    /// Line from 1.
    pub line: u64,
}

/// The specification of a gem in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gemspec {
    /// The file.
    pub file: String,
    /// What it calls itself: `spec`.
    pub name: String,
}

/// A place in the project where a build is told to write something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildOption {
    /// Whose option it is: `Vite`.
    #[serde(deserialize_with = "word::read")]
    pub tool: Word,
    /// The file, from the project's folder.
    pub file: String,
    /// Line from 1.
    pub line: u64,
    /// What stands there.
    pub text: String,
    /// What to write instead.
    pub instead: String,
}
