use crate::inventory::MentionKind;

use super::mentions::{finding, inside, of_kind, times};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-package",
    family: Family::InternalSources,
    summary: "A reference to a package that is internal",
    docs: r#"
## What it does

Finds the packages in `internal.packages` (names, scopes, globs) and, without any setting, the private members of the
artifact's workspace: imported in a text, named as a dependency in the manifest, or as a folder under `node_modules`
in a bundler's comment or a source map.

## Why it matters

The name alone tells what you work on and invites somebody to register it. An import of a package that nobody can
install breaks the release. And a bundler's comment with that name means that the package's code is in the bundle.

## What to do

Bundle only what may be published, move the dependency to `devDependencies` if users don't need it, or publish the
package.

## Example

```toml
[internal]
packages = ["@acme-internal", "@acme/billing-*"]
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let own = context.inventory.package.as_ref().map_or("", |package| package.name.as_str());
    let others = of_kind(context.inventory, MentionKind::Package).filter(|(_, mention)| mention.what != own);
    findings.extend(others.map(|(entry, mention)| {
        let (times, inside) = (times(mention.count), inside(mention));
        finding(rule, entry, mention)
            .message(format!("This file refers to the internal package {}{times}{inside}.", mention.what))
            .help("Keep the package out of what is bundled, take it out of the dependencies that users install, or leave this file out.")
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;
    use crate::rules::testing::{inventory, mentions, run};

    #[test]
    fn fires_at_others_but_not_at_its_own_name() {
        let names = [(MentionKind::Package, "@acme/core"), (MentionKind::Package, "@acme/cli")];
        let mut inventory = inventory(vec![mentions("package/a.js", &names)]);
        inventory.package = Some(Package { name: "@acme/cli".to_owned(), ..Package::default() });
        let found = run(&RULE, &inventory);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "@acme/core");
    }
}
