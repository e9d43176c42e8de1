use crate::inventory::{Anomaly, AnomalyKind, Kind};
use crate::settings::Level;

use super::for_show::is_for_show;
use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-duplicate",
    family: Family::ArchiveTrust,
    summary: "Several entries with one path, or names that are the same on some systems",
    docs: r#"
## What it does

Reports a path that is in the archive more than once with different bytes, and names of different files that differ
only in case or Unicode form. Paths are also compared as the client writes them: a file in a wheel's
`acme-1.0.0.data/purelib` with the one that it replaces. Repeated entries with the
same bytes are `archive-duplicate-identical`. Of names that differ only in case, it is a note where all of
them are texts for people (`README.md`, `LICENSE`), or stand in folders of tests, examples and documentation: no code is
lost there. So it is of the licences and notices of several libraries that were put into one jar.

## Why it matters

Of two entries with one path, most clients keep the last, some keep the first, and some mix them; what was reviewed
may not be what is installed. Names that differ only in case are two files on Linux and one on Windows and macOS.

## What to do

Find out which step adds the file again: usually a generated file is written over a committed one. Rename one of two
files that differ only in case.

## Example

`package/cli.js` twice, or `package/lib/Button.js` and `package/lib/button.js`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let before = findings.len();
    archive::report(rule, context, takes, help, findings);
    let all = |kind: AnomalyKind, is_mild: &dyn Fn(&str) -> bool| {
        let anomalies = context.inventory.anomalies.iter().filter(|anomaly| takes(anomaly));
        anomalies.filter(|anomaly| anomaly.kind == kind).all(|anomaly| is_mild(&anomaly.place))
    };
    let is_beside_the_code = |place: &str| is_text(place) || is_for_show(place, context.root());
    let mut mild = Vec::new();
    mild.extend(all(AnomalyKind::NameCollision, &is_beside_the_code).then_some(AnomalyKind::NameCollision));
    // what puts several jars into one adds up their licences, and Java reads none of them
    let is_jar = context.inventory.kind == Kind::Jar;
    mild.extend((is_jar && all(AnomalyKind::Duplicate, &is_text)).then_some(AnomalyKind::Duplicate));
    let told = findings.iter_mut().skip(before);
    for finding in told.filter(|finding| mild.iter().any(|kind| finding.key == kind.name())) {
        finding.at_most = Some(Level::Note);
    }
}

/// Whether a file is a text for people.
fn is_text(place: &str) -> bool {
    const TEXTS: [&str; 13] = [
        "readme",
        "license",
        "licence",
        "copying",
        "notice",
        "changelog",
        "changes",
        "history",
        "authors",
        "contributors",
        "contributing",
        "security",
        // what Maven writes about the libraries in a jar
        "dependencies",
    ];
    let name = place.rsplit(['/', '!']).next().unwrap_or(place).to_lowercase();
    let (stem, end) = name.split_once('.').unwrap_or((&name, ""));
    matches!(end, "" | "md" | "markdown" | "rst" | "txt") && TEXTS.contains(&stem)
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && matches!(anomaly.kind, AnomalyKind::Duplicate | AnomalyKind::NameCollision)
}

fn help(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::NameCollision => "Rename one of the two files.",
        _ => "Make sure that only one step of the build writes this file into the archive.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Inventory;
    use crate::rules::testing::{anomaly, run, takes, tree};

    #[test]
    fn fires_on_what_differs() {
        assert!(takes(&RULE, AnomalyKind::Duplicate, ""));
        assert!(takes(&RULE, AnomalyKind::NameCollision, ""));
        assert!(!takes(&RULE, AnomalyKind::DuplicateIdentical, ""));
        assert!(!takes(&RULE, AnomalyKind::Duplicate, "package/x.jar"));
    }

    #[test]
    fn texts_and_tests_weigh_less() {
        let level = |places: &[&str]| {
            let colliding = |place: &&str| Anomaly {
                place: (*place).to_owned(),
                ..anomaly(AnomalyKind::NameCollision, "")
            };
            let anomalies = places.iter().map(colliding).collect();
            run(&RULE, &Inventory { anomalies, ..tree(places) })[0].at_most
        };
        for mild in [&["package/Readme.md"][..], &["package/license", "package/tests/out/a.gif"]] {
            assert_eq!(level(mild), Some(Level::Note), "{mild:?}");
        }
        for whole in
            [&["package/lib/button.js"][..], &["package/license", "package/index.js"], &["package/readme.js"]]
        {
            assert_eq!(level(whole), None, "{whole:?}");
        }
    }

    #[test]
    fn licences_of_several_libraries_in_a_jar_weigh_less() {
        let level = |kind: Kind, places: &[&str]| {
            let doubled =
                |place: &&str| Anomaly { place: (*place).to_owned(), ..anomaly(AnomalyKind::Duplicate, "") };
            let anomalies = places.iter().map(doubled).collect();
            run(&RULE, &Inventory { kind, anomalies, ..tree(places) })[0].at_most
        };
        let texts = ["META-INF/LICENSE.txt", "META-INF/NOTICE", "META-INF/DEPENDENCIES"];
        assert_eq!(level(Kind::Jar, &texts), Some(Level::Note));
        assert_eq!(level(Kind::Wheel, &texts), None);
        for whole in ["META-INF/services/a.B", "META-INF/MANIFEST.MF", "a/B.class", "tests/B.class"] {
            assert_eq!(level(Kind::Jar, &[texts[0], whole]), None, "{whole}");
        }
    }
}
