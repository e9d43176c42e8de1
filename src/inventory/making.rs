use serde::Serialize;

/// How the package comes about, as far as a help can speak of it: told from the project where it is at hand, else from
/// what the artifact says of its maker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Making {
    /// The tool whose lists decide what is packed: `pnpm`, `hatchling`; empty where that isn't known.
    pub packer: &'static str,
    /// Items that bring back what the lists of that tool take out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brings_back: Vec<String>,
    /// Options of the project's build that write source maps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub map_options: Vec<BuildOption>,
}

/// A place in the project where a build is told to write something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildOption {
    /// Whose option it is: `Vite`.
    pub tool: &'static str,
    /// The file, from the project's folder.
    pub file: String,
    /// Line from 1.
    pub line: u64,
    /// What stands there.
    pub text: String,
    /// What to write instead.
    pub instead: String,
}
