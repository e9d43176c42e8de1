//! A manifest in a package: the first two bytes choose which.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../contents.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod contents;

fuzz_target!(|bytes: &[u8]| {
    let [first, second, bytes @ ..] = bytes else { return };
    contents::audited(usize::from(*first), usize::from(*second), bytes).unwrap();
});
