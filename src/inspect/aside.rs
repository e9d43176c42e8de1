//! Text in a script that is none of its code: in comments, in template literals, in string literals that end lines.

use oxc_ast::ast::{StringLiteral, TemplateElement};
use oxc_ast_visit::Visit;

use super::imports::script;

/// What stands in a script beside its code. Whether it is all of one text or of several doesn't matter to whoever looks
/// for lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aside {
    /// What is in comments.
    pub comments: Vec<u8>,
    /// What is in literals.
    pub literals: Vec<u8>,
    /// Where each of them ends in that.
    pub ends: Vec<usize>,
}

/// What stands in a script beside its code; `None` if it can't be parsed.
pub(super) fn of(path: &str, bytes: &[u8]) -> Option<Aside> {
    script::parsed(path, bytes, |text, program, _| {
        let mut aside = Aside::default();
        for comment in &program.comments {
            let span = comment.content_span();
            let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
            push(&mut aside.comments, inside);
        }
        aside.visit_program(program);
        aside
    })
}

fn push(lines: &mut Vec<u8>, text: &str) {
    lines.extend_from_slice(text.as_bytes());
    lines.push(b'\n');
}

impl<'a> Visit<'a> for Aside {
    fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
        if element.value.raw.contains('\n') {
            push(&mut self.literals, element.value.cooked.as_ref().unwrap_or(&element.value.raw));
            self.ends.push(self.literals.len());
        }
    }

    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        if literal.value.ends_with('\n') {
            push(&mut self.literals, &literal.value);
            self.ends.push(self.literals.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_beside_code() {
        let script = "const a = /`+/g; // one\nexport const b = `two\n  ${a} three\n`;\nlog('four\\n' +\n 'five');\n/* six\n seven */";
        let aside = of("a.js", script.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(aside.comments).unwrap(), " one\n six\n seven \n");
        assert_eq!(String::from_utf8(aside.literals).unwrap(), "two\n  \n three\n\nfour\n\n");
        assert_eq!(of("a.js", b"const a = ;"), None);
    }
}
