//! Licence files: whether each is the text of a well-known licence, or one of its own that gives the source away just
//! so. Asked only where the manifest doesn't say.

use std::borrow::Cow;
use std::sync::LazyLock;

use spdx::detection::{Store, TextData};

use crate::inventory::{Defect, DefectKind, Entry, Inventory, Kind, LicenceFile, ManifestFile, Package};

/// The texts that build.rs takes from the SPDX list, as `policies/licences.toml` names them.
const KNOWN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/licences.rs"));

/// Longest file that is compared, in bytes; the longest known text is half that size.
const LONGEST: usize = 80_000;

/// How similar two texts have to be. Names, years and a missing appendix cost a few hundredths; an extra clause costs
/// at least a tenth of all but the longest licences.
const ALIKE: f32 = 0.92;

/// How alike it is with lines of its own around it, at least.
const HALF: f32 = 0.6;

/// Words of conditions that people put around the text of an open licence.
const CONDITIONS: &[&str] = &[
    "commons clause",
    "proprietary and confidential",
    "proprietary information",
    "non-commercial use only",
    "noncommercial use only",
    "evaluation purposes",
    "may not be used commercially",
    "confidential information",
];

/// The sentences with which texts of their own give the source away, as people write them anew.
const GRANTS: &[&str] = &[
    "redistribution and use in source and binary forms, with or without modification, are permitted",
    "permission is hereby granted, free of charge, to any person obtaining a copy",
    "permission to use, copy, modify, and distribute this software",
    "permission to use, copy, modify and distribute this software",
    "permission to use, copy, modify, and/or distribute this software",
    "permission is hereby granted to use, copy, modify, and distribute this software",
    "redistribute it and/or modify it under the terms of the gnu ",
];

/// How the texts of the GNU licences begin, which themselves have words that take back.
const GNU: &[&str] = &[
    "gnu general public license version 2, june 1991",
    "gnu general public license version 3, 29 june 2007",
    "gnu lesser general public license version 2.1, february 1999",
    "gnu lesser general public license version 3, 29 june 2007",
    "gnu affero general public license version 3, 19 november 2007",
];

/// Words that a text of its own has only where it takes something back, or where the grant is somebody else's.
#[rustfmt::skip]
const RESTRICTIONS: &[&str] = &[
    "proprietary", "confidential", "commercial", "trade secret", "end user license", "eula", "licensee", "subscription",
    "reverse engineer", "decompile", "disassemble", "evaluation", "internal use", "academic", "educational purpose",
    "research purpose", "unauthorized", "unauthorised", "strictly prohibited", "you may not", "shall not be distributed",
    "no part of", "third party", "third-party", "not be redistributed", "without a license",
];

/// What says that there are two licences to choose from, and those free ones that are offered beside one for money.
const DUAL: &[&str] = &["dual-licens", "dual licens", "dually licensed"];
const FREE: &[&str] = &[
    "under the gnu general public license",
    "gnu general public license version",
    "gnu general public license, version",
    "gnu affero general public license version",
    "gnu affero general public license, version",
];

/// Pages that have the licence of a Java archive: Eclipse's plug-ins have the second one.
const PAGES: [&str; 2] = ["license.html", "about.html"];

/// How Eclipse's page begins.
const ECLIPSE: &str = "is provided to you under the terms and conditions of the eclipse public license";

/// Endings of programs and pages that are about licences.
#[rustfmt::skip]
const CODE: &[&str] = &[
    "js", "ts", "jsx", "tsx", "mjs", "cjs", "coffee", "json", "py", "rb", "rs", "go", "java", "kt", "php", "vue", "html",
    "css", "scss", "less", "xml", "yml",
];

/// Whether a path is that of a licence file of the package itself.
pub(super) fn is_licence_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let depth = folder.split('/').filter(|segment| !segment.is_empty()).count();
    // `demo-1.0.dist-info/licenses/LICENSE` is the deepest.
    if depth > 2 || depth == 2 && !folder.ends_with(".dist-info/licenses") {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let (stem, end) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    if PAGES.contains(&lower.as_str()) {
        return true;
    }
    let is_code = CODE.contains(&end);
    let is_of_others = ["third", "3rd", "notice", "thirdparty", "dependencies", "vendor", "assets", "fonts"]
        .iter()
        .any(|word| lower.contains(word));
    let is_of_pages = lower.split(['-', '_', '.', ' ']).any(|word| matches!(word, "doc" | "docs"));
    let mut words = stem.split(['-', '_', '.', ' ']);
    let is_named = words.any(|word| matches!(word, "license" | "licence" | "copying" | "unlicense"));
    is_named && !is_code && !is_of_others && !is_of_pages
}

/// The package's licence files, each with the licence whose text it is. `unpacks` tells the archives within the
/// artifact whose files are the package's, too.
pub(super) fn read(
    inventory: &Inventory,
    package: &Package,
    unpacks: impl Fn(&Entry) -> bool,
) -> Vec<LicenceFile> {
    let is_own = |kept: &&ManifestFile| {
        let parent = inventory.entry(kept.entry).and_then(|entry| entry.parent);
        parent.is_none_or(|parent| inventory.entry(parent).is_some_and(&unpacks))
    };
    let files = inventory
        .manifests
        .iter()
        .filter(|kept| is_licence_file(&kept.path) && stands_beside(&kept.path, &package.root))
        .filter(is_own);
    let read = |kept: &ManifestFile| {
        // older ones are in Latin-1
        let text = String::from_utf8_lossy(&kept.bytes);
        let text = bare(&text);
        let licence = known(&text);
        let grants = licence.is_none()
            && (grants(&text) || is_notice(&text, &kept.path) || is_outside_of_kept(&text, inventory));
        LicenceFile { path: kept.path.clone(), licence, grants }
    };
    let (pages, texts): (Vec<&ManifestFile>, Vec<&ManifestFile>) =
        files.partition(|kept| is_page(&kept.path));
    let texts: Vec<LicenceFile> = texts.into_iter().map(read).collect();
    if inventory.kind != Kind::Jar {
        return texts;
    }
    // What was merged into an archive has its own in META-INF, where they meet.
    let is_at_top = |file: &LicenceFile| !file.path.contains('/');
    if texts.iter().any(is_at_top) {
        return texts.into_iter().filter(is_at_top).collect();
    }
    if texts.is_empty() { pages.into_iter().filter_map(of_page).collect() } else { texts }
}

/// The text of a licence that stands in a comment, as it is copied from the head of a source file.
fn bare(text: &str) -> Cow<'_, str> {
    const MARKS: [&str; 5] = ["#", "//", ";;", "--", "*"];
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mark = MARKS.iter().find(|mark| lines().all(|line| line.starts_with(**mark)));
    let Some(mark) = mark.filter(|_| lines().count() > 1) else { return Cow::Borrowed(text) };
    let without = |line| str::trim(line).trim_start_matches(mark);
    Cow::Owned(text.lines().map(without).collect::<Vec<_>>().join("\n"))
}

fn is_page(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    PAGES.iter().any(|page| name.eq_ignore_ascii_case(page))
}

/// What a page says, if it is a licence that is known.
fn of_page(kept: &ManifestFile) -> Option<LicenceFile> {
    let text = shown(std::str::from_utf8(&kept.bytes).ok()?);
    let is_of_eclipse = || {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        words.contains(ECLIPSE) && !CONDITIONS.iter().any(|condition| words.contains(condition))
    };
    let licence = known(&text).or_else(|| is_of_eclipse().then_some("EPL-2.0"))?;
    Some(LicenceFile { path: kept.path.clone(), licence: Some(licence), grants: false })
}

/// The text that a page shows.
fn shown(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let texts = body.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text));
    let text: Vec<&str> = texts.collect();
    String::from_utf8_lossy(&crate::decode::entities::plain(text.join(" ").as_bytes())).into_owned()
}

/// Licence files that say nothing, and one that the manifest names and that isn't there.
pub(super) fn defects(inventory: &Inventory, package: &Package) -> Vec<Defect> {
    let own = inventory.manifests.iter().filter(|kept| is_licence_file(&kept.path) && !is_page(&kept.path));
    let mut found: Vec<Defect> = own
        .filter(|kept| stands_beside(&kept.path, &package.root))
        .filter_map(|kept| {
            let path = only_a_path(&kept.bytes)?;
            let subject = format!("{} is `{path}`", kept.path);
            Some(Defect { kind: DefectKind::LicenceIsPath, field: kept.path.clone(), subject, line: None })
        })
        .collect();
    let named = package.license.as_deref().and_then(|licence| licence.strip_prefix("SEE LICENSE IN "));
    let is_file = |name: &&str| {
        !name.is_empty() && !name.contains([' ', ':']) && name.contains(|c: char| c.is_alphabetic())
    };
    if let Some(name) = named.map(str::trim).filter(is_file) {
        let name = name.trim_matches(['<', '>', '\'', '"', '`']).trim_start_matches("./");
        // vsce gives a licence without an ending one.
        let packed = format!("{name}.txt");
        let is_it = |path: &str| {
            path.eq_ignore_ascii_case(name)
                || inventory.kind == Kind::Vsix && path.eq_ignore_ascii_case(&packed)
        };
        let below = |path: &str| match package.root.as_str() {
            "" => is_it(path),
            root => path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_it),
        };
        if !inventory.top_files().any(|entry| below(&entry.path)) {
            found.push(Defect {
                kind: DefectKind::LicenceAbsent,
                field: "license".to_owned(),
                subject: name.to_owned(),
                line: None,
            });
        }
    }
    found
}

/// What a symbolic link becomes where it is checked out or packed as a text.
fn only_a_path(bytes: &[u8]) -> Option<&str> {
    const LONGEST: usize = 120;
    let text = std::str::from_utf8(bytes.get(..LONGEST.min(bytes.len()))?).ok()?.trim();
    let is_path = bytes.len() < LONGEST
        && text.starts_with("../")
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "./_-".contains(c));
    is_path.then_some(text)
}

/// Whether a file is the package's own: in its folder, or in an archive's folder of metadata.
fn stands_beside(path: &str, root: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder == root
        || root.is_empty() && (folder == "META-INF" || folder.contains(".dist-info") || folder == "extension")
}

/// The licence that a text is.
fn known(text: &str) -> Option<&'static str> {
    static STORE: LazyLock<Store> = LazyLock::new(|| {
        let mut store = Store::new();
        for (name, text) in KNOWN {
            store.add_license((*name).to_owned(), TextData::new(text));
        }
        store
    });
    let lower = text.to_lowercase();
    if text.len() > LONGEST || CONDITIONS.iter().any(|words| lower.contains(words)) {
        return None;
    }
    let own = TextData::new(text);
    let found = STORE.analyze(&own);
    let is_alike = found.score >= ALIKE || found.score >= HALF && is_within(&own, found.data);
    KNOWN.iter().map(|(name, _)| *name).find(|name| is_alike && *name == found.name)
}

/// Whether a text is all of a licence behind a few lines of its own, say on who wrote what, that take nothing back.
fn is_within(text: &TextData, licence: &TextData) -> bool {
    /// Lines around it.
    const MOST: usize = 40;
    const NOT_ALL: [&str; 5] = ["includes", "contains", "portion", "parts of", "except for"];
    let (best, score) = text.optimize_bounds(licence);
    let (start, end) = best.lines_view();
    let (before, behind) = (text.lines().get(..start), text.lines().get(end..));
    let (before, behind) = (before.unwrap_or_default(), behind.unwrap_or_default());
    let around = [before, behind].concat().join(" ").to_lowercase();
    let takes_back = [RESTRICTIONS, CONDITIONS, &NOT_ALL].concat().iter().any(|words| around.contains(words));
    score >= ALIKE && before.len() + behind.len() <= MOST && !takes_back
}

/// Whether a text of its own gives everybody the source: it says so early, and takes nothing back.
fn grants(text: &str) -> bool {
    /// So far from the beginning the grant stands at most: further down it is that of something in the package.
    const EARLY: usize = 2_000;
    if text.len() > LONGEST {
        return false;
    }
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let beginning: String = words.chars().take(EARLY).collect();
    // One of two licences is enough: who takes it has the source.
    let has = |sought: &[&str]| sought.iter().any(|words_of_it| beginning.contains(words_of_it));
    if has(DUAL) && has(FREE) {
        return true;
    }
    // what stands before the whole text of one gives more, or says which parts are others'
    let takes_back = |words: &str| RESTRICTIONS.iter().any(|words_of_it| words.contains(words_of_it));
    let preface = GNU.iter().filter_map(|text| words.find(text)).min().filter(|at| *at <= EARLY);
    if preface.and_then(|end| words.get(..end)).is_some_and(|preface| !takes_back(preface)) {
        return true;
    }
    if begins_with_all_of_one(&words, takes_back) {
        return true;
    }
    let early = GRANTS.iter().any(|grant| words.find(grant).is_some_and(|at| at <= EARLY));
    // what lies in a folder of that name is somebody else's, and takes nothing back of the rest
    let words = words.replace("third-party/", "").replace("third_party/", "");
    // nobody's are warranted
    let words = words.replace("infringement of third party rights", "");
    early && !takes_back(&words)
}

/// Whether a text is what Apache's licence has people write at the head of their files, perhaps with lines of their own
/// around it. In a file that says by its name what it is for (`LICENSE-colors`) they may say that it is a part.
fn is_notice(text: &str, path: &str) -> bool {
    const BEGIN: &str = "licensed under the apache license, version 2.0";
    const END: &str = "limitations under the license.";
    const PARTS: [&str; 5] = ["includes", "contains", "portion", "parts of", "except for"];
    /// Letters of lines of its own.
    const MOST: usize = 2_000;
    if text.len() > LONGEST {
        return false;
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let around = words
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some([before, rest.split_once(END)?.1].concat()))
        .filter(|around| around.len() <= MOST);
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_of_part = name.contains(['-', '_']);
    let takes_back = |around: &str| {
        let has = |words: &[&str]| words.iter().any(|word| around.contains(word));
        has(RESTRICTIONS) || has(CONDITIONS) || !is_of_part && has(&PARTS)
    };
    around.is_some_and(|around| !takes_back(&around))
}

/// Whether a text keeps some folders back, gives all that is outside of these away, and none of these is in the artifact:
/// GitLab wrote it first, and many whose product has an edition for money have it from there.
fn is_outside_of_kept(text: &str, inventory: &Inventory) -> bool {
    const OUTSIDE: [&str; 3] = [
        "outside of the above-mentioned directories",
        "outside of the above mentioned directories",
        // Strapi's
        "if (a) you are not accessing or using the software that resides under",
    ];
    /// Letters between that and the name of the licence.
    const NEAR: usize = 320;
    if text.len() > LONGEST {
        return false;
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let words = words.replace(['\u{201c}', '\u{201d}'], "\"");
    let Some((kept, given)) = OUTSIDE.iter().find_map(|outside| words.split_once(outside)) else {
        return false;
    };
    let is_given = given.chars().take(NEAR).collect::<String>().contains("under the \"mit")
        && given.contains("permission is hereby granted, free of charge, to any person obtaining a copy");
    // each folder is named in quotes before the word
    let parts: Vec<&str> = kept.split('"').collect();
    let named = parts.iter().skip(1).step_by(2).zip(parts.iter().skip(2).step_by(2));
    let folders: Vec<&str> = named
        .filter(|(_, behind)| behind.trim_start().starts_with("director"))
        .map(|(name, _)| name.trim_matches('/'))
        .filter(|name| !name.is_empty())
        .collect();
    let is_kept = |path: &str| {
        let path = format!("/{}", path.to_lowercase());
        folders.iter().any(|folder| path.contains(&format!("/{folder}/")))
    };
    is_given
        && !folders.is_empty()
        && !CONDITIONS.iter().any(|not| words.contains(not))
        && !inventory.files().any(|entry| is_kept(&entry.path))
}

/// Whether all of a grant stands at the beginning, with nothing before it that takes back: what follows, under heads of its
/// own, is the licence of parts that others made.
fn begins_with_all_of_one(words: &str, takes_back: impl Fn(&str) -> bool) -> bool {
    const SOON: usize = 800;
    const ENDS: &[&str] = &["dealings in the software", "possibility of such damage"];
    #[rustfmt::skip]
    const NOT_ALL: &[&str] = &[
        "commercial use", "commercial purpose", "for commercial", "used commercially", "non-commercial", "noncommercial",
        "production use", "internal use",
    ];
    let start = GRANTS.iter().filter_map(|grant| words.find(grant)).min().filter(|at| *at <= SOON);
    let Some((start, rest)) = start.and_then(|start| Some((start, words.get(start..)?))) else {
        return false;
    };
    let Some(end) = ENDS.iter().filter_map(|end| rest.find(end)).min() else { return false };
    let is_whole = words.get(..start + end).is_some_and(|whole| !takes_back(whole));
    is_whole && ![NOT_ALL, CONDITIONS].concat().iter().any(|not| words.contains(not))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_others_stand_behind_all_of_a_grant() {
        let own = format!("All but the folder win/ is under the MIT license.\n{}", text_of("MIT"));
        let parts = "B. Libraries in win/\nEnd user license terms: you may not decompile them.";
        assert!(grants(&format!("{own}\n{parts}")));
        for (before, behind) in [
            ("For evaluation by licensees.", parts),
            ("", "The grant above is for non-commercial purposes. You may not sell it."),
            ("", "Commons Clause: the license does not include the right to sell. You may not."),
        ] {
            assert!(!grants(&format!("{before}\n{own}\n{behind}")), "{before} {behind}");
        }
        // cut off before its end
        let cut = own.get(..own.len() / 2).unwrap();
        assert!(!grants(&format!("{cut}\n{parts}")));
    }

    fn text_of(name: &str) -> &'static str {
        KNOWN.iter().find(|(known, _)| *known == name).unwrap().1
    }

    #[test]
    fn texts_are_known_with_names_filled_in_and_lines_broken_anew() {
        for (name, text) in KNOWN {
            assert_eq!(known(text), Some(*name));
        }
        let mit = text_of("MIT").replace("<year>", "2026").replace("<copyright holders>", "Acme Corporation");
        assert_eq!(known(&format!("The MIT License (MIT)\n\n{mit}")), Some("MIT"));
        assert_eq!(known(&mit.lines().map(|line| format!("  {line}\r\n")).collect::<String>()), Some("MIT"));
    }

    #[test]
    fn a_text_may_stand_in_a_comment() {
        let own = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted.";
        for mark in ["# ", "// ", "  * ", ""] {
            let within = |text: &str| text.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
            assert_eq!(known(&bare(&within(text_of("BSD-3-Clause")))), Some("BSD-3-Clause"), "{mark}");
            assert!(grants(&bare(&within(&format!("Copyright 2026 Acme\n{own}")))), "{mark}");
            assert!(!grants(&bare(&within("Copyright 2026 Acme\nAll rights reserved."))), "{mark}");
        }
        assert_eq!(bare("# Acme\n\nAll of it is ours.\n"), "# Acme\n\nAll of it is ours.\n");
    }

    #[test]
    fn lines_around_a_known_text_say_who_wrote_it() {
        let who = "Acme was written by these:\n\n  Ada of Acme Laboratories\n  Bob of the University of Acme\n\n\
            There have been many contributions from others. Unless noted otherwise, all files are under this licence:\n\n----\n\n";
        for name in ["EPICS", "NCSA", "PostgreSQL", "EPL-2.0"] {
            assert_eq!(known(&format!("{who}{}", text_of(name))), Some(name));
        }
        for name in ["NCSA", "PostgreSQL"] {
            for other in [
                "It may be used for evaluation only.\n\n",
                "It contains parts under this licence:\n\n",
                "Acme is proprietary software.\n\n",
            ] {
                assert_eq!(known(&format!("{who}{other}{}", text_of(name))), None, "{name} {other}");
            }
        }
    }

    #[test]
    fn licences_of_pages_are_none_of_the_package() {
        for (path, is_own) in [
            ("d/LICENSE", true),
            ("d/LICENSE-docs", false),
            ("d/COPYING.DOC", false),
            ("d/LICENSE-doctor", true),
        ] {
            assert_eq!(is_licence_file(path), is_own, "{path}");
        }
    }

    #[test]
    fn conditions_make_another_licence_of_it() {
        let mit = text_of("MIT");
        for text in [
            "Copyright Acme. All rights reserved.".to_owned(),
            format!(
                "{mit}\nThe Commons Clause applies: the grant of rights does not include the right to sell."
            ),
            format!(
                "{mit}\n{}",
                "No part of it may be passed on to anybody outside of the company. ".repeat(6)
            ),
            format!("{}\nFor non-commercial use only.", text_of("Apache-2.0")),
            mit.replace("without restriction", "").chars().take(600).collect(),
            String::new(),
        ] {
            assert_eq!(known(&text), None, "{text}");
        }
    }

    #[test]
    fn a_path_is_no_licence() {
        assert_eq!(only_a_path(b"../LICENSE\n"), Some("../LICENSE"));
        assert_eq!(only_a_path(b"../../LICENSE-MIT"), Some("../../LICENSE-MIT"));
        assert_eq!(only_a_path(b"MIT"), None);
        assert_eq!(only_a_path(b"See ../LICENSE"), None);
        assert_eq!(only_a_path(b""), None);
        assert_eq!(only_a_path(text_of("MIT").as_bytes()), None);
    }

    #[test]
    fn texts_of_their_own_are_open_where_they_grant_and_take_nothing_back() {
        let grant = "Permission to use, copy, modify, and distribute this software and its\n\
            documentation with or without modifications and for any purpose and\n\
            without fee is hereby granted, provided that any copyright notices\n\
            appear in all copies.\n";
        assert!(grants(&format!("Acme License Agreement\n\n{grant}")));
        let folder =
            "The files under third-party/acme are licensed as described in third-party/acme/LICENSE.";
        assert!(grants(&format!("{grant}\n{folder}")));
        assert!(!grants(&format!("{grant}\nIt holds third-party code.")));
        assert!(grants(&format!(
            "{grant}\nWITHOUT WARRANTY OF FITNESS AND NONINFRINGEMENT OF THIRD PARTY RIGHTS."
        )));
        let bsd = "Redistribution and use in source and binary\n  forms, with or without modification, are permitted";
        assert!(grants(&format!("The majority of the code is under this license:\n{bsd} provided that")));
        let gpl = "[GNU General Public License Version 2 or later](https://www.gnu.org/licenses/gpl.html)";
        let money = "or commercial license terms from Acme.";
        assert!(grants(&format!(
            "Licensed under a dual-license model, this software is available under:\n\n* the {gpl},\n* {money}"
        )));
        let gnu = text_of("GPL-2.0-only");
        assert!(grants(&format!(
            "Only this version counts. You may link it into whatever you like.\n----\n{gnu}"
        )));
        assert!(grants(
            "This program is free software; you can redistribute it and/or modify\nit under the terms of the GNU GPL"
        ));
        for text in [
            format!("Acme is commercial. It works with programs under this:\n{gnu}"),
            format!("{}\n{gnu}", "Copyright Acme. All rights reserved. ".repeat(80)),
            format!("Acme is sold under {money} It works with programs under the {gpl}."),
            format!("{}\nOne part is dual-licensed under the {gpl}", "All rights reserved. ".repeat(120)),
            "Copyright Acme. All rights reserved.".to_owned(),
            format!("Acme End User License Agreement\n{grant}"),
            format!("All rights reserved. No part of it may be copied.\n\nIt contains demo:\n{grant}"),
            format!("{}\n{grant}", "Copyright Acme. All rights reserved. ".repeat(80)),
            format!("{grant}\nYou may not use it for commercial purposes."),
            format!("Acme software is licensed to you.\nThird-party software:\n{grant}"),
        ] {
            assert!(!grants(&text), "{text}");
        }
    }

    #[test]
    fn java_archives_have_theirs_at_the_top_or_as_a_page() {
        let read = |files: &[(&str, &str)]| {
            let inventory = crate::ecosystem::tests::inventory("a.jar", "zip", files);
            let jar = Inventory { kind: Kind::Jar, ..inventory };
            let files = read(&jar, &Package::default(), |_| false);
            files.into_iter().map(|file| (file.path, file.licence)).collect::<Vec<_>>()
        };
        let own = |path: &str, licence| vec![(path.to_owned(), licence)];
        let apache = text_of("Apache-2.0");
        assert_eq!(
            read(&[("LICENSE", apache), ("META-INF/LICENSE", "merged")]),
            own("LICENSE", Some("Apache-2.0"))
        );
        assert_eq!(read(&[("LICENSE", "Acme's"), ("META-INF/LICENSE", apache)]), own("LICENSE", None));
        let page = format!(
            "<html><head><title>x</title></head><body><p>{}</p></body></html>",
            apache.replace('"', "&quot;")
        );
        assert_eq!(read(&[("LICENSE.html", &page)]), own("LICENSE.html", Some("Apache-2.0")));
        assert_eq!(
            read(&[("LICENSE.html", &page), ("META-INF/LICENSE", "x")]),
            own("META-INF/LICENSE", None)
        );
        let about = "<html><body><p>The Eclipse Foundation makes available all content in this plug-in (&quot;Content&quot;). \
            Unless otherwise indicated below, the Content\nis provided to you under the terms and conditions of the\n\
            Eclipse Public License Version 2.0.</p></body></html>";
        assert_eq!(read(&[("about.html", about)]), own("about.html", Some("EPL-2.0")));
        assert_eq!(read(&[("about.html", "<body>About Acme</body>"), ("license.html", "<p>Ask us</p>")]), []);
    }

    #[test]
    fn names_of_licence_files() {
        for path in [
            "package/LICENSE",
            "package/license.md",
            "LICENSE.txt",
            "d-1.0/LICENSE-MIT",
            "d-1.0/LICENSE.BSD3",
            "d-1.0/COPYING",
            "d-1.0/MIT-LICENSE",
            "d-1.0.dist-info/licenses/LICENSE",
            "META-INF/LICENSE",
        ] {
            assert!(is_licence_file(path), "{path}");
        }
        for path in [
            "package/lib/x/LICENSE",
            "package/LICENSE-3rdparty.txt",
            "package/license.js",
            "package/license.coffee",
            "package/NOTICE",
            "package/README.md",
        ] {
            assert!(!is_licence_file(path), "{path}");
        }
    }

    #[test]
    fn the_notice_of_apaches_licence_gives_the_source() {
        let notice = "Licensed under the Apache License, Version 2.0 (the \"License\");\nyou may not use this file except in compliance with the License.\nYou may obtain a copy of the License at\n\n  https://example.org/\n\nUnless required by applicable law or agreed to in writing, software\ndistributed under the License is distributed on an \"AS IS\" BASIS,\nSee the License for the\nlimitations under the License.\n";
        for (path, before, behind, expected) in [
            ("a/LICENSE", "Copyright 2026 Acme\n", "", true),
            ("a/LICENSE-colors", "Acme includes colours of others under this licence:\n", "", true),
            ("a/LICENSE", "Acme includes colours of others under this licence:\n", "", false),
            ("a/LICENSE", "", "All else is proprietary.", false),
            ("a/LICENSE-colors", "", "The colours are for non-commercial use only.", false),
        ] {
            assert_eq!(
                is_notice(&format!("{before}{notice}{behind}"), path),
                expected,
                "{path} {before}{behind}"
            );
        }
        let cut = notice.get(..notice.len() / 2).unwrap();
        assert!(
            !is_notice(cut, "a/LICENSE") && !is_notice("Copyright Acme. All rights reserved.", "a/LICENSE")
        );
    }

    #[test]
    fn what_is_outside_of_folders_that_are_kept_back() {
        let text = |rest: &str| {
            format!(
                "Copyright (c) Acme\n\nPortions of this software are licensed as follows:\n\n* All software that resides under an \"ee/\" directory (the \u{201c}EE Software\u{201d}), if that directory exists, is licensed under the license below: a subscription of the licensee.\n\n* All software outside of the above-mentioned directories or restrictions above is available under the \"MIT Expat\" license as set forth below.\n\n{rest}"
            )
        };
        let whole = text(text_of("MIT"));
        let with = |paths: &[&str]| {
            let entry = |path: &&str| Entry { path: (*path).to_owned(), ..Entry::default() };
            let entries = crate::inventory::testing::numbered(paths.iter().map(entry));
            Inventory { kind: Kind::Npm, entries, ..Inventory::default() }
        };
        assert!(is_outside_of_kept(&whole, &with(&["package/dist/index.js", "package/fee/a.js"])));
        assert!(!is_outside_of_kept(&whole, &with(&["package/dist/index.js", "package/dist/ee/a.js"])));
        assert!(!is_outside_of_kept(&text("You may read it."), &with(&[])));
        assert!(!is_outside_of_kept(&format!("{whole} Commons Clause applies."), &with(&[])));
        assert!(!is_outside_of_kept(text_of("MIT"), &with(&[])));
        let told = |rest: &str| {
            format!(
                "Portions of the Acme software are licensed as follows:\n\n* If you are using any component that resides under an \"ee/\" directory, then it is licensed under the license in \"acme/ee/LICENSE\".\n\n* If (a) you are not accessing or using the software that resides under an \u{201c}ee/\u{201d} directory and therefore only using our Community Edition and (b) you have no account, then we are providing you the software under the \"MIT Expat\" license as set forth below.\n\n{rest}"
            )
        };
        assert!(is_outside_of_kept(&told(text_of("MIT")), &with(&["package/dist/index.js"])));
        assert!(!is_outside_of_kept(&told(text_of("MIT")), &with(&["package/ee/index.js"])));
        assert!(!is_outside_of_kept(&told("You may read it."), &with(&[])));
        assert!(!is_outside_of_kept(&whole.replace("\"ee/\" directory", "folder of ours"), &with(&[])));
    }
}
