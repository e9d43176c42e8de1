//! A rule for every credential of `policies/secrets.toml`. The facts name their rule; what is left to judge
//! here is where a private key stands, and that the same secret in two files is one finding.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use super::{Context, Family, Finding, Place, Rule};
use crate::inspect::{SECRETS, SecretRule};
use crate::inventory::{Entry, Secret};

/// The rules, in the order of the table.
pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |secret: &'static SecretRule| Rule {
        name: secret.name,
        family: Family::Secrets,
        summary: secret.what,
        docs: secret.docs,
        check,
    };
    SECRETS.iter().map(rule).collect()
});

/// What `evidence` holds.
#[derive(Debug, Serialize)]
struct Evidence {
    redacted: String,
    digest: String,
    /// Every place of the same secret, the finding's own first.
    places: Vec<String>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut same: BTreeMap<&str, Vec<(&Entry, &Secret)>> = BTreeMap::new();
    for entry in &context.inventory.entries {
        for secret in &entry.secrets {
            if rule_of(entry, secret) == rule.name {
                same.entry(&secret.digest).or_default().push((entry, secret));
            }
        }
    }
    let Some(table) = SECRETS.iter().find(|secret| secret.name == rule.name) else { return };
    for (digest, places) in same {
        findings.extend(finding(rule, table, digest, &places));
    }
}

/// The rule that a fact belongs to: what everybody makes up for tests and manuals has one of its own there.
/// A token of a provider cannot be made up, and is what it is wherever it stands.
fn rule_of(entry: &Entry, secret: &Secret) -> &'static str {
    const MADE_UP: &[&str] = &[
        "secret-private-key",
        "secret-private-key-encrypted",
        "secret-url-password",
        "secret-jwt",
        "secret-netrc",
        "secret-docker-login",
        "secret-settings-file",
        "secret-gcp-service-account",
    ];
    if MADE_UP.contains(&secret.rule) && is_for_show(&entry.place) { "secret-in-tests" } else { secret.rule }
}

fn finding(rule: &Rule, table: &SecretRule, digest: &str, places: &[(&Entry, &Secret)]) -> Option<Finding> {
    const MOST_PLACES: usize = 50;
    let &(entry, secret) = places.first()?;
    let other = match places.len() - 1 {
        0 => String::new(),
        1 => format!(" It stands in {} as well.", places.last()?.0.place),
        more => format!(" It stands in {more} more places."),
    };
    let inside = secret.at.inside.as_ref().map(|what| format!(", inside {what}")).unwrap_or_default();
    let message = format!(
        "Looks like {}: {}{inside}. Whoever has it can {}.{other}",
        table.what, secret.redacted, table.grants
    );
    let help = format!("Take it out, and make it worthless: {}.", table.revoke);
    let place_of = |(entry, secret): &(&Entry, &Secret)| match (secret.at.line, secret.at.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", entry.place),
        _ => format!("{}:{:#x}", entry.place, secret.at.offset),
    };
    let evidence = Evidence {
        redacted: secret.redacted.clone(),
        digest: digest.to_owned(),
        places: places.iter().take(MOST_PLACES).map(place_of).collect(),
    };
    Some(
        Finding::new(rule, Place::at(entry, &secret.at))
            .message(message)
            .help(help)
            .evidence(evidence)
            .key(digest),
    )
}

/// Whether a path is that of a test, an example or a manual.
fn is_for_show(place: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "testing",
        "testdata",
        "test-data",
        "test_data",
        "__tests__",
        "spec",
        "specs",
        "fixture",
        "fixtures",
        "__fixtures__",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "doc",
        "docs",
        "mock",
        "mocks",
        "__mocks__",
        "bench",
        "benches",
        "benchmark",
        "benchmarks",
        "e2e",
        "test-fixtures",
        "test_fixtures",
        "testfixtures",
        "test-certs",
        "test_certs",
        "test-keys",
        "test_keys",
        "testkeys",
        "snapshots",
        "__snapshots__",
        "cypress",
        "test-utils",
        "test_utils",
        "testutils",
        "fuzz",
    ];
    const WORDS: &[&str] = &[
        "test", "tests", "spec", "mock", "fixture", "fixtures", "example", "sample", "demo", "dummy",
        "snakeoil",
    ];
    let lower = place.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once(['/', '!']).unwrap_or(("", &lower));
    folders.split(['/', '!']).any(|segment| FOLDERS.contains(&segment))
        || name.split(['.', '-', '_']).any(|word| WORDS.contains(&word))
        || [".md", ".markdown", ".rst", ".mdx", ".adoc"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{At, Inventory};
    use crate::settings::Settings;

    fn entry(place: &str, secrets: &[(&'static str, &str)]) -> Entry {
        let secret = |(rule, digest): &(&'static str, &str)| Secret {
            rule,
            at: At { offset: 7, line: Some(2), column: Some(3), inside: None },
            redacted: "npm_\u{2026} (40 characters)".to_owned(),
            digest: (*digest).to_owned(),
        };
        Entry { place: place.to_owned(), secrets: secrets.iter().map(secret).collect(), ..Entry::default() }
    }

    fn findings(entries: Vec<Entry>) -> Vec<Finding> {
        let inventory = Inventory { entries: numbered(entries), ..Inventory::default() };
        let settings = Settings::default();
        let context = Context::new(&inventory, &settings);
        let mut findings = Vec::new();
        for rule in RULES.iter() {
            (rule.check)(rule, &context, &mut findings);
        }
        findings
    }

    #[test]
    fn the_same_secret_in_two_files_is_one_finding() {
        let found = findings(vec![
            entry("package/a.js", &[("secret-npm-token", "aa"), ("secret-npm-token", "aa")]),
            entry("package/a.js.map", &[("secret-npm-token", "aa"), ("secret-npm-token", "bb")]),
        ]);
        let keys: Vec<&str> = found.iter().map(|finding| finding.key.as_str()).collect();
        assert_eq!(keys, ["aa", "bb"]);
        assert_eq!(found[0].place.path, "package/a.js");
        assert_eq!(found[0].evidence.value()["places"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn keys_among_tests_have_a_rule_of_their_own() {
        for (place, rule) in [
            ("package/lib/server.key", "secret-private-key"),
            ("package/test/server.key", "secret-in-tests"),
            ("package/README.md", "secret-in-tests"),
            ("package/lib/latest/contest.pem", "secret-private-key"),
            ("package/lib/tls.spec.js", "secret-in-tests"),
            ("crate-1.0.0/src/test_data/key.rs", "secret-in-tests"),
        ] {
            let found = findings(vec![entry(place, &[("secret-private-key", "aa")])]);
            assert_eq!(found.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [rule], "{place}");
        }
        // other secrets are what they are wherever they stand
        let found = findings(vec![entry("package/test/a.js", &[("secret-npm-token", "aa")])]);
        assert_eq!(found[0].rule, "secret-npm-token");
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert!(findings(vec![entry("package/a.js", &[])]).is_empty());
    }
}
