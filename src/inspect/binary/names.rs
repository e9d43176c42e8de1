//! Names of source files in DWARF: whether they are only those of a toolchain and of libraries, or of the program's own.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use memchr::memchr;

use crate::inventory::BinaryFacts;

/// Most bytes of one section that are searched.
const MOST_BYTES: usize = 64 << 20;
/// Longest name that is kept.
const LONGEST: usize = 200;

/// What the names of source files end in. rustc writes `src/lib.rs/@/acme.1a2b3c-cgu.0`.
const ENDS: [&str; 17] = [
    ".c", ".cc", ".cpp", ".cxx", ".C", ".m", ".mm", ".cu", ".rs", ".go", ".zig", ".swift", ".pyx", ".f90",
    ".nim", ".d", ".hs",
];

/// Parts of paths at which toolchains and libraries are built.
const FOREIGN: [&str; 26] = [
    "/rustc/",
    "/.cargo/",
    "/cargo/registry/",
    "/.rustup/",
    "/usr/",
    "/opt/",
    "/go/pkg/mod/",
    "/golang.org/",
    "/go/src/runtime/",
    "/nix/store/",
    "/emsdk/",
    "/emscripten/",
    "/vcpkg/",
    "/.conan",
    "/site-packages/",
    "/node_modules/",
    "/glibc",
    "/sysdeps/",
    "/musl",
    "/libgcc/",
    "/libstdc++",
    "/compiler-rt/",
    "/checkout/",
    "/llvm-project/",
    "/third_party/",
    "/vendor/",
];

/// Beginnings of relative names of Rust's own library, and names of files that every C program is linked with.
const FOREIGN_STARTS: [&str; 8] =
    ["library/", "vendor/", "crtstuff.c", "init.c", "elf-init.c", "libgcc2.c", "start.c", "static-reloc.c"];

/// Whether a section holds names; each of ELF, Mach-O and WebAssembly has them in sections of these names.
pub(super) fn has_names(section: &str) -> bool {
    // objects that are optimised when they are linked have the same sections by a longer name
    let name = section.strip_prefix(".gnu.debuglto_").unwrap_or(section);
    matches!(name.trim_start_matches(['.', '_']), "debug_str" | "debug_line_str")
}

/// Notes the first name of an own source file in a section, or that there are only others.
pub(super) fn note(data: &[u8], facts: &mut BinaryFacts) {
    let mut rest = data.get(..MOST_BYTES).unwrap_or(data);
    while facts.own_source.is_none() && !rest.is_empty() {
        let end = memchr(0, rest).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        match source_name(name) {
            Some(name) if is_foreign(name) => facts.foreign_sources = true,
            Some(name) => facts.own_source = Some(name.chars().take(LONGEST).collect()),
            None => {}
        }
    }
}

/// [`note`] of a section that is compressed with zlib.
pub(super) fn note_packed(data: &[u8], facts: &mut BinaryFacts) {
    let mut unpacked = Vec::new();
    // Damaged data is read as far as it goes.
    let _ = ZlibDecoder::new(data).take(MOST_BYTES as u64).read_to_end(&mut unpacked);
    note(&unpacked, facts);
}

fn source_name(name: &[u8]) -> Option<&str> {
    /// The shortest and the longest names that are looked at.
    const LENGTHS: std::ops::RangeInclusive<usize> = 4..=4096;
    if !LENGTHS.contains(&name.len()) {
        return None;
    }
    let name = std::str::from_utf8(name).ok()?;
    let path = name.split_once("/@/").map_or(name, |(path, _)| path);
    // Rust's bare names are in tables of folders, which say whose they are.
    let is_bare_rust = path.ends_with(".rs") && !path.contains('/');
    let is_name = !path.contains([' ', '<', '(', ';', '$', ',', '*']);
    (is_name && !is_bare_rust && ENDS.iter().any(|end| path.ends_with(end))).then_some(path)
}

fn is_foreign(path: &str) -> bool {
    let unix = path.replace('\\', "/");
    FOREIGN.iter().any(|part| unix.contains(part))
        || FOREIGN_STARTS.iter().any(|start| unix.starts_with(start))
        || unix.starts_with("../sysdeps/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(names: &[&str]) -> (Option<String>, bool) {
        let mut facts = BinaryFacts::default();
        note(names.join("\0").as_bytes(), &mut facts);
        (facts.own_source, facts.foreign_sources)
    }

    #[test]
    fn sections_that_hold_names() {
        for section in [".debug_str", "__debug_str", "debug_line_str", ".gnu.debuglto_.debug_str"] {
            assert!(has_names(section), "{section}");
        }
        for section in [".debug_info", ".gnu.debuglto_.debug_info", ".gnu.lto_.debug_str", ".strtab"] {
            assert!(!has_names(section), "{section}");
        }
    }

    #[test]
    fn own_names_and_those_of_toolchains() {
        for own in
            ["src/lib.rs/@/acme.1a2b-cgu.0", "pricing.c", "C:\\acme\\src\\price.cpp", "/srv/acme/main.go"]
        {
            let path = own.split("/@/").next().map(str::to_owned);
            assert_eq!(noted(&["GNU C17", "/usr/src/libc/x.c", own]), (path, true), "{own}");
        }
        for foreign in [
            "library/std/src/lib.rs/@/std.9f-cgu.0",
            "/rustc/5980/library/core/src/fmt/mod.rs",
            "/root/.cargo/registry/src/index/serde-1.0.0/src/lib.rs/@/serde.1-cgu.0",
            "crtstuff.c",
        ] {
            assert_eq!(noted(&["int", foreign]), (None, true), "{foreign}");
        }
        for neither in ["mod.rs", "core::fmt::Formatter", "operator()(a.c", "acme"] {
            assert_eq!(noted(&[neither]), (None, false), "{neither}");
        }
    }
}
