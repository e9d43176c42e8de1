use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use packgate::scratch::Passing;
use tempfile::NamedTempFile;

/// A file that is written under a temporary name and renamed when complete, so that nobody ever finds half of it, or
/// none where there was one.
pub(crate) struct NewFile {
    /// The path as given.
    path: PathBuf,
    to: To,
}

enum To {
    AuditContext {
        file: NamedTempFile,
        place: PathBuf,
        _passing: Passing,
    },
    /// A device, a pipe, or a file in a folder that can't be written to.
    There(File),
}

impl NewFile {
    /// Creates the file, so that a path that can't be written fails at once.
    pub(crate) fn begin(path: &Path) -> Result<Self, String> {
        let to = begin(path).map_err(|error| cannot(path, &error))?;
        Ok(Self { path: path.to_path_buf(), to })
    }

    /// Writes it and moves it into place.
    pub(crate) fn write(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let written = match self.to {
            To::AuditContext { mut file, place, _passing } => filled(file.as_file_mut(), write)
                .and_then(|()| file.persist(place).map(drop).map_err(|error| error.error)),
            To::There(mut file) => {
                // A device has no length.
                let _ = file.set_len(0);
                match filled(&mut file, write) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other,
                }
            }
        };
        written.map_err(|error| cannot(&self.path, &error))
    }
}

/// Writes a whole file, or says why it can't.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), String> {
    NewFile::begin(path)?.write(|out| out.write_all(bytes))
}

fn begin(path: &Path) -> io::Result<To> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let Ok(old) = fs::metadata(&place) else { return beside(place, None) };
    let there = File::options().write(true).open(&place)?;
    if !old.is_file() {
        return Ok(To::There(there));
    }
    Ok(beside(place, Some(old.permissions())).unwrap_or(To::There(there)))
}

fn beside(place: PathBuf, permissions: Option<fs::Permissions>) -> io::Result<To> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".packgate-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    let _passing = Passing::new(file.path());
    Ok(To::AuditContext { file, place, _passing })
}

fn filled(file: &mut File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()
}

fn cannot(path: &Path, error: &io::Error) -> String {
    // Only the system's error: the name of the temporary file would help nobody.
    let error = error.to_string();
    let error = error.split_once(" at path ").map_or(error.as_str(), |(error, _)| error);
    format!("cannot write {}: {error}", path.display())
}

/// A path as people would write it here.
pub(crate) fn near(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_path_buf()
}
