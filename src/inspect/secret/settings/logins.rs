//! A login a line, as servers of mail and of files read them: `host user:password`, `user server password *`.

use std::ops::Range;

use super::Pair;
use super::lines::{lines, words};

/// The passwords of all lines that are no comments.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let lines = lines(text).filter(|line| text.get(line.start) != Some(&b'#'));
    let passwords = lines.filter_map(|line| {
        let password = password(text.get(line.clone())?)?;
        Some(Pair::new("", "password", line.start + password.start..line.start + password.end))
    });
    passwords.collect()
}

/// Where the password of a line is.
fn password(line: &[u8]) -> Option<Range<usize>> {
    let words: Vec<Range<usize>> = words(line).collect();
    match words.as_slice() {
        // PPP has the user, the server, and the addresses behind the password
        [_, server, password, ..] if line.get(server.clone()) == Some(b"*") => Some(password.clone()),
        // `"user" "password"`, and `host : PSK "password"`
        [_, .., last] if matches!(line.get(last.clone())?, [b'"', _, .., b'"']) => {
            Some(last.start + 1..last.end - 1)
        }
        [.., last] => {
            let colon = memchr::memrchr(b':', line.get(last.clone())?)?;
            Some(last.start + colon + 1..last.end)
        }
        [] => None,
    }
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
            ("acme\n\n", vec![]),
        ] {
            let found = pairs(text.as_bytes()).into_iter().map(|pair| &text[pair.value]);
            assert_eq!(found.collect::<Vec<_>>(), expected);
        }
    }
}
