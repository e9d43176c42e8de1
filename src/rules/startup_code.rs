use serde::Serialize;

use crate::inventory::Kind;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "startup-code",
    family: Family::Manifest,
    summary: "Python runs a file of the wheel whenever it starts, or RubyGems a file of the gem",
    docs: r#"
## What it does

Reports files that a wheel installs at the top of `site-packages` and that Python runs by itself: `*.pth`,
`sitecustomize.py`, `usercustomize.py`. Such a file in a `.data` folder is `archive-unsafe-path`. In a gem it is
`rubygems_plugin.rb`, which RubyGems loads from every gem with each of its commands.

## Why it matters

A line of a `.pth` file that begins with `import` runs in every program of that interpreter, whether it uses the
package or not; so does a plugin of RubyGems with every `gem install`. Few packages need that, and worms use it to
stay.

## What to do

Make sure that it is intended.

## Example

`acme.pth` at the top of a wheel.
"#,
    check,
};

/// Where it lands.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// Below `site-packages`, or where RubyGems keeps its gems.
    installed: &'a str,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    for entry in inventory.files().filter(|entry| inventory.is_unpacked(entry)) {
        let Some(installed) = entry.installed.as_deref() else { continue };
        let Some(run) = runs(inventory.kind, installed) else { continue };
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!("This file is installed as `{installed}`: {run}."))
                .help("Make sure that it is intended; most packages need no such file.")
                .key(installed)
                .evidence(Evidence { installed }),
        );
    }
}

/// Who runs a file that is installed under this path, and when.
fn runs(kind: Kind, path: &str) -> Option<&'static str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_startup = || name.ends_with(".pth") || matches!(name, "sitecustomize.py" | "usercustomize.py");
    match kind {
        Kind::Wheel if folder.is_empty() && is_startup() => {
            Some("at the top of site-packages the interpreter runs it whenever it starts")
        }
        Kind::Gem if name == "rubygems_plugin.rb" => Some("RubyGems runs it with each of its commands"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{run, tree};

    fn found(kind: Kind, installed: &str) -> usize {
        let mut inventory = tree(&["acme.txt"]);
        inventory.kind = kind;
        inventory.entries[0].installed = Some(installed.into());
        run(&RULE, &inventory).len()
    }

    #[test]
    fn fires_beside_all_packages_only() {
        for path in ["acme.pth", "sitecustomize.py", "usercustomize.py"] {
            assert_eq!(found(Kind::Wheel, path), 1, "{path}");
            assert_eq!(found(Kind::Npm, path), 0, "{path}");
        }
        for path in ["acme/acme.pth", "{data}/acme.pth", "acme.py", "acme/sitecustomize.py"] {
            assert_eq!(found(Kind::Wheel, path), 0, "{path}");
        }
        let plugin = "gems/acme-1.0.0/lib/rubygems_plugin.rb";
        assert_eq!((found(Kind::Gem, plugin), found(Kind::Wheel, plugin)), (1, 0));
        assert_eq!(found(Kind::Gem, "gems/acme-1.0.0/lib/plugin.rb"), 0);
    }
}
