//! The directory of a zip, compared with what is in the file.

use crate::inventory::{AnomalyKind, EntryKind, MOST_OF_A_KIND};
use crate::unpack::blob::Blobs;
use crate::unpack::limiter::AnomalyLimiter;
use crate::unpack::names::Names;
use crate::unpack::path::{DEEP, canonical};
use crate::unpack::{Blob, Damage, Header, Limits, Overrun, RawAnomaly, ReadAt, Spent, meter, read_vec};

use super::extra::{self, Fate, Origin};
use super::record::{self, Central, Common, FULL32, Fields, UNICODE_PATH, ZIP64};
use super::{Member, Meter, end, extract, opinion};

/// Bits of the flags that say nothing about how to read the member: the compression effort.
const EFFORT: u16 = 0b110;
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const DESCRIPTOR: u16 = 1 << 3;
const PATCHED: u16 = 1 << 5;
const UTF8: u16 = 1 << 11;

/// Extra fields of a member; tools write four or five.
const MOST_EXTRAS: usize = 32;
/// Longest target of a symbolic link.
const MOST_TARGET: u64 = 4096;
/// Bytes between members that are looked at.
const MOST_GAP: u64 = 64 << 20;
/// Enough of a local header to need no second reading.
const LOCAL_GUESS: usize = 512;

/// Reads directories.
#[derive(Debug)]
pub struct Directory;

/// What reading a directory gives.
#[derive(Debug)]
pub struct Contents {
    /// The members in its order.
    pub members: Vec<Member>,
    /// What is in the file and in no member.
    pub blobs: Vec<Blob>,
    /// What was odd.
    pub anomalies: Vec<RawAnomaly>,
}

impl Directory {
    /// Reads the directory and compares it with every local header.
    ///
    /// # Errors
    /// When there is no directory on which all clients agree, or too many members.
    pub fn read(source: &dyn ReadAt, limits: &Limits) -> Result<Contents, Damage> {
        let mut anomalies = Vec::new();
        let mut blobs = Blobs::default();
        let place = end::find(source, &mut anomalies, &mut blobs)?;
        let mut members = Vec::new();
        let mut reader = Reader {
            source,
            limits,
            place,
            anomalies: &mut anomalies,
            blobs: &mut blobs,
            limiter: AnomalyLimiter::default(),
        };
        let mut spans = Vec::new();
        let mut names_length = 0;
        let mut offset = place.start;
        for _ in 0..place.entries {
            if members.len() as u64 >= limits.most_entries() {
                return Err(Damage::new(offset, limits.too_many().to_string()));
            }
            let (member, span, next) = reader.member(offset)?;
            names_length += member.raw.len() as u64;
            if names_length > limits.names() {
                return Err(Damage::new(offset, Overrun::Names(limits.names()).to_string()));
            }
            members.push(member);
            spans.push(span);
            offset = next;
            if reader.blobs.is_full() {
                return Err(Damage::new(offset, "more bytes belong to no member than packgate looks at"));
            }
        }
        if offset != place.end {
            let why = "the directory is longer than its members: clients that count and clients that read to its end list different members";
            return Err(Damage::ambiguous(AnomalyKind::ZipEnd, offset, why));
        }
        reader.tile(&members, &mut spans)?;
        let mut limiter = reader.limiter;
        within_limits(&mut members, source, limits);
        let mut names = Names::default();
        for member in &members {
            names.add(&member.header.path, member.header.kind == EntryKind::Directory, member.header.offset);
        }
        blobs.usual("names", place.start, names.segments().as_bytes());
        let names = names.sorted();
        anomalies.extend(names.anomalies().into_iter().filter(|anomaly| limiter.admits(anomaly.kind)));
        for repeated in names.repeated().into_iter().take(MOST_OF_A_KIND) {
            let identical = identical(source, limits, &members, &repeated.ordinals);
            anomalies.push(repeated.anomaly(identical));
        }
        anomalies.extend(opinion::disagreement(source, &members));
        let (blobs, said) = blobs.into_parts();
        anomalies.extend(said.into_iter().filter(|anomaly| limiter.admits(anomaly.kind)));
        Ok(Contents { members, blobs, anomalies })
    }
}

/// Where a member's own bytes are: header, data, descriptor.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
    member: usize,
}

struct Reader<'a> {
    source: &'a dyn ReadAt,
    limits: &'a Limits,
    place: end::Place,
    anomalies: &'a mut Vec<RawAnomaly>,
    blobs: &'a mut Blobs,
    limiter: AnomalyLimiter,
}

impl Reader<'_> {
    fn odd(&mut self, kind: AnomalyKind, offset: u64, path: &str, detail: &str) {
        if !self.limiter.admits(kind) {
            return;
        }
        self.anomalies.push(RawAnomaly { kind, offset, entry: Some(path.to_owned()), detail: detail.into() });
    }

    /// Reads the record at `offset` and the local header that it points to.
    fn member(&mut self, offset: u64) -> Result<(Member, Span, u64), Damage> {
        let fixed = self.directory_bytes(offset, record::CENTRAL_SIZE)?;
        let central = record::central(&fixed).ok_or_else(|| {
            Damage::new(offset, "the zip's directory has fewer members than it says, or is damaged")
        })?;
        let common = central.common;
        let [name, extra, comment] =
            [common.name_length, common.extra_length, central.comment_length].map(usize::from);
        let behind = offset + record::CENTRAL_SIZE as u64;
        let variable = self.directory_bytes(behind, name + extra + comment)?;
        let mut fields = Fields(&variable);
        let raw = fields.bytes(name).unwrap_or_default().to_vec();
        let extra = fields.bytes(extra).unwrap_or_default().to_vec();
        let comment = fields.bytes(comment).unwrap_or_default();
        let named = canonical(&raw, self.limits.path_depth);
        if named.deep {
            return Err(Damage::ambiguous(AnomalyKind::PathLimit, offset, DEEP));
        }
        let path = if named.path.is_empty() { ".".to_owned() } else { named.path };
        for (kind, detail) in named.faults {
            self.odd(kind, offset, &path, detail);
        }
        let wide = self.wide(&central, &extra, offset, &path)?;
        self.check_name(&raw, common.flags, &extra, offset, &path);
        let origin = Origin { system: central.system, attributes: central.attributes };
        self.check_extras(&extra, origin, offset, &path);
        self.check_version(&common, offset, &path);
        let what = "comment of a member";
        self.blobs.up_to_small(AnomalyKind::Comment, what, Some(&path), offset, comment);
        let mut fault = self.check_way(&common, offset, &path);
        if central.disk != 0 && central.disk != u16::MAX {
            let why = "a member is said to be on another disk: some clients refuse the zip, others take it from this one";
            self.odd(AnomalyKind::ZipEnd, offset, &path, why);
        }
        let kind = self.kind(&raw, &central, &wide, offset, &path, &mut fault);
        let mode = match central.attributes >> 16 & 0o7777 {
            0 => None,
            mode => Some(mode),
        };
        let local_offset = self.place.base.checked_add(wide.offset).filter(|at| *at < self.place.start);
        let local_offset = local_offset.ok_or_else(|| {
            let why = "a member's header is outside the zip: some clients refuse the file, others leave the member out";
            Damage::ambiguous(AnomalyKind::ZipHiddenEntry, offset, why)
        })?;
        let header = Header { path, kind, size: Some(wide.size), mode, offset: local_offset };
        let mut member = Member {
            header,
            raw,
            method: common.method,
            flags: common.flags,
            crc: common.crc,
            packed: wide.packed,
            size: wide.size,
            data: 0,
            fault,
        };
        let span = self.local(&mut member, origin)?;
        self.link_target(&mut member);
        Ok((member, span, behind + variable.len() as u64))
    }

    fn directory_bytes(&self, offset: u64, length: usize) -> Result<Vec<u8>, Damage> {
        if offset.saturating_add(length as u64) > self.place.end {
            return Err(Damage::new(offset, "the zip's directory ends before its last member"));
        }
        read_vec(self.source, offset, length)
    }

    /// Sizes and offset, from the ZIP64 field where the plain ones say so.
    fn wide(&mut self, central: &Central, extra: &[u8], offset: u64, path: &str) -> Result<Wide, Damage> {
        let extras = record::extras(extra).ok_or_else(|| {
            Damage::new(offset, "a member's extra field is longer than it is: most clients refuse the zip")
        })?;
        let fields = extras.iter().filter(|(id, field)| (*id, field.len()) != (0, 0)).count();
        if fields > MOST_EXTRAS {
            let why =
                "a member has more extra fields than any tool writes: reading them takes memory without end";
            return Err(Damage::new(offset, why));
        }
        let common = &central.common;
        let mut wide =
            Wide { size: common.size.into(), packed: common.packed.into(), offset: central.offset.into() };
        let mut found = extras.iter().filter(|(id, _)| *id == ZIP64);
        let zip64 = found.next();
        if found.next().is_some() {
            self.odd(
                AnomalyKind::Zip64,
                offset,
                path,
                "a member has two ZIP64 fields: clients take the first or the last",
            );
        }
        let Some((_, bytes)) = zip64 else { return Ok(wide) };
        let mut fields = Fields(bytes);
        let damaged = || Damage::new(offset, "a member's ZIP64 field is too short");
        for (plain, value) in [
            (common.size, &mut wide.size),
            (common.packed, &mut wide.packed),
            (central.offset, &mut wide.offset),
        ] {
            if plain == FULL32 {
                *value = fields.u64().ok_or_else(damaged)?;
            }
        }
        if central.disk == u16::MAX {
            fields.u32().ok_or_else(damaged)?;
        }
        if fields.0 == [0; 16] && bytes.len() == 16 {
            // Rust's zip 2 writes them behind large files, so that conda's packages have them.
            let what = "a member has a ZIP64 field of zeros that nothing asks for";
            self.odd(AnomalyKind::Zip64Zeros, offset, path, what);
        } else if !fields.0.is_empty() {
            self.odd(AnomalyKind::Zip64, offset, path, UNASKED);
        }
        Ok(wide)
    }

    fn check_name(&mut self, raw: &[u8], flags: u16, extra: &[u8], offset: u64, path: &str) {
        if raw.is_empty() {
            let why = "a member has no name: some clients leave it out, others refuse the zip";
            self.odd(AnomalyKind::ZipName, offset, path, why);
        }
        if has_version(raw) {
            let why = "the name ends in a version as VMS writes it: unzip cuts it off, and the file may replace another one";
            self.odd(AnomalyKind::ZipName, offset, path, why);
        }
        if raw.contains(&0) {
            self.odd(
                AnomalyKind::ZipName,
                offset,
                path,
                "the name has a NUL: pip and unzip cut it there and write another file, others keep it",
            );
        }
        if !raw.is_ascii() && flags & UTF8 == 0 && std::str::from_utf8(raw).is_ok() {
            self.odd(
                AnomalyKind::ZipName,
                offset,
                path,
                "the name is not ASCII and not marked as UTF-8: clients read it in different encodings",
            );
        }
        for (id, field) in record::extras(extra).unwrap_or_default() {
            // One byte of version, the CRC of the plain name, the Unicode name.
            if id == UNICODE_PATH && field.get(5..) != Some(raw) {
                self.odd(AnomalyKind::ZipName, offset, path, "a Unicode path field gives the member another name: unzip, 7-Zip and uv use it, pip and Java don't");
            }
        }
    }

    /// Looks at what stands in the extra field beside what is needed.
    fn check_extras(&mut self, extra: &[u8], origin: Origin, offset: u64, path: &str) {
        for (id, field) in record::extras(extra).unwrap_or_default() {
            match extra::fate(id, field, origin) {
                Fate::Known => {}
                Fate::Ambiguous(why) => {
                    self.odd(extra::AMBIGUOUS, offset, path, why);
                    self.blobs.usual("extra fields", offset, field);
                }
                Fate::Foreign if field.is_empty() => {
                    self.odd(
                        AnomalyKind::ExtraField,
                        offset,
                        path,
                        "a member has an empty extra field of a kind that no reader is known to use",
                    );
                }
                Fate::Foreign => {
                    let what = format!("extra field 0x{id:04x}");
                    let kind = AnomalyKind::ExtraField;
                    self.blobs.foreign(kind, &what, Some(path), offset, field.to_vec());
                }
            }
        }
    }

    fn check_version(&mut self, common: &Common, offset: u64, path: &str) {
        /// Of the newest edition of the format.
        const NEWEST: u16 = 63;
        /// That of unzip 6.00.
        const UNZIPS: u16 = 46;
        if common.needed & 0xff > NEWEST {
            let why = "a member asks for a version of the format that doesn't exist: pip, unzip and others refuse it, others read it";
            self.odd(AnomalyKind::ZipVersion, offset, path, why);
        } else if common.needed & 0xff > UNZIPS && matches!(common.method, 0 | 8) {
            let why = "a member asks for a newer version of the format than its compression needs: unzip 6.00 leaves it out, others read it";
            self.odd(AnomalyKind::ZipVersion, offset, path, why);
        }
    }

    /// Whether the member can be decompressed at all.
    fn check_way(&mut self, common: &Common, offset: u64, path: &str) -> Option<Damage> {
        if common.flags & ENCRYPTED != 0 {
            return Some(Damage::new(offset, "the member is encrypted and can't be read"));
        }
        if common.flags & PATCHED != 0 {
            return Some(Damage::new(offset, "the member is a patch and can't be read"));
        }
        if !extract::is_known(common.method) {
            let why = format!("the member is compressed by method {}, which can't be read", common.method);
            return Some(Damage::new(offset, why));
        }
        if !matches!(common.method, 0 | 8) {
            self.odd(
                AnomalyKind::ZipMethod,
                offset,
                path,
                "the member is compressed by a method that pip, uv, unzip and Java don't all know",
            );
        }
        None
    }

    fn kind(
        &mut self,
        raw: &[u8],
        central: &Central,
        wide: &Wide,
        offset: u64,
        path: &str,
        fault: &mut Option<Damage>,
    ) -> EntryKind {
        const FORMAT: u32 = 0o170_000;
        const DOS_FOLDER: u32 = 0x10;
        const DOS_LABEL: u32 = 0x08;
        const ALL_BITS: u32 = 0xffff << 16;
        let slash = raw.ends_with(b"/");
        let format = central.attributes >> 16 & FORMAT;
        let marked = format == 0o040_000 || central.attributes & DOS_FOLDER != 0;
        let unheard_of = !matches!(
            format,
            0 | 0o010_000 | 0o020_000 | 0o040_000 | 0o060_000 | 0o100_000 | 0o120_000 | 0o140_000
        );
        // Maven's archiver gave folders all bits for years: with the slash and the mark of DOS they are folders for all.
        let is_mavens = slash && central.attributes == ALL_BITS | DOS_FOLDER;
        if slash && wide.size > 0 {
            let why = "a folder has bytes of its own: some clients write them as a file, others drop them";
            self.odd(AnomalyKind::ZipFolder, offset, path, why);
            fault.get_or_insert_with(|| Damage::new(offset, why));
        } else if marked && !slash {
            self.odd(
                AnomalyKind::ZipFolder,
                offset,
                path,
                "a file is marked as a folder: 7-Zip and bsdtar make a folder, others the file",
            );
        } else if unheard_of && !is_mavens || central.attributes & DOS_LABEL != 0 {
            let why = "a member is marked as neither file nor folder nor link: clients leave it out, or make a file or a link of it";
            self.odd(AnomalyKind::ZipFolder, offset, path, why);
        }
        match format {
            _ if slash => EntryKind::Directory,
            0o120_000 => EntryKind::Symlink { target: String::new() },
            0 | 0o100_000 | 0o040_000 => EntryKind::File,
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => EntryKind::Special,
            _ => EntryKind::File,
        }
    }

    /// Holds the member against its local header, and says which bytes are its own.
    fn local(&mut self, member: &mut Member, origin: Origin) -> Result<Span, Damage> {
        let offset = member.header.offset;
        let guess = usize::try_from(self.place.start - offset).unwrap_or(LOCAL_GUESS).min(LOCAL_GUESS);
        let mut bytes = read_vec(self.source, offset, guess)?;
        let Some(local) = record::local(&bytes) else {
            let why = "the directory lists a member that has no header in the file: some clients refuse the zip, others leave it out";
            return Err(Damage::ambiguous(AnomalyKind::ZipHiddenEntry, offset, why));
        };
        let (name, extra) = (usize::from(local.name_length), usize::from(local.extra_length));
        let whole = record::LOCAL_SIZE + name + extra;
        if whole > bytes.len() {
            if offset + whole as u64 > self.place.start {
                return Err(Damage::new(offset, "a member's header is cut off"));
            }
            bytes = read_vec(self.source, offset, whole)?;
        }
        let mut fields = Fields(bytes.get(record::LOCAL_SIZE..whole).unwrap_or_default());
        let (name, extra) = (fields.bytes(name).unwrap_or_default(), fields.bytes(extra).unwrap_or_default());
        member.data = offset + whole as u64;
        let end = member.data.checked_add(member.packed).filter(|end| *end <= self.place.start);
        let end = end.ok_or_else(|| Damage::new(offset, "a member's bytes reach into the directory"))?;
        if let Some(detail) = contradiction(member, &local, name, extra) {
            let path = member.header.path.clone();
            self.odd(AnomalyKind::ZipHeaderMismatch, offset, &path, detail);
            // Xamarin's libraries have headers of which nothing was filled in: who goes by them reads nothing at all.
            if local.method != NO_METHOD {
                member.fault.get_or_insert_with(|| Damage::new(offset, detail));
            }
        }
        self.check_name(&member.raw.clone(), local.flags, extra, offset, &member.header.path.clone());
        let path = member.header.path.clone();
        self.check_extras(extra, origin, offset, &path);
        self.check_version(&local, offset, &path);
        let wide = zip64(extra);
        if wide.is_some_and(|wide| contradicts(&local, wide)) {
            let why = "a member's own header has another ZIP64 field than its sizes ask for: clients read the one or the other, uv refuses it";
            self.odd(AnomalyKind::Zip64, offset, &path, why);
        }
        let descriptor = self.descriptor(member, wide.is_some(), end)?;
        Ok(Span { start: offset, end: end + descriptor, member: 0 })
    }

    /// Length of the member's data descriptor.
    fn descriptor(&mut self, member: &Member, is_zip64: bool, at: u64) -> Result<u64, Damage> {
        if member.flags & DESCRIPTOR == 0 {
            return Ok(0);
        }
        let path = &member.header.path;
        if member.method == 0 && member.packed > 0 {
            self.odd(AnomalyKind::ZipDescriptor, at, path, "a stored member has its size after its bytes: a client that reads the zip as a stream can't tell where it ends");
        }
        let room = usize::try_from(self.place.start - at).unwrap_or(24).min(24);
        let bytes = read_vec(self.source, at, room)?;
        let signature = if bytes.starts_with(record::DESCRIPTOR) { 4 } else { 0 };
        for (signature, wide) in [(signature, false), (signature, true), (0, false), (0, true)] {
            if let Some(length) = descriptor_fits(member, &bytes, signature, wide) {
                if wide != is_zip64 {
                    let why = "the sizes after a member are not as wide as its header says: uv, Java and others that read the zip as a stream fail or lose their place";
                    self.odd(AnomalyKind::ZipDescriptor, at, path, why);
                }
                return Ok(length);
            }
        }
        let why = "the size and checksum after a member are missing or wrong: a client that reads the zip as a stream sees a different member";
        self.odd(AnomalyKind::ZipDescriptor, at, path, why);
        Ok(if signature == 4 { 16 } else { 0 })
    }

    /// Reads where a symbolic link points.
    fn link_target(&mut self, member: &mut Member) {
        if !matches!(member.header.kind, EntryKind::Symlink { .. }) || member.size > MOST_TARGET {
            return;
        }
        let (limits, spent) = (Limits::default(), Spent::default());
        let mut target = Vec::new();
        let meter = Meter::new(self.source, &limits, &spent);
        if extract(self.source, member, &meter, &mut |bytes| target.extend_from_slice(bytes)).is_ok() {
            member.header.kind = EntryKind::Symlink { target: String::from_utf8_lossy(&target).into_owned() };
        }
    }

    /// Checks that members, one after the other, fill the file up to the directory.
    fn tile(&mut self, members: &[Member], spans: &mut [Span]) -> Result<(), Damage> {
        for (number, span) in spans.iter_mut().enumerate() {
            span.member = number;
        }
        spans.sort_by_key(|span| (span.start, span.end));
        let mut filled = 0;
        let mut first = true;
        for span in spans.iter() {
            let path = members.get(span.member).map(|member| member.header.path.as_str()).unwrap_or_default();
            if span.start < filled {
                let why = "two members share bytes of the file: no honest tool writes such a zip, and clients refuse it or unpack a bomb";
                return Err(Damage::ambiguous(AnomalyKind::ZipOverlap, span.start, why));
            }
            self.gap(filled, span.start, first, Some(path))?;
            filled = span.end;
            first = false;
        }
        if filled > self.place.start {
            return Err(Damage::new(filled, "a member's bytes reach into the directory"));
        }
        self.gap(filled, self.place.start, first, None)
    }

    /// Reports bytes that belong to no member.
    fn gap(&mut self, from: u64, to: u64, leading: bool, before: Option<&str>) -> Result<(), Damage> {
        if from == to {
            return Ok(());
        }
        let entry = before.filter(|_| !leading).map(str::to_owned);
        // A program before a zip is long and was looked at as what it is, or is an error anyway.
        let bytes = if to - from <= MOST_GAP {
            read_vec(self.source, from, (to - from) as usize)?
        } else {
            Vec::new()
        };
        if let Some(at) = find_local(self.source, from, to)? {
            let why = "there is a member in the file that the directory doesn't list: clients that read the zip as a stream write it, others don't see it";
            self.anomalies.push(RawAnomaly {
                kind: AnomalyKind::ZipHiddenEntry,
                offset: at,
                entry,
                detail: why.into(),
            });
            self.blobs.told("bytes between the members", None, from, bytes);
            return Ok(());
        }
        if before.is_none() && is_signing_block(&bytes) {
            self.blobs.usual("signing block", from, &bytes);
            return Ok(());
        }
        let (kind, place) = if leading && before.is_some() {
            self.blobs.told("bytes before the first member", None, from, bytes);
            (AnomalyKind::LeadingData, "before the first member")
        } else {
            self.blobs.told("bytes between the members", None, from, bytes);
            (AnomalyKind::GapData, "between the members, or between them and the directory,")
        };
        let detail = format!(
            "{} bytes {place} belong to nothing: uv and others refuse the file, most clients ignore them",
            to - from
        );
        if self.limiter.admits(kind) {
            self.anomalies.push(RawAnomaly { kind, offset: from, entry, detail });
        }
        Ok(())
    }
}

const UNASKED: &str =
    "a member has a ZIP64 field that nothing asks for: uv refuses it, others take its sizes or not";

fn zip64(extra: &[u8]) -> Option<&[u8]> {
    let extras = record::extras(extra).unwrap_or_default();
    extras.into_iter().find(|(id, _)| *id == ZIP64).map(|(_, field)| field)
}

/// Whether a local header has wide sizes other than its plain ones where these say all, or more than sizes. Ant and its
/// kin write both.
fn contradicts(local: &Common, wide: &[u8]) -> bool {
    const SIZES: usize = 16;
    if wide.len() > SIZES {
        return true;
    }
    if local.size == FULL32 || local.packed == FULL32 {
        return false;
    }
    let mut fields = Fields(wide);
    let mut agrees = |plain: u32| match fields.u64() {
        Some(wide) => wide == u64::from(plain),
        None => false,
    };
    !(wide.is_empty() || agrees(local.size) && agrees(local.packed))
}

/// Whether a name ends in `;` and a number.
fn has_version(raw: &[u8]) -> bool {
    let digits = raw.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && raw.iter().rev().nth(digits) == Some(&b';')
}

#[derive(Debug, Clone, Copy)]
struct Wide {
    size: u64,
    packed: u64,
    offset: u64,
}

/// A compression method that stands for none.
const NO_METHOD: u16 = 0xffff;

/// What a local header says otherwise than the directory.
fn contradiction(member: &Member, local: &Common, name: &[u8], extra: &[u8]) -> Option<&'static str> {
    if name != member.raw {
        return Some(
            "the member's own header gives another name than the directory: clients write it under the one or the other",
        );
    }
    if local.method != member.method {
        return Some(
            "the member's own header and the directory give different compression methods: clients read different bytes or refuse",
        );
    }
    if (local.flags ^ member.flags) & !EFFORT != 0 {
        return Some(
            "the member's own header and the directory have different flags: clients read different bytes or refuse",
        );
    }
    let Some(extras) = record::extras(extra) else {
        return Some(
            "the extra field of the member's own header is longer than it is: clients refuse it or not",
        );
    };
    let mut size = (u64::from(local.size), u64::from(local.packed));
    if let Some((_, bytes)) = extras.iter().find(|(id, _)| *id == ZIP64) {
        let mut fields = Fields(bytes);
        for (plain, value) in [(local.size, &mut size.0), (local.packed, &mut size.1)] {
            if plain == FULL32 {
                *value = fields.u64().unwrap_or(u64::MAX);
            }
        }
    }
    let later = member.flags & DESCRIPTOR != 0;
    let agrees = |own: u64, listed: u64| own == listed || (later && own == 0);
    if !agrees(local.crc.into(), member.crc.into())
        || !agrees(size.0, member.size)
        || !agrees(size.1, member.packed)
    {
        return Some(
            "the member's own header and the directory give different sizes or checksums: clients read different bytes or refuse",
        );
    }
    None
}

fn descriptor_fits(member: &Member, bytes: &[u8], signature: usize, wide: bool) -> Option<u64> {
    let mut fields = Fields(bytes.get(signature..)?);
    let crc = fields.u32()?;
    let (packed, size) =
        if wide { (fields.u64()?, fields.u64()?) } else { (fields.u32()?.into(), fields.u32()?.into()) };
    let length = signature as u64 + if wide { 20 } else { 12 };
    ((crc, packed, size) == (member.crc, member.packed, member.size)).then_some(length)
}

/// What an Android package has before its directory: pairs of a length and a value between two lengths, and a name.
fn is_signing_block(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"APK Sig Block 42";
    let length = |at: usize| Fields(bytes.get(at..).unwrap_or_default()).u64();
    let Some(footer) = bytes.len().checked_sub(NAME.len() + 8) else { return false };
    let stated = bytes.len() as u64 - 8;
    bytes.ends_with(NAME) && length(0) == Some(stated) && length(footer) == Some(stated)
}

/// Where a local header is between two offsets.
fn find_local(source: &dyn ReadAt, from: u64, to: u64) -> Result<Option<u64>, Damage> {
    const CHUNK: u64 = 1 << 20;
    let mut at = from;
    while at < to {
        let length = (to - at).min(CHUNK);
        let bytes = read_vec(source, at, length as usize)?;
        let found = memchr::memmem::find_iter(&bytes, record::LOCAL).find(|found| {
            bytes.get(*found..).is_some_and(|header| is_member(header, to - at - *found as u64))
        });
        if let Some(found) = found {
            return Ok(Some(at + found as u64));
        }
        if at + length == to {
            break;
        }
        // Chunks overlap by what a header could lose at their border.
        at += length - record::LOCAL_SIZE as u64;
    }
    Ok(None)
}

/// Whether a local header is there that fits before the end, and not just its signature, as in a program
/// that reads zips.
fn is_member(header: &[u8], room: u64) -> bool {
    record::local(header).is_some_and(|local| {
        let whole = record::LOCAL_SIZE as u64 + u64::from(local.name_length) + u64::from(local.extra_length);
        local.name_length > 0 && local.method < 100 && whole <= room
    })
}

/// Marks the members with which the archive would exceed a limit. What they claim bounds what they may
/// produce, so the same ones are marked however they are read.
fn within_limits(members: &mut [Member], source: &dyn ReadAt, limits: &Limits) {
    let mut total = 0u64;
    for member in members {
        let overrun = if member.size > limits.most_in_entry() {
            Some(limits.too_large())
        } else {
            total = total.saturating_add(member.size);
            meter::within(total, source.size(), limits).err()
        };
        if let Some(overrun) = overrun {
            member.fault = Some(Damage::new(member.header.offset, overrun.to_string()));
        }
    }
}

/// Whether these members have the same bytes; `None` if one can't be read.
fn identical(source: &dyn ReadAt, limits: &Limits, members: &[Member], ordinals: &[usize]) -> Option<bool> {
    use sha2::{Digest, Sha256};
    let spent = Spent::default();
    let mut digests = Vec::new();
    for ordinal in ordinals {
        let member = members.get(*ordinal)?;
        let meter = Meter::new(source, limits, &spent);
        let mut digest = Sha256::new();
        extract(source, member, &meter, &mut |bytes| digest.update(bytes)).ok()?;
        digests.push(digest.finalize());
    }
    Some(digests.windows(2).all(|pair| matches!(pair, [a, b] if a == b)))
}
