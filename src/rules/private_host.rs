use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::MentionKind;
use crate::words;

use super::mentions::of_kind;
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "private-host",
    family: Family::InternalSources,
    summary: "A URL that only an internal network resolves",
    docs: r#"
## What it does

Finds URLs whose host ends in `.corp`, `.internal`, `.intranet`, `.lan` or `.home.arpa`, or is a private address
(RFC 1918), once per host. Names and addresses that are common in examples are ignored.

## Why it matters

A lockfile that names a private registry, or a default that points to a machine in the office, tells a stranger
something about your network. Many packages have such URLs in their documentation and tests, so this is only a note;
hosts that must never get out belong in `internal.hosts`.

## What to do

Replace the URL with an example, or leave the file out.

## Example

```
registry=https://npm.acme.corp/
```
"#,
    check,
};

/// A host and how many files name it.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    host: &'a str,
    files: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut hosts: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (entry, mention) in of_kind(context.inventory, MentionKind::PrivateHost) {
        hosts.entry(&mention.what).or_default().push((entry, mention));
    }
    for (host, places) in hosts {
        let Some((entry, mention)) = places.first() else { continue };
        let elsewhere = match places.len() {
            1 => String::new(),
            files => format!("; so {} more", words::counted(files as u64 - 1, "file")),
        };
        findings.push(
            Finding::new(rule, Place::at(entry, &mention.at))
                .message(format!("This file has a URL on {host}, a host that only an internal network resolves{elsewhere}."))
                .help("Replace the URL with an example if it is a real one. To make a host an error, list it in internal.hosts.")
                .evidence(Evidence { host, files: places.len() })
                .key(host),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inventory, mentions, run};

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
