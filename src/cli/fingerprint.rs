use std::path::PathBuf;

use packgate::fingerprint::{Index, Labels};
use packgate::internal;
use packgate::project::Project;
use packgate::settings::Settings;

use super::file::save;
use super::{Exit, output};

/// Fingerprint internal code or the project's own source text, into a file that gives none of it away
///
/// A release job without the sources names the file in `internal.fingerprints`, or with `--own` in `own-fingerprints`.
/// The file contains one-way hashes and the paths of the files; for internal ones, line numbers too.
#[derive(Debug, clap::Args)]
pub(crate) struct Fingerprint {
    /// Folders with internal code [default: internal.roots and the private members of the workspace]
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Take the project's own source text instead, from FOLDER or from the folders in `own-folders`
    #[arg(long)]
    own: bool,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write digests instead of the internal files' paths
    #[arg(long)]
    hash_names: bool,
    /// The project whose settings and workspace are read
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

impl Fingerprint {
    /// Writes the file and says what is in it.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let project = Project::new(&self.project);
        if self.own {
            return self.write_own(&project);
        }
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
        let (files, prints) = (index.files(), index.fingerprints());
        let bytes = index.write(self.labels());
        save(&self.output, &bytes)?;
        output::note(&format_args!(
            "{}: {prints} fingerprints of {files} files, {} bytes",
            self.output.display(),
            bytes.len()
        ));
        Ok(Exit::Passed)
    }

    fn write_own(&self, project: &Project) -> Result<Exit, String> {
        let folders = match self.folders() {
            Ok(folders) if folders.is_empty() => {
                let settings = Settings::load(&self.project, None).map_err(|errors| errors.to_string())?;
                settings.own.folders
            }
            folders => folders?,
        };
        let own = packgate::own::of_project(project, &folders);
        let lines = own.all_lines();
        if lines == 0 {
            return Err("there is no source text here to fingerprint".to_owned());
        }
        let bytes = own.write(self.labels());
        save(&self.output, &bytes)?;
        output::note(&format_args!(
            "{}: {lines} lines of {} files, {} bytes",
            self.output.display(),
            own.files().len(),
            bytes.len()
        ));
        Ok(Exit::Passed)
    }

    fn labels(&self) -> Labels {
        if self.hash_names { Labels::Hashed } else { Labels::Paths }
    }

    fn of_folders(&self, project: &Project) -> Result<Index, String> {
        let folders = self.folders()?;
        Ok(Index::of_roots(&folders, project.vcs_root().unwrap_or(&project.folder)))
    }

    /// The folders of the command line, absolute.
    fn folders(&self) -> Result<Vec<PathBuf>, String> {
        let absolute = |folder: &PathBuf| {
            let found = std::fs::canonicalize(folder).ok().filter(|folder| folder.is_dir());
            found.ok_or_else(|| format!("{}: no such folder", folder.display()))
        };
        self.folders.iter().map(absolute).collect()
    }
}
