use std::path::PathBuf;

use packgate::fingerprint::{Index, Labels};
use packgate::internal;
use packgate::project::Project;
use packgate::settings::Settings;

use super::file::save;
use super::{Exit, output};

/// Fingerprint internal code into a file that gives none of it away
///
/// A release job without the private sources names the file in `internal.fingerprints`. The file holds one-way
/// hashes, line numbers and the paths of the internal files.
#[derive(Debug, clap::Args)]
pub(crate) struct Fingerprint {
    /// Folders with internal code [default: internal.roots and the private members of the workspace]
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write digests instead of the internal files' paths
    #[arg(long)]
    hash_names: bool,
    /// Where settings and workspace are read
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

impl Fingerprint {
    /// Writes the file and says what is in it.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let project = Project::new(&self.project);
        let index = if self.folders.is_empty() {
            let mut settings = Settings::load(&self.project, None).map_err(|errors| errors.to_string())?;
            settings.internal.fingerprints.clear();
            internal::code(&settings, Some(&project)).map_err(|error| error.to_string())?.unwrap_or_default()
        } else {
            self.of_folders(&project)?
        };
        if index.is_empty() {
            return Err(
                "there is nothing to fingerprint: name folders with code, or set internal.roots".to_owned()
            );
        }
        let labels = if self.hash_names { Labels::Hashed } else { Labels::Paths };
        let (files, prints) = (index.files(), index.fingerprints());
        let bytes = index.write(labels);
        save(&self.output, &bytes)?;
        output::note(&format_args!(
            "{}: {prints} fingerprints of {files} files, {} bytes",
            self.output.display(),
            bytes.len()
        ));
        Ok(Exit::Passed)
    }

    fn of_folders(&self, project: &Project) -> Result<Index, String> {
        let absolute = |folder: &PathBuf| {
            let found = std::fs::canonicalize(folder).ok().filter(|folder| folder.is_dir());
            found.ok_or_else(|| format!("{}: no such folder", folder.display()))
        };
        let folders = self.folders.iter().map(absolute).collect::<Result<Vec<_>, _>>()?;
        Ok(Index::of_roots(&folders, project.vcs_root().unwrap_or(&project.folder)))
    }
}
