use crate::inventory::{Anomaly, AnomalyKind, Concern};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-trailing-data",
    family: Family::ArchiveTrust,
    summary: "Bytes before, between or behind what belongs to the archive",
    docs: r#"
## What it does

Reports bytes in the artifact that belong to none of its entries: behind the end of the gzip or zip data, before
the first member of a zip or between its members, and wherever else ordinary tools write nothing: comments and
names in a gzip header longer than 256 bytes, comments of a zip and of its members, extra fields that no known
reader uses, padding that isn't zero, unused parts of a header, long PAX records, Zstandard frames that decoders
skip. Zeros behind the end are padding; a client that refuses them all the same is named.

All these bytes are looked at like an entry, also where they are too few to be reported for themselves: a secret
or a source map in a comment is found at `acme.whl!(archive comment)`.

## Why it matters

The bytes are published with the artifact and nobody's listing shows them. Some clients refuse such a file,
and another archive may hide in there. A comment can hold a whole source map.

## What to do

Pack the artifact again. If the bytes are meant, such as a launcher before a zip, publish it as what it is.

## Example

A wheel with a second zip behind it.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    archive::report(rule, context, takes, help, findings);
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind.concern() == Concern::ExtraData
}

fn help(_: AnomalyKind) -> &'static str {
    "Pack the artifact again with the ecosystem's own client, and see what these bytes are."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::takes;

    #[test]
    fn fires_on_bytes_of_nobody() {
        for kind in [AnomalyKind::TrailingData, AnomalyKind::LeadingData, AnomalyKind::GapData] {
            assert!(takes(&RULE, kind, ""), "{kind:?}");
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
        assert!(!takes(&RULE, AnomalyKind::ZipHiddenEntry, ""));
    }
}
