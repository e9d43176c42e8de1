use crate::recoverable::MapState;
use crate::words::counted;

use super::maps::{Group, is_harmless};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-shipped",
    family: Family::SourceMaps,
    summary: "A source map that gives away nothing of yours",
    docs: r#"
## What it does

Reports source maps whose text is in the package as files anyway or belongs to dependencies, or whose sources are
files of the package.

## Why it matters

Such maps help those who debug with the package, and are mostly there on purpose. They take up space, and they show
how the code was built.

## What to do

Nothing, if you mean to ship them. Otherwise leave them out: `"!**/*.map"` as the last entry of `files`.

## Example

```
package/dist/index.js.map: this source map points to files of the package and gives nothing else away
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let survey = context.survey();
    let harmless =
        survey.maps.iter().filter(|report| is_harmless(report) && report.state != MapState::Dangling);
    for group in Group::all(harmless) {
        let third_party = group.exposure().third_party_files;
        let resolves = group.reports.iter().all(|report| report.state == MapState::Resolves);
        let what = match (third_party, resolves) {
            (0, true) => "give nothing away but the names of files of the package".to_owned(),
            (0, false) => "give away nothing that isn't in the package anyway".to_owned(),
            (files, _) => format!("hold {}, nothing of your own", counted(files, "file of dependencies")),
        };
        let what = if group.reports.len() == 1 { singular(&what) } else { what };
        findings.push(
            group
                .finding(rule)
                .message(format!("{} {what}.{}", group.subject(), group.damage()))
                .help("Nothing to do if it is there for debugging; otherwise leave it out of the package."),
        );
    }
}

/// A message for a single map: its first word is the verb.
fn singular(what: &str) -> String {
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    format!("{verb}s {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inspected, map, run};

    #[test]
    fn names_maps_that_give_nothing_away() {
        let text = "export const a = 1;\n";
        for (files, words) in [
            (
                vec![("p/src/a.ts", text.to_owned()), ("p/d/a.js.map", map(&[("../src/a.ts", None)]))],
                "nothing away but the names",
            ),
            (
                vec![("p/src/a.ts", text.to_owned()), ("p/d/a.js.map", map(&[("../src/a.ts", Some(text))]))],
                "gives away nothing that isn't in the package anyway",
            ),
            (
                vec![("p/a.js.map", map(&[("node_modules/b/b.js", Some(text))]))],
                "holds 1 file of dependencies",
            ),
        ] {
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
            let found = run(&RULE, &inspected(&files));
            assert_eq!(found.len(), 1, "{files:?}");
            assert!(found[0].message.contains(words), "{}", found[0].message);
        }
    }

    #[test]
    fn leaves_the_others_to_their_rules() {
        for map in [map(&[("../src/a.ts", Some("own text"))]), map(&[("../src/a.ts", None)])] {
            assert!(run(&RULE, &inspected(&[("p/a.js.map", &map)])).is_empty(), "{map}");
        }
    }
}
