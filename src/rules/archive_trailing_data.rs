use crate::inventory::{Anomaly, AnomalyKind, Concern};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-trailing-data",
    family: Family::ArchiveTrust,
    summary: "Bytes before, between or behind what belongs to the archive",
    docs: DOCS,
    check,
};

const DOCS: &str = "\
## What it does
Reports bytes in the artifact that belong to none of its entries: behind the end of the gzip or zip data,
before the first member of a zip, or between its members. Zero bytes behind gzip data are padding and not
reported.

## Why it matters
The bytes are published with the artifact and nobody's listing shows them. Some clients refuse such a file,
and another archive may hide in there.

## What to do
Pack the artifact again. If the bytes are meant, such as a launcher before a zip, publish it as what it is.

## Example
A wheel with a second zip behind it.
";

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
    use crate::rules::archive::tests::takes;

    #[test]
    fn fires_on_bytes_of_nobody() {
        for kind in [AnomalyKind::TrailingData, AnomalyKind::LeadingData, AnomalyKind::GapData] {
            assert!(takes(&RULE, kind, ""), "{kind:?}");
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
        assert!(!takes(&RULE, AnomalyKind::ZipHiddenEntry, ""));
    }
}
