use super::maps::no_link;
use super::source_map_remote::{HostPlace, Remote};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-public-link",
    family: Family::SourceMaps,
    summary: "A link to a source map, or its sources, at a well-known public place",
    docs: r#"
## What it does

Finds the same URLs as `source-map-remote` if they lead to a place that is open to everybody: a public repository's raw
files, a package CDN, the CDN of an editor.

## Why it matters

Such links are mostly intended. Still, every debugger that opens the package contacts that server.

## What to do

Nothing, if it is intended.

## Example

```
package/esm/vs/editor.js:1022:1: links to its source map at a public place
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let public =
        Remote::all(context.inventory).into_iter().filter(|remote| remote.host.place() == HostPlace::Public);
    let mut seen = std::collections::HashSet::new();
    for remote in public {
        let finding = remote.finding(rule, "at a public place");
        // Hundreds of files with one host are one decision.
        if seen.insert(finding.key.clone()) {
            findings.push(finding.help(format!(
                "Nothing to do if the link is intended; otherwise build without the comment. {}",
                no_link(context)
            )));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inspected, run};

    #[test]
    fn fires_once_per_host_and_only_on_public_ones() {
        let link = "x()\n//# sourceMappingURL=https://raw.githubusercontent.com/a/b/main/a.map";
        let found = run(&RULE, &inspected(&[("p/a.js", link), ("p/b.js", link)]));
        assert_eq!(found.len(), 1);
        let other = "x()\n//# sourceMappingURL=https://acme.r2.dev/a.map";
        assert!(run(&RULE, &inspected(&[("p/a.js", other)])).is_empty());
    }
}
