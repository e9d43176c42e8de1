//! A tar, bare: the first byte says whether its checksums are made right.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracle.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod oracle;

fuzz_target!(|bytes: &[u8]| {
    let Some((seal, bytes)) = bytes.split_first() else { return };
    let bytes = if seal % 2 == 1 { oracle::sealed(bytes.to_vec()) } else { bytes.to_vec() };
    oracle::agrees("a.tar", &bytes, oracle::tar_crate).unwrap();
});
