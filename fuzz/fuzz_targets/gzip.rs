//! A tarball.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracle.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod oracle;

fuzz_target!(|bytes: &[u8]| {
    oracle::gzip_agrees(bytes).unwrap();
});
