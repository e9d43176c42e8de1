//! Scripts that the package is entered by and that Node can't read.

use crate::inspect::syntax_error;
use crate::inventory::{BrokenImport, Entrance, ImportTrouble, Inventory, Reach};
use crate::timings::timed;

use super::Stocktake;

/// Parsed of one package, in bytes.
const MOST_PARSED: usize = 128 << 10;

/// Writes down which of the package's entrances can't be read, and lets go of the texts.
pub(super) fn entrances(inventory: &mut Inventory, stocktake: &Stocktake<'_>) {
    let scripts = std::mem::take(&mut inventory.scripts);
    if inventory.cut_short().is_some() {
        return;
    }
    let Some(package) = &mut inventory.package else { return };
    let mut left = MOST_PARSED;
    let torn = |entrance: &Entrance| {
        let text = scripts.get(&entrance.entry)?;
        if entrance.reach == Reach::Command && !is_for_node(text) {
            return None;
        }
        // what is already said of it says why
        if package.broken_imports.iter().any(|broken| broken.entry == entrance.entry && is_of_form(broken)) {
            return None;
        }
        left = left.checked_sub(text.len())?;
        let error = syntax_error(text, entrance.format)?;
        let trouble = match error.is_uncompiled {
            true if entrance.may_be_compiled && !is_started(entrance.reach) => return None,
            true => ImportTrouble::Uncompiled,
            false => ImportTrouble::Syntax,
        };
        Some(BrokenImport {
            entry: entrance.entry,
            line: Some(error.line),
            specifier: error.says,
            name: None,
            trouble,
            near: None,
            reach: entrance.reach,
            field: entrance.field.clone(),
        })
    };
    let torn: Vec<BrokenImport> = timed(stocktake.scanner.timings(), "syntax of entrances", || {
        package.entrances.iter().filter_map(torn).collect()
    });
    package.broken_imports.extend(torn);
}

/// Whether Node itself runs it, and no bundler loads it.
fn is_started(reach: Reach) -> bool {
    matches!(reach, Reach::Command | Reach::Install)
}

/// Whether a command's first line has Node run it.
fn is_for_node(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut words = line.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'!' | b'='));
    line.starts_with(b"#!") && words.any(|word| matches!(word, b"node" | b"nodejs"))
}

/// Whether it says that a file is of another kind than Node takes it for.
fn is_of_form(broken: &BrokenImport) -> bool {
    matches!(broken.trouble, ImportTrouble::EsModule | ImportTrouble::CommonJs)
}
