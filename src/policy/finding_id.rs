//! The identifier of a finding, stable across releases.

use sha2::{Digest as _, Sha256};

use crate::inventory::Package;
use crate::rules::Finding;
use crate::words::hex;

/// First 16 hex digits of a SHA-256 over rule, place without version, and key. Without line and offset, so that a
/// waiver survives a release.
pub(super) fn of(finding: &Finding, package: Option<&Package>) -> String {
    let version = package.map_or("", |package| package.version.as_str());
    let mut hash = Sha256::new();
    for part in [finding.rule, &without_version(&finding.place.path, version), &finding.key] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(hash.finalize().get(..8).unwrap_or_default())
}

/// A path with the package's version, as a separate word, replaced by `*`. A version without a dot could be anything
/// and is kept.
fn without_version(path: &str, version: &str) -> String {
    if !version.contains('.') {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(version) {
        let (before, found) = rest.split_at(at);
        let (_, after) = found.split_at(version.len());
        out.push_str(before);
        let part_of_number = |c: char| c.is_ascii_digit();
        let begins = !out.ends_with(part_of_number) && !out.ends_with('.');
        let longer = after.strip_prefix('.').unwrap_or(after).starts_with(part_of_number);
        out.push_str(if begins && !longer { "*" } else { version });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Place;

    #[test]
    fn versions_in_paths() {
        for (path, version, expected) in [
            ("acme-1.2.3/src/lib.rs", "1.2.3", "acme-*/src/lib.rs"),
            ("acme-1.2.3.dist-info/RECORD", "1.2.3", "acme-*.dist-info/RECORD"),
            ("acme-1.2.3/vendor/acme-1.2.3.tgz!a", "1.2.3", "acme-*/vendor/acme-*.tgz!a"),
            ("x/acme-11.2.3/a", "1.2.3", "x/acme-11.2.3/a"),
            ("x/acme-1.2.34/a", "1.2.3", "x/acme-1.2.34/a"),
            ("x/acme-1.2.3.4/a", "1.2.3", "x/acme-1.2.3.4/a"),
            ("x/acme-0.1.2.3/a", "1.2.3", "x/acme-0.1.2.3/a"),
            ("package/v1.2.3.js", "1.2.3", "package/v*.js"),
            ("package/1/a", "1", "package/1/a"),
            ("package/a", "", "package/a"),
            ("", "1.2.3", ""),
        ] {
            assert_eq!(without_version(path, version), expected, "{path}");
        }
    }

    #[test]
    fn survives_a_release_and_tells_findings_apart() {
        let print = |rule: &'static str, path: &str, line, key: &str, version: &str| {
            let place = Place { path: path.to_owned(), line, ..Place::default() };
            let finding = Finding {
                rule,
                place,
                message: line.map_or(String::new(), |line| line.to_string()),
                help: String::new(),
                remedy: None,
                evidence: crate::rules::Evidence::default(),
                key: key.to_owned(),
                at_most: None,
            };
            of(&finding, Some(&Package { version: version.to_owned(), ..Package::default() }))
        };
        let first = print("debug-info", "acme-1.0.0/a.so", Some(1), "k", "1.0.0");
        assert_eq!(first.len(), 16);
        assert_eq!(first, print("debug-info", "acme-1.1.0/a.so", Some(9), "k", "1.1.0"));
        for other in [
            print("local-path", "acme-1.0.0/a.so", Some(1), "k", "1.0.0"),
            print("debug-info", "acme-1.0.0/b.so", Some(1), "k", "1.0.0"),
            print("debug-info", "acme-1.0.0/a.so", Some(1), "l", "1.0.0"),
            print("debug-info", "acme-1.0.0/a.so", Some(1), "", "1.0.0"),
            print("debug-info", "acme-1.0.0/a.sok", Some(1), "", "1.0.0"),
        ] {
            assert_ne!(first, other);
        }
    }
}
