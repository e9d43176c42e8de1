//! Containers whose entries can be read independently: zips and folders. All workers read and examine,
//! the largest entries first.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ecosystem;
use crate::inspect::Effort;
use crate::inventory::{EntryKind, Unexamined};
use crate::unpack::{Damage, FileSource, Header, Spent, directory, zip};

use super::digest;
use super::examine::{Examiner, Location};
use super::flatten::{Examined, Stock};
use crate::timings::timed;

/// Takes stock of a zip.
pub(super) fn zip(
    source: &FileSource,
    examiner: &Examiner<'_>,
    workers: usize,
) -> (Stock, std::io::Result<String>) {
    let zip::Contents { members, blobs, anomalies } = match zip::Directory::read(source, examiner.limits) {
        Ok(contents) => contents,
        Err(damage) => {
            let unexamined = vec![Unexamined::new("", damage.to_string())];
            let anomalies = damage.anomaly().into_iter().collect();
            return (Stock { unexamined, anomalies, ..Stock::default() }, digest(source, examiner));
        }
    };
    let headers: Vec<&Header> =
        members.iter().map(|member| &member.header).chain(blobs.iter().map(|blob| &blob.header)).collect();
    let meter = zip::Meter::new(source, examiner.limits, examiner.spent);
    let read = |number: usize, buffer: &mut Vec<u8>| match members.get(number) {
        Some(member) => zip::extract(source, member, &meter, &mut |bytes| buffer.extend_from_slice(bytes)),
        None => match number.checked_sub(members.len()).and_then(|number| blobs.get(number)) {
            Some(blob) => {
                zip::count(blob, &meter)?;
                buffer.extend_from_slice(&blob.bytes);
                Ok(())
            }
            None => Ok(()),
        },
    };
    let examiner = &Examiner { wide: wants_wide_digests(source, &members, examiner), ..*examiner };
    let mut sha256 = Err(std::io::ErrorKind::Other.into());
    let entries = std::thread::scope(|scope| {
        let artifact_digest = (workers > 1).then(|| scope.spawn(|| digest(source, examiner)));
        let entries = examine_all(&headers, &read, examiner, workers);
        sha256 = match artifact_digest {
            Some(thread) => thread.join().unwrap_or_else(|_| Err(std::io::Error::other("digesting failed"))),
            None => digest(source, examiner),
        };
        entries
    });
    (Stock { containers: vec!["zip"], entries, anomalies, unexamined: Vec::new() }, sha256)
}

/// Whether a table of contents asks for more than SHA-256. It is read beforehand, since digests are made while
/// unpacking.
fn wants_wide_digests(source: &FileSource, members: &[zip::Member], examiner: &Examiner<'_>) -> bool {
    let spent = Spent::default();
    let meter = zip::Meter::new(source, examiner.limits, &spent);
    let is_small = |header: &Header| header.size.is_some_and(|size| size <= ecosystem::MOST_KEPT);
    let tables = members.iter().filter(|member| ecosystem::is_table(&member.header.path));
    tables.filter(|table| is_small(&table.header)).any(|table| {
        let mut text = Vec::new();
        let read = zip::extract(source, table, &meter, &mut |bytes| text.extend_from_slice(bytes));
        read.is_ok() && ecosystem::are_wide(&text)
    })
}

/// Takes stock of a folder.
pub(super) fn folder(root: &Path, examiner: &Examiner<'_>, workers: usize) -> std::io::Result<Stock> {
    let listing = directory::list(root, examiner.limits)?;
    let headers: Vec<&Header> = listing.files.iter().map(|file| &file.header).collect();
    let read = |number: usize, buffer: &mut Vec<u8>| match listing.files.get(number) {
        Some(file) => directory::read(file, examiner.limits, examiner.spent, buffer),
        None => Ok(()),
    };
    let entries = examine_all(&headers, &read, examiner, workers);
    Ok(Stock {
        containers: vec!["directory"],
        entries,
        anomalies: listing.anomalies,
        unexamined: listing.unexamined,
    })
}

type Read<'a> = dyn Fn(usize, &mut Vec<u8>) -> Result<(), Damage> + Sync + 'a;

fn examine_all(
    headers: &[&Header],
    read: &Read<'_>,
    examiner: &Examiner<'_>,
    workers: usize,
) -> Vec<Examined> {
    let mut order: Vec<usize> = (0..headers.len()).collect();
    let size = |number: &usize| headers.get(*number).and_then(|header| header.size).unwrap_or(0);
    order.sort_by_key(|number| std::cmp::Reverse(size(number)));
    let budget = examiner.budget;
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(headers.len()));
    let work = || {
        let mut buffer = Vec::new();
        let mut mine = Vec::new();
        while let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(header) = headers.get(number) else { continue };
            let held = size(&number).min(examiner.limits.most_in_entry());
            budget.take(held);
            mine.push(examine_one(number, header, read, examiner, &mut buffer));
            budget.give_back(held);
        }
        done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(mine);
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn examine_one(
    number: usize,
    header: &Header,
    read: &Read<'_>,
    examiner: &Examiner<'_>,
    buffer: &mut Vec<u8>,
) -> Examined {
    /// A buffer that grew beyond this is let go after its entry.
    const KEEP: usize = 8 << 20;
    /// Never trust a claimed size with more memory than this.
    const TRUST: u64 = 64 << 20;
    buffer.clear();
    buffer.reserve(usize::try_from(header.size.unwrap_or(0).min(TRUST)).unwrap_or(0));
    let damage = if matches!(header.kind, EntryKind::File | EntryKind::Blob { .. }) {
        timed(examiner.scanner.timings(), "read and unpack", || read(number, buffer)).err()
    } else {
        None
    };
    let effort = Effort::of(examiner.threads);
    let examined = examiner.entry(number, header, buffer, effort, damage.as_ref(), Location::TOP);
    if buffer.capacity() > KEEP {
        *buffer = Vec::new();
    }
    examined
}
