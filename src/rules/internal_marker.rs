use crate::inventory::MentionKind;

use super::mentions::{finding, inside, of_kind, times};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-marker",
    family: Family::InternalSources,
    summary: "Text that the settings mark as internal",
    docs: r#"
## What it does

Finds the words in `internal.markers` in every text of the artifact: in files, in texts recovered from source
maps, bundles and nested archives, and in the strings of binaries (UTF-8 and UTF-16). A marker is a literal, or
a regular expression between slashes.

## Why it matters

A word that your company puts only on what must stay internal says more clearly than any file name that the text
around it was not meant to be published.

## What to do

Take the file out of the package, or the module out of the bundle. If the text may be published after all, remove the
marker, or waive the place with a reason.

## Example

```toml
[internal]
markers = ["ACME CONFIDENTIAL", '/@team (core|billing)\b/']
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(of_kind(context.inventory, MentionKind::Marker).map(|(entry, mention)| {
        let (times, inside) = (times(mention.count), inside(mention));
        finding(rule, entry, mention)
            .message(format!(
                "This file contains \"{}\"{times}{inside}, which the settings mark as internal.",
                mention.what
            ))
            .help("Leave this file out of the package, or the module that the text comes from out of the bundle.")
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inventory, mentions, run};

    #[test]
    fn fires_at_every_marker() {
        let entries = vec![
            mentions(
                "package/a.js",
                &[(MentionKind::Marker, "ACME ONLY"), (MentionKind::Marker, "SECRET-7")],
            ),
            mentions("package/b.js", &[(MentionKind::Marker, "ACME ONLY")]),
        ];
        let found = run(&RULE, &inventory(entries));
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].place.path.as_str(), found[0].place.line), ("package/a.js", Some(2)));
        assert_eq!(found[0].key, "ACME ONLY");
    }

    #[test]
    fn banners_are_another_rules_business() {
        let entries = vec![mentions("package/a.js", &[(MentionKind::Banner, "CONFIDENTIAL")])];
        assert!(run(&RULE, &inventory(entries)).is_empty());
    }
}
