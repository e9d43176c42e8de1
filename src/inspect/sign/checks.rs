use std::sync::LazyLock;

use base64::Engine as _;
use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use crate::inspect::Sample;
use crate::inspect::secret::looks_secret;
use crate::inventory::{Entry, Media};
use crate::unpack;

use super::content::text_start;
use super::{database, keystore, people};

type Check = fn(&Sample<'_>, &Entry) -> bool;
type Holds = fn(&[u8]) -> bool;

/// Signs that the bytes show, whatever the file is called.
pub(super) const BY_BYTES: &[(&str, Holds)] = &[
    ("elf-core", is_elf_core),
    ("v8-code", is_v8_code),
    ("git-patch", is_patch),
    ("sqlite", database::is_somebodys),
    ("people-records", people::are_records),
    (LOCALHOST_CERTIFICATE, is_certificate_of_localhost),
];

/// A certificate that no authority whom strangers trust gives to anybody. Rules ask for it, no stray file has it.
pub(crate) const LOCALHOST_CERTIFICATE: &str = "localhost-certificate";

/// Signs looked for only where the path asks for them.
pub(super) const BY_NAME: &[(&str, Check)] = &[
    ("registry-login", |sample, entry| !entry.secrets.is_empty() || shows(&REGISTRY_LOGIN, sample.bytes)),
    ("login", |sample, entry| !entry.secrets.is_empty() || shows(&LOGIN, sample.bytes)),
    ("dotenv-secrets", |_, entry| !entry.secrets.is_empty()),
    ("private-key", |sample, entry| {
        entry.secrets.iter().any(|secret| secret.rule.starts_with("secret-private-key"))
            || sample.bytes.starts_with(b"PuTTY-User-Key-File-")
    }),
    ("service-account", |_, entry| {
        entry.secrets.iter().any(|secret| secret.rule == "secret-gcp-service-account")
    }),
    ("der", |sample, _| sample.bytes.starts_with(&[0x30, 0x82])),
    ("keystore", |sample, _| keystore::is(sample.bytes) && !keystore::has_certificates_alone(sample.bytes)),
    ("text", |sample, _| sample.media.is_text() && !sample.bytes.is_empty()),
    // Not of object files: that is a library.
    ("archive", |sample, _| match sample.media {
        Media::Ar => false,
        Media::Unopened => true,
        media => unpack::opens(media, ""),
    }),
];

/// ELF files have their type at byte 16, in the byte order that byte 5 says; 4 is a core dump.
fn is_elf_core(bytes: &[u8]) -> bool {
    let kind = match bytes.get(5) {
        Some(1) => bytes.get(16),
        _ => bytes.get(17),
    };
    bytes.starts_with(b"\x7FELF") && kind == Some(&4)
}

/// V8's code cache: a magic number, then digests of the version, the source's length and the flags, and the
/// payload's length. bytenode's `.jsc` files are such caches.
fn is_v8_code(bytes: &[u8]) -> bool {
    let payload = bytes.get(16..20).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes);
    bytes.get(2..4) == Some(&[0xDE, 0xC0])
        && payload.is_some_and(|payload| payload > 0 && bytes.len() - 20 >= payload as usize)
}

/// Such a certificate right before or behind the only private key of a file, however far down: bundles have both.
pub(super) fn has_certificate_of_localhost_at_its_key(bytes: &[u8], entry: &Entry) -> bool {
    const NEAR: usize = 12 << 10;
    let mut keys = entry.secrets.iter().filter(|secret| secret.rule.starts_with("secret-private-key"));
    let (Some(key), None) = (keys.next(), keys.next()) else { return false };
    let at = usize::try_from(key.at.offset).unwrap_or(usize::MAX).min(bytes.len());
    let near = bytes.get(at.saturating_sub(NEAR)..bytes.len().min(at + NEAR));
    key.at.inside.is_none() && near.is_some_and(is_certificate_of_localhost)
}

/// A certificate in PEM that was made out to the machine itself: `localhost` or 127.0.0.1 among its names.
fn is_certificate_of_localhost(bytes: &[u8]) -> bool {
    const LARGEST: usize = 64 << 10;
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    // A name in a certificate: its tag, its length, itself. The last is an address.
    const NAMES: [&[u8]; 4] =
        [b"\x82\x09localhost", b"\x0C\x09localhost", b"\x13\x09localhost", b"\x87\x04\x7F\0\0\x01"];
    /// Nobody can have these names on the net.
    const NOWHERE: [&str; 7] = ["ssl", "local", "localdomain", "lan", "test", "internal", "example"];
    let start = memmem::find(bytes.get(..bytes.len().min(LARGEST)).unwrap_or_default(), BEGIN);
    let Some(body) = start.and_then(|start| bytes.get(start + BEGIN.len()..)) else { return false };
    let body = body.split(|byte| *byte == b'-').next().unwrap_or_default();
    let digits: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let certificate = base64::engine::general_purpose::STANDARD.decode(digits).unwrap_or_default();
    let is_nowhere = |end: &&str| {
        let name = format!("localhost.{end}");
        [0x82, 0x0C, 0x13].into_iter().any(|tag| {
            let head = [tag, u8::try_from(name.len()).unwrap_or_default()];
            memmem::find(&certificate, &[&head, name.as_bytes()].concat()).is_some()
        })
    };
    NAMES.iter().any(|name| memmem::find(&certificate, name).is_some()) || NOWHERE.iter().any(is_nowhere)
}

/// A patch: changes to files, as diff tools write them, that are not those of a dependency.
fn is_patch(bytes: &[u8]) -> bool {
    const HEADS: [&[u8]; 7] =
        [b"diff ", b"--- ", b"*** ", b"Index: ", b"From ", b"commit ", b"# HG changeset patch"];
    /// Changes to a dependency may be all that a patch holds; one to another file shows soon.
    const MOST_FILES: usize = 1000;
    let text = text_start(bytes);
    if !HEADS.iter().any(|head| text.starts_with(head)) {
        return false;
    }
    let is_own = |captures: regex::bytes::Captures<'_>| {
        let path = captures.iter().skip(1).flatten().next().map_or(&b""[..], |path| path.as_bytes());
        memmem::find(path, b"node_modules/").is_none() && !is_data(path)
    };
    HUNK.as_ref().is_some_and(|hunk| hunk.captures_iter(bytes).take(MOST_FILES).any(is_own))
}

/// Whether the file that a patch changes holds rows or prose: its name ends so, before a date.
fn is_data(path: &[u8]) -> bool {
    const DATA: [&[u8]; 5] = [b".txt", b".csv", b".tsv", b".log", b".md"];
    let name = path.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    DATA.iter().any(|end| name.ends_with(end))
}

/// Where the changes to a file begin: in the unified form, of one parent or of several, in the context form, and in git's
/// for what is no text.
static HUNK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r"^--- [^\n]+\n\+\+\+ ([^\n]+)\n@@+(?: -[0-9]+(?:,[0-9]+)?)+ \+[0-9]+",
        r"|^\*\*\* [^\n]+\n--- ([^\n]+)\n\*{15}\r?\n\*\*\* [0-9]+",
        r"|^diff --git [^\n]+ b/([^\n]+)\n(?:[a-z][^\n]+\n){1,4}GIT binary patch\r?\n(?:literal|delta) [0-9]+",
    ))
});

/// Whether one of the values that the pattern finds could be a secret.
fn shows(pattern: &Option<Regex>, bytes: &[u8]) -> bool {
    let Some(pattern) = pattern else { return false };
    let values = pattern
        .captures_iter(bytes)
        .take(10_000)
        .filter_map(|captures| captures.iter().skip(1).flatten().next());
    values.into_iter().any(|value| looks_secret(value.as_bytes()))
}

fn regex(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).unicode(false).multi_line(true).case_insensitive(true).build().ok()
}

static REGISTRY_LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token|password)["']?[ \t]{0,4}[=:][ \t]{0,4}["']?([^\s"'$<{]{8,})"#,
    )
});

static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r#"(?:password|passwd|token|secret|secret_?key|access_?key|auth|api_?key|client-key-data|privateKey|cleartextpassword)["'>]?[ \t]{0,8}[=:>"]?[ \t]{0,8}(?:value=)?["']?([^\s"'$<{]{8,})"#,
        // .htpasswd and .pgpass
        r#"|^[^:\s#]{1,80}:((?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})[^\s:]{10,120})"#,
        r#"|^[^:\s#]{1,80}:[0-9*]{1,5}:[^:\s]{1,80}:[^:\s]{1,80}:([^:\s]{8,80})$"#
    ))
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{At, Secret};

    const HUNKS: &str = "--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n-a\n+b\n";

    #[test]
    fn patches_of_own_files() {
        let old = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nSubject: x\n\n";
        for head in
            ["", "\n", "diff --git a/src/a.ts b/src/a.ts\nindex 1..2 100644\n", old, "Index: src/a.ts\n===\n"]
        {
            assert!(is_patch(format!("{head}{HUNKS}").as_bytes()), "{head}");
        }
        for other in [
            "*** src/a.ts\t2026-01-01\n--- src/a.ts\t2026-01-02\n***************\n*** 1,3 ****\n  // c\n! a\n",
            "diff --git a/src/a.ts b/src/a.ts\nindex 0000000..1e2f3 100644\nGIT binary patch\nliteral 9\nQc$~{iWKxY\n",
            "diff --cc src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@@ -1,2 -1,2 +1,3 @@@\n  // c\n- b\n++c\n",
        ] {
            assert!(is_patch(other.as_bytes()), "{other}");
        }
        let foreign = HUNKS.replace("src/", "node_modules/left-pad/");
        for text in [
            "--- a yaml document\na: 1\n",
            "diff --git a/x.png b/x.png\nBinary files differ\n",
            "*** a heading ***\n--- b\n",
            "--- a/rows.txt\t2021-05-02 10:00:00\n+++ b/rows.txt\t2021-05-02 10:00:00\n@@ -1 +1 @@\n-1\n+2\n",
            "# How to read a patch\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n",
            foreign.as_str(),
        ] {
            assert!(!is_patch(text.as_bytes()), "{text}");
        }
        assert!(is_patch(format!("{foreign}{HUNKS}").as_bytes()));
    }

    #[test]
    fn certificates_of_the_machine_itself() {
        let pem = |name: &[u8]| {
            let bytes = [&[0x30, 0x82, 1, 0][..], &[7; 90], name, &[9; 70]].concat();
            let digits = base64::prelude::BASE64_STANDARD.encode(bytes);
            let lines: Vec<&str> =
                digits.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let lines = lines.join("\n");
            format!("subject=x\n-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
        };
        let own: [&[u8]; 5] = [
            b"\x82\x09localhost",
            b"\x0C\x09localhost",
            b"\x0C\x0Dlocalhost.ssl",
            b"\x82\x15localhost.localdomain",
            b"\x87\x04\x7F\0\0\x01",
        ];
        for name in own {
            assert!(is_certificate_of_localhost(pem(name).as_bytes()));
        }
        let others: [&[u8]; 5] = [
            b"\x82\x12localhost.acme.com",
            b"\x82\x0Dlocalhost.dev",
            b"\x0C\x15localhost.ssl.acme.io",
            b"\x82\x08acme.com",
            b"\x87\x04\x0A\0\0\x01",
        ];
        for name in others {
            assert!(!is_certificate_of_localhost(pem(name).as_bytes()));
        }
        assert!(!is_certificate_of_localhost(b"-----BEGIN CERTIFICATE-----\nlocalhost\n"));

        let key = |offset: usize| Secret {
            rule: "secret-private-key",
            at: At { offset: offset as u64, ..At::default() },
            redacted: String::new(),
            digest: String::new(),
        };
        let bundle = |before: usize, name: &[u8]| {
            let code = |length: usize| "var a = 1;\n".repeat(length);
            let text = format!("{}{}{}{}", code(9_000), code(before), pem(name), code(before));
            (text, 9_000 * 11)
        };
        for (before, name, keys, expected) in [
            (100, own[0], 1, true),
            (2_000, own[0], 1, false),
            (100, others[0], 1, false),
            (100, own[0], 2, false),
            (100, own[0], 0, false),
        ] {
            let (text, at) = bundle(before, name);
            let secrets = (0..keys).map(|number| key(at + number)).collect();
            let entry = Entry { secrets, ..Entry::default() };
            assert_eq!(
                has_certificate_of_localhost_at_its_key(text.as_bytes(), &entry),
                expected,
                "{before} {keys}"
            );
        }
    }

    #[test]
    fn code_caches_of_v8() {
        let mut cache =
            b"\xcc\x05\xde\xc0\x0b\xc2\xe4\0\x57\0\0\0\xe5\x21\x2e\xaa\x08\0\0\0\0\0\0\0".to_vec();
        cache.extend([1; 8]);
        assert!(is_v8_code(&cache));
        assert!(!is_v8_code(&cache[..20]));
        assert!(!is_v8_code(b"plain text that is long enough"));
    }
}
