//! What a page shows, apart from what it runs and is styled by, and without the examples of one that explains.

use std::ops::Range;

use memchr::{memchr, memmem};

/// Words for each line of code that a page has at least if it explains something and shows examples.
const WORDS_PER_LINE: usize = 4;
/// The same if it is a manual, of which an example may define something, too.
const WORDS_PER_LINE_OF_MANUALS: usize = 12;
/// Blocks of code that such a page has at least.
const SEVERAL: usize = 2;

/// The blocks of code of a page that explains something.
pub(super) struct Examples {
    pub(super) blocks: Vec<Range<usize>>,
    pub(super) is_manual: bool,
}

/// What a page shows, and what it runs and is styled by, if it is a page that has such elements.
pub(super) fn apart(bytes: &[u8]) -> (Option<Vec<u8>>, Vec<&[u8]>) {
    let mut scripts = Vec::new();
    if !bytes.trim_ascii_start().starts_with(b"<") {
        return (None, scripts);
    }
    let mut page = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((start, end)) = element(rest) {
        page.extend_from_slice(rest.get(..start).unwrap_or_default());
        let script = rest.get(start..end).unwrap_or_default();
        scripts.push(memchr(b'>', script).and_then(|tag_end| script.get(tag_end + 1..)).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
    }
    page.extend_from_slice(rest);
    end_lines(&mut page);
    (Some(page), scripts)
}

/// The blocks of code of a page that has so many words beside them that they are examples: each may still be a whole file.
pub(super) fn examples(page: &[u8]) -> Option<Examples> {
    let fenced = fenced(page);
    let blocks = if fenced.len() >= SEVERAL { fenced } else { blocks(page) };
    if blocks.len() < SEVERAL {
        return None;
    }
    let lines = |block: &Range<usize>| {
        let text = page.get(block.clone()).unwrap_or_default();
        let ends = |end: &[u8]| memmem::find_iter(text, end).count();
        1 + ends(b"\n").max(ends(b"</div>")).max(ends(b"&#10;"))
    };
    let lines: usize = blocks.iter().map(lines).sum();
    let starts = blocks.iter().map(|block| block.start).chain([page.len()]);
    let ends = [0].into_iter().chain(blocks.iter().map(|block| block.end));
    let between = ends.zip(starts).filter_map(|(from, to)| page.get(from..to));
    let words: usize = between.map(words).sum();
    let is_manual = words >= WORDS_PER_LINE_OF_MANUALS * lines;
    (words >= WORDS_PER_LINE * lines).then_some(Examples { blocks, is_manual })
}

/// What stands at the beginning of a line before and behind a block of code in Markdown.
const FENCE: &[u8] = b"```";

/// The blocks of code of a text in Markdown, which reports have for what they say about each of their rules.
fn fenced(text: &[u8]) -> Vec<Range<usize>> {
    let begins = |at: &usize| {
        let mut before = text.get(..*at).unwrap_or_default().iter().rev();
        before.find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
    };
    let fences: Vec<usize> = memmem::find_iter(text, FENCE).filter(begins).collect();
    fences.as_chunks::<2>().0.iter().map(|[open, close]| *open..*close).collect()
}

/// Where the elements stand that show text as it is written.
fn blocks(page: &[u8]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(start) =
        page.get(at..).and_then(|rest| memmem::find(rest, b"<pre")).map(|start| at + start)
    {
        at = start + 4;
        let is_tag = page.get(at).is_some_and(|next| matches!(next, b'>' | b' ' | b'\n' | b'\t'));
        if !is_tag {
            continue;
        }
        let Some(length) = page.get(at..).and_then(|rest| memmem::find(rest, b"</pre>")) else { break };
        at += length;
        blocks.push(start..at);
    }
    blocks
}

/// Words that a reader sees.
fn words(markup: &[u8]) -> usize {
    let (mut is_tag, mut is_word, mut count) = (false, false, 0);
    for byte in markup {
        match byte {
            b'<' => is_tag = true,
            b'>' if is_tag => is_tag = false,
            _ if is_tag => continue,
            byte if byte.is_ascii_alphabetic() && !is_word => {
                count += 1;
                is_word = true;
                continue;
            }
            byte if byte.is_ascii_alphanumeric() || *byte == b'\'' || !byte.is_ascii() => continue,
            _ => {}
        }
        is_word = false;
    }
    count
}

/// Puts line ends where a page has elements that break lines.
fn end_lines(page: &mut [u8]) {
    const BREAK: &[u8] = b"<br";
    let breaks: Vec<usize> = memmem::find_iter(page, BREAK).collect();
    for at in breaks {
        // `<br>`, `<br/>`, `<br />`; a longer name is another element
        let rest = page.get_mut(at..).unwrap_or_default();
        let close = rest.iter().skip(BREAK.len()).take(3).position(|byte| *byte == b'>');
        let close = close.map(|gap| BREAK.len() + gap);
        if let Some(tag) = close.and_then(|close| rest.get_mut(..=close))
            && tag.iter().skip(BREAK.len()).all(|byte| b" />".contains(byte))
        {
            tag.fill(b' ');
            tag.iter_mut().take(1).for_each(|byte| *byte = b'\n');
        }
    }
}

/// Where the next script or style sheet of a page is.
fn element(page: &[u8]) -> Option<(usize, usize)> {
    let start = memmem::find_iter(page, b"<").find(|at| is_named(page, at + 1))?;
    let inside = page.get(start + 1..)?;
    let end = memmem::find_iter(inside, b"</").find(|at| is_named(inside, at + 2));
    Some((start, end.map_or(page.len(), |end| start + 1 + end)))
}

/// Whether the name of such an element stands here.
fn is_named(page: &[u8], at: usize) -> bool {
    [&b"script"[..], b"style"]
        .iter()
        .any(|name| page.get(at..at + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_among_words() {
        let prose =
            "<p>Ask for a berth before you come in, as the <b>harbour</b> is full in summer.</p>".repeat(4);
        let example = "<pre><code>const a = berth();\nreturn a;</code></pre>";
        let page = format!("<html>{prose}{example}{prose}{example}</html>");
        let found = examples(page.as_bytes()).unwrap().blocks;
        assert_eq!(found.len(), 2);
        assert_eq!(&page[found[0].clone()], example.trim_end_matches("</pre>"));
        for page in [
            format!("<html>{prose}{example}</html>"),
            format!("<html><p>One</p>{example}<p>Two</p>{example}</html>"),
            format!("<html>{prose}<presentation>{prose}<pre>a"),
        ] {
            assert!(examples(page.as_bytes()).is_none(), "{page}");
        }
    }

    #[test]
    fn examples_in_markdown() {
        let prose =
            "Paint is mixed by the mate, who is told once a year what may go into it and what may not.\n";
        let example = "```python\nif paint:\n    return mix(paint)\n```\n";
        let help = format!("{prose}{example}{prose}{example}");
        let found = examples(help.as_bytes()).unwrap().blocks;
        assert_eq!(found.len(), 2);
        assert_eq!(&help[found[0].clone()], example.trim_end_matches("```\n"));
        assert!(examples(format!("{example}{example}").as_bytes()).is_none());
        assert!(examples(format!("{prose}{example}").as_bytes()).is_none());
    }

    #[test]
    fn words_that_a_reader_sees() {
        for (markup, count) in
            [("<p class=\"a b\">One two</p>3 <b>four's</b>", 3), ("", 0), ("<a", 0), ("w\u{f6}rter", 1)]
        {
            assert_eq!(words(markup.as_bytes()), count, "{markup}");
        }
    }
}
