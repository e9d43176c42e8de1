//! Types of content, told from the first bytes.

use crate::inventory::Media;

use super::tar;

/// Bytes looked at to tell text from binary.
const TEXT_PREFIX: usize = 8 << 10;

/// Tells the type from a file's first bytes, of which at least 64 KiB should be given if the file has
/// them; `whole` is its length.
pub fn sniff(prefix: &[u8], whole: u64) -> Media {
    if whole == 0 || prefix.is_empty() {
        return Media::Empty;
    }
    magic(prefix)
        .or_else(|| tar::looks_like_tar(prefix).then_some(Media::Tar))
        .unwrap_or_else(|| text(prefix))
}

/// Magic bytes at the start of a file.
const MAGICS: &[(&[u8], Media)] = &[
    // of any other method than deflate nobody knows how to open it: data that begins so by chance
    (b"\x1f\x8b\x08", Media::Gzip),
    (b"PK\x03\x04", Media::Zip),
    (b"PK\x05\x06", Media::Zip),
    (b"PK\x07\x08PK\x03\x04", Media::Zip),
    (b"\x28\xb5\x2f\xfd", Media::Zstd),
    (b"\xfd7zXZ\0", Media::Xz),
    (b"!<arch>\n", Media::Ar),
    (b"!<thin>\n", Media::Ar),
    (b"\x04\x22\x4d\x18", Media::Lz4),
    (b"7z\xbc\xaf\x27\x1c", Media::SevenZip),
    (b"\xed\xab\xee\xdb", Media::Rpm),
    (b"\x7fELF", Media::Elf),
    (b"\xfe\xed\xfa\xce", Media::MachO),
    (b"\xfe\xed\xfa\xcf", Media::MachO),
    (b"\xce\xfa\xed\xfe", Media::MachO),
    (b"\xcf\xfa\xed\xfe", Media::MachO),
    (b"\0asm", Media::Wasm),
    (b"Microsoft C/C++ MSF 7.00\r\n\x1aDS\0", Media::Pdb),
    (b"Microsoft C/C++ program database 2.00\r\n", Media::Pdb),
    (b"BSJB", Media::Pdb),
    (b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f", Media::Hermes),
    (b"SQLite format 3\0", Media::Sqlite),
    (b"\x89PNG\r\n\x1a\n", Media::Asset),
    (b"\xff\xd8\xff", Media::Asset),
    (b"GIF87a", Media::Asset),
    (b"GIF89a", Media::Asset),
    (b"wOFF", Media::Asset),
    (b"wOF2", Media::Asset),
    (b"\0\x01\0\0\0", Media::Asset),
    (b"OTTO\0", Media::Asset),
    (b"ttcf\0", Media::Asset),
    (b"OggS", Media::Asset),
    (b"fLaC", Media::Asset),
    (b"ID3\x02", Media::Asset),
    (b"ID3\x03", Media::Asset),
    (b"ID3\x04", Media::Asset),
    (b"\x1a\x45\xdf\xa3", Media::Asset),
    (b"\0\0\x01\0\x01\0", Media::Asset),
    (b"II*\0", Media::Asset),
    (b"MM\0*", Media::Asset),
];

/// Archives and compressed files that nobody opens here, by their magic bytes, and what to call them.
const UNOPENED: &[(&[u8], &str)] = &[
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"MSCF\0\0\0\0", "a cabinet of Windows"),
    (b"MSWIM\0\0\0", "a disk image of Windows"),
    (b"xar!\0\x1c\0\x01", "a xar archive"),
    (b"LZIP\x01", "an lzip file"),
    (b"LRZI\0", "an lrzip file"),
    (b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ", "a ZPAQ archive"),
    (b"zPQ\x01\x01", "a ZPAQ archive"),
    (b"zPQ\x02\x01", "a ZPAQ archive"),
    (b"\x89LZO\0\r\n\x1a\n", "an lzop file"),
    (b"\x02\x21\x4c\x18", "an LZ4 file of the old format"),
    (b"\xff\x06\0\0sNaPpY", "a Snappy file"),
];

/// What to call an archive or compressed file that nobody opens here.
pub fn unopened(prefix: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = UNOPENED.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Some(name);
    }
    match prefix {
        [b'h', b's', b'q', b's', ..] if prefix.get(28..30) == Some(&[4, 0]) => Some("a squashfs image"),
        [_, _, b'-', b'l', b'h' | b'z', b'0'..=b'9' | b'd' | b's', b'-', ..] => Some("an LHA archive"),
        _ => None,
    }
}

fn magic(prefix: &[u8]) -> Option<Media> {
    if unopened(prefix).is_some() {
        return Some(Media::Unopened);
    }
    if let Some((_, media)) = MAGICS.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Some(*media);
    }
    match prefix {
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Media::Bzip2),
        // By the most bits that a code has.
        [0x1f, 0x9d, bits, ..] if matches!(bits & 0x7f, 9..=16) => Some(Media::Compress),
        // Frames to be skipped may be before the first of data.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Media::Zstd),
        [0xca, 0xfe, 0xba, 0xbe, rest @ ..] => Some(cafe_babe(rest)),
        [b'M', b'Z', ..] => is_pe(prefix).then_some(Media::Pe),
        [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..] => {
            [b"WEBP", b"WAVE", b"AVI "].iter().any(|known| kind.starts_with(*known)).then_some(Media::Asset)
        }
        // The first box is a small one; `let ftyp = ...` is code.
        [0, 0, _, _, b'f', b't', b'y', b'p', ..] => Some(Media::Asset),
        [b'0', b'7', b'0', b'7', b'0', ..] => is_cpio(prefix).then_some(Media::Cpio),
        _ if is_asar(prefix) => Some(Media::Asar),
        _ if is_pyc(prefix) => Some(Media::Pyc),
        _ => None,
    }
}

/// A Java class has a version of 45 or more where a fat Mach-O has its small number of architectures.
fn cafe_babe(rest: &[u8]) -> Media {
    match rest {
        [0, 0, 0, count, ..] if *count < 40 => Media::MachO,
        _ => Media::JavaClass,
    }
}

/// A first header that is digits throughout: numbers of which the first are `070707` are no archive.
fn is_cpio(prefix: &[u8]) -> bool {
    const OLD: usize = 76;
    const NEW: usize = 110;
    let header = |length: usize| prefix.get(..length).unwrap_or_default();
    match prefix.get(5) {
        Some(b'7') => !header(OLD).is_empty() && header(OLD).iter().all(|digit| matches!(digit, b'0'..=b'7')),
        Some(b'1' | b'2') => !header(NEW).is_empty() && header(NEW).iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

fn is_pe(prefix: &[u8]) -> bool {
    let at = prefix.get(0x3c..0x40).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes);
    match at.and_then(|at| usize::try_from(at).ok()) {
        // Where the PE header lies beyond the prefix, the DOS header has to do.
        Some(at) => prefix.get(at..).is_none_or(|header| header.is_empty() || header.starts_with(b"PE\0\0")),
        None => false,
    }
}

/// Electron's archive: four little-endian sizes that fit into one another, then JSON.
fn is_asar(prefix: &[u8]) -> bool {
    let field = |at: usize| {
        prefix.get(at..at + 4).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes).map(u64::from)
    };
    let (Some(four), Some(header), Some(pickle), Some(json)) = (field(0), field(4), field(8), field(12))
    else {
        return false;
    };
    four == 4
        && header == pickle + 4
        && (json + 4..json + 8).contains(&pickle)
        && prefix.get(16..).is_some_and(|text| text.starts_with(b"{"))
}

/// CPython's bytecode: a version number, `\r\n`, small flags.
fn is_pyc(prefix: &[u8]) -> bool {
    match prefix {
        [low, high, b'\r', b'\n', flags @ ..] => {
            let version = u16::from_le_bytes([*low, *high]);
            let marshalled = [flags.get(12), flags.get(8), flags.get(4)]
                .into_iter()
                .flatten()
                .any(|byte| matches!(byte & 0x7f, b'c'));
            marshalled && ((3000..=3700).contains(&version) || (50428..=62300).contains(&version))
        }
        _ => false,
    }
}

fn text(prefix: &[u8]) -> Media {
    if prefix.starts_with(b"\xff\xfe") || prefix.starts_with(b"\xfe\xff") {
        return Media::Utf16;
    }
    let start = prefix.get(..TEXT_PREFIX).unwrap_or(prefix);
    if memchr::memchr(0, start).is_some() {
        return Media::Binary;
    }
    // Other encodings that extend ASCII (Latin-1, Shift-JIS) are text, too; random bytes are not.
    let control =
        count(start, |byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x08 | 0x1b));
    let valid = match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let much = if valid { start.len() / 10 } else { start.len() / 100 };
    if control > much || (!valid && count(start, |byte| byte >= 0x80) > start.len() / 2) {
        Media::Binary
    } else {
        Media::Text
    }
}

/// How many bytes are of a sort. Sums of bytes, few at a time, which the compiler makes wide.
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    const FEW: usize = 128;
    bytes
        .chunks(FEW)
        .map(|limiter| usize::from(limiter.iter().map(|byte| u8::from(is(*byte))).sum::<u8>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_opened_has_a_name() {
        for (bytes, name) in [
            (&b"7z\xbc\xaf\x27\x1c\0\x04"[..], None),
            (b"MSCF\0\0\0\0rest", Some("a cabinet of Windows")),
            (b"LZIP\x01\x0c", Some("an lzip file")),
            (b"!\x1c-lh5-", Some("an LHA archive")),
            (b"LRZIP is a text", None),
            (b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ\x02\x01", Some("a ZPAQ archive")),
            (b"7kSt is a mark", None),
            (b"PK\x03\x04", None),
        ] {
            assert_eq!(unopened(bytes), name, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn an_archive_of_cpio_has_digits_throughout_its_first_header() {
        let header = |magic: &str, rest: &[u8], digits: usize| {
            [magic.as_bytes(), &rest.repeat(digits / rest.len()), b"and its name\0"].concat()
        };
        for (bytes, media) in [
            (header("070701", b"0A", 104), Media::Cpio),
            (header("070702", b"9f", 104), Media::Cpio),
            (header("070707", b"70", 70), Media::Cpio),
            (header("070701", b"0A", 102), Media::Binary),
            (header("070707", b"80", 70), Media::Binary),
            (header("070708", b"70", 104), Media::Binary),
            (b"070707".to_vec(), Media::Text),
        ] {
            assert_eq!(sniff(&bytes, bytes.len() as u64), media, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn types_are_told_by_content() {
        let mut pe = vec![0; 0x90];
        pe[..2].copy_from_slice(b"MZ");
        pe[0x3c] = 0x80;
        pe[0x80..0x84].copy_from_slice(b"PE\0\0");
        let asar =
            [4u32, 16, 12, 8].iter().flat_map(|n| n.to_le_bytes()).chain(*b"{}      ").collect::<Vec<u8>>();
        let mut pyc = b"\xa7\r\r\n".to_vec();
        pyc.extend([0; 12]);
        pyc.push(0xe3);
        let cases: Vec<(&[u8], Media)> = vec![
            (b"", Media::Empty),
            (b"#!/bin/sh\necho\n", Media::Text),
            ("caf\u{e9}".as_bytes(), Media::Text),
            (b"caf\xe9 cr\xe8me, and more plain text around it", Media::Text),
            (b"\xff\xfea\0", Media::Utf16),
            (b"a\0b", Media::Binary),
            (b"\x80\x81\x99\xd3\xf3\x03\x02\xff\x11", Media::Binary),
            (b"MZ is how this text begins", Media::Text),
            (b"PK\x03\x04....", Media::Zip),
            (b"BZh91AY&SY...", Media::Bzip2),
            (b"BZh9 is text", Media::Text),
            (b"Rar!\x1a\x07\x01\0", Media::Unopened),
            (b"Rar! is text", Media::Text),
            (b"\x04\x22\x4d\x18\x64\x40\xa7", Media::Lz4),
            (b"\x1f\x9d\x90\x00", Media::Compress),
            (b"\x1f\x9d\xff\x00", Media::Binary),
            (b"hsqs is text", Media::Text),
            (b"\x5d\x2a\x4d\x18\x04\0\0\0four\x28\xb5\x2f\xfd", Media::Zstd),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", Media::JavaClass),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", Media::MachO),
            (b"07070707070a0a0a\n0\n345\n", Media::Text),
            (b"\0\0\0\x18ftypmp42", Media::Asset),
            (b"let ftyp = 1;", Media::Text),
            (&pe, Media::Pe),
            (&asar, Media::Asar),
            (&pyc, Media::Pyc),
        ];
        for (bytes, media) in cases {
            assert_eq!(sniff(bytes, bytes.len() as u64), media, "{}", bytes.escape_ascii());
        }
    }
}
