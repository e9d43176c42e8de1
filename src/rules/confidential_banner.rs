use crate::inventory::MentionKind;

use super::mentions::{finding, inside, of_kind};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "confidential-banner",
    family: Family::InternalSources,
    summary: "A comment at the top of a file that calls it confidential",
    docs: r#"
## What it does

Finds banners such as `CONFIDENTIAL AND PROPRIETARY`, `INTERNAL USE ONLY` or `DO NOT DISTRIBUTE`, in capitals, in a
file's first comment. Texts inside source maps count too.

## Why it matters

Such a banner says that its author didn't mean the file to be published. It is only a sign: some public files carry
one by mistake. Words that are certain to be internal belong in `internal.markers`, where they are an error.

## What to do

Leave the file out of the package, or correct the banner.

## Example

```js
/*
 * ACME CONFIDENTIAL
 * All rights reserved.
 */
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(of_kind(context.inventory, MentionKind::Banner).map(|(entry, mention)| {
        let inside = inside(mention);
        finding(rule, entry, mention)
            .message(format!("This file begins with a comment{inside} that says {}.", mention.what))
            .help("Leave the file out of the package, or correct the banner. To make your company's own words an error, list them in internal.markers.")
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inventory, mentions, run};

    #[test]
    fn fires_at_banners_only() {
        let both = [(MentionKind::Banner, "DO NOT DISTRIBUTE"), (MentionKind::Marker, "ACME")];
        let found = run(&RULE, &inventory(vec![mentions("package/a.js", &both)]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "DO NOT DISTRIBUTE");
    }
}
