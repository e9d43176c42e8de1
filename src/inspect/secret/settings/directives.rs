//! Lines whose first word says which of the others is a credential: `createUser monitor SHA "passphrase"`.

use std::ops::Range;

use super::Pair;
use super::lines::{lines, value, words};

/// First words, and the places behind them at which a credential stands.
const DIRECTIVES: &[(&str, &[usize])] = &[
    // of SNMP's agents, and of switches
    ("createuser", &[3, 5]),
    ("rocommunity", &[1]),
    ("rwcommunity", &[1]),
    ("rocommunity6", &[1]),
    ("rwcommunity6", &[1]),
    ("trapcommunity", &[1]),
    ("com2sec", &[3]),
    ("trapsink", &[2]),
    ("trap2sink", &[2]),
    ("snmp-server", &[2]),
    ("key-string", &[1]),
    // the providers of Caddy's certificates
    ("dns", &[2]),
];

/// The credentials of all lines.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    // what a server of TACACS+ shares with its clients is called no more than `key`
    let is_tacacs = memchr::memmem::find(text, b"= cleartext ").is_some()
        || memchr::memmem::find(text, b"accounting file").is_some();
    let in_line = |line: Range<usize>| {
        let here = text.get(line.clone()).unwrap_or_default();
        let places = credentials(here).into_iter().chain(shared_key(here).filter(|_| is_tacacs));
        places.map(move |place| Pair::new("", "password", line.start + place.start..line.start + place.end))
    };
    lines(text).flat_map(in_line).collect()
}

/// Where the value of `key = ...` is.
fn shared_key(line: &[u8]) -> Option<Range<usize>> {
    let sign = memchr::memchr(b'=', line)?;
    (line.get(..sign)?.trim_ascii() == b"key").then(|| value(line, sign + 1))
}

/// Where the value of a macro of Nagios is that keeps a credential out of what is shown: `$USER3$=...`. Others hold
/// paths.
fn macro_of_nagios(line: &[u8]) -> Option<Range<usize>> {
    let sign = memchr::memchr(b'=', line)?;
    let number = line.get(..sign)?.trim_ascii().strip_prefix(b"$USER")?.strip_suffix(b"$")?;
    let value = value(line, sign + 1);
    let is_path = line.get(value.clone())?.contains(&b'/');
    (!is_path && number.iter().all(u8::is_ascii_digit)).then_some(value)
}

/// Where the credentials of a line are.
fn credentials(line: &[u8]) -> Vec<Range<usize>> {
    let mut words = words(line);
    let Some(first) = words.next().and_then(|first| line.get(first)) else { return Vec::new() };
    if first.starts_with(b"$USER") {
        return macro_of_nagios(line).into_iter().collect();
    }
    // `login = cleartext "..."`, as servers of TACACS+ have it
    if let Some(scheme) = words.clone().position(|word| line.get(word) == Some(b"cleartext")) {
        return words.nth(scheme + 1).map(|word| without_quotes(line, word)).into_iter().collect();
    }
    // users of Redis have a password behind each `>`
    if first == b"user" {
        let passwords = words.filter(|word| line.get(word.start) == Some(&b'>'));
        return passwords.map(|word| word.start + 1..word.end).collect();
    }
    // `sentinel auth-pass main value`, of Redis as well
    if first == b"sentinel" {
        let is_password = words.next().and_then(|word| line.get(word)) == Some(b"auth-pass");
        return words.nth(1).filter(|_| is_password).into_iter().collect();
    }
    // ZNC's network: `Server = host +6697 password`
    if first == b"Server" {
        let rest: Vec<Range<usize>> = words.take(4).collect();
        let [sign, _, port, password] = rest.as_slice() else { return Vec::new() };
        let port = line.get(port.clone()).unwrap_or_default();
        let port = port.strip_prefix(b"+").unwrap_or(port);
        let is_server = line.get(sign.clone()) == Some(b"=") && port.iter().all(u8::is_ascii_digit);
        return is_server.then(|| password.clone()).into_iter().collect();
    }
    // `open -u user,password host`, as lftp's own file has it
    if first == b"open" {
        let login = words.skip_while(|word| line.get(word.clone()) != Some(b"-u")).nth(1);
        let password = login.and_then(|login| {
            let comma = memchr::memchr(b',', line.get(login.clone())?)?;
            Some(login.start + comma + 1..login.end)
        });
        return password.into_iter().collect();
    }
    // what MPD lets in with a password is behind it: `password "value@read,add"`
    if first == b"password" {
        let password = words.next().map(|word| without_quotes(line, word)).and_then(|word| {
            let (value, may) =
                line.get(word.clone())?.split_at(memchr::memrchr(b'@', line.get(word.clone())?)?);
            let is_list = may.iter().skip(1).all(|byte| byte.is_ascii_lowercase() || *byte == b',');
            is_list.then(|| word.start..word.start + value.len())
        });
        return password.into_iter().collect();
    }
    let known = DIRECTIVES.iter().find(|(name, _)| first.eq_ignore_ascii_case(name.as_bytes()));
    let Some((_, places)) = known else { return Vec::new() };
    let at_place = |(place, _): &(usize, _)| places.contains(&(place + 1));
    words.enumerate().filter(at_place).map(|(_, word)| without_quotes(line, word)).collect()
}

fn without_quotes(line: &[u8], word: Range<usize>) -> Range<usize> {
    match line.get(word.clone()) {
        Some([b'"', _, .., b'"']) => word.start + 1..word.end - 1,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_says_where_the_credential_is() {
        for (line, expected) in [
            ("createUser ops SHA \"Abc\" AES Def", vec!["Abc", "Def"]),
            ("  rocommunity Abc 10.0.0.0/8", vec!["Abc"]),
            ("user worker on >Abc >Def ~jobs:* +@all", vec!["Abc", "Def"]),
            ("    dns cloudflare Abc", vec!["Abc"]),
            ("sentinel auth-pass main Abc", vec!["Abc"]),
            ("sentinel monitor main r7 6379 2", vec![]),
            ("  Server = irc.acme.io +6697 Abc", vec!["Abc"]),
            ("password \"Abc@read,add\"", vec!["Abc"]),
            ("open -u ops,Abc sftp://a.acme.io", vec!["Abc"]),
            ("$USER3$=Abc", vec!["Abc"]),
            ("$USER12$ = \"Abc\"", vec!["Abc"]),
            ("$USER1$=/usr/lib/nagios/plugins", vec![]),
            ("  login = cleartext \"Abc\"", vec!["Abc"]),
            ("  pap = cleartext Abc", vec!["Abc"]),
            ("login = cleartext", vec![]),
            ("dns 10.0.0.1", vec![]),
            ("user www-data", vec![]),
            ("createUser", vec![]),
            ("", vec![]),
        ] {
            let found = credentials(line.as_bytes()).into_iter().map(|place| &line[place]);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
