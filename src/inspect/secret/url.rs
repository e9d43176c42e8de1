//! User name and password in a URL.

use super::Found;
use super::plausible::{is_drawn_hex, is_password};

/// The password in the URL whose `://` is at `at`.
pub(super) fn find(text: &[u8], at: usize, rule: usize) -> Option<Found> {
    const LONGEST: usize = 400;
    let after = at + 3;
    let rest = text.get(after..(after + LONGEST).min(text.len()))?;
    let scheme = text.get(at.saturating_sub(24)..at)?;
    let scheme_length =
        scheme.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'+').count();
    let scheme_name = scheme.get(scheme.len() - scheme_length..)?;
    let length = rest.iter().position(|&byte| ends_authority(byte)).unwrap_or(rest.len());
    let length = unescaped(rest, length, scheme_name).unwrap_or(length);
    let authority = rest.get(..length)?;
    let host_at = authority.iter().rposition(|&byte| byte == b'@')?;
    let (login, host) = (authority.get(..host_at)?, authority.get(host_at + 1..)?);
    let colon = login.iter().position(|&byte| byte == b':')?;
    let (user, password) = (login.get(..colon)?, login.get(colon + 1..)?);
    // only Redis knows passwords without a user
    if user.is_empty() && !scheme_name.starts_with(b"redis") {
        return None;
    }
    if scheme_length < 3
        || !is_public_host(host)
        || !(is_password(&crate::decode::plain(password)) || is_drawn_hex(password) && !is_digest(user))
        || user == password
    {
        return None;
    }
    let token = after + colon + 1..after + host_at;
    Some(Found { rule, span: at - scheme_length..after + authority.len(), token, prefix: 0 })
}

/// Whether the user's name is a number that a service gave: what Sentry's old addresses have before their second half.
fn is_digest(user: &[u8]) -> bool {
    user.len() == 32 && user.iter().all(u8::is_ascii_hexdigit)
}

/// Where the authority ends if its password has signs in it that must be escaped there: the clients of databases take it
/// all the same. `postgres://svc:a#b/c@db.acme.io/main`
fn unescaped(rest: &[u8], end: usize, scheme: &[u8]) -> Option<usize> {
    const SCHEMES: [&[u8]; 14] = [
        b"postgres",
        b"postgresql",
        b"mysql",
        b"mariadb",
        b"mongodb",
        b"redis",
        b"rediss",
        b"amqp",
        b"amqps",
        b"mssql",
        b"sqlserver",
        b"oracle",
        b"clickhouse",
        b"cockroachdb",
    ];
    /// Bytes of a password.
    const LONGEST: usize = 100;
    const SIGNS: &[u8] = b"#?/,|";
    let name = scheme.split(|byte| *byte == b'+').next()?;
    let before = rest.get(..end)?;
    let colon = before.iter().position(|byte| *byte == b':')?;
    if !SCHEMES.contains(&name) || !SIGNS.contains(rest.get(end)?) || before.contains(&b'@') {
        return None;
    }
    // behind a host there is a port, and then a path
    let begun = before.get(colon + 1..)?;
    if begun.is_empty() || begun.iter().all(u8::is_ascii_digit) || before.get(..colon)?.contains(&b'.') {
        return None;
    }
    let inside = |byte: &u8| SIGNS.contains(byte) || !ends_authority(*byte);
    let near = rest.get(end..rest.len().min(end + LONGEST))?;
    let near = near.get(..near.iter().position(|byte| !inside(byte)).unwrap_or(near.len()))?;
    let host = end + near.iter().position(|byte| *byte == b'@')? + 1;
    let behind = rest.get(host..)?;
    Some(host + behind.iter().position(|byte| ends_authority(*byte)).unwrap_or(behind.len()))
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
