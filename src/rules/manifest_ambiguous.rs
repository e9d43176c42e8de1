use crate::inventory::ManifestTrouble;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "manifest-ambiguous",
    family: Family::Manifest,
    summary: "The manifest is missing, broken, there twice, or read differently by different clients",
    docs: r#"
## What it does

Reports a manifest that isn't where the client looks for it, can't be read, is there more than once with different
contents, differs from its proper name in case, or has a decisive key twice; and a wheel with two `.dist-info`
folders, without `WHEEL`, of a format version that installers don't know, or with lines in `entry_points.txt` of which
they make different commands; and a NuGet package with several `.nuspec` files, which NuGet refuses.

## Why it matters

Everything else is judged by the manifest. If two readers see two manifests, what one reviews is not what the other
installs. Without a manifest, neither the allowlist nor the licence is known.

## What to do

Pack again with the package's own client. If the artifact isn't a package at all, say so with `--kind`.

## Example

`package/package.json` and `package/Package.json` in one tarball.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for problem in &context.inventory.manifest_problems {
        let word = match problem.kind {
            ManifestTrouble::Missing => "missing",
            ManifestTrouble::Unreadable => "unreadable",
            ManifestTrouble::Twice => "twice",
            ManifestTrouble::LetterCase => "letter-case",
            ManifestTrouble::DuplicateKey => "duplicate-key",
            ManifestTrouble::Malformed => "malformed",
        };
        let place = match problem.kind {
            ManifestTrouble::Missing => super::Place::artifact(),
            _ => super::manifest_place(context.inventory, &problem.place, problem.line),
        };
        let mut detail = problem.detail.clone();
        if let Some(first) = detail.get(..1).map(str::to_uppercase) {
            detail.replace_range(..1, &first);
        }
        findings.push(
            Finding::new(rule, place)
                .message(format!("{detail}."))
                .help("Pack it again with its own client; if it is another kind of artifact, name that with --kind.")
                .evidence(problem)
                .key(word),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    fn keys(manifest: &str, paths: &[&str]) -> Vec<String> {
        run(&RULE, &npm(manifest, paths)).into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn fires() {
        assert_eq!(keys("{", &[]), ["unreadable"]);
        assert_eq!(keys("{}", &["Package.json"]), ["letter-case"]);
        assert_eq!(keys(r#"{"main": "a", "main": "b"}"#, &[]), ["duplicate-key"]);
    }

    #[test]
    fn stays_silent() {
        assert!(keys("\u{feff}{}", &["lib/package.json", "lib/Package.json"]).is_empty());
        assert!(keys(r#"{"keywords": [], "keywords": ["a"]}"#, &[]).is_empty());
        assert!(keys(r#"{"main": "a", "main": "a"}"#, &[]).is_empty());
    }
}
