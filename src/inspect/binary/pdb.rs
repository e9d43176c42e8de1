//! Program databases: classic ones (`Microsoft C/C++ MSF 7.00`) and portable ones (`BSJB`), which .NET
//! compilers also put into the program itself (`MPDB`, deflated).

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::inventory::BinaryFacts;

/// 0E8A571B-6926-466E-B4AD-8AB04611F5FE, the kind of a portable PDB's records that hold a source file, in
/// the byte order of the GUID heap.
pub(super) const EMBEDDED_SOURCE: [u8; 16] =
    [0x1B, 0x57, 0x8A, 0x0E, 0x26, 0x69, 0x6E, 0x46, 0xB4, 0xAD, 0x8A, 0xB0, 0x46, 0x11, 0xF5, 0xFE];

/// Most bytes inflated of a PDB inside a program.
const MOST_INFLATED: u64 = 64 << 20;

/// The file as a whole is debug information; a needle tells whether it holds sources.
pub(super) fn read(bytes: &[u8]) -> BinaryFacts {
    BinaryFacts { format: "PDB", source_link: source_link(bytes), ..BinaryFacts::default() }
}

/// The first address of SourceLink's record, which is JSON: `{"documents":{"/src/*":"https://host/*"}}`.
fn source_link(bytes: &[u8]) -> Option<String> {
    let documents = memchr::memmem::find(bytes, b"{\"documents\"")?;
    let rest = bytes.get(documents..)?;
    let rest = rest.get(..rest.len().min(4096))?;
    let address = rest.get(memchr::memmem::find(rest, b"\"http")? + 1..)?;
    let address = address.get(..memchr::memchr(b'"', address)?)?;
    Some(String::from_utf8_lossy(address).into_owned())
}

/// Whether a portable PDB as it is in a program (`MPDB`, length, deflated bytes) holds source files.
pub(super) fn embeds_source(packed: &[u8]) -> bool {
    let Some(deflated) = packed.strip_prefix(b"MPDB").and_then(|rest| rest.get(4..)) else { return false };
    let mut pdb = Vec::new();
    // Damaged data is read as far as it goes.
    let _ = DeflateDecoder::new(deflated).take(MOST_INFLATED).read_to_end(&mut pdb);
    memchr::memmem::find(&pdb, &EMBEDDED_SOURCE).is_some()
}
