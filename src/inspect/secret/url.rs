//! User name and password in a URL.

use super::Found;
use super::plausible::is_password;

/// The password in the URL whose `://` is at `at`.
pub(super) fn find(text: &[u8], at: usize, rule: usize) -> Option<Found> {
    const LONGEST: usize = 400;
    let after = at + 3;
    let rest = text.get(after..(after + LONGEST).min(text.len()))?;
    let authority = rest.get(..rest.iter().position(|&byte| ends_authority(byte)).unwrap_or(rest.len()))?;
    let host_at = authority.iter().rposition(|&byte| byte == b'@')?;
    let (login, host) = (authority.get(..host_at)?, authority.get(host_at + 1..)?);
    let colon = login.iter().position(|&byte| byte == b':')?;
    let (user, password) = (login.get(..colon)?, login.get(colon + 1..)?);
    let scheme = text.get(at.saturating_sub(16)..at)?;
    let scheme_length =
        scheme.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'+').count();
    let scheme_name = scheme.get(scheme.len() - scheme_length..)?;
    // only Redis knows passwords without a user
    if user.is_empty() && !scheme_name.starts_with(b"redis") {
        return None;
    }
    if scheme_length < 3
        || !is_public_host(host)
        || !is_password(&crate::decode::plain(password))
        || user == password
    {
        return None;
    }
    let token = after + colon + 1..after + host_at;
    Some(Found { rule, span: at - scheme_length..after + authority.len(), token, prefix: 0 })
}

fn ends_authority(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte.is_ascii_control()
        || !byte.is_ascii()
        || matches!(
            byte,
            b'/' | b'?'
                | b'#'
                | b'"'
                | b'\''
                | b'`'
                | b'<'
                | b'>'
                | b'\\'
                | b'('
                | b')'
                | b'|'
                | b','
                | b'{'
                | b'}'
                | b'$'
        )
}

/// A host that could be somebody's: not the machine itself, and none of those that are in manuals.
fn is_public_host(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    let manuals = ["example.com", "example.org", "example.net", ".localhost"];
    let vague = [
        "localhost",
        "127.",
        "0.0.0.0",
        "host.",
        "hostname.",
        "server.",
        "domain.",
        "mydomain",
        "myhost",
        "your",
        "my-",
        "user",
        "foo.",
        "bar.",
        "proxy.com",
        "host.com",
        "some",
        "a.com",
        "b.com",
    ];
    name.len() >= 4
        && name.contains('.')
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        && !manuals.iter().any(|end| name.ends_with(end))
        && !vague.iter().any(|word| name.starts_with(word))
}
