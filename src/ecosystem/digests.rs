//! Digests in packages' own tables, compared with those of the entries.

use crate::inventory::Entry;

/// The result of comparing an entry with a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Right,
    Wrong,
    /// An algorithm too weak to mean anything, or one that nobody uses.
    Worthless,
}

/// Compares an entry with a digest; the algorithm is named as in `sha256`, in any case, with or
/// without a dash.
pub(super) fn compare(entry: &Entry, algorithm: &str, digest: Option<&[u8]>) -> Compared {
    let wide = entry.wide.as_deref();
    let actual = match algorithm.to_ascii_lowercase().replace('-', "").as_str() {
        "sha256" => entry.sha256.as_ref(),
        "sha384" => wide.map(|wide| &wide.sha384),
        "sha512" => wide.map(|wide| &wide.sha512),
        _ => return Compared::Worthless,
    };
    match (actual, digest) {
        (Some(actual), Some(digest)) if *actual == crate::words::hex(digest) => Compared::Right,
        // Digests are made of all entries that a table could speak of.
        (None, Some(_)) => Compared::Right,
        _ => Compared::Wrong,
    }
}

/// Whether a table has digests other than SHA-256 that are worth comparing.
pub(crate) fn are_wide(table: &[u8]) -> bool {
    [&b"sha384="[..], b"sha512=", b"SHA-384-Digest", b"SHA-512-Digest"]
        .iter()
        .any(|mark| memchr::memmem::find(table, mark).is_some())
}

/// The digest of some bytes; `None` for an algorithm too weak to mean anything.
pub(super) fn digest(algorithm: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    use sha2::Digest as _;
    match algorithm.to_ascii_lowercase().replace('-', "").as_str() {
        "sha256" => Some(sha2::Sha256::digest(bytes).to_vec()),
        "sha384" => Some(sha2::Sha384::digest(bytes).to_vec()),
        "sha512" => Some(sha2::Sha512::digest(bytes).to_vec()),
        _ => None,
    }
}
