use serde::{Deserialize, Serialize};

use super::EntryId;

/// Stands among the names of a Python module that puts others into the list of modules; with a name behind it
/// (`sys.modules:greenlet`) where only that one is put there.
pub const MAKES_MODULES: &str = "sys.modules";

/// An import that is sure to be carried out and that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BrokenImport {
    /// The file that it stands in.
    pub entry: EntryId,
    /// Line of that file, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is asked for, as written.
    pub specifier: String,
    /// The name that is taken from it, where that is what it lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is wrong.
    pub trouble: ImportTrouble,
    /// The file that is there and differs in the case of letters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// Whose use of the package ends at it.
    pub reach: Reach,
    /// What of the manifest leads there: `main`, `bin["x"]`.
    pub field: String,
}

/// The sorts of [`BrokenImport`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ImportTrouble {
    /// A file of the package, which isn't there.
    Absent,
    /// A file that is read as it is, and isn't there.
    FileAbsent,
    /// A file that a thread is started with, and isn't there; nothing but that thread needs it.
    ThreadAbsent,
    /// A file that is there under a name in other letter case.
    LetterCase,
    /// Another package, which the manifest doesn't name as a dependency.
    Undeclared,
    /// The same, where the other package is most likely the program that loads this one.
    Host,
    /// A file that is there under the name with an extension, or in a folder of the name. Node looks for neither.
    Inexact,
    /// A script that is there, and has no declarations beside it for those that take types from it.
    Untyped,
    /// A subpath of the package itself, which its `exports` doesn't have; or a name that its `imports` lacks.
    NotExported,
    /// A module of the package that is there and doesn't give the name that is taken from it.
    NameAbsent,
    /// What a command starts: a module that is there and has no such name.
    FunctionAbsent,
    /// JSON, imported without saying so.
    Json,
    /// A variable of CommonJS in a module of the language, where there is none.
    CommonJs,
    /// `require` of a module that waits for something before it is loaded, or of one that imports such a module.
    Waits,
    /// A module above the package at the top, where Python looks for none.
    Above,
    /// A statement of the language's modules in a file that is CommonJS by its name or its manifest.
    EsModule,
    /// No import, but the file itself: Node can't read it.
    Syntax,
    /// The same of a file that can be read as TypeScript, JSX or Flow.
    Uncompiled,
}

/// A script that a package is entered by, or that such a script leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entrance {
    /// The script.
    pub entry: EntryId,
    /// Whom it is for.
    pub reach: Reach,
    /// What of the manifest names it.
    pub field: String,
    /// What Node takes it for.
    pub format: ScriptFormat,
    /// Whether the package is for a program that compiles what it loads.
    pub may_be_compiled: bool,
    /// What leads to it, if it is none that the manifest names.
    pub lead: Option<Lead>,
}

/// What leads from one script to another, as far as a quick look tells: under a condition, perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The script that asks for the other.
    pub from: EntryId,
    /// The names by which it does so.
    pub asked: Vec<String>,
}

/// What Node takes a script for, whatever is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptFormat {
    /// A module of the language.
    Module,
    /// CommonJS.
    CommonJs,
    /// Neither its name nor a manifest says so: Node looks at what is in it.
    Unknown,
    /// Data.
    Json,
}

/// Whom an entrance of a package is for, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reach {
    /// Whoever loads the package by its name.
    Package,
    /// Whoever starts a command of it.
    Command,
    /// Whoever installs it: a script that runs then.
    Install,
    /// Whoever loads one of its subpaths.
    Subpath,
    /// Whoever has its types checked.
    Types,
    /// Whoever uses its style sheets.
    Styles,
}
