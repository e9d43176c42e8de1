//! Extra fields, one by one: which are known, what readers do with them, and what must be in them.

use crate::inventory::AnomalyKind;

use super::record::{self, Fields};

/// What becomes of a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Every reader takes it for the same, and nothing else is in it.
    Known,
    /// No reader is known to use it, or more is in it than belongs there.
    Foreign,
    /// Some readers make another member of it.
    Ambiguous(&'static str),
}

/// A field that writers leave and readers use or pass over, with what it looks like.
struct Known {
    id: u16,
    fits: fn(&[u8]) -> bool,
}

/// The fields that ordinary tools write. unzip, bsdtar and 7-Zip take times and owners from them, Java marks
/// its archives with one, and some only fill up to where the member's bytes are to begin.
const KNOWN: &[Known] = &[
    // Filling, zeros only.
    Known { id: 0x0000, fits: is_zero },
    // Wide sizes, which the directory's reader looks at.
    Known { id: record::ZIP64, fits: |field| field.len() <= 28 },
    // NTFS: times.
    Known { id: 0x000a, fits: |field| field.len() == 32 && field.get(4..8) == Some(&[1, 0, 24, 0]) },
    // PKWARE's Unix: times and owners; what follows would be the target of a link.
    Known { id: 0x000d, fits: |field| field.len() == 12 },
    // Times.
    Known { id: 0x5455, fits: |field| matches!(field.len(), 1 | 5 | 9 | 13) },
    // Times and owners as Info-ZIP wrote them first, then owners.
    Known { id: 0x5855, fits: |field| matches!(field.len(), 8 | 12) },
    Known { id: 0x7855, fits: |field| matches!(field.len(), 0 | 4) },
    Known { id: 0x7875, fits: are_owners },
    // The name in Unicode, which the directory's reader compares.
    Known { id: record::UNICODE_PATH, fits: |field| field.len() > 5 },
    // What the `jar` tool marks its archives with.
    Known { id: 0xcafe, fits: <[u8]>::is_empty },
    // Android's alignment, then zeros.
    Known { id: 0xd935, fits: |field| field.get(2..).is_some_and(is_zero) },
    // Room to grow in Microsoft's packages.
    Known { id: 0xa220, fits: |field| field.starts_with(b"\x28\xa0") && field.get(4..).is_some_and(is_zero) },
    // AES, whose members can't be read anyway.
    Known { id: 0x9901, fits: |field| field.len() == 7 },
];

const ASI_UNIX: u16 = 0x756e;
const LIBARCHIVE: u16 = 0x6c78;
const FORMAT: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// What the directory says of the file that a member was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The system on which it was packed.
    pub(super) system: u8,
    /// The mode, and the attributes of DOS.
    pub(super) attributes: u32,
}

/// What becomes of a field of a member of which the directory says this.
pub(super) fn fate(id: u16, field: &[u8], origin: Origin) -> Fate {
    match id {
        ASI_UNIX => asi(field, origin),
        LIBARCHIVE => libarchive(field, origin),
        _ if KNOWN.iter().any(|known| known.id == id && (known.fits)(field)) => Fate::Known,
        _ => Fate::Foreign,
    }
}

/// Checksum, mode, length of a link's target or a device, owners, target.
fn asi(field: &[u8], origin: Origin) -> Fate {
    const LENGTH: usize = 14;
    let mut fields = Fields(field);
    let mode = fields.u32().and_then(|_| fields.u16()).map(u32::from);
    match mode {
        Some(mode) if mode & FORMAT == LINK || field.len() > LENGTH => Fate::Ambiguous(
            "an ASi Unix field makes a symbolic link of the member: unzip writes the link, others the file",
        ),
        Some(mode) if mode != origin.attributes >> 16 => Fate::Ambiguous(
            "an ASi Unix field gives the member another mode than the directory: some clients go by it, others don't",
        ),
        Some(_) if field.len() == LENGTH => Fate::Known,
        _ => Fate::Foreign,
    }
}

/// A bitmap of what follows: who made it, internal and external attributes, a comment.
fn libarchive(field: &[u8], origin: Origin) -> Fate {
    let mut fields = Fields(field);
    // Whether it says the same as the directory.
    let read = |fields: &mut Fields<'_>| -> Option<bool> {
        let [bitmap] = fields.bytes(1)?.try_into().ok()?;
        let bitmap: u8 = bitmap;
        let system = if bitmap & 1 != 0 { fields.u16()?.to_le_bytes()[1] } else { origin.system };
        if bitmap & 2 != 0 {
            fields.u16()?;
        }
        let attributes = if bitmap & 4 != 0 { fields.u32()? } else { origin.attributes };
        let same = (system, attributes) == (origin.system, origin.attributes);
        (bitmap & !7 == 0 && fields.0.is_empty()).then_some(same)
    };
    match read(&mut fields) {
        None => Fate::Foreign,
        Some(false) => Fate::Ambiguous(
            "a field of libarchive gives the member another mode than the directory: bsdtar goes by it and may write a link or a folder, others don't",
        ),
        Some(true) => Fate::Known,
    }
}

fn is_zero(field: &[u8]) -> bool {
    field.iter().all(|byte| *byte == 0)
}

/// Version 1, then user and group, each with its length before it.
fn are_owners(field: &[u8]) -> bool {
    let Some((1, rest)) = field.split_first().map(|(version, rest)| (*version, rest)) else { return false };
    let id = |rest: &'_ [u8]| {
        let length = usize::from(*rest.first()?);
        (length <= 8).then_some(length + 1).filter(|length| *length <= rest.len())
    };
    let Some(user) = id(rest) else { return false };
    let rest = rest.get(user..).unwrap_or_default();
    id(rest) == Some(rest.len())
}

/// The kind of anomaly of an ambiguous field.
pub(super) const AMBIGUOUS: AnomalyKind = AnomalyKind::ZipMode;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_field_is_for_may_stand_in_it() {
        for (id, field, known) in [
            (0x5455, &b"\x03\0\0\0\0\0\0\0\0"[..], true),
            (0x5455, b"\x03a token in ten", false),
            (0x7875, b"\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0", true),
            (0x7875, b"\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0more", false),
            (0xcafe, b"", true),
            (0xcafe, b"x", false),
            (0xd935, b"\x04\0\0\0\0", true),
            (0xd935, b"\x04\0text", false),
            (0x000d, &[0; 12], true),
            (0x000d, b"aaaabbbbccddtarget", false),
            (0x7777, b"", false),
        ] {
            let fate = fate(id, field, Origin { system: 3, attributes: 0 });
            assert_eq!(fate == Fate::Known, known, "{id:x} {}", field.escape_ascii());
        }
    }

    #[test]
    fn fields_that_change_the_mode_are_told() {
        let origin = Origin { system: 3, attributes: 0o100_644 << 16 };
        let asi = |mode: u16, target: &[u8]| {
            let field = [&[0; 4], &mode.to_le_bytes()[..], &[0; 8], target].concat();
            fate(ASI_UNIX, &field, origin)
        };
        assert_eq!(asi(0o100_644, b""), Fate::Known);
        for (mode, target) in [(0o120_777, "../x"), (0o100_644, "../x"), (0o100_755, ""), (0o040_644, "")] {
            assert!(matches!(asi(mode, target.as_bytes()), Fate::Ambiguous(_)), "{mode:o} {target}");
        }
        let said = |system: u8, attributes: u32| {
            let field = [&[7, 20, system, 0, 0][..], &attributes.to_le_bytes()].concat();
            fate(LIBARCHIVE, &field, origin)
        };
        assert_eq!(said(3, 0o100_644 << 16), Fate::Known);
        for (system, attributes) in [(3, 0o120_777 << 16), (3, 0o100_644 << 16 | 0x10), (0, 0o100_644 << 16)]
        {
            assert!(matches!(said(system, attributes), Fate::Ambiguous(_)), "{system} {attributes:o}");
        }
    }
}
