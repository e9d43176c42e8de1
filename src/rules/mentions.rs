//! What the rules about words in texts share.

use serde_json::json;

use crate::inventory::{Entry, Inventory, Mention, MentionKind};

use super::{Finding, Place, Rule};

/// Every mention of a kind, with the entry that it stands in.
pub(super) fn of_kind(inventory: &Inventory, kind: MentionKind) -> impl Iterator<Item = (&Entry, &Mention)> {
    inventory.files().flat_map(move |entry| {
        entry.mentions.iter().filter(move |mention| mention.kind == kind).map(move |mention| (entry, mention))
    })
}

/// A finding at a mention, with its evidence and key; still without words.
pub(super) fn finding(rule: &Rule, entry: &Entry, mention: &Mention) -> Finding {
    Finding::new(rule, Place::at(entry, &mention.at))
        .evidence(json!({ "what": mention.what, "count": mention.count, "inside": mention.at.inside }))
        .key(mention.what.clone())
}

/// ` (3 times)`, or nothing for one.
pub(super) fn times(count: u64) -> String {
    if count > 1 { format!(" ({count} times)") } else { String::new() }
}

/// ` inside the inline source map`, or nothing for text that stands there as it is.
pub(super) fn inside(mention: &Mention) -> String {
    mention.at.inside.as_ref().map(|what| format!(" inside the {what}")).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod testing {
    //! Hand-made inventories.

    use crate::inventory::testing::numbered;
    use crate::inventory::{At, Entry, Inventory, Mention, MentionKind};
    use crate::rules::{Context, Finding, Rule};
    use crate::settings::Settings;

    pub(crate) fn entry(place: &str) -> Entry {
        Entry { path: place.to_owned(), place: place.to_owned(), ..Entry::default() }
    }

    pub(crate) fn mentions(place: &str, mentions: &[(MentionKind, &str)]) -> Entry {
        let mention = |(kind, what): &(MentionKind, &str)| Mention {
            kind: *kind,
            what: (*what).to_owned(),
            at: At { offset: 9, line: Some(2), column: Some(3), inside: None },
            count: 1,
        };
        Entry { mentions: mentions.iter().map(mention).collect(), ..entry(place) }
    }

    pub(crate) fn inventory(entries: Vec<Entry>) -> Inventory {
        Inventory { entries: numbered(entries), ..Inventory::default() }
    }

    pub(crate) fn run_with(rule: &Rule, inventory: &Inventory, settings: &Settings) -> Vec<Finding> {
        let mut findings = Vec::new();
        (rule.check)(rule, &Context::new(inventory, settings), &mut findings);
        findings
    }

    pub(crate) fn run(rule: &Rule, inventory: &Inventory) -> Vec<Finding> {
        run_with(rule, inventory, &Settings::default())
    }
}
