//! Signed archives: the manifest has a digest of each file, the signature file one of the manifest.

use std::collections::BTreeMap;

use super::attributes::{Section, sections};
use crate::ecosystem::digests::{Compared, compare, digest};
use crate::ecosystem::locate::Located;
use crate::inventory::{Entry, Inventory, ManifestFile, RecordProblem, RecordTrouble};

/// Compares the digests of a signed archive with its entries, both ways; nothing for an archive without a signature.
pub(super) fn check(inventory: &Inventory, manifest: Located<'_>) -> Vec<RecordProblem> {
    let is_signed = inventory.top_files().any(|entry| is_signature_file(&entry.path));
    if !is_signed {
        return Vec::new();
    }
    let sections = by_name(sections(manifest.bytes));
    let table = &manifest.entry.place;
    let mut problems = files(inventory, table, &sections);
    for signature in inventory.manifests.iter().filter(|kept| is_signature_file(&kept.path)) {
        problems.extend(signature_file(signature, manifest, &sections));
    }
    problems
}

/// Whether this is a signature file: `META-INF/*.SF`.
pub(super) fn is_signature_file(path: &str) -> bool {
    in_meta_inf(path).is_some_and(|name| name.to_ascii_uppercase().ends_with(".SF"))
}

/// The name of a file directly in `META-INF`.
fn in_meta_inf(path: &str) -> Option<&str> {
    path.strip_prefix("META-INF/").filter(|name| !name.contains('/'))
}

/// What belongs to the signature itself and isn't signed.
fn is_of_signature(path: &str) -> bool {
    in_meta_inf(path).is_some_and(|name| {
        let upper = name.to_ascii_uppercase();
        upper == "MANIFEST.MF"
            || upper.starts_with("SIG-")
            || [".SF", ".RSA", ".DSA", ".EC"].iter().any(|end| upper.ends_with(end))
    })
}

type Sections<'a> = BTreeMap<String, Section<'a>>;

fn by_name(sections: Vec<Section<'_>>) -> Sections<'_> {
    let named = sections.into_iter().skip(1);
    named.filter_map(|section| Some((section.get("Name")?.to_owned(), section))).collect()
}

fn files(inventory: &Inventory, table: &str, sections: &Sections<'_>) -> Vec<RecordProblem> {
    let entries: BTreeMap<&str, &Entry> =
        inventory.top_files().map(|entry| (entry.path.as_str(), entry)).collect();
    let is_old = sections.values().all(is_of_sha1);
    let mut problems = Vec::new();
    for (path, entry) in &entries {
        let wrong = match sections.get(*path) {
            None if is_of_signature(path) => None,
            None => Some((
                RecordTrouble::NotRecorded,
                format!("`{path}` is not among the signed files: it was added after signing"),
            )),
            Some(section) if is_old && section.digests("Digest").next().is_some() => Some((
                RecordTrouble::OldDigest,
                format!(
                    "`{path}` is signed with SHA-1, as all others: Java takes that only from before 2019"
                ),
            )),
            Some(section) if is_weak(section) => Some((
                RecordTrouble::NoDigest,
                format!("`{path}` is signed with a digest that is too weak: Java treats it as unsigned"),
            )),
            Some(section) => section
                .digests("Digest")
                .any(|(algorithm, digest)| compare(entry, algorithm, digest.as_deref()) == Compared::Wrong)
                .then(|| {
                    (RecordTrouble::Digest, format!("`{path}` doesn't have the bytes that were signed"))
                }),
        };
        problems.extend(wrong.map(|(kind, detail)| RecordProblem {
            entry: Some(entry.id),
            ..problem(kind, table, path, detail)
        }));
    }
    for path in sections.keys().filter(|path| !path.ends_with('/') && !entries.contains_key(path.as_str())) {
        let detail = format!("`{path}` was signed and is not in the archive");
        problems.push(problem(RecordTrouble::Absent, table, path, detail));
    }
    problems
}

/// Whether a section has no digest but that of the algorithm with which archives were signed until 2019.
fn is_of_sha1(section: &Section<'_>) -> bool {
    section.digests("Digest").all(|(algorithm, _)| matches!(algorithm, "SHA1" | "SHA-1" | "SHA"))
}

/// Whether a section has digests, but none worth comparing.
fn is_weak(section: &Section<'_>) -> bool {
    let mut digests = section.digests("Digest").peekable();
    digests.peek().is_some() && digests.all(|(algorithm, _)| digest(algorithm, &[]).is_none())
}

/// Compares a signature file with the manifest: as a whole, or section by section if the manifest has grown.
fn signature_file(
    signature: &ManifestFile,
    manifest: Located<'_>,
    sections_there: &Sections<'_>,
) -> Vec<RecordProblem> {
    let signed = sections(&signature.bytes);
    if signed.first().is_some_and(|main| agrees(main, "Digest-Manifest", manifest.bytes) == Some(true)) {
        return Vec::new();
    }
    let signed = by_name(signed);
    let mut problems = Vec::new();
    for (path, section) in sections_there {
        let Some(signed) = signed.get(path) else {
            let detail =
                format!("`{path}` is in the manifest but not in {}: it was not signed", signature.path);
            problems.push(problem(RecordTrouble::NotRecorded, &signature.path, path, detail));
            continue;
        };
        if agrees(signed, "Digest", section.bytes) == Some(false) {
            let detail = format!("what the manifest says of `{path}` is not what {} signed", signature.path);
            problems.push(problem(RecordTrouble::Digest, &signature.path, path, detail));
        }
    }
    problems
}

/// Whether bytes have all digests that a section gives for them; `None` if it gives no usable one.
fn agrees(section: &Section<'_>, end: &str, bytes: &[u8]) -> Option<bool> {
    let compared = section
        .digests(end)
        .filter_map(|(algorithm, expected)| Some(Some(digest(algorithm, bytes)?) == expected));
    compared.reduce(|all, one| all && one)
}

fn problem(kind: RecordTrouble, table: &str, path: &str, detail: String) -> RecordProblem {
    RecordProblem { kind, table: table.to_owned(), path: path.to_owned(), entry: None, line: None, detail }
}
