//! The records of a zip (APPNOTE 6.3.10), read from bytes and nothing more.

/// Little-endian fields, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (field, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(field)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.bytes(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.bytes(8)?.try_into().ok().map(u64::from_le_bytes)
    }
}

pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const DESCRIPTOR: &[u8] = b"PK\x07\x08";
pub(super) const END: &[u8] = b"PK\x05\x06";
pub(super) const END64: &[u8] = b"PK\x06\x06";
pub(super) const LOCATOR: &[u8] = b"PK\x06\x07";

pub(super) const LOCAL_SIZE: usize = 30;
pub(super) const CENTRAL_SIZE: usize = 46;
pub(super) const END_SIZE: usize = 22;
pub(super) const END64_SIZE: usize = 56;
pub(super) const LOCATOR_SIZE: usize = 20;

/// The extra field with wide sizes.
pub(super) const ZIP64: u16 = 0x0001;
/// The extra field with the name in Unicode.
pub(super) const UNICODE_PATH: u16 = 0x7075;

/// The value that says "look into the ZIP64 field".
pub(super) const FULL16: u16 = u16::MAX;
/// The value that says "look into the ZIP64 field".
pub(super) const FULL32: u32 = u32::MAX;

/// What local header and directory both say about a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Common {
    /// Version of the format that a reader must know.
    pub(super) needed: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name_length: u16,
    pub(super) extra_length: u16,
}

/// Fixed part of a local header, signature included.
pub(super) fn local(bytes: &[u8]) -> Option<Common> {
    let mut fields = Fields(bytes.strip_prefix(LOCAL)?);
    common(&mut fields)
}

/// Fixed part of a directory record, signature included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Central {
    /// The system on which it was packed.
    pub(super) system: u8,
    pub(super) common: Common,
    pub(super) comment_length: u16,
    pub(super) disk: u16,
    pub(super) attributes: u32,
    pub(super) offset: u32,
}

pub(super) fn central(bytes: &[u8]) -> Option<Central> {
    let mut fields = Fields(bytes.strip_prefix(CENTRAL)?);
    let [_, system] = fields.u16()?.to_le_bytes();
    let common = common(&mut fields)?;
    let comment_length = fields.u16()?;
    let disk = fields.u16()?;
    fields.u16()?;
    Some(Central { system, common, comment_length, disk, attributes: fields.u32()?, offset: fields.u32()? })
}

fn common(fields: &mut Fields<'_>) -> Option<Common> {
    let (needed, flags, method) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.u32()?;
    Some(Common {
        needed,
        flags,
        method,
        crc: fields.u32()?,
        packed: fields.u32()?,
        size: fields.u32()?,
        name_length: fields.u16()?,
        extra_length: fields.u16()?,
    })
}

/// The end record, with or without its ZIP64 twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) disk: u32,
    pub(super) directory_disk: u32,
    pub(super) entries_here: u64,
    pub(super) entries: u64,
    pub(super) directory_size: u64,
    pub(super) directory_offset: u64,
}

/// The plain end record and the length of its comment.
pub(super) fn end(bytes: &[u8]) -> Option<(End, u16)> {
    let mut fields = Fields(bytes.strip_prefix(END)?);
    let end = End {
        disk: fields.u16()?.into(),
        directory_disk: fields.u16()?.into(),
        entries_here: fields.u16()?.into(),
        entries: fields.u16()?.into(),
        directory_size: fields.u32()?.into(),
        directory_offset: fields.u32()?.into(),
    };
    Some((end, fields.u16()?))
}

/// The ZIP64 end record and the size that it gives for itself.
pub(super) fn end64(bytes: &[u8]) -> Option<(End, u64)> {
    let mut fields = Fields(bytes.strip_prefix(END64)?);
    let own_size = fields.u64()?;
    fields.u32()?;
    let end = End {
        disk: fields.u32()?,
        directory_disk: fields.u32()?,
        entries_here: fields.u64()?,
        entries: fields.u64()?,
        directory_size: fields.u64()?,
        directory_offset: fields.u64()?,
    };
    Some((end, own_size))
}

/// Disk and offset of the ZIP64 end record, and the number of disks.
pub(super) fn locator(bytes: &[u8]) -> Option<(u32, u64, u32)> {
    let mut fields = Fields(bytes.strip_prefix(LOCATOR)?);
    Some((fields.u32()?, fields.u64()?, fields.u32()?))
}

/// Splits an extra field; `None` if its lengths don't fit.
pub(super) fn extras(bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut fields = Fields(bytes);
    let mut all = Vec::new();
    while !fields.0.is_empty() {
        // Alignment tools pad with up to three zero bytes.
        if fields.0.len() < 4 && fields.0.iter().all(|byte| *byte == 0) {
            break;
        }
        let (id, length) = (fields.u16()?, fields.u16()?);
        all.push((id, fields.bytes(length.into())?));
    }
    Some(all)
}
