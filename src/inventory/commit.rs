use serde::{Deserialize, Serialize};

use super::EntryId;

/// Whether an artifact's files are those of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FromCommit {
    /// They were compared.
    Compared(Comparison),
    /// They could not be compared, and what is lacking.
    Not(String),
}

/// An artifact's files compared with those that version control holds at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct Comparison {
    /// The commit's full id.
    pub commit: String,
    /// Why this one: `HEAD`, `--commit v1.2.0`, `tag v1.2.0`, `the commit of .cargo_vcs_info.json`.
    pub because: String,
    /// The version's tag, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<VersionTag>,
    /// How many files were compared.
    pub files: u64,
    /// Files whose bytes differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<Differing>,
    /// Files that the commit doesn't hold and the client doesn't make; none in kinds that ship what a build made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<EntryId>,
    /// Files that there was nothing to compare with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<EntryId>,
}

/// The tag of a package's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct VersionTag {
    /// Its name.
    pub name: String,
    /// The commit that it names.
    pub commit: String,
}

/// A file whose bytes aren't those of the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct Differing {
    /// The file.
    pub entry: EntryId,
    /// Its path in the repository.
    pub path: String,
    /// Whether only the ends of lines differ.
    pub only_line_ends: bool,
}

impl Comparison {
    /// The commit in words: `HEAD (0123456789ab, tag v1.0.0)`.
    pub fn at(&self) -> String {
        let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
        let tag = match &self.tag {
            Some(tag) if self.because.ends_with(&tag.name) => String::new(),
            Some(tag) if tag.commit == self.commit => format!(", tag {}", tag.name),
            Some(tag) => format!("; tag {} is another commit, {}", tag.name, short(&tag.commit)),
            None => String::new(),
        };
        format!("{} ({}{tag})", self.because, short(&self.commit))
    }
}
