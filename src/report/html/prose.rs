//! Text as HTML: messages, help, and the documentation of rules.

use std::fmt::Write as _;

use crate::escape::{html, shown};

/// A sentence in which `...` is code.
pub(super) fn inline(text: &str) -> String {
    let text = shown(text).to_string();
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        let closed = at + 1 < parts.len();
        let _ = match (at % 2 == 1, closed) {
            (false, _) => write!(out, "{}", html(part)),
            (true, true) => write!(out, "<code>{}</code>", html(part)),
            (true, false) => write!(out, "`{}", html(part)),
        };
    }
    out
}

/// Help of several lines: indented ones are code, the others paragraphs.
pub(super) fn help(text: &str) -> String {
    let mut out = String::new();
    let mut code: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            code.push(line);
            continue;
        }
        end_code(&mut out, &mut code);
        if !line.trim().is_empty() {
            let _ = write!(out, "<p>{}</p>", inline(line));
        }
    }
    end_code(&mut out, &mut code);
    out
}

fn end_code(out: &mut String, code: &mut Vec<&str>) {
    if code.is_empty() {
        return;
    }
    let indent = code.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let lines: Vec<String> =
        code.iter().map(|line| shown(line.get(indent..).unwrap_or(line)).to_string()).collect();
    let _ = write!(out, "<pre><code>{}</code></pre>", html(&lines.join("\n")));
    code.clear();
}

/// A rule's documentation: our own Markdown. HTML in it would come out as text.
pub(super) fn markdown(text: &str, level: u8) -> String {
    use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
    let heading = match level {
        0..=3 => HeadingLevel::H4,
        4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    };
    let events = Parser::new(text).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level: heading, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(heading)),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_help_is_code() {
        assert_eq!(
            help("Write `files`:\n  \"files\": [\n    \"dist\"\n  ]\nthen pack."),
            "<p>Write <code>files</code>:</p><pre><code>&quot;files&quot;: [\n  &quot;dist&quot;\n]</code></pre><p>then pack.</p>"
        );
    }

    #[test]
    fn documentation_holds_no_elements_of_its_own() {
        assert_eq!(
            markdown("## Why\n<b>x</b> `a<b`\n", 3).replace('\n', ""),
            "<h4>Why</h4><p>&lt;b&gt;x&lt;/b&gt; <code>a&lt;b</code></p>"
        );
    }
}
