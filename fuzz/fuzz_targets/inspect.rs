//! A file of a package: source maps, links, and whatever else is looked for. The first two bytes choose its name and type.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../contents.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod contents;

fuzz_target!(|bytes: &[u8]| {
    let [first, second, bytes @ ..] = bytes else { return };
    contents::looked_at(usize::from(*first), usize::from(*second), bytes).unwrap();
});
