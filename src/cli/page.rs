//! Our own Markdown as a page for a terminal: wrapped, with headings and code set off.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

const BOLD: &str = "\x1b[1m";
const CODE: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// The page in lines of at most `width` columns; of code only lists of patterns are wrapped, two blanks between them.
pub(crate) fn render(markdown: &str, width: usize) -> String {
    let mut page = Page { width: width.max(20), ..Page::default() };
    for event in Parser::new(markdown) {
        page.event(event);
    }
    page.text
}

#[derive(Default)]
struct Page {
    width: usize,
    text: String,
    /// Words of the current paragraph, with their styles.
    words: Vec<(String, &'static str)>,
    /// Whether the next text continues the last word.
    joined: bool,
    look: &'static str,
    in_code: bool,
    /// What goes before the first line, and before the others.
    indent: (String, String),
    lists: Vec<Option<u64>>,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.look = BOLD,
            Event::End(TagEnd::Heading(_)) => {
                self.look = "";
                self.paragraph("\n");
            }
            Event::End(TagEnd::Paragraph) => {
                self.paragraph(if self.lists.is_empty() { "\n\n" } else { "\n" })
            }
            Event::Start(Tag::List(first)) => {
                self.paragraph("\n");
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                self.indent = (String::new(), String::new());
                if self.lists.is_empty() {
                    self.text.push('\n');
                }
            }
            Event::Start(Tag::Item) => self.item(),
            Event::End(TagEnd::Item) => self.paragraph("\n"),
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.text.push('\n');
            }
            Event::Start(Tag::Strong) => self.look = BOLD,
            Event::End(TagEnd::Strong) => self.look = "",
            Event::Code(code) => self.words(&code, CODE),
            Event::Text(text) if self.in_code => self.code(&text),
            Event::Text(text) => self.words(&text, self.look),
            Event::Html(text) | Event::InlineHtml(text) => self.words(&text, self.look),
            Event::SoftBreak | Event::HardBreak => self.joined = false,
            _ => {}
        }
    }

    fn item(&mut self) {
        self.paragraph("\n");
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_string(),
        };
        let depth = "  ".repeat(self.lists.len().saturating_sub(1));
        self.indent = (format!("{depth}{mark}"), format!("{depth}{}", " ".repeat(mark.len())));
    }

    fn code(&mut self, text: &str) {
        for line in text.lines() {
            let is_list = !line.starts_with(' ') && line.contains("  ");
            let is_too_long = visible(line) + CODE_INDENT.len() > self.width;
            let lines = match is_list && is_too_long {
                true => items(line, self.width.saturating_sub(CODE_INDENT.len())),
                false => vec![line.to_owned()],
            };
            for line in lines {
                self.text.push_str(if line.is_empty() { "" } else { CODE_INDENT });
                self.text.push_str(&line);
                self.text.push('\n');
            }
        }
    }

    fn words(&mut self, text: &str, look: &'static str) {
        let mut joined = self.joined && !text.starts_with(char::is_whitespace);
        // Code is one word, however long: broken into lines, it couldn't be copied.
        let pieces: Vec<&str> = if look == CODE { vec![text] } else { text.split_whitespace().collect() };
        for piece in pieces {
            let piece = if look.is_empty() { piece.to_string() } else { format!("{look}{piece}{PLAIN}") };
            match self.words.last_mut() {
                Some((last, _)) if joined => last.push_str(&piece),
                _ => self.words.push((piece, look)),
            }
            joined = false;
        }
        self.joined = !text.ends_with(char::is_whitespace);
    }

    /// Ends the current paragraph, if there is one.
    fn paragraph(&mut self, end: &str) {
        self.joined = false;
        if self.words.is_empty() {
            return;
        }
        let mut line = std::mem::take(&mut self.indent.0);
        let mut columns = line.chars().count();
        let mut first = true;
        for (word, _) in self.words.drain(..) {
            let length = visible(&word);
            if !first && columns + 1 + length > self.width {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                line.clone_from(&self.indent.1);
                columns = line.chars().count();
                first = true;
            }
            if !first {
                line.push(' ');
                columns += 1;
            }
            line.push_str(&word);
            columns += length;
            first = false;
        }
        self.text.push_str(&line);
        self.text.push_str(end);
    }
}

/// What stands before code.
const CODE_INDENT: &str = "    ";

/// A list whose items have two blanks between them, in lines of at most this many columns.
fn items(list: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in list.split("  ").map(str::trim).filter(|item| !item.is_empty()) {
        match lines.last_mut().filter(|line| visible(line) + 2 + visible(item) <= width) {
            Some(line) => *line = format!("{line}  {item}"),
            None => lines.push(item.to_owned()),
        }
    }
    lines
}

/// Columns of a word, not counting its styling.
fn visible(word: &str) -> usize {
    let mut columns = 0;
    let mut escaped = false;
    for letter in word.chars() {
        match (escaped, letter) {
            (false, '\x1b') => escaped = true,
            (true, 'm') => escaped = false,
            (true, _) => {}
            (false, _) => columns += 1,
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        render(markdown, width).replace(BOLD, "").replace(CODE, "").replace(PLAIN, "")
    }

    #[test]
    fn a_page_reads_well_at_any_width() {
        let page = "## What to do\nName what ships,\nin `files`: it wins.\n\n```json\n{ \"files\": [] }\n```\n\n- one thing to do\n- two\n";
        assert_eq!(
            plain(page, 24),
            "What to do\nName what ships, in\nfiles: it wins.\n\n    { \"files\": [] }\n\n- one thing to do\n- two\n\n"
        );
        for width in [0, 20, 40, 80, 200] {
            assert!(plain(page, width).lines().all(|line| line.len() <= width.max(20)), "{width}");
        }
    }

    #[test]
    fn of_code_only_lists_are_wrapped() {
        let page = "    *.log  *.har  npm-debug.log*  *.dump\n\n";
        assert_eq!(plain(page, 24), "    *.log  *.har\n    npm-debug.log*\n    *.dump\n\n");
        let code = "    if a {\n        long(\"a  b\", \"c  d\", \"e  f\");\n    }\n\n";
        assert_eq!(plain(code, 24), code);
    }

    #[test]
    fn headings_and_code_stand_out() {
        assert_eq!(
            render("# A b\n`c d`.\n", 80),
            format!("{BOLD}A{PLAIN} {BOLD}b{PLAIN}\n{CODE}c d{PLAIN}.\n\n")
        );
    }
}
