use crate::inventory::MapForm;

use super::maps::exposed;
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-eval",
    family: Family::SourceMaps,
    summary: "A development build: modules or their source maps inside eval",
    docs: r#"
## What it does

Finds what webpack's `eval` devtools write: each module as a string given to `eval`, with its name as `sourceURL`, and
a source map inside that string unless the plain `eval` devtool was used.

## Why it matters

Such a bundle has each module's text under its name, readable as it is. It is also slow, and pages with a content
security policy refuse it: a development build was published by mistake.

## What to do

Build for production: `mode: "production"` and `devtool: false`.

## Example

```
package/dist/main.js:12:3: 28 source maps in eval of this file hold 28 original files, 4,210 lines
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    exposed(rule, context, findings, &[MapForm::EvalMap, MapForm::Eval], |holds, amount| {
        format!("{holds} the text of {amount}: this is a development build.")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inspected, run};

    #[test]
    fn fires_on_modules_in_eval() {
        let text = "m = {\n1: () => { eval(\"const a = 1;\\nb();\\n\\n//# sourceURL=webpack://acme/./src/a.js?\"); }\n}";
        let found = run(&RULE, &inspected(&[("package/main.js", text)]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.line, Some(2));
        assert!(found[0].message.contains("1 original file, 2 lines"), "{}", found[0].message);
    }

    #[test]
    fn is_silent_on_other_uses_of_eval() {
        for text in [
            "eval(\"1 + 1\")",
            "eval(\"a();\\n\\n//# sourceURL=webpack://acme/./node_modules/a/a.js?\")",
            "eval(code + \"\\n//# sourceURL=\" + name)",
            "eval(\"//# sourceURL=a.js\")",
            "text = 'eval(\"' + code +\n  '\\\\n//# sourceURL=' + (path ? '' : '/') + path +\n  '\");';",
        ] {
            assert!(run(&RULE, &inspected(&[("package/main.js", text)])).is_empty(), "{text}");
        }
    }
}
