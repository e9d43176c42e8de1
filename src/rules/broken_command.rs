use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "broken-command",
    family: Family::Wholeness,
    summary: "A command of the package can't be started as it is",
    docs: r#"
## What it does

Looks at the files that `bin` names: a script without a first line that says what interprets it (`#!/usr/bin/env node`),
and one whose first line ends in CR LF.

## Why it matters

Without the line the shell runs JavaScript as a script of its own. With a carriage return at its end, Linux and macOS
look for an interpreter called `node\r`.

## What to do

Write `#!/usr/bin/env node` as the first line, with LF behind it; in git, `*.js text eol=lf` keeps it so.

## Example

`"bin": "cli.js"` where `cli.js` begins with `import`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const KINDS: [DefectKind; 2] =
        [DefectKind::CommandWithoutInterpreter, DefectKind::CommandWithCarriageReturn];
    const HELP: &str =
        "Write #!/usr/bin/env node as the file's first line, with a line feed alone behind it.";
    defects::report(rule, context, findings, &KINDS, HELP, |defect| {
        let what = match defect.kind {
            DefectKind::CommandWithCarriageReturn => "has a carriage return behind its first line",
            _ => "does not say in its first line what interprets it",
        };
        format!("The manifest's {} is `{}`, which {what}: the command fails.", defect.field, defect.subject)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Inventory, Kind, Package};
    use crate::rules::testing::run;
    use crate::settings::Settings;

    /// What the program's own road makes of a package with this command.
    fn found(text: &str) -> Vec<&'static str> {
        let mut entry = crate::inventory::Entry { path: "package/cli.js".to_owned(), ..Default::default() };
        entry.media = crate::inventory::Media::Text;
        entry.size = text.len() as u64;
        crate::inspect::inspect(text.as_bytes(), crate::inspect::Scanner::plain(), &mut entry);
        entry.signs.to_vec()
    }

    #[test]
    fn fires() {
        for kind in [DefectKind::CommandWithoutInterpreter, DefectKind::CommandWithCarriageReturn] {
            let defect = crate::inventory::Defect {
                kind,
                field: "bin[\"a\"]".to_owned(),
                subject: "a.js".to_owned(),
                line: None,
            };
            let package = Package { defects: vec![defect], ..Package::default() };
            let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
            assert_eq!(run(&RULE, &inventory).len(), 1);
        }
        assert_eq!(found("#!/usr/bin/env node\r\nx()"), ["interpreter-line", "interpreter-line-crlf"]);
    }

    #[test]
    fn stays_silent() {
        let context = Inventory::default();
        let settings = Settings::default();
        let mut findings = Vec::new();
        check(&RULE, &Context::new(&context, &settings), &mut findings);
        assert_eq!(findings, []);
        assert_eq!(found("#!/usr/bin/env node\nx()\r\n"), ["interpreter-line"]);
    }
}
