use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use packgate::audit::Auditor;
use packgate::escape::shown;
use packgate::fetch::{self, Release};
use packgate::inventory::Inventory;

use super::output;

/// An earlier release: a file, or a version that the ecosystem's client fetches.
#[derive(Debug, Clone)]
pub(crate) struct Against(String);

/// What clients say of a package that their registry doesn't know.
const UNKNOWN: [&str; 5] = [
    "E404",
    "No matching distribution found",
    "Could not find a valid gem",
    "404 Not Found",
    "could not find `",
];

impl FromStr for Against {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Against {
    /// The same, or nothing before the first release: there is nothing to compare with then, which is said.
    pub(crate) fn inventory_if_released(
        &self,
        auditor: &Auditor,
        new: &Inventory,
        folder: Option<&Path>,
    ) -> Result<Option<Inventory>, String> {
        let Self(text) = self;
        match self.inventory(auditor, new, folder) {
            Ok(old) => Ok(Some(old)),
            Err(why) if text == "latest" && UNKNOWN.iter().any(|words| why.contains(words)) => {
                let name = new.package.as_ref().map_or("", |package| package.name.as_str());
                output::note(&format_args!(
                    "packgate: no release of {} is there yet, so there is nothing to compare with",
                    shown(name)
                ));
                Ok(None)
            }
            Err(why) => Err(why),
        }
    }

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
