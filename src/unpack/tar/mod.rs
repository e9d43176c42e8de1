//! tar (POSIX.1-2001, GNU, V7), strictly: one reading, or none.
//!
//! No client is emulated. Every construct on which two clients are known to disagree is reported, and
//! where they disagree on where the next header is, the walk ends.

mod header;
mod pax;

use std::io::Read;

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, Reading};
use super::names::Names;
use super::path::{DEEP, canonical};
use super::stream::{BLOCK, Stream};
use super::{Damage, Header, Meter, RawAnomaly, Sink};
use header::{Fields, Unsure};
use pax::Pax;

/// Largest extension header that all clients read.
const MOST_EXTENSION: u64 = 1 << 20;
/// Longest name that a system writes.
const MOST_NAME: usize = 4 << 10;
/// Sizes up to this fit into the plain field; a PAX size beside them has no reason to differ.
const MOST_PLAIN: u64 = 0o77_777_777_777;

/// Whether a tar stream without the zero blocks at its end can be trusted to be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The compression around it has an end of its own; the blocks may be missing.
    Optional,
    /// Without them the archive may have been cut off.
    Required,
}

pub(super) const CONTAINER: Container = Container {
    name: "tar",
    media: Some(Media::Tar),
    promised_by: &[".tar", ".gem"],
    reading: Reading::Entries(|reader, meter, names, blobs, sink| {
        walk(reader, Ending::Required, meter, names, blobs, sink)
    }),
};

/// Walks a tar that is in a compressed stream.
///
/// # Errors
/// When the stream can't be read, a limit is reached, or clients disagree on where an entry begins.
pub(super) fn walk_packed(
    reader: &mut dyn Read,
    meter: &Meter<'_>,
    names: &mut Names,
    blobs: &mut Blobs,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    walk(reader, Ending::Optional, meter, names, blobs, sink)
}

/// Walks a tar stream and collects the names.
fn walk(
    reader: &mut dyn Read,
    ending: Ending,
    meter: &Meter<'_>,
    names: &mut Names,
    blobs: &mut Blobs,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    let mut walker = Walker {
        stream: Stream::new(reader, meter),
        meter,
        sink,
        names,
        blobs,
        extension: None,
        marked: Vec::new(),
    };
    let ended = walker.run()?;
    match ending {
        Ending::Required if !ended => Err(Damage::new(
            walker.stream.offset(),
            "the archive has no end blocks and may have been cut off",
        )),
        _ => Ok(()),
    }
}

/// Whether a file's first bytes are a tar header, or meant to be one.
pub(super) fn looks_like_tar(prefix: &[u8]) -> bool {
    prefix.first_chunk().is_some_and(header::is_likely)
}

struct Walker<'a, 'r> {
    stream: Stream<'r>,
    meter: &'a Meter<'a>,
    sink: &'a mut dyn Sink,
    names: &'a mut Names,
    blobs: &'a mut Blobs,
    extension: Option<Extension>,
    /// Constructs noted so far.
    marked: Vec<AnomalyKind>,
}

/// Extension headers read for the entry to come.
enum Extension {
    Pax(Pax),
    Gnu { name: Option<Vec<u8>>, link: Option<Vec<u8>> },
}

/// Where a name is, if it isn't in the plain header.
#[derive(Debug, Clone, Copy)]
enum LongName {
    Pax,
    Gnu,
}

impl Walker<'_, '_> {
    /// Notes, once, a construct of which only the package says whether it matters.
    fn mark(&mut self, kind: AnomalyKind, offset: u64, path: &str, detail: &str) {
        if !self.marked.contains(&kind) {
            self.marked.push(kind);
            self.sink.anomaly(RawAnomaly {
                kind,
                offset,
                entry: Some(path.to_owned()),
                detail: detail.into(),
            });
        }
    }

    /// Whether the archive ended with a zero block.
    fn run(&mut self) -> Result<bool, Damage> {
        let ended = loop {
            self.blobs.give_out(self.meter, self.sink)?;
            let offset = self.stream.offset();
            let Some(block) = self.stream.block()? else { break false };
            if block.iter().all(|byte| *byte == 0) {
                self.rest_is_zero(offset)?;
                break true;
            }
            let fields = header::read(&block).map_err(|unsure| self.refuse(unsure, offset))?;
            match fields.flag {
                b'x' => self.pax(&fields, offset)?,
                b'g' => self.global(&fields, offset)?,
                b'L' | b'K' => self.gnu(&fields, offset)?,
                _ => self.entry(fields, offset)?,
            }
        };
        if self.extension.is_some() {
            let why = "the archive ends with an extension header that belongs to no entry: some clients refuse it, others ignore it";
            return Err(self.refuse(Unsure(AnomalyKind::TarExtensionStack, why), self.stream.offset()));
        }
        Ok(ended)
    }

    /// Reports what makes readers disagree; the walk ends with what is returned.
    fn refuse(&mut self, Unsure(kind, why): Unsure, offset: u64) -> Damage {
        self.sink.anomaly(RawAnomaly { kind, offset, entry: None, detail: why.into() });
        Damage::new(offset, why)
    }

    fn rest_is_zero(&mut self, end: u64) -> Result<(), Damage> {
        loop {
            let offset = self.stream.offset();
            let piece = self.stream.piece(u64::MAX)?;
            if piece.is_empty() {
                return match offset % BLOCK as u64 {
                    0 => Ok(()),
                    _ => Err(self.refuse(PARTIAL, end)),
                };
            }
            if let Some(at) = piece.iter().position(|byte| *byte != 0) {
                let why = "there is data after the zero block that ends the archive: npm reads on or not, depending on the blocks; others ignore it";
                let unsure = Unsure(AnomalyKind::TarAfterEnd, why);
                return Err(self.refuse(unsure, (offset + at as u64).max(end)));
            }
        }
    }

    fn pax(&mut self, fields: &Fields, offset: u64) -> Result<(), Damage> {
        let body = self.extension_body(fields, offset)?;
        if self.extension.is_some() {
            return Err(self.refuse(STACKED, offset));
        }
        let pax = pax::read(&body, false).map_err(|unsure| self.refuse(unsure, offset))?;
        self.attributes(&pax, offset);
        self.extension = Some(Extension::Pax(pax));
        Ok(())
    }

    fn global(&mut self, fields: &Fields, offset: u64) -> Result<(), Damage> {
        let body = self.extension_body(fields, offset)?;
        if self.extension.is_some() {
            return Err(self.refuse(STACKED, offset));
        }
        let pax = pax::read(&body, true).map_err(|unsure| self.refuse(unsure, offset))?;
        self.attributes(&pax, offset);
        Ok(())
    }

    /// Looks at the records that say nothing about where an entry is or what it is called.
    fn attributes(&mut self, pax: &Pax, offset: u64) {
        let entry = pax.path.as_ref().map(|path| String::from_utf8_lossy(path).into_owned());
        for (key, value) in &pax.attributes {
            let record = [key.as_slice(), b"=", value].concat();
            if record.len() <= pax::most_usual(key) {
                self.blobs.few(AnomalyKind::Attribute, "PAX records", offset, &record);
            } else {
                self.blobs.foreign(AnomalyKind::Attribute, "a PAX record", entry.as_deref(), offset, record);
            }
        }
    }

    fn gnu(&mut self, fields: &Fields, offset: u64) -> Result<(), Damage> {
        let body = self.extension_body(fields, offset)?;
        let end = memchr::memchr(0, &body).unwrap_or(body.len());
        let (text, junk) = body.split_at_checked(end).unwrap_or_default();
        if text.is_empty() || !matches!(junk, [] | [0]) {
            let why = "a GNU long name is empty or has bytes after the NUL that ends it: clients cut such names at different places";
            return Err(self.refuse(Unsure(AnomalyKind::TarNameJunk, why), offset));
        }
        let text = Some(text.to_vec());
        self.extension = match (self.extension.take(), fields.flag) {
            (None, b'L') => Some(Extension::Gnu { name: text, link: None }),
            (None, _) => Some(Extension::Gnu { name: None, link: text }),
            // GNU tar itself writes a long link before a long name.
            (Some(Extension::Gnu { name: None, link }), b'L') => Some(Extension::Gnu { name: text, link }),
            (Some(Extension::Gnu { name, link: None }), b'K') => Some(Extension::Gnu { name, link: text }),
            _ => return Err(self.refuse(STACKED, offset)),
        };
        Ok(())
    }

    /// The body of an extension header, padding taken.
    fn extension_body(&mut self, fields: &Fields, offset: u64) -> Result<Vec<u8>, Damage> {
        self.faults(fields, offset, None);
        self.leftovers(fields, offset, None);
        self.unheeded(&[&fields.name, &fields.link], offset);
        if fields.size > MOST_EXTENSION {
            let why = "an extension header is larger than 1 MiB: npm ignores such headers, others apply them";
            return Err(self.refuse(Unsure(AnomalyKind::TarExtensionSize, why), offset));
        }
        let mut body = Vec::new();
        let mut left = fields.size;
        while left > 0 {
            let piece = self.stream.piece(left)?;
            if piece.is_empty() {
                return Err(Damage::new(
                    self.stream.offset(),
                    "the archive ends in the middle of an extension header",
                ));
            }
            left -= piece.len() as u64;
            body.extend_from_slice(piece);
        }
        self.padding(fields.size, None)?;
        Ok(body)
    }

    fn faults(&mut self, fields: &Fields, offset: u64, entry: Option<&str>) {
        for (kind, detail) in &fields.faults {
            self.sink.anomaly(RawAnomaly {
                kind: *kind,
                offset,
                entry: entry.map(str::to_owned),
                detail: (*detail).into(),
            });
        }
    }

    /// What a header says that no client needs.
    fn leftovers(&mut self, fields: &Fields, offset: u64, entry: Option<&str>) {
        for owner in &fields.owners {
            self.blobs.usual("names of owners", offset, owner);
        }
        if !fields.unused.is_empty() {
            let unused = fields.unused.clone();
            self.blobs.foreign(AnomalyKind::Padding, "unused parts of a header", entry, offset, unused);
        }
    }

    fn entry(&mut self, fields: Fields, offset: u64) -> Result<(), Damage> {
        let long = match &self.extension {
            Some(Extension::Pax(pax)) if pax.path.is_some() || pax.link.is_some() => Some(LongName::Pax),
            Some(Extension::Gnu { .. }) => Some(LongName::Gnu),
            _ => None,
        };
        let (name, link, size) = self.extended(&fields, offset)?;
        if name.len() > MOST_NAME || link.len() > MOST_NAME {
            return Err(Damage::new(offset, "a name is longer than 4 KiB, and no client can write it"));
        }
        let named = canonical(&name, self.meter.limits().path_depth);
        if named.deep {
            return Err(self.refuse(Unsure(AnomalyKind::PathLimit, DEEP), offset));
        }
        let link_length = link.len();
        let link = String::from_utf8_lossy(&link).into_owned();
        let unsure = |kind, why| Err(Unsure(kind, why));
        let folder = name.ends_with(b"/");
        let kind = match fields.flag {
            _ if name.is_empty() => unsure(
                AnomalyKind::TarEmptyName,
                "an entry has no name: npm skips its header and reads its content as headers, others stop or take it",
            ),
            b'0' | 0 | b'7' if !link.is_empty() => unsure(
                AnomalyKind::TarLinkField,
                "a file has a link name: npm skips its header and reads its content as headers, others take it as a file",
            ),
            b'0' | 0 | b'7' if folder && size > 0 => unsure(
                AnomalyKind::TarBody,
                "a folder has bytes of its own: npm, GNU tar and pip read them as headers, cargo and others skip them",
            ),
            b'0' | 0 | b'7' if folder => Ok(EntryKind::Directory),
            b'0' | 0 | b'7' => Ok(EntryKind::File),
            b'5' if size > 0 => unsure(
                AnomalyKind::TarBody,
                "a folder has bytes of its own: npm, GNU tar and pip read them as headers, cargo and others skip them",
            ),
            b'5' if !link.is_empty() => unsure(
                AnomalyKind::TarLinkField,
                "a folder has a link name: npm skips its header, others take it",
            ),
            b'5' => Ok(EntryKind::Directory),
            b'1' | b'2' if link.is_empty() => unsure(
                AnomalyKind::TarLinkField,
                "a link names no target: npm skips its header and reads on, others stop or take it as a file",
            ),
            b'1'..=b'4' | b'6' if size > 0 => unsure(
                AnomalyKind::TarBody,
                "a link or device has bytes of its own: bsdtar, bun and pip read them as headers, npm and cargo skip them",
            ),
            b'1' => Ok(EntryKind::Hardlink { target: link }),
            b'2' => Ok(EntryKind::Symlink { target: link }),
            b'3' | b'4' | b'6' => Ok(EntryKind::Special),
            b'S' => unsure(
                AnomalyKind::TarSparse,
                "an old GNU sparse file: npm and cargo disagree with GNU tar and pip on its size and on where the next header is",
            ),
            _ => unsure(
                AnomalyKind::TarTypeflag,
                "an entry of a type that clients drop, take as a file, or read as something else",
            ),
        };
        let kind = kind.map_err(|unsure| self.refuse(unsure, offset))?;
        if named.path.is_empty() && kind == EntryKind::Directory {
            // The archive's own root, `./`.
            self.faults(&fields, offset, None);
            self.leftovers(&fields, offset, None);
            return Ok(());
        }
        self.meter
            .entry(name.len() + link_length)
            .map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
        let path = if named.path.is_empty() { ".".to_owned() } else { named.path };
        self.names.add(&path, kind == EntryKind::Directory, offset);
        if let EntryKind::Symlink { target } | EntryKind::Hardlink { target } = &kind {
            self.blobs.usual("targets of links", offset, target.as_bytes());
        }
        self.leftovers(&fields, offset, Some(&path));
        self.sink.begin(Header { path: path.clone(), kind, size: Some(size), mode: fields.mode, offset });
        self.faults(&fields, offset, Some(&path));
        // Python goes by the name in the header itself.
        let renamed = folder && !fields.name.ends_with(b"/");
        if folder && (fields.flag == b'0' || fields.flag == 0 && (fields.posix || renamed)) {
            let detail =
                "a file whose name ends with a slash: pip or cargo write an empty file, others make a folder"
                    .into();
            self.sink.anomaly(RawAnomaly {
                kind: AnomalyKind::TarTypeflag,
                offset,
                entry: Some(path.clone()),
                detail,
            });
        }
        if fields.flag == b'1' {
            self.mark(AnomalyKind::TarHardLink, offset, &path, "an entry is a hard link");
        }
        if fields.wide {
            let detail = "a size or time is not written in octal";
            self.mark(AnomalyKind::TarWideNumber, offset, &path, detail);
        }
        if fields.flag == 0 {
            let (kind, detail) = match folder {
                true => (AnomalyKind::TarNulFolder, "only the slash after a name makes a folder of it"),
                false => (AnomalyKind::TarNulType, "a file is of the type that the first tar knew"),
            };
            self.mark(kind, offset, &path, detail);
        }
        match long {
            Some(LongName::Pax) => {
                self.mark(AnomalyKind::TarPaxName, offset, &path, "the name is in a PAX header");
            }
            Some(LongName::Gnu) => {
                self.mark(AnomalyKind::TarGnuName, offset, &path, "the name is in a GNU header");
            }
            None => {}
        }
        if fields.flag == b'7' {
            let detail = "a contiguous file, a type that pnpm drops and others take as a plain file".into();
            self.sink.anomaly(RawAnomaly {
                kind: AnomalyKind::TarTypeflag,
                offset,
                entry: Some(path.clone()),
                detail,
            });
        }
        for (kind, detail) in named.faults {
            self.sink.anomaly(RawAnomaly { kind, offset, entry: Some(path.clone()), detail: detail.into() });
        }
        self.data(size, &path)
    }

    /// Looks at names that are in headers and that nobody goes by.
    fn unheeded(&mut self, names: &[&[u8]], offset: u64) {
        for name in names {
            self.blobs.usual("names in headers", offset, name);
        }
    }

    /// Name, link name and size after the extension headers before the entry.
    fn extended(&mut self, fields: &Fields, offset: u64) -> Result<(Vec<u8>, Vec<u8>, u64), Damage> {
        let (mut name, mut link, mut size) = (fields.name.clone(), fields.link.clone(), fields.size);
        match self.extension.take() {
            None => {}
            Some(Extension::Gnu { name: long_name, link: long_link }) => {
                name = long_name.unwrap_or(name);
                link = long_link.unwrap_or(link);
                self.unheeded(&[&fields.name, &fields.link], offset);
            }
            Some(Extension::Pax(pax)) => {
                name = pax.path.unwrap_or(name);
                link = pax.link.unwrap_or(link);
                self.unheeded(&[&fields.name, &fields.link], offset);
                if let Some(real) = pax.size.filter(|real| *real != size) {
                    if real <= MOST_PLAIN {
                        let why = "a PAX header gives a different size from the entry's: clients that heed it and clients that don't read different headers after it";
                        return Err(self.refuse(Unsure(AnomalyKind::PaxSize, why), offset));
                    }
                    size = real;
                }
            }
        }
        Ok((name, link, size))
    }

    /// The bytes of the entry that was begun, padding taken.
    fn data(&mut self, size: u64, path: &str) -> Result<(), Damage> {
        let most = self.meter.limits().most_in_entry();
        let mut left = size;
        while left > 0 {
            let piece = match self.stream.piece(left) {
                Ok(piece) => piece,
                Err(damage) => {
                    self.sink.broken(damage.clone());
                    return Err(damage);
                }
            };
            if piece.is_empty() {
                let damage =
                    Damage::new(self.stream.offset(), "the archive ends in the middle of this entry");
                self.sink.broken(damage.clone());
                return Err(damage);
            }
            left -= piece.len() as u64;
            if size <= most {
                self.sink.data(piece);
            }
        }
        if size > most {
            let overrun = self.meter.limits().too_large();
            self.sink.broken(Damage::new(self.stream.offset() - size, overrun.to_string()));
            return self.padding(size, Some(path));
        }
        match self.padding(size, Some(path)) {
            Ok(()) => {
                self.sink.end();
                Ok(())
            }
            Err(damage) => {
                self.sink.broken(damage.clone());
                Err(damage)
            }
        }
    }

    /// Takes what fills the last block of an entry or extension header.
    fn padding(&mut self, size: u64, entry: Option<&str>) -> Result<(), Damage> {
        let offset = self.stream.offset();
        let mut left = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
        let mut bytes = Vec::new();
        while left > 0 {
            let piece = self.stream.piece(left)?;
            if piece.is_empty() {
                return Err(Damage::new(self.stream.offset(), "the archive ends in the middle of a block"));
            }
            left -= piece.len() as u64;
            if piece.iter().any(|byte| *byte != 0) || !bytes.is_empty() {
                bytes.extend_from_slice(piece);
            }
        }
        self.blobs.foreign(AnomalyKind::Padding, "the padding of a block", entry, offset, bytes);
        Ok(())
    }
}

const PARTIAL: Unsure = Unsure(
    AnomalyKind::TarAfterEnd,
    "the archive ends in the middle of a block: yarn, bun and Go refuse it, others don't notice",
);

const STACKED: Unsure = Unsure(
    AnomalyKind::TarExtensionStack,
    "two extension headers belong to one entry: npm, pip, cargo and pnpm each let another one win",
);
