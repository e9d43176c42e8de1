use crate::inventory::{Anomaly, AnomalyKind, Concern};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-trailing-data",
    family: Family::ArchiveTrust,
    summary: "Bytes before, between or after the archive's own",
    docs: r#"
## What it does

Reports bytes in the artifact that belong to none of its entries: after the end of the gzip or zip data, before the
first member of a zip or between its members, and anywhere else that ordinary tools leave empty: comments and names in
a gzip header longer than 256 bytes, comments of a zip and of its members, extra fields that no known reader uses,
padding that isn't zero, unused parts of a header, long PAX records, Zstandard frames that decoders skip. Zeros after
the end are padding; if a client refuses them anyway, the message says which.

All these bytes are examined like an entry, even where they are too few to report on their own: a secret or a source
map in a comment is found at `acme.whl!(archive comment)`.

## Why it matters

The bytes are published with the artifact, and no listing shows them. Some clients refuse such a file. The bytes may
hide another archive, and a comment can hold a whole source map.

## What to do

Pack the artifact again. If the bytes are intended, such as a launcher before a zip, publish the file as what it is.

## Example

A wheel with a second zip appended to it.
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
    "Find out what these bytes are, and pack the artifact again with the ecosystem's own client."
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
