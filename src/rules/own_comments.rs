use crate::recoverable::Meaning;

use super::own_source::{files, finding, groups, subject, words};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "own-comments",
    family: Family::InternalSources,
    summary: "Code that ships with comments of the project's source files",
    docs: r#"
## What it does

Looks for comments of the project's own source files in the code that ships: at least four lines of one file, in
JavaScript, style sheets or Python built from other files. Files that ship as they were written don't count, and
neither do licences, declarations (`.d.ts`, `.pyi`) and comments that builds must keep. Documentation alone in what is
no code (a manual page, a schema, the text of a help) is what it was written for.

Like `own-source`, it needs the project.

## Why it matters

A build that keeps comments publishes what people wrote for each other: reasons, names, tickets, doubts. That is less
than the source itself, but often nobody is aware of it: bundlers keep some comments even when asked to minify syntax.

## What to do

Let the minifier drop comments (esbuild: `minify` and `legalComments: "none"`; terser: `format: { comments: false }`;
tsc: `removeComments`). If they may be read, set the rule to `off`.

## Example

`dist/index.js`, bundled without minifying, with `// TODO: customers of the old plan still pay the old rate`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let all = context.survey().own.iter().filter(|escape| escape.meaning == Meaning::Comments);
    for group in groups(all) {
        let files = files(&group);
        let (named, _) = words(&files);
        findings.extend(finding(rule, &group, &files).map(|finding| {
            finding
                .message(format!("{} comments of {named}.", subject(&group, ["keeps", "keep"])))
                .help("Let the build drop comments (esbuild: minify; terser: format.comments = false; tsc: removeComments), or set own-comments to \"off\".")
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::own_source::testing::{text, with};
    use super::*;
    use crate::inventory::OwnLines;
    use crate::rules::testing::run;

    #[test]
    fn comments_in_code_and_nowhere_else() {
        let lines = OwnLines { comments: 3, docs: 3, ..OwnLines::default() };
        for (place, count) in [("package/dist/a.js", 1), ("package/dist/a.d.ts", 0), ("package/README.md", 0)]
        {
            let found = run(&RULE, &with(&[(place, &[text("src/a.ts", lines)])]));
            assert_eq!(found.len(), count, "{place}");
        }
        let few = OwnLines { comments: 3, ..OwnLines::default() };
        assert!(run(&RULE, &with(&[("package/dist/a.js", &[text("src/a.ts", few)])])).is_empty());
    }
}
