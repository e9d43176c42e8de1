//! One header block, checked field by field. `tar::Header` says where the fields are.

use tar::Header as Block;

use crate::inventory::AnomalyKind;

/// Offset in the block where the names of the first tar end and newer fields begin.
const V7_END: usize = 257;
/// Where node-tar and xstar keep access and change time, in the tail of the ustar prefix.
const TIMES: [std::ops::Range<usize>; 2] = [476..488, 488..500];
/// Largest number that every reader holds exactly.
const MOST_EXACT: u64 = 1 << 53;

/// What a header block says, after its fields were found to mean the same to every reader.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) size: u64,
    pub(super) mode: Option<u32>,
    pub(super) flag: u8,
    /// Whether a size or time is in base-256.
    pub(super) wide: bool,
    /// Whether the header is of POSIX; cargo goes by that.
    pub(super) posix: bool,
    /// Names of user and group.
    pub(super) owners: [Vec<u8>; 2],
    /// What is where the format has nothing.
    pub(super) unused: Vec<u8>,
    /// Anomalies that leave no doubt where the next header is.
    pub(super) faults: Vec<(AnomalyKind, &'static str)>,
}

/// A header on which readers disagree so much that nobody knows where the next one is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unsure(pub(super) AnomalyKind, pub(super) &'static str);

/// Reads a block.
pub(super) fn read(bytes: &[u8; 512]) -> Result<Fields, Unsure> {
    let block = Block::from_byte_slice(bytes);
    let old = block.as_old();
    check_sum(block)?;
    let size = number(&old.size).ok_or(Unsure(
        AnomalyKind::TarNumber,
        "the size is not written as plain octal or small base-256: npm, pip, cargo and GNU tar read different sizes or skip the entry",
    ))?;
    let mut faults = Vec::new();
    // Some writers keep the file type in the upper bits.
    let mode = number(&old.mode).and_then(|mode| u32::try_from(mode & 0o7777).ok());
    let is_extension = matches!(old.linkflag[0], b'L' | b'K' | b'x' | b'g');
    let is_empty = old.mode.iter().all(|byte| matches!(byte, 0 | b' '));
    if mode.is_none() && !(is_extension && is_empty) {
        faults
            .push((AnomalyKind::TarNumber, "the mode is not an octal number: some clients refuse the entry"));
    }
    if !side_numbers(bytes).all(is_harmless_number) {
        faults.push((
            AnomalyKind::TarNumber,
            "a time, owner or device isn't a plain number: npm skips such a header and reads its content as headers, Python and pip take the archive to end there, others read on",
        ));
    }
    let (name, link) = (until_nul(&old.name), until_nul(&old.linkname));
    let has_rest = is_rest_of_long_link(&old.name);
    let mut junk = has_junk(&old.name) && !has_rest || has_junk(&old.linkname);
    let mut name = name.to_vec();
    let mut posix = false;
    match flavour(bytes) {
        Flavour::Old => {}
        Flavour::Gnu => {
            if bytes.get(345).is_some_and(|byte| *byte != 0) {
                faults.push((
                    AnomalyKind::TarMagic,
                    "a GNU header has bytes where other formats keep a prefix of the name: Python puts them before the name, others don't",
                ));
            }
        }
        Flavour::Ustar => {
            posix = true;
            let prefix = bytes.get(345..500).unwrap_or_default();
            junk |= has_junk(prefix) && !has_times(bytes);
            let prefix = until_nul(prefix);
            if !prefix.is_empty() {
                name = [prefix, b"/", &name].concat();
            }
        }
        Flavour::Other => faults.push((
            AnomalyKind::TarMagic,
            "the magic or version is neither ustar nor GNU nor that of the first tar: clients disagree on the prefix of the name",
        )),
    }
    if has_rest {
        faults.push((
            AnomalyKind::TarNameRest,
            "a name field still has the end of `././@LongLink` after the NUL that ends it",
        ));
    }
    if junk {
        faults.push((
            AnomalyKind::TarNameJunk,
            "a name field has bytes after the NUL that ends it: clients cut such names at different places",
        ));
    }
    let owners = [265..297, 297..329].map(|field| until_nul(bytes.get(field).unwrap_or_default()).to_vec());
    let unused = unused(bytes);
    let wide = [&old.size, &old.mtime].iter().any(|field| field[0] & 0x80 != 0);
    let (link, flag) = (link.to_vec(), old.linkflag[0]);
    Ok(Fields { name, link, size, mode, flag, wide, posix, owners, unused, faults })
}

/// What is in the parts of a header that its format leaves empty.
fn unused(bytes: &[u8; 512]) -> Vec<u8> {
    let part = |range: std::ops::Range<usize>| bytes.get(range).unwrap_or_default();
    let behind_nul = |range| {
        let field = part(range);
        field.get(until_nul(field).len()..).unwrap_or_default()
    };
    let (users, groups) = (behind_nul(265..297), behind_nul(297..329));
    let ends: [&[u8]; 3] = match flavour(bytes) {
        Flavour::Gnu => {
            // Access and change time may be there.
            let times = [part(345..357), part(357..369)]
                .map(|time| if is_harmless_number(time) { &[] } else { time });
            [times[0], times[1], part(369..512)]
        }
        Flavour::Ustar => [part(500..512), &[], &[]],
        // GNU tar writes zeros for the device there.
        Flavour::Old => {
            let device = [part(329..337), part(337..345)]
                .map(|number| if is_harmless_number(number) { &[] } else { number });
            [device[0], device[1], part(345..512)]
        }
        Flavour::Other => [part(345..512), &[], &[]],
    };
    let parts = [&[users, groups], ends.as_slice()].concat();
    let strip = |part: &[u8]| part.iter().copied().filter(|byte| *byte != 0).collect::<Vec<u8>>();
    parts.into_iter().flat_map(strip).collect()
}

/// Whether the block could be a header: its checksum is right, or it has the magic.
pub(super) fn is_likely(bytes: &[u8; 512]) -> bool {
    let block = Block::from_byte_slice(bytes);
    let named = bytes.first().is_some_and(|byte| *byte != 0);
    // A text may hold the magic at the right place, but not the NULs that end a header's fields.
    let fields = bytes.get(..V7_END).is_some_and(|fields| fields.contains(&0));
    (named && check_sum(block).is_ok()) || (fields && bytes.get(257..262) == Some(b"ustar"))
}

fn check_sum(block: &Block) -> Result<(), Unsure> {
    let wrong = |why| Err(Unsure(AnomalyKind::TarChecksum, why));
    let field = &block.as_old().cksum;
    let digits =
        field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| byte.is_ascii_digit()).count();
    let blanks = field.iter().take_while(|byte| **byte == b' ').count();
    if digits + blanks == field.len() {
        return wrong(
            "the checksum field has no end: npm reads on into the next fields and skips the header, others take it",
        );
    }
    // The field itself counts as blanks.
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    let is_right = |stored: u64| stored == sum(block.as_bytes()) - sum(field) + sum(&[b' '; 8]);
    // In base-256 npm would read on into the next fields.
    if field.first() == Some(&0x80) || !number(field).is_some_and(is_right) {
        return wrong(
            "the header's checksum is wrong: npm and bun skip it and read its content as headers, others stop or take it",
        );
    }
    Ok(())
}

/// The number fields that nobody needs to unpack a file: owner, time and device.
fn side_numbers(bytes: &[u8; 512]) -> impl Iterator<Item = &[u8]> {
    [108..116, 116..124, 136..148, 329..337, 337..345].into_iter().filter_map(|range| bytes.get(range))
}

/// Whether every reader takes the field for some number, or for none.
fn is_harmless_number(field: &[u8]) -> bool {
    let empty = field.iter().all(|byte| matches!(byte, 0 | b' '));
    empty || number(field).is_some() || is_small_negative(field)
}

/// A number below zero in base-256, as owners and times before 1970 are written; npm fails on large ones.
fn is_small_negative(field: &[u8]) -> bool {
    let high = field.len().checked_sub(6).and_then(|high| field.get(..high));
    high.is_some_and(|high| !high.is_empty() && high.iter().all(|byte| *byte == 0xff))
}

/// A number in octal, then only NUL and blanks; or in base-256 with the first byte 0x80.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let value = rest
            .iter()
            .try_fold(0u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)))?;
        return (value < MOST_EXACT).then_some(value);
    }
    let start = field.iter().take_while(|byte| **byte == b' ').count();
    let field = field.get(start..)?;
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, rest) = field.split_at_checked(digits)?;
    if digits.is_empty() || rest.iter().any(|byte| !matches!(byte, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| value.checked_mul(8)?.checked_add(u64::from(digit - b'0')))
}

enum Flavour {
    Old,
    Ustar,
    Gnu,
    Other,
}

fn flavour(bytes: &[u8; 512]) -> Flavour {
    match bytes.get(V7_END..V7_END + 8) {
        Some(b"ustar\x0000") => Flavour::Ustar,
        Some(b"ustar  \0") => Flavour::Gnu,
        // Without a magic and a prefix, nobody makes anything of what is there.
        Some(magic) if magic.iter().all(|byte| matches!(byte, 0 | b' ')) && !has_prefix(bytes) => {
            Flavour::Old
        }
        _ => Flavour::Other,
    }
}

fn has_prefix(bytes: &[u8; 512]) -> bool {
    bytes.get(345..500).is_none_or(|prefix| prefix.iter().any(|byte| *byte != 0))
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn has_junk(field: &[u8]) -> bool {
    field.iter().skip_while(|byte| **byte != 0).any(|byte| *byte != 0)
}

/// What GNU tar calls an entry that holds the name of the next one.
const LONG_LINK: &[u8] = b"././@LongLink";

/// Whether what is after the name is what was there of GNU's name for long names: Rust's tar writes names over it when
/// it uses a header again.
fn is_rest_of_long_link(name: &[u8; 100]) -> bool {
    let length = until_nul(name).len();
    let rest = LONG_LINK.get(length + 1..).unwrap_or_default();
    let behind = name.get(length + 1..).unwrap_or_default();
    !rest.is_empty() && behind.strip_prefix(rest).is_some_and(|end| end.iter().all(|byte| *byte == 0))
}

/// Whether what is after the prefix are the two times of node-tar and xstar.
fn has_times(bytes: &[u8; 512]) -> bool {
    let gap = until_nul(bytes.get(345..476).unwrap_or_default()).len();
    let empty = bytes.get(345 + gap..476).is_some_and(|gap| gap.iter().all(|byte| *byte == 0));
    let octal = |field: &[u8]| field.iter().all(|byte| matches!(byte, 0 | b' ' | b'0'..=b'7'));
    empty && TIMES.into_iter().all(|range| bytes.get(range).is_some_and(octal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(change: impl FnOnce(&mut [u8; 512])) -> [u8; 512] {
        let mut block = Block::new_ustar();
        block.set_path("package/a.js").unwrap();
        block.set_size(3);
        block.set_mode(0o644);
        let mut bytes = *block.as_bytes();
        change(&mut bytes);
        let mut block = Block::new_old();
        *block.as_mut_bytes() = bytes;
        block.set_cksum();
        *block.as_bytes()
    }

    #[test]
    fn numbers() {
        for (field, value) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"000644 \0", Some(0o644)),
            (b"    644 ", Some(0o644)),
            (b"000000000012", Some(10)),
            (b"\x80\0\0\0\0\0\0\0\0\0\0\x0a", Some(10)),
            (b"\x81\0\0\0\0\0\0\0\0\0\0\x0a", None),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"0000_1000\0\0\0", None),
            (b"-00000012\0\0\0", None),
            (b"00012\x000012\0\0", None),
            (b"0x12\0\0\0\0\0\0\0\0", None),
            (b"\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(number(field), value, "{}", field.escape_ascii());
        }
    }

    #[test]
    fn an_ordinary_header_is_read() {
        let fields = read(&header(|_| {})).unwrap();
        assert_eq!(
            (fields.name.as_slice(), fields.size, fields.mode),
            (&b"package/a.js"[..], 3, Some(0o644))
        );
        assert_eq!(fields.faults, []);
    }

    #[test]
    fn times_in_the_prefix_are_no_junk() {
        let bytes = header(|bytes| bytes[476..500].copy_from_slice(b"00000000012 00000000012 "));
        assert_eq!(read(&bytes).unwrap().faults, []);
        let bytes = header(|bytes| bytes[400..404].copy_from_slice(b"evil"));
        assert_eq!(read(&bytes).unwrap().faults[0].0, AnomalyKind::TarNameJunk);
    }

    #[test]
    fn doubtful_fields() {
        let mut wrong = header(|_| {});
        wrong[0] ^= 1;
        assert_eq!(read(&wrong).unwrap_err().0, AnomalyKind::TarChecksum);
        let mut endless = header(|_| {});
        let sum = number(&endless[148..156]).unwrap();
        endless[148..156].copy_from_slice(format!("{sum:08o}").as_bytes());
        assert_eq!(read(&endless).unwrap_err().0, AnomalyKind::TarChecksum);
        let junk = header(|bytes| bytes[50] = b'x');
        assert_eq!(read(&junk).unwrap().faults[0].0, AnomalyKind::TarNameJunk);
        for (rest, expected) in [(&b"k"[..], AnomalyKind::TarNameRest), (b"x", AnomalyKind::TarNameJunk)] {
            let rest = header(|bytes| {
                bytes[..12].copy_from_slice(b"package/abc\0");
                bytes[12..13].copy_from_slice(rest);
            });
            assert_eq!(read(&rest).unwrap().faults[0].0, expected);
        }
        let version = header(|bytes| bytes[263..265].copy_from_slice(b"01"));
        assert_eq!(read(&version).unwrap().faults[0].0, AnomalyKind::TarMagic);
    }

    #[test]
    fn the_first_tar_has_nothing_but_a_device_where_newer_ones_have_names() {
        let with = |device: &[u8]| {
            let bytes = header(|bytes| {
                bytes[V7_END..].fill(0);
                bytes[329..329 + device.len()].copy_from_slice(device);
            });
            read(&bytes).unwrap().unused
        };
        assert_eq!(with(b"0000000\x000000000"), b"");
        assert_eq!(with(b"hidden"), b"hidden");
    }
}
