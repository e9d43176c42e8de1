use std::path::PathBuf;

/// Why a lock is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    /// The file.
    pub file: PathBuf,
    /// Line from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a lock, each with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file can't be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Bytes that are no text.
    #[error("is not UTF-8")]
    NotText,
    /// The first line is something else.
    #[error("the first line must be `packgate-lock 1`; write the file with `packgate lock`")]
    NoHeader,
    /// A version of the format that isn't known here.
    #[error(
        "format version `{0}` is unknown, this packgate reads version 1; a newer packgate wrote it, use that one"
    )]
    UnknownVersion(String),
    /// Left over from a merge.
    #[error("a merge conflict is unresolved: keep the lines of both sides, sorted, or run `packgate lock`")]
    Conflict,
    /// CR LF at a line's end.
    #[error(
        "the line ends in CR LF; the lock has LF line ends on every system: put `packgate.lock text eol=lf` into .gitattributes and check the file out again"
    )]
    CarriageReturn,
    /// A control character, or white space at an end.
    #[error(
        "a path with control characters, or white space at either end, must be in double quotes, written as in JSON"
    )]
    Unquoted,
    /// A heading that can't be read.
    #[error(
        "`[{0}]` is not a heading; write `[KIND NAME]` or `[KIND NAME PLATFORM]`, as in `[npm @acme/cli]`"
    )]
    BadHeading(String),
    /// A second section for one artifact.
    #[error("a second section for {subject}; the first one begins on line {first}")]
    DuplicateSection {
        /// Which artifact.
        subject: String,
        /// Line of the first heading.
        first: usize,
    },
    /// A heading that belongs above another one.
    #[error("sections are sorted: [{0}] belongs above the section before it")]
    UnsortedSection(String),
    /// A path before the first heading.
    #[error("a path before the first heading, such as `[npm NAME]`")]
    NoHeading,
    /// A path in double quotes that JSON would refuse.
    #[error("a path in double quotes is written as in JSON: {0}")]
    BadQuotes(String),
    /// A path that no artifact has.
    #[error(
        "`{0}` is not a path inside a package: write segments joined by `/`, relative to its root, without `.` and `..`"
    )]
    BadPath(String),
    /// What follows the path can't be read.
    #[error(
        "`{0}` after a path is not understood; there may be `optional` and a size as in `<= 8 MiB`, each after two spaces"
    )]
    BadAttribute(String),
    /// The same path twice.
    #[error("`{path}` is already on line {first}")]
    Duplicate {
        /// The path.
        path: String,
        /// Its first line.
        first: usize,
    },
    /// A path that belongs higher up.
    #[error("lines are sorted: `{path}` belongs above `{before}`")]
    Unsorted {
        /// The path.
        path: String,
        /// The path on the line before it.
        before: String,
    },
    /// The lock is about something else.
    #[error("the lock is about [{found}] and knows no [{wanted}]; {}", what_to_do(found))]
    OtherPackage {
        /// The first section.
        found: String,
        /// The artifact at hand.
        wanted: String,
    },
}

/// What to do about a lock of something else. A project with a lock of the folder that it deploys packs nothing to hold
/// against it.
fn what_to_do(found: &str) -> String {
    match found.strip_prefix("directory ") {
        Some(folder) => {
            format!("that folder is checked with `packgate check {folder}`; if the package is published, too, add it with `packgate lock`")
        }
        None => "if that package is built here, add it with `packgate lock`, otherwise name its folder with --project".to_owned(),
    }
}

impl std::fmt::Display for LockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for LockError {}
