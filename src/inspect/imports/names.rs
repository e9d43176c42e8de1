//! The names that modules of the language take from each other and give. A module that takes one that the other doesn't
//! give is not loaded. The quick look may miss some on either side: where one seems to be missing, both are parsed.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    BindingIdentifier, Declaration, ExportAllDeclaration, ExportDefaultDeclaration, ExportNamedDeclaration,
    ImportDeclaration, ImportDeclarationSpecifier, ModuleExportName, Program, StringLiteral,
};
use oxc_ast_visit::{Visit, walk};

use crate::inventory::{Asking, Import};

use super::{Word, is_in_name, quoted};

/// Names that are kept of one file.
const MOST: usize = 5_000;
/// Bytes that a list in braces may take.
const LONGEST: usize = 32 << 10;

/// Stands for a name that the quick look can't tell, and is none: it is for the parser to say.
const UNCLEAR: &str = "?";

/// What the quick look finds in one file.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// Each with the module that it is taken from.
    taken: BTreeSet<(&'a str, &'a str)>,
    given: BTreeSet<&'a str>,
    /// Modules all of whose names are handed on.
    all_of: BTreeSet<&'a str>,
    /// Where the last list ended whose names were taken down, so that none is read twice.
    done: usize,
    /// The same of lists of what is given.
    read: usize,
}

impl<'a> Names<'a> {
    /// Takes down what stands beside a word that asks or exports, at an offset.
    pub(super) fn look(&mut self, bytes: &'a [u8], at: usize, length: usize, word: Word) {
        if self.taken.len() + self.given.len() >= MOST {
            return;
        }
        match word {
            Word::From => drop(self.take(bytes, at, length)),
            Word::Export if stands_free(bytes, at) => drop(self.give(bytes, at)),
            _ => {}
        }
    }

    /// As facts.
    pub(super) fn into_imports(self) -> impl Iterator<Item = Import> {
        let taken = self.taken.into_iter().map(|(name, from)| (Asking::Name, format!("{name} {from}")));
        let given = self.given.into_iter().map(|name| (Asking::Gives, name.to_owned()));
        let given = given.chain(self.all_of.into_iter().map(|from| (Asking::Gives, all_of(from))));
        taken.chain(given).map(|(by, specifier)| Import { specifier: specifier.into(), by, line: None })
    }

    /// `import a, { b as c } from './d.js'` and `export { b as c } from './d.js'`.
    fn take(&mut self, bytes: &'a [u8], at: usize, length: usize) -> Option<()> {
        let (from, _) = quoted(bytes.get(at + length - 1..)?)?;
        from.starts_with('.').then_some(())?;
        let start = at.saturating_sub(LONGEST).max(self.done);
        let mut before = bytes.get(start..at)?.trim_ascii_end();
        self.done = at;
        let mut found = Vec::new();
        if let Some(inside) = before.strip_suffix(b"}") {
            let open = memchr::memrchr(b'{', inside)?;
            found.extend(items(inside.get(open + 1..)?).map(|item| item.map_or(UNCLEAR, |(name, _)| name)));
            before = inside.get(..open)?.trim_ascii_end();
            before = before.strip_suffix(b",").map_or(before, <[u8]>::trim_ascii_end);
        }
        let keyword = last_name(before);
        if keyword != "import" && keyword != "export" && !keyword.is_empty() {
            let rest = before.get(..before.len() - keyword.len())?.trim_ascii_end();
            // `* as a`
            (last_name(rest) == "import").then_some(())?;
            found.push("default");
        }
        self.taken.extend(found.into_iter().map(|name| (name, from)));
        Some(())
    }

    /// `export const a = 1`, `export { b as c }` and the like.
    fn give(&mut self, bytes: &'a [u8], at: usize) -> Option<()> {
        let rest = bytes.get(at + "export".len()..)?.trim_ascii_start();
        if let Some(inside) = rest.strip_prefix(b"{") {
            (at >= self.read).then_some(())?;
            let inside = inside.get(..LONGEST).unwrap_or(inside);
            let end = memchr::memchr(b'}', inside);
            self.read = at + end.unwrap_or(inside.len());
            let inside = inside.get(..end?)?;
            self.given.extend(items(inside).flatten().map(|(_, name)| name));
            return Some(());
        }
        if let Some(rest) = rest.strip_prefix(b"*") {
            let rest = rest.trim_ascii_start();
            let named = rest.strip_prefix(b"as ").map(<[u8]>::trim_ascii_start);
            let from = || quoted(rest.strip_prefix(b"from")?.trim_ascii_start()).map(|(from, _)| from);
            match (named, from().filter(|from| from.starts_with('.'))) {
                (Some(name), _) => drop(self.given.insert(first_name(name))),
                (None, Some(from)) => drop(self.all_of.insert(from)),
                (None, None) => drop(self.given.insert("*")),
            }
            return Some(());
        }
        let mut rest = rest;
        for _ in 0..4 {
            let word = first_name(rest);
            match word {
                "default" => {
                    self.given.insert("default");
                    return Some(());
                }
                "async" | "function" | "const" | "let" | "var" | "class" => {
                    rest = rest.get(word.len()..)?.trim_ascii_start();
                    rest = rest.strip_prefix(b"*").map_or(rest, <[u8]>::trim_ascii_start);
                }
                "" => return None,
                name => {
                    self.given.insert(name);
                    return Some(());
                }
            }
        }
        None
    }
}

/// What the parser finds.
#[derive(Default)]
pub(super) struct Parsed {
    /// Offset, what it is, and name.
    pub(super) found: Vec<(usize, Asking, String)>,
}

impl Parsed {
    pub(super) fn of(program: &Program<'_>) -> Self {
        let mut parsed = Self::default();
        for statement in program.body.iter().filter(|statement| statement.is_module_declaration()) {
            parsed.visit_statement(statement);
        }
        parsed
    }

    fn takes(&mut self, at: u32, name: &str, from: &StringLiteral<'_>) {
        // a name that is written as a string may have anything in it
        if from.value.starts_with('.') && !name.is_empty() && name.bytes().all(is_in_name) {
            self.found.push((at as usize, Asking::Name, format!("{name} {}", from.value)));
        }
    }

    fn gives(&mut self, at: u32, name: &str) {
        self.found.push((at as usize, Asking::Gives, name.to_owned()));
    }
}

/// What stands for all names of a module of the package; a bare `*` stands for those of one that isn't known.
fn all_of(from: &str) -> String {
    format!("* {from}")
}

fn named<'n>(name: &'n ModuleExportName<'_>) -> &'n str {
    match name {
        ModuleExportName::StringLiteral(text) => text.value.as_str(),
        ModuleExportName::IdentifierName(name) => name.name.as_str(),
        ModuleExportName::IdentifierReference(name) => name.name.as_str(),
    }
}

impl<'a> Visit<'a> for Parsed {
    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        if import.import_kind.is_type() || import.with_clause.is_some() || import.phase.is_some() {
            return;
        }
        for specifier in import.specifiers.iter().flatten() {
            match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => {
                    self.takes(one.span.start, named(&one.imported), &import.source);
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                    self.takes(one.span.start, "default", &import.source);
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => {}
            }
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        let at = export.span.start;
        match &export.exported {
            Some(name) => self.gives(at, named(name)),
            None if export.source.value.starts_with('.') => self.gives(at, &all_of(&export.source.value)),
            None => self.gives(at, "*"),
        }
    }

    fn visit_export_named_declaration(&mut self, export: &ExportNamedDeclaration<'a>) {
        for one in &export.specifiers {
            if let Some(source) = &export.source {
                self.takes(one.span.start, named(&one.local), source);
            }
            self.gives(one.span.start, named(&one.exported));
        }
        match &export.declaration {
            Some(Declaration::FunctionDeclaration(function)) => {
                function.id.iter().for_each(|name| self.visit_binding_identifier(name));
            }
            Some(Declaration::ClassDeclaration(class)) => {
                class.id.iter().for_each(|name| self.visit_binding_identifier(name));
            }
            // of what a pattern falls back to, a name too many does no harm
            Some(other) => walk::walk_declaration(self, other),
            None => {}
        }
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        self.gives(export.span.start, "default");
    }

    fn visit_binding_identifier(&mut self, name: &BindingIdentifier<'a>) {
        self.gives(name.span.start, &name.name);
    }
}

/// Whether a statement at the top may begin here, where nobody indents: comments speak of exports, too.
fn stands_free(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    before.is_none_or(|before| matches!(before, b'\n' | b'\r' | b';' | b'}' | b'/'))
}

/// The names of a list in braces, each as it is there and as it is called here: `a as b`; `None` for what the quick look
/// doesn't understand: comments, and names that are written as strings.
fn items(inside: &[u8]) -> impl Iterator<Item = Option<(&str, &str)>> {
    let items = inside.split(|byte| *byte == b',').filter(|item| !item.trim_ascii().is_empty());
    items.map(|item| {
        let mut words = std::str::from_utf8(item).ok()?.split_ascii_whitespace();
        let there = words.next().filter(|name| name.bytes().all(is_in_name))?;
        match (words.next(), words.next(), words.next()) {
            (None, ..) => Some((there, there)),
            (Some("as"), Some(here), None) => Some((there, here)),
            _ => None,
        }
    })
}

fn first_name(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| !is_in_name(*byte)).unwrap_or(bytes.len());
    std::str::from_utf8(bytes.get(..end).unwrap_or_default()).unwrap_or_default()
}

fn last_name(bytes: &[u8]) -> &str {
    let start = bytes.iter().rposition(|byte| !is_in_name(*byte)).map_or(0, |at| at + 1);
    std::str::from_utf8(bytes.get(start..).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inspect::scanner::Scanner;
    use crate::inventory::{Entry, Media};

    fn found(text: &str) -> Vec<String> {
        let mut entry = Entry { path: "a.js".to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        let names = entry.imports.iter().filter(|one| matches!(one.by, Asking::Name | Asking::Gives));
        names.map(|one| one.specifier.to_string()).collect()
    }

    #[test]
    fn what_is_taken_and_given() {
        for (text, expected) in [
            ("import { a, b as c } from './x.js';", &["a ./x.js", "b ./x.js"][..]),
            ("import d,{a}from\"./x.js\";", &["a ./x.js", "default ./x.js"]),
            ("import d from './x.js';\nimport * as e from './y.js';", &["default ./x.js"]),
            ("export { a as b } from './x.js';", &["a ./x.js", "b"]),
            ("export * from './x.js';\nexport * as f from './y.js';", &["f", "* ./x.js"]),
            ("export *from'./x.js';export * from 'y';", &["*", "* ./x.js"]),
            ("import { a } from 'x';", &[]),
            ("import {\n  // a\n  b, 'c d' as e } from './x.js';", &["? ./x.js"]),
            ("export const a = 1;\nexport async function* b() {}\nexport class c {}", &["a", "b", "c"]),
            ("const q=1;export{q as a,q as default};", &["a", "default"]),
            ("export default function f() {}", &["default"]),
            ("const t = \"x from './y.js'\";", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
