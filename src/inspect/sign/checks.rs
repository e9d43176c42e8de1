use std::sync::LazyLock;

use memchr::memmem::find;
use regex::bytes::{Regex, RegexBuilder};

use crate::inspect::Sample;
use crate::inspect::secret::looks_secret;
use crate::inventory::{Entry, Media};

/// A sign that any text may show; the search for its word finds the candidates.
pub(super) struct ByWord {
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
    pub(super) holds: fn(&[u8]) -> bool,
}

pub(super) const BY_WORD: &[ByWord] = &[
    ByWord { sign: "webpack-stats", word: "\"assetsByChunkName\"", holds: is_webpack_stats },
    ByWord { sign: "esbuild-metafile", word: "\"bytesInOutput\"", holds: is_esbuild_metafile },
];

type Check = fn(&Sample<'_>, &Entry) -> bool;
type Magic = fn(&[u8]) -> bool;

/// Signs that the first bytes show, whatever the file is called.
pub(super) const BY_MAGIC: &[(&str, Magic)] = &[
    ("git-pack", |bytes| bytes.starts_with(b"PACK\0\0\0\x02") || bytes.starts_with(b"PACK\0\0\0\x03")),
    ("git-index", |bytes| bytes.starts_with(b"\xfftOc\0\0\0") || bytes.starts_with(b"DIRC\0\0\0")),
    ("git-bundle", |bytes| {
        bytes.starts_with(b"# v2 git bundle\n") || bytes.starts_with(b"# v3 git bundle\n")
    }),
    ("keepass", |bytes| bytes.starts_with(b"\x03\xD9\xA2\x9A") && matches!(bytes.get(4), Some(0x65..=0x67))),
    ("vim-swap", |bytes| bytes.starts_with(b"b0VIM ")),
    ("elf-core", is_elf_core),
    ("minidump", |bytes| bytes.starts_with(b"MDMP\x93\xA7")),
    ("heap-snapshot", |bytes| bytes.starts_with(b"{\"snapshot\":{\"meta\":")),
    ("cpu-profile", |bytes| {
        bytes.starts_with(b"{\"nodes\":[{\"id\":") && has(head(bytes, 400), "\"callFrame\"")
    }),
    ("perf-data", |bytes| bytes.starts_with(b"PERFILE2")),
];

/// Signs looked for only where the path asks for them.
pub(super) const BY_NAME: &[(&str, Check)] = &[
    ("agent-servers", |sample, _| {
        has(sample.bytes, "mcpServers")
            || has(sample.bytes, "\"servers\"")
            || has(sample.bytes, "mcp_servers")
    }),
    ("registry-login", |sample, entry| !entry.secrets.is_empty() || shows(&REGISTRY_LOGIN, sample.bytes)),
    ("login", |sample, entry| !entry.secrets.is_empty() || shows(&LOGIN, sample.bytes)),
    ("dotenv-secrets", |sample, entry| !entry.secrets.is_empty() || shows(&DOTENV, sample.bytes)),
    ("private-key", |sample, entry| {
        entry.secrets.iter().any(|secret| secret.rule.starts_with("secret-private-key"))
            || sample.bytes.starts_with(b"PuTTY-User-Key-File-")
    }),
    ("service-account", |_, entry| {
        entry.secrets.iter().any(|secret| secret.rule == "secret-gcp-service-account")
    }),
    ("tfstate", |sample, _| has(sample.bytes, "\"terraform_version\"") && has(sample.bytes, "\"resources\"")),
    ("der", |sample, _| sample.bytes.starts_with(&[0x30, 0x82])),
    ("keystore", |sample, _| {
        [&[0xFE, 0xED, 0xFE, 0xED][..], &[0xCE, 0xCE, 0xCE, 0xCE], &[0x30, 0x82]]
            .iter()
            .any(|magic| sample.bytes.starts_with(magic))
    }),
    ("sqlite", |sample, _| sample.bytes.starts_with(b"SQLite format 3\0")),
    ("tsbuildinfo", |sample, _| {
        is_object(sample.bytes)
            && (has(sample.bytes, "\"fileNames\"")
                || has(sample.bytes, "\"fileInfos\"")
                || (has(sample.bytes, "\"root\"") && has(sample.bytes, "\"version\"")))
    }),
    ("lcov", |sample, _| has(sample.bytes, "SF:") && has(sample.bytes, "end_of_record")),
    ("coverage", |sample, _| {
        [
            "\"statementMap\"",
            "<coverage",
            "Code coverage report",
            "Coverage report",
            "\"lines\":{\"total\"",
            "\"lines\": {\"total\"",
            "\"scriptCoverages\"",
            "\"source-map-cache\"",
        ]
        .iter()
        .any(|word| has(sample.bytes, word))
    }),
    ("bundle-analyzer", |sample, _| {
        [
            "window.chartData",
            "<title>Webpack Bundle Analyzer",
            "<title>Rollup Visualizer",
            "const data = {\"version\":2,\"tree\":",
        ]
        .iter()
        .any(|word| has(sample.bytes, word))
    }),
    ("text", |sample, _| sample.media.is_text() && !sample.bytes.is_empty()),
    ("har", |sample, _| {
        is_object(sample.bytes) && has(sample.bytes, "\"entries\"") && has(sample.bytes, "\"request\"")
    }),
    ("node-report", |sample, _| is_object(sample.bytes) && has(sample.bytes, "\"environmentVariables\"")),
    ("archive", |sample, _| {
        matches!(
            sample.media,
            Media::Gzip
                | Media::Zip
                | Media::Tar
                | Media::Zstd
                | Media::Xz
                | Media::Bzip2
                | Media::SevenZip
                | Media::Unopened
        )
    }),
];

fn has(bytes: &[u8], word: &str) -> bool {
    find(bytes, word.as_bytes()).is_some()
}

fn head(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

/// Whether a text could be a JSON object.
fn is_object(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

fn is_webpack_stats(bytes: &[u8]) -> bool {
    is_object(bytes)
        && has(bytes, "\"hash\"")
        && (has(bytes, "\"modules\"") || has(bytes, "\"chunks\"") || has(bytes, "\"assets\""))
}

fn is_esbuild_metafile(bytes: &[u8]) -> bool {
    is_object(bytes) && has(bytes, "\"inputs\"") && has(bytes, "\"outputs\"")
}

/// ELF files have their type at byte 16, in the byte order that byte 5 says; 4 is a core dump.
fn is_elf_core(bytes: &[u8]) -> bool {
    let kind = match bytes.get(5) {
        Some(1) => bytes.get(16),
        _ => bytes.get(17),
    };
    bytes.starts_with(b"\x7FELF") && kind == Some(&4)
}

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
        r#"(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token|password)["']?[ \t]{0,4}[=:][ \t]{0,4}["']?([^\s"'$<{]{8,400})"#,
    )
});

static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r#"(?:password|passwd|token|secret|secret_?key|access_?key|auth|api_?key|client-key-data|privateKey|cleartextpassword)["'>]?[ \t]{0,8}[=:>"]?[ \t]{0,8}(?:value=)?["']?([^\s"'$<{]{8,4000})"#,
        // .htpasswd and .pgpass
        r#"|^[^:\s#]{1,80}:((?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})[^\s:]{10,120})"#,
        r#"|^[^:\s#]{1,80}:[0-9*]{1,5}:[^:\s]{1,80}:[^:\s]{1,80}:([^:\s]{8,80})$"#
    ))
});

static DOTENV: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"^[ \t]{0,8}(?:export[ \t]{1,4})?[a-z0-9_]{0,60}(?:key|token|secret|password|passwd|pass|pwd|credentials?|auth|dsn|_pat|private)[a-z0-9_]{0,20}[ \t]{0,4}=[ \t]{0,4}["']?([^\s"'$<{]{8,4000})"#,
    )
});
