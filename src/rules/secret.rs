//! A rule for every credential in `policies/secrets.toml`. The facts name their rule; what is left to judge here is
//! whether a secret is in tests or manuals, and that the same secret in two files is one finding.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use super::localhost;
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
    /// Every place with the same secret, the finding's own first.
    places: Vec<String>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut same: BTreeMap<&str, Vec<(&Entry, &Secret)>> = BTreeMap::new();
    let takes_others = matches!(rule.name, localhost::RULE | IN_TESTS);
    for entry in context.with_secrets() {
        for secret in entry.secrets.iter().filter(|secret| takes_others || secret.rule == rule.name) {
            if rule_of(context, entry, secret) == Some(rule.name) {
                same.entry(&secret.digest).or_default().push((entry, secret));
            }
        }
    }
    if same.is_empty() {
        return;
    }
    let Some(table) = SECRETS.iter().find(|secret| secret.name == rule.name) else { return };
    for (digest, places) in same {
        findings.extend(finding(rule, table, digest, &places));
    }
}

/// The rule for what is made up.
const IN_TESTS: &str = "secret-in-tests";

/// The rule that a fact belongs to. In tests and manuals, credentials are mostly made up and have a rule of their
/// own; a token with a valid checksum isn't made up, wherever it is.
fn rule_of(context: &Context<'_>, entry: &Entry, secret: &Secret) -> Option<&'static str> {
    let has_checksum =
        SECRETS.iter().any(|rule| rule.name == secret.rule && rule.has_checksum(secret.redacted.as_bytes()));
    let is_public = matches!(secret.rule, "secret-google-api-key" | "secret-google-oauth");
    if has_checksum || is_public || !context.is_for_show(&entry.place) {
        let is_local = secret.rule == "secret-private-key" && localhost::is_key(context.inventory, entry);
        return Some(if is_local { localhost::RULE } else { secret.rule });
    }
    // A library that reads encrypted keys has some in its tests.
    (secret.rule != "secret-private-key-encrypted").then_some(IN_TESTS)
}

fn finding(rule: &Rule, table: &SecretRule, digest: &str, places: &[(&Entry, &Secret)]) -> Option<Finding> {
    const MOST_PLACES: usize = 50;
    let &(entry, secret) = places.first()?;
    let other = match places.len() - 1 {
        0 => String::new(),
        1 => format!(" It is in {} as well.", places.last()?.0.place),
        more => format!(" It is in {more} more places."),
    };
    let inside = secret.at.inside.as_ref().map(|what| format!(", inside {what}")).unwrap_or_default();
    let message = format!(
        "Looks like {}: {}{inside}. Whoever has it can {}.{other}",
        table.what, secret.redacted, table.grants
    );
    let help = format!("Take it out and revoke it: {}.", table.revoke);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{At, Inventory};
    use crate::rules::testing::run;

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
        RULES.iter().flat_map(|rule| run(rule, &inventory)).collect()
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
        for (rule, expected) in [
            // nobody makes a checksum up
            ("secret-npm-token", Some("secret-npm-token")),
            ("secret-aws-access-key", Some("secret-in-tests")),
            ("secret-private-key-encrypted", None),
        ] {
            let found = findings(vec![entry("package/test/a.js", &[(rule, "aa")])]);
            assert_eq!(found.first().map(|finding| finding.rule), expected);
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert!(findings(vec![entry("package/a.js", &[])]).is_empty());
    }
}
