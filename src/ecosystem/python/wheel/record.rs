//! `RECORD`: the table of a wheel's files with their digests and sizes.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;

use crate::ecosystem::digests::{Compared, compare};
use crate::inventory::{Entry, Inventory, RecordProblem, RecordTrouble};

/// A line of RECORD.
struct Line {
    number: u64,
    path: String,
    hash: String,
    size: String,
    /// Whether there are fields beyond these.
    more: bool,
}

/// Compares RECORD with the entries, both ways.
pub(super) fn check(inventory: &Inventory, info: &str, bytes: &[u8]) -> Vec<RecordProblem> {
    let table = format!("{info}/RECORD");
    let mut problems = Vec::new();
    let mut problem = |kind, path: &str, entry: Option<&Entry>, line: Option<u64>, detail: String| {
        let entry = entry.map(|entry| entry.id);
        problems.push(RecordProblem {
            kind,
            table: table.clone(),
            path: path.to_owned(),
            entry,
            line,
            detail,
        });
    };
    let entries: BTreeMap<&str, &Entry> =
        inventory.top_files().map(|entry| (entry.path.as_str(), entry)).collect();
    let mut recorded: BTreeSet<String> = BTreeSet::new();
    // RECORD can't contain its own digest, and signatures are made after it.
    let unhashed = [table.clone(), format!("{info}/RECORD.jws"), format!("{info}/RECORD.p7s")];
    for line in lines(&String::from_utf8_lossy(bytes)) {
        let Line { number, path, hash, size, more } = line;
        let at = Some(number);
        if more {
            let detail = format!("line {number} of RECORD has more than path, digest and size");
            problem(RecordTrouble::Malformed, &path, None, at, detail);
        }
        let Some(normal) = inside(&path) else {
            problem(
                RecordTrouble::Malformed,
                &path,
                None,
                at,
                format!("RECORD names `{path}`, a place outside the wheel"),
            );
            continue;
        };
        let entry = entries.get(normal.as_str()).copied();
        if !recorded.insert(normal.clone()) {
            problem(RecordTrouble::Twice, &path, entry, at, format!("`{path}` is in RECORD twice"));
            continue;
        }
        let Some(entry) = entry else {
            if !unhashed.contains(&normal) || normal == table {
                problem(
                    RecordTrouble::Absent,
                    &path,
                    None,
                    at,
                    format!("RECORD names `{path}`, which is not in the wheel"),
                );
            }
            continue;
        };
        if unhashed.contains(&normal) {
            continue;
        }
        if let Some((kind, has)) = digest(&hash, entry) {
            let detail = match kind {
                RecordTrouble::Digest => format!("`{path}` doesn't have the digest that RECORD gives"),
                _ => format!("RECORD has {has} for `{path}`"),
            };
            problem(kind, &path, Some(entry), at, detail);
        }
        if !size.is_empty() && size.parse() != Ok(entry.size) {
            let detail = format!("`{path}` has {} bytes, but {size} in RECORD", entry.size);
            problem(RecordTrouble::Size, &path, Some(entry), at, detail);
        }
    }
    for entry in entries.values() {
        if !recorded.contains(&entry.path) && !unhashed.contains(&entry.path) {
            let detail =
                format!("`{}` is in the wheel but not in RECORD: it was added after the build", entry.path);
            problem(RecordTrouble::NotRecorded, &entry.path, Some(entry), None, detail);
        }
    }
    problems
}

/// A path as the archive has it; `None` when it leaves the wheel.
fn inside(path: &str) -> Option<String> {
    let unix = path.replace('\\', "/");
    let is_absolute = unix.starts_with('/') || unix.get(1..3) == Some(":/");
    let segments: Vec<&str> =
        unix.split('/').filter(|segment| !segment.is_empty() && *segment != ".").collect();
    (!is_absolute && !segments.contains(&"..") && !segments.is_empty()).then(|| segments.join("/"))
}

/// The lines of RECORD, which is CSV.
fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| {
        let mut fields = csv_fields(line).into_iter();
        let mut next = || fields.next().unwrap_or_default();
        Line { number, path: next(), hash: next(), size: next(), more: !next().is_empty() }
    })
}

fn csv_fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(field) = fields.last_mut() {
                    field.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => {
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

/// What is wrong with a digest in RECORD: the kind of trouble, and what there is instead.
fn digest(hash: &str, entry: &Entry) -> Option<(RecordTrouble, &'static str)> {
    let Some((algorithm, value)) = hash.split_once('=') else {
        return Some((RecordTrouble::NoDigest, "no digest"));
    };
    if entry.sha256.as_deref().is_some_and(|digest| digest.eq_ignore_ascii_case(value)) {
        return Some((RecordTrouble::HexDigest, "a digest in hexadecimal"));
    }
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(value.trim_end_matches('=')).ok();
    match compare(entry, algorithm, decoded.as_deref()) {
        Compared::Right => None,
        Compared::Wrong => Some((RecordTrouble::Digest, "")),
        Compared::Worthless => Some((RecordTrouble::NoDigest, "a digest that is too weak")),
    }
}
