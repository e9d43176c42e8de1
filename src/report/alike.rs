//! Artifacts of one run that have the same to say: the first of them speaks for all.

use std::collections::{BTreeSet, HashMap};

use crate::outcome::Audit;
use crate::settings::Level;
use crate::words::{counted, number};

/// What was found, as far as it tells what to do: level, rule, waiver, file and help, each once.
type Causes<'a> = BTreeSet<(Level, &'a str, Option<&'a str>, &'a str, &'a str)>;

/// The audits in groups that have the same to say, in the order of their first.
pub(super) fn alike<'a>(audits: impl Iterator<Item = &'a Audit>) -> Vec<Vec<&'a Audit>> {
    let mut alike: Vec<Vec<&Audit>> = Vec::new();
    let mut known: HashMap<Causes<'_>, usize> = HashMap::new();
    for audit in audits {
        let place = match causes(audit) {
            Some(causes) => *known.entry(causes).or_insert(alike.len()),
            None => alike.len(),
        };
        match alike.get_mut(place) {
            Some(group) => group.push(audit),
            None => alike.push(vec![audit]),
        }
    }
    alike
}

/// What an artifact has to say, if a page on another one can say it in its place: one that nobody keeps, of which the
/// digest is of no use.
fn causes(audit: &Audit) -> Option<Causes<'_>> {
    let is_plain =
        audit.is_twin && audit.error.is_none() && audit.unexamined().is_empty() && audit.waivers.is_empty();
    is_plain.then(|| {
        let all = audit.findings.iter().chain(&audit.later);
        all.map(|one| {
            let finding = &one.finding;
            let (file, help) = match one.level {
                Level::Note => ("", ""),
                _ => (finding.place.path.as_str(), finding.help.as_str()),
            };
            (one.level, finding.rule, one.waived.as_deref(), file, help)
        })
        .collect()
    })
}

/// The artifacts that a page speaks for besides its own: `The same in 2 other packages`, and their names, at most so many.
pub(super) fn others(own: &Audit, audits: &[&Audit], most: usize) -> Option<(String, Vec<String>)> {
    if audits.is_empty() {
        return None;
    }
    let package = |audit: &&Audit| {
        let package = audit.inventory.package.as_ref().map(|package| package.name.clone());
        package.filter(|name| !name.is_empty())
    };
    // A package may have several artifacts, a wheel and an sdist: then the files are told apart.
    let packages: BTreeSet<_> = audits.iter().filter_map(package).chain(package(&own)).collect();
    let by_package = packages.len() == audits.len() + 1;
    let name = |audit: &&Audit| {
        package(audit).filter(|_| by_package).unwrap_or_else(|| audit.inventory.artifact.path.clone())
    };
    let mut names: Vec<String> = audits.iter().take(most).map(name).collect();
    if let Some(rest) = audits.len().checked_sub(most).filter(|rest| *rest > 0) {
        names.push(format!("and {} more", number(rest as u64)));
    }
    let all = counted(audits.len() as u64, if by_package { "other package" } else { "other artifact" });
    let same = match audits.iter().all(|other| noted(other) == noted(own)) {
        true => "The same in",
        false => "The same, but for the files of notes, in",
    };
    Some((format!("{same} {all}"), names))
}

/// The files that its notes name.
fn noted(audit: &Audit) -> BTreeSet<(&str, &str)> {
    let all = audit.findings.iter().chain(&audit.later).filter(|one| one.level == Level::Note);
    all.map(|one| (one.finding.rule, one.finding.place.path.as_str())).collect()
}
