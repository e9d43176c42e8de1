use std::io::Write as _;

use object::write::Object as Written;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};

use super::*;
use crate::inspect::inspect;
use crate::inventory::Entry;

fn facts(media: Media, bytes: &[u8]) -> BinaryFacts {
    let mut entry = Entry { media, ..Entry::default() };
    inspect(bytes, Scanner::plain(), &mut entry);
    *entry.binary.expect("facts of a program")
}

/// An object file with one section besides its code.
fn object_file(format: BinaryFormat, segment: &str, name: &str, data: &[u8]) -> Vec<u8> {
    let mut file = Written::new(format, Architecture::X86_64, Endianness::Little);
    let text = file.add_section(b"__TEXT".to_vec(), b".text".to_vec(), SectionKind::Text);
    file.set_section_data(text, vec![0x90; 16], 1);
    let section = file.add_section(segment.as_bytes().to_vec(), name.as_bytes().to_vec(), SectionKind::Debug);
    file.set_section_data(section, data.to_vec(), 1);
    file.write().expect("an object file")
}

fn library(members: &[&[u8]]) -> Vec<u8> {
    let mut library = b"!<arch>\n".to_vec();
    for (number, member) in members.iter().enumerate() {
        let name = format!("m{number}.o/");
        writeln!(library, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 644, member.len())
            .expect("memory");
        library.extend_from_slice(member);
        if member.len() % 2 == 1 {
            library.push(b'\n');
        }
    }
    library
}

fn sections(facts: &BinaryFacts) -> Vec<(&str, u64)> {
    facts.debug_sections.iter().map(|section| (section.name.as_str(), section.bytes)).collect()
}

#[test]
fn debug_sections_of_every_format() {
    let elf = object_file(BinaryFormat::Elf, "", ".debug_info", &[1; 300]);
    let found = facts(Media::Elf, &elf);
    assert_eq!((found.format, sections(&found)), ("ELF", vec![(".debug_info", 300)]));
    let macho = object_file(BinaryFormat::MachO, "__DWARF", "__debug_line", &[1; 200]);
    let found = facts(Media::MachO, &macho);
    assert_eq!((found.format, sections(&found)), ("Mach-O", vec![("__debug_line", 200)]));
    let found = facts(Media::Ar, &library(&[&elf, &elf]));
    assert_eq!((found.format, sections(&found)), ("static library", vec![(".debug_info", 600)]));
}

#[test]
fn a_fat_binary_is_read_slice_by_slice() {
    let thin = object_file(BinaryFormat::MachO, "__DWARF", "__debug_line", &[1; 200]);
    let mut fat = 0xCAFE_BABEu32.to_be_bytes().to_vec();
    fat.extend_from_slice(&1u32.to_be_bytes());
    for number in [0x0100_0007, 3, 4096, thin.len() as u32, 12] {
        fat.extend_from_slice(&number.to_be_bytes());
    }
    fat.resize(4096, 0);
    fat.extend_from_slice(&thin);
    assert_eq!(sections(&facts(Media::MachO, &fat)), [("__debug_line", 200)]);
}

#[test]
fn wasm_custom_sections() {
    let custom = |name: &str, data: &[u8]| {
        let mut body = vec![name.len() as u8];
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(data);
        [&[0u8, body.len() as u8][..], &body].concat()
    };
    let start = b"\0asm\x01\0\0\0".to_vec();
    let module = [start.clone(), custom(".debug_str", &[7; 50]), custom("build_id", &[0xAB, 0xCD])].concat();
    let found = facts(Media::Wasm, &module);
    assert_eq!((found.format, sections(&found)), ("wasm", vec![(".debug_str", 50)]));
    assert_eq!(found.build_id.as_deref(), Some("abcd"));
    assert!(facts(Media::Wasm, &[start, custom("producers", &[0; 9])].concat()).debug_sections.is_empty());
}

#[test]
fn a_stripped_object_has_nothing() {
    let elf = object_file(BinaryFormat::Elf, "", ".comment", b"compiler 1.0");
    assert_eq!(facts(Media::Elf, &elf), BinaryFacts { format: "ELF", ..BinaryFacts::default() });
}

#[test]
fn sources_in_program_databases() {
    let portable = |kind: &[u8]| [b"BSJB\x01\0\x01\0", kind].concat();
    assert!(facts(Media::Pdb, &portable(&pdb::EMBEDDED_SOURCE)).embedded_source);
    let found = facts(Media::Pdb, &portable(&[0x1B; 16]));
    assert_eq!((found.format, found.embedded_source), ("PDB", false));
}

/// A 64-bit PE file whose debug directory has one entry: a portable PDB.
fn dotnet(pdb: &[u8]) -> Vec<u8> {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(pdb).expect("memory");
    let packed =
        [b"MPDB", &(pdb.len() as u32).to_le_bytes()[..], &deflate.finish().expect("memory")].concat();
    let mut pe = vec![0u8; 0x200];
    let mut put = |at: usize, bytes: &[u8]| pe[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3C, &0x40u32.to_le_bytes());
    put(0x40, b"PE\0\0\x64\x86\x01\0");
    put(0x54, &240u16.to_le_bytes());
    put(0x56, &0x22u16.to_le_bytes());
    let optional = 0x58;
    put(optional, &0x20Bu16.to_le_bytes());
    put(optional + 32, &0x1000u32.to_le_bytes());
    put(optional + 36, &0x200u32.to_le_bytes());
    put(optional + 108, &16u32.to_le_bytes());
    put(optional + 112 + 6 * 8, &0x1000u32.to_le_bytes());
    put(optional + 112 + 6 * 8 + 4, &28u32.to_le_bytes());
    let section = optional + 240;
    let size = (28 + packed.len()) as u32;
    put(section, b".rdata\0\0");
    for (number, value) in [size, 0x1000, size, 0x200].iter().enumerate() {
        put(section + 8 + 4 * number, &value.to_le_bytes());
    }
    let mut entry = [0u8; 28];
    entry[12] = 17;
    entry[16..20].copy_from_slice(&(packed.len() as u32).to_le_bytes());
    entry[20..24].copy_from_slice(&0x101Cu32.to_le_bytes());
    entry[24..28].copy_from_slice(&0x21Cu32.to_le_bytes());
    [pe, entry.to_vec(), packed].concat()
}

#[test]
fn a_program_database_inside_a_dotnet_program() {
    let with = dotnet(&[b"BSJB", &[0; 500][..], &pdb::EMBEDDED_SOURCE].concat());
    let found = facts(Media::Pe, &with);
    assert_eq!((found.format, found.embedded_source), ("PE", true));
    assert!(!facts(Media::Pe, &dotnet(&[b"BSJB", &[0; 500][..]].concat())).embedded_source);
}

#[test]
fn build_paths_once_per_home_folder() {
    let names = b"\0/home/marta/src/a.c\0/home/marta/src/b.c\0/home/runner/c.c\0C:\\Users\\Otto\\d.c\0";
    let found = facts(Media::Elf, &object_file(BinaryFormat::Elf, "", ".comment", names));
    let paths: Vec<&str> = found.local_paths.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["/home/marta/src/a.c", "C:\\Users\\Otto\\d.c"]);
}

#[test]
fn an_example_in_documentation_is_no_build_path() {
    for (text, count) in [
        ("## Example\n\n```\npanicked at /home/marta/src/lib.rs\n```\n", 0),
        ("\n```text\n/home/marta/src/lib.rs\n```debug-info", 0),
        ("failed at /home/marta/src/lib.rs\nand so on\n", 1),
        ("```\n\nfailed at /home/marta/src/lib.rs\n", 1),
    ] {
        let program = object_file(BinaryFormat::Elf, "", ".comment", text.as_bytes());
        assert_eq!(facts(Media::Elf, &program).local_paths.len(), count, "{text}");
    }
}

#[test]
fn damaged_programs_give_fewer_facts() {
    let elf = object_file(BinaryFormat::Elf, "", ".debug_info", &[1; 300]);
    let macho = object_file(BinaryFormat::MachO, "__DWARF", "__debug_line", &[1; 200]);
    let pe = dotnet(&pdb::EMBEDDED_SOURCE);
    for (media, whole) in [(Media::Elf, elf), (Media::MachO, macho), (Media::Pe, pe)] {
        for length in (0..whole.len()).step_by(7) {
            facts(media, &whole[..length]);
        }
        for at in (0..whole.len().min(600)).step_by(3) {
            let mut broken = whole.clone();
            broken[at] ^= 0xFF;
            facts(media, &broken);
        }
    }
}
