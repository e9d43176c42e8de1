//! What `lock`, `init` and `fix` share: writing a first lock, and what to do with what was written.

use std::path::{Path, PathBuf};

use packgate::escape::shown;
use packgate::inventory::Inventory;
use packgate::lock;
use packgate::project::Project;

use super::file::save;
use super::output;

/// Writes a first lock and says how many lines of how many sections it has.
pub(super) fn create(file: &Path, inventories: &[Inventory]) -> Result<String, String> {
    let lock = lock::first(inventories);
    save(file, lock::write(&lock).as_bytes())?;
    let lines: usize = lock.sections.iter().map(|section| section.lines.len()).sum();
    let sections: Vec<String> =
        lock.sections.iter().map(|section| format!("[{}]", section.subject)).collect();
    let s = if lines == 1 { "" } else { "s" };
    /// Sections that are named.
    const NAMED: usize = 6;
    let more = match sections.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => format!(" and {more} more"),
        None => String::new(),
    };
    let named = sections.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    Ok(format!("{lines} line{s} for {named}{more}"))
}

/// What to do with what `init` and `fix` have written, where there is a repository: a check takes it for an uncommitted
/// change until then.
pub(super) fn commit(folder: &Path, written: &[PathBuf]) -> Result<(), String> {
    let project = Project::new(folder);
    let has_git = project.vcs_root().is_some_and(|root| root.join(".git").exists());
    if written.is_empty() || !has_git {
        return Ok(());
    }
    let names: Vec<String> = written.iter().map(|file| plain(file).to_string()).collect();
    output::line(format_args!(
        "\nCommit what was written; until then a check may report it as uncommitted:\n    git add {} && git commit",
        shown(&names.join(" "))
    ))
}

/// The path without a leading `./`.
pub(super) fn plain(file: &Path) -> std::path::Display<'_> {
    file.strip_prefix(".").unwrap_or(file).display()
}
