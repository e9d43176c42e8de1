//! Credentials that commands, headers and options carry, and the search for such forms.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::glance::Words;
use super::plausible::{is_app_password, is_opaque, is_password, is_placeholder, names_variable};
use super::{Found, decode, table};

/// Every credential in a command or header, as one of this rule.
pub(super) fn find(text: &[u8], rule: &str) -> Vec<Found> {
    let holds = |value: &[u8]| -> bool {
        (is_credential(value) || is_app_password(value)) && !is_placeholder(value) && !names_variable(value)
    };
    if !MAY_CARRY.are_in(text, |_, _, _| true) {
        return Vec::new();
    }
    let mut found = all(text, &COMMAND, rule, holds);
    // too short a password leaves the user's name as a part of what was found
    let own = |value: &[u8]| memchr::memchr(b':', value).is_none_or(|colon| value.len() - colon > SHORTEST);
    found.extend(all(text, &PRINTED, rule, |value| own(value) && holds(value)));
    // many are there for a first try, so that only what a machine made up counts
    found.extend(all(text, &DEFAULT, rule, |value| decode::is_drawn(value) && !is_placeholder(value)));
    // the key that everybody may have, and what everybody knows one by
    found.retain(|found| {
        let name = text.get(found.span.start..found.token.start).unwrap_or_default().to_ascii_lowercase();
        // a command may be long, and the name is at its end
        let name = name.rsplitn(3, u8::is_ascii_whitespace).take(2).collect::<Vec<_>>().concat();
        let has = |word: &[u8]| memchr::memmem::find(&name, word).is_some();
        let value = text.get(found.token.clone()).unwrap_or_default();
        // of a cache: it names what is in it, with its version
        let is_any_key = name.ends_with(b"?key=") || name.ends_with(b"&key=");
        if is_any_key && has_version(value) {
            return false;
        }
        let is_option = value.starts_with(b"/user:") || value.starts_with(b"/persistent:");
        let is_shared = has(b"key") && (has(b"gpg") || has(b"pgp")) && is_fingerprint(value);
        !has(b"public") && !is_option && !is_shared
    });
    found
}

/// Whether a part between hyphens is a version: `17.2`.
fn has_version(value: &[u8]) -> bool {
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let is_version = |part: &[u8]| {
        let mut numbers = part.split(|byte| *byte == b'.');
        part.contains(&b'.') && numbers.all(is_number)
    };
    value.split(|byte| matches!(byte, b'-' | b'_')).any(is_version)
}

/// Whether this is what tells keys of OpenPGP apart: the SHA-1 or SHA-256 of one, or the end of it.
fn is_fingerprint(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    matches!(digits.len(), 8 | 16 | 32 | 40 | 64) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// A word of each alternative of the expressions below: most commands have none of them.
static MAY_CARRY: LazyLock<Words> = LazyLock::new(|| Words::new(CARRIERS));
#[rustfmt::skip]
const CARRIERS: &[&str] = &[
    "-u", "7z", "altool", "auth", "bearer", "cookie", "credential", "identified", "key", "ldap", "login", "mongo", "mysql",
    "net use", "notarytool", "nuget", "openssl", "ovsx", "pass", "_pat", "plink", "pscp", "psftp", "putty", "_pwd",
    "redis-cli", "secret", "securestring", "send", "signtool", "sqlcmd", "stdin", "sudo", "token", "twine", "vsce", "zip",
];

/// Commands and settings that carry a credential: headers, variables, options.
pub(super) static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r#"(?:authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|basic|(?:api-)?token)\s{1,3})?"#,
        r#"|\b(?:x-)?(?:api-?key|api-?token|auth-?token|access-?token|subscription-key|private-token)["']?\s{0,3}[:=]\s{0,3}["']?"#,
        r#"|\b[a-z0-9_]*(?:_key|apikey|token|secret|password|passwd|passphrase|_pat|_pass|_pwd)=["']?"#,
        r#"|--(?:[a-z0-9]{1,20}-){0,3}(?:token|password|passphrase|api-key|apikey|secret)(?:[ =]["']?|["'],\s{0,3}["'])"#,
        r#"|\bbearer\s{1,3}"#,
        r#"|(?:^|\s)(?:-u|--user|--proxy-user)[ =]{1,3}["']?[a-z0-9_.@-]*:["']?"#,
        r#"|\b(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|registry|az|oc) login\s[^\n]*?\s-p[ =]?["']?"#,
        r#"|\b(?:vsce|ovsx|twine|sshpass|sqlcmd|altool|notarytool|mongo(?:sh|dump|restore|import|export)?)\b[^\n]*?\s(?:-p|--pat|-P)[ =]?["']?"#,
        r#"|\bmysql(?:dump|admin|import)?\s[^\n]*?\s-p["']?"#,
        r#"|\bnuget\s[^\n]*?\s(?:-k|-ApiKey|-Password)[ =]["']?"#,
        r#"|\bredis-cli\s[^\n]*?\s-a\s["']?"#,
        r#"|\blftp\s[^\n]*?-u\s["']?[a-z0-9_.@-]+,["']?"#,
        r#"|\bldap[a-z]+\s[^\n]*?\s-w\s["']?"#,
        r#"|\b(?:plink|pscp|psftp|putty)\s[^\n]*?-pw\s["']?"#,
        r#"|\bsmbclient\s[^\n]*?-U\s["']?[^\s%"']+%"#,
        r#"|\bsigntool(?:\.exe)?["']?\s[^\n]*?/p\s["']?"#,
        r#"|\bnet use\s[^\n]*?/user:\S+\s["']?"#,
        r#"|\bhtpasswd\s(?:-[a-z]+\s)*-[a-z]*b[a-z]*\s(?:-[a-z]+\s)*\S+\s\S+\s["']?"#,
        r#"|\bnet use\s(?:[a-z*]:?\s)?["']?\\{2}\S+\s["']?"#,
        r#"|\bsecurity [a-z-]+keychain\s[^\n]*?-[kp]\s["']?"#,
        // the tools of Java and Android, and OpenSSL
        r#"|\s-{1,2}(?:src|dest)?(?:store|key|ks-|key-)pass\s["']?(?:pass:)?["']?"#,
        r#"|\s-pass(?:in|out)?\s["']?pass:["']?"#,
        r#"|\bopenssl enc\s[^\n]*?\s-k\s["']?"#,
        r#"|\bConvertTo-SecureString\s(?:-String\s)?["']"#,
        // what sbt publishes with: the realm, the host, the user, the password
        r#"|\bCredentials\((?:\s*"[^"\n]*",){3}\s*""#,
        r#"|\bNetworkCredential\(["'][^"'\n]*["'],\s?["']"#,
        r#"|(?:--pass(?:word|wd)?-(?:on-)?stdin|--with-token|--stdin)\s[^\n]*?<<<\s?["']?"#,
        r#"|\bidentified by\s["']"#,
        r#"|\b(?:with|login|role\s\S{1,80}|user\s\S{1,80})\s{1,3}(?:encrypted\s)?password\s{0,3}=?\s{0,3}N?'"#,
        r#"|--(?:requirepass|masterauth)(?:[ =]["']?|["'],\s{0,3}["'])"#,
        r#"|\b(?:un)?zip(?:\s[^\n]*?)?\s-P\s?["']?"#,
        r#"|\b7z[ar]?(?:\s[^\n]*?)?\s-p["']?"#,
        // what expect(1) types
        r#"|\bsend\s(?:--\s)?["']"#,
        // Erlang's cookie lets anybody run anything
        r#"|\s-setcookie\s["']?"#,
        r#"|[?&](?:api_?key|access_token|token|key|secret|password)="#,
        r#")([^\s"'\\<>{}()&;,|]{8,})"#
    ))
});

/// Characters that a password in a command has at least, as the expressions say.
const SHORTEST: usize = 8;

/// What a command prints for another that reads its password there.
static PRINTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r#"\b(?:echo|printf)\s{1,3}(?:-n\s{1,3}|["']?%s["']?\s{1,3})?["']?(?:[a-z_][a-z0-9_-]*:)?([^\s"'\\<>{}()&;,|]{8,})["']?"#,
        r#"\s{0,3}\|[^\n|]*?(?:--pass(?:word|wd)?-(?:on-)?stdin|--with-token|--stdin\b|--passphrase-fd|\bsudo -S|\bchpasswd\b)"#
    ))
});

/// What a shell takes where a variable has no value: `${DB_PASSWORD:-...}`, `${API_SECRET:=...}`.
static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"\$\{[a-z0-9_]*(?:_key|token|secret|password|passwd|passphrase|_pass|_pwd):?[-=]["']?([^\s"'\\<>{}()$&;,|]{8,200})["']?\}"#,
    )
});

/// The values that a pattern finds and that pass a check.
pub(super) fn all(
    text: &[u8],
    pattern: &Option<Regex>,
    rule: &str,
    holds: impl Fn(&[u8]) -> bool,
) -> Vec<Found> {
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

#[cfg(test)]
mod tests {
    use regex_syntax::hir::{Hir, HirKind};

    use super::*;

    /// Whether nothing matches that has none of the words.
    fn always_has_word(hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Literal(literal) => {
                let literal = String::from_utf8_lossy(&literal.0).to_lowercase();
                CARRIERS.iter().any(|word| literal.contains(word))
            }
            HirKind::Concat(parts) => parts.iter().any(always_has_word),
            HirKind::Alternation(parts) => parts.iter().all(always_has_word),
            HirKind::Capture(capture) => always_has_word(&capture.sub),
            HirKind::Repetition(repetition) => repetition.min > 0 && always_has_word(&repetition.sub),
            HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
        }
    }

    #[test]
    fn no_command_that_carries_a_credential_is_passed_over_at_a_glance() {
        for pattern in [&COMMAND, &PRINTED, &DEFAULT] {
            let pattern = pattern.as_ref().expect("an expression").as_str();
            let parse = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
            let all = parse.expect("an expression");
            let parts = match all.kind() {
                HirKind::Concat(parts) => parts.iter().collect(),
                _ => vec![&all],
            };
            assert!(parts.into_iter().any(always_has_word), "{pattern}");
        }
        assert!(!MAY_CARRY.are_in(b"tsc --project . && vitest run", |_, _, _| true));
    }
}
