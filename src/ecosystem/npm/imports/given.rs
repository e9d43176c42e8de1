//! The names that modules give to those that import them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::inventory::{Asking, Entry, EntryId, Import};

/// Of all files that were asked for, each looked at once.
pub(super) struct Given<'a> {
    /// What the parser found; the quick look's word counts where that is not asked.
    sure: Option<&'a BTreeMap<EntryId, Vec<Import>>>,
    known: RefCell<HashMap<EntryId, Option<HashSet<&'a str>>>>,
}

impl<'a> Given<'a> {
    /// As the quick look sees them, which may miss some.
    pub(super) fn quick() -> Self {
        Self { sure: None, known: RefCell::default() }
    }

    pub(super) fn sure(sure: &'a BTreeMap<EntryId, Vec<Import>>) -> Self {
        Self { sure: Some(sure), known: RefCell::default() }
    }

    /// What a file asks for, as the parser saw it where it looked.
    pub(super) fn imports(&self, file: &'a Entry) -> &'a [Import] {
        let sure = self.sure.and_then(|sure| sure.get(&file.id));
        sure.map_or(file.imports.as_slice(), Vec::as_slice)
    }

    /// Whether a module is known to have no such name itself, and the modules all of whose names it hands on; `None` if it
    /// may have any. One that hands on all names of a package may.
    pub(super) fn lacks(&self, module: &'a Entry, name: &str) -> Option<Vec<&'a str>> {
        let mut known = self.known.borrow_mut();
        let names = known.entry(module.id).or_insert_with(|| {
            let all = match self.sure {
                Some(sure) => sure.get(&module.id)?.as_slice(),
                None => module.imports.as_slice(),
            };
            let given = all.iter().filter(|one| one.by == Asking::Gives);
            Some(given.map(|one| &*one.specifier).collect())
        });
        let names = names.as_ref().filter(|names| !names.contains("*") && !names.contains(name))?;
        Some(names.iter().filter_map(|name| name.strip_prefix("* ")).collect())
    }
}
