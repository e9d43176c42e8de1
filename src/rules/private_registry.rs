use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::{Entry, MentionKind};

use super::mentions::of_kind;
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "private-registry",
    family: Family::InternalSources,
    summary: "A lockfile or a client's settings that take packages from a private registry",
    docs: r#"
## What it does

Finds lockfiles (`package-lock.json`, `yarn.lock`, `pnpm-lock.yaml`, `Cargo.lock`, `uv.lock` and the like) and the
settings of package clients (`.npmrc`, `pip.conf`, `NuGet.Config` and the like) with a URL on a host that only an
internal network resolves, once per file and host. Those among tests, examples and documentation are passed over.

## Why it matters

A lockfile lists what comes from a registry of the house: the names of its private packages and their versions, and the
host that serves them. That is what dependency confusion starts from. To everybody else the file is useless, as
nothing can be fetched from there.

## What to do

Leave the file out of the package.

## Example

```json
{"packages": {"node_modules/@acme/core": {"resolved": "https://npm.acme.corp/@acme/core/-/core-1.0.0.tgz"}}}
```
"#,
    check,
};

/// Names of lockfiles and of package clients' settings, in lower case.
const FILES: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    ".package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "cargo.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pipfile.lock",
    "pylock.toml",
    "gemfile.lock",
    "composer.lock",
    "packages.lock.json",
    "project.assets.json",
    "gradle.lockfile",
    "go.sum",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    "bunfig.toml",
    "pip.conf",
    "pip.ini",
    ".pypirc",
    "nuget.config",
];

/// A host and the file that takes packages from it.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    host: &'a str,
    count: u64,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut found = BTreeMap::new();
    for (entry, mention) in of_kind(context.inventory, MentionKind::PrivateHost) {
        if takes_packages(entry) && !context.is_for_show(&entry.place) {
            found.entry((&entry.place, &mention.what)).or_insert((entry, mention));
        }
    }
    for (entry, mention) in found.into_values() {
        let host = &mention.what;
        findings.push(
            Finding::new(rule, Place::at(entry, &mention.at))
                .message(format!(
                    "This file takes packages from {host}, a host that only an internal network resolves: it names \
                     private packages, and nobody else can use it."
                ))
                .help("Leave the file out of the package.")
                .evidence(Evidence { host, count: mention.count })
                .key(host),
        );
    }
}

fn takes_packages(entry: &Entry) -> bool {
    FILES.iter().any(|name| entry.file_name().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inventory, mentions, run};

    #[test]
    fn only_files_that_take_packages_are_told_of() {
        let private = (MentionKind::PrivateHost, "npm.acme.corp");
        let entries = vec![
            mentions("package/dist/package-lock.json", &[private, (MentionKind::PrivateHost, "10.1.2.3")]),
            mentions("package/NuGet.Config", &[private]),
            mentions("package/examples/package-lock.json", &[private]),
            mentions("package/lib/a.js", &[private]),
            mentions("package/yarn.lock", &[(MentionKind::Host, "git.acme.dev")]),
        ];
        let found = run(&RULE, &inventory(entries));
        let places: Vec<_> =
            found.iter().map(|found| (found.place.path.as_str(), found.key.as_str())).collect();
        assert_eq!(
            places,
            [
                ("package/NuGet.Config", "npm.acme.corp"),
                ("package/dist/package-lock.json", "10.1.2.3"),
                ("package/dist/package-lock.json", "npm.acme.corp"),
            ]
        );
    }
}
