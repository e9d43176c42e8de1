//! The page that says which credentials are found, made from the tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::inspect::{SECRETS, SETTINGS_FILES};

/// `docs/secrets.md`.
pub fn secrets_page() -> String {
    let mut page = format!(
        "# Which credentials are found\n\nMade from `policies/secrets.toml` and `policies/settings_files.toml`.\n\n\
         ## Forms\n\n{} rules with {} forms, found wherever they stand. Braces stand for random characters: \
         `{{base62:30}}` for thirty letters and digits, `{{crc}}` for a checksum.\n\n| rule | finds | forms |\n| --- | --- | --- |\n",
        SECRETS.len(),
        SECRETS.iter().flat_map(|rule| rule.forms()).count()
    );
    for rule in SECRETS {
        let forms: Vec<String> = rule.forms().map(form).collect();
        let forms = if forms.is_empty() { "by what the file is".to_owned() } else { forms.join("<br>") };
        let _ = writeln!(page, "| [`{0}`](rules/{0}.md) | {1} | {forms} |", rule.name, rule.what);
    }
    page.push_str(
        "\n## Settings files\n\nIn these files the name of a setting says that its value is a credential \
         (`secret-settings-file`). Placeholders, references to a vault or to the environment and encrypted values \
         are none.\n\n| file | of |\n| --- | --- |\n",
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

/// A recipe in one cell of a table.
fn form(recipe: &str) -> String {
    const LONGEST: usize = 90;
    let line = recipe.replace('\n', " ").replace('|', "\\|");
    let short: String = line.chars().take(LONGEST).collect();
    let more = if short.len() < line.len() { "\u{2026}" } else { "" };
    format!("`{short}{more}`")
}
