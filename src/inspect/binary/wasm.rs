//! WebAssembly: DWARF and names in custom sections, as the tool conventions of the format lay down.

use wasmparser::{Parser, Payload};

use crate::inventory::BinaryFacts;

use super::{add_section, build_id, names};

/// Reads the custom sections, up to the first thing that is no valid WebAssembly.
pub(super) fn read(bytes: &[u8]) -> BinaryFacts {
    let mut facts = BinaryFacts { format: "wasm", ..BinaryFacts::default() };
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { break };
        let Payload::CustomSection(section) = payload else { continue };
        let size = section.data().len() as u64;
        match section.name() {
            name if name.starts_with(".debug_") || name == "name" => {
                add_section(&mut facts.debug_sections, name, size);
                if names::has_names(name) {
                    names::note(section.data(), &mut facts);
                }
            }
            "build_id" => facts.build_id = Some(build_id(section.data())),
            _ => {}
        }
    }
    facts
}
