//! Any container, told by its content.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use sha2::{Digest, Sha256};

use crate::inventory::{EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, DataOnly, Open, Reading, WalkEntries};
use super::containers::{mismatch, promised, told};
use super::hidden::hidden;
use super::limiter::LimitedSink;
use super::names::{Names, Repeated};
use super::path::canonical;
use super::stream::{BLOCK, Stream};
use super::{Damage, Header, Limits, Meter, RawAnomaly, ReadAt, Sink, Spent, Window, sniff, tar, unopened};

/// First bytes looked at to tell a container.
const PREFIX: usize = 64 << 10;

/// Whether [`walk`] opens a file that `opens` doesn't speak of, for what is further inside it.
pub fn opens_hidden(source: &dyn ReadAt, media: Media, name: &str) -> bool {
    hidden(source, media, name).is_some()
}

/// Walks a container, whatever it is. Returns how it is packed, outermost first: `["gzip", "tar"]`.
///
/// A compressed file that holds no archive is a container of one entry, named as the file without its
/// suffix. `name` is the file's name.
///
/// # Errors
/// When the container is none that is known, damaged, over a limit, or read differently by different
/// clients. What came before was given to `sink`.
pub fn walk(
    source: &dyn ReadAt,
    name: &str,
    limits: &Limits,
    spent: &Spent,
    sink: &mut dyn Sink,
) -> Result<Vec<&'static str>, Damage> {
    let sink: &mut dyn Sink = &mut LimitedSink::new(sink);
    let prefix = prefix(source)?;
    let media = sniff(&prefix, source.size());
    if let Some(anomaly) = mismatch(media, name) {
        sink.anomaly(anomaly);
    }
    let promised = promised(name);
    // A zip may have a program before it.
    let promised_zip = || promised.filter(|container| matches!(container.reading, Reading::Directory(_)));
    let container = match told(media, name).or_else(promised_zip) {
        Some(container) => container,
        None if media == Media::Empty => return Err(Damage::new(0, "the file is empty")),
        None => {
            let why = || {
                match unopened(&prefix) {
                Some(name) => format!("this is {name}, which packgate doesn't open"),
                None => "this is no archive of a known kind; name what is published (.tgz, .crate, .whl, .vsix, .gem, .zip, ...), or a folder".to_owned(),
            }
            };
            hidden(source, media, name).ok_or_else(|| Damage::new(0, why()))?
        }
    };
    let meter = Meter::new(source, limits, spent);
    match &container.reading {
        Reading::Directory(walk) => walk(source, &meter, sink).map(|()| vec![container.name]),
        Reading::Entries(entries) => {
            let plain: Open = |source, _| Box::new(DataOnly(Window::whole(source)));
            let archive = Forward { source, open: plain, entries: *entries };
            archive.walk(None, &meter, sink).map(|_| vec![container.name])
        }
        Reading::Stream(compression) => {
            let tarball = Forward { source, open: compression.open, entries: tar::walk_packed };
            let alone = Alone {
                name: compression.inner_name(name),
                is_refused: promised.is_some_and(Container::promises_tar),
            };
            let holds = tarball.walk(Some(&alone), &meter, sink)?;
            Ok(match holds {
                Holds::Entries => vec![container.name, tar::CONTAINER.name],
                Holds::OneFile => vec![container.name],
            })
        }
    }
}

fn prefix(source: &dyn ReadAt) -> Result<Vec<u8>, Damage> {
    let length = usize::try_from(source.size()).unwrap_or(PREFIX).min(PREFIX);
    super::read_vec(source, 0, length)
}

/// A container that is read from front to back.
struct Forward<'a> {
    source: &'a dyn ReadAt,
    open: Open,
    entries: WalkEntries,
}

/// The file that a compressed stream is, if it is no archive.
struct Alone {
    name: String,
    /// Whether it has to be an archive.
    is_refused: bool,
}

/// What a container turned out to hold.
enum Holds {
    Entries,
    OneFile,
}

impl Forward<'_> {
    fn walk(&self, alone: Option<&Alone>, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<Holds, Damage> {
        let (mut names, mut blobs) = (Names::default(), Blobs::default());
        let mut reader = (self.open)(self.source, meter);
        let (holds, walked) = match alone {
            None => (Holds::Entries, (self.entries)(&mut reader, meter, &mut names, &mut blobs, sink)),
            Some(alone) => {
                let mut start = vec![0; BLOCK];
                let known = read_up_to(&mut reader, &mut start)?;
                start.truncate(known);
                let is_tar = alone.is_refused || tar::looks_like_tar(&start);
                let mut whole = start.as_slice().chain(&mut reader);
                if is_tar {
                    (Holds::Entries, (self.entries)(&mut whole, meter, &mut names, &mut blobs, sink))
                } else {
                    (Holds::OneFile, single(&mut whole, &alone.name, meter, sink))
                }
            }
        };
        reader.finish(sink, &mut blobs);
        let all_names = names.segments();
        let names = names.sorted();
        for anomaly in names.anomalies() {
            sink.anomaly(anomaly);
        }
        let repeated = names.repeated();
        let digests = if walked.is_ok() { self.digests(meter.limits(), &repeated) } else { HashMap::new() };
        for repeated in repeated {
            let of: Option<Vec<_>> = repeated.ordinals.iter().map(|ordinal| digests.get(ordinal)).collect();
            let identical = of.map(|digests| digests.windows(2).all(|pair| matches!(pair, [a, b] if a == b)));
            sink.anomaly(repeated.anomaly(identical));
        }
        blobs.usual("names", 0, all_names.as_bytes());
        let gave_out = blobs.finish(meter, sink);
        walked.and(gave_out).map(|()| holds)
    }

    /// Digests of entries whose path repeats: a second walk, since the first one kept nothing.
    fn digests(&self, limits: &Limits, repeated: &[Repeated]) -> HashMap<usize, [u8; 32]> {
        let wanted: HashSet<usize> = repeated.iter().flat_map(|repeated| repeated.ordinals.clone()).collect();
        let mut digests = Digests { wanted, next: 0, current: None, digests: HashMap::new() };
        if digests.wanted.is_empty() {
            return digests.digests;
        }
        let spent = Spent::default();
        let meter = Meter::new(self.source, limits, &spent);
        let mut reader = (self.open)(self.source, &meter);
        let (mut names, mut blobs) = (Names::default(), Blobs::default());
        let walked = (self.entries)(&mut reader, &meter, &mut names, &mut blobs, &mut digests);
        if walked.is_err() {
            digests.digests.clear();
        }
        digests.digests
    }
}

fn read_up_to(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Damage> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Damage::from_reader(filled as u64, error)),
        }
    }
    Ok(filled)
}

/// A compressed file that is no archive: one entry.
fn single(reader: &mut dyn Read, name: &str, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<(), Damage> {
    meter.entry(name.len()).map_err(|overrun| Damage::new(0, overrun.to_string()))?;
    let path = canonical(name.as_bytes(), meter.limits().path_depth).path;
    let path = if path.is_empty() { "content".to_owned() } else { path };
    sink.begin(Header { path, kind: EntryKind::File, size: None, mode: None, offset: 0 });
    let mut stream = Stream::new(reader, meter);
    loop {
        let most = meter.limits().most_in_entry();
        let over = stream.offset() > most;
        let piece = if over {
            Err(Damage::new(stream.offset(), meter.limits().too_large().to_string()))
        } else {
            stream.piece(u64::MAX)
        };
        match piece {
            Ok([]) => {
                sink.end();
                return Ok(());
            }
            Ok(piece) => sink.data(piece),
            Err(damage) => {
                sink.broken(damage.clone());
                return Err(damage);
            }
        }
    }
}

/// Digests of chosen entries.
struct Digests {
    wanted: HashSet<usize>,
    /// Number of the entry to begin next.
    next: usize,
    current: Option<(usize, Sha256)>,
    digests: HashMap<usize, [u8; 32]>,
}

impl Sink for Digests {
    fn begin(&mut self, _header: Header) {
        self.current = self.wanted.contains(&self.next).then(|| (self.next, Sha256::new()));
        self.next += 1;
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Some((_, digest)) = &mut self.current {
            digest.update(bytes);
        }
    }

    fn end(&mut self) {
        let done = self.current.take().map(|(ordinal, digest)| (ordinal, digest.finalize().into()));
        self.digests.extend(done);
    }

    fn broken(&mut self, _damage: Damage) {
        self.current = None;
    }

    fn anomaly(&mut self, _oddity: RawAnomaly) {}
}
