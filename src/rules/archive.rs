//! What the rules on anomalies share.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::inventory::{Anomaly, AnomalyKind, Entry, Inventory, MOST_OF_A_KIND};
use crate::words;

use super::{Context, Finding, Place, Rule};

/// From this many of a kind on, they are reported together.
const MANY: usize = 20;

/// The anomalies behind a finding.
#[derive(Debug, Serialize)]
struct Evidence {
    /// The construct.
    anomaly: AnomalyKind,
    /// How many of the kind.
    count: usize,
}

/// The places of anomalies that a rule is about where all of them are of one kind.
pub(super) fn places_of(
    inventory: &Inventory,
    takes: fn(&Anomaly) -> bool,
    kind: AnomalyKind,
) -> BTreeSet<&str> {
    let of = |is_it: bool| {
        let all = inventory.anomalies.iter().filter(|one| takes(one));
        all.filter(move |one| (one.kind == kind) == is_it).map(|one| one.place.as_str())
    };
    let mut places: BTreeSet<&str> = of(true).collect();
    if !places.is_empty() {
        of(false).for_each(|place| _ = places.remove(place));
    }
    places
}

/// Reports the anomalies that a rule is about: each one, or one finding per kind where there are many.
pub(super) fn report(
    rule: &Rule,
    context: &Context<'_>,
    takes: fn(&Anomaly) -> bool,
    help: fn(AnomalyKind) -> &'static str,
    findings: &mut Vec<Finding>,
) {
    let mut kinds: BTreeMap<AnomalyKind, Vec<&Anomaly>> = BTreeMap::new();
    for anomaly in context.inventory.anomalies.iter().filter(|anomaly| takes(anomaly)) {
        kinds.entry(anomaly.kind).or_default().push(anomaly);
    }
    if kinds.is_empty() {
        return;
    }
    let entries: HashMap<&str, &Entry> =
        context.inventory.everything().map(|entry| (entry.place.as_str(), entry)).collect();
    for (kind, group) in kinds {
        let shown = if group.len() >= MANY { 1 } else { group.len() };
        for anomaly in group.iter().take(shown) {
            let mut message = sentence(&anomaly.detail);
            if shown < group.len() {
                let more = words::number(group.len() as u64 - 1);
                let least = if group.len() >= MOST_OF_A_KIND { "at least " } else { "" };
                message.push_str(&format!(" The same holds for {least}{more} more."));
            }
            let entry = entries.get(anomaly.place.as_str()).map(|entry| entry.id);
            let place = Place {
                path: anomaly.place.clone(),
                offset: Some(anomaly.offset),
                entry,
                ..Place::default()
            };
            findings.push(
                Finding::new(rule, place)
                    .message(message)
                    .help(help(kind))
                    .evidence(Evidence { anomaly: kind, count: group.len() })
                    .key(kind.name()),
            );
        }
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Concern, Inventory};
    use crate::rules::testing::{anomaly, run, takes, tree};

    #[test]
    fn every_kind_of_anomaly_has_exactly_one_rule() {
        let rules = [
            &super::super::archive_ambiguous::RULE,
            &super::super::archive_unsafe_path::RULE,
            &super::super::archive_duplicate::RULE,
            &super::super::archive_duplicate_identical::RULE,
            &super::super::archive_trailing_data::RULE,
            &super::super::archive_renamed::RULE,
        ];
        for kind in AnomalyKind::ALL {
            let taking = rules.iter().filter(|rule| takes(rule, kind, "")).count();
            assert_eq!(taking, 1, "{kind:?} of {:?}", kind.concern());
            let nested = rules.iter().filter(|rule| takes(rule, kind, "package/x.zip")).count();
            assert_eq!(nested, 0, "{kind:?}");
        }
        assert!(AnomalyKind::ALL.iter().any(|kind| kind.concern() == Concern::Path));
    }

    #[test]
    fn many_of_a_kind_are_one_finding() {
        let rule = &super::super::archive_unsafe_path::RULE;
        let anomalies = vec![anomaly(AnomalyKind::PathBackslash, ""); 30];
        let found = run(rule, &Inventory { anomalies, ..tree(&["package/a.js"]) });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "Clients disagree. The same holds for 29 more.");
        assert_eq!(found[0].evidence.value()["count"], 30);
        assert_eq!(found[0].key, "path-backslash");
    }
}
