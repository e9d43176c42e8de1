use crate::inventory::MapForm;

use super::maps::exposed;
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-inline",
    family: Family::SourceMaps,
    summary: "A source map inside a script or style sheet that holds original source text",
    docs: r#"
## What it does

Decodes every `data:` URL with a source map, wherever it is in a text and however it is encoded, and source maps in
base64 without such a URL, even spread over the lines of a comment; and counts the original files in them.

## Why it matters

An inline map is invisible in a list of files: leaving `*.map` out of the package doesn't remove it. It gives away the
same text as a separate map.

## What to do

Turn inline maps off in the build that is published; the finding names the option.

## Example

```
package/cli.mjs:5021:1: this inline source map holds 1,412 original files, 402,118 lines
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    exposed(rule, context, findings, &[MapForm::Inline], |holds, amount| {
        format!("{holds} {amount}: anybody who downloads the package can decode and read them.")
    });
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::rules::testing::{inspected, map, run};

    fn with_map(sources: &[(&str, Option<&str>)]) -> String {
        let map = base64::prelude::BASE64_STANDARD.encode(map(sources));
        format!("x();\n//# sourceMappingURL=data:application/json;base64,{map}\n")
    }

    #[test]
    fn fires_at_the_place_of_the_comment() {
        let text = with_map(&[("../src/a.ts", Some("one\ntwo\n"))]);
        let found = run(&RULE, &inspected(&[("package/a.js", &text)]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.path.as_str(), found[0].place.line), ("package/a.js", Some(2)));
        assert!(found[0].message.contains("1 original file, 2 lines"), "{}", found[0].message);
    }

    #[test]
    fn is_silent_on_maps_that_give_nothing_away() {
        for text in [
            with_map(&[("../src/a.ts", None)]),
            with_map(&[("../node_modules/a/a.js", Some("a();"))]),
            "//# sourceMappingURL=data:application/json;base64,\n".to_owned(),
            "//# sourceMappingURL=a.js.map\n".to_owned(),
        ] {
            assert!(run(&RULE, &inspected(&[("package/a.js", &text)])).is_empty(), "{text}");
        }
    }
}
