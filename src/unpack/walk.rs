//! Any container, told by its content.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use sha2::{Digest, Sha256};

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::compressed::Zstd;
use super::compression::{Compression, has_suffix};
use super::gzip::Gzip;
use super::hidden::{Hidden, hidden};
use super::limiter::LimitedSink;
use super::names::{Names, Repeated};
use super::path::canonical;
use super::stream::{BLOCK, Stream};
use super::tar::{self, Ending};
use super::{
    Damage, Header, Limits, Meter, Overrun, RawAnomaly, ReadAt, Sink, Spent, ar, compressed, sniff, zip,
};

/// First bytes looked at to tell a container.
const PREFIX: usize = 64 << 10;

/// Whether [`walk`] opens files of this type.
pub fn opens(media: Media, name: &str) -> bool {
    matches!(
        media,
        Media::Gzip | Media::Zip | Media::Tar | Media::Zstd | Media::Xz | Media::Bzip2 | Media::Ar
    ) || (media == Media::Binary && is_brotli(name))
}

/// Whether [`walk`] opens a file that [`opens`] doesn't speak of, for what stands further inside it.
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
    let promised = promised(name);
    if let Some(anomaly) = mismatch(media, name) {
        sink.anomaly(anomaly);
    }
    let meter = Meter::new(source, limits, spent);
    let container = match media {
        Media::Zip => return zip::walk(source, &meter, sink).map(|()| vec!["zip"]),
        Media::Ar => Container::Ar,
        Media::Tar => Container::Tar,
        Media::Gzip => Container::Packed(Compression::Gzip),
        Media::Zstd => Container::Packed(Compression::Zstd),
        Media::Xz => Container::Packed(Compression::Xz),
        Media::Bzip2 => Container::Packed(Compression::Bzip2),
        _ if is_brotli(name) => Container::Packed(Compression::Brotli),
        // A zip may have a program before it.
        _ if promised.is_some_and(|promised| promised.outer == Media::Zip) => {
            return zip::walk(source, &meter, sink).map(|()| vec!["zip"]);
        }
        Media::Empty => return Err(Damage::new(0, "the file is empty")),
        _ => match hidden(source, media, name) {
            Some(Hidden::Zip) => return zip::walk(source, &meter, sink).map(|()| vec!["zip"]),
            Some(Hidden::Packed(packing)) => Container::Packed(packing),
            None => return Err(Damage::new(0, "this is no archive of a known kind")),
        },
    };
    let must_be_tar = promised.is_some_and(|promised| promised.tar);
    container.walk(source, name, must_be_tar, &meter, sink)
}

/// What is odd about a file of this content having this name.
pub fn mismatch(media: Media, name: &str) -> Option<RawAnomaly> {
    promised(name).filter(|promised| promised.outer != media && media != Media::Empty).map(|_| RawAnomaly {
        kind: AnomalyKind::Mismatch,
        offset: 0,
        entry: None,
        detail: "the name promises another kind of container: some clients go by the name and refuse the file, others go by its content"
            .into(),
    })
}

fn prefix(source: &dyn ReadAt) -> Result<Vec<u8>, Damage> {
    let length = usize::try_from(source.size()).unwrap_or(PREFIX).min(PREFIX);
    super::read_vec(source, 0, length)
}

/// What a file's name says about it.
#[derive(Debug, Clone, Copy)]
struct Promised {
    outer: Media,
    /// Whether there is a tar inside, or it is one.
    tar: bool,
}

/// Names with a fixed meaning.
const SUFFIXES: &[(&str, Media, bool)] = &[
    (".tgz", Media::Gzip, true),
    (".tar.gz", Media::Gzip, true),
    (".crate", Media::Gzip, true),
    (".tar", Media::Tar, true),
    (".gem", Media::Tar, true),
    (".tar.zst", Media::Zstd, true),
    (".tar.xz", Media::Xz, true),
    (".tar.bz2", Media::Bzip2, true),
    (".whl", Media::Zip, false),
    (".zip", Media::Zip, false),
    (".jar", Media::Zip, false),
    (".vsix", Media::Zip, false),
    (".nupkg", Media::Zip, false),
    (".deb", Media::Ar, false),
];

fn promised(name: &str) -> Option<Promised> {
    let found = SUFFIXES.iter().find(|(suffix, ..)| has_suffix(name, suffix))?;
    Some(Promised { outer: found.1, tar: found.2 })
}

/// Brotli has no magic number: only the name tells.
fn is_brotli(name: &str) -> bool {
    Compression::Brotli.suffixes().iter().any(|(suffix, _)| has_suffix(name, suffix))
}

#[derive(Debug, Clone, Copy)]
enum Container {
    Tar,
    Ar,
    Packed(Compression),
}

/// A decompressing reader; gzip and Zstandard have something to say at their end.
enum Unpacked<'a> {
    Gzip(Box<Gzip<'a>>),
    Zstd(Box<Zstd<'a>>),
    Other(Box<dyn Read + 'a>),
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Gzip(reader) => reader.read(buffer),
            Self::Zstd(reader) => reader.read(buffer),
            Self::Other(reader) => reader.read(buffer),
        }
    }
}

impl Container {
    fn walk(
        self,
        source: &dyn ReadAt,
        name: &str,
        must_be_tar: bool,
        meter: &Meter<'_>,
        sink: &mut dyn Sink,
    ) -> Result<Vec<&'static str>, Damage> {
        let (mut names, mut blobs) = (Names::default(), Blobs::default());
        let mut reader = self.open(source, meter);
        let (containers, walked) = match self {
            Self::Tar => {
                (vec!["tar"], tar::walk(&mut reader, Ending::Required, meter, &mut names, &mut blobs, sink))
            }
            Self::Ar => (vec!["ar"], ar::walk(&mut reader, meter, &mut names, &mut blobs, sink)),
            Self::Packed(packing) => {
                let mut start = vec![0; BLOCK];
                let known = read_up_to(&mut reader, &mut start)?;
                start.truncate(known);
                let is_tar = must_be_tar || tar::looks_like_tar(&start);
                let mut whole = start.as_slice().chain(&mut reader);
                if is_tar {
                    let walked = tar::walk(&mut whole, Ending::Optional, meter, &mut names, &mut blobs, sink);
                    (vec![packing.name(), "tar"], walked)
                } else {
                    let walked = single(&mut whole, &packing.inner_name(name), meter, sink);
                    (vec![packing.name()], walked)
                }
            }
        };
        match &mut reader {
            Unpacked::Gzip(gzip) => {
                for anomaly in gzip.take_oddities() {
                    sink.anomaly(anomaly);
                }
                blobs.absorb(gzip.take_blobs());
            }
            Unpacked::Zstd(zstd) => blobs.absorb(zstd.take_blobs()),
            Unpacked::Other(_) => {}
        }
        let all_names = names.segments();
        let names = names.sorted();
        for anomaly in names.anomalies() {
            sink.anomaly(anomaly);
        }
        let repeated = names.repeated();
        let digests =
            if walked.is_ok() { self.digests(source, meter.limits(), &repeated) } else { HashMap::new() };
        for repeated in repeated {
            let of: Option<Vec<_>> = repeated.ordinals.iter().map(|ordinal| digests.get(ordinal)).collect();
            let identical = of.map(|digests| digests.windows(2).all(|pair| matches!(pair, [a, b] if a == b)));
            sink.anomaly(repeated.anomaly(identical));
        }
        blobs.usual("names", 0, all_names.as_bytes());
        let gave_out = blobs.finish(meter, sink);
        walked.and(gave_out).map(|()| containers)
    }

    fn open<'a>(self, source: &'a dyn ReadAt, meter: &'a Meter<'a>) -> Unpacked<'a> {
        match self {
            Self::Tar | Self::Ar => Unpacked::Other(Box::new(super::Window::whole(source))),
            Self::Packed(Compression::Gzip) => Unpacked::Gzip(Box::new(Gzip::new(source))),
            Self::Packed(Compression::Zstd) => Unpacked::Zstd(Box::new(compressed::zstd(source, meter))),
            Self::Packed(Compression::Xz) => Unpacked::Other(compressed::xz(source)),
            Self::Packed(Compression::Bzip2) => Unpacked::Other(compressed::bzip2(source)),
            Self::Packed(Compression::Brotli) => Unpacked::Other(compressed::brotli(source)),
            Self::Packed(Compression::Zlib) => Unpacked::Other(compressed::zlib(source)),
            Self::Packed(Compression::Deflate) => Unpacked::Other(compressed::deflate(source)),
            Self::Packed(Compression::Lzma) => Unpacked::Other(compressed::lzma(source)),
        }
    }

    /// Digests of entries whose path repeats: a second walk, since the first one kept nothing.
    fn digests(
        self,
        source: &dyn ReadAt,
        limits: &Limits,
        repeated: &[Repeated],
    ) -> HashMap<usize, [u8; 32]> {
        let wanted: HashSet<usize> = repeated.iter().flat_map(|repeated| repeated.ordinals.clone()).collect();
        let mut digests = Digests { wanted, next: 0, current: None, digests: HashMap::new() };
        if digests.wanted.is_empty() {
            return digests.digests;
        }
        let spent = Spent::default();
        let meter = Meter::new(source, limits, &spent);
        let mut reader = self.open(source, &meter);
        let (mut names, mut blobs) = (Names::default(), Blobs::default());
        let walked = match self {
            Self::Ar => ar::walk(&mut reader, &meter, &mut names, &mut blobs, &mut digests),
            _ => tar::walk(&mut reader, Ending::Optional, &meter, &mut names, &mut blobs, &mut digests),
        };
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
        let most = meter.limits().entry;
        let over = stream.offset() > most;
        let piece = if over {
            Err(Damage::new(stream.offset(), Overrun::Entry(most).to_string()))
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
