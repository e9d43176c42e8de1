//! Licences as ecosystems write them, converted to SPDX where the meaning is certain.

/// An SPDX expression for a licence written freely (`Apache License 2.0`), or the text as it is.
pub(super) fn from_free_text(text: &str) -> Option<String> {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default().trim();
    if first.is_empty() || first.eq_ignore_ascii_case("unknown") || first.eq_ignore_ascii_case("none") {
        return None;
    }
    if spdx::Expression::parse(first).is_ok() {
        return Some(first.to_owned());
    }
    let plain = first.trim_end_matches('.').trim();
    for candidate in [plain, plain.trim_start_matches("The ").trim_start_matches("the ")] {
        if let Some((id, used)) = spdx::imprecise_license_id(candidate) {
            let rest = candidate.get(used..).unwrap_or_default().trim();
            if rest.is_empty() || rest.eq_ignore_ascii_case("license") || rest.eq_ignore_ascii_case("licence")
            {
                return Some(id.name.to_owned());
            }
        }
        if let Some((_, id)) = FREE.iter().find(|(name, _)| name.eq_ignore_ascii_case(candidate)) {
            return Some((*id).to_owned());
        }
    }
    if let Some(id) = from_text(text) {
        return Some(id.to_owned());
    }
    let mut shortened: String = first.chars().take(200).collect();
    if shortened.len() < text.len() && !text.contains('\n') {
        shortened.push('…');
    }
    Some(shortened)
}

/// The licence whose whole text this is, going by its first significant sentence.
fn from_text(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split_whitespace().take(2_000).collect();
    let words = words.join(" ").to_lowercase();
    let known = TEXTS.iter().find(|(phrases, _)| phrases.iter().all(|phrase| words.contains(phrase)));
    known.map(|(_, id)| *id).or_else(|| from_notice(&words))
}

/// The licence of a text that begins with the words by which programs are put under one of GNU's. Further down they are
/// about something that the program brings.
fn from_notice(words: &str) -> Option<&'static str> {
    const SOON: usize = 600;
    const FREE: &str = "is free software";
    const TERMS: &str = "redistribute it and/or modify it under the terms of the gnu ";
    const LICENCES: [(&str, &str); 3] = [
        ("general public", "GPL-3.0-or-later"),
        ("lesser general public", "LGPL-3.0-or-later"),
        ("affero general public", "AGPL-3.0-or-later"),
    ];
    let at = words.find(TERMS).filter(|at| *at <= SOON)?;
    words.get(..at).filter(|before| before.contains(FREE))?;
    let name = words.get(at + TERMS.len()..)?;
    LICENCES.iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, id)| *id)
}

/// Phrases that together occur in one licence only; the more specific first.
const TEXTS: &[(&[&str], &str)] = &[
    (&["permission is hereby granted, free of charge, to any person", "the above copyright notice"], "MIT"),
    (&["permission to use, copy, modify, and", "distribute this software", "copyright notice"], "ISC"),
    (&["redistribution and use in source and binary forms", "neither the name"], "BSD-3-Clause"),
    (&["redistribution and use in source and binary forms"], "BSD-2-Clause"),
    (&["apache license version 2.0"], "Apache-2.0"),
];

/// Names in use that say one licence and aren't SPDX.
const FREE: &[(&str, &str)] = &[
    ("BSD", "BSD-3-Clause"),
    ("BSD License", "BSD-3-Clause"),
    ("BSD-like", "BSD-3-Clause"),
    ("New BSD", "BSD-3-Clause"),
    ("New BSD License", "BSD-3-Clause"),
    ("Modified BSD License", "BSD-3-Clause"),
    ("BSD 3-Clause", "BSD-3-Clause"),
    ("BSD 3-Clause License", "BSD-3-Clause"),
    ("3-Clause BSD License", "BSD-3-Clause"),
    ("BSD (3-Clause)", "BSD-3-Clause"),
    ("BSD 2-Clause", "BSD-2-Clause"),
    ("BSD 2-Clause License", "BSD-2-Clause"),
    ("Simplified BSD", "BSD-2-Clause"),
    ("MIT license", "MIT"),
    ("Expat", "MIT"),
    ("Apache", "Apache-2.0"),
    ("Apache 2", "Apache-2.0"),
    ("Apache 2.0", "Apache-2.0"),
    ("Apache-2", "Apache-2.0"),
    ("Apache License", "Apache-2.0"),
    ("Apache Software License", "Apache-2.0"),
    ("Apache Software License 2.0", "Apache-2.0"),
    ("Apache License 2.0", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("Apache License Version 2.0", "Apache-2.0"),
    ("Apache 2.0 License", "Apache-2.0"),
    ("PSF", "PSF-2.0"),
    ("PSF License", "PSF-2.0"),
    ("PSFL", "PSF-2.0"),
    ("Python Software Foundation License", "PSF-2.0"),
    ("MPL", "MPL-2.0"),
    ("MPL 2.0", "MPL-2.0"),
    ("LGPL", "LGPL-3.0-or-later"),
    ("GPL", "GPL-3.0-or-later"),
    ("GPLv2", "GPL-2.0-only"),
    ("GPLv3", "GPL-3.0-only"),
    ("GPLv3+", "GPL-3.0-or-later"),
    ("LGPLv3", "LGPL-3.0-only"),
    ("LGPLv3+", "LGPL-3.0-or-later"),
    ("Public Domain", "Unlicense"),
    ("Zope Public License", "ZPL-2.1"),
    ("ZPL 2.1", "ZPL-2.1"),
    ("HPND", "HPND"),
    ("Dual License", "Apache-2.0 OR BSD-3-Clause"),
];

/// The SPDX identifier that a `License ::` trove classifier stands for.
pub(super) fn from_classifier(classifier: &str) -> Option<&'static str> {
    let name = classifier.trim().strip_prefix("License ::")?.trim();
    let name = name.strip_prefix("OSI Approved ::").unwrap_or(name).trim();
    CLASSIFIERS.iter().find(|(known, _)| *known == name).map(|(_, id)| *id)
}

const CLASSIFIERS: &[(&str, &str)] = &[
    ("Academic Free License (AFL)", "AFL-3.0"),
    ("Apache Software License", "Apache-2.0"),
    ("Artistic License", "Artistic-2.0"),
    ("BSD License", "BSD-3-Clause"),
    ("Blue Oak Model License (BlueOak-1.0.0)", "BlueOak-1.0.0"),
    ("Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
    ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
    ("CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)", "CECILL-2.1"),
    ("Common Development and Distribution License 1.0 (CDDL-1.0)", "CDDL-1.0"),
    ("Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0"),
    ("Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"),
    ("European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1"),
    ("European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"),
    ("GNU Affero General Public License v3", "AGPL-3.0-only"),
    ("GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"),
    ("GNU General Public License (GPL)", "GPL-2.0-or-later"),
    ("GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
    ("GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"),
    ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
    ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
    ("GNU Lesser General Public License v2 (LGPLv2)", "LGPL-2.0-only"),
    ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
    ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
    ("GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"),
    ("GNU Library or Lesser General Public License (LGPL)", "LGPL-2.0-or-later"),
    ("Historical Permission Notice and Disclaimer (HPND)", "HPND"),
    ("ISC License (ISCL)", "ISC"),
    ("MIT License", "MIT"),
    ("MIT No Attribution License (MIT-0)", "MIT-0"),
    ("Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    ("Mulan Permissive Software License v2 (MulanPSL-2.0)", "MulanPSL-2.0"),
    ("Python Software Foundation License", "PSF-2.0"),
    ("The Unlicense (Unlicense)", "Unlicense"),
    ("Universal Permissive License (UPL)", "UPL-1.0"),
    ("University of Illinois/NCSA Open Source License", "NCSA"),
    ("Zero-Clause BSD (0BSD)", "0BSD"),
    ("Zope Public License", "ZPL-2.1"),
    ("zlib/libpng License", "Zlib"),
    ("Public Domain", "Unlicense"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text() {
        for (text, expected) in [
            ("MIT", "MIT"),
            ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
            ("MIT License", "MIT"),
            ("Apache License 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("BSD 3-Clause License\n\nCopyright (c) 2010", "BSD-3-Clause"),
            ("Acme Commercial", "Acme Commercial"),
            ("Copyright Acme\nRedistribution and use in source\nand binary forms", "BSD-2-Clause"),
            ("Redistribution and use in source and binary forms. Neither the name", "BSD-3-Clause"),
            ("Copyright Acme\nAll rights reserved", "Copyright Acme"),
            (
                "Acme version 1.3\n\nThis program is free software; you can redistribute it and/or modify\n  it under the terms of the GNU General Public License as published",
                "GPL-3.0-or-later",
            ),
            (
                "Acme 2\nIt is free software: you can redistribute it and/or modify it under the terms of the GNU Lesser General Public License",
                "LGPL-3.0-or-later",
            ),
            (
                "Acme 3\nNobody may redistribute it and/or modify it under the terms of the GNU General Public License",
                "Acme 3",
            ),
        ] {
            assert_eq!(from_free_text(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(from_free_text("UNKNOWN"), None);
        assert_eq!(from_free_text(" "), None);
    }

    #[test]
    fn classifiers() {
        assert_eq!(from_classifier("License :: OSI Approved :: MIT License"), Some("MIT"));
        assert_eq!(from_classifier("License :: Other/Proprietary License"), None);
        for (name, id) in CLASSIFIERS {
            assert!(spdx::license_id(id).is_some(), "{name}: {id}");
        }
        for (name, id) in FREE {
            assert!(spdx::Expression::parse(id).is_ok(), "{name}: {id}");
        }
    }
}
