use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use packgate::audit::Auditor;
use packgate::fetch::{self, Release};
use packgate::inventory::Inventory;

/// An earlier release: a file, or a version that the ecosystem's client fetches.
#[derive(Debug, Clone)]
pub(crate) struct Against(String);

impl FromStr for Against {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Against {
    /// The facts of an earlier release of `new`. The client runs in `folder`, by default the working directory.
    pub(crate) fn inventory(
        &self,
        auditor: &Auditor,
        new: &Inventory,
        folder: Option<&Path>,
    ) -> Result<Inventory, String> {
        let Self(text) = self;
        let path = PathBuf::from(text);
        let wanted = if path.exists() { None } else { Release::parse(text) };
        let stock = |path: &Path| auditor.stock(path, 1).map_err(|error| error.to_string());
        let old = match wanted {
            None => stock(&path)?,
            Some(wanted) => {
                let folder = folder.unwrap_or(Path::new("."));
                let fetched =
                    fetch::fetch(new, &wanted, folder).map_err(|error| format!("{text}: {error}"))?;
                let mut old = stock(&fetched.path)?;
                if let Some(name) = fetched.path.file_name() {
                    old.artifact.path = name.to_string_lossy().into_owned();
                }
                old
            }
        };
        match old.cut_short() {
            Some(part) => {
                Err(format!("{}: the earlier release can't be read: {}", old.artifact.path, part.why))
            }
            None => Ok(old),
        }
    }
}
