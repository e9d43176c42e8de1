//! Anything under any name: the first byte chooses the name. It must end, in bounds, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracle.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod oracle;

const NAMES: [&str; 14] = [
    "a.tgz",
    "a.whl",
    "a.tar",
    "a.tar.xz",
    "a.tar.bz2",
    "a.tar.zst",
    "a.br",
    "a.deb",
    "a.gz",
    "a",
    "a.7z",
    "a.rpm",
    "a.cpio",
    "a.Z",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((name, bytes)) = bytes.split_first() else { return };
    oracle::gather(NAMES[usize::from(*name) % NAMES.len()], bytes);
});
