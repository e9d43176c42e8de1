//! Whether Node can read a script at all. Asked only of what a package is entered by, and told only where there is no
//! doubt: what another tool may compile first is another matter than what is cut off or torn.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_ast::ast::{BindingIdentifier, BindingPattern, Declaration, Program, Statement, VariableDeclaration};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::{GetSpan, SourceType};

use serde::de::IgnoredAny;

use super::script;
use crate::inventory::ScriptFormat;

/// Where and why a script can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// Counted from 1.
    pub(crate) line: u64,
    /// Mostly in the parser's words.
    pub(crate) says: String,
    /// Whether it can be read as TypeScript, JSX or Flow, which some tool may compile before it runs.
    pub(crate) is_uncompiled: bool,
}

/// What keeps Node from reading a script that it takes for a module, for CommonJS, or for either.
pub(crate) fn syntax_error(bytes: &[u8], format: ScriptFormat) -> Option<SyntaxError> {
    if format == ScriptFormat::Json {
        return json_error(bytes);
    }
    // of other encodings it isn't known what Node makes of them
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    script::with_stack(bytes, || {
        let kinds: &[SourceType] = match format {
            ScriptFormat::Module => &[SourceType::mjs()],
            ScriptFormat::CommonJs => &[SourceType::cjs()],
            ScriptFormat::Unknown | ScriptFormat::Json => &[SourceType::cjs(), SourceType::mjs()],
        };
        // The one that gets furthest is what the script is meant to be.
        let mut furthest: Option<Fault> = None;
        for kind in kinds {
            let fault = fault(text, *kind)?;
            if furthest.as_ref().is_none_or(|known| known.at < fault.at) {
                furthest = Some(fault);
            }
        }
        let Fault { at, says, is_of_form } = furthest?;
        let line = memchr::memchr_iter(b'\n', text.as_bytes().get(..at)?).count() as u64 + 1;
        let is_other_kind = || {
            let other = if format == ScriptFormat::Module { SourceType::cjs() } else { SourceType::mjs() };
            fault(text, other).is_none()
        };
        // what has the form of a script is none of what is compiled to one
        let is_uncompiled = is_of_form && !is_other_kind() && is_uncompiled(text);
        Some(SyntaxError { line, says, is_uncompiled })
    })?
}

/// What keeps Node from reading data: only its form, as numbers of any size and halves of surrogates are fine with it.
fn json_error(bytes: &[u8]) -> Option<SyntaxError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = serde_json::from_slice::<IgnoredAny>(bytes).err()?;
    // TypeScript reads its settings with comments in them, and nobody else is to load them
    if memchr::memmem::find(bytes, b"\"compilerOptions\"").is_some() {
        return None;
    }
    let says = error.to_string();
    let says = says.split(" at line ").next().unwrap_or_default().to_owned();
    Some(SyntaxError { line: error.line().max(1) as u64, says, is_uncompiled: false })
}

/// Why a text is no script of a kind.
struct Fault {
    at: usize,
    says: String,
    /// Whether it hasn't the form of one. What is declared twice or stands in a place where it mustn't has it.
    is_of_form: bool,
}

/// The first fault of a text read as one kind of script; `None` if there is none.
fn fault(text: &str, kind: SourceType) -> Option<Fault> {
    let allocator = Allocator::default();
    // Node puts a function around what is no module.
    let options = ParseOptions {
        allow_return_outside_function: !kind.is_module(),
        parse_regular_expression: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, text, kind).with_options(options).parse();
    if !kind.is_module()
        && let Some(statement) = parsed.program.body.iter().find(|one| one.is_module_declaration())
    {
        let says = "an import or export statement outside of a module".to_owned();
        return Some(Fault { at: statement.span().start as usize, says, is_of_form: true });
    }
    let Some(first) = parsed.errors.first() else {
        let checked = SemanticBuilder::new().with_check_syntax_error(true).build(&parsed.program);
        // in the function that Node puts around a script, it is allowed
        let is_allowed = |message: &str| message.contains("new.target") && !kind.is_module();
        let Some(first) = checked.errors.iter().find(|error| !is_allowed(&error.message)) else {
            return declared_over_an_import(&parsed.program);
        };
        let labels = first.labels.iter().flatten().map(|label| label.offset());
        // of two declarations the second is the wrong one
        let at = labels.max().unwrap_or(0).min(text.len());
        return Some(Fault { at, says: first.message.to_string(), is_of_form: false });
    };
    // of two that don't go together the second is the wrong one; of declarations TypeScript has several
    let is_twice =
        ["Duplicated", "A module cannot have multiple"].iter().any(|start| first.message.starts_with(start));
    let labels = first.labels.iter().flatten().map(|label| label.offset());
    let at = if is_twice { labels.max() } else { labels.min() };
    let at = at.unwrap_or(0).min(text.len());
    // outside of modules it may be a name, which the parser doesn't know everywhere
    let is_odd_name = !kind.is_module()
        && text.get(..at).is_some_and(|before| {
            ["let", "yield", "await"].iter().any(|name| without_old_comments(before).ends_with(name))
        });
    (!is_odd_name).then(|| Fault { at, says: first.message.to_string(), is_of_form: !is_twice })
}

/// A text without the blanks, and the comments in the manner of HTML, that it ends in.
fn without_old_comments(mut text: &str) -> &str {
    loop {
        // a byte-order mark is a blank to JavaScript
        text = text.trim_end_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}');
        let start = text.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..).unwrap_or_default();
        let code = match line.find("<!--") {
            Some(comment) => start + comment,
            None if line.trim_start().starts_with("-->") => start,
            None => return text,
        };
        text = text.get(..code).unwrap_or_default();
    }
}

/// A declaration at the top of a name that is imported, too: TypeScript might take the two for one.
fn declared_over_an_import(program: &Program<'_>) -> Option<Fault> {
    let imported: BTreeSet<&str> = program
        .body
        .iter()
        .filter_map(|statement| match statement {
            Statement::ImportDeclaration(import) => import.specifiers.as_ref(),
            _ => None,
        })
        .flatten()
        .map(|taken| taken.local().name.as_str())
        .collect();
    let of_variables = |variables: &VariableDeclaration<'_>| {
        variables.declarations.iter().find_map(|one| match &one.id {
            BindingPattern::BindingIdentifier(name) => at_of(Some(name), &imported),
            _ => None,
        })
    };
    let declared = |statement: &Statement<'_>| match statement {
        Statement::FunctionDeclaration(function) => at_of(function.id.as_ref(), &imported),
        Statement::ClassDeclaration(class) => at_of(class.id.as_ref(), &imported),
        Statement::VariableDeclaration(variables) => of_variables(variables),
        Statement::ExportNamedDeclaration(export) => match export.declaration.as_ref()? {
            Declaration::FunctionDeclaration(function) => at_of(function.id.as_ref(), &imported),
            Declaration::ClassDeclaration(class) => at_of(class.id.as_ref(), &imported),
            Declaration::VariableDeclaration(variables) => of_variables(variables),
            _ => None,
        },
        _ => None,
    };
    let found = (!imported.is_empty()).then(|| program.body.iter().find_map(declared)).flatten();
    let (at, name) = found?;
    Some(Fault { at, says: format!("Identifier `{name}` has already been declared"), is_of_form: false })
}

/// Where a name stands, if it is one of these.
fn at_of(name: Option<&BindingIdentifier<'_>>, names: &BTreeSet<&str>) -> Option<(usize, String)> {
    let name = name.filter(|name| names.contains(name.name.as_str()))?;
    Some((name.span.start as usize, name.name.to_string()))
}

/// Whether a text has the form of one kind of script.
fn has_form(text: &str, kind: SourceType) -> bool {
    let allocator = Allocator::default();
    let options = ParseOptions { parse_regular_expression: true, ..ParseOptions::default() };
    Parser::new(&allocator, text, kind).with_options(options).parse().errors.is_empty()
}

fn is_uncompiled(text: &str) -> bool {
    /// So far from its beginning a file says that it is Flow.
    const HEAD: usize = 4_000;
    let head = text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes());
    memchr::memmem::find(head, b"@flow").is_some()
        || [SourceType::tsx(), SourceType::ts()].into_iter().any(|kind| has_form(text, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    /// What Node reads in CommonJS, and what in modules.
    const SOUND: [(&str, ScriptFormat); 37] = [
        (
            "import * as a from 'a'; export { a }; function f(a) { let b = a; { const a = b; } }",
            ScriptFormat::Module,
        ),
        ("var a = 1; var a = 2; function a() {}", ScriptFormat::Unknown),
        ("let a = 1; { let a = 2; } function f(a) { { let a; } }", ScriptFormat::Unknown),
        ("let\n\u{feff}var a = 1;", ScriptFormat::CommonJs),
        ("try { a } catch (e) { var e = 2; }", ScriptFormat::CommonJs),
        ("{ function f() {} function f() {} }", ScriptFormat::CommonJs),
        ("a = { __proto__, ['__proto__']: 2, __proto__: null };", ScriptFormat::CommonJs),
        ("var interface = 1, package = 2; arguments = 1; eval = 2;", ScriptFormat::CommonJs),
        ("a: for (;;) { b: for (;;) { continue a; } }", ScriptFormat::Unknown),
        ("class A extends B { constructor() { super(); } f() { return super.f(); } }", ScriptFormat::Unknown),
        ("import a from 'a'; export function f(a) { return a; } { let a; }", ScriptFormat::Module),
        ("a = { f() { return super.b; } }; b = /(?=a)*\\k[\\w-z]{,2}/;", ScriptFormat::CommonJs),
        ("", ScriptFormat::Unknown),
        ("#!/usr/bin/env node\nif (x) return;\n", ScriptFormat::CommonJs),
        ("return 1;", ScriptFormat::Unknown),
        ("var o = 017, s = '\\08';", ScriptFormat::CommonJs),
        ("with (Math) { abs(1) }", ScriptFormat::CommonJs),
        ("var d = 1; delete d;", ScriptFormat::CommonJs),
        ("<!-- old\n--> older\nvar a;", ScriptFormat::CommonJs),
        ("var await = 1; var b = await;", ScriptFormat::CommonJs),
        ("var let;\nlet <!-- old\n--> older\nvar a;", ScriptFormat::CommonJs),
        ("var let = 3, yield = 4, static = 5;", ScriptFormat::CommonJs),
        ("function f(a, a) {}", ScriptFormat::CommonJs),
        ("var t = new.target;", ScriptFormat::CommonJs),
        ("if (1) function q() {}\nlab: function l() {}", ScriptFormat::CommonJs),
        ("var r = /\\c/, s = /{1/, t = /]/, u = /\\1(a)/;", ScriptFormat::CommonJs),
        ("class A { #x = 1; static { this.q = 1_000; } has(o) { return #x in o; } }", ScriptFormat::Module),
        ("a ??= 1; b ||= 2; c &&= d?.e ?? f;", ScriptFormat::Module),
        ("const a = await b; export { a }; import.meta.url;", ScriptFormat::Unknown),
        ("import a from './a.json' with { type: 'json' };", ScriptFormat::Module),
        ("export * as default from 'a'; export { b as 'c d' } from 'e';", ScriptFormat::Unknown),
        ("for await (const a of b) {}", ScriptFormat::Module),
        ("using a = b;", ScriptFormat::Module),
        ("const r = /[\\p{L}--[a-z]]/v, s = /(?<a>b)(?<!c)/dgimsuy;", ScriptFormat::Module),
        ("\u{feff}var a = 1;\r\nvar b = 2;\r\n", ScriptFormat::CommonJs),
        ("import('a'); const b = `${`${c}`}`;", ScriptFormat::CommonJs),
        ("async function* f() { yield* await a; }", ScriptFormat::CommonJs),
    ];

    /// What has the form of a script and isn't one all the same.
    const WRONG: [(&str, ScriptFormat, u64); 29] = [
        ("import * as a from 'a';\nconst a = 1;\n", ScriptFormat::Module, 2),
        ("import { a } from 'a';\nconst a = 1;\n", ScriptFormat::Module, 2),
        ("import a from 'a';\nexport function a() {}\n", ScriptFormat::Module, 2),
        ("import { b as a } from 'a';\nclass a {}\n", ScriptFormat::Module, 2),
        ("import b, * as a from 'a';\nb;\nfunction a() {}\n", ScriptFormat::Module, 3),
        ("let a = 1;\nlet a = 2;\n", ScriptFormat::Unknown, 2),
        ("const a = 1;\nvar a = 2;\n", ScriptFormat::CommonJs, 2),
        ("module.exports = function (a) {\n  let a;\n};\n", ScriptFormat::CommonJs, 2),
        ("class A {}\nclass A {}\n", ScriptFormat::Module, 2),
        ("import a from 'a';\nimport a from 'b';\n", ScriptFormat::Module, 2),
        ("a;\nexport { b };\n", ScriptFormat::Module, 2),
        ("export default 1;\nexport default 2;\n", ScriptFormat::Module, 2),
        ("'use strict';\nwith (a) {}\n", ScriptFormat::CommonJs, 2),
        ("'use strict';\na = 0777;\n", ScriptFormat::Unknown, 2),
        ("'use strict';\ndelete a;\n", ScriptFormat::CommonJs, 2),
        ("'use strict';\nvar interface = 1;\n", ScriptFormat::CommonJs, 2),
        ("'use strict';\nfunction f(a, a) {}\n", ScriptFormat::CommonJs, 2),
        ("a;\nif (b) { break; }\n", ScriptFormat::Unknown, 2),
        ("a;\nfor (;;) { continue b; }\n", ScriptFormat::Unknown, 2),
        ("class A {\n  f() { return this.#b; }\n}\n", ScriptFormat::Unknown, 2),
        ("class A {\n  constructor() {}\n  constructor(a) {}\n}\n", ScriptFormat::Unknown, 3),
        ("function f() {\n  super.a();\n}\n", ScriptFormat::Unknown, 2),
        ("class A {\n  f() { super(); }\n}\n", ScriptFormat::Unknown, 2),
        ("a;\nb = /(c/;\n", ScriptFormat::Unknown, 2),
        ("a;\nb = /[z-a]/;\n", ScriptFormat::CommonJs, 2),
        ("a;\nb = /(?<a>b)(?<a>c)/;\n", ScriptFormat::Module, 2),
        ("a;\nb = /\\u{110000}/u;\n", ScriptFormat::Unknown, 2),
        ("switch (a) {\n  default:\n  default:\n}\n", ScriptFormat::Unknown, 3),
        ("a = {\n  __proto__: b, '__proto__': c };\n", ScriptFormat::Unknown, 2),
    ];

    const TORN: [(&str, ScriptFormat, u64); 14] = [
        ("module.exports = {\n  a: 1,\n", ScriptFormat::Unknown, 3),
        ("var a = 1;\n<<<<<<< HEAD\nvar b;\n=======\n", ScriptFormat::CommonJs, 2),
        ("<!DOCTYPE html>\n<html></html>\n", ScriptFormat::Unknown, 1),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", ScriptFormat::Unknown, 1),
        ("const s = 'never ends;\n", ScriptFormat::Module, 1),
        ("a;\n/* never ends", ScriptFormat::CommonJs, 2),
        ("export const a = 1;\nreturn;\n", ScriptFormat::Module, 2),
        ("export const a = 1;\nexport const a = 2;\n", ScriptFormat::Module, 2),
        ("function f() {\n await g();\n}\n", ScriptFormat::Module, 2),
        ("'use strict';\nimport a from 'a';\n", ScriptFormat::CommonJs, 2),
        ("const a = 1;\nawait a;\n", ScriptFormat::CommonJs, 2),
        ("const a = `b${1;\n", ScriptFormat::CommonJs, 1),
        ("var a = ;\n", ScriptFormat::Unknown, 1),
        ("f(a b);\n", ScriptFormat::Unknown, 1),
    ];

    #[test]
    fn what_node_reads_is_left_alone() {
        for (text, format) in SOUND {
            assert_eq!(syntax_error(text.as_bytes(), format), None, "{text}");
        }
        assert_eq!(syntax_error(b"var a = '\xFF", ScriptFormat::CommonJs), None);
    }

    #[test]
    fn what_nobody_reads_is_told_with_its_line() {
        for (text, format, line) in TORN.into_iter().chain(WRONG) {
            let error = syntax_error(text.as_bytes(), format).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((error.line, error.is_uncompiled), (line, false), "{text}: {error:?}");
        }
    }

    #[test]
    fn data_is_read_as_node_reads_it() {
        for text in ["\u{feff}{\"a\": [1e999, \"\\ud800\"]}\r\n", "null", " 1 "] {
            assert_eq!(syntax_error(text.as_bytes(), ScriptFormat::Json), None, "{text}");
        }
        assert_eq!(syntax_error(b"\"\xFF\"", ScriptFormat::Json), None);
        let settings = b"{\n  // all of it\n  \"compilerOptions\": { \"strict\": true, },\n}";
        assert_eq!(syntax_error(settings, ScriptFormat::Json), None);
        for (text, line) in
            [("", 1), ("// a\n{}", 1), ("{\n  \"a\": 1,\n}", 3), ("{'a': 1}", 1), ("{} {}", 1), ("NaN", 1)]
        {
            let error = syntax_error(text.as_bytes(), ScriptFormat::Json);
            assert_eq!(error.map(|error| error.line), Some(line), "{text}");
        }
    }

    #[test]
    fn what_others_compile_is_told_apart() {
        for text in [
            "const a: number = 1;",
            "export const a = <b>{c}</b>;",
            "import type { A } from 'a'; export default 1 as A;",
            "/**\n * @flow strict\n */\nexport type A = {| a: ?string |};",
        ] {
            let error = syntax_error(text.as_bytes(), ScriptFormat::Unknown);
            assert!(error.is_some_and(|error| error.is_uncompiled), "{text}");
        }
    }

    /// A sound script, cut off or damaged at a place that chance chooses: Node is asked what it makes of it.
    #[test]
    fn nothing_is_told_of_what_node_reads() {
        const ASK: &str = r#"
            const vm = require('node:vm'), given = ['exports', 'require', 'module', '__filename', '__dirname'];
            const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
            const reads = (make) => { try { make(); return true } catch (error) { return !(error instanceof SyntaxError) } };
            console.log(JSON.stringify(texts.map((text) => [
              reads(() => vm.compileFunction(text.replace(/^\uFEFF/, '').replace(/^#!.*/, ''), given)),
              reads(() => new vm.SourceTextModule(text)),
            ])));"#;
        let mut dice = Dice::new(fresh_seed());
        let all: Vec<&str> = SOUND.iter().map(|(text, _)| *text).filter(|text| text.len() > 8).collect();
        let texts: Vec<String> = (0..400)
            .map(|_| {
                let mut text = String::new();
                for _ in 0..=dice.below(2) {
                    text.push_str(all[dice.below(all.len())]);
                    text.push('\n');
                }
                let at = (0..text.len())
                    .cycle()
                    .skip(dice.below(text.len()))
                    .find(|at| text.is_char_boundary(*at));
                let at = at.unwrap_or(0);
                match dice.below(6) {
                    0 => text.truncate(at),
                    4 => {
                        text = text.replacen("var ", ["let ", "const ", "let [", "class "][dice.below(4)], 2)
                    }
                    5 => {
                        text = format!(
                            "{}{text}",
                            ["'use strict';", "let a;", "const b = 1;", "break;", "#!x\n"][dice.below(5)]
                        )
                    }
                    1 => text.insert_str(at, ["}", "(", "'", "`", "<", "await ", " let "][dice.below(7)]),
                    2 => drop(text.remove(at)),
                    _ => {}
                }
                text
            })
            .collect();
        let mut node = match std::process::Command::new("node")
            .args(["--no-warnings", "--experimental-vm-modules", "-e", ASK])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
        {
            Ok(node) => node,
            Err(_) => return eprintln!("no node to ask"),
        };
        serde_json::to_writer(node.stdin.take().unwrap(), &texts).unwrap();
        let output = node.wait_with_output().unwrap();
        let reads: Vec<(bool, bool)> = serde_json::from_slice(&output.stdout).unwrap();
        for (text, (as_script, as_module)) in texts.iter().zip(reads) {
            for (format, is_read) in [
                (ScriptFormat::CommonJs, as_script),
                (ScriptFormat::Module, as_module),
                (ScriptFormat::Unknown, as_script || as_module),
            ] {
                // `using` is newer than some Nodes, and nothing is told of it
                let error = syntax_error(text.as_bytes(), format);
                assert!(!is_read || error.is_none(), "{format:?} {error:?}: {text}");
            }
        }
    }
}
