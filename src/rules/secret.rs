//! A rule for every credential in `policies/secrets.toml`. The facts name their rule; what is left to judge here is
//! whether a secret is in tests or manuals, and that the same secret in two files is one finding.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Serialize;

use super::for_show::is_description;
use super::localhost;
use super::stray;
use super::{Context, Family, Finding, Place, Rule};
use crate::ecosystem::{self, Remedy};
use crate::inspect::{SECRETS, STRAYS, SecretRule};
use crate::inventory::{BuildVariable, Entry, Inventory, Kind, Secret};

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
        findings.extend(finding(rule, table, context, digest, &places));
    }
}

/// Whether a place is one where Playwright keeps the logins of the accounts that it tests with.
fn is_login_kept(place: &str) -> bool {
    place.ends_with(".json") && place.rsplit(['/', '!']).nth(1) == Some(".auth")
}

/// The rule for what is made up.
const IN_TESTS: &str = "secret-in-tests";

/// The rule that a fact belongs to. In tests and manuals, credentials are mostly made up and have a rule of their
/// own; a token with a valid checksum isn't made up, wherever it is.
fn rule_of(context: &Context<'_>, entry: &Entry, secret: &Secret) -> Option<&'static str> {
    let has_checksum =
        SECRETS.iter().any(|rule| rule.name == secret.rule && rule.has_checksum(secret.redacted.as_bytes()));
    let is_public = matches!(secret.rule, "secret-google-api-key" | "secret-google-oauth");
    // what stands in the text of a description is told from its fields where it is found
    let is_for_show =
        context.is_for_show(&entry.place) && !is_description(&entry.place) && !is_login_kept(&entry.place);
    if has_checksum || is_public || !is_for_show {
        let is_local = secret.rule == "secret-private-key" && localhost::is_key(context.inventory, entry);
        return Some(if is_local { localhost::RULE } else { secret.rule });
    }
    // A library that reads encrypted keys has some in its tests.
    (secret.rule != "secret-private-key-encrypted").then_some(IN_TESTS)
}

fn finding(
    rule: &Rule,
    table: &SecretRule,
    context: &Context<'_>,
    digest: &str,
    places: &[(&Entry, &Secret)],
) -> Option<Finding> {
    const MOST_PLACES: usize = 50;
    let &(entry, secret) = places.first()?;
    // A map within the file has it as well.
    let others: BTreeSet<&str> = places.iter().map(|(other, _)| other.place.as_str()).collect();
    let mut others = others.into_iter().filter(|place| *place != entry.place);
    let other = match (others.next(), others.count()) {
        (None, _) => String::new(),
        (Some(only), 0) => format!(" It is in {only} as well."),
        (Some(_), more) => format!(" It is in {} more files.", more + 1),
    };
    let inside = secret.at.inside.as_ref().map(|what| format!(", inside {what}")).unwrap_or_default();
    let message = format!(
        "Looks like {}: {}{inside}. Whoever has it can {}.{other}",
        table.what, secret.redacted, table.grants
    );
    let help = format!("Take it out and revoke it: {}.", table.revoke);
    let variables = &context.inventory.making.variables;
    let help = match variables.iter().find(|variable| variable.digest == digest) {
        Some(variable) => format!("{} {help}", without_prefix(variable)),
        None => help,
    };
    let place_of = |(entry, secret): &(&Entry, &Secret)| match (secret.at.line, secret.at.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", entry.place),
        _ => format!("{}:{:#x}", entry.place, secret.at.offset),
    };
    let evidence = Evidence {
        redacted: secret.redacted.clone(),
        digest: digest.to_owned(),
        places: places.iter().take(MOST_PLACES).map(place_of).collect(),
    };
    let finding = Finding::new(rule, Place::at(entry, &secret.at)).message(message);
    let finding = match leave_out(context, places) {
        Some(remedy) if rule.name != IN_TESTS && rule.name != localhost::RULE => {
            finding.remedy(remedy, &help)
        }
        _ => finding.help(help),
    };
    Some(finding.evidence(evidence).key(digest))
}

/// How to keep a variable from browsers.
fn without_prefix(variable: &BuildVariable) -> String {
    let BuildVariable { name, file, line, .. } = variable;
    format!(
        "The build has it from {name} in {file}, line {line}: whatever has this prefix is written into what browsers load. \
         Give it a name without the prefix, and have a server use it."
    )
}

/// How to leave out the files with a secret, if the package runs and reads none of them and no finding of the file
/// says how to. A finding that the policy may take for less says the same line.
fn leave_out(context: &Context<'_>, places: &[(&Entry, &Secret)]) -> Option<Remedy> {
    const MOST_FILES: usize = 12;
    if places.len() > MOST_FILES {
        return None;
    }
    let is_copied =
        |entry: &Entry| context.inventory.making.copies.iter().any(|copy| copy.place == entry.place);
    let is_dead = |(entry, secret): &(&Entry, &Secret)| {
        is_copied(entry) || is_dead_weight(context.inventory, entry, secret)
    };
    if !places.iter().all(is_dead) {
        return None;
    }
    let mut files: Vec<&Entry> = places.iter().map(|(entry, _)| *entry).collect();
    files.dedup_by_key(|entry| entry.id);
    files.retain(|entry| !is_told_of(context, entry));
    let usual = match files.as_slice() {
        [only] => stray::usual_pattern(context, only),
        _ => None,
    };
    if files.is_empty() {
        return None;
    }
    let remedy = ecosystem::leave_out(context.inventory, &files, usual.as_deref());
    Some(remedy).filter(|remedy| !remedy.edits.is_empty() || !remedy.removes.is_empty())
}

/// Whether nothing that is installed needs the file: it is a key and nothing else, or of a kind that people keep for
/// themselves.
fn is_dead_weight(inventory: &Inventory, entry: &Entry, secret: &Secret) -> bool {
    /// Records, and what tools put aside.
    const KEPT: [&str; 10] = ["log", "out", "har", "http", "rest", "ipynb", "bak", "old", "orig", "history"];
    /// Cargo runs none of these, while an npm package may be started or installed by one.
    const SHELL: [&str; 6] = ["sh", "bash", "zsh", "fish", "ps1", "bat"];
    /// Nor does it read these, unless code takes one in by its name or a build script does.
    const DATA: [&str; 8] = ["yaml", "yml", "json", "ini", "cfg", "conf", "properties", "xml"];
    let name = entry.file_name();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_key = secret.rule == "secret-private-key"
        && secret.at.inside.is_none()
        && secret.at.line == Some(1)
        && secret.at.column == Some(1);
    let is_of_no_crate = || {
        SHELL.contains(&extension)
            || DATA.contains(&extension)
                && !has_build_script(inventory)
                && !inventory.making.taken_in.contains(&entry.id)
    };
    is_key || KEPT.contains(&extension) || inventory.kind == Kind::Crate && is_of_no_crate()
}

/// Whether cargo runs a script of the crate before it is compiled, which may read anything.
fn has_build_script(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| {
        let below = entry.below_root();
        below == "build.rs" || below.starts_with("build/")
    })
}

/// Whether a finding that is an error under every policy tells of the file and says how to leave it out.
fn is_told_of(context: &Context<'_>, entry: &Entry) -> bool {
    const ERRORS: [&str; 3] = ["stray-credential", "stray-agent", "stray-vcs"];
    let strays = context.strays();
    let Ok(at) = strays.binary_search_by_key(&entry.id, |(stray, _)| stray.id) else { return false };
    let matches = strays.get(at).map_or(&[][..], |(_, matches)| matches);
    matches.iter().any(|found| {
        let rule = STRAYS.get(found.rule).map_or("", |rule| rule.name);
        let shows = found.row.sign.is_empty() || entry.signs.contains(&found.row.sign);
        shows && ERRORS.contains(&rule)
    })
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
    fn a_line_leaves_out_what_no_package_needs() {
        use crate::inventory::{Declared, Kind, Package};
        let at = |line, column| At { offset: 0, line: Some(line), column: Some(column), inside: None };
        let whole = at(1, 1);
        let within = at(3, 9);
        for (kind, path, rule, at, expected) in [
            (Kind::Npm, "config/deploy_rsa", "secret-private-key", &whole, Some("!config/deploy_rsa")),
            // The rest of the file may be read.
            (Kind::Npm, "config/default.json", "secret-private-key", &within, None),
            (Kind::Npm, "config/default.json", "secret-npm-token", &whole, None),
            (Kind::Npm, "dist/a.js", "secret-npm-token", &within, None),
            (Kind::Npm, "config/mill.log", "secret-npm-token", &within, Some("!**/*.log")),
            // npm may run it, cargo doesn't.
            (Kind::Npm, "bin/release.sh", "secret-npm-token", &within, None),
            (Kind::Crate, "scripts/release.sh", "secret-npm-token", &within, Some("/scripts/release.sh")),
            (
                Kind::Crate,
                "scripts/compose.yml",
                "secret-settings-file",
                &within,
                Some("/scripts/compose.yml"),
            ),
            (Kind::Crate, "src/deploy.rs", "secret-npm-token", &within, None),
            (Kind::Npm, "deploy/compose.yml", "secret-settings-file", &within, None),
            // Its own finding says so.
            (Kind::Npm, "config/.env", "secret-npm-token", &within, None),
            (Kind::Npm, "test/fixtures/deploy_rsa", "secret-private-key", &whole, None),
        ] {
            let declared = Declared { has_allowlist: Some(true), ..Declared::default() };
            let package = Package { root: "package".to_owned(), declared, ..Package::default() };
            let rest = ["package/dist/b.js", "package/config/a.json", "package/bin/a", "package/scripts/a"];
            let mut one = entry(&format!("package/{path}"), &[(rule, "aa")]);
            one.secrets.iter_mut().for_each(|secret| secret.at = at.clone());
            one.path = one.place.clone();
            one.signs = ["text"].into();
            let others = rest.map(|place| Entry {
                place: place.to_owned(),
                path: place.to_owned(),
                ..Entry::default()
            });
            let entries = numbered([vec![one], others.to_vec()].concat());
            let inventory = Inventory { kind, package: Some(package), entries, ..Inventory::default() };
            let found: Vec<Finding> = RULES.iter().flat_map(|rule| run(rule, &inventory)).collect();
            assert_eq!(found.len(), 1, "{path}");
            assert!(found[0].help.contains("revoke") || found[0].rule == IN_TESTS, "{}", found[0].help);
            assert_eq!(found[0].remedy.is_some(), expected.is_some(), "{path}: {}", found[0].help);
            assert!(found[0].help.contains(expected.unwrap_or("")), "{path}: {}", found[0].help);
        }
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
        for (place, rule, expected) in [
            // Playwright keeps whole logins there
            ("package/e2e/.auth/user.json", "secret-session-cookie", "secret-session-cookie"),
            ("package/e2e/auth/user.json", "secret-session-cookie", "secret-in-tests"),
            // what is in its text is told where it is found
            ("a-1.0.dist-info/METADATA", "secret-gitlab-token", "secret-gitlab-token"),
        ] {
            let found = findings(vec![entry(place, &[(rule, "aa")])]);
            assert_eq!(found.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [expected], "{place}");
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
