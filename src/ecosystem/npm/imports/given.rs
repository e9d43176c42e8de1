//! The names that modules give to those that import them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::inventory::{Asking, Entry, EntryId, Import};

/// Modules that one hands on: with so many, what it gives isn't known.
const MOST_HANDED_ON: usize = 100;

/// Of all files that were asked for, each looked at once.
pub(super) struct Given<'a> {
    /// What the parser found; the quick look's word counts where that is not asked.
    sure: Option<&'a BTreeMap<EntryId, Vec<Import>>>,
    known: RefCell<HashMap<EntryId, Option<Names<'a>>>>,
}

/// What one module gives.
struct Names<'a> {
    own: HashSet<&'a str>,
    /// Modules all of whose names it hands on; of very many, not all.
    all_of: Vec<&'a str>,
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
    /// may have any. One that hands on all names of a package may. Of CommonJS the quick look knows no names, and it may hand
    /// on all that it requires.
    pub(super) fn lacks(&self, module: &'a Entry, name: &str, is_common: bool) -> Option<Vec<&'a str>> {
        let mut known = self.known.borrow_mut();
        let names = known.entry(module.id).or_insert_with(|| {
            let all = match self.sure {
                Some(sure) => sure.get(&module.id)?.as_slice(),
                None if is_common => {
                    let required = module.imports.iter().filter(|one| one.by == Asking::Require);
                    let own = required.map(|one| &*one.specifier).filter(|name| name.starts_with('.'));
                    return Some(Names { own: HashSet::new(), all_of: own.take(MOST_HANDED_ON).collect() });
                }
                None => module.imports.as_slice(),
            };
            let given = all.iter().filter(|one| one.by == Asking::Gives).map(|one| &*one.specifier);
            let (handed_on, own): (Vec<&str>, Vec<&str>) = given.partition(|name| name.starts_with("* "));
            let all_of = handed_on.iter().filter_map(|name| name.strip_prefix("* ")).take(MOST_HANDED_ON);
            Some(Names { own: own.into_iter().collect(), all_of: all_of.collect() })
        });
        let names = names.as_ref().filter(|names| !names.own.contains("*") && !names.own.contains(name))?;
        Some(names.all_of.clone())
    }
}
