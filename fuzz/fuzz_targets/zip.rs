//! A zip.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracle.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod oracle;

fuzz_target!(|bytes: &[u8]| {
    oracle::agrees("a.zip", bytes, oracle::zip_crate).unwrap();
});
