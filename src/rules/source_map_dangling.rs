use std::collections::HashSet;

use serde::Serialize;

use crate::inventory::{Entry, LinkTarget, MapForm};
use crate::recoverable::MapState;
use crate::settings::Level;
use crate::words::counted;

use super::maps::{Group, Libraries, apart, build_option, is_declaration, is_harmless, leave_out, no_link};
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-dangling",
    family: Family::SourceMaps,
    summary: "A source map or a link to one that leads nowhere",
    docs: r#"
## What it does

Finds source maps without text whose sources are not in the package, and comments, and headers in a web server's
settings, that link to a map that is not in the package.

## Why it matters

A debugger finds nothing there and prints warnings, so the map is useless; but it still shows strangers the paths of
your source files. A link to a missing map gives its name to those who want to try your web server.

## What to do

Leave the maps out, or complete them: ship the files that they name, or build them with the text (`inlineSources` in
TypeScript). For a link: build so that no comment is written (`hidden-source-map` in webpack, `sourcemap: "hidden"`
in Rollup and Vite; tsc writes it with every map).

## Example

```
package/dist/index.d.ts.map: this source map names 1 source file that is not in the package
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let survey = context.survey();
    let dangling = survey.maps.iter().filter(|report| {
        is_harmless(report) && report.map.form != MapForm::EvalMap && report.state == MapState::Dangling
    });
    let (of_others, own) = apart(context, dangling);
    let (of_others, own) = (Group::few(of_others.into_iter()), Group::few(own.into_iter()));
    let others = of_others.into_iter().map(|group| (group, Some(Level::Note)));
    for (group, most) in own.into_iter().map(|group| (group, None)).chain(others) {
        let sources: u64 = group.reports.iter().map(|report| report.missing.len() as u64).sum();
        let sections: u64 = group.reports.iter().map(|report| report.missing_sections.len() as u64).sum();
        let (missing, thing) = if sources > 0 { (sources, "source file") } else { (sections, "section map") };
        let declarations = group.reports.iter().all(|report| is_declaration(report.map, report.entry));
        let verb = if group.reports.len() == 1 { "names" } else { "name" };
        let is = if missing == 1 { "is" } else { "are" };
        let more = if declarations {
            "Or set declarationMap to false in tsconfig.json, or ship the source files that the maps name."
        } else {
            "Or ship the files that it names, or build it with their text."
        };
        let finding = group.finding(rule).message(format!(
            "{} {verb} {} that {is} neither in it nor in the package: debuggers find nothing, but strangers can read the paths.{}",
            group.subject(),
            counted(missing, thing),
            group.damage()
        ));
        let finding = match group.is_inline() {
            // It is in the program itself.
            true => {
                let option = build_option(&context.inventory.making, group.maker());
                finding.help(format!("{option}\n{more}"))
            }
            false => finding.remedy(leave_out(context, &group, Some("**/*.map")), more),
        };
        findings.push(Finding { at_most: most, ..finding });
    }
    findings.extend(links(rule, context));
}

/// Links to maps that are not there.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    links: u64,
    /// The first of them.
    examples: Vec<Example<'a>>,
}

/// One of them.
#[derive(Debug, Serialize)]
struct Example<'a> {
    place: &'a str,
    url: &'a str,
}

/// One finding for all links to maps that are not there: it is one setting of one build.
fn links(rule: &Rule, context: &Context<'_>) -> Option<Finding> {
    let paths: HashSet<(_, &str)> =
        context.inventory.files().map(|entry| (entry.parent, entry.path.as_str())).collect();
    let packed = |entry: &Entry, path: &str| {
        ["", ".gz", ".br", ".zst", ".xz"]
            .iter()
            .any(|end| paths.contains(&(entry.parent, format!("{path}{end}").as_str())))
    };
    let mut missing = Vec::new();
    // how others built theirs is no affair of the package
    let libraries = Libraries::of(context.inventory);
    for entry in context.inventory.files().filter(|entry| !libraries.has(&entry.place)) {
        for link in entry.links.iter().filter(|link| link.in_force) {
            if let LinkTarget::Relative { url } = &link.target
                && !crate::recoverable::beside(entry, url).is_some_and(|path| packed(entry, &path))
            {
                missing.push((entry, link, url));
            }
        }
    }
    missing.sort_by(|a, b| a.0.place.cmp(&b.0.place));
    let (entry, link, url) = missing.first()?;
    let files = missing.len() as u64;
    let message = match files {
        1 => format!("This file links to the source map {url}, which is not in the package."),
        _ => format!(
            "This file links to the source map {url}, which is not in the package; the same in {}.",
            counted(files - 1, "other file")
        ),
    };
    let examples = missing.iter().take(20).map(|(entry, _, url)| Example { place: &entry.place, url });
    let evidence = Evidence { links: files, examples: examples.collect() };
    Some(
        Finding::new(rule, Place::at(entry, &link.at))
            .message(message)
            .help(no_link(context))
            .evidence(evidence)
            .key("links"),
    )
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::rules::testing::{inspected, map, run};

    #[test]
    fn finds_maps_and_links_that_lead_nowhere() {
        let bare = map(&[("../src/a.ts", None), ("../src/b.ts", None)]);
        let found = run(&RULE, &inspected(&[("p/d/a.js.map", &bare)]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("2 source files"), "{}", found[0].message);

        let index = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"a.js.map"}]}"#;
        let found = run(&RULE, &inspected(&[("p/d/index.map", index)]));
        assert!(found[0].message.contains("1 section map"), "{}", found[0].message);

        let inline = format!(
            "x();\n//# sourceMappingURL=data:application/json;base64,{}",
            base64::prelude::BASE64_STANDARD.encode(&bare)
        );
        let found = run(&RULE, &inspected(&[("p/d/a.js", &inline)]));
        assert!(found[0].remedy.is_none(), "the program itself would be left out: {}", found[0].help);

        let link = "x();\n//# sourceMappingURL=a.js.map";
        let found = run(&RULE, &inspected(&[("p/d/a.js", link), ("p/d/b.js", link)]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.path.as_str(), found[0].place.line), ("p/d/a.js", Some(2)));
        assert!(found[0].message.contains("1 other file"), "{}", found[0].message);
    }

    #[test]
    fn more_than_a_few_of_one_folder_are_one_line() {
        let bare = map(&[("../src/a.ts", None)]);
        let found = |paths: &[&str]| {
            let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, bare.as_str())).collect();
            let found = run(&RULE, &inspected(&files)).into_iter();
            found.map(|finding| finding.place.path).collect::<Vec<String>>()
        };
        let few = ["p/d/a.js.map", "p/d/b.js.map", "p/d/c.js.map"];
        assert_eq!(found(&few), few);
        let all = [&few[..], &["p/d/d.js.map", "p/e/a.js.map"]].concat();
        assert_eq!(found(&all), ["p/e/a.js.map", "p/d"]);
        // and more than a few folders, too
        let of_folders = |folders: usize, in_each: usize| {
            let paths = (0..folders).flat_map(|folder| {
                (0..in_each).map(move |number| format!("p/dist/f{folder}/{number}.js.map"))
            });
            let paths: Vec<String> = paths.collect();
            found(&paths.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(of_folders(6, 4), ["p/dist"]);
        assert_eq!(of_folders(5, 4).len(), 5);
        assert_eq!(of_folders(4, 2).len(), 8);
        assert_eq!(of_folders(5, 2), (0..5).map(|folder| format!("p/dist/f{folder}")).collect::<Vec<_>>());
        assert_eq!(of_folders(8, 2), ["p/dist"]);
    }

    #[test]
    fn links_of_libraries_are_left_to_their_makers() {
        let of_others = "/*!\n  * Bootstrap v5.3.3\n  * Licensed under MIT\n  */\n.a{}\n/*# sourceMappingURL=bootstrap.min.css.map */\n";
        let own = ".a{}\n/*# sourceMappingURL=quay.css.map */\n";
        let found = |path: &str, text: &str| run(&RULE, &inspected(&[(path, text)])).len();
        assert_eq!(found("p/css/bootstrap.min.css", of_others), 0);
        assert_eq!(found("p/css/quay.css", own), 1);
    }

    #[test]
    fn is_silent_where_everything_is_found() {
        let bare = map(&[("../src/a.ts", None)]);
        let link = "x();\n//# sourceMappingURL=./a%20b.js.map?v=1";
        for files in [
            vec![("p/src/a.ts", "a"), ("p/d/a.js.map", bare.as_str())],
            vec![("p/src/a.ts", "a"), ("p/d/a b.js.map", bare.as_str()), ("p/d/a.js", link)],
            vec![
                ("p/src/a.ts", "a"),
                ("p/d/a.js.map", bare.as_str()),
                (
                    "p/d/i.map",
                    r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"a.js.map"}]}"#,
                ),
            ],
            vec![("p/d/a.js", "//# sourceMappingURL=https://m.example/a.map")],
        ] {
            assert!(run(&RULE, &inspected(&files)).is_empty(), "{files:?}");
        }
    }
}
