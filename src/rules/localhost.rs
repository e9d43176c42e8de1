//! Keys of certificates that were made out to the machine itself, as libraries have them for their tests and examples.

use crate::inspect::LOCALHOST_CERTIFICATE;
use crate::inventory::{Entry, Inventory};

/// The rule by which such a key is told.
pub(super) const RULE: &str = "secret-localhost-key";

/// Words by which the file of a key and that of its certificate differ.
const WORDS: &[&str] = &[
    "key",
    "keys",
    "private",
    "priv",
    "privkey",
    "cert",
    "certs",
    "certificate",
    "crt",
    "cer",
    "chain",
    "fullchain",
    "pub",
];

/// Whether a certificate for `localhost` stands in the same file as a key, or beside it under the same name.
pub(super) fn is_key(inventory: &Inventory, key: &Entry) -> bool {
    let is_certificate = |entry: &&Entry| entry.signs.contains(&LOCALHOST_CERTIFICATE);
    is_certificate(&key) || {
        let name = pair_name(&key.place);
        inventory.files().filter(is_certificate).any(|entry| pair_name(&entry.place) == name)
    }
}

/// Folder and name of a file without the words by which a key differs from its certificate: `certs/a` of both
/// `certs/a.key` and `certs/a-cert.pem`.
fn pair_name(place: &str) -> (String, String) {
    let (folder, name) = place.rsplit_once('/').unwrap_or(("", place));
    let lower = name.to_ascii_lowercase();
    let stem = lower.rsplit_once('.').map_or(lower.as_str(), |(stem, _)| stem);
    // `cert1.pem` and `key1.pem`
    let mut number = String::new();
    let mut words = Vec::new();
    for word in stem.split(['.', '-', '_', ' ']) {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if WORDS.contains(&bare) {
            number.push_str(word.get(bare.len()..).unwrap_or_default());
        } else {
            words.push(word);
        }
    }
    (folder.to_owned(), format!("{} {number}", words.join("-")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;

    fn is_local(key: &str, certificate: &str) -> bool {
        let entry = |place: &str| Entry { place: place.to_owned(), ..Entry::default() };
        let mut signed = entry(certificate);
        signed.signs.push(LOCALHOST_CERTIFICATE);
        let inventory = Inventory { entries: numbered(vec![entry(key), signed]), ..Inventory::default() };
        is_key(&inventory, &inventory.entries[0])
    }

    #[test]
    fn a_key_stands_beside_its_certificate() {
        for (key, certificate) in [
            ("a-1.0/certs/key.pem", "a-1.0/certs/cert.pem"),
            ("a-1.0/certs/key.der", "a-1.0/certs/cert.pem"),
            ("a-1.0/certs/key1.pem", "a-1.0/certs/cert1.pem"),
            ("a-1.0/certs/untrusted_key.pem", "a-1.0/certs/untrusted_cert.pem"),
            ("package/ssl/localhost.key", "package/ssl/localhost.crt"),
            ("package/ssl/privkey.pem", "package/ssl/fullchain.pem"),
        ] {
            assert!(is_local(key, certificate), "{key} {certificate}");
        }
        for (key, certificate) in [
            ("package/ssl/prod.key", "package/ssl/localhost.crt"),
            ("package/ssl/key2.pem", "package/ssl/cert1.pem"),
            ("package/prod/key.pem", "package/dev/cert.pem"),
            ("package/ssl/ca-key.pem", "package/ssl/server-cert.pem"),
        ] {
            assert!(!is_local(key, certificate), "{key} {certificate}");
        }
    }
}
