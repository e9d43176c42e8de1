use crate::inventory::MapForm;

use super::maps::exposed;
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-embedded",
    family: Family::SourceMaps,
    summary: "A source map, bundler report or coverage record that holds original source text",
    docs: r#"
## What it does

Finds source maps by content, whatever they are called: JSON with `sourcesContent`, index maps, maps as objects inside
other files, webpack's `stats.json` with module texts, and coverage records with `inputSourceMap`; escaped for a
string, for HTML or CSV, as YAML or TOML; compressed, in an archive, or in a zip appended to a program. It counts the
original files that could be recovered. Text that is in the package as a file anyway doesn't count, nor does text of
dependencies: sources under `node_modules`, and those on the map's `ignoreList`, unless it names all sources. Nor do maps of
libraries that lie in the package as their makers publish them: `bootstrap.min.js.map` beside a script whose first comment
says `Bootstrap v5.3.3` and an open licence.

## Why it matters

Whoever downloads the package can write your original files back to disk, comments and all, in a second:
`packgate recover` shows which.

## What to do

Turn source maps off in the build that is published, or let the bundler leave the text out; the finding names the
option for the bundler that wrote the map. Or keep the maps out of the package: `"!**/*.map"` as the last entry of
`files` in `package.json`.

## Example

```
package/cli.js.map: this source map holds 1,906 original files, 512,664 lines
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const FORMS: [MapForm; 3] = [MapForm::File, MapForm::BundlerReport, MapForm::Coverage];
    exposed(rule, context, findings, &FORMS, |holds, amount| {
        format!("{holds} {amount}: anybody who downloads the package can read them.")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inspected, map, run};

    #[test]
    fn fires_on_text_and_counts_it() {
        let text = map(&[("../src/a.ts", Some("one\ntwo\n")), ("../node_modules/b.js", Some("b"))]);
        let found = run(&RULE, &inspected(&[("package/dist/a.js.map", &text)]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.path, "package/dist/a.js.map");
        assert_eq!(found[0].place.line, None);
        assert!(found[0].message.contains("1 original file, 2 lines"), "{}", found[0].message);
        assert_eq!(found[0].evidence.value()["third_party_files"], 1);
    }

    #[test]
    fn takes_many_maps_of_a_folder_together() {
        let maps: Vec<(String, String)> = (0..30)
            .map(|number| {
                let folder = if number < 25 { "a" } else { "b" };
                let text = format!("text {number}");
                (format!("package/{folder}/{number}.js.map"), map(&[("../src/a.ts", Some(&text))]))
            })
            .collect();
        let files: Vec<(&str, &str)> =
            maps.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let found = run(&RULE, &inspected(&files));
        let places: Vec<&str> = found.iter().map(|finding| finding.place.path.as_str()).collect();
        assert_eq!(places, ["package/a", "package/b"]);
        assert!(
            found[0].message.starts_with("25 source maps in this folder hold 25 original files"),
            "{}",
            found[0].message
        );
        assert_eq!(run(&RULE, &inspected(&files[..20])).len(), 20);
    }

    #[test]
    fn is_silent_without_text_of_ones_own() {
        let text = "export const a = 1;\n";
        for files in [
            vec![("package/a.js.map", map(&[("../src/a.ts", None)]))],
            vec![("package/a.js.map", map(&[("../node_modules/a/a.js", Some(text))]))],
            vec![("package/a.js.map", map(&[("../src/a.ts", Some(""))]))],
            vec![
                ("package/src/a.ts", text.to_owned()),
                ("package/dist/a.js.map", map(&[("../src/a.ts", Some(text))])),
            ],
            vec![("package/a.json", "{\"version\":3,\"sources\":[\"a\"]}".to_owned())],
        ] {
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
            assert!(run(&RULE, &inspected(&files)).is_empty(), "{files:?}");
        }
    }
}
