//! ELF, Mach-O (fat ones slice by slice), PE, and static libraries member by member.

use object::read::archive::ArchiveFile;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{CompressionFormat, FileKind, LittleEndian, Object, ObjectKind, ObjectSection, pe};

use crate::inventory::{At, BinaryFacts, LocalPath, Media};

use super::{add_section, build_id, names, pdb, rpath};

/// Slices of a fat binary that are read.
const MOST_SLICES: usize = 16;
/// Sections read per file, all slices and members together.
const MOST_SECTIONS: usize = 1 << 17;
/// Section names that were unreadable or absurdly long, after which the file is left alone: reading a
/// name costs as much as it is long.
const MOST_STRIKES: usize = 16;
const LONGEST_NAME: usize = 256;

/// Reads what is readable; a damaged file gives fewer facts.
pub(super) fn read(bytes: &[u8], media: Media) -> BinaryFacts {
    let format = match media {
        Media::Elf => "ELF",
        Media::MachO => "Mach-O",
        Media::Pe => "PE",
        _ => "static library",
    };
    let facts = BinaryFacts { format, ..BinaryFacts::default() };
    let mut reader = Reader { facts, sections: MOST_SECTIONS, strikes: MOST_STRIKES };
    match FileKind::parse(bytes) {
        Ok(FileKind::Archive) => reader.library(bytes),
        Ok(FileKind::MachOFat32) => {
            if let Ok(fat) = MachOFatFile32::parse(bytes) {
                reader.slices(bytes, fat.arches());
            }
        }
        Ok(FileKind::MachOFat64) => {
            if let Ok(fat) = MachOFatFile64::parse(bytes) {
                reader.slices(bytes, fat.arches());
            }
        }
        _ => reader.object(bytes),
    }
    if media == Media::Pe {
        let portable = debug_record(bytes, PORTABLE_PDB);
        reader.facts.embedded_source = portable.is_some_and(pdb::embeds_source);
        if let Some((offset, path)) =
            debug_record(bytes, CODE_VIEW).and_then(|record| code_view(bytes, record))
        {
            let at = At { offset, ..At::default() };
            reader.facts.local_paths.push(LocalPath { path, at });
        }
    }
    reader.facts
}

struct Reader {
    facts: BinaryFacts,
    /// Sections still to be read.
    sections: usize,
    /// Bad names still forgiven.
    strikes: usize,
}

impl Reader {
    fn library(&mut self, bytes: &[u8]) {
        let Ok(archive) = ArchiveFile::parse(bytes) else { return };
        for member in archive.members() {
            let Ok(data) = member.and_then(|member| member.data(bytes)) else { break };
            self.object(data);
        }
        // Members have build ids of their own; a library has none.
        self.facts.build_id = None;
    }

    fn slices<F: FatArch>(&mut self, bytes: &[u8], slices: &[F]) {
        for slice in slices.iter().take(MOST_SLICES) {
            if let Ok(data) = slice.data(bytes) {
                self.object(data);
            }
        }
    }

    fn object(&mut self, data: &[u8]) {
        let Ok(file) = object::File::parse(data) else { return };
        if self.facts.build_id.is_none() {
            let uuid = file.mach_uuid().ok().flatten().map(|uuid| build_id(&uuid));
            self.facts.build_id = uuid.or_else(|| file.build_id().ok().flatten().map(build_id));
        }
        if self.facts.search_paths.is_empty() {
            self.facts.search_paths = rpath::absolute(&file);
        }
        // A program that may stand anywhere in memory is a library by its header, and names its loader.
        self.facts.is_program |=
            file.kind() == ObjectKind::Executable || file.section_by_name(".interp").is_some();
        // A linker needs the symbols of an object file; those of a finished program help a debugger only.
        let is_linked = matches!(file.kind(), ObjectKind::Executable | ObjectKind::Dynamic);
        for section in file.sections() {
            if self.sections == 0 || self.strikes == 0 {
                return;
            }
            self.sections -= 1;
            let Some(name) = section.name().ok().filter(|name| name.len() <= LONGEST_NAME) else {
                self.strikes -= 1;
                continue;
            };
            let in_dwarf_segment = matches!(section.segment_name(), Ok(Some("__DWARF")));
            let is_symbols = is_linked && matches!(name, ".symtab" | ".strtab");
            if in_dwarf_segment || is_debug(name) || is_symbols {
                let bytes = section.file_range().map_or(0, |(_, bytes)| bytes.min(data.len() as u64));
                if bytes > 0 {
                    add_section(&mut self.facts.debug_sections, name, bytes);
                    if names::has_names(name) {
                        self.names(&section);
                    }
                }
            }
        }
    }
}

impl Reader {
    fn names<'data>(&mut self, section: &impl ObjectSection<'data>) {
        match section.compressed_data() {
            Ok(found) if found.format == CompressionFormat::None => names::note(found.data, &mut self.facts),
            Ok(found) if found.format == CompressionFormat::Zlib => {
                names::note_packed(found.data, &mut self.facts);
            }
            _ => {}
        }
    }
}

fn is_debug(name: &str) -> bool {
    const PREFIXES: [&str; 5] = [".debug", ".zdebug", ".gnu_debugdata", ".gnu.debuglto_", ".stab"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || name == ".gdb_index"
}

/// `IMAGE_DEBUG_TYPE` of a deflated portable PDB, after the specification of the PE format's .NET part.
const PORTABLE_PDB: u32 = 17;
/// `IMAGE_DEBUG_TYPE` of the record that names the program's PDB.
const CODE_VIEW: u32 = 2;

/// The record of this type in a PE's debug directory.
fn debug_record(bytes: &[u8], kind: u32) -> Option<&[u8]> {
    match FileKind::parse(bytes).ok()? {
        FileKind::Pe32 => debug_directory::<pe::ImageNtHeaders32>(bytes, kind),
        FileKind::Pe64 => debug_directory::<pe::ImageNtHeaders64>(bytes, kind),
        _ => None,
    }
}

fn debug_directory<Headers: object::read::pe::ImageNtHeaders>(bytes: &[u8], kind: u32) -> Option<&[u8]> {
    /// Entries of the debug directory that are read; compilers write three or four.
    const MOST_ENTRIES: usize = 32;
    let file = object::read::pe::PeFile::<Headers>::parse(bytes).ok()?;
    let directory = file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_DEBUG)?;
    let entries = directory.data(bytes, &file.section_table()).ok()?;
    let size = std::mem::size_of::<pe::ImageDebugDirectory>();
    entries.chunks_exact(size).take(MOST_ENTRIES).find_map(|entry| {
        let (entry, _) = object::from_bytes::<pe::ImageDebugDirectory>(entry).ok()?;
        if entry.typ.get(LittleEndian) != pe::DebugType(kind) {
            return None;
        }
        let start = entry.pointer_to_raw_data.get(LittleEndian) as usize;
        let length = entry.size_of_data.get(LittleEndian) as usize;
        bytes.get(start..)?.get(..length)
    })
}

/// The path of the PDB that a CodeView record names, where it is one of the build machine: a whole path, and none
/// that build services or deterministic builds use. Home folders are found like everywhere.
fn code_view(bytes: &[u8], record: &[u8]) -> Option<(u64, String)> {
    /// Signature, GUID and age are before the path.
    const HEADER: usize = 24;
    const SERVICES: [&str; 8] =
        ["/a/", "/_/", "/__w/", "/agent/", "/hostedtoolcache/", "/projects/", "/builds/", "/home/runner/"];
    let path = record.strip_prefix(b"RSDS").and_then(|_| record.get(HEADER..))?;
    let path = path.get(..memchr::memchr(0, path)?)?;
    let text = std::str::from_utf8(path).ok().filter(|text| text.len() <= 200)?;
    let unix = text.replace('\\', "/");
    let below_drive = unix.get(2..).filter(|_| unix.get(1..2) == Some(":")).unwrap_or(&unix);
    let is_home = ["/home/", "/Users/", "/users/"].iter().any(|home| below_drive.starts_with(home));
    let is_whole = below_drive.starts_with('/') && below_drive.matches('/').count() > 2;
    if !is_whole || is_home || SERVICES.iter().any(|service| below_drive.starts_with(service)) {
        return None;
    }
    let offset = path.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    Some((offset as u64, text.to_owned()))
}
