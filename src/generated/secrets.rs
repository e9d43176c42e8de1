//! The page that says which credentials are found, made from the tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::inspect::{SECRETS, SETTINGS_FILES, SecretRule};
use crate::policy::Policy;

/// `docs/secrets.md`.
pub(super) fn page(policy: &Policy) -> String {
    let mut page = format!(
        "# Which credentials are found\n\nMade from `policies/secrets.toml` and `policies/settings_files.toml`.\n\n\
         ## Forms\n\n{} rules with {} forms, found wherever they stand, and in every wrapping. Braces stand for random \
         characters: `{{base62:30}}` for thirty letters and digits. What is checked beyond the form: `checksum` is the \
         token's own; `random` that the characters have the entropy of random ones of their alphabet and length, and \
         are no example; `content` that the value, once decoded, is what it claims. The level is that without a policy \
         of your own; among tests, examples and documentation a token without a checksum is a note.\n",
        SECRETS.len(),
        SECRETS.iter().flat_map(|rule| rule.forms()).count()
    );
    let mut family = "";
    for rule in SECRETS {
        if rule.family != family {
            family = rule.family;
            let title = family[..1].to_uppercase() + &family[1..];
            let _ = write!(
                page,
                "\n### {title}\n\n| finds | forms | checked | level |\n| --- | --- | --- | --- |\n"
            );
        }
        let level = policy.level(rule.name).word();
        let _ = writeln!(
            page,
            "| [{}](rules/{}.md) | {} | {} | {level} |",
            rule.what,
            rule.name,
            forms(rule),
            rule.checked().join(", ")
        );
    }
    page.push_str(
        "\n## Settings files\n\nIn these files the name of a setting says that its value is a credential \
         (`secret-settings-file`). Placeholders, references to a vault or to the environment and encrypted values \
         are none. A file whose name has no ending is read like any settings, unless it is a \
         command, larger than 64 KiB, or one that packages have for people, such as `LICENSE` and others in capitals.\n\n| file | of |\n| --- | --- |\n",
    );
    let mut by_what: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in SETTINGS_FILES {
        by_what.entry(file.what).or_default().extend(file.paths.iter().map(|path| format!("`{path}`")));
    }
    for (what, paths) in by_what {
        let _ = writeln!(page, "| {} | {what} |", paths.join(" "));
    }
    page
}

fn forms(rule: &SecretRule) -> String {
    let forms: Vec<String> = rule.forms().map(form).collect();
    if forms.is_empty() { "by what the file is".to_owned() } else { forms.join("<br>") }
}

/// A recipe in one cell of a table.
fn form(recipe: &str) -> String {
    const LONGEST: usize = 90;
    let line = recipe.replace('\n', " ").replace('|', "\\|");
    let short: String = line.chars().take(LONGEST).collect();
    let more = if short.len() < line.len() { "\u{2026}" } else { "" };
    format!("`{short}{more}`")
}
