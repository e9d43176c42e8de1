use super::compiled::is_by_nature;
use super::{Context, Family, Finding, Rule, project_archive, source_findings};

pub(super) const RULE: Rule = Rule {
    name: "listed-source",
    family: Family::InternalSources,
    summary: "Uncompiled sources that seem to ship on purpose",
    docs: r#"
## What it does

Finds what `original-source` finds where something suggests that it is intended: the manifest names the sources' own
folder, their extension or the file itself (for languages that debuggers show in a browser); the folder is one for
templates, examples, demos or tests; the sources are compiled where the package is installed (`binding.gyp`,
`extconf.rb`, a podspec, NuGet's `contentFiles/`); a style sheet has no compiled form of the same name. Entry points
that are sources themselves are not reported.

## Why it matters

A list that names a folder was written once, for the files that were there that day; whatever is put there later ships
as well. In a closed package somebody should have decided that these sources may be read.

## What to do

If they are meant to ship, say so with a waiver. Otherwise take the folder off the list.

## Example

```json
"files": ["dist", "src"]
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let meant = context.sources().iter().filter(|source| source.meant.is_some());
    findings.extend(source_findings::of(rule, context.inventory, meant));
    let projects = project_archive::all(context.inventory).into_iter();
    let templates = projects.filter(|project| is_by_nature(&project.archive.path));
    findings.extend(templates.map(|project| project.finding(rule)));
}
