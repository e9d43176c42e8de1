//! A login a line, as servers of mail and of files read them: `host user:password`, `user server password *`,
//! `user:{PLAIN}password:`, `host password`, `number kind password`; and one in two lines, as clients of VPN have it in an
//! element.

use std::ops::Range;

use super::Pair;
use super::lines::{lines, words};

/// The passwords of all lines that are no comments.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let mut lines = lines(text).filter(|line| text.get(line.start) != Some(&b'#'));
    let mut passwords = Vec::new();
    while let Some(line) = lines.next() {
        let here = text.get(line.clone()).unwrap_or_default();
        if here.starts_with(b"<") && here.trim_ascii_end().ends_with(b"user-pass>") {
            passwords.extend(lines.nth(1));
        } else if let Some(password) = password(here) {
            passwords.push(line.start + password.start..line.start + password.end);
        }
    }
    passwords.into_iter().map(|password| Pair::new("", "password", password)).collect()
}

/// Where the password of a line is.
fn password(line: &[u8]) -> Option<Range<usize>> {
    /// Behind these stands what nobody can sign in with.
    const DIGESTS: [&[u8]; 2] = [b"MD5:", b"CRYPT:"];
    let is_digest = |digest: &&[u8]| memchr::memmem::find(line, digest).is_some();
    if DIGESTS.iter().any(is_digest) {
        return None;
    }
    if let Some(password) = with_roles(line) {
        return Some(password);
    }
    let words: Vec<Range<usize>> = words(line).collect();
    match words.as_slice() {
        // PPP has the user, the server, and the addresses behind the password
        [_, server, password, ..] if line.get(server.clone()) == Some(b"*") => Some(password.clone()),
        // `"user" "password"`, and `host : PSK "password"`
        [_, .., last] if matches!(line.get(last.clone())?, [b'"', _, .., b'"']) => {
            Some(last.start + 1..last.end - 1)
        }
        // the keys of servers of time
        [number, _, key, ..] if line.get(number.clone())?.iter().all(u8::is_ascii_digit) => Some(key.clone()),
        [.., last] => {
            if let Some(password) = in_clear(line.get(last.clone())?) {
                return Some(last.start + password.start..last.start + password.end);
            }
            match memchr::memrchr(b':', line.get(last.clone())?) {
                Some(colon) => Some(last.start + colon + 1..last.end),
                None => matches!(words.len(), 2..=3).then(|| behind_place(line, &words)).flatten(),
            }
        }
        [] => None,
    }
}

/// The password of `user: password, role, role`, as servers of Java have it.
fn with_roles(line: &[u8]) -> Option<Range<usize>> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.@-".contains(byte);
    let name = line.iter().position(|byte| !is_of_name(byte)).filter(|end| *end > 0)?;
    let sign = line.iter().skip(name).position(|byte| *byte != b' ').map(|blanks| name + blanks)?;
    let start = sign + 1 + line.get(sign + 1..)?.iter().take_while(|byte| **byte == b' ').count();
    let rest = line.get(start..)?.trim_ascii_end();
    let mut parts = rest.split(|byte| *byte == b',');
    let password = parts.next()?.trim_ascii_end();
    // Karaf marks the groups among them
    let is_role = |part: &[u8]| {
        let part = part.trim_ascii();
        part.strip_prefix(b"_g_:").unwrap_or(part).iter().all(is_of_name)
    };
    let is_one = matches!(line.get(sign), Some(b':' | b'='))
        && !password.iter().any(|byte| byte.is_ascii_whitespace() || b":{".contains(byte))
        && parts.all(is_role);
    is_one.then(|| start..start + password.len())
}

/// The last word of a line that begins with a host, an address or a path.
fn behind_place(line: &[u8], words: &[Range<usize>]) -> Option<Range<usize>> {
    let (first, last) = words.first().zip(words.last())?;
    let is_place = line.get(first.clone())?.iter().any(|byte| b"./".contains(byte));
    is_place.then(|| last.clone())
}

/// The password behind a scheme that says that it is none but the password itself.
fn in_clear(word: &[u8]) -> Option<Range<usize>> {
    const SCHEMES: [&[u8]; 3] = [b"{PLAIN}", b"{CLEARTEXT}", b"{CLEAR}"];
    let start = SCHEMES.iter().find_map(|scheme| Some(memchr::memmem::find(word, scheme)? + scheme.len()))?;
    let rest = word.get(start..)?;
    Some(start..start + memchr::memchr(b':', rest).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_behind_the_user() {
        for (text, expected) in [
            ("[mail.acme.io]:587 acme:Abc\n", vec!["Abc"]),
            ("# a:b\nmail.acme.io\tacme@acme.io:Abc\nhost:acme:Def\n", vec!["Abc", "Def"]),
            ("acme * Abc *\n", vec!["Abc"]),
            ("\"acme\" \"Abc\"\nvpn.acme.io %any : PSK \"Def\"\n", vec!["Abc", "Def"]),
            ("ops@acme.io:{PLAIN}Abc::::::\nb:{CLEARTEXT}Def\n", vec!["Abc", "Def"]),
            ("remote vpn.acme.io 1194\n<auth-user-pass>\nops\nAbc\n</auth-user-pass>\n", vec!["Abc"]),
            ("<auth-user-pass>\n", vec![]),
            ("203.0.113.9\tAbc\nhttps://a.acme.io/dav ops Def\nnone Ghi\n", vec!["Abc", "Def"]),
            ("1 SHA1 Abc # site\n2 MD5 Def\n", vec!["Abc", "Def"]),
            ("acme\n\n", vec![]),
            ("admin: Abc, admin,user\nops=Def,ROLE_OPS\nb = Ghi\n", vec!["Abc", "Def", "Ghi"]),
            ("karaf = Abc,_g_:admingroup\n_g_\\:admingroup = group,admin\n", vec!["Abc"]),
            ("admin: MD5:Abc, admin\nops=CRYPT:Abc\n", vec![]),
        ] {
            let found = pairs(text.as_bytes()).into_iter().map(|pair| &text[pair.value]);
            assert_eq!(found.collect::<Vec<_>>(), expected);
        }
    }
}
