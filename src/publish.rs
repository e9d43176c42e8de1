//! Publishing the file that was audited, and nothing else: a private copy, the client that sends it, and a look at
//! what the registry serves then.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use sha2::{Digest as _, Sha256};

use crate::ecosystem::{
    self, ClientError, Copy, Identity, Order, Registry, Sender, Served, find_program, is_word,
};
use crate::inventory::{Entry, Inventory, Kind};
use crate::scratch;
use crate::words::hex;

/// A copy that only this program and the client that it starts have to do with.
#[derive(Debug)]
pub struct Parcel {
    path: PathBuf,
    sha256: String,
    folder: scratch::Folder,
}

impl Parcel {
    /// Copies a file into a folder of its own. The path is told to others by some clients, so it says nothing.
    ///
    /// # Errors
    /// The file can't be read, or the copy not be written.
    pub fn of(file: &Path) -> io::Result<Self> {
        let folder = scratch::Folder::neutral()?;
        let path = folder.path().join(file.file_name().unwrap_or(OsStr::new("artifact")));
        io::copy(&mut File::open(file)?, &mut File::create_new(&path)?)?;
        let mut permissions = fs::metadata(&path)?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions)?;
        let sha256 = digest(&path)?;
        Ok(Self { path, sha256, folder })
    }

    /// Where the copy is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The SHA-256 of the copy, in hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Calls the copy as the registry does, whatever the file was called.
    ///
    /// # Errors
    /// It can't be renamed.
    pub fn call(&mut self, name: &str) -> io::Result<()> {
        let path = self.folder.path().join(name.replace(['/', '\\'], "_"));
        fs::rename(&self.path, &path)?;
        self.path = path;
        Ok(())
    }

    /// Whether the copy still is what it was.
    ///
    /// # Errors
    /// It can't be read.
    pub fn is_untouched(&self) -> io::Result<bool> {
        Ok(digest(&self.path)? == self.sha256)
    }
}

/// The SHA-256 of a file, in hex.
///
/// # Errors
/// It can't be read.
pub fn digest(file: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    pieces(file, |bytes| digest.update(bytes))?;
    Ok(hex(&digest.finalize()))
}

/// Reads a file from front to back, piece by piece.
pub(crate) fn pieces(file: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut buffer = vec![0; 128 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        match buffer.get(..count) {
            Some(bytes) if count > 0 => take(bytes),
            _ => return Ok(()),
        }
    }
}

/// An artifact on its way, and the registry that it is for.
pub struct Shipment {
    kind: Kind,
    name: String,
    version: String,
    platform: String,
    identity: Identity,
    registry: &'static dyn Registry,
    /// Where to ask, as the manifest says.
    asked: Vec<OsString>,
    /// Whether a client can be asked for it.
    is_handed_out: bool,
}

/// Why an artifact can't be published, or not be looked for.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It is of no ecosystem that has a registry, or whose client sends files.
    #[error("no client sends a {} file as it is; see `docs/publish.md`", .0.name())]
    NoClient(Kind),
    /// Its client sends what it packs itself, and there is only a file.
    #[error("{command} takes no {} file; name the folder that it is packed from, as in `packgate publish .`", .kind.name())]
    NoFolder {
        /// The command.
        command: &'static str,
        /// What the file is.
        kind: Kind,
    },
    /// A client that packs by itself can't be held to what was audited.
    #[error("{command} can't be held to what was audited: {why}")]
    NotHeld {
        /// The command.
        command: &'static str,
        /// Why.
        why: String,
    },
    /// It has no name and version that a registry could know.
    #[error("it has no name and version that a registry could know it by")]
    Nameless,
    /// No such client.
    #[error("`{word}` is no client for it; there are {known}")]
    UnknownClient {
        /// The word.
        word: String,
        /// Those that there are.
        known: String,
    },
    /// An argument would make the client send something that was not audited.
    #[error("`{0}` could send what was not audited; leave it out")]
    Argument(String),
    /// The copy is not what was audited.
    #[error("the copy was changed after it was audited; nothing was sent")]
    Changed,
    /// The client has no login.
    #[error("{command} has no login: {login}")]
    NoLogin {
        /// The command.
        command: &'static str,
        /// How to get one.
        login: &'static str,
    },
    /// The client is missing or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file could not be used.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What the registry serves in the place of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The same bytes.
    Same,
    /// Other bytes, with this SHA-256.
    Other(String),
    /// What contradicts the registry's own index.
    Broken(String),
    /// Nothing.
    Nothing,
    /// No client could tell.
    NotHandedOut,
}

impl Shipment {
    /// What an artifact is to its registry. Its manifests must still be in the inventory.
    ///
    /// # Errors
    /// It has none.
    pub fn of(inventory: &Inventory) -> Result<Self, PublishError> {
        let format = ecosystem::format(inventory.kind);
        let registry = format.registry().ok_or(PublishError::NoClient(inventory.kind))?;
        let package = inventory.package.as_ref().ok_or(PublishError::Nameless)?;
        let (name, version) = (package.name.clone(), package.version.clone());
        let plain = name.strip_prefix('@').unwrap_or(&name);
        if !plain.split('/').all(is_word) || plain.split('/').count() > 2 || !is_word(&version) {
            return Err(PublishError::Nameless);
        }
        let identity = ecosystem::identity(inventory);
        let platform = format.platform(&identity.file, &version);
        let platform = if is_word(&platform) { platform } else { String::new() };
        let asked = registry.where_to_ask(inventory, &[]);
        Ok(Self {
            kind: inventory.kind,
            name,
            version,
            platform,
            identity,
            registry,
            asked,
            is_handed_out: true,
        })
    }

    /// The name of its file in the registry.
    pub fn file(&self) -> &str {
        &self.identity.file
    }

    /// Name and version, for people.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// What the registry serves, held against a digest. The client runs in `folder`; `index` is the registry's
    /// address where the client isn't to find it by itself.
    ///
    /// # Errors
    /// The client is missing or failed: nothing can be told.
    pub fn compare(
        &self,
        sha256: &str,
        folder: &Path,
        index: Option<&str>,
    ) -> Result<Comparison, PublishError> {
        if !self.is_handed_out {
            return Ok(Comparison::NotHandedOut);
        }
        let copy = Copy {
            name: &self.name,
            version: &self.version,
            file: &self.identity.file,
            platform: &self.platform,
            folder,
            asked: &self.asked,
            index,
        };
        Ok(match self.registry.served(&copy)? {
            Served::Nothing => Comparison::Nothing,
            Served::NotHandedOut => Comparison::NotHandedOut,
            Served::Broken(why) => Comparison::Broken(why),
            Served::File(file) => match digest(&file.path)? {
                same if same == sha256 => Comparison::Same,
                other => Comparison::Other(other),
            },
        })
    }
}

impl Shipment {
    /// Another copy, which somebody has from the registry, held against the artifact. What the registry adds by itself is no
    /// difference.
    pub fn compare_copy(&self, own: &Inventory, copy: &Inventory) -> Comparison {
        let other = &copy.artifact.sha256;
        let is_same = *other == own.artifact.sha256
            || self.registry.adds().is_some_and(|added| parts(own, added) == parts(copy, added));
        if is_same { Comparison::Same } else { Comparison::Other(other.clone()) }
    }
}

/// All that an archive consists of but for one file; the archive itself where not all of it is known.
fn parts(inventory: &Inventory, without: &str) -> Vec<String> {
    let is_doubtful = inventory.cut_short().is_some() || !inventory.anomalies.is_empty();
    let own = inventory.everything().filter(|entry| entry.parent.is_none() && entry.path != without);
    let part = |entry: &Entry| {
        let digest = entry.sha256.as_deref().unwrap_or_default();
        format!("{:?} {:?} {digest}", entry.kind, entry.path)
    };
    let mut parts: Vec<String> = match is_doubtful {
        true => vec![inventory.artifact.sha256.clone()],
        false => own.map(part).collect(),
    };
    parts.sort();
    parts
}

/// A client, chosen, and what to give it.
pub struct Dispatch<'a> {
    sender: &'static Sender,
    program: PathBuf,
    arguments: &'a [OsString],
}

impl<'a> Dispatch<'a> {
    /// The client that sends an artifact: the one that `word` names, else the usual one. It runs in `folder` and gets
    /// `arguments` behind the file.
    ///
    /// # Errors
    /// There is no such client, it is not installed, or an argument is not for it.
    pub fn of(
        shipment: &Shipment,
        word: Option<&str>,
        folder: &Path,
        arguments: &'a [OsString],
    ) -> Result<Self, PublishError> {
        let senders = shipment.registry.senders();
        let sender = match word {
            None => senders.first().ok_or(PublishError::NoClient(shipment.kind))?,
            Some(word) => senders.iter().find(|sender| sender.name == word).ok_or_else(|| {
                let known: Vec<&str> = senders.iter().map(|sender| sender.name).collect();
                PublishError::UnknownClient { word: word.to_owned(), known: known.join(", ") }
            })?,
        };
        if let Some(argument) = arguments.iter().find(|argument| sends_more(sender, folder, argument)) {
            return Err(PublishError::Argument(argument.to_string_lossy().into_owned()));
        }
        let program = find_program(sender.program).ok_or_else(|| ClientError::Missing {
            client: sender.program.to_owned(),
            because: format!("{} sends it", sender.command),
        })?;
        Ok(Self { sender, program, arguments })
    }

    /// The command, for people.
    pub fn command(&self) -> &'static str {
        self.sender.command
    }

    /// Whether the registry serves the file only when somebody has approved it.
    pub fn is_staged(&self) -> bool {
        self.sender.is_staged
    }

    /// Whether it can send an artifact that was packed from this folder, or from none that is known.
    ///
    /// # Errors
    /// It can't.
    pub fn accepts(&self, shipment: &Shipment, packed_from: Option<&Path>) -> Result<(), PublishError> {
        let Sender { command, packs, .. } = *self.sender;
        match packs && packed_from.is_none() {
            true => Err(PublishError::NoFolder { command, kind: shipment.kind }),
            false => Ok(()),
        }
    }

    /// Has the registry asked that the client sends to.
    pub fn direct(&self, shipment: &mut Shipment, inventory: &Inventory) {
        shipment.asked = shipment.registry.where_to_ask(inventory, self.arguments);
        shipment.is_handed_out = self.sender.is_handed_out;
    }

    /// Sends the copy from `folder`; a client that packs by itself, what it packs from `packed_from`, if that is the same.
    /// What the client says goes to `said` when nobody sits before a terminal.
    ///
    /// # Errors
    /// Nothing was sent: the copy is not what was audited, or the client could not be started or has no login.
    pub fn send(
        &self,
        (shipment, parcel): (&Shipment, &Parcel),
        packed_from: Option<&Path>,
        folder: &Path,
        said: &mut dyn FnMut(&[u8]),
    ) -> Result<ExitStatus, PublishError> {
        let mut command = Command::new(&self.program);
        command.args(self.sender.before);
        match packed_from.filter(|_| self.sender.packs) {
            Some(packed_from) => {
                let order = Order { folder: packed_from, sha256: parcel.sha256(), asked: &shipment.asked };
                let held = shipment.registry.hold(&order);
                let held = held.map_err(|why| PublishError::NotHeld { command: self.sender.command, why })?;
                command.args(held).current_dir(packed_from)
            }
            None => command.arg(parcel.path()).current_dir(folder),
        };
        command.args(self.arguments);
        let attended = scratch::is_attended();
        if !attended {
            command.args(self.sender.unattended).stdin(Stdio::null());
        }
        if !parcel.is_untouched()? {
            return Err(PublishError::Changed);
        }
        if attended {
            return Ok(scratch::at_the_terminal(&mut command)?);
        }
        let output = scratch::output(&mut command)?;
        let told = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let text = String::from_utf8_lossy(&told);
        if !output.status.success() && self.sender.no_login.iter().any(|words| text.contains(words)) {
            log::info!("{}", text.trim_end());
            let Sender { command, login, .. } = self.sender;
            return Err(PublishError::NoLogin { command, login });
        }
        said(&told);
        Ok(output.status)
    }
}

/// Whether an argument could make the client send something else: an option for that, another artifact, or wildcards
/// for some. What names a file is looked for where the client will.
fn sends_more(sender: &Sender, folder: &Path, argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let option = text.split('=').next().unwrap_or_default();
    let has_wildcards = !text.starts_with('-') && text.contains(['*', '?', '[']);
    sender.refused.contains(&option)
        || ecosystem::is_artifact_name(&text)
        || is_folder(folder, &text)
        || is_archive(&folder.join(argument)).unwrap_or_default()
        || sender.expands_wildcards && has_wildcards
}

/// Whether an argument can only be meant as a folder. A bare word is more often a value: `--access public`.
fn is_folder(folder: &Path, argument: &str) -> bool {
    argument == "." || argument == ".." || argument.contains(['/', '\\']) && folder.join(argument).is_dir()
}

/// Whether there is a file that clients could take for an artifact, whatever it is called.
fn is_archive(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    if path.is_file() {
        File::open(path)?.take(512).read_to_end(&mut begin)?;
    }
    let is_tar = begin.get(257..262).is_some_and(|magic| magic == b"ustar");
    Ok(is_tar || [&b"PK\x03\x04"[..], b"\x1f\x8b", b"BZh"].iter().any(|magic| begin.starts_with(magic)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;

    #[test]
    fn a_copy_is_private_and_knows_when_it_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.tgz");
        fs::write(&file, "one").unwrap();
        let mut parcel = Parcel::of(&file).unwrap();
        fs::write(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(parcel.path()).unwrap(), "one");
        assert!(parcel.is_untouched().unwrap());
        parcel.call("b.tgz").unwrap();
        assert!(parcel.path().ends_with("b.tgz") && parcel.is_untouched().unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(parcel.path().parent().unwrap()), 0o700);
            fs::set_permissions(parcel.path(), fs::Permissions::from_mode(0o600)).unwrap();
            fs::write(parcel.path(), "two").unwrap();
            assert!(!parcel.is_untouched().unwrap());
        }
    }

    #[test]
    fn a_copy_with_the_registry_s_own_signature() {
        use crate::inventory::EntryId;
        let of = |files: &[(&str, &str)], sha256: &str, kind: Kind| {
            let mut inventory = Inventory { kind, ..Inventory::default() };
            inventory.artifact.sha256 = sha256.to_owned();
            inventory.entries.extend(files.iter().zip(0..).map(|((path, digest), id)| {
                let (path, sha256) = ((*path).to_owned(), Some((*digest).to_owned()));
                Box::new(Entry { id: EntryId(id), path, sha256, ..Entry::default() })
            }));
            let package = Package { name: "Demo".into(), version: "1.0.0".into(), ..Package::default() };
            inventory.package = Some(package);
            inventory
        };
        let compared = |other: &[(&str, &str)], kind: Kind| {
            let own = of(&[("lib/a.dll", "1"), ("Demo.nuspec", "2")], "aa", kind);
            Shipment::of(&own).unwrap().compare_copy(&own, &of(other, "bb", kind))
        };
        let signed = [("Demo.nuspec", "2"), ("lib/a.dll", "1"), (".signature.p7s", "3")];
        assert_eq!(compared(&signed, Kind::Nupkg), Comparison::Same);
        assert_eq!(compared(&signed, Kind::Vsix), Comparison::Other("bb".into()));
        for other in
            [&signed[1..], &[signed[0], ("lib/a.dll", "9"), signed[2]], &[signed[0], signed[1], ("b", "3")]]
        {
            assert_eq!(compared(other, Kind::Nupkg), Comparison::Other("bb".into()), "{other:?}");
        }
    }

    #[test]
    fn arguments_that_would_send_more() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("evil"), b"PK\x03\x04...").unwrap();
        fs::write(folder.path().join("settings"), b"[distutils]").unwrap();
        let sends_more = |sender, argument| sends_more(sender, folder.path(), OsStr::new(argument));
        let pnpm = &Sender { refused: &["-r", "--filter"], ..Sender::USUAL };
        for (argument, expected) in [
            ("--access", false),
            ("public", false),
            ("-r", true),
            ("--filter=a", true),
            ("dist/other-1.0.tgz", true),
            ("--registry=http://a/x", false),
            ("dist/*.whl", true),
            (".", true),
            ("./src", true),
            ("src", false),
            ("evil", true),
            ("settings", false),
        ] {
            assert_eq!(sends_more(pnpm, argument), expected, "{argument}");
        }
        let uv = &Sender { expands_wildcards: true, ..Sender::USUAL };
        for (argument, expected) in
            [("other*", true), ("d?st/[a-z]*", true), ("--password=p*ss", false), ("--token", false)]
        {
            assert_eq!(sends_more(uv, argument), expected, "{argument}");
        }
    }
}
