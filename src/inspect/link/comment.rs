//! Telling comments that link to a map from texts that only speak of them.

use std::ops::Range;

use crate::inspect::Sample;
use crate::inventory::{LinkTarget, Media};

use super::candidate::{Candidate, in_script};
use super::markup::in_markup;
use super::target;

/// A comment that links to a map.
#[derive(Debug)]
pub(super) struct Comment {
    /// Offset of `//` or `/*`.
    pub start: usize,
    /// Offset of `sourceMappingURL=`.
    pub needle: usize,
    url: Range<usize>,
    /// Whether it is the one that readers use.
    pub in_force: bool,
}

impl Comment {
    /// What it links to.
    pub(super) fn target(&self, bytes: &[u8]) -> LinkTarget {
        target(bytes.get(self.url.clone()).unwrap_or_default(), self.url.len())
    }
}

/// How a text writes comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// JavaScript and what is compiled to it.
    Script,
    /// CSS and its relatives.
    Style,
    /// HTML and components: scripts and styles between tags.
    Markup,
    /// No name says what it is: only a comment at the very end counts.
    Unknown,
    /// Text that has no such comments.
    None,
}

fn language(sample: &Sample<'_>) -> Language {
    const SCRIPT: [&str; 16] = [
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "es", "es6", "jsm", "bundle", "jsbundle",
        "js_", "gs", "ejs",
    ];
    const STYLE: [&str; 6] = ["css", "scss", "sass", "less", "styl", "pcss"];
    const MARKUP: [&str; 8] = ["html", "htm", "xhtml", "vue", "svelte", "astro", "svg", "hbs"];
    const NONE: [&str; 19] = [
        "txt", "md", "mdx", "markdown", "rst", "adoc", "json", "map", "yml", "yaml", "toml", "xml", "py",
        "rs", "go", "java", "rb", "c", "h",
    ];
    if sample.decoded.is_some() {
        return Language::None;
    }
    let name = sample.path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is = |list: &[&str]| list.contains(&extension.as_str());
    // A script may hold control characters; a program has no comments.
    if !sample.media.is_text() && !(sample.media == Media::Binary && (is(&SCRIPT) || is(&STYLE))) {
        Language::None
    } else if is(&SCRIPT) {
        Language::Script
    } else if is(&STYLE) {
        Language::Style
    } else if is(&MARKUP) {
        Language::Markup
    } else if is(&NONE) {
        Language::None
    } else {
        match sample.bytes.trim_ascii_start().first() {
            Some(b'<') => Language::Markup,
            Some(b'{' | b'[') => Language::None,
            _ => Language::Unknown,
        }
    }
}

/// The comments among the places where one might be. The last one counts.
pub(super) fn comments(sample: &Sample<'_>, places: &[usize]) -> Vec<Comment> {
    let bytes = sample.bytes;
    let mut read_to = 0;
    let mut candidate = |place: &usize| {
        let is_new = *place >= read_to;
        is_new.then(|| Candidate::at(bytes, *place, &mut read_to)).flatten()
    };
    let candidates: Vec<Candidate> = places.iter().filter_map(&mut candidate).collect();
    let accepted = match language(sample) {
        Language::None => Vec::new(),
        Language::Style => candidates.into_iter().filter(|candidate| candidate.block).collect(),
        Language::Script => in_script(bytes, candidates, true),
        Language::Unknown => in_script(bytes, candidates, false),
        Language::Markup => in_markup(bytes, candidates),
    };
    let last = accepted.len().saturating_sub(1);
    let comment = |(index, found): (usize, Candidate)| Comment {
        start: found.start,
        needle: found.needle,
        url: found.url,
        in_force: index == last,
    };
    accepted.into_iter().enumerate().map(comment).collect()
}
