//! PHP's archives: a program that reads the rest of its own file, and behind it files that are packed one by one.

use memchr::memmem;

use super::super::Budget;
use super::{Found, packed};

const MARK: &[u8] = b"__HALT_COMPILER();";
/// How a file is packed, among its flags.
const DEFLATED: u32 = 0x1000;
const BZIP2: u32 = 0x2000;

/// Whether a file may be one.
pub(super) fn is(bytes: &[u8]) -> bool {
    (bytes.starts_with(b"<?php") || bytes.starts_with(b"#!")) && contents(bytes).is_some()
}

pub(super) fn uncover(bytes: &[u8], budget: &Budget, found: &mut Found<'_>) {
    let Some(contents) = contents(bytes) else { return };
    for file in files(contents).unwrap_or_default() {
        let Some(packed) = contents.get(file.start..file.end) else { return };
        let text = match file.flags & (DEFLATED | BZIP2) {
            DEFLATED => packed::deflated(packed, budget),
            BZIP2 => packed::marked(packed, budget),
            _ => None,
        };
        if let Some((text, _)) = text {
            found(bytes.len() - contents.len() + file.start, &text);
        }
    }
}

/// What stands behind the statement that ends a program of PHP, be it an archive's.
pub(crate) fn behind_program(bytes: &[u8]) -> Option<&[u8]> {
    memmem::find(bytes, MARK).and_then(|mark| bytes.get(mark + MARK.len()..))
}

/// What stands behind the program, without the end of its last line.
fn contents(bytes: &[u8]) -> Option<&[u8]> {
    let rest = behind_program(bytes)?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let rest = rest.strip_prefix(b"?>").unwrap_or(rest);
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    Some(rest.strip_prefix(b"\n").unwrap_or(rest)).filter(|rest| !rest.is_empty())
}

/// A file among the contents.
struct File {
    start: usize,
    end: usize,
    flags: u32,
}

/// The files that the table names, which stand behind it in its order.
fn files(contents: &[u8]) -> Option<Vec<File>> {
    /// Bytes that a file takes in the table at least.
    const SHORTEST: usize = 28;
    let mut rest = contents;
    let mut start = number(&mut rest)?.checked_add(4)?;
    let count = number(&mut rest)?;
    // version and flags
    rest = rest.get(6..)?;
    skip(&mut rest)?;
    skip(&mut rest)?;
    let mut files = Vec::new();
    for _ in 0..count.min(contents.len() / SHORTEST) {
        skip(&mut rest)?;
        // size and time
        rest = rest.get(8..)?;
        let length = number(&mut rest)?;
        rest = rest.get(4..)?;
        let flags = number(&mut rest)? as u32;
        skip(&mut rest)?;
        let end = start.checked_add(length)?;
        files.push(File { start, end, flags });
        start = end;
    }
    Some(files)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (number, behind) = rest.split_first_chunk::<4>()?;
    *rest = behind;
    usize::try_from(u32::from_le_bytes(*number)).ok()
}

/// Skips bytes behind their length.
fn skip(rest: &mut &[u8]) -> Option<()> {
    let length = number(rest)?;
    *rest = rest.get(length..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::testing::blocks;
    use super::*;

    const TEXT: &str = "// a line of code that somebody wrote\nreturn one;\n";

    fn sized(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat()
    }

    #[test]
    fn files_in_every_form() {
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
        deflate.write_all(TEXT.as_bytes()).unwrap();
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        bzip2.write_all(TEXT.as_bytes()).unwrap();
        let files = [
            (0x1A4, b"a();".to_vec()),
            (0x1A4 | DEFLATED, deflate.finish().unwrap()),
            (0x1A4 | BZIP2, bzip2.finish().unwrap()),
        ];
        let table: Vec<u8> = files
            .iter()
            .flat_map(|(flags, bytes)| {
                let length = (bytes.len() as u32).to_le_bytes();
                [&sized(b"src/a.ts")[..], &[0; 8], &length, &[0; 4], &u32::to_le_bytes(*flags), &sized(b"")]
                    .concat()
            })
            .collect();
        let head = [&3u32.to_le_bytes()[..], &[0x11, 0, 0, 0, 1, 0], &sized(b"a.phar"), &sized(b"")].concat();
        let table = sized(&[head, table].concat());
        let contents: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        for (start, end) in [
            ("<?php __HALT_COMPILER(); ?>\r\n", "GBMB"),
            ("#!/usr/bin/env php\n<?php\na();\n__HALT_COMPILER();", ""),
        ] {
            let file = [start.as_bytes(), &table, &contents, end.as_bytes()].concat();
            assert!(is(&file));
            assert_eq!(blocks(uncover, &file), [TEXT, TEXT]);
            for cut in 0..file.len() {
                blocks(uncover, &file[..cut]);
            }
        }
        assert!(!is(b"<?php a();") && !is(b"<?php __HALT_COMPILER();\n"));
        assert!(blocks(uncover, b"<?php __HALT_COMPILER();\xff\xff\xff\xff\xff\xff\xff\xff").is_empty());
    }
}
