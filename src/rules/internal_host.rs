use crate::inventory::MentionKind;

use super::mentions::{finding, inside, of_kind, times};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-host",
    family: Family::InternalSources,
    summary: "A host that the settings call internal",
    docs: r#"
## What it does

Finds the names in `internal.hosts` in every text of the artifact and in the strings of binaries. A name that begins
with a dot covers all hosts below it.

## Why it matters

The name of an internal host tells a stranger what your network looks like and where to aim, and it often comes with
the path of a service, a registry or a repository that outsiders shouldn't know.

## What to do

Read the address from configuration at run time, or leave the file out.

## Example

```toml
[internal]
hosts = ["git.acme.dev", ".acme.internal"]
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(of_kind(context.inventory, MentionKind::Host).map(|(entry, mention)| {
        let (times, inside) = (times(mention.count), inside(mention));
        finding(rule, entry, mention)
            .message(format!("This file names the internal host {}{times}{inside}.", mention.what))
            .help("Read the address from configuration at run time, or leave this file out of the package.")
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inventory, mentions, run};

    #[test]
    fn fires_at_named_hosts_only() {
        let both = [(MentionKind::Host, "git.acme.dev"), (MentionKind::PrivateHost, "x.corp")];
        let found = run(&RULE, &inventory(vec![mentions("package/a.js", &both)]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("git.acme.dev"));
    }
}
