use serde::{Deserialize, Serialize};

/// Type of an entry's content, told from its first bytes (and never from its name).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Media {
    /// No bytes at all.
    #[default]
    Empty,
    /// Text in UTF-8 or a superset of ASCII.
    Text,
    /// Text in UTF-16, with a byte-order mark.
    Utf16,
    /// Bytes of no type known here.
    Binary,
    /// gzip (RFC 1952).
    Gzip,
    /// A zip archive, possibly with something before it.
    Zip,
    /// A tar archive.
    Tar,
    /// Zstandard (RFC 8878).
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// LZ4.
    Lz4,
    /// What `compress` writes (`.Z`).
    Compress,
    /// 7-Zip.
    SevenZip,
    /// Unix archive: static libraries and Debian packages.
    Ar,
    /// cpio.
    Cpio,
    /// Red Hat package.
    Rpm,
    /// An archive or compressed file of another kind that packgate doesn't open: RAR, cabinet, lzip, squashfs, ...
    Unopened,
    /// Electron's asar archive.
    Asar,
    /// ELF.
    Elf,
    /// Mach-O, fat or thin.
    MachO,
    /// Windows executable or library.
    Pe,
    /// WebAssembly module.
    Wasm,
    /// Windows program database, classic or portable.
    Pdb,
    /// CPython bytecode.
    Pyc,
    /// Hermes bytecode.
    Hermes,
    /// Java class.
    JavaClass,
    /// SQLite database.
    Sqlite,
    /// Image, font, sound or film: nothing to read.
    Asset,
}

impl Media {
    /// Whether the entry is text of any encoding.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Utf16)
    }
}
