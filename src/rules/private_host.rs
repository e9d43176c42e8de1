use std::collections::BTreeMap;

use serde_json::json;

use crate::inventory::MentionKind;

use super::mentions::of_kind;
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "private-host",
    family: Family::InternalSources,
    summary: "A URL that only an internal network resolves",
    docs: r#"
## What it does

Finds URLs whose host ends in `.corp`, `.internal`, `.intranet`, `.lan` or `.home.arpa`, or is a private address
(RFC 1918), once per host. Names and addresses that stand in everybody's examples are passed over.

## Why it matters

A lockfile that names a private registry, or a default that points to a machine of the office, tells a stranger
something about the network that it came from. Many packages have such URLs in their documentation and tests,
so this is only a note; hosts that must never go out belong into `internal.hosts`.

## What to do

Replace the URL by an example, or leave the file out.

## Example

```
registry=https://npm.acme.corp/
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut hosts: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (entry, mention) in of_kind(context.inventory, MentionKind::PrivateHost) {
        hosts.entry(&mention.what).or_default().push((entry, mention));
    }
    for (host, places) in hosts {
        let Some((entry, mention)) = places.first() else { continue };
        let elsewhere = match places.len() {
            1 => String::new(),
            files => format!(", here and in {} more files", files - 1),
        };
        findings.push(
            Finding::new(rule, Place::at(entry, &mention.at))
                .message(format!("has a URL on {host}{elsewhere}, a host that only an internal network resolves"))
                .help("Replace the URL by an example if it is a real one. To make a host an error, name it in internal.hosts.")
                .evidence(json!({ "host": host, "files": places.len() }))
                .key(host),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::mentions::testing::{inventory, mentions, run};
    use super::*;

    #[test]
    fn one_finding_per_host() {
        let entries = vec![
            mentions("a", &[(MentionKind::PrivateHost, "npm.acme.corp")]),
            mentions(
                "b",
                &[(MentionKind::PrivateHost, "npm.acme.corp"), (MentionKind::PrivateHost, "10.1.2.3")],
            ),
            mentions("c", &[(MentionKind::Host, "git.acme.dev")]),
        ];
        let found = run(&RULE, &inventory(entries));
        let places: Vec<_> =
            found.iter().map(|found| (found.key.as_str(), found.place.path.as_str())).collect();
        assert_eq!(places, [("10.1.2.3", "b"), ("npm.acme.corp", "a")]);
    }
}
