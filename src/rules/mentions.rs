//! What the rules on mentions in texts share.

use serde::Serialize;

use crate::inventory::{Entry, Inventory, Mention, MentionKind};

use super::{Finding, Place, Rule};

/// Every mention of a kind, with its entry.
pub(super) fn of_kind(inventory: &Inventory, kind: MentionKind) -> impl Iterator<Item = (&Entry, &Mention)> {
    inventory.files().flat_map(move |entry| {
        entry.mentions.iter().filter(move |mention| mention.kind == kind).map(move |mention| (entry, mention))
    })
}

/// What is mentioned.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// The word, name or host.
    what: &'a str,
    /// How often in the file.
    count: u64,
    /// The wrapping around it, if any.
    inside: Option<&'a str>,
}

/// A finding at a mention, with evidence and key but no message yet.
pub(super) fn finding(rule: &Rule, entry: &Entry, mention: &Mention) -> Finding {
    Finding::new(rule, Place::at(entry, &mention.at))
        .evidence(Evidence {
            what: &mention.what,
            count: mention.count,
            inside: mention.at.inside.as_deref(),
        })
        .key(mention.what.clone())
}

/// ` (3 times)`, or nothing for one.
pub(super) fn times(count: u64) -> String {
    if count > 1 { format!(" ({count} times)") } else { String::new() }
}

/// ` inside the inline source map`, or nothing for text that isn't wrapped.
pub(super) fn inside(mention: &Mention) -> String {
    mention.at.inside.as_ref().map(|what| format!(" inside the {what}")).unwrap_or_default()
}
