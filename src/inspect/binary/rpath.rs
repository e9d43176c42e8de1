//! Where a program looks for its libraries when it is loaded: RPATH and RUNPATH of ELF, LC_RPATH of Mach-O.

use object::read::macho::{LoadCommandVariant, MachHeader, MachOFile};
use object::{File, Object, ObjectSection};

/// Folders that are kept.
const MOST: usize = 8;
/// Longest folder that is kept, in bytes.
const LONGEST: usize = 500;

/// The absolute ones; `$ORIGIN` and `@loader_path` move with the file.
pub(super) fn absolute(file: &File<'_>) -> Vec<String> {
    let mut paths = match file {
        File::MachO32(file) => commands(file),
        File::MachO64(file) => commands(file),
        File::Elf32(_) | File::Elf64(_) => dynamic(file).unwrap_or_default(),
        _ => Vec::new(),
    };
    paths.retain(|path| path.starts_with('/') && path.len() <= LONGEST);
    paths.dedup();
    paths.truncate(MOST);
    paths
}

fn commands<'data, Header: MachHeader>(file: &MachOFile<'data, Header>) -> Vec<String> {
    let endian = file.endian();
    let Ok(mut commands) = file.macho_load_commands() else { return Vec::new() };
    let mut paths = Vec::new();
    while let Ok(Some(command)) = commands.next() {
        if let Ok(LoadCommandVariant::Rpath(rpath)) = command.variant()
            && let Ok(path) = command.string(endian, rpath.path)
        {
            paths.push(String::from_utf8_lossy(path).into_owned());
        }
    }
    paths
}

/// The entries of the dynamic section that name folders, each a list.
fn dynamic(file: &File<'_>) -> Option<Vec<String>> {
    const RPATH: u64 = 15;
    const RUNPATH: u64 = 29;
    let table = file.section_by_name(".dynamic")?.data().ok()?;
    let names = file.section_by_name(".dynstr")?.data().ok()?;
    let width = if file.is_64() { 8 } else { 4 };
    let number = |bytes: &[u8]| {
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if file.is_little_endian() { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) }
    };
    let mut paths = Vec::new();
    for entry in table.chunks_exact(2 * width) {
        let (tag, value) = entry.split_at_checked(width)?;
        match number(tag) {
            0 => break,
            RPATH | RUNPATH => {
                let list = names.get(usize::try_from(number(value)).ok()?..)?;
                let list = list.get(..memchr::memchr(0, list)?)?;
                paths.extend(String::from_utf8_lossy(list).split(':').map(str::to_owned));
            }
            _ => {}
        }
    }
    Some(paths)
}
