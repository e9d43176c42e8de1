//! ELF, Mach-O (fat ones slice by slice), PE, and static libraries member by member.

use object::read::archive::ArchiveFile;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{FileKind, LittleEndian, Object, ObjectKind, ObjectSection, pe};

use crate::inventory::{BinaryFacts, Media};

use super::{add_section, build_id, pdb};

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
        reader.facts.embedded_source = embedded_pdb(bytes).is_some_and(pdb::embeds_source);
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
                }
            }
        }
    }
}

fn is_debug(name: &str) -> bool {
    const PREFIXES: [&str; 4] = [".debug", ".zdebug", ".gnu_debugdata", ".stab"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || name == ".gdb_index"
}

/// The portable PDB inside a .NET program, still packed.
fn embedded_pdb(bytes: &[u8]) -> Option<&[u8]> {
    match FileKind::parse(bytes).ok()? {
        FileKind::Pe32 => debug_directory::<pe::ImageNtHeaders32>(bytes),
        FileKind::Pe64 => debug_directory::<pe::ImageNtHeaders64>(bytes),
        _ => None,
    }
}

fn debug_directory<Headers: object::read::pe::ImageNtHeaders>(bytes: &[u8]) -> Option<&[u8]> {
    /// Entries of the debug directory that are read; compilers write three or four.
    const MOST_ENTRIES: usize = 32;
    /// `IMAGE_DEBUG_TYPE` of a deflated portable PDB, after the specification of the PE format's .NET part.
    const PORTABLE_PDB: u32 = 17;
    let file = object::read::pe::PeFile::<Headers>::parse(bytes).ok()?;
    let directory = file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_DEBUG)?;
    let entries = directory.data(bytes, &file.section_table()).ok()?;
    let size = std::mem::size_of::<pe::ImageDebugDirectory>();
    entries.chunks_exact(size).take(MOST_ENTRIES).find_map(|entry| {
        let (entry, _) = object::from_bytes::<pe::ImageDebugDirectory>(entry).ok()?;
        if entry.typ.get(LittleEndian) != pe::DebugType(PORTABLE_PDB) {
            return None;
        }
        let start = entry.pointer_to_raw_data.get(LittleEndian) as usize;
        let length = entry.size_of_data.get(LittleEndian) as usize;
        bytes.get(start..)?.get(..length)
    })
}
