use std::io::BufRead;
use std::path::{Path, PathBuf};

use packgate::commit::CommitOptions;
use packgate::inventory::Inventory;
use packgate::pack::{self, PackError};

/// One artifact to examine.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that it was packed from, if it was.
    pub folder: Option<PathBuf>,
}

/// The artifacts of a command line. Those that were packed for it are kept as long as this lives.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// In the order of the command line.
    pub all: Vec<Target>,
    /// Folders that another run of this program is packing right now, with what to say about them: the package's own
    /// script started this run, and the outer one audits the result.
    pub under_way: Vec<String>,
    _packed: Vec<pack::Packed>,
}

impl Targets {
    /// Folders with a manifest are packed by their own client, unless they are to be taken as they are. What can't be
    /// packed is added to `wrong`.
    pub(crate) fn gather(
        arguments: &[PathBuf],
        as_is: bool,
        wrong: &mut Vec<String>,
    ) -> Result<Self, String> {
        let mut targets = Self::default();
        for path in expanded(arguments)? {
            if as_is || !path.is_dir() || !pack::has_manifest(&path) {
                targets.all.push(Target { path, folder: None });
                continue;
            }
            match pack::pack(&path) {
                Ok(made) => {
                    let of =
                        |artifact: &PathBuf| Target { path: artifact.clone(), folder: Some(path.clone()) };
                    targets.all.extend(made.artifacts.iter().map(of));
                    targets._packed.push(made);
                }
                Err(error @ PackError::Again) => {
                    targets.under_way.push(format!("{}: {error}", path.display()));
                }
                Err(error) => wrong.push(format!("{}: {error}", path.display())),
            }
        }
        Ok(targets)
    }

    /// What is needed to compare them with a commit: `revision`, or the one that they should be from.
    pub(crate) fn commit(&self, revision: Option<String>, project: &Path) -> CommitOptions {
        let folders = self.all.iter().filter_map(|target| target.folder.as_deref());
        CommitOptions::of(revision, folders.chain([project]))
    }
}

impl Target {
    /// Removes the temporary folder from the name that reports use for a packed artifact.
    pub(crate) fn name(&self, inventory: &mut Inventory) {
        if self.folder.is_some()
            && let Some(name) = Path::new(&self.path).file_name()
        {
            inventory.artifact.path = name.to_string_lossy().into_owned();
        }
    }
}

fn expanded(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if arguments.is_empty() {
        return Ok(vec![PathBuf::from(".")]);
    }
    let mut targets = Vec::new();
    for target in arguments {
        if target.as_os_str() != "-" {
            targets.push(target.clone());
            continue;
        }
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|error| format!("cannot read the list on stdin: {error}"))?;
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                targets.push(PathBuf::from(line));
            }
        }
    }
    if targets.is_empty() {
        return Err("the list on stdin names no artifact; nothing was audited".into());
    }
    Ok(targets)
}
