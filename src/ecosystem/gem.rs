//! Ruby gems: a tar with `metadata.gz`, `data.tar.gz` and `checksums.yaml.gz`.

use std::io::Read;

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Gem, suffixes: &[".gem"], keeps, recognises, read };

/// Most bytes that a compressed member may have once unpacked.
const MOST_UNPACKED: u64 = super::MOST_KEPT;

fn keeps(path: &str) -> bool {
    path == "metadata.gz" || path == "checksums.yaml.gz"
}

fn recognises(inventory: &Inventory) -> bool {
    let has = |name: &str| inventory.top_files().any(|entry| entry.path == name);
    has("metadata.gz") && has("data.tar.gz")
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let found = locate::manifest(inventory, "metadata.gz", |path| Fit::of(path, "metadata.gz"), problems)?;
    let specification = gunzip(found.bytes).and_then(|text| {
        serde_saphyr::from_str::<Specification>(&text)
            .map_err(|error| error.to_string().lines().next().unwrap_or("?").to_owned())
    });
    match specification {
        Ok(specification) => Some(Package {
            name: specification.name,
            version: specification.version.version,
            license: (!specification.licenses.is_empty()).then(|| specification.licenses.join(" OR ")),
            manifest: found.entry.place.clone(),
            ..Package::default()
        }),
        Err(why) => {
            problems.push(locate::unreadable(found.entry, None, &why));
            None
        }
    }
}

fn gunzip(bytes: &[u8]) -> Result<String, String> {
    let mut text = String::new();
    let mut reader = flate2::read::GzDecoder::new(bytes).take(MOST_UNPACKED + 1);
    reader.read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_UNPACKED { Err("it is too large".to_owned()) } else { Ok(text) }
}

/// The parts of `Gem::Specification` that matter here.
#[derive(Debug, serde::Deserialize)]
struct Specification {
    name: String,
    version: Version,
    #[serde(default)]
    licenses: Vec<String>,
}

#[derive(Debug, serde::Deserialize)]
struct Version {
    version: String,
}
