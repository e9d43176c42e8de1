use serde::{Deserialize, Serialize};

use super::At;

/// What a line of source text is, by what a build does to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineClass {
    /// A line with a plain comment. A build drops it, or keeps it without need.
    Comment,
    /// A line of documentation. Declarations and modules keep it on purpose.
    Doc,
    /// A line that no build leaves: types, templates, directives.
    Lowered,
    /// A line that begins a statement.
    Statement,
    /// Other code.
    Code,
}

/// What a build makes of a language's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It runs as it is: JavaScript, Python, Ruby. A build may drop its comments.
    Kept,
    /// Its statements stay, its types and templates go: TypeScript, Vue, Sass.
    Lowered,
    /// Nothing of it stays but strings: Rust, Java, Go, Cython.
    Compiled,
}

/// Lines of one of the project's own source files that are in an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OwnText {
    /// The file's path in the project.
    pub file: String,
    /// What a build makes of it.
    pub fate: Fate,
    /// Lines of the file that can be recognised.
    pub of: u32,
    /// Whether they had to be decoded out of the entry first.
    pub decoded: bool,
    /// Whether they stand in comments of a script, where comments of the file are none of its text.
    #[serde(skip)]
    pub commented: bool,
    /// How many of them are there.
    pub lines: OwnLines,
    /// Their bytes.
    pub bytes: u64,
    /// Where the first of them is.
    pub at: At,
    /// The file's number in the project.
    #[serde(skip)]
    pub number: u32,
    /// Which of the lines that are known of the project, whatever becomes of them, with their bytes; sorted.
    #[serde(skip)]
    pub known: Vec<(u32, u32)>,
}

/// Lines by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OwnLines {
    /// With plain comments.
    pub comments: u32,
    /// Of documentation.
    pub docs: u32,
    /// That no build leaves.
    pub lowered: u32,
    /// That begin a statement.
    pub statements: u32,
    /// Of other code.
    pub code: u32,
}

impl OwnLines {
    /// One more line of a class.
    pub fn add(&mut self, class: LineClass) {
        *match class {
            LineClass::Comment => &mut self.comments,
            LineClass::Doc => &mut self.docs,
            LineClass::Lowered => &mut self.lowered,
            LineClass::Statement => &mut self.statements,
            LineClass::Code => &mut self.code,
        } += 1;
    }

    /// All lines.
    pub fn all(&self) -> u32 {
        self.comments + self.docs + self.lowered + self.statements + self.code
    }
}

/// What was known of the project's own source text while the artifact was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OwnKnown {
    /// Its files.
    pub files: u64,
}
