use serde::Serialize;

use crate::inventory::Kind;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "startup-code",
    family: Family::Manifest,
    summary: "The interpreter runs a file of the wheel whenever it starts",
    docs: r#"
## What it does

Reports files that a wheel installs at the top of `site-packages` and that Python runs by itself: `*.pth`,
`sitecustomize.py`, `usercustomize.py`. Such a file in a `.data` folder is `archive-unsafe-path`.

## Why it matters

A line of a `.pth` file that begins with `import` runs in every program of that interpreter, whether it uses the
package or not. Few packages need that, and worms use it to stay.

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
    /// Below `site-packages`.
    installed: &'a str,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.inventory.kind != Kind::Wheel {
        return;
    }
    for entry in context.inventory.top_files() {
        let Some(installed) = entry.installed.as_deref().filter(|path| is_startup(path)) else { continue };
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "This file is installed as `{installed}`, at the top of site-packages: the interpreter runs it whenever it starts."
                ))
                .help("Make sure that it is intended; most packages need no such file.")
                .key(installed)
                .evidence(Evidence { installed }),
        );
    }
}

/// Whether the interpreter runs a file of this path in `site-packages` by itself.
fn is_startup(path: &str) -> bool {
    let named = path.ends_with(".pth") || matches!(path, "sitecustomize.py" | "usercustomize.py");
    named && !path.contains('/')
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
    }
}
