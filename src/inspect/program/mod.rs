//! Programs that carry their source in plain text: single-file executables of JavaScript and Python, and
//! Electron's archives.
//!
//! The tools' own executables hold the same marks as constants, and so do texts about them; so a mark
//! counts only where the structure around it says that a payload is there.

mod asar;
mod bun;
mod deno;
mod marshal;
mod node;
mod pkg;
mod pyinstaller;

use crate::inventory::{Media, ProgramFacts};
use crate::unpack;

use super::{FactSink, Hit, Inspector, Member, Sample, Scanner, Storage};

/// Finds the payload, and hands on the files in it where they are in plain text.
pub(super) const INSPECTOR: Inspector = Inspector { name: "programs", needles: |_| needles(), inspect };

/// A way to tell a packer from a needle: the payload, if the mark at the offset means one.
type Tell = fn(&[u8], usize) -> Option<ProgramFacts>;

/// The needle and what to make of it.
const PACKERS: [(&[u8], Tell); 6] = [
    (b"\n---- Bun! ----\n", bun::program),
    (node::FUSE, node::program),
    (deno::MARK, deno::program),
    (b"<nexe~~sentinel>", nexe),
    (pkg::MARK, pkg::program),
    (b"MEI\x0c\x0b\x0a\x0b\x0e", pyinstaller::program),
];

fn needles() -> Vec<Vec<u8>> {
    PACKERS.iter().map(|(mark, _)| mark.to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() {
        return;
    }
    let bytes = sample.bytes;
    if sample.media == Media::Asar {
        sink.entry.program = Some(Box::new(program("asar", 0, Some(bytes.len() as u64), true)));
        if !asar::members(bytes, sink.members) {
            sink.entry.unexamined.push("the table of contents of this asar archive can't be followed");
        }
    } else if bytes.starts_with(pyinstaller::MODULES) {
        if !pyinstaller::modules(bytes, sink.members) {
            sink.entry.unexamined.push(pyinstaller::UNREADABLE);
        }
    } else if sample.media == Media::Binary && bytes.starts_with(node::BLOB) {
        sink.entry.program = Some(Box::new(node::blob(bytes)));
    } else if let Some(start) = zip_behind_shebang(bytes) {
        let length = (bytes.len() - start) as u64;
        sink.entry.program =
            Some(Box::new(program("Python zip application", start as u64, Some(length), true)));
        // As an archive that is told from its first bytes.
        let path = "app.zip".to_owned();
        sink.members.push(Member { path, range: start..bytes.len(), storage: Storage::Rebased });
    } else if let Some(start) = stream_behind_shebang(bytes) {
        let path = "payload".to_owned();
        sink.members.push(Member { path, range: start..bytes.len(), storage: Storage::Plain });
    } else if let Some(start) = tar_behind_shebang(bytes) {
        let path = "payload.tar".to_owned();
        sink.members.push(Member { path, range: start..bytes.len(), storage: Storage::Plain });
    } else if matches!(sample.media, Media::Elf | Media::MachO | Media::Pe | Media::Binary) {
        let found = hits.iter().find_map(|hit| {
            let (_, tell) = PACKERS.get(hit.needle)?;
            Some((hit.offset, tell(bytes, hit.offset)?))
        });
        let Some((mark, program)) = found else { return };
        match program.packer {
            bun::NAME => bun::originals(sample, mark, scanner, sink),
            deno::NAME => deno::originals(sample, mark, scanner, sink),
            pyinstaller::NAME if !pyinstaller::members(bytes, mark, sink.members) => {
                sink.entry.unexamined.push(pyinstaller::UNREADABLE);
            }
            pkg::NAME if !pkg::members(bytes, mark, sink.members) => {
                sink.entry.unexamined.push(pkg::UNREADABLE)
            }
            _ => {}
        }
        sink.entry.program = Some(Box::new(program));
    }
}

fn program(packer: &'static str, offset: u64, bytes: Option<u64>, source_text: bool) -> ProgramFacts {
    ProgramFacts { packer, offset, bytes, source_text, minified: false }
}

/// Whether a script is minified: its lines are long, or there are hardly any.
fn is_minified(script: &[u8]) -> bool {
    /// Average bytes per line; minified text has more, written text never.
    const LONG: usize = 400;
    /// Lines that a short script has when it is minified: a mark of the packer's, and the text.
    const FEW: usize = 2;
    let lines = script.trim_ascii().split(|byte| *byte == b'\n').count();
    lines <= FEW || script.len() / lines > LONG
}

/// nexe appends its payload, this mark, and the lengths of two parts as doubles.
fn nexe(bytes: &[u8], mark: usize) -> Option<ProgramFacts> {
    const MARK: usize = 16;
    let double = |at: usize| Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let length = double(mark + MARK)? + double(mark + MARK + 8)?;
    let fits = length >= 1.0 && length <= mark as f64 && bytes.len() - mark <= 64;
    fits.then(|| program("nexe", (mark as f64 - length) as u64, Some(length as u64), true))
}

/// pex, shiv and zipapp: a zip after a line that names the interpreter.
fn zip_behind_shebang(bytes: &[u8]) -> Option<usize> {
    const LONGEST_LINE: usize = 512;
    const LAST: usize = 66_000;
    if !bytes.starts_with(b"#!") {
        return None;
    }
    let head = bytes.get(..LONGEST_LINE).unwrap_or(bytes);
    let start = memchr::memmem::find(head, b"\nPK\x03\x04")? + 1;
    let tail = bytes.get(bytes.len().saturating_sub(LAST)..)?;
    memchr::memmem::find(tail, b"PK\x05\x06").map(|_| start)
}

/// Installers that unpack themselves: a compressed stream after a script, which alone would end in text.
fn stream_behind_shebang(bytes: &[u8]) -> Option<usize> {
    const TAIL: usize = 512;
    const STREAMS: [&[u8]; 4] = [b"\n\x1f\x8b\x08", b"\n\xfd7zXZ\0", b"\n\x28\xb5\x2f\xfd", b"\nBZh"];
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..)?;
    if !bytes.starts_with(b"#!") || unpack::sniff(tail, TAIL as u64).is_text() {
        return None;
    }
    let starts = STREAMS.iter().filter_map(|magic| memchr::memmem::find(bytes, magic));
    starts.min().map(|newline| newline + 1)
}

/// The same with an archive that isn't compressed: its first header has its mark behind the name of a file.
fn tar_behind_shebang(bytes: &[u8]) -> Option<usize> {
    const MARK: &[u8] = b"ustar";
    const MARK_AT: usize = 257;
    /// Texts may speak of the mark.
    const MOST: usize = 16;
    if !bytes.starts_with(b"#!") {
        return None;
    }
    let starts = memchr::memmem::find_iter(bytes, MARK).take(MOST).filter_map(|at| at.checked_sub(MARK_AT));
    let is_behind_line = |start: &usize| bytes.get(..*start).is_some_and(|script| script.ends_with(b"\n"));
    let is_tar = |start: &usize| {
        bytes.get(*start..).is_some_and(|rest| unpack::sniff(rest, rest.len() as u64) == Media::Tar)
    };
    starts.filter(is_behind_line).find(is_tar)
}

fn little32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn big32(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes(field.try_into().ok()?)).ok()
}

fn little64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::{Scanner, inspect};
    use super::*;
    use crate::inventory::Entry;

    fn look(media: Media, bytes: &[u8]) -> (Option<ProgramFacts>, Vec<Member>) {
        let mut entry = Entry { path: "package/tool".to_owned(), media, ..Entry::default() };
        let files = inspect(bytes, Scanner::plain(), &mut entry);
        (entry.program.map(|program| *program), files)
    }

    fn executable(parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01\0".to_vec();
        bytes.resize(4096, 0);
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }

    fn bun_table(payload: u64) -> Vec<u8> {
        let mut table = payload.to_le_bytes().to_vec();
        table.extend(4u32.to_le_bytes());
        table.extend(8u32.to_le_bytes());
        table.resize(32, 0);
        table
    }

    #[test]
    fn tells_every_packer() {
        let js = b"console.log('payload text')";
        let nexe = (js.len() as f64).to_le_bytes();
        let cookie =
            [&b"MEI\x0c\x0b\x0a\x0b\x0e"[..], &200u32.to_be_bytes(), &100u32.to_be_bytes(), &[0; 72]]
                .concat();
        for (packer, bytes) in [
            ("Bun", executable(&[js, &bun_table(js.len() as u64), b"\n---- Bun! ----\n", &[0; 64]])),
            ("Node single executable", executable(&[node::FUSE, b"\0", js])),
            ("Deno", executable(&[b"d3n0l4nd", &27u64.to_le_bytes(), b"{\"argv\":[]}", js])),
            ("Deno", executable(&[js, b"d3n0l4nd", &4096u64.to_be_bytes(), &4096u64.to_be_bytes()])),
            ("nexe", executable(&[js, b"<nexe~~sentinel>", &nexe, &0f64.to_le_bytes()])),
            ("pkg", executable(&[b"var PAYLOAD_POSITION = '4000     ' | 0;", js])),
            ("PyInstaller", executable(&[js, &cookie])),
        ] {
            let found = look(Media::Elf, &bytes).0.unwrap_or_else(|| panic!("{packer}"));
            assert_eq!(found.packer, packer);
        }
    }

    #[test]
    fn is_silent_on_the_tools_themselves_and_texts_about_them() {
        for bytes in [
            executable(&[&[0; 64], b"\n---- Bun! ----\n", &[0; 64]]),
            executable(&[b"NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:0\0"]),
            executable(&[node::FUSE, b"PAYLOAD_POSITION = '"]),
            executable(&[b"d3n0l4nd", &[7; 100]]),
            executable(&[b"<nexe~~sentinel>", &[0; 100]]),
            executable(&[b"var PAYLOAD_POSITION = '// PAYLOAD_POSITION //' | 0;"]),
            executable(&[b"MEI\x0c\x0b\x0a\x0b\x0e", &[0; 80]]),
        ] {
            assert_eq!(look(Media::Elf, &bytes).0, None, "{}", bytes[4096..].escape_ascii());
        }
        for (mark, _) in PACKERS {
            let text = [b"const mark = '", mark, b"'; // PAYLOAD_POSITION = '12'"].concat();
            assert_eq!(look(Media::Text, &text).0, None);
        }
    }

    #[test]
    fn hands_on_the_members_of_an_asar() {
        let json = r#"{"files":{"a.js":{"size":3,"offset":"0"},"lib":{"files":{"b.js":{"size":2,"offset":"3"}}},
            "big":{"size":9999,"offset":"0"},"link":{"link":"a.js"},"../x":{"size":1,"offset":"1"}}}"#;
        let padded = json.len().next_multiple_of(4);
        let sizes = [4, padded as u32 + 8, padded as u32 + 4, json.len() as u32];
        let mut bytes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        bytes.extend(json.as_bytes());
        bytes.resize(16 + padded, 0);
        bytes.extend(b"a();b(");
        let (program, files) = look(Media::Asar, &bytes);
        assert_eq!(program.unwrap().packer, "asar");
        let members: Vec<(&str, &[u8])> =
            files.iter().map(|file| (file.path.as_str(), &bytes[file.range.clone()])).collect();
        assert_eq!(members, [("a.js", &b"a()"[..]), (".._x", &b"("[..]), ("lib/b.js", &b";b"[..])]);
    }

    #[test]
    fn opens_a_tar_behind_a_script() {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(4);
        header.set_cksum();
        tar.append_data(&mut header, "src/a.ts", &b"a();"[..]).unwrap();
        let tar = tar.into_inner().unwrap();
        let script = b"#!/bin/sh\n# unpacks a ustar archive\ntail -n +4 \"$0\" | tar x\nexit 0\n";
        let bytes = [&script[..], &tar].concat();
        let (program, files) = look(Media::Binary, &bytes);
        assert_eq!(program, None);
        assert_eq!(&bytes[files[0].range.clone()], tar);
        assert!(look(Media::Text, &script.repeat(9)).1.is_empty());
        assert!(look(Media::Binary, &[b"\n", &bytes[..]].concat()).1.is_empty());
    }

    #[test]
    fn opens_a_zip_behind_a_shebang() {
        let zip = b"PK\x03\x04....PK\x05\x06..................";
        let bytes = [b"#!/usr/bin/env python3\n", &zip[..]].concat();
        let (program, files) = look(Media::Binary, &bytes);
        assert_eq!(program.unwrap().offset, 23);
        assert_eq!(&bytes[files[0].range.clone()], zip);
        assert_eq!(look(Media::Text, b"#!/bin/sh\necho PK\x03\x04").0, None);
    }
}
