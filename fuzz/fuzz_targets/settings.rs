//! A settings file: the first byte chooses which.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../contents.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod contents;

fuzz_target!(|bytes: &[u8]| {
    let [file, bytes @ ..] = bytes else { return };
    let _refused = contents::settled(usize::from(*file), bytes).unwrap();
});
