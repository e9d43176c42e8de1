//! PyInstaller's archives: one of everything after the executable, and in it one of the modules' bytecode.

use crate::inspect::{Member, Storage};
use crate::inventory::ProgramFacts;

use super::big32;
use super::marshal::{self, Value};

pub(super) const NAME: &str = "PyInstaller";
/// How the archive of modules begins.
pub(super) const MODULES: &[u8] = b"PYZ\0";
/// What is said of an archive of which not everything could be entered.
pub(super) const UNREADABLE: &str = "the table of contents of this PyInstaller archive can't be followed";

/// Where the archive is, and its table in it.
struct Archive {
    start: usize,
    length: usize,
    table: usize,
    table_length: usize,
}

/// The cookie is near the end; after the mark come the length of the archive, and the offset and length of
/// its table, big-endian.
fn archive(bytes: &[u8], mark: usize) -> Option<Archive> {
    const COOKIE: usize = 88;
    let (length, table) = (big32(bytes, mark + 8)?, big32(bytes, mark + 12)?);
    let table_length = big32(bytes, mark + 16)?;
    // Before version 2.1 the cookie had no name of a library.
    let start = [COOKIE, 24].into_iter().find_map(|cookie| (mark + cookie).checked_sub(length))?;
    (length > COOKIE && table < length).then_some(Archive { start, length, table, table_length })
}

/// The program that the mark means, if it means one.
pub(super) fn program(bytes: &[u8], mark: usize) -> Option<ProgramFacts> {
    let archive = archive(bytes, mark)?;
    Some(super::program(NAME, archive.start as u64, Some(archive.length as u64), false))
}

/// Hands on the files of the archive before a mark. Returns whether all of them were handed on.
pub(super) fn members(bytes: &[u8], mark: usize, members: &mut Vec<Member>) -> bool {
    const HEAD: usize = 18;
    let Some(archive) = archive(bytes, mark) else { return false };
    let body = bytes.get(archive.start..archive.start + archive.length).unwrap_or_default();
    let table = body.get(archive.table..).and_then(|rest| rest.get(..archive.table_length));
    let Some(mut table) = table else { return false };
    // The files are before the table.
    let mut room = archive.table;
    while !table.is_empty() {
        let entry =
            big32(table, 0).filter(|length| *length > HEAD).and_then(|length| table.split_at_checked(length));
        let Some((entry, rest)) = entry else { return false };
        table = rest;
        let (Some(offset), Some(length), Some([packed, kind])) =
            (big32(entry, 4), big32(entry, 8), entry.get(16..HEAD))
        else {
            return false;
        };
        // An option of the loader, or what another file is to be loaded with.
        if matches!(kind, b'o' | b'd') || length == 0 {
            continue;
        }
        let range = offset..offset.saturating_add(length);
        if range.end > body.len() || length > room {
            return false;
        }
        room -= length;
        let name = entry.get(HEAD..).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        members.push(Member {
            path: path(&String::from_utf8_lossy(name)),
            range: archive.start + range.start..archive.start + range.end,
            storage: if *packed == 1 { Storage::Zlib } else { Storage::Plain },
        });
    }
    true
}

/// Hands on the modules of the inner archive, whose table is a list in Python's own format.
pub(super) fn modules(bytes: &[u8], members: &mut Vec<Member>) -> bool {
    let table = big32(bytes, 8).and_then(|at| marshal::read(bytes.get(at..)?));
    let Some(Value::List(table)) = table else { return false };
    let mut room = bytes.len();
    for entry in table {
        let Value::List(entry) = entry else { return false };
        let [Value::Text(name), Value::List(place)] = entry.as_slice() else { return false };
        let [_, Value::Number(offset), Value::Number(length)] = place.as_slice() else { return false };
        let (Ok(offset), Ok(length)) = (usize::try_from(*offset), usize::try_from(*length)) else {
            return false;
        };
        let range = offset..offset.saturating_add(length);
        if range.end > bytes.len() || length > room {
            return false;
        }
        room -= length;
        if length > 0 {
            members.push(Member { path: path(&name.replace('.', "/")), range, storage: Storage::Zlib });
        }
    }
    true
}

/// A path inside the archive without what no path may have.
fn path(name: &str) -> String {
    let name = name.replace('\\', "/");
    let segments: Vec<&str> =
        name.split('/').filter(|segment| !matches!(*segment, "" | "." | "..")).collect();
    if segments.is_empty() { "unnamed".to_owned() } else { segments.join("/") }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn entry(offset: u32, length: u32, packed: u8, kind: u8, name: &str) -> Vec<u8> {
        let whole = (18 + name.len() + 1) as u32;
        let numbers = [whole, offset, length, length];
        let mut entry: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        entry.extend([packed, kind]);
        entry.extend(name.as_bytes());
        entry.push(0);
        entry
    }

    /// An executable with an archive of this table; returns where the mark is, too.
    fn executable(body: &[u8], table: &[u8]) -> (Vec<u8>, usize) {
        let length = (body.len() + table.len() + 88) as u32;
        let head = [0; 100];
        let mark = head.len() + body.len() + table.len();
        let numbers = [length, body.len() as u32, table.len() as u32, 311];
        let cookie: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        let mut bytes = [&head[..], body, table, b"MEI\x0c\x0b\x0a\x0b\x0e", &cookie].concat();
        bytes.resize(mark + 88, 0);
        (bytes, mark)
    }

    #[test]
    fn hands_on_what_is_in_the_archive() {
        let code = packed(b"text of the module");
        let (first, second) = (code.len() as u32, 4);
        let body = [&code[..], b"data"].concat();
        let table = [
            entry(0, first, 1, b's', "tool"),
            entry(0, 0, 0, b'o', "an option"),
            entry(first, second, 0, b'x', "../assets\\a.json"),
        ]
        .concat();
        let (bytes, mark) = executable(&body, &table);
        let program = program(&bytes, mark).unwrap();
        assert_eq!((program.offset, program.source_text), (100, false));
        let mut found = Vec::new();
        assert!(members(&bytes, mark, &mut found));
        let paths: Vec<(&str, Storage)> =
            found.iter().map(|member| (member.path.as_str(), member.storage)).collect();
        assert_eq!(paths, [("tool", Storage::Zlib), ("assets/a.json", Storage::Plain)]);
        assert_eq!(&bytes[found[1].range.clone()], b"data");
    }

    #[test]
    fn hands_on_the_modules() {
        // [("acme.core", (0, 12, 4)), ("acme.gone", (0, 12, 0))], as Python 3.11 writes it
        let table = b"[\x02\0\0\0)\x02\xfa\x09acme.core)\x03\xe9\0\0\0\0i\x0c\0\0\0i\x04\0\0\0\
            )\x02z\x09acme.gone)\x03r\x01\0\0\0i\x0c\0\0\0i\0\0\0\0";
        let bytes = [&b"PYZ\0\xa7\r\r\n\0\0\0\x10code"[..], table].concat();
        let mut found = Vec::new();
        assert!(modules(&bytes, &mut found));
        assert_eq!(found, [Member { path: "acme/core".to_owned(), range: 12..16, storage: Storage::Zlib }]);
    }

    #[test]
    fn a_table_that_leads_astray_is_told() {
        for table in [
            entry(0, 9999, 0, b'x', "beyond the end"),
            vec![0; 18],
            [entry(0, 4, 0, b'x', "fine"), b"\0\0\xff\xff".to_vec()].concat(),
            [entry(0, 4, 0, b'x', "the same"), entry(0, 4, 0, b'x', "again")].concat(),
        ] {
            let (bytes, mark) = executable(b"data", &table);
            assert!(!members(&bytes, mark, &mut Vec::new()), "{}", table.escape_ascii());
        }
        assert!(!modules(b"PYZ\0\xa7\r\r\n\xff\xff\xff\xff", &mut Vec::new()));
        assert!(!modules(b"PYZ\0", &mut Vec::new()));
    }
}
