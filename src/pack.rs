//! Packing a folder with its own client, into a temporary folder, so that what is audited is what would be
//! published.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project::{Project, forbids_publishing};
use crate::scratch;
use serde_json::Value;

/// What a client wrote. The files live as long as this.
#[derive(Debug)]
pub struct Packed {
    /// The artifacts, sorted by name.
    pub artifacts: Vec<PathBuf>,
    /// The commands that made them, for messages: `npm pack`.
    pub commands: Vec<String>,
    _folder: scratch::Folder,
}

/// Why a folder could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Nothing in it says how to pack it.
    #[error(
        "it has no package.json, Cargo.toml, pyproject.toml, setup.py or .gemspec to pack it by; use --as-is to audit the folder as it stands"
    )]
    NoManifest,
    /// The client is not installed.
    #[error(
        "{client} is needed to pack it ({because}) and is not installed; install it, or audit a packed artifact"
    )]
    ClientMissing {
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
    /// The client succeeded and wrote nothing.
    #[error("{command} succeeded and wrote no artifact")]
    NothingWritten {
        /// The command as run.
        command: String,
    },
    /// The folder is being packed by this program already.
    #[error(
        "it is being packed for an audit already, which judges what comes of it; this run was started by one of its scripts"
    )]
    Again,
    /// A folder or file could not be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Indented end of a client's output.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(12);
    lines
        .get(from..)
        .unwrap_or_default()
        .iter()
        .fold(String::new(), |text, line| format!("{text}\n    {line}"))
}

/// Set for clients, so that an audit started by a lifecycle script doesn't pack in circles.
const PACKING: &str = "PACKGATE_PACKING";

/// Whether a folder has a manifest by which a client packs it.
pub fn has_manifest(folder: &Path) -> bool {
    !Recipe::all(folder).is_empty()
}

/// Packs a folder with its own clients: every ecosystem that it has a publishable manifest of; if all of
/// them forbid publishing, the first. A workspace without a publishable package at its root packs its members.
///
/// Lifecycle scripts run as they would for publishing. What the clients print is only shown when they fail.
pub fn pack(folder: &Path) -> Result<Packed, PackError> {
    let folder = fs::canonicalize(folder)?;
    if std::env::var_os(PACKING).is_some_and(|packing| Path::new(&packing) == folder) {
        return Err(PackError::Again);
    }
    let all = Recipe::all(&folder);
    let mut chosen: Vec<&Recipe> = all.iter().filter(|recipe| !recipe.private).collect();
    if chosen.is_empty() {
        chosen.extend(all.first());
    }
    if chosen.is_empty() {
        return Err(PackError::NoManifest);
    }
    let temporary = scratch::Folder::new()?;
    let mut packed = Packed { artifacts: Vec::new(), commands: Vec::new(), _folder: temporary };
    for recipe in chosen {
        for (index, source) in recipe.folders.iter().enumerate() {
            let into = packed._folder.path().join(format!("{}-{index}", recipe.ecosystem.word()));
            fs::create_dir_all(&into)?;
            let command = recipe.ecosystem.pack(source, &into)?;
            let mut written = artifacts_in(&into, recipe.ecosystem)?;
            if written.is_empty() {
                return Err(PackError::NothingWritten { command });
            }
            packed.artifacts.append(&mut written);
            packed.commands.push(command);
        }
    }
    packed.artifacts.sort();
    Ok(packed)
}

/// One way to pack a folder.
#[derive(Debug)]
struct Recipe {
    ecosystem: Client,
    private: bool,
    /// The folder itself, or the members of the workspace whose root it is.
    folders: Vec<PathBuf>,
}

/// Who packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Node,
    Vsce,
    Cargo,
    Python,
    Gem,
}

impl Recipe {
    fn all(folder: &Path) -> Vec<Self> {
        [Self::node(folder), Self::cargo(folder), Self::python(folder), Self::gem(folder)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn one(ecosystem: Client, private: bool, folder: &Path) -> Self {
        Self { ecosystem, private, folders: vec![folder.to_path_buf()] }
    }

    fn node(folder: &Path) -> Option<Self> {
        if !folder.join("package.json").is_file() {
            return None;
        }
        let manifest = Project::package_json(folder).unwrap_or_default();
        let is_extension = manifest.pointer("/engines/vscode").is_some();
        let private = manifest.get("private") == Some(&Value::Bool(true));
        if is_extension {
            return Some(Self::one(Client::Vsce, false, folder));
        }
        let members: Vec<PathBuf> = match private {
            true => public_members(folder, "package.json"),
            false => Vec::new(),
        };
        match members.is_empty() {
            true => Some(Self::one(Client::Node, private, folder)),
            false => Some(Self { ecosystem: Client::Node, private: false, folders: members }),
        }
    }

    fn cargo(folder: &Path) -> Option<Self> {
        let table = Project::cargo_toml(folder)?;
        if let Some(package) = table.get("package").and_then(toml::Value::as_table) {
            return Some(Self::one(Client::Cargo, forbids_publishing(package), folder));
        }
        let members = public_members(folder, "Cargo.toml");
        (!members.is_empty()).then_some(Self { ecosystem: Client::Cargo, private: false, folders: members })
    }

    fn python(folder: &Path) -> Option<Self> {
        let settings: Option<toml::Table> =
            crate::project::read(&folder.join("pyproject.toml")).and_then(|text| toml::from_str(&text).ok());
        let is_package = settings.as_ref().is_some_and(|table| {
            table.contains_key("build-system")
                || table.contains_key("project")
                || table.get("tool").and_then(|tool| tool.get("poetry")).is_some()
        });
        let classifiers =
            settings.as_ref().and_then(|table| table.get("project")?.get("classifiers")?.as_array());
        let private = classifiers
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .any(|c| c.starts_with("Private ::"));
        (is_package || folder.join("setup.py").is_file()).then(|| Self::one(Client::Python, private, folder))
    }

    fn gem(folder: &Path) -> Option<Self> {
        gemspec(folder).map(|_| Self::one(Client::Gem, false, folder))
    }
}

fn public_members(folder: &Path, manifest: &str) -> Vec<PathBuf> {
    let members = Project::new(folder).members().into_iter();
    members
        .filter(|member| member.manifest == manifest && !member.private && member.folder.starts_with(folder))
        .map(|member| member.folder)
        .collect()
}

fn gemspec(folder: &Path) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gemspec") && path.is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}

impl Client {
    fn word(self) -> &'static str {
        match self {
            Self::Node => "npm",
            Self::Vsce => "vsix",
            Self::Cargo => "crate",
            Self::Python => "python",
            Self::Gem => "gem",
        }
    }

    /// Packs `folder` into `into` and returns the command that did it.
    fn pack(self, folder: &Path, into: &Path) -> Result<String, PackError> {
        match self {
            Self::Node => pack_node(folder, into),
            Self::Vsce => pack_vsce(folder, into),
            Self::Cargo => pack_cargo(folder, into),
            Self::Python => pack_python(folder, into),
            Self::Gem => pack_gem(folder, into),
        }
    }
}

/// The artifacts that a client left in its folder.
fn artifacts_in(into: &Path, client: Client) -> Result<Vec<PathBuf>, PackError> {
    let (folder, ends): (PathBuf, &[&str]) = match client {
        Client::Node => (into.to_path_buf(), &[".tgz"]),
        Client::Vsce => (into.to_path_buf(), &[".vsix"]),
        Client::Cargo => (into.join("package"), &[".crate"]),
        Client::Python => (into.to_path_buf(), &[".whl", ".tar.gz", ".zip"]),
        Client::Gem => (into.to_path_buf(), &[".gem"]),
    };
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_file() && ends.iter().any(|end| name.ends_with(end)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The clients of JavaScript packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
}

impl Manager {
    const ALL: [(Self, &'static str, &'static [&'static str]); 4] = [
        (Self::Npm, "npm", &["package-lock.json", "npm-shrinkwrap.json"]),
        (Self::Pnpm, "pnpm", &["pnpm-lock.yaml"]),
        (Self::Yarn, "yarn", &["yarn.lock"]),
        (Self::Bun, "bun", &["bun.lock", "bun.lockb"]),
    ];

    /// The manager that the project uses, its program and how that is known.
    fn of(folder: &Path) -> (Self, &'static str, String) {
        let project = Project::new(folder);
        for folder in project.upwards() {
            let manifest = Project::package_json(folder).unwrap_or_default();
            let named = manifest.get("packageManager").and_then(Value::as_str);
            let named = named.and_then(|named| named.split('@').next());
            if let Some((manager, program, _)) =
                Self::ALL.iter().find(|(_, program, _)| Some(*program) == named)
            {
                return (
                    *manager,
                    program,
                    format!("packageManager in {}", folder.join("package.json").display()),
                );
            }
            for (manager, program, locks) in Self::ALL {
                if let Some(lock) = locks.iter().find(|lock| folder.join(lock).is_file()) {
                    return (manager, program, format!("{} is there", folder.join(lock).display()));
                }
            }
        }
        (Self::Npm, "npm", "package.json is there".to_owned())
    }
}

fn pack_node(folder: &Path, into: &Path) -> Result<String, PackError> {
    let (manager, program, because) = Manager::of(folder);
    let run = Run { folder, program: find(program, &because, folder)?, called: program };
    let within = running_script(folder);
    let manifest = Project::package_json(folder).unwrap_or_default();
    if within.is_none() && manifest.pointer("/scripts/prepublishOnly").is_some() {
        run.with(&["run", "prepublishOnly"], &[])?;
    }
    // prepack, prepare and postpack are the client's own business; when one of them started this audit,
    // running it again would go in circles.
    let skip_scripts = within.is_some_and(|script| script != "prepublishOnly");
    let into_text = into.as_os_str().to_owned();
    match manager {
        Manager::Npm | Manager::Pnpm => {
            let mut arguments = vec!["pack"];
            if skip_scripts {
                arguments.push(if manager == Manager::Npm {
                    "--ignore-scripts"
                } else {
                    "--config.ignore-scripts=true"
                });
            }
            arguments.push("--pack-destination");
            run.with(&arguments, &[into_text])
        }
        Manager::Yarn => {
            let is_classic = run.output(&["--version"])?.trim().starts_with("1.");
            let file = into.join("package.tgz").into_os_string();
            run.with(&["pack", if is_classic { "--filename" } else { "--out" }], &[file])
        }
        Manager::Bun => {
            let mut arguments = vec!["pm", "pack"];
            if skip_scripts {
                arguments.push("--ignore-scripts");
            }
            arguments.push("--destination");
            run.with(&arguments, &[into_text])
        }
    }
}

/// The lifecycle script of this very package that started this program, if one did.
fn running_script(folder: &Path) -> Option<String> {
    let event = std::env::var("npm_lifecycle_event").ok()?;
    let manifest = PathBuf::from(std::env::var_os("npm_package_json")?);
    let of_this_package = fs::canonicalize(manifest).ok()?.parent()? == folder;
    let packs = ["prepublish", "prepublishOnly", "prepack", "prepare", "postpack"];
    (of_this_package && packs.contains(&event.as_str())).then_some(event)
}

fn pack_vsce(folder: &Path, into: &Path) -> Result<String, PackError> {
    let program = find("vsce", "package.json names engines.vscode", folder)?;
    let mut out = into.as_os_str().to_owned();
    out.push(std::path::MAIN_SEPARATOR_STR);
    Run { folder, program, called: "vsce" }.with(&["package", "--out"], &[out])
}

fn pack_cargo(folder: &Path, into: &Path) -> Result<String, PackError> {
    let program = find("cargo", "Cargo.toml is there", folder)?;
    Run { folder, program, called: "cargo" }
        .with(&["package", "--no-verify", "--allow-dirty", "--target-dir"], &[into.as_os_str().to_owned()])
}

fn pack_python(folder: &Path, into: &Path) -> Result<String, PackError> {
    let into = into.as_os_str().to_owned();
    if let Some(program) = find_program("uv", None) {
        return Run { folder, program, called: "uv" }.with(&["build", "--out-dir"], &[into]);
    }
    let python = find_program("python3", None).or_else(|| find_program("python", None));
    let missing = || PackError::ClientMissing {
        client: "uv or python -m build".to_owned(),
        because: "pyproject.toml or setup.py is there".to_owned(),
    };
    let run = Run { folder, program: python.ok_or_else(missing)?, called: "python" };
    if run.output(&["-c", "import build.__main__"]).is_err() {
        return Err(missing());
    }
    run.with(&["-m", "build", "--outdir"], &[into])
}

fn pack_gem(folder: &Path, into: &Path) -> Result<String, PackError> {
    let program = find("gem", "a .gemspec is there", folder)?;
    let specification = gemspec(folder).ok_or(PackError::NoManifest)?;
    let name = specification.file_stem().unwrap_or_default().to_owned();
    let mut file = into.join(name).into_os_string();
    file.push(".gem");
    Run { folder, program, called: "gem" }
        .with(&["build"], &[specification.into_os_string(), OsString::from("--output"), file])
}

/// A client, ready to be run in a folder.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// Where it runs.
    pub folder: &'a Path,
    /// The program's path.
    pub program: PathBuf,
    /// What people call it.
    pub called: &'static str,
}

impl Run<'_> {
    /// Runs it and returns the command for messages, without the last option and the paths.
    pub(crate) fn with(&self, arguments: &[&str], paths: &[OsString]) -> Result<String, PackError> {
        // The last option takes the temporary path, which would tell nobody anything.
        let named = arguments
            .split_last()
            .filter(|(last, _)| last.starts_with("--"))
            .map_or(arguments, |(_, rest)| rest);
        let command = format!("{} {}", self.called, named.join(" "));
        let output = scratch::output(self.command().args(arguments).args(paths))?;
        if output.status.success() {
            return Ok(command);
        }
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Err(PackError::Failed { command, status: output.status.to_string(), output: text })
    }

    /// Runs it and returns what it wrote to stdout.
    pub(crate) fn output(&self, arguments: &[&str]) -> Result<String, PackError> {
        let output = scratch::output(self.command().args(arguments))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let command = format!("{} {}", self.called, arguments.join(" "));
        Err(PackError::Failed { command, status: output.status.to_string(), output: String::new() })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder).stdin(Stdio::null()).env(PACKING, self.folder);
        // Inherited from `npm publish --dry-run`, it would keep npm from writing the artifact.
        command.env_remove("npm_config_dry_run");
        command
    }
}

pub(crate) fn find(program: &str, because: &str, folder: &Path) -> Result<PathBuf, PackError> {
    find_program(program, Some(folder))
        .ok_or_else(|| PackError::ClientMissing { client: program.to_owned(), because: because.to_owned() })
}

/// Looks for a program on the search path, and first among the tools that the project has installed.
pub(crate) fn find_program(program: &str, project: Option<&Path>) -> Option<PathBuf> {
    let own = project
        .into_iter()
        .flat_map(|folder| folder.ancestors().map(|above| above.join("node_modules").join(".bin")));
    let own = own.filter(|_| program == "vsce");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let extensions: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    own.chain(std::env::split_paths(&path))
        .flat_map(|folder| {
            extensions.iter().map(move |extension| folder.join(format!("{program}{extension}")))
        })
        .find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn words(files: &[(&str, &str)]) -> Vec<(&'static str, bool, usize)> {
        let folder = tree(files);
        let recipes = Recipe::all(folder.path());
        recipes.iter().map(|recipe| (recipe.ecosystem.word(), recipe.private, recipe.folders.len())).collect()
    }

    #[test]
    fn what_a_folder_is_packed_by() {
        assert_eq!(words(&[("index.html", "")]), []);
        assert_eq!(words(&[("package.json", "{}")]), [("npm", false, 1)]);
        assert_eq!(words(&[("package.json", r#"{"private": true}"#)]), [("npm", true, 1)]);
        assert_eq!(words(&[("package.json", r#"{"engines": {"vscode": "^1"}}"#)]), [("vsix", false, 1)]);
        assert_eq!(
            words(&[("Cargo.toml", "[package]\nname = \"a\"\npublish = false")]),
            [("crate", true, 1)]
        );
        assert_eq!(words(&[("pyproject.toml", "[tool.ruff]\n")]), []);
        assert_eq!(words(&[("pyproject.toml", "[project]\nname = \"a\"")]), [("python", false, 1)]);
        assert_eq!(words(&[("a.gemspec", "")]), [("gem", false, 1)]);
        let workspace = r#"{"private": true, "workspaces": ["p/*"]}"#;
        let members = [("p/a/package.json", r#"{"name": "a"}"#), ("p/b/package.json", r#"{"name": "b"}"#)];
        assert_eq!(words(&[("package.json", workspace), members[0], members[1]]), [("npm", false, 2)]);
        assert_eq!(
            words(&[
                ("Cargo.toml", "[workspace]\nmembers = [\"x\"]"),
                ("x/Cargo.toml", "[package]\nname = \"x\"")
            ]),
            [("crate", false, 1)]
        );
    }

    #[test]
    fn the_manager_is_the_project_s_own() {
        let program = |files: &[(&str, &str)]| Manager::of(tree(files).path()).1;
        assert_eq!(program(&[("package.json", "{}")]), "npm");
        assert_eq!(
            program(&[("package.json", r#"{"packageManager": "yarn@4.1.0"}"#), ("pnpm-lock.yaml", "")]),
            "yarn"
        );
        assert_eq!(program(&[("package.json", "{}"), ("pnpm-lock.yaml", "")]), "pnpm");
        assert_eq!(program(&[("package.json", "{}"), ("bun.lock", "")]), "bun");
    }

    #[test]
    fn a_folder_without_manifest_and_a_client_that_is_missing() {
        let folder = tree(&[("index.html", "")]);
        assert!(matches!(pack(folder.path()), Err(PackError::NoManifest)));
        let error = find("no-such-client", "it is asked for", folder.path()).unwrap_err();
        assert!(error.to_string().starts_with("no-such-client is needed"), "{error}");
    }
}
