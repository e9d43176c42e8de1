//! pkg's executables: the files are one after the other, each compressed by itself if the user wanted so, and
//! the loader's text ends in a table of them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::inspect::{Member, Storage};
use crate::inventory::ProgramFacts;

pub(super) const NAME: &str = "pkg";
pub(super) const MARK: &[u8] = b"PAYLOAD_POSITION = '";
/// What is said of a table that can't be read.
pub(super) const UNREADABLE: &str = "the table of contents of this pkg executable can't be followed";

/// pkg writes the payload's position into the text of its loader; before that, a comment is there.
pub(super) fn program(bytes: &[u8], mark: usize) -> Option<ProgramFacts> {
    let offset = number(bytes, mark + MARK.len())?;
    (offset > 0 && offset <= bytes.len()).then(|| super::program(NAME, offset as u64, None, true))
}

/// Hands on the files that the executable holds compressed; those in plain text are looked at where they are.
/// Returns whether all of them were handed on.
pub(super) fn members(bytes: &[u8], mark: usize, members: &mut Vec<Member>) -> bool {
    let Some((payload, loader)) = number(bytes, mark + MARK.len()).zip(loader(bytes, mark)) else {
        return false;
    };
    // Old versions don't compress.
    if memchr::memmem::find(loader, b"DOCOMPRESS").is_none() {
        return true;
    }
    let Some(table) = Table::read(loader) else { return false };
    let Some(storage) = table.storage else { return true };
    let mut room = bytes.len();
    let mut whole = true;
    for (path, offset, length) in table.files() {
        let start = payload.saturating_add(offset);
        let range = start..start.saturating_add(length);
        if range.end > bytes.len() || length > room {
            whole = false;
        } else {
            room -= length;
            members.push(Member { path, range, storage });
        }
    }
    whole
}

/// The text of the loader, whose place is not far after the payload's.
fn loader(bytes: &[u8], mark: usize) -> Option<&[u8]> {
    const NEAR: usize = 1024;
    let near = bytes.get(mark..)?;
    let near = near.get(..NEAR).unwrap_or(near);
    let value = |name: &[u8]| number(near, memchr::memmem::find(near, name)? + name.len());
    let start = value(b"PRELUDE_POSITION = '")?;
    bytes.get(start..start.checked_add(value(b"PRELUDE_SIZE = '")?)?)
}

/// The number in quotes whose first digit is here, filled up with blanks. In a program that only knows the mark, a linker
/// puts the digits of some other text behind it.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let text = bytes.get(at..)?;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    let is_closed = rest.iter().find(|byte| **byte != b' ') == Some(&b'\'');
    std::str::from_utf8(digits).ok().filter(|_| is_closed)?.parse().ok()
}

/// The arguments that the loader's text ends with.
struct Table {
    /// By path: what there is of each file, as offset and length in the payload.
    files: Map<String, Value>,
    /// The names that the paths abbreviate, by their abbreviations.
    names: HashMap<String, String>,
    /// `None` for files in plain text.
    storage: Option<Storage>,
}

impl Table {
    fn read(loader: &[u8]) -> Option<Self> {
        let (rest, end) = split_last(loader)?;
        let storage = match end.first()? {
            b'0' => None,
            b'1' => Some(Storage::Gzip),
            b'2' => Some(Storage::Brotli),
            _ => return None,
        };
        let (rest, names) = split_last(rest)?;
        let (rest, _links) = split_last(rest)?;
        let (rest, _entry_point) = split_last(rest)?;
        let line = memchr::memrchr(b'\n', rest).map_or(0, |end| end + 1);
        let files = serde_json::from_slice(rest.get(line..)?).ok()?;
        let names: HashMap<String, String> = serde_json::from_slice(names).ok()?;
        Some(Self { files, names: names.into_iter().map(|(name, short)| (short, name)).collect(), storage })
    }

    /// The content of each file: its path, offset and length.
    fn files(&self) -> impl Iterator<Item = (String, usize, usize)> {
        const CONTENT: &str = "1";
        self.files.iter().filter_map(|(key, parts)| {
            let place = parts.get(CONTENT)?;
            let number = |index: usize| usize::try_from(place.get(index)?.as_u64()?).ok();
            let names = key.split('/').map(|short| self.names.get(short).map_or(short, String::as_str));
            let names: Vec<&str> = names.filter(|name| !matches!(*name, "" | "." | "..")).collect();
            Some((names.join("/"), number(0)?, number(1)?))
        })
    }
}

/// What is before and after the last line that holds a comma alone.
fn split_last(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const COMMA: &[u8] = b"\n,\n";
    let at = memchr::memmem::rfind(text, COMMA)?;
    Some((text.get(..at)?, text.get(at + COMMA.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An executable as pkg makes them, with one file of ten bytes.
    fn executable(place: &str, compression: u8) -> Vec<u8> {
        let head = |payload: usize, loader: usize, length: usize| {
            format!(
                "var PAYLOAD_POSITION = '{payload:<12}' | 0;\nvar PRELUDE_POSITION = '{loader:<12}' | 0;\nvar PRELUDE_SIZE = '{length:<12}' | 0;\n"
            )
        };
        let loader = format!(
            "(function (DOCOMPRESS) {{ load();\n}},\n{{\"0/1/2\":{{\"1\":{place},\"3\":[10,2]}},\"0/1\":{{\"2\":[12,2]}}}}\n,\n\"/snapshot/a.js\"\n,\n{{}}\n,\n{{\"\":\"0\",\"snapshot\":\"1\",\"a.js\":\"2\"}}\n,\n{compression}\n);\n}})"
        );
        let length = head(0, 0, 0).len();
        let head = head(length, length + 10, loader.len());
        [head.as_bytes(), b"ten bytes!", loader.as_bytes()].concat()
    }

    fn look(bytes: &[u8]) -> (bool, Vec<Member>) {
        let mark = memchr::memmem::find(bytes, MARK).unwrap();
        assert_eq!(program(bytes, mark).unwrap().packer, NAME);
        let mut found = Vec::new();
        (members(bytes, mark, &mut found), found)
    }

    #[test]
    fn a_mark_before_another_text_is_no_program() {
        for behind in ["8Q~ and more", "12", "3    ", "' || 7", ""] {
            let bytes = [MARK, behind.as_bytes(), &[b'x'; 100]].concat();
            assert!(program(&bytes, 0).is_none(), "{behind}");
        }
        assert!(program(&[MARK, b"8      ' | 0"].concat(), 0).is_some());
    }

    #[test]
    fn hands_on_what_is_compressed() {
        for (compression, storage) in [(1, Storage::Gzip), (2, Storage::Brotli)] {
            let bytes = executable("[0,10]", compression);
            let (whole, found) = look(&bytes);
            let [member] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((whole, member.path.as_str(), member.storage), (true, "snapshot/a.js", storage));
            assert_eq!(&bytes[member.range.clone()], b"ten bytes!");
        }
        assert_eq!(look(&executable("[0,10]", 0)), (true, Vec::new()));
    }

    #[test]
    fn a_table_that_leads_astray_is_told() {
        assert_eq!(look(&executable("[0,100000]", 1)), (false, Vec::new()));
        assert_eq!(look(&executable("[0,10]", 7)), (false, Vec::new()));
        assert_eq!(look(&executable("[0,10", 1)), (false, Vec::new()));
    }
}
