//! What must not be left behind when a signal ends the run: temporary folders, half-written files, and clients still
//! at work.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

#[derive(Debug)]
struct Left {
    paths: BTreeSet<PathBuf>,
    clients: BTreeSet<u32>,
    ending: bool,
}

static LEFT: Mutex<Left> =
    Mutex::new(Left { paths: BTreeSet::new(), clients: BTreeSet::new(), ending: false });

fn left() -> MutexGuard<'static, Left> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A path that is removed if a signal ends the run, for as long as this lives.
#[derive(Debug)]
pub struct Passing(PathBuf);

impl Passing {
    /// Watches over a file or folder.
    pub fn new(path: &Path) -> Self {
        left().paths.insert(path.to_path_buf());
        Self(path.to_path_buf())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        left().paths.remove(&self.0);
    }
}

/// A temporary folder, removed with this value or if a signal ends the run.
#[derive(Debug)]
pub(crate) struct Folder {
    // Fields are dropped in this order: the folder is watched until it is removed.
    folder: TempDir,
    _passing: Passing,
}

impl Folder {
    /// Makes a folder.
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("packgate-").tempdir()?;
        let passing = Passing::new(folder.path());
        Ok(Self { folder, _passing: passing })
    }

    /// Makes a folder for nobody else, whose path says nothing of whose machine it is on.
    pub(crate) fn neutral() -> io::Result<Self> {
        let usual = std::env::temp_dir();
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        let is_at_home = home.is_some_and(|home| usual.starts_with(home));
        let common = Path::new("/tmp");
        let place = if is_at_home && common.is_dir() { common } else { usual.as_path() };
        let mut builder = tempfile::Builder::new();
        builder.prefix("packgate-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(place)?;
        let passing = Passing::new(folder.path());
        Ok(Self { folder, _passing: passing })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Runs a client to its end and returns what it wrote.
pub(crate) fn output(command: &mut Command) -> io::Result<Output> {
    apart(command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    log::info!("running {command:?} in {}", command.get_current_dir().unwrap_or(Path::new(".")).display());
    let begun = Instant::now();
    let mut client = start(command)?;
    let id = client.id();
    let output = watched(&mut client);
    if let Ok(output) = &output {
        log::debug!(
            "{} ended with {} after {:.1?}",
            command.get_program().display(),
            output.status,
            begun.elapsed()
        );
    }
    let mut left = left();
    left.clients.remove(&id);
    if left.ending {
        drop(left);
        // The client was killed, so its output means nothing.
        loop {
            std::thread::park();
        }
    }
    output
}

/// Whether somebody sits before a terminal and can be asked.
pub(crate) fn is_attended() -> bool {
    use std::io::IsTerminal as _;
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Runs a client to its end at the terminal that this program runs at, where it may ask.
pub(crate) fn at_the_terminal(command: &mut Command) -> io::Result<ExitStatus> {
    apart(command);
    log::info!("running {command:?} in {}", command.get_current_dir().unwrap_or(Path::new(".")).display());
    let mut client = start(command)?;
    let status = client.wait();
    left().clients.remove(&client.id());
    status
}

/// What a client says goes to the end of it, and its last line to whoever shows how far the work is.
fn watched(client: &mut Child) -> io::Result<Output> {
    let (stdout, stderr) = (client.stdout.take(), client.stderr.take());
    let (stdout, stderr) = std::thread::scope(|scope| {
        let errors = scope.spawn(|| heard(stderr));
        (heard(stdout), errors.join().unwrap_or_else(|_| Ok(Vec::new())))
    });
    let status = client.wait()?;
    set_last_line(None);
    Ok(Output { status, stdout: stdout?, stderr: stderr? })
}

fn heard(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let Some(mut pipe) = pipe else { return Ok(all) };
    let mut piece = [0; 8192];
    loop {
        let read = match pipe.read(&mut piece) {
            Ok(0) => return Ok(all),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        all.extend(piece.iter().take(read));
        let tail = all.get(all.len().saturating_sub(piece.len())..).unwrap_or_default();
        let text = String::from_utf8_lossy(tail);
        if let Some(line) = text.lines().rev().map(str::trim).find(|line| !line.is_empty()) {
            set_last_line(Some(line.to_owned()));
        }
    }
}

static LAST_LINE: Mutex<Option<String>> = Mutex::new(None);

fn set_last_line(line: Option<String>) {
    *LAST_LINE.lock().unwrap_or_else(PoisonError::into_inner) = line;
}

/// What a client that is at work said last.
pub fn last_line() -> Option<String> {
    LAST_LINE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn start(command: &mut Command) -> io::Result<Child> {
    let mut left = left();
    if left.ending {
        return Err(io::ErrorKind::Interrupted.into());
    }
    let client = command.spawn()?;
    left.clients.insert(client.id());
    Ok(client)
}

/// Ends the clients and removes what is temporary. For a program that is about to end.
pub fn clean_up() {
    /// How long clients get to exit by themselves.
    const PATIENCE: Duration = Duration::from_secs(2);
    let clients = {
        let mut left = left();
        left.ending = true;
        left.clients.clone()
    };
    clients.iter().for_each(|client| end(*client, Means::Ask));
    let begun = Instant::now();
    while !left().clients.is_empty() && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
    }
    clients.iter().for_each(|client| end(*client, Means::Kill));
    for path in std::mem::take(&mut left().paths) {
        remove(&path);
    }
}

fn remove(path: &Path) {
    // A client that was just killed may have made one more file while the folder was emptied.
    for _ in 0..3 {
        let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        if gone.is_ok() {
            break;
        }
    }
}

#[derive(Clone, Copy)]
enum Means {
    Ask,
    Kill,
}

/// Gives a client its own process group, so that what it starts can be ended with it. At a terminal it stays in the
/// terminal's group: it may have to ask something, and Ctrl-C reaches all.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    if !at_terminal() {
        command.process_group(0);
    }
}

#[cfg(unix)]
fn at_terminal() -> bool {
    use std::io::IsTerminal as _;
    io::stdin().is_terminal() || io::stderr().is_terminal()
}

#[cfg(unix)]
fn end(client: u32, means: Means) {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    let signal = match means {
        Means::Ask => Signal::TERM,
        Means::Kill => Signal::KILL,
    };
    if let Some(client) = i32::try_from(client).ok().and_then(Pid::from_raw) {
        // This fails if the client is already gone.
        let _ = match at_terminal() {
            true => kill_process(client, signal),
            false => kill_process_group(client, signal),
        };
    }
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}

#[cfg(not(unix))]
fn end(_client: u32, _means: Means) {}

#[cfg(test)]
pub(crate) mod testing {
    use std::fs;

    use tempfile::TempDir;

    /// A temporary folder with these files.
    pub(crate) fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        folder
    }
}
