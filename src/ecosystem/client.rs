//! Running the clients of ecosystems: finding them, and what their failures say.
//!
//! Whatever touches a registry is done by a client, with its own configuration and login. packgate itself opens no
//! connection.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::inventory::Inventory;
use crate::project::{Member, Project};
use crate::scratch;

use super::edit::Edit;

/// What an ecosystem's client does with a project's folder.
pub(crate) trait Client: Sync {
    /// What there is to pack in a folder; `None` when it is no project of this ecosystem.
    fn recipe(&self, folder: &Path) -> Option<Recipe>;

    /// Packs a folder into an empty one and returns the command that did it.
    ///
    /// # Errors
    /// The client is missing or failed.
    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError>;

    /// Packs several members of a workspace into an empty folder in one go and returns the command that did it;
    /// `None` when it packs one after another only.
    fn pack_all(
        &self,
        _root: &Path,
        _members: &[&Member],
        _into: &Path,
    ) -> Option<Result<String, ClientError>> {
        None
    }

    /// Whether this program was started by a script that the client runs for publishing the package in this folder.
    fn is_publishing(&self, _folder: &Path) -> bool {
        false
    }

    /// Whether packing may run a program of the package, which could write anything.
    fn runs_programs(&self, _folder: &Path) -> bool {
        true
    }

    /// The folder below `into` in which the client leaves the artifacts, and their extensions.
    fn leaves(&self) -> (&'static str, &'static [&'static str]);

    /// The command that publishes a file that was packed in a folder: `npm publish ./FILE`. The file is a word of shell.
    fn publishes(&self, folder: &Path, file: &str) -> String;

    /// How a package is packed, checked and published as the same file, in lines of shell.
    fn release(&self, folder: &Path) -> Vec<String>;

    /// Where a project can have the check run before every publishing: what to say, and the line to write there. It
    /// sees a twin of what is published, so it is a seat belt.
    fn hook(&self, _folder: &Path) -> Option<(&'static str, &'static str)> {
        None
    }

    /// How the manifest names what may ship, and how the names of files begin that ship anyway, in small letters.
    fn allowlist(&self) -> Option<(&'static str, &'static [&'static str])> {
        None
    }

    /// A file of the project as it would be if these files at its top were kept out of what is packed; `None` where they
    /// are out already, or where that takes a person to decide.
    fn keep_out(&self, _folder: &Path, _names: &[&str]) -> Option<Rewrite> {
        None
    }
}

/// A file of a project with another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// Its name, in the project's folder.
    pub file: String,
    /// The text.
    pub text: String,
}

impl Rewrite {
    /// Adds lines to a file that may not be there; `None` if they are in it.
    pub(crate) fn add_lines(folder: &Path, file: &'static str, names: &[&str]) -> Option<Self> {
        let mut text = fs::read_to_string(folder.join(file)).unwrap_or_default();
        let missing: Vec<&&str> =
            names.iter().filter(|name| !text.lines().any(|line| line.trim() == **name)).collect();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        missing.iter().for_each(|name| text.push_str(&format!("{name}\n")));
        (!missing.is_empty()).then(|| Self { file: file.to_owned(), text })
    }
}

/// What there is to pack in a folder.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// The manifest that it is packed from, as people call it: `package.json`, `a .gemspec`.
    pub manifest: &'static str,
    /// Whether that forbids publishing.
    pub private: bool,
    /// Whether what is built is for programs in other languages alone: beside the manifest of another ecosystem it is a
    /// part of the package that is made from that.
    pub is_part: bool,
}

impl Recipe {
    pub(super) fn new(manifest: &'static str, private: bool) -> Self {
        Self { manifest, private, is_part: false }
    }
}

/// What there is to pack in a folder, with the ecosystem's name and who packs it. What is only a part of another of them
/// is as good as private.
pub(crate) fn recipes(folder: &Path) -> Vec<(&'static str, &'static dyn Client, Recipe)> {
    let clients = super::ECOSYSTEMS.iter().filter_map(|one| Some((one.name, one.client?)));
    let mut all: Vec<_> =
        clients.filter_map(|(name, client)| Some((name, client, client.recipe(folder)?))).collect();
    if all.iter().any(|(_, _, recipe)| !recipe.private && !recipe.is_part) {
        all.iter_mut().for_each(|(_, _, recipe)| recipe.private |= recipe.is_part);
    }
    all
}

/// Why a client did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The client is not installed.
    #[error("{client} is needed ({because}) but not installed; install it, or name a packed artifact")]
    Missing {
        /// The program.
        client: String,
        /// Why this one.
        because: String,
    },
    /// The client failed.
    #[error("{command} failed ({status}){}", tail(.output))]
    Failed {
        /// The command as run.
        command: String,
        /// Its exit status.
        status: String,
        /// The end of what it wrote.
        output: String,
    },
    /// The client refuses what is in the folder, and changes to its lists would let it pack.
    #[error("{failed}{} `packgate fix` does that.", below(.edits))]
    Refused {
        /// What it says.
        failed: Box<ClientError>,
        /// The folder that it was to pack.
        folder: PathBuf,
        /// The changes.
        edits: Vec<Edit>,
    },
    /// The client refuses what is in the folder, and packed it for the audit alone, which says what to do.
    #[error(
        "{failed}\n    It was packed for this audit alone: leave out what the audit names, and the client packs it."
    )]
    Withheld {
        /// What it says.
        failed: Box<ClientError>,
    },
    /// What is published is made by a tool that this program doesn't run.
    #[error(
        "{tool} makes what is published of this folder: build it, and check what that writes, as in `packgate check {into}`; use --as-is to audit the folder as it is"
    )]
    Elsewhere {
        /// The tool.
        tool: &'static str,
        /// The folder that it writes to.
        into: String,
    },
    /// The client succeeded but wrote nothing.
    #[error("{command} succeeded but left no artifact")]
    NothingWritten {
        /// The command as run.
        command: String,
    },
    /// A folder or file could not be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The end of a client's output, indented, and before it the first lines that name an error, if they stand further up.
fn tail(output: &str) -> String {
    /// Lines of the end.
    const LAST: usize = 12;
    /// Lines above it that name an error.
    const ERRORS: usize = 3;
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let (above, end) = lines.split_at(lines.len().saturating_sub(LAST));
    let errors: Vec<&str> = above.iter().copied().filter(|line| names_an_error(line)).take(ERRORS).collect();
    let gap = if errors.is_empty() { None } else { Some("...") };
    let shown = errors.into_iter().chain(gap).chain(end.iter().copied());
    shown.fold(String::new(), |text, line| format!("{text}\n    {line}"))
}

/// Changes, indented like what the client says.
fn below(edits: &[Edit]) -> String {
    edits.iter().map(|edit| format!("\n    {}", edit.to_string().replace('\n', "\n    "))).collect()
}

/// `error[E0433]: ...`, `Error [ERR_MODULE_NOT_FOUND]: ...`, `src/a.ts(3,1): error TS2304: ...`.
fn names_an_error(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
    let is_error = |word: &str| word.eq_ignore_ascii_case("error") || word.ends_with("Error");
    // Not the calls that led there.
    !line.trim_start().starts_with("at ") && words.any(is_error)
}

/// Set for clients, so that an audit started by a lifecycle script doesn't pack in circles: the folders that are
/// being packed.
const PACKING: &str = "PACKGATE_PACKING";

/// Whether this program was started by a script of a client that packs this folder for an audit.
pub(crate) fn is_packing(folder: &Path) -> bool {
    std::env::var_os(PACKING).is_some_and(|packing| std::env::split_paths(&packing).any(|one| one == folder))
}

/// A client, ready to be run in a folder.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// Where it runs.
    pub folder: &'a Path,
    /// The program's path.
    pub program: PathBuf,
    /// Its name in messages.
    pub called: &'static str,
    /// A variable that it gets another value of.
    pub variable: Option<(&'static str, OsString)>,
    /// The folders that it packs.
    packs: Vec<PathBuf>,
}

impl<'a> Run<'a> {
    /// A client with the name of its program; `because` is shown if it is missing.
    pub(crate) fn of(program: &'static str, because: &str, folder: &'a Path) -> Result<Self, ClientError> {
        let found = find_program(program).ok_or_else(|| missing(program, because))?;
        Ok(Self::at(folder, found, program))
    }

    /// A program that was found already.
    pub(crate) fn at(folder: &'a Path, program: PathBuf, called: &'static str) -> Self {
        Self { folder, program, called, variable: None, packs: vec![folder.to_path_buf()] }
    }

    /// The same client, at work on several members of a workspace.
    pub(crate) fn packing(self, members: &[&Member]) -> Self {
        Self { packs: members.iter().map(|member| member.folder.clone()).collect(), ..self }
    }

    /// Runs it and returns the command for messages, without the last option and the paths.
    pub(crate) fn with(&self, arguments: &[&str], paths: &[OsString]) -> Result<String, ClientError> {
        // The last option takes the temporary path, which means nothing to anybody.
        let named = arguments
            .split_last()
            .filter(|(last, _)| last.starts_with("--"))
            .map_or(arguments, |(_, rest)| rest);
        let command = format!("{} {}", self.called, named.join(" "));
        let arguments: Vec<&OsStr> =
            arguments.iter().map(OsStr::new).chain(paths.iter().map(OsString::as_os_str)).collect();
        self.named(command, &arguments)
    }

    /// The same, so that packing again gives the same bytes: clients and build tools that write the time into what they
    /// pack take it from `SOURCE_DATE_EPOCH`. The user's own value stays.
    pub(crate) fn reproducibly(self) -> Self {
        const NAME: &str = "SOURCE_DATE_EPOCH";
        /// No zip can hold an earlier one, wherever on Earth it is read.
        const EARLIEST: u64 = 315_619_200;
        if std::env::var_os(NAME).is_some() {
            return self;
        }
        let time = Project::new(self.folder).commit_time().unwrap_or(EARLIEST).max(EARLIEST);
        self.with_variable(NAME, OsStr::new(&time.to_string()))
    }

    /// The same with another value of a variable.
    pub(crate) fn with_variable(self, name: &'static str, value: &OsStr) -> Self {
        Self { variable: Some((name, value.to_owned())), ..self }
    }

    /// Runs it, under this name in messages.
    pub(crate) fn named(&self, command: String, arguments: &[&OsStr]) -> Result<String, ClientError> {
        self.said(command.clone(), arguments).map(|_| command)
    }

    /// The same, and returns what it wrote to stdout.
    pub(crate) fn said(&self, command: String, arguments: &[&OsStr]) -> Result<String, ClientError> {
        let output = self.run(arguments)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Err(ClientError::Failed { command, status: output.status.to_string(), output: text })
    }

    /// Runs it and returns what it wrote to stdout.
    pub(crate) fn output(&self, arguments: &[&str]) -> Result<String, ClientError> {
        let output = self.run(&arguments.iter().map(OsStr::new).collect::<Vec<_>>())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let command = format!("{} {}", self.called, arguments.join(" "));
        Err(ClientError::Failed { command, status: output.status.to_string(), output: String::new() })
    }

    fn run(&self, arguments: &[&OsStr]) -> std::io::Result<Output> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.folder).stdin(Stdio::null());
        // A folder whose name holds the separator can't be told, and packs in circles only if its scripts ask for it.
        command.envs(std::env::join_paths(&self.packs).map(|packs| (PACKING, packs)));
        // Inherited from `npm publish --dry-run`, it would keep npm from writing the artifact.
        command.env_remove("npm_config_dry_run");
        command.envs(self.variable.as_ref().map(|(name, value)| (name, value)));
        scratch::output(&mut command)
    }
}

/// The error for a client that is not installed.
pub(crate) fn missing(client: &str, because: &str) -> ClientError {
    ClientError::Missing { client: client.to_owned(), because: because.to_owned() }
}

/// Looks for a program on the search path.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(std::env::split_paths(&path), program)
}

/// Looks for a program in some folders.
pub(crate) fn find_in(folders: impl Iterator<Item = PathBuf>, program: &str) -> Option<PathBuf> {
    let extensions: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    folders
        .flat_map(|folder| {
            extensions.iter().map(move |extension| folder.join(format!("{program}{extension}")))
        })
        .find(|candidate| candidate.is_file())
}

/// Which release of a package is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// The newest one.
    Latest,
    /// This one.
    Version(String),
}

impl Release {
    /// Reads what names an earlier release, if no file has that name: `latest`, `1.2.3`, `v1.2.3`.
    pub fn parse(text: &str) -> Option<Self> {
        let version = text.strip_prefix('v').unwrap_or(text);
        match text {
            "latest" => Some(Self::Latest),
            _ if version.starts_with(|c: char| c.is_ascii_digit()) && is_word(version) => {
                Some(Self::Version(version.to_owned()))
            }
            _ => None,
        }
    }

    /// The package with the release after it; the name alone for the newest.
    pub(crate) fn after(&self, name: &str, sign: &str) -> String {
        match self {
            Self::Latest => name.to_owned(),
            Self::Version(version) => format!("{name}{sign}{version}"),
        }
    }
}

/// Whether no client could take it for an option, a path or an address.
pub(crate) fn is_word(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!' | '~');
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && word.chars().all(plain)
}

/// What a client is asked to fetch.
#[derive(Debug)]
pub(crate) struct Wish<'a> {
    /// The package's name, which no client could take for anything else.
    pub name: &'a str,
    /// The release.
    pub release: &'a Release,
    /// The artifact whose predecessor for the same platform is wanted.
    pub beside: &'a Inventory,
    /// Where the client runs, and its configuration is.
    pub folder: &'a Path,
}

/// An earlier release on disk. The file is deleted with this.
#[derive(Debug)]
pub struct Fetched {
    /// The artifact.
    pub path: PathBuf,
    /// The command that fetched it, for messages.
    pub command: String,
    _folder: Option<scratch::Folder>,
}

impl Fetched {
    /// The one file that a client left in a temporary folder.
    pub(crate) fn only_file(folder: scratch::Folder, command: String) -> Result<Self, ClientError> {
        let mut files: Vec<PathBuf> = fs::read_dir(folder.path())?
            .flatten()
            .map(|file| file.path())
            .filter(|path| path.is_file())
            .collect();
        match (files.pop(), files.is_empty()) {
            (Some(path), true) => Ok(Self { path, command, _folder: Some(folder) }),
            _ => Err(ClientError::NothingWritten { command }),
        }
    }

    /// A file below a temporary folder.
    pub(crate) fn in_folder(path: PathBuf, command: String, folder: scratch::Folder) -> Self {
        Self { path, command, _folder: Some(folder) }
    }

    /// A file in a cache of the client's own.
    pub(crate) fn in_cache(path: PathBuf, command: String) -> Self {
        Self { path, command, _folder: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_release() {
        assert_eq!(Release::parse("latest"), Some(Release::Latest));
        assert_eq!(Release::parse("1.2.3-rc.1"), Some(Release::Version("1.2.3-rc.1".into())));
        assert_eq!(Release::parse("v2.0"), Some(Release::Version("2.0".into())));
        for text in ["acme-1.0.0.tgz.old", "../1.0", "--help", "1.0 && x", "1/2", ""] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_error_above_the_end_of_the_output_is_shown() {
        let calls = "    at next (node:internal/modules:1:1)\n".repeat(40);
        let output =
            format!("built a.js\nError: Cannot find package 'x' imported from /p/c.ts\n{calls}Node.js v20\n");
        let text = tail(&output);
        assert!(text.starts_with("\n    Error: Cannot find package 'x'"), "{text}");
        assert!(text.ends_with("Node.js v20") && !text.contains("built"), "{text}");
        assert_eq!(tail("one\n\nerror: two\n"), "\n    one\n    error: two");
    }

    #[test]
    fn a_client_that_is_missing() {
        let error = Run::of("no-such-client", "it is asked for", Path::new(".")).unwrap_err();
        assert!(error.to_string().starts_with("no-such-client is needed"), "{error}");
    }
}
