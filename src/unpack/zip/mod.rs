//! zip (APPNOTE 6.3.10), strictly: local headers, data, descriptors, directory and end record must tile
//! the file and tell the same. Read at random offsets only; never the whole file in memory.

mod directory;
mod end;
mod extra;
mod extract;
mod member;
mod opinion;
mod rebase;
mod record;

pub use super::Meter;
pub use directory::{Contents, Directory};
pub use extract::extract;
pub use member::Member;
pub(crate) use rebase::rebased;

use super::container::{Container, Reading};
use super::{Blob, Damage, ReadAt, Sink};
use crate::inventory::Media;

/// Counts bytes of no entry against the limits.
///
/// # Errors
/// When they are too many.
pub fn count(blob: &Blob, meter: &Meter<'_>) -> Result<(), Damage> {
    let counted = meter.entry(blob.header.path.len()).and_then(|()| meter.produce(blob.bytes.len() as u64));
    counted.map_err(|overrun| Damage::new(blob.header.offset, overrun.to_string()))
}

pub(super) const CONTAINER: Container = Container {
    name: "zip",
    media: Some(Media::Zip),
    promised_by: &[".whl", ".zip", ".jar", ".vsix", ".nupkg"],
    reading: Reading::Directory(walk),
};

/// Walks a zip in the order of its directory.
///
/// # Errors
/// When there is no single directory, or a limit on the whole is reached.
fn walk(source: &dyn ReadAt, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<(), Damage> {
    let Contents { members, blobs, anomalies } = match Directory::read(source, meter.limits()) {
        Ok(contents) => contents,
        Err(damage) => {
            if let Some(anomaly) = damage.anomaly() {
                sink.anomaly(anomaly);
            }
            return Err(damage);
        }
    };
    for anomaly in anomalies {
        sink.anomaly(anomaly);
    }
    for member in &members {
        if !sink.wants(&member.header) {
            continue;
        }
        sink.begin(member.header.clone());
        match extract(source, member, meter, &mut |bytes| sink.data(bytes)) {
            Ok(()) => sink.end(),
            Err(damage) => sink.broken(damage),
        }
    }
    for blob in blobs {
        count(&blob, meter)?;
        sink.blob(blob);
    }
    Ok(())
}
