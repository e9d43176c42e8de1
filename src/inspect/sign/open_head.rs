//! Source files whose first comment says that everybody has their source: in a jar the licence may stand nowhere else.

use crate::inventory::OPEN_HEAD_LANGUAGES;

use super::content::text_start;

/// So far into a file its first comment is read, in bytes.
const LONGEST: usize = 4_000;

/// What the notices of open licences say, and nobody else.
const NOTICES: &[&str] = &[
    "under the apache license, version 2.0",
    "under the terms of the gnu general public license",
    "under the terms of the gnu lesser general public license",
    "under the terms of the gnu library general public license",
    "under the terms of the gnu affero general public license",
    "under the terms of the eclipse public license",
    "are covered by the eclipse public license",
    "under the terms and conditions of the common development and distribution license",
    "subject to the terms of the common development and distribution license",
    "subject to the terms of the mozilla public license",
    "subject to the mozilla public license",
    "redistribution and use in source and binary forms, with or without modification, are permitted",
    "permission is hereby granted, free of charge, to any person obtaining a copy",
    "permission to use, copy, modify, and distribute this software",
    "permission to use, copy, modify, and/or distribute this software",
    "licensed under the mit license",
    "governed by the apache 2.0 license",
    "governed by a bsd-style license",
    "governed by an mit-style license",
];

/// Words with which a comment speaks of somebody else's code, or takes something back.
const RESTRICTIONS: &[&str] = &[
    "proprietary",
    "confidential",
    "trade secret",
    "unpublished",
    "commons clause",
    "license agreement",
    "license terms",
    "portions of this file",
    "portions are",
    "portions licensed",
    "derived from",
    "based on",
    "third party",
    "third-party",
];

const SPDX: &str = "spdx-license-identifier:";

/// Whether a file is a source file whose first comment gives everybody the source.
pub(super) fn shows(path: &str, bytes: &[u8]) -> bool {
    OPEN_HEAD_LANGUAGES.iter().any(|end| path.ends_with(end)) && is_open(bytes)
}

/// Whether a source file that is packed as data is one whose first comment gives everybody the source: `A.java.src`.
pub(super) fn shows_as_data(path: &str, bytes: &[u8]) -> bool {
    path.rsplit_once('.').is_some_and(|(path, _)| shows(path, bytes))
}

fn is_open(bytes: &[u8]) -> bool {
    let text = text_start(bytes);
    let text = String::from_utf8_lossy(text.get(..LONGEST.min(text.len())).unwrap_or_default());
    let is_code = |line: &&str| {
        ["package ", "import ", "public ", "class ", "(ns ", "(in-ns "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let lines = text.lines().map(|line| line.trim_start_matches([' ', '\t', '*', '/', '!', ';']).trim_end());
    let head: Vec<&str> = lines.take_while(|line| !is_code(line)).collect();
    let said = head.iter().find_map(|line| {
        let start = line.to_ascii_lowercase().find(SPDX)?;
        line.get(start + SPDX.len()..)
    });
    if let Some(said) = said {
        return is_open_expression(said.trim_end_matches("*/").trim());
    }
    let words: Vec<&str> = head.iter().flat_map(|line| line.split_whitespace()).collect();
    let words = words.join(" ").to_lowercase();
    NOTICES.iter().any(|notice| words.contains(notice))
        && !RESTRICTIONS.iter().any(|word| words.contains(word))
}

fn is_open_expression(expression: &str) -> bool {
    spdx::Expression::parse(expression).is_ok_and(|expression| {
        let is_open = |id: spdx::LicenseId| id.is_osi_approved() || id.is_fsf_free_libre();
        expression.evaluate(|wanted| wanted.license.id().is_some_and(is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APACHE: &str = " * Licensed under the Apache License, Version 2.0 (the \"License\");\n";

    #[test]
    fn heads_of_open_sources() {
        for text in [
            format!("/*\n * Copyright (C) 2012 The Acme Authors\n *\n{APACHE} */\npackage acme;\n"),
            "/* SPDX-License-Identifier: EPL-2.0 */\npackage acme;\n".to_owned(),
            "// SPDX-License-Identifier: GPL-2.0-only OR LicenseRef-Acme\nclass A {}\n".to_owned(),
            "\u{FEFF}/*\n * This is free; you can redistribute it and/or modify it\n * under the terms of the GNU General\n * Public License version 2 only.\n */\nimport a.B;\n".to_owned(),
            "//  Redistribution and use in source and binary forms, with or without\n//  modification, are permitted\npackage a;".to_owned(),
        ] {
            assert!(shows("acme/A.java", text.as_bytes()), "{text}");
            assert!(!shows("acme/A.txt", text.as_bytes()), "{text}");
            assert!(shows_as_data("acme/A.java.src", text.as_bytes()), "{text}");
            assert!(!shows_as_data("acme/sources.txt", text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn heads_of_open_clojure() {
        let head = ";; Copyright (c) Acme. The use and\n;; distribution terms for this software are covered by the Eclipse Public\n;; License 1.0\n\n(ns acme.core)\n";
        assert!(shows("acme/core.clj", head.as_bytes()));
        assert!(!shows("acme/core.clj", format!("(ns acme.core)\n{head}").as_bytes()));
        assert!(!shows("acme/core.clj", b";; Copyright (c) Acme.\n(ns acme.core)\n"));
    }

    #[test]
    fn heads_that_give_nothing_away() {
        for text in [
            "package acme;\n".to_owned(),
            format!("package acme;\n/*\n{APACHE} */\n"),
            "/* Copyright Acme. All rights reserved. */\npackage acme;\n".to_owned(),
            format!("/*\n * A trade secret of Acme.\n{APACHE} */\npackage acme;\n"),
            format!("/*\n * Copyright Acme. Portions of this file are\n{APACHE} */\npackage acme;\n"),
            "/* SPDX-License-Identifier: LicenseRef-Acme */\npackage acme;\n".to_owned(),
            "/* SPDX-License-Identifier: MIT AND LicenseRef-Acme */\npackage acme;\n".to_owned(),
            "/* SPDX-License-Identifier: BUSL-1.1 */\npackage acme;\n".to_owned(),
            format!("{}{APACHE}", "// x\n".repeat(2_000)),
        ] {
            assert!(!shows("acme/A.java", text.as_bytes()), "{text}");
        }
    }
}
