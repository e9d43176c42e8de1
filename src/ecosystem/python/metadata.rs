//! What wheels and sdists have in common: core metadata and name normalisation.
//! Source: PyPA specifications "Core metadata" and "Name normalization".

use std::collections::BTreeMap;

use serde_json::Value;

use super::licence;
use crate::ecosystem::format::Fields;
use crate::ecosystem::purl::Purl;
use crate::inventory::{Defect, DefectKind, ManifestProblem, ManifestTrouble, Mismatch, Package};

/// Header fields of METADATA or PKG-INFO, in order; continuation lines joined by a line feed.
pub(super) fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        // A line of blanks only is an empty line of a folded value, not the end of the fields.
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((key, value)) = line.split_once(':') {
            fields.push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

/// The description: what stands behind the fields, or the field that older tools write it into.
pub(super) fn description(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    match text.split_once("\n\n") {
        Some((_, body)) if !body.trim().is_empty() => body.to_owned(),
        _ => field(&fields(bytes), "description").unwrap_or_default().to_owned(),
    }
}

/// The first value of a field.
pub(super) fn field<'a>(fields: &'a [(String, String)], key: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

/// Fields that may occur once but are there with different values.
pub(super) fn contradictions(fields: &[(String, String)], place: &str) -> Vec<ManifestProblem> {
    let differs = |key: &&str| {
        let mut values = fields.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
        values.next().is_some_and(|first| values.any(|other| other != first))
    };
    let problem = |key: &str| ManifestProblem {
        kind: ManifestTrouble::DuplicateKey,
        place: place.to_owned(),
        line: None,
        detail: format!("{key} is in it twice with different values: readers take either"),
    };
    ["name", "version", "license-expression"]
        .iter()
        .filter(|key| differs(key))
        .map(|key| problem(key))
        .collect()
}

/// Name, version and licence.
pub(super) fn package(fields: &[(String, String)], manifest: &str, root: &str) -> Package {
    Package {
        name: field(fields, "name").unwrap_or_default().to_owned(),
        version: field(fields, "version").unwrap_or_default().to_owned(),
        license: license(fields),
        private: fields.iter().any(|(key, value)| key == "classifier" && value.starts_with("Private ::")),
        manifest: manifest.to_owned(),
        root: root.to_owned(),
        ..Package::default()
    }
}

/// Requirements that lie on the machine where the package was made.
pub(super) fn unresolvable(fields: &[(String, String)]) -> Vec<Defect> {
    let is_lost =
        |value: &str| value.split_once('@').is_some_and(|(_, url)| url.trim_start().starts_with("file:"));
    let lost = fields.iter().filter(|(key, value)| key == "requires-dist" && is_lost(value));
    let one = |value: &str| Defect {
        kind: DefectKind::UnresolvableDependency,
        field: "Requires-Dist".to_owned(),
        subject: value.to_owned(),
        line: None,
    };
    lost.map(|(_, value)| one(value)).collect()
}

/// `License-Expression`, else what the classifiers say, else the free text.
fn license(fields: &[(String, String)]) -> Option<String> {
    if let Some(expression) = field(fields, "license-expression") {
        return Some(expression.to_owned());
    }
    let classifiers: Vec<&str> = fields
        .iter()
        .filter(|(key, value)| key == "classifier" && value.starts_with("License ::"))
        .map(|(_, value)| value.as_str())
        .collect();
    let classified: Vec<&str> = classifiers.iter().copied().filter_map(licence::from_classifier).collect();
    let free = field(fields, "license").and_then(licence::from_free_text);
    match (free, classified.is_empty()) {
        (Some(free), _) if spdx::Expression::parse(&free).is_ok() => Some(free),
        (_, false) => Some(classified.join(" OR ")),
        (Some(free), true) => Some(free),
        (None, true) => (!classifiers.is_empty()).then(|| classifiers.join("; ")),
    }
}

/// Fields that matter to whoever installs the package.
const COMPARED: [&str; 8] = [
    "name",
    "license",
    "license-expression",
    "requires-dist",
    "requires-python",
    "provides-extra",
    "requires-external",
    "dynamic",
];

/// The fields that matter to whoever installs the package; those that repeat, sorted.
pub(super) fn compared(bytes: &[u8]) -> Option<Fields> {
    let text = String::from_utf8_lossy(bytes);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": ") {
            found.entry(name.to_ascii_lowercase()).or_default().push(value.trim().to_owned());
        }
    }
    let mut fields = Fields::default();
    for (name, mut values) in found {
        if COMPARED.contains(&name.as_str()) {
            values.sort();
            fields.insert(&name, &Value::from(values));
        }
    }
    Some(fields)
}

/// The package URL, which has names in small letters and with `-` for `_`.
pub(super) fn purl(package: &Package) -> Purl<'static> {
    Purl { kind: "pypi", name: package.name.to_lowercase().replace('_', "-"), ..Purl::default() }
}

/// Lower case, runs of `-`, `_` and `.` made one `-`.
pub(super) fn normal_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if matches!(c, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(c.to_lowercase());
        }
    }
    normal
}

/// The name in the file name of a source distribution.
pub(super) fn sdist_name(file: &str) -> Option<&str> {
    let stem = [".tar.gz", ".zip", ".tgz", ".tar.bz2"].iter().find_map(|end| file.strip_suffix(end))?;
    // Old names have dashes before the version, too; a version begins with a digit.
    let versions = stem.match_indices('-').filter(|(at, _)| {
        stem.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    versions.map(|(at, _)| at).max().and_then(|at| stem.get(..at))
}

/// Whether two versions are equal except for spelling (PEP 440: `1.0-beta.1`, `v1.0b1`; trailing zeros).
pub(super) fn same_version(a: &str, b: &str) -> bool {
    normal_version(a) == normal_version(b)
}

fn normal_version(version: &str) -> String {
    let lower = version.trim().trim_start_matches(['v', 'V']).to_ascii_lowercase();
    let (public, local) =
        lower.split_once('+').map_or((lower.as_str(), ""), |(public, local)| (public, local));
    let spelled = public
        .replace("preview", "rc")
        .replace("alpha", "a")
        .replace("beta", "b")
        .replace(".rev", ".post")
        .replace("pre", "rc")
        .replace("-dev", ".dev")
        .replace("_dev", ".dev");
    let mut normal = String::new();
    let mut number = String::new();
    let flush = |number: &mut String, normal: &mut String| {
        if !number.is_empty() {
            let digits = number.trim_start_matches('0');
            normal.push_str(if digits.is_empty() { "0" } else { digits });
            normal.push('.');
            number.clear();
        }
    };
    for c in spelled.chars() {
        match c {
            '0'..='9' => number.push(c),
            '.' | '-' | '_' => flush(&mut number, &mut normal),
            _ => {
                flush(&mut number, &mut normal);
                if !normal.ends_with(char::is_alphabetic) {
                    while normal.ends_with(".0.") {
                        normal.truncate(normal.len() - 2);
                    }
                }
                normal.push(c);
            }
        }
    }
    flush(&mut number, &mut normal);
    while normal.ends_with(".0.") {
        normal.truncate(normal.len() - 2);
    }
    format!("{normal}+{}", local.replace(['-', '_'], "."))
}

/// Compares a name and a version from elsewhere with those of the package.
pub(super) fn compare(
    package: &Package,
    elsewhere: &str,
    name: &str,
    version: &str,
    found: &mut Vec<Mismatch>,
) {
    let mut add = |what, manifest: &str, other: &str| {
        found.push(Mismatch {
            what,
            manifest: manifest.to_owned(),
            elsewhere: elsewhere.to_owned(),
            other: other.to_owned(),
            place: None,
        });
    };
    if normal_name(name) != normal_name(&package.name) {
        add("name", &package.name, name);
    }
    if !same_version(version, &package.version) {
        add("version", &package.version, version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions() {
        assert_eq!(normal_name("Zope.Interface__x"), "zope-interface-x");
        for (a, b) in
            [("1.0", "1.0.0"), ("1.0-beta.1", "1.0b1"), ("v2", "2.0"), ("1.0a", "1a"), ("1!2.0", "1!2")]
        {
            assert!(same_version(a, b), "{a} {b}: {} {}", normal_version(a), normal_version(b));
        }
        for (a, b) in [("1.0", "1.1"), ("1.0", "1.0.post1"), ("1.0", "1.0+local"), ("10", "1.0")] {
            assert!(!same_version(a, b), "{a} {b}");
        }
    }

    #[test]
    fn requirements_on_this_machine() {
        let text = "Requires-Dist: a @ file:///home/x/a\nRequires-Dist: b>=1\nRequires-Dist: c @ https://x.y/c.whl\nRequires-Dist: d@file:../d; extra == 'x'";
        assert_eq!(unresolvable(&fields(text.as_bytes())).len(), 2);
    }

    #[test]
    fn fields_given_twice() {
        for (text, expected) in [
            ("Name: a\nName: a\nVersion: 1\nClassifier: x\nClassifier: y", 0),
            ("Name: a\nName: b\nVersion: 1\nVersion: 2", 2),
            ("Name: a\n\nName: b", 0),
        ] {
            assert_eq!(contradictions(&fields(text.as_bytes()), "").len(), expected, "{text}");
        }
    }

    #[test]
    fn licences() {
        let with = |text: &str| license(&fields(text.as_bytes()));
        assert_eq!(with("License-Expression: MIT\nLicense: GPL").as_deref(), Some("MIT"));
        assert_eq!(
            with("License: X11-ish\nClassifier: License :: OSI Approved :: ISC License (ISCL)").as_deref(),
            Some("ISC")
        );
        assert_eq!(with("License: Apache 2.0\n\nLicense: MIT").as_deref(), Some("Apache-2.0"));
        assert_eq!(with("Name: x"), None);
        let folded = "License: Copyright (c) 2014 Acme\n        \n        Permission is hereby granted, free of charge, to any person\n        as long as the above copyright notice stands.\nClassifier: Private :: Do Not Upload";
        assert_eq!(with(folded).as_deref(), Some("MIT"));
        assert!(package(&fields(folded.as_bytes()), "", "").private);
        let vague = "Classifier: License :: OSI Approved\nClassifier: License :: Free for non-commercial use";
        assert_eq!(
            with(vague).as_deref(),
            Some("License :: OSI Approved; License :: Free for non-commercial use")
        );
    }
}
