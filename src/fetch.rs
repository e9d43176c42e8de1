//! Fetching an earlier release with the ecosystem's own client, whose configuration, login and registry are
//! used as they are. packgate itself opens no connection.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::inventory::{Inventory, Kind};
use crate::pack::{PackError, Run, find, find_program};
use crate::scratch;

/// An earlier release on disk. The file lives as long as this.
#[derive(Debug)]
pub struct Fetched {
    /// The artifact.
    pub path: PathBuf,
    /// The command that fetched it, for messages.
    pub command: String,
    _folder: Option<scratch::Folder>,
}

/// Why there is no earlier release.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No client of this ecosystem fetches artifacts.
    #[error("no client fetches a {0} artifact; download the earlier release and name the file")]
    NoClient(&'static str),
    /// The artifact has no name to ask for.
    #[error("the artifact has no manifest with a name to ask for; name the file of the earlier release")]
    NoName,
    /// A name or version that a client could take for something else.
    #[error("`{0}` is no name or version that could be asked for")]
    Suspicious(String),
    /// The client is missing or failed.
    #[error(transparent)]
    Client(#[from] PackError),
    /// The client succeeded, and the artifact isn't where it should be.
    #[error("{0} succeeded and left no artifact")]
    Nothing(String),
}

/// `latest`, or a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The newest release.
    Latest,
    /// This release.
    Version(String),
}

impl Wanted {
    /// Reads what stands for an earlier release where no file has that name: `latest`, `1.2.3`, `v1.2.3`.
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
}

/// Fetches an earlier release of the package that `of` is, for the same platform. The client runs in
/// `folder`, where its configuration is.
///
/// # Errors
/// The ecosystem has no such client, it isn't installed, or it failed.
pub fn fetch(of: &Inventory, wanted: &Wanted, folder: &Path) -> Result<Fetched, FetchError> {
    let name = of.package.as_ref().map(|package| package.name.as_str()).filter(|name| !name.is_empty());
    let name = name.ok_or(FetchError::NoName)?;
    let plain = name.strip_prefix('@').unwrap_or(name);
    if !plain.split('/').all(is_word) || plain.split('/').count() > 2 {
        return Err(FetchError::Suspicious(name.to_owned()));
    }
    match of.kind {
        Kind::Npm => npm(name, wanted, folder),
        Kind::Wheel | Kind::Sdist => pip(of, name, wanted, folder),
        Kind::Crate => cargo(name, wanted, folder),
        Kind::Gem => gem(of, name, wanted, folder),
        kind => Err(FetchError::NoClient(kind.name())),
    }
}

/// Nothing that a client could take for an option, a path or an address.
fn is_word(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!' | '~');
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && word.chars().all(plain)
}

fn npm(name: &str, wanted: &Wanted, folder: &Path) -> Result<Fetched, FetchError> {
    let program = find("npm", "it fetches the earlier release", folder)?;
    let version = match wanted {
        Wanted::Latest => "latest",
        Wanted::Version(version) => version,
    };
    let into = temporary()?;
    let arguments = ["pack", &format!("{name}@{version}"), "--pack-destination"];
    let run = Run { folder, program, called: "npm" };
    let command = run.with(&arguments, &[into.path().as_os_str().to_owned()])?;
    only_file(into, command)
}

fn pip(of: &Inventory, name: &str, wanted: &Wanted, folder: &Path) -> Result<Fetched, FetchError> {
    let python = find_program("python3", None).or_else(|| find_program("python", None));
    let program = python.ok_or_else(|| PackError::ClientMissing {
        client: "python with pip".to_owned(),
        because: "it fetches the earlier release".to_owned(),
    })?;
    let specifier = match wanted {
        Wanted::Latest => name.to_owned(),
        Wanted::Version(version) => format!("{name}=={version}"),
    };
    let mut arguments = vec!["-m", "pip", "download", "--quiet", "--no-deps"];
    let tags = wheel_tags(&of.artifact.path);
    if of.kind == Kind::Sdist {
        arguments.extend(["--no-binary", ":all:"]);
    } else {
        arguments.extend(["--only-binary", ":all:"]);
        if let Some([python, abi, platforms]) = &tags {
            arguments.extend(["--implementation", implementation(python), "--abi", abi]);
            if let Some(version) = python_version(python) {
                arguments.extend(["--python-version", version]);
            }
            for platform in platforms.split('.') {
                arguments.extend(["--platform", platform]);
            }
        }
    }
    arguments.extend([specifier.as_str(), "--dest"]);
    let into = temporary()?;
    let run = Run { folder, program, called: "python" };
    let command = run.with(&arguments, &[into.path().as_os_str().to_owned()])?;
    only_file(into, command)
}

/// The tags of Python, ABI and platforms in a wheel's file name, unless it fits everywhere.
fn wheel_tags(path: &str) -> Option<[String; 3]> {
    let name = Path::new(path).file_name()?.to_str()?.strip_suffix(".whl")?;
    let mut tags = name.rsplit('-');
    let (platform, abi, python) = (tags.next()?, tags.next()?, tags.next()?);
    let words = |text: &str| text.split('.').all(is_word);
    (platform != "any" && words(platform) && words(abi) && words(python))
        .then(|| [python.to_owned(), abi.to_owned(), platform.to_owned()])
}

fn implementation(python: &str) -> &str {
    if python.starts_with("pp") {
        "pp"
    } else if python.starts_with("py") {
        "py"
    } else {
        "cp"
    }
}

/// `cp311` as `311`.
fn python_version(python: &str) -> Option<&str> {
    let first = python.split('.').next()?;
    first.get(2..).filter(|version| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
}

/// cargo has no command that hands out a crate, but `cargo info` puts it into cargo's own cache.
fn cargo(name: &str, wanted: &Wanted, folder: &Path) -> Result<Fetched, FetchError> {
    let program = find("cargo", "it fetches the earlier release", folder)?;
    let specifier = match wanted {
        Wanted::Latest => name.to_owned(),
        Wanted::Version(version) => format!("{name}@{version}"),
    };
    // In an empty folder: in a workspace that has the package, cargo would show that one.
    let elsewhere = temporary()?;
    let run = Run { folder: elsewhere.path(), program, called: "cargo" };
    let command = format!("cargo info {specifier}");
    let shown = run.output(&["info", &specifier, "--color", "never", "--quiet"])?;
    let version = shown.lines().find_map(|line| line.strip_prefix("version: "));
    let version = version.and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let file = format!("{name}-{version}.crate");
    let caches = cargo_home().map(|home| home.join("registry").join("cache"));
    let registries = caches.and_then(|caches| std::fs::read_dir(caches).ok()).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        registries.map(|registry| registry.path().join(&file)).filter(|path| path.is_file()).collect();
    found.sort_by_key(|path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
    match found.pop() {
        Some(path) => Ok(Fetched { path, command, _folder: None }),
        None => Err(FetchError::Nothing(command)),
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    home("CARGO_HOME")
        .or_else(|| home(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(|home| home.join(".cargo")))
}

fn gem(of: &Inventory, name: &str, wanted: &Wanted, folder: &Path) -> Result<Fetched, FetchError> {
    let program = find("gem", "it fetches the earlier release", folder)?;
    let platform = crate::lock::Subject::of(of).platform;
    let platform = if is_word(&platform) { platform } else { "ruby".to_owned() };
    let into = temporary()?;
    let mut arguments: Vec<OsString> = ["fetch", name, "--platform", &platform].map(OsString::from).into();
    if let Wanted::Version(version) = wanted {
        arguments.extend(["--version", version].map(OsString::from));
    }
    // `gem fetch` writes to the working directory.
    let command = Run { folder: into.path(), program, called: "gem" }.with(&[], &arguments)?;
    only_file(into, format!("{command}fetch"))
}

fn temporary() -> Result<scratch::Folder, FetchError> {
    Ok(scratch::Folder::new().map_err(PackError::Io)?)
}

/// The one file that a client left.
fn only_file(folder: scratch::Folder, command: String) -> Result<Fetched, FetchError> {
    let files = std::fs::read_dir(folder.path()).map_err(PackError::Io)?;
    let mut files: Vec<PathBuf> =
        files.flatten().map(|file| file.path()).filter(|path| path.is_file()).collect();
    match (files.pop(), files.is_empty()) {
        (Some(path), true) => Ok(Fetched { path, command, _folder: Some(folder) }),
        _ => Err(FetchError::Nothing(command)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;

    #[test]
    fn what_stands_for_a_release() {
        assert_eq!(Wanted::parse("latest"), Some(Wanted::Latest));
        assert_eq!(Wanted::parse("1.2.3-rc.1"), Some(Wanted::Version("1.2.3-rc.1".into())));
        assert_eq!(Wanted::parse("v2.0"), Some(Wanted::Version("2.0".into())));
        for text in ["acme-1.0.0.tgz.old", "../1.0", "--help", "1.0 && x", "1/2", ""] {
            assert_eq!(Wanted::parse(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_strange_reaches_a_client() {
        for name in ["--registry=x", "@a/b/c", "a b", "../x", "file:x", "git+x:y", "@/x", "a@b", ""] {
            let package = Package { name: name.into(), ..Package::default() };
            let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
            let error = fetch(&inventory, &Wanted::Latest, Path::new(".")).unwrap_err();
            assert!(matches!(error, FetchError::Suspicious(_) | FetchError::NoName), "{name}: {error}");
        }
    }

    #[test]
    fn tags_of_wheels() {
        assert_eq!(wheel_tags("six-1.16.0-py2.py3-none-any.whl"), None);
        let tags =
            wheel_tags("x/numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl").unwrap();
        assert_eq!(tags, ["cp312", "cp312", "manylinux_2_17_x86_64.manylinux2014_x86_64"]);
        assert_eq!((implementation("cp312"), python_version("cp312")), ("cp", Some("312")));
        assert_eq!((implementation("pp39"), python_version("py3.py2")), ("pp", Some("3")));
    }
}
