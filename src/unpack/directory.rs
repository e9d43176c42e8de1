//! A folder on disk as a container. Links are listed, never followed.

use std::io;
use std::path::{Path, PathBuf};

use crate::inventory::{AnomalyKind, EntryKind, Unexamined};

use super::limiter::AnomalyLimiter;
use super::names::Names;
use super::path::canonical;
use super::{Damage, FileSource, Header, Limits, RawAnomaly, ReadAt, Spent};

/// What a folder holds, sorted by path.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files, links and special files; folders themselves are not listed.
    pub files: Vec<Listed>,
    /// Names that are not safe everywhere.
    pub anomalies: Vec<RawAnomaly>,
    /// What could not be listed.
    pub unexamined: Vec<Unexamined>,
}

/// One file of a folder.
#[derive(Debug)]
pub struct Listed {
    /// Path below the folder, kind and size.
    pub header: Header,
    /// Where it is on disk.
    pub on_disk: PathBuf,
}

/// Lists a folder with everything below it.
///
/// # Errors
/// When the folder itself can't be read.
pub fn list(root: &Path, limits: &Limits) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let mut folders = vec![(root.to_owned(), Vec::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let place = String::from_utf8_lossy(&prefix).into_owned();
        let children = match std::fs::read_dir(&folder) {
            Ok(children) => children,
            Err(error) if prefix.is_empty() => return Err(error),
            Err(error) => {
                listing.unexamined.push(Unexamined::new(place, format!("the folder can't be read: {error}")));
                continue;
            }
        };
        for child in children {
            let looked = child
                .and_then(|child| Ok((child.path(), child.file_name(), child.path().symlink_metadata()?)));
            let (on_disk, name, metadata) = match looked {
                Ok(looked) => looked,
                Err(error) => {
                    listing
                        .unexamined
                        .push(Unexamined::new(&*place, format!("an entry can't be read: {error}")));
                    continue;
                }
            };
            let mut raw = prefix.clone();
            if !raw.is_empty() {
                raw.push(b'/');
            }
            raw.extend_from_slice(name.as_encoded_bytes());
            if metadata.is_dir() {
                folders.push((on_disk, raw));
                continue;
            }
            if listing.files.len() as u64 >= limits.most_entries() {
                listing.unexamined.push(Unexamined::new("", limits.too_many().to_string()));
                folders.clear();
                break;
            }
            listing.add(on_disk, &raw, &metadata, limits);
        }
    }
    listing.files.sort_by(|a, b| a.header.path.cmp(&b.header.path));
    let mut names = Names::default();
    for (number, file) in listing.files.iter().enumerate() {
        names.add(&file.header.path, false, number as u64);
    }
    let sorted = names.sorted();
    let folded = sorted.repeated().into_iter().filter(|repeated| repeated.folded);
    let collisions = sorted
        .anomalies()
        .into_iter()
        .chain(folded.map(|folded| folded.anomaly(None)))
        .filter(|anomaly| anomaly.kind == AnomalyKind::NameCollision);
    listing.anomalies.extend(collisions.map(|anomaly| RawAnomaly { offset: 0, ..anomaly }));
    let mut limiter = AnomalyLimiter::default();
    listing.anomalies.retain(|anomaly| limiter.admits(anomaly.kind));
    Ok(listing)
}

impl Listing {
    fn add(&mut self, on_disk: PathBuf, raw: &[u8], metadata: &std::fs::Metadata, limits: &Limits) {
        let named = canonical(raw, limits.path_depth);
        let kind = if metadata.is_symlink() {
            let target = std::fs::read_link(&on_disk).unwrap_or_default();
            EntryKind::Symlink { target: target.to_string_lossy().into_owned() }
        } else if metadata.is_file() {
            EntryKind::File
        } else {
            EntryKind::Special
        };
        for (kind, detail) in named.faults {
            let entry = Some(named.path.clone());
            self.anomalies.push(RawAnomaly { kind, offset: 0, entry, detail: detail.into() });
        }
        let header =
            Header { path: named.path, kind, size: Some(metadata.len()), mode: mode(metadata), offset: 0 };
        self.files.push(Listed { header, on_disk });
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no mode")]
fn mode(metadata: &std::fs::Metadata) -> Option<u32> {
    Some(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777)
}

#[cfg(not(unix))]
fn mode(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

/// Reads a listed file after what is in `buffer`.
///
/// # Errors
/// When it can't be read, has changed its size since, or exceeds a limit.
pub fn read(file: &Listed, limits: &Limits, spent: &Spent, buffer: &mut Vec<u8>) -> Result<(), Damage> {
    let size = file.header.size.unwrap_or(0);
    spent.entry(file.header.path.len(), limits).map_err(|overrun| Damage::new(0, overrun.to_string()))?;
    if size > limits.most_in_entry() {
        return Err(Damage::new(0, limits.too_large().to_string()));
    }
    spent.bytes(size, limits).map_err(|overrun| Damage::new(0, overrun.to_string()))?;
    let unreadable = |error| Damage::unreadable(0, &error);
    let source = FileSource::open(&file.on_disk).map_err(unreadable)?;
    if source.size() != size {
        return Err(Damage::new(0, "the file changed while it was looked at"));
    }
    let start = buffer.len();
    buffer.resize(start + usize::try_from(size).unwrap_or(usize::MAX), 0);
    source.read_exact_at(buffer.get_mut(start..).unwrap_or_default(), 0).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_in_order_and_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("b/c")).unwrap();
        for (path, text) in [("b/c/x.js", "xyz"), ("a.js", "a"), ("b.js", "")] {
            std::fs::write(root.join(path), text).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/", root.join("z")).unwrap();
        let listing = list(root, &Limits::default()).unwrap();
        let paths: Vec<_> =
            listing.files.iter().map(|file| (file.header.path.as_str(), file.header.size)).collect();
        assert_eq!(paths[..3], [("a.js", Some(1)), ("b.js", Some(0)), ("b/c/x.js", Some(3))]);
        #[cfg(unix)]
        assert_eq!(listing.files[3].header.kind, EntryKind::Symlink { target: "/".into() });
        let mut bytes = b"...".to_vec();
        read(&listing.files[2], &Limits::default(), &Spent::default(), &mut bytes).unwrap();
        assert_eq!(bytes, b"...xyz");
        let small = Limits { entries: 2, ..Limits::default() };
        assert_eq!(list(root, &small).unwrap().unexamined.len(), 1);
    }
}
