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

    /// Whether a module is known to have no such name. One that hands on all names of another may have any.
    pub(super) fn lacks(&self, module: &'a Entry, name: &str) -> bool {
        let mut known = self.known.borrow_mut();
        let names = known.entry(module.id).or_insert_with(|| {
            let all = match self.sure {
                Some(sure) => sure.get(&module.id)?.as_slice(),
                None => module.imports.as_slice(),
            };
            let given = all.iter().filter(|one| one.by == Asking::Gives);
            Some(given.map(|one| &*one.specifier).collect())
        });
        names.as_ref().is_some_and(|names| !names.contains("*") && !names.contains(name))
    }
}
