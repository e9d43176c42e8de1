//! What a script is sure to load when it is loaded: its static imports, and the calls of `require` at its top that
//! stand under no condition. Of declarations, everything that they name.

use std::collections::BTreeSet;
use std::ops::Range;
use std::thread;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ArrowFunctionExpression, AwaitExpression, BindingIdentifier, CallExpression, Class,
    ConditionalExpression, DoWhileStatement, ExportAllDeclaration, ExportDefaultDeclaration,
    ExportNamedDeclaration, Expression, ForInStatement, ForOfStatement, ForStatement, Function,
    IdentifierReference, IfStatement, ImportDeclaration, LogicalExpression, NewExpression, Program,
    Statement, StringLiteral, SwitchStatement, TSExternalModuleReference, TSImportType, TSModuleDeclaration,
    TSModuleDeclarationName, TryStatement, UnaryExpression, VariableDeclarator, WhileStatement, WithClause,
    WithStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::operator::UnaryOperator;
use oxc_syntax::scope::ScopeFlags;

use super::builds;
use super::commonjs;
use super::names::Parsed;
use super::script_files::{self, Places};
use crate::guard;
use crate::inventory::{Asking, Import};
use crate::stack;

/// The parser goes down into itself for everything that stands in something else: so much stack it takes for one
/// bracket, and for one byte of anything else, at most. Measured, with a third on top.
const STACK_PER_BRACKET: usize = 2_600;
const STACK_PER_BYTE: usize = 480;
/// For all that doesn't go down into itself.
const LEAST_STACK: usize = 256 << 10;
/// Without optimisation it takes several times as much.
const SLACK: usize = if cfg!(debug_assertions) { 6 } else { 1 };
/// What would take more is not parsed. It takes so much only if it is made to.
const MOST_STACK: usize = 256 << 20;

/// The modules that a script or a declaration asks for without condition; `None` if it can't be parsed.
pub(crate) fn imports(path: &str, bytes: &[u8]) -> Option<Vec<Import>> {
    parsed(path, bytes, asked)
}

/// What somebody makes of a script or a declaration, of its text and its syntax; `None` if it can't be parsed.
pub(crate) fn parsed<T: Send>(
    path: &str,
    bytes: &[u8],
    make: fn(&str, &Program<'_>, SourceType) -> T,
) -> Option<T> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_declaration = [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end));
    // A file that isn't what its name says is read all the same: to tell so.
    let kinds: &[SourceType] = match path.rsplit_once('.').map(|(_, end)| end) {
        _ if is_declaration => &[SourceType::d_ts()],
        Some("cjs") => &[SourceType::cjs(), SourceType::mjs()],
        _ => &[SourceType::mjs(), SourceType::cjs()],
    };
    with_stack(bytes, || kinds.iter().find_map(|kind| parse(text, *kind, make)))?
}

/// Does something with a script where there is as much stack as its parser may take, on a thread of its own if need be;
/// `None` if that is too much.
pub(super) fn with_stack<T: Send>(bytes: &[u8], parse: impl FnOnce() -> T + Send) -> Option<T> {
    let stack = LEAST_STACK + brackets(bytes) * STACK_PER_BRACKET + bytes.len() * STACK_PER_BYTE;
    if stack > MOST_STACK {
        return None;
    }
    if stack * SLACK <= stack::left() {
        return guard::catch(parse).ok();
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(stack * SLACK);
        thread.spawn_scoped(scope, parse).ok()?.join().ok()
    })
}

/// How many brackets open, `<` among them. Counted in single bytes, so that many are looked at by one instruction: all
/// scripts that are parsed are counted before.
fn brackets(bytes: &[u8]) -> usize {
    /// No more than a byte can count.
    const CHUNK: usize = 224;
    let is_one = |byte: &u8| (*byte == b'(') | (*byte == b'[') | (*byte == b'{') | (*byte == b'<');
    let count = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(is_one(byte))).sum::<u8>();
    bytes.chunks(CHUNK).map(|chunk| usize::from(count(chunk))).sum()
}

fn parse<T>(text: &str, kind: SourceType, make: fn(&str, &Program<'_>, SourceType) -> T) -> Option<T> {
    let allocator = Allocator::default();
    // Node puts a function around what is no module.
    let options =
        ParseOptions { allow_return_outside_function: !kind.is_module(), ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, text, kind).with_options(options).parse();
    (!parsed.panicked && parsed.errors.is_empty()).then(|| make(text, &parsed.program, kind))
}

fn asked(text: &str, program: &Program<'_>, kind: SourceType) -> Vec<Import> {
    let own_names = own_names(program);
    let mut asked = Asked {
        text,
        hushed: hushed(text),
        is_declaration: kind.is_typescript_definition(),
        made: BTreeSet::new(),
        told: BTreeSet::new(),
        is_module: kind.is_module() && has_module_syntax(program),
        places: script_files::may_rely_on(text.as_bytes()).then(|| Places::new(own_names.clone())),
        own_names,
        found: Vec::new(),
        own_modules: Vec::new(),
    };
    asked.visit_program(program);
    asked.references(program);
    if !asked.is_declaration {
        asked.found.extend(Parsed::of(program).found);
        if !has_module_syntax(program) {
            asked.found.extend(commonjs::gives(text));
        }
        let waits = asked.is_module.then(|| Waits::of(program)).flatten();
        asked.found.extend(waits.map(|at| (at, Asking::Waits, "await".to_owned())));
    }
    if let Some(places) = asked.places.take().filter(|_| !asked.is_declaration) {
        asked.found.extend(threads(program, places.of_given()));
    }
    let own = asked.own_modules;
    asked.found.retain(|(_, _, name)| !own.contains(name));
    asked.found.sort_by_key(|(at, _, _)| *at);
    let mut lines = Lines { text, done: 0, line: 1 };
    let import = |(at, by, specifier): (usize, Asking, String)| Import {
        specifier: specifier.into(),
        by,
        line: Some(lines.of(at)),
    };
    asked.found.into_iter().map(import).collect()
}

/// The files that threads are started with wherever that stands: in functions, and under conditions that tell whether
/// there are threads at all.
fn threads(program: &Program<'_>, places: Places) -> Vec<(usize, Asking, String)> {
    struct Threads(Places, Vec<(usize, Asking, String)>);
    impl<'a> Visit<'a> for Threads {
        fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
            // variables of functions are not followed
            if let Some(file) = self.0.started_by(new) {
                self.1.push((new.span.start as usize, Asking::Thread, file));
            }
            walk::walk_new_expression(self, new);
        }

        fn visit_try_statement(&mut self, _: &TryStatement<'a>) {}
    }
    let mut threads = Threads(places, Vec::new());
    threads.visit_program(program);
    threads.1
}

/// Where a module of the language waits for something as it is loaded, under a condition or not.
#[derive(Default)]
struct Waits(Option<usize>);

impl Waits {
    fn of(program: &Program<'_>) -> Option<usize> {
        let mut waits = Self::default();
        waits.visit_program(program);
        waits.0
    }
}

impl<'a> Visit<'a> for Waits {
    fn visit_await_expression(&mut self, awaited: &AwaitExpression<'a>) {
        self.0.get_or_insert(awaited.span.start as usize);
    }

    fn visit_for_of_statement(&mut self, each: &ForOfStatement<'a>) {
        if each.r#await {
            self.0.get_or_insert(each.span.start as usize);
        }
        walk::walk_for_of_statement(self, each);
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}
    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
    fn visit_class(&mut self, _: &Class<'a>) {}
}

/// Where TypeScript is told not to look: from such a comment to the end of the next line.
fn hushed(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    let line_end =
        |from: usize| memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default()).map(|at| from + at);
    let mut line = 0;
    for at in memchr::memmem::find_iter(bytes, b"@ts-") {
        let rest = bytes.get(at..).unwrap_or_default();
        if !rest.starts_with(b"@ts-ignore") && !rest.starts_with(b"@ts-expect-error") {
            continue;
        }
        // of several in one line the first is enough
        if at >= line || ranges.is_empty() {
            line = line_end(at).unwrap_or(bytes.len());
            let end = line_end(line + 1).unwrap_or(bytes.len());
            ranges.push(at..end + 1);
        }
    }
    ranges
}

/// Variables that CommonJS gives to a script, and the modules of the language don't.
const GIVEN: [&str; 5] = ["require", "module", "exports", "__dirname", "__filename"];

/// Those of them that a script declares itself, outside of its functions.
fn own_names(program: &Program<'_>) -> BTreeSet<&'static str> {
    #[derive(Default)]
    struct Names(BTreeSet<&'static str>);
    impl<'a> Visit<'a> for Names {
        fn visit_binding_identifier(&mut self, name: &BindingIdentifier<'a>) {
            self.0.extend(GIVEN.iter().find(|given| **given == name.name));
        }

        fn visit_function(&mut self, function: &Function<'a>, _: ScopeFlags) {
            function.id.iter().for_each(|name| self.visit_binding_identifier(name));
        }

        fn visit_class(&mut self, class: &Class<'a>) {
            class.id.iter().for_each(|name| self.visit_binding_identifier(name));
        }

        fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
    }
    let mut names = Names::default();
    names.visit_program(program);
    names.0
}

/// Whether it is a module of the language itself, in which nobody gives a `require`.
fn has_module_syntax(program: &Program<'_>) -> bool {
    program.body.iter().any(Statement::is_module_declaration)
}

/// What is found on the way down, which never leads under a condition or into a function.
struct Asked<'t> {
    text: &'t str,
    /// As [`hushed`] gives them.
    hushed: Vec<Range<usize>>,
    is_declaration: bool,
    /// As [`own_names`] gives them.
    own_names: BTreeSet<&'static str>,
    /// Functions like `require` that it had made for its own place.
    made: BTreeSet<String>,
    /// Variables of [`GIVEN`] that were found.
    told: BTreeSet<&'static str>,
    /// Whether it is a module of the language.
    is_module: bool,
    /// Where files are that it may read; `None` if it reads none, or takes care.
    places: Option<Places>,
    /// Offset, what asks, and name.
    found: Vec<(usize, Asking, String)>,
    /// Modules that the declarations themselves declare.
    own_modules: Vec<String>,
}

impl Asked<'_> {
    fn add(&mut self, span: Span, by: Asking, name: &str) {
        let at = span.start as usize;
        if !self.is_hushed(at) {
            self.found.push((at, by, name.to_owned()));
        }
    }

    /// A statement that imports.
    fn import(&mut self, span: Span, source: &StringLiteral<'_>, with: Option<&WithClause<'_>>) {
        let by = if with.is_some() { Asking::TypedImport } else { Asking::Import };
        self.add(span, by, &source.value);
    }

    fn export(&mut self, span: Span) {
        if !self.is_declaration {
            self.add(span, Asking::Export, "export");
        }
    }

    fn is_hushed(&self, at: usize) -> bool {
        let before = self.hushed.partition_point(|range| range.start <= at);
        before.checked_sub(1).and_then(|last| self.hushed.get(last)).is_some_and(|range| range.contains(&at))
    }

    /// `/// <reference path="..." />`.
    fn references(&mut self, program: &Program<'_>) {
        if !self.is_declaration {
            return;
        }
        for comment in &program.comments {
            let span = comment.content_span();
            let Some(text) = self.text.get(span.start as usize..span.end as usize) else { continue };
            let value = |key: &str| {
                let behind = text.strip_prefix("/ <reference ")?.trim_start().strip_prefix(key)?;
                let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                behind.get(1..)?.split(quote).next()
            };
            if let Some(path) = value("path=") {
                let is_relative = path.starts_with("./") || path.starts_with("../");
                let path = if is_relative { path.to_owned() } else { format!("./{path}") };
                self.found.push((span.start as usize, Asking::Import, path));
            } else if let Some(name) = value("types=") {
                self.found.push((span.start as usize, Asking::Import, name.to_owned()));
            }
        }
    }
}

impl<'a> Visit<'a> for Asked<'_> {
    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        // TypeScript doesn't mind one for its effects that leads nowhere
        let is_asked = match self.is_declaration {
            true => import.specifiers.is_some(),
            false => !import.import_kind.is_type(),
        };
        if is_asked {
            self.import(import.span, &import.source, import.with_clause.as_deref());
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if self.is_declaration || !export.export_kind.is_type() {
            self.import(export.span, &export.source, export.with_clause.as_deref());
        }
    }

    fn visit_export_named_declaration(&mut self, export: &ExportNamedDeclaration<'a>) {
        match &export.source {
            Some(source) => self.import(export.span, source, export.with_clause.as_deref()),
            None => {
                self.export(export.span);
                walk::walk_export_named_declaration(self, export);
            }
        }
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        self.export(export.span);
        walk::walk_export_default_declaration(self, export);
    }

    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'a>) {
        let given = GIVEN.iter().find(|given| **given == name.name).filter(|_| !self.is_declaration);
        let is_new = |given: &&&str| !self.own_names.contains(*given) && !self.told.contains(*given);
        if let Some(given) = given.filter(is_new) {
            self.told.insert(given);
            self.add(name.span, Asking::Variable, given);
        }
    }

    /// `typeof require` asks whether there is one.
    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        if unary.operator != UnaryOperator::Typeof {
            walk::walk_unary_expression(self, unary);
        }
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let is_given = |name: &str| name == "require" && !self.is_module && !self.own_names.contains(name);
        let is_require = |name: &str| is_given(name) || self.made.contains(name);
        let resolved = script_files::resolved_by(call).filter(|_| is_require("require"));
        if matches!(&call.callee, Expression::Identifier(name) if is_require(name.name.as_str()))
            && call.arguments.len() == 1
            && let Some(Expression::StringLiteral(name)) =
                call.arguments.first().and_then(|one| one.as_expression())
        {
            self.add(call.callee.span(), Asking::Require, &name.value);
        }
        if let Some(file) = resolved {
            self.add(call.span, Asking::File, file);
        }
        if let Some(file) = self.places.as_ref().and_then(|places| places.read_by(call)) {
            self.add(call.span, Asking::File, &file);
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Some(file) = self.places.as_ref().and_then(|places| places.started_by(new)) {
            self.add(new.span, Asking::File, &file);
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_await_expression(&mut self, awaited: &AwaitExpression<'a>) {
        if let Some(file) = self.places.as_ref().and_then(|places| places.awaited(&awaited.argument)) {
            self.add(awaited.span, Asking::File, &file);
        }
        if let Expression::ImportExpression(import) = &awaited.argument
            && let Expression::StringLiteral(name) = &import.source
        {
            let by = if import.options.is_some() { Asking::TypedImport } else { Asking::Import };
            self.add(import.span, by, &name.value);
        }
        walk::walk_await_expression(self, awaited);
    }

    fn visit_variable_declarator(&mut self, variable: &VariableDeclarator<'a>) {
        if let Some(places) = &mut self.places {
            places.declare(variable);
        }
        self.made.extend(script_files::made_require(variable));
        walk::walk_variable_declarator(self, variable);
    }

    fn visit_ts_import_type(&mut self, import: &TSImportType<'a>) {
        self.add(import.span, Asking::Import, &import.source.value);
        walk::walk_ts_import_type(self, import);
    }

    fn visit_ts_external_module_reference(&mut self, reference: &TSExternalModuleReference<'a>) {
        self.add(reference.span, Asking::Import, &reference.expression.value);
    }

    fn visit_ts_module_declaration(&mut self, module: &TSModuleDeclaration<'a>) {
        match &module.id {
            // It declares or adds to another module, and may be the only one who knows it.
            TSModuleDeclarationName::StringLiteral(name) => self.own_modules.push(name.value.to_string()),
            TSModuleDeclarationName::Identifier(_) => walk::walk_ts_module_declaration(self, module),
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        if self.is_declaration {
            walk::walk_function(self, function, flags);
        }
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        if self.is_declaration {
            walk::walk_class(self, class);
        }
    }

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
    fn visit_conditional_expression(&mut self, choice: &ConditionalExpression<'a>) {
        if builds::is_chosen_from(choice) {
            walk::walk_conditional_expression(self, choice);
        }
    }

    fn visit_if_statement(&mut self, choice: &IfStatement<'a>) {
        if builds::is_chosen(choice) {
            walk::walk_if_statement(self, choice);
        }
    }

    fn visit_logical_expression(&mut self, _: &LogicalExpression<'a>) {}
    fn visit_try_statement(&mut self, _: &TryStatement<'a>) {}
    fn visit_switch_statement(&mut self, _: &SwitchStatement<'a>) {}
    fn visit_for_statement(&mut self, _: &ForStatement<'a>) {}
    fn visit_for_in_statement(&mut self, _: &ForInStatement<'a>) {}
    fn visit_for_of_statement(&mut self, _: &ForOfStatement<'a>) {}
    fn visit_while_statement(&mut self, _: &WhileStatement<'a>) {}
    fn visit_do_while_statement(&mut self, _: &DoWhileStatement<'a>) {}
    fn visit_with_statement(&mut self, _: &WithStatement<'a>) {}
}

/// The lines of offsets that come in order.
struct Lines<'t> {
    text: &'t str,
    done: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> u64 {
        let between = self.text.as_bytes().get(self.done..at).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        self.done = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut found = imports(path, text.as_bytes()).expect("it parses");
        found.retain(|import| {
            !matches!(import.by, Asking::Variable | Asking::Export | Asking::Name | Asking::Gives)
        });
        found.into_iter().map(|import| format!("{}:{}", import.line.unwrap_or(0), import.specifier)).collect()
    }

    #[test]
    fn which_kind_of_module_it_is() {
        let kinds = |path: &str, text: &str| -> Vec<String> {
            let found = imports(path, text.as_bytes()).expect("it parses").into_iter();
            let found = found.filter(|import| !matches!(import.by, Asking::Name | Asking::Gives));
            found.map(|import| format!("{:?} {}", import.by, import.specifier)).collect()
        };
        for (path, text, expected) in [
            (
                "a.js",
                "module.exports = { a: 1 }; module.exports.b = __dirname;",
                &["Variable module", "Variable __dirname"][..],
            ),
            (
                "a.mjs",
                "import a from './a.js'; const b = require('b');",
                &["Import ./a.js", "Variable require"],
            ),
            ("a.js", "import a from './a.json' with { type: 'json' };", &["TypedImport ./a.json"]),
            ("a.cjs", "export const a = 1; export default a;", &["Export export", "Export export"]),
            (
                "a.js",
                "import { createRequire } from 'module'; const require = createRequire(x); require('a');",
                &["Import module"],
            ),
            (
                "a.js",
                "export {}; typeof module; x && module.exports; if (y) require('a');",
                &["Export export"],
            ),
            (
                "a.js",
                "export {}; function f(module, exports) { module.exports = exports }",
                &["Export export"],
            ),
        ] {
            assert_eq!(kinds(path, text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_loaded_without_condition() {
        let text = "#!/usr/bin/env node\nimport a, { b } from './a';\nimport './c.css';\nexport * from 'd';\nexport { e } from \"e\";";
        assert_eq!(found("a.js", text), ["2:./a", "3:./c.css", "4:d", "5:e"]);
        let text = "'use strict';\nconst a = require('a'), { b } = __importDefault(require(\"./b\"));\n__exportStar(require('./c'), exports);\nmodule.exports = { d: require('d').e };";
        assert_eq!(found("a.js", text), ["2:a", "2:./b", "3:./c", "4:d"]);
        assert_eq!(found("a.cjs", "return require('a')"), ["1:a"]);
        assert_eq!(
            found("a.js", "const a = await import('./a.js'), { b } = (await import('b')).default;"),
            ["1:./a.js", "1:b"]
        );
        let text = "import { createRequire as makeCreateRequire } from 'module';\nconst load = makeCreateRequire(import.meta.url);\nconst a = load('./a.json');";
        assert_eq!(found("a.mjs", text), ["1:module", "3:./a.json"]);
    }

    #[test]
    fn one_of_two_builds_is_loaded_whatever_the_variable_says() {
        let both = ["1:./a.min", "1:./a"];
        for text in [
            "if (process.env.NODE_ENV === 'production') module.exports = require('./a.min'); else { module.exports = require('./a') }",
            "if (\"production\" != process.env.NODE_ENV) { require('./a.min') } else require('./a')",
            "module.exports = process.env.NODE_ENV === 'production' ? require('./a.min') : require('./a');",
        ] {
            assert_eq!(found("a.js", text), both, "{text}");
        }
        for text in [
            "if (process.env.NODE_ENV === 'production') module.exports = require('./a.min');",
            "if (process.env.NODE_ENV === 'test') require('./a.min'); else require('./a')",
            "if (process.env.NODE_ENV === 'production' && x) require('./a.min'); else require('./a')",
            "if (env.NODE_ENV === 'production') require('./a.min'); else require('./a')",
            "const f = () => process.env.NODE_ENV === 'production' ? require('./a.min') : require('./a');",
        ] {
            assert_eq!(found("a.js", text), [] as [String; 0], "{text}");
        }
    }

    #[test]
    fn files_that_are_read() {
        for (text, expected) in [
            ("const t = fs.readFileSync(path.join(__dirname, '../a.json'));", &["./../a.json"][..]),
            (
                "exports.t = require.resolve('./t/a.html'), exports.u = require.resolve('./b');",
                &["./t/a.html"],
            ),
            ("const f = () => require.resolve('./a.js'); try { require.resolve('./a.js') } catch {}", &[]),
            ("const t = JSON.parse((0, fs_1.readFileSync)(`${__dirname}/a.txt`, 'utf8'));", &["./a.txt"]),
            ("export const t = readFileSync(new URL('./a.txt', import.meta.url));", &["./a.txt"]),
            (
                "const d = path.dirname(fileURLToPath(import.meta.url)), t = fs.readFileSync(path.resolve(d, 'a', 'b'));",
                &["./a/b"],
            ),
            ("new Worker(__dirname + '/w.js');", &["./w.js"]),
            (
                "if (a) fs.readFileSync(__dirname + '/a'); const f = () => fs.readFileSync(__dirname + '/a');",
                &[],
            ),
            (
                "try { fs.readFileSync(__dirname + '/a') } catch {} const t = a ? fs.readFileSync(__dirname + '/b') : 1;",
                &[],
            ),
            ("fs.writeFileSync(__dirname + '/a', x); fs.readFileSync(__dirname + '/a');", &[]),
            ("import { __dirname } from './up/paths.js'; fs.readFileSync(__dirname + '/a.txt');", &[]),
            (
                "import { __dirname as own } from './up/paths.js'; fs.readFileSync(__dirname + '/a.txt');",
                &["./a.txt"],
            ),
            ("const { __dirname } = require('./up/paths'); fs.readFileSync(__dirname + '/a.txt');", &[]),
            (
                "const __dirname = path.dirname(path.dirname(fileURLToPath(import.meta.url))); fs.readFileSync(__dirname + '/a.txt');",
                &["./../a.txt"],
            ),
            (
                "fs.readFileSync('a'); fs.readFileSync(path.join(cwd, 'a')); fs.readFileSync(path.join(__dirname, x));",
                &[],
            ),
        ] {
            let mut found = imports("a.js", text.as_bytes()).expect("it parses");
            found.retain(|import| import.by == Asking::File);
            let found: Vec<String> = found.into_iter().map(|one| one.specifier.to_string()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_may_not_be_loaded() {
        for text in [
            "try { require('a') } catch {}",
            "if (x) require('a');",
            "const a = x ? require('a') : null;",
            "const a = x && require('a'), b = y || require('b'), c = z ?? require('c');",
            "function f() { require('a') }\nconst g = () => require('b'); class C { d = require('d') }",
            "define(function (require) { require('a') });",
            "(function () { require('a') })();",
            "var require = x; require('a');",
            "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
            "import { createRequire } from 'node:module'; const require = createRequire(cwd); require('a');",
            "import { createRequire } from 'node:module'; const f = () => { const r = createRequire(import.meta.url); r('a'); };",
            "for (const x of []) require('a');",
            "switch (x) { case 1: require('a') }",
            "// require('a')\n/* import 'b' */ const t = \"import c from 'c'\", u = `require('d')`, v = /require('e')/;",
            "async function f() { await import('a') } const g = async () => await import('b');",
            "import('a'); require(x); require('a' + b); require.resolve('c'); require(`d`);",
        ] {
            let found = found("a.js", text);
            assert!(found.iter().all(|name| name.ends_with("node:module")), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_declarations_name() {
        let text = "/// <reference path=\"x.d.ts\" />\nimport type { A } from './a';\nexport declare function f(): import(\"./b\").B;\nimport c = require('c');\n// @ts-ignore\nimport { D } from 'd';\ndeclare module 'e' { export const x: 1; }\nimport 'e';";
        assert_eq!(found("a.d.ts", text), ["1:./x.d.ts", "2:./a", "3:./b", "4:c"]);
    }

    #[test]
    fn nothing_is_too_deep() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("x={a:", "}"),
            ("{", "}"),
            ("(function(){", "})()"),
            ("(x=>(", "))"),
            ("!", ""),
            ("a=", ""),
            ("a?b:", ""),
            ("if(a)b;else ", ""),
            ("`${", "}`"),
            ("a+", ""),
            ("new ", ""),
            ("class A{static{", "}}"),
        ] {
            for count in [1_000, 30_000, 200_000] {
                let text = format!("{}1{}", open.repeat(count), close.repeat(count));
                imports("a.js", text.as_bytes());
            }
        }
        for (open, close) in [("Array<", ">"), ("keyof ", ""), ("[", "]"), ("(a: ", ") => b")] {
            let text = format!("type A = {}b{}", open.repeat(20_000), close.repeat(20_000));
            imports("a.d.ts", text.as_bytes());
        }
    }
}
