//! Credentials that commands, headers and options carry, and the search for such forms.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::plausible::{is_opaque, is_password, is_placeholder};
use super::{Found, table};

/// Every credential in a command or header, as one of this rule.
pub(super) fn find(text: &[u8], rule: &str) -> Vec<Found> {
    let mut found = all(text, &COMMAND, rule, |value| is_credential(value) && !is_placeholder(value));
    // the key that everybody may have
    found.retain(|found| {
        let name = text.get(found.span.start..found.token.start).unwrap_or_default().to_ascii_lowercase();
        memchr::memmem::find(&name, b"public").is_none()
    });
    found
}

/// Commands and settings that carry a credential: headers, variables, options.
pub(super) static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r#"(?:authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3}"#,
        r#"|\b(?:x-)?(?:api-?key|auth-?token|access-?token|subscription-key|private-token)["']?\s{0,3}[:=]\s{0,3}["']?"#,
        r#"|\b[a-z0-9_]*(?:_key|apikey|token|secret|password|passwd|_pat|_pass|_pwd)=["']?"#,
        r#"|--(?:token|password|api-key|apikey|secret|access-token|auth-token)[ =]["']?"#,
        r#"|\bbearer\s{1,3}"#,
        r#"|(?:^|\s)-u ["']?[a-z0-9_.@-]+:"#,
        r#"|\b(?:docker|podman) login\s[^\n]{0,100}?-p[ =]?["']?"#,
        r#"|\b(?:vsce|ovsx|twine|sshpass|sqlcmd)\s[^\n]{0,100}?(?:-p|--pat|-P)[ =]?["']?"#,
        r#"|\bmysql(?:dump|admin|import)?\s[^\n]{0,100}?\s-p["']?"#,
        r#"|\bnuget\s[^\n]{0,100}?\s(?:-k|-ApiKey|-Password)[ =]["']?"#,
        r#"|[?&](?:api_?key|access_token|token|key|secret|password)="#,
        r#")([^\s"'\\$<>{}()&;,|]{8,})"#
    ))
});

/// The values that a pattern finds and that pass a check.
pub(super) fn all(text: &[u8], pattern: &Option<Regex>, rule: &str, holds: fn(&[u8]) -> bool) -> Vec<Found> {
    const LONGEST: usize = 2000;
    let (Some(pattern), Some(rule)) = (pattern, table::rule(rule)) else { return Vec::new() };
    let mut found = Vec::new();
    for captures in pattern.captures_iter(text).take(1000) {
        let (Some(whole), Some(value)) = (captures.get(0), captures.get(1)) else { continue };
        if value.len() <= LONGEST && holds(value.as_bytes()) {
            found.push(Found { rule, span: whole.range(), token: value.range(), prefix: 0 });
        }
    }
    found
}

/// Whether a value is a password or a token.
pub(super) fn is_credential(value: &[u8]) -> bool {
    is_password(value) || is_opaque(value)
}

/// Without regard to case, lines one by one.
pub(super) fn regex(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).unicode(false).case_insensitive(true).multi_line(true).build().ok()
}
