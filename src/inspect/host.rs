//! Hosts that the policy names, and URLs that only an internal network resolves.

use crate::inventory::{Media, MentionKind};

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "host", needles, inspect };

/// Top-level names that no public resolver knows.
const PRIVATE: [&str; 5] = [".corp", ".internal", ".intranet", ".lan", ".home.arpa"];
/// Private names that everybody has, or that documentation uses.
const COMMON: [&str; 6] = [
    "google.internal",
    "docker.internal",
    "containers.internal",
    "compute.internal",
    "example.internal",
    "example.corp",
];
/// Private addresses that are in everybody's examples and defaults.
const COMMON_ADDRESSES: [&str; 9] = [
    "10.0.0.1",
    "10.0.0.0",
    "10.0.2.2",
    "10.0.3.2",
    "10.10.10.10",
    "192.168.0.1",
    "192.168.1.1",
    "192.168.1.100",
    "192.168.99.100",
];

fn needles(wanted: &ScanOptions) -> Vec<Vec<u8>> {
    let named = wanted.hosts.iter().map(|host| host.as_bytes().to_vec());
    named.chain([b"://".to_vec()]).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    if mention::is_packed(sample.media) {
        return;
    }
    for hit in hits {
        match scanner.options.hosts.get(hit.needle) {
            Some(wanted) => {
                if let Some(host) = named_host(sample.bytes, hit.offset, wanted) {
                    mention::add(sink.entry, MentionKind::Host, &host, || sample.at(hit.offset));
                }
            }
            // A program database says where its sources are fetched from.
            None if sample.media.is_text() || sample.media == Media::Pdb => {
                let rest = sample.bytes.get(hit.offset + 3..).unwrap_or_default();
                if let Some(host) = private_host(rest) {
                    mention::add(sink.entry, MentionKind::PrivateHost, host, || sample.at(hit.offset + 3));
                }
            }
            None => {}
        }
    }
}

/// The whole host name around `wanted`, which is at `at`: the very name, or, if `wanted` begins with a
/// dot, any name below it.
fn named_host(bytes: &[u8], at: usize, wanted: &str) -> Option<String> {
    let before = bytes.get(..at)?;
    let after = bytes.get(at + wanted.len()..)?;
    let goes_on = match after {
        [b'.', next, ..] => is_label(*next),
        [next, ..] => is_label(*next),
        [] => false,
    };
    if goes_on {
        return None;
    }
    let name = before.iter().rev().take(253).take_while(|byte| is_label(**byte) || **byte == b'.').count();
    let prefix = before.get(before.len() - name..).unwrap_or_default();
    if wanted.starts_with('.') == prefix.is_empty() {
        return None;
    }
    Some(format!("{}{wanted}", String::from_utf8_lossy(prefix)))
}

/// The host at the beginning of `rest` (what follows `://`), if it is a private one.
fn private_host(rest: &[u8]) -> Option<&str> {
    let authority_end = rest.iter().take(300).position(|byte| !is_authority(*byte));
    let authority = rest.get(..authority_end.unwrap_or(rest.len().min(300)))?;
    let host = authority.rsplit(|byte| *byte == b'@').next()?;
    let host = host.split(|byte| *byte == b':').next()?;
    let host = std::str::from_utf8(host).ok()?.trim_end_matches('.');
    let is_private = if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        is_private_address(host) && !COMMON_ADDRESSES.contains(&host)
    } else {
        let dotted = PRIVATE.iter().any(|end| host.len() > end.len() && host.ends_with(end));
        dotted && !COMMON.iter().any(|common| host.ends_with(common))
    };
    is_private.then_some(host)
}

/// RFC 1918.
fn is_private_address(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private())
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_authority(byte: u8) -> bool {
    is_label(byte) || matches!(byte, b'.' | b':' | b'@' | b'%' | b'~' | b'!' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media};

    fn hosts(kind: MentionKind, wanted: &[&str], text: &str) -> Vec<String> {
        let hosts = wanted.iter().map(|host| (*host).to_owned()).collect();
        let scanner = Scanner::new(ScanOptions { hosts, ..ScanOptions::default() });
        let mut entry = Entry { media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), &scanner, &mut entry);
        entry.mentions.into_iter().filter(|found| found.kind == kind).map(|found| found.what).collect()
    }

    #[test]
    fn named_hosts() {
        let wanted = ["git.acme.dev", ".acme.internal"];
        for (text, expected) in [
            ("https://git.acme.dev/x", "git.acme.dev"),
            ("ssh git.acme.dev. Then", "git.acme.dev"),
            ("host=\"a-1.b.acme.internal:80\"", "a-1.b.acme.internal"),
        ] {
            assert_eq!(hosts(MentionKind::Host, &wanted, text), [expected], "{text}");
        }
        for text in [
            "https://my.git.acme.dev/",
            "https://git.acme.dev.evil.org/",
            "git.acme.developers",
            "my-git.acme.dev",
            "acme.internal",
            "git.acme.internals",
        ] {
            assert!(hosts(MentionKind::Host, &wanted, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn private_hosts() {
        for (text, expected) in [
            ("registry=https://npm.acme.corp/", "npm.acme.corp"),
            ("'http://bob@build.lan:8080/x'", "build.lan"),
            ("git+ssh://git@10.20.30.40/a.git", "10.20.30.40"),
            ("http://172.20.1.7", "172.20.1.7"),
        ] {
            assert_eq!(hosts(MentionKind::PrivateHost, &[], text), [expected], "{text}");
        }
        for text in [
            "navigator.language.lan",
            "http://host.docker.internal:80",
            "http://metadata.google.internal/x",
            "webpack://x.internal.js",
            "http://172.33.1.7",
            "http://192.168.0.1/",
            "http://10.1/",
            "https://internal/",
            "http://${host}.corp/",
        ] {
            assert!(hosts(MentionKind::PrivateHost, &[], text).is_empty(), "{text}");
        }
    }
}
