//! Which policy a package's licence stands for. The question is not whether the licence is written properly but
//! whether the authors gave everybody their source: manifests contain SPDX expressions, older forms, classifiers,
//! URLs and whole licence texts. What isn't understood counts as proprietary.

use spdx::{Expression, LicenseId, LicenseItem, ParseMode};

use super::licence_url;
use crate::inventory::{Inventory, LicenceFile, Package};

/// Longest licence that is quoted in full.
const LONGEST_QUOTE: usize = 60;

/// Lenient SPDX: what crates.io and npm accepted over the years, but no guesses.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: true,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// Whether it is an artifact whose source its authors gave to everybody, going by its licence.
pub(crate) fn is_for_everybody(inventory: &Inventory) -> bool {
    choose(inventory.package.as_ref(), &inventory.licence_files).0 == "open-source"
}

/// The built-in policy for a package, and why in words. `files` are the licence files of sources without a manifest.
pub(super) fn choose(package: Option<&Package>, files: &[LicenceFile]) -> (&'static str, String) {
    let Some(package) = package else {
        return match said_by(files) {
            Some(files) => ("open-source", format!("no manifest, but {files}")),
            None => ("proprietary", "no manifest".to_owned()),
        };
    };
    let manifest = package.manifest.rsplit(['/', '!']).next().filter(|name| !name.is_empty());
    let manifest = manifest.unwrap_or("the manifest");
    if package.private {
        return ("proprietary", format!("{manifest} forbids publishing"));
    }
    let licence = package.license.as_deref().map(str::trim).filter(|licence| !licence.is_empty());
    match licence {
        Some(licence) if is_open(licence) => return ("open-source", quoted(licence)),
        // A name that the authors gave says nothing; their own text may.
        Some(licence) if is_own_name(licence) => {
            let own = by_files(package).filter(|_| package.licence_files.iter().any(|file| file.grants));
            return match own {
                Some(files) => ("open-source", format!("{}, but {files}", quoted(licence))),
                None => ("proprietary", quoted(licence)),
            };
        }
        Some(licence) if !is_elsewhere(licence) => return ("proprietary", quoted(licence)),
        _ => {}
    }
    let said = licence.map_or_else(|| format!("no licence in {manifest}"), quoted);
    match by_files(package).or_else(|| by_readme(package)).or_else(|| by_heads(package)) {
        Some(files) => ("open-source", format!("{said}, but {files}")),
        None => ("proprietary", said),
    }
}

/// What the README says, if it names a licence that gives everybody the source.
fn by_readme(package: &Package) -> Option<String> {
    let said = package.readme_licence.as_ref().filter(|said| is_open(&said.words))?;
    let name = said.path.rsplit('/').next().unwrap_or_default();
    Some(format!("{name} says {}", quoted(&said.words)))
}

/// What the source files say, where nearly all of the package is made of open ones.
fn by_heads(package: &Package) -> Option<String> {
    package.open_sources.as_ref().filter(|sources| sources.whole)?;
    Some("its source files begin with an open one".to_owned())
}

/// Words of a licence that keeps the source.
const KEPT: &[&str] =
    &["proprietary", "commercial", "closed", "eula", "internal", "confidential", "reserved"];

/// Whether the manifest only says where the licence is.
fn is_elsewhere(licence: &str) -> bool {
    let lower = licence.to_lowercase();
    let plain = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_file = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name);
        let stem = name.split('.').next().unwrap_or(name);
        matches!(stem, "license" | "licence" | "copying" | "unlicense" | "mit-license")
    };
    // "Apache licensed, as found in the LICENSE file"
    let points = ["license file", "licence file"].iter().any(|file| plain.ends_with(file));
    if points && !KEPT.iter().any(|word| plain.contains(word)) {
        return true;
    }
    let told =
        ["see license in ", "see licence in ", "see license", "see licence", "see the license file in "];
    let named = told.iter().find_map(|words| plain.strip_prefix(words)).unwrap_or(plain);
    let named = named.trim().trim_matches(['<', '>', '\'', '"', '`']);
    matches!(named, "" | "file" | "license file" | "licence file") || !named.contains(' ') && is_file(named)
}

/// Whether it is a name that no list has, and no word in it says that the source is kept.
fn is_own_name(licence: &str) -> bool {
    let lower = licence.to_lowercase();
    lower.starts_with("licenseref-")
        && !lower.contains(char::is_whitespace)
        && !KEPT.iter().any(|word| lower.contains(word))
}

/// What the licence files say, if each of them gives everybody the source.
fn by_files(package: &Package) -> Option<String> {
    said_by(&package.licence_files)
}

fn said_by(files: &[LicenceFile]) -> Option<String> {
    let said = |file: &LicenceFile| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        match file.licence {
            Some(licence) if spdx::license_id(licence).is_some_and(is_open_id) => {
                Some(format!("{name} is the text of {licence}"))
            }
            None if file.grants => Some(format!("{name} lets everybody copy and change it")),
            _ => None,
        }
    };
    let said: Option<Vec<String>> = files.iter().map(said).collect();
    said.filter(|said| !said.is_empty()).map(|said| said.join(", "))
}

fn quoted(licence: &str) -> String {
    let line = licence.lines().next().unwrap_or_default().trim();
    let mut shown: String = line.chars().take(LONGEST_QUOTE).filter(|c| !c.is_control()).collect();
    if shown.len() < licence.len() {
        shown = format!("{}...", shown.trim_end());
    }
    format!("licence \"{shown}\"")
}

/// Whether a licence, as manifests write them, gives everybody the source.
pub(super) fn is_open(licence: &str) -> bool {
    let text = licence.trim();
    // `LICENSE.BSD3`: the name of the file says it.
    if let Some(name) = file_of(text) {
        return is_open(name);
    }
    let lower = text.to_lowercase();
    if lower.contains("commons clause") {
        return false;
    }
    let shown = licence_url::expression(text);
    if let Ok(expression) = Expression::parse_mode(shown.as_deref().unwrap_or(text), MODE) {
        return expression.evaluate(|wanted| is_open_item(&wanted.license));
    }
    if lower.contains("::") {
        return classifiers(&lower);
    }
    if text.len() > 150 || text.lines().count() > 3 {
        let start: String =
            lower.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(5_000).collect();
        return TEXTS.iter().any(|phrase| start.contains(phrase));
    }
    let name = lower.split("http").next().unwrap_or_default();
    let name = name.split(" with ").next().unwrap_or_default();
    licence_url::is_open(text) || (!NEVER.iter().any(|words| lower.contains(words)) && alternatives(name))
}

/// The licence in a file's name: `BSD3` for `LICENSE.BSD3`.
fn file_of(text: &str) -> Option<&str> {
    let (start, end) = text.split_once(['.', '-']).filter(|(_, end)| !end.contains(char::is_whitespace))?;
    let is_file = ["license", "licence", "copying"].iter().any(|name| start.eq_ignore_ascii_case(name));
    let is_format = ["txt", "md", "rst", "html", "pdf"].iter().any(|format| end.eq_ignore_ascii_case(format));
    (is_file && !is_format)
        .then(|| end.rsplit_once('.').filter(|(_, end)| end.len() <= 3).map_or(end, |(name, _)| name))
}

/// Words that no short name of an open licence has.
const NEVER: &[&str] = &["non-commercial", "noncommercial", "proprietary", "unlicensed"];

/// Phrases that only the texts of open licences have.
const TEXTS: &[&str] = &[
    "permission is hereby granted, free of charge",
    "permission to use, copy, modify, and/or distribute this software",
    "permission to use, copy, modify, and distribute this software",
    "redistribution and use in source and binary forms",
    "apache license version 2.0",
    "licensed under the apache license",
    "gnu general public license",
    "gnu lesser general public license",
    "gnu affero general public license",
    "mozilla public license",
    "eclipse public license",
    "python software foundation license",
    "this is free and unencumbered software",
    "creative commons legal code cc0",
    "the mit license",
    "mit license",
    "isc license",
    "boost software license",
    "do what the fuck you want",
    "this software is provided 'as-is', without any express or implied warranty",
];

fn is_open_item(item: &LicenseItem) -> bool {
    match item {
        LicenseItem::Spdx { id, .. } => is_open_id(*id),
        LicenseItem::Other(other) => {
            let name = other.lic_ref.to_lowercase();
            name.contains("public-domain") || name.contains("publicdomain")
        }
    }
}

/// OSI or FSF approved; or of a kind that was never submitted to them, although it gives the source away all the same.
fn is_open_id(id: LicenseId) -> bool {
    id.is_osi_approved() || id.is_fsf_free_libre() || KIN.iter().any(|kin| id.name.starts_with(kin))
}

/// Beginnings of SPDX identifiers of permissive licences that are on neither list.
#[rustfmt::skip]
const KIN: &[&str] = &[
    "BSD-", "MIT", "HPND", "Unicode-", "X11", "BlueOak-", "PSF-", "Python-", "CNRI-", "W3C", "CC0-",
    "CC-PDDC", "CC-BY-1", "CC-BY-2", "CC-BY-3", "CC-BY-4", "CC-BY-SA-", "OFL-", "Artistic-", "Zlib",
    "zlib-", "Libpng", "libpng-", "libtiff", "IJG", "ICU", "curl", "bzip2-", "NTP", "TCL", "Beerware",
    "blessing", "SMLNJ", "FTL", "Info-ZIP", "Ruby", "PHP-", "PostgreSQL", "Vim", "OLDAP-", "OpenSSL",
    "SSLeay", "GPL-", "LGPL-", "AGPL-", "GFDL-", "MPL-", "EPL-", "CDDL-", "CDLA-Permissive-", "ODbL-", "ODC-By-", "PDDL-",
    "JSON", "ISC", "Spencer-", "Sendmail", "NAIST-", "TU-Berlin-", "Adobe-", "DOC", "GLWTPL",
    "MulanPSL-", "Unlicense", "WTFPL", "FSFAP", "FSFUL", "Bitstream-", "MS-PL", "MS-RL",
];

/// Trove classifiers, several of them separated by lines, commas or semicolons.
fn classifiers(lower: &str) -> bool {
    let open = |one: &str| {
        one.contains("osi approved")
            || one.contains("public domain")
            || one.contains("cc0")
            || one.contains("dfsg approved")
            || one.rsplit("::").next().is_some_and(alternatives)
    };
    let mut parts =
        lower.split(['\n', ',', ';']).map(str::trim).filter(|part| part.contains("::")).peekable();
    parts.peek().is_some() && parts.all(open)
}

/// Free text: one of several licences at choice, or several that apply together.
fn alternatives(lower: &str) -> bool {
    let open = |choice: &str| {
        let together = choice.split([',', ';', '&', '\n']).flat_map(|part| part.split(" and "));
        let mut terms =
            together.map(str::trim).filter(|term| !term.is_empty() && !is_remark(term)).peekable();
        terms.peek().is_some() && terms.all(is_open_name)
    };
    lower.split(['/', '|']).flat_map(|part| part.split(" or ")).any(open)
}

/// Something said in addition to the licence's name.
fn is_remark(term: &str) -> bool {
    ["see ", "version ", "v2", "v3", "2.0", "inc"].iter().any(|start| term.starts_with(start))
}

/// Whether this is how people call an open licence.
fn is_open_name(term: &str) -> bool {
    let term = term.trim_start_matches(['(', '[', '"', '\'']);
    let term = term.split(['(', '[']).next().unwrap_or(term);
    let trimmed = term.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '+');
    if let Some(id) = spdx::identifiers::LICENSES.iter().find(|id| id.name.eq_ignore_ascii_case(trimmed)) {
        return spdx::license_id(id.name).is_some_and(is_open_id);
    }
    let words: Vec<&str> = term
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '+')
        .map(stem)
        .filter(|word| !word.is_empty() && !IDLE.contains(word))
        .collect();
    NAMES.contains(&words.join(" ").as_str())
}

/// A word without a version at its end: `gplv3` gives `gpl`, `2.0` gives nothing.
fn stem(word: &str) -> &str {
    if ["cc0", "x11", "0bsd"].contains(&word) {
        return word;
    }
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '+');
    if stem.len() == word.len() { stem } else { stem.strip_suffix('v').unwrap_or(stem) }
}

/// Words that say nothing about which licence it is.
#[rustfmt::skip]
const IDLE: &[&str] = &[
    "the", "a", "license", "licence", "licenses", "licensed", "licensing", "under", "version", "ver",
    "v", "terms", "of", "style", "like", "type", "dual", "tri", "or", "clause", "clauses", "new", "modified",
    "revised", "simplified", "two", "three", "later", "only", "any", "newer", "plus", "software", "open",
    "source", "file", "gnu", "agreement", "universal", "international", "generic", "unported",
    "standard", "classic", "derived", "is", "it", "s",
];

/// What then remains of the names of open licences.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "mit", "expat", "mit expat", "mit x11", "x11", "mitx", "isc", "bsd", "freebsd", "0bsd", "bsd zero",
    "bsd isc", "bsd mit", "zero bsd", "apache", "apache foundation", "asl", "apl", "apache public",
    "apachesoftware", "al", "asf", "general public", "gpl", "lgpl", "agpl", "lesser general public",
    "library lesser general public", "library general public", "affero general public", "affero gpl",
    "lesser gpl", "general public gpl", "lesser general public lgpl", "mpl", "mozilla", "mozilla public",
    "mozilla public mpl", "epl", "eclipse", "eclipse public", "cddl", "artistic", "perl",
    "perl artistic", "zlib", "libpng", "zlib libpng", "zope public", "zpl", "psf", "psfl",
    "python foundation", "python", "public domain", "publicdomain", "pd", "unlicense", "unlicence",
    "cc0", "creative commons zero", "cc zero", "wtfpl", "do what the fuck you want to public",
    "do what fuck you want to public", "ruby", "rubys", "boost", "bsl", "postgresql", "w3c", "ofl",
    "sil ofl", "sil font", "sil", "eupl", "european union public", "ms pl", "mspl", "microsoft public",
    "ms public", "cc by", "cc by sa", "creative commons attribution",
    "creative commons attribution sharealike", "creative commons attribution share alike", "beerware",
    "beer ware", "hpnd", "historical permission notice and disclaimer", "unicode", "curl", "php", "vim",
    "ncsa", "uiuc", "ncsa uiuc", "afl", "academic free", "osl", "ecl", "cecill", "cecill b", "cecill c",
    "mulanpsl", "upl", "gfdl", "fdl", "free documentation", "tcl", "copyfree", "blue oak model",
    "blueoak", "free public", "fair", "intel", "ibm public", "sleepycat", "qpl", "json", "jquery",
    "node", "common public", "cpl", "ntp", "openssl", "openldap", "pillow", "matplotlib", "numpy",
    "django",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{OpenSources, ReadmeLicence};

    #[test]
    fn open_licences() {
        for licence in [
            "MIT",
            "mit",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "Apache-2.0/MIT",
            "Unlicense/MIT",
            "(MIT OR CC0-1.0)",
            "(MIT AND CC-BY-3.0)",
            "MIT or Apache-2.0",
            "(BSD-3-Clause OR GPL-2.0)",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0+",
            "GPL-2.0",
            "LGPL-2.1",
            "AGPL-3.0-only",
            "BlueOak-1.0.0",
            "CC-BY-4.0",
            "OFL-1.1",
            "Artistic-1.0",
            "Artistic-2.0",
            "Zlib",
            "Python-2.0",
            "PSF-2.0",
            "W3C",
            "W3C-20150513",
            "CC0-1.0",
            "WTFPL",
            "Unlicense",
            "0BSD",
            "MIT-0",
            "MIT-CMU",
            "MPL-2.0",
            "MPL 2.0",
            "Apache-2.0 (as all of org.apache)",
            "BSD-derived (Acme)",
            "EPL-2.0",
            "ISC",
            "BSD",
            "BSD*",
            "BSD License",
            "BSD-like",
            "New BSD",
            "New BSD License",
            "BSD 3-Clause",
            "3-Clause BSD License",
            "BSD-2-Clause-Patent",
            "Modified BSD",
            "MIT License",
            "The MIT License",
            "The MIT License (MIT)",
            "MIT license, see LICENSE",
            "MIT*",
            "[MIT](https://example.org/LICENSE)",
            "Expat",
            "MIT/X11",
            "Apache 2.0",
            "Apache 2",
            "Apache2",
            "Apache v2",
            "Apache License 2.0",
            "Apache License, Version 2.0",
            "Apache Software License",
            "ASL 2.0",
            "GPLv3",
            "GPL v2 or later",
            "GNU GPLv3+",
            "GNU General Public License v3 (GPLv3)",
            "LGPLv2.1+",
            "LGPL",
            "GNU Lesser General Public License",
            "Mozilla Public License 2.0 (MPL 2.0)",
            "PSF",
            "PSFL",
            "Python Software Foundation License",
            "Public Domain",
            "public domain",
            "Dual License: MIT or GPL",
            "MIT, Apache-2.0",
            "MIT & Apache-2.0",
            "Boost Software License 1.0",
            "zlib/libpng",
            "CC0",
            "LICENSE.BSD3",
            "LICENSE-MIT",
            "LICENSE.APACHE.txt",
            "http://opensource.org/licenses/MIT",
            "https://www.apache.org/licenses/LICENSE-2.0",
            "https://licenses.nuget.org/LGPL-2.1-or-later",
            "https://licenses.nuget.org/(MIT OR Apache-2.0)",
            "https://github.com/acme/tools/blob/master/LICENSE.md",
            "https://raw.githubusercontent.com/acme/tools/main/licence.txt",
            "http://tools.codeplex.com/license",
            "License :: OSI Approved :: MIT License",
            "License :: OSI Approved",
            "License :: OSI Approved :: BSD License\nLicense :: OSI Approved :: Apache Software License",
            "License :: Public Domain",
            "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
            "BSD-3-Clause AND LicenseRef-scancode-public-domain",
            "GPLv2-or-later with a special exception which allows to build and distribute other programs",
            "CDLA-Permissive-2.0",
            "MIT OR Apache-2.0\r",
            "(MIT OR Apache-2.0) AND NCSA",
            "Apache-2.0 / MIT",
            "Dual BSD/Apache",
            "BSD 3-Clause License\n\nCopyright (c) 2008-2011, Acme\nAll rights reserved.\n\nRedistribution and use in source and binary forms, with or without modification, are permitted provided that",
        ] {
            assert!(is_open(licence), "{licence}");
        }
    }

    #[test]
    fn words_that_point_to_a_file() {
        for licence in [
            "Apache licensed, as found in the LICENSE file",
            "see the LICENSE file in the repository's license file",
        ] {
            assert!(is_elsewhere(licence), "{licence}");
        }
        for licence in
            ["Proprietary, see the LICENSE file", "All rights reserved. See the license file", "Acme licence"]
        {
            assert!(!is_elsewhere(licence), "{licence}");
        }
    }

    #[test]
    fn other_licences() {
        for licence in [
            "UNLICENSED",
            "unlicensed",
            "SEE LICENSE IN README.md",
            "see license in LICENSE",
            "LicenseRef-Acme",
            "MIT AND LicenseRef-Acme",
            "Proprietary",
            "Commercial",
            "Acme EULA",
            "License :: Other/Proprietary License",
            "License :: OSI Approved :: MIT License\nLicense :: Other/Proprietary License",
            "License :: Free For Educational Use",
            "BUSL-1.1",
            "SSPL-1.0",
            "Elastic-2.0",
            "PolyForm-Noncommercial-1.0.0",
            "CC-BY-NC-4.0",
            "CC-BY-NC-SA-4.0",
            "CC-BY-ND-4.0",
            "Apache-2.0 with Commons Clause",
            "Apache 2.0 with Commons Clause",
            "Copyright Acme. All rights reserved.",
            "https://acme.example/eula",
            "https://acme.example/blob/main/LICENSE",
            "https://github.com/acme/tools/wiki/Licensing",
            "https://github.com/acme/tools",
            "https://licenses.nuget.org/BUSL-1.1",
            "none",
            "custom",
            "license",
            "2.0",
            ",",
            "/",
            "::",
            "",
        ] {
            assert!(!is_open(licence), "{licence}");
        }
    }

    #[test]
    fn says_why() {
        let package = |license: Option<&str>, private| Package {
            license: license.map(str::to_owned),
            private,
            manifest: "package/package.json".to_owned(),
            ..Package::default()
        };
        let choice = |license, private| choose(Some(&package(license, private)), &[]);
        assert_eq!(choice(Some("MIT"), false), ("open-source", "licence \"MIT\"".to_owned()));
        assert_eq!(choice(Some("UNLICENSED"), false), ("proprietary", "licence \"UNLICENSED\"".to_owned()));
        assert_eq!(choice(None, false), ("proprietary", "no licence in package.json".to_owned()));
        assert_eq!(choice(Some(" "), false), ("proprietary", "no licence in package.json".to_owned()));
        assert_eq!(choice(Some("MIT"), true), ("proprietary", "package.json forbids publishing".to_owned()));
        assert_eq!(choose(None, &[]), ("proprietary", "no manifest".to_owned()));
        let with_files = |license: Option<&str>, files: &[(&str, Option<&'static str>)]| {
            let file = |(path, licence): &(&str, Option<&'static str>)| LicenceFile {
                path: (*path).to_owned(),
                licence: *licence,
                grants: path.ends_with(".own"),
            };
            let licence_files = files.iter().map(file).collect();
            choose(Some(&Package { licence_files, ..package(license, false) }), &[]).1
        };
        for (whole, because) in [(true, ", but its source files begin with an open one"), (false, "")] {
            let open_sources = Some(OpenSources { files: 2, whole });
            let (policy, why) = choose(Some(&Package { open_sources, ..package(None, false) }), &[]);
            assert_eq!(
                (policy == "open-source", why),
                (whole, format!("no licence in package.json{because}"))
            );
        }
        let mit = ("package/LICENSE", Some("MIT"));
        assert_eq!(with_files(None, &[mit]), "no licence in package.json, but LICENSE is the text of MIT");
        for elsewhere in [
            "SEE LICENSE IN LICENSE.md",
            "SEE LICENSE IN 'LICENSE.md'",
            "SEE LICENSE IN <LICENSE>",
            "see LICENSE",
            "LICENSE",
            "LICENSE.txt",
            "https://git.example/a/blob/main/LICENSE",
        ] {
            assert!(with_files(Some(elsewhere), &[mit]).ends_with("is the text of MIT"), "{elsewhere}");
            assert_eq!(with_files(Some(elsewhere), &[]), quoted(elsewhere));
            assert_eq!(with_files(Some(elsewhere), &[mit, ("package/LICENSE.ee", None)]), quoted(elsewhere));
        }
        let own = ("package/LICENSE.own", None);
        let opened = "LICENSE.own lets everybody copy and change it";
        assert_eq!(with_files(None, &[own]), format!("no licence in package.json, but {opened}"));
        let named = "LicenseRef-Acme-License-Agreement";
        assert_eq!(with_files(Some(named), &[own]), format!("licence \"{named}\", but {opened}"));
        assert_eq!(with_files(Some(named), &[own, ("package/LICENSE.ee", None)]), quoted(named));
        for closed in ["LicenseRef-Acme-Proprietary", "LicenseRef-Acme-EULA", "UNLICENSED"] {
            assert_eq!(with_files(Some(closed), &[own]), quoted(closed));
        }
        for closed in ["UNLICENSED", "Acme EULA", "LicenseRef-Acme", "Commercial, see LICENSE"] {
            assert_eq!(with_files(Some(closed), &[mit]), quoted(closed));
        }
        let in_readme = |words: &str| {
            let said = ReadmeLicence { path: "package/Readme.md".to_owned(), words: words.to_owned() };
            choose(Some(&Package { readme_licence: Some(said), ..package(None, false) }), &[]).1
        };
        let none = "no licence in package.json";
        assert_eq!(
            in_readme("(The MIT License)"),
            format!("{none}, but Readme.md says licence \"(The MIT License)\"")
        );
        for closed in ["Ask us for one.", "Acme EULA", "Commercial"] {
            assert_eq!(in_readme(closed), none);
        }
        let long = format!("Acme\u{1b}[31m {}\nmore", "x".repeat(500));
        let (_, because) = choice(Some(&long), false);
        assert!(because.len() < 90 && !because.contains('\u{1b}') && because.ends_with("...\""), "{because}");
    }
}
