//! Rules: pure functions from the inventory to findings. One rule a file (a family that differs in
//! words only shares one), one line in [`OWN`].

mod context;
mod finding;
mod for_show;
mod not_applied;
mod rule;
#[cfg(test)]
mod testing;

// source maps
mod maps;
mod source_map_dangling;
mod source_map_embedded;
mod source_map_eval;
mod source_map_inline;
mod source_map_public_link;
mod source_map_remote;
mod source_map_shipped;

// internal sources
mod bytecode;
mod compiled;
mod confidential_banner;
mod debug_info;
mod embedded_program;
mod internal_code;
mod internal_host;
mod internal_marker;
mod internal_package;
mod internal_path;
mod listed_source;
mod local_path;
mod localhost;
mod mentions;
mod original_source;
mod own_comments;
mod own_source;
mod private_host;
mod private_registry;
mod project_archive;
mod served;
mod source_findings;
mod source_link;
mod unstripped;

// stray files and secrets
pub(crate) mod secret;
pub(crate) mod stray;

// allowlist and manifest
mod differs_from_commit;
mod dirty_build;
mod install_script;
mod manifest_ambiguous;
mod name_mismatch;
mod no_allowlist;
mod not_allowlisted;
mod not_in_commit;
mod private_package;
mod record_mismatch;
mod stale_file_list;
mod startup_code;

// wholeness
mod broken_entry_point;
mod checkout;
mod imports;
mod missing_entry_point;
mod stale_build;
mod unportable_library;
mod wholeness;

// archive trust
mod archive;
pub(crate) mod archive_ambiguous;
pub(crate) mod archive_duplicate;
pub(crate) mod archive_duplicate_identical;
pub(crate) mod archive_foreign_root;
pub(crate) mod archive_link;
pub(crate) mod archive_mode;
pub(crate) mod archive_nested;
pub(crate) mod archive_renamed;
pub(crate) mod archive_trailing_data;
pub(crate) mod archive_unsafe_path;
mod links;
pub(crate) mod unexamined;

// what changed
pub(crate) mod contents_drift;
pub(crate) mod size_budget;
pub(crate) mod unexpected_growth;

pub use context::Context;
pub use finding::{Evidence, Finding, Place};
pub(crate) use for_show::is_for_show;
pub use not_applied::{NotApplied, not_applied};
pub use rule::{Family, Rule};

/// The rule on a package whose manifest forbids publishing.
pub const PRIVATE_PACKAGE: &str = private_package::RULE.name;
/// The rule on what `packgate.lock` doesn't have.
pub const CONTENTS_DRIFT: &str = contents_drift::RULE.name;

use std::sync::LazyLock;

use crate::settings::RuleWords;
use crate::timings::{Timings, timed};

/// Rules that are written here, not in a table under `policies/`.
const OWN: &[&Rule] = &[
    // source maps
    &source_map_embedded::RULE,
    &source_map_inline::RULE,
    &source_map_eval::RULE,
    &source_map_remote::RULE,
    &source_map_public_link::RULE,
    &source_map_dangling::RULE,
    &source_map_shipped::RULE,
    // internal sources
    &original_source::RULE,
    &own_source::RULE,
    &own_comments::RULE,
    &listed_source::RULE,
    &internal_path::RULE,
    &internal_code::RULE,
    &internal_marker::RULE,
    &confidential_banner::RULE,
    &internal_package::RULE,
    &internal_host::RULE,
    &private_host::RULE,
    &private_registry::RULE,
    &local_path::RULE,
    &debug_info::RULE,
    &source_link::RULE,
    &unstripped::RULE,
    &embedded_program::RULE,
    &bytecode::RULE,
    // allowlist and manifest
    &not_allowlisted::RULE,
    &no_allowlist::RULE,
    &record_mismatch::RULE,
    &stale_file_list::RULE,
    &dirty_build::RULE,
    &differs_from_commit::RULE,
    &not_in_commit::RULE,
    &manifest_ambiguous::RULE,
    &private_package::RULE,
    &install_script::RULE,
    &startup_code::RULE,
    &name_mismatch::RULE,
    // wholeness
    &missing_entry_point::RULE,
    &broken_entry_point::RULE,
    &imports::MISSING_MODULE,
    &imports::UNDECLARED_DEPENDENCY,
    &wholeness::UNRESOLVABLE_DEPENDENCY,
    &wholeness::MISSING_INSTALL_SCRIPT,
    &wholeness::MISSING_BUNDLED_DEPENDENCY,
    &wholeness::PUBLISH_CONFIG_IGNORED,
    &wholeness::UNLOADABLE_ENTRY_POINT,
    &wholeness::BROKEN_COMMAND,
    &wholeness::MISSING_LICENCE_TEXT,
    &wholeness::WHEEL_LAYOUT,
    &wholeness::LINK_LEFT_OUT,
    &stale_build::RULE,
    &unportable_library::RULE,
    // archive trust
    &archive_ambiguous::RULE,
    &archive_unsafe_path::RULE,
    &archive_link::RULE,
    &archive_duplicate::RULE,
    &archive_duplicate_identical::RULE,
    &archive_trailing_data::RULE,
    &archive_foreign_root::RULE,
    &archive_mode::RULE,
    &archive_renamed::RULE,
    &archive_nested::RULE,
    &unexamined::RULE,
    // what changed
    &contents_drift::RULE,
    &unexpected_growth::RULE,
    &size_budget::RULE,
];

/// Rules some of whose findings weigh less than others.
pub(crate) const WITH_MILDER: [&str; 5] = [
    source_map_dangling::RULE.name,
    imports::MISSING_MODULE.name,
    imports::UNDECLARED_DEPENDENCY.name,
    broken_entry_point::RULE.name,
    wholeness::MISSING_INSTALL_SCRIPT.name,
];

/// Every rule there is, in the order of reports and documentation.
pub static ALL: LazyLock<Vec<&'static Rule>> =
    LazyLock::new(|| OWN.iter().copied().chain(stray::RULES.iter()).chain(secret::RULES.iter()).collect());

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// What the reference and the schema of the settings say of each rule, by family.
pub fn words() -> Vec<RuleWords> {
    let mut all: Vec<&Rule> = ALL.clone();
    all.sort_by_key(|rule| rule.family);
    let words =
        |rule: &Rule| RuleWords { name: rule.name, family: rule.family.title(), summary: rule.summary };
    all.into_iter().map(words).collect()
}

/// Runs every rule that is on, with up to two threads. The findings come sorted: by rule in the order of [`ALL`], then
/// by place.
pub fn check(
    context: &Context<'_>,
    is_on: impl Fn(&Rule) -> bool,
    timings: Option<&Timings>,
    workers: usize,
) -> Vec<Finding> {
    /// From this many entries on, a second thread pays.
    const WORTH_A_THREAD: usize = 1000;
    if workers < 2 || context.inventory.entries.len() < WORTH_A_THREAD {
        return check_all(context, is_on, timings);
    }
    std::thread::scope(|scope| {
        // What many rules share takes most of the time, and there are two such computations.
        scope.spawn(|| context.strays());
        check_all(context, is_on, timings)
    })
}

fn check_all(
    context: &Context<'_>,
    is_on: impl Fn(&Rule) -> bool,
    timings: Option<&Timings>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in ALL.iter().filter(|rule| is_on(rule)) {
        let from = findings.len();
        timed(timings, rule.name, || (rule.check)(rule, context, &mut findings));
        if let Some(own) = findings.get_mut(from..) {
            own.sort_by(|a, b| a.place.cmp(&b.place));
        }
    }
    findings
}

/// A place in a manifest or table, with its entry where it is one.
fn manifest_place(inventory: &crate::inventory::Inventory, place: &str, line: Option<u64>) -> Place {
    let entry = inventory.everything().rfind(|entry| entry.place == place);
    Place { line, ..entry.map_or_else(|| Place { path: place.to_owned(), ..Place::default() }, Place::entry) }
}
