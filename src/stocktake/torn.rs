//! Scripts that the package is entered by, or that those are sure to load, and that Node can't read.

use std::collections::BTreeMap;

use crate::inspect::{parsed_imports, syntax_error};
use crate::inventory::{
    Asking, BrokenImport, Entrance, EntryId, ImportTrouble, Inventory, Lead, Reach, ScriptFormat,
};
use crate::timings::timed;

use super::Stocktake;

/// Parsed of one package, in bytes.
const MOST_PARSED: usize = 128 << 10;

/// Scripts between an entrance and one that can't be read.
const MOST_STEPS: usize = 16;

/// Writes down which of the package's entrances can't be read, and lets go of the texts.
pub(super) fn entrances(inventory: &mut Inventory, stocktake: &Stocktake<'_>) {
    let scripts = std::mem::take(&mut inventory.scripts);
    if inventory.cut_short().is_some() {
        return;
    }
    let path = |id: EntryId| inventory.entry(id).map(|entry| entry.path.as_str());
    let Some(package) = &inventory.package else { return };
    let links: BTreeMap<EntryId, &Lead> =
        package.entrances.iter().filter_map(|one| Some((one.entry, one.lead.as_ref()?))).collect();
    // where a quick look sees that one script leads to another, the parser says whether it always does
    let is_sure = |entrance: &Entrance| {
        let (mut at, mut steps) = (entrance.entry, 0);
        while let Some(link) = links.get(&at) {
            let (Some(text), Some(path)) = (scripts.get(&link.from), path(link.from)) else { return false };
            let asks = |by: Asking| matches!(by, Asking::Require | Asking::Import | Asking::TypedImport);
            let sure = parsed_imports(path, text).unwrap_or_default();
            let leads =
                sure.iter().any(|one| asks(one.by) && link.asked.iter().any(|name| **name == *one.specifier));
            steps += 1;
            if !leads || steps > MOST_STEPS {
                return false;
            }
            at = link.from;
        }
        true
    };
    let mut left = MOST_PARSED;
    let torn = |entrance: &Entrance| {
        let text = scripts.get(&entrance.entry)?;
        if entrance.reach == Reach::Command && !is_for_node(text) {
            return None;
        }
        if entrance.format == ScriptFormat::Json && entrance.lead.is_none() && is_for_a_tool(text) {
            return None;
        }
        // what is already said of it says why
        if package.broken_imports.iter().any(|broken| broken.entry == entrance.entry && is_of_form(broken)) {
            return None;
        }
        left = left.checked_sub(text.len())?;
        let error = syntax_error(text, entrance.format)?;
        // what may be compiled is told of entrances alone
        (entrance.lead.is_none() || !error.is_uncompiled && is_sure(entrance)).then_some(())?;
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
    if let Some(package) = &mut inventory.package {
        package.broken_imports.extend(torn);
    }
}

/// Whether Node itself runs it, and no bundler loads it.
fn is_started(reach: Reach) -> bool {
    matches!(reach, Reach::Command | Reach::Install)
}

/// Whether JSON begins with a comment, or is sound but for lines of them: who writes that, writes for a tool that reads
/// comments, and for nobody who requires it.
fn is_for_a_tool(text: &[u8]) -> bool {
    let is_comment = |line: &[u8]| line.starts_with(b"//") || line.starts_with(b"/*");
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let is_sound = || {
        let text = std::str::from_utf8(text).unwrap_or_default();
        jsonc_parser::parse_to_value(text, &jsonc_parser::ParseOptions::default())
            .is_ok_and(|one| one.is_some())
    };
    is_comment(text.trim_ascii_start()) || lines.any(is_comment) && is_sound()
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
