use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "install-script",
    family: Family::Manifest,
    summary: "The package runs a script on the machine that installs it",
    docs: r#"
## What it does

Lists the lifecycle scripts that npm runs when somebody installs the package: `preinstall`, `install`,
`postinstall`, and the build that a `binding.gyp` implies.

## Why it matters

Such a script runs with the rights of whoever installs the package. Many companies turn them off, pnpm and newer
clients do so by default, and worms spread by scripts that nobody noticed.

## What to do

Make sure that each one is intended. If prebuilt files can ship as optional dependencies, no script is needed.

## Example

```json
"scripts": { "postinstall": "node install.js" }
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = &context.inventory.package else { return };
    for script in &package.install_scripts {
        let what = match &script.command {
            Some(command) => format!("runs `{}`", shortened(command)),
            None => "is built by node-gyp, because it ships a binding.gyp".to_owned(),
        };
        findings.push(
            Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, script.line))
                .message(format!("On {} the package {what}.", script.event))
                .help("Make sure that it is intended; everyone who installs the package runs it.")
                .evidence(script)
                .key(script.event.as_str()),
        );
    }
}

fn shortened(command: &str) -> String {
    const MOST: usize = 120;
    match command.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", command.get(..end).unwrap_or_default()),
        None => command.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    fn events(manifest: &str, paths: &[&str]) -> Vec<String> {
        run(&RULE, &npm(manifest, paths)).into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn fires() {
        assert_eq!(
            events(r#"{"scripts": {"postinstall": "node x.js", "preinstall": "y"}}"#, &[]),
            ["preinstall", "postinstall"]
        );
        assert_eq!(events("{}", &["binding.gyp"]), ["install"]);
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"scripts": {"prepare": "x", "build": "y", "prepublishOnly": "z"}}"#, &[][..]),
            (r#"{"scripts": {"postinstall": " "}}"#, &[]),
            (r#"{"gypfile": false}"#, &["binding.gyp"]),
            ("{}", &["deps/binding.gyp"]),
        ] {
            assert!(events(manifest, paths).is_empty(), "{manifest}");
        }
    }
}
