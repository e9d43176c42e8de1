use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::node::Malformed;

/// Most characters of a source line that a message shows.
const SHOWN: usize = 110;

/// A settings file as text, with its name for messages.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name: `packgate.toml`, `policies/base.toml`.
    pub name: String,
    pub text: String,
}

impl Source {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// Line from 1 of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + memchr::memchr_iter(b'\n', before).count()
    }

    /// `packgate.toml:12`, for [`super::Origin`].
    pub(super) fn origin(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.name, self.line(span.start))
    }
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the file; empty if the problem has no file (`--policy`).
    pub file: String,
    /// Where in it.
    pub spot: Option<Box<Spot>>,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What would be right; empty if that isn't known.
    pub help: String,
}

/// A place in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Line from 1.
    pub line: usize,
    /// Column in characters from 1.
    pub column: usize,
    /// The line's text, shortened around the place, without control characters.
    text: String,
    /// Characters of `text` before the place, and in it.
    underline: (usize, usize),
}

impl Spot {
    fn new(source: &str, span: &Range<usize>) -> Self {
        let start = floor(source, span.start);
        let end = floor(source, span.end.max(start));
        let before = source.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = source.get(line_start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let width = source.get(start..end).unwrap_or_default().split('\n').next().unwrap_or_default();
        let width = width.chars().count().clamp(1, SHOWN);

        let skipped = (column + width.min(SHOWN / 2)).saturating_sub(SHOWN);
        let text: String = line.chars().skip(skipped).take(SHOWN).map(printable).collect();
        let room = text.chars().count().saturating_sub(column - skipped).max(1);
        Self {
            line: 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count(),
            column: column + 1,
            text,
            underline: (column - skipped, width.min(room)),
        }
    }
}

/// The nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One column per character, and nothing that moves a terminal's cursor or reorders text.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
            '\u{fffd}'
        }
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

impl Problem {
    /// A problem without a file.
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { file: String::new(), spot: None, message: message.into(), help: help.into() }
    }

    /// A problem with a file as a whole.
    pub(super) fn with_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), ..Self::new(message, "") }
    }

    /// Why a file can't be read as TOML or JSON.
    pub(super) fn malformed(source: &Source, places: Malformed) -> Vec<Self> {
        let problem = |(span, message): (Range<usize>, String)| Self {
            file: source.name.clone(),
            spot: Some(Box::new(Spot::new(&source.text, &span))),
            message,
            help: String::new(),
        };
        places.into_iter().map(problem).collect()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clean = |text: &str| text.chars().map(printable).collect::<String>();
        let help = clean(&self.help);
        write!(f, "error: {}", clean(&self.message))?;
        let Some(spot) = &self.spot else {
            if !self.file.is_empty() {
                write!(f, "\n  --> {}", self.file)?;
            }
            if !help.is_empty() {
                write!(f, "\n  = help: {help}")?;
            }
            return Ok(());
        };
        let number = spot.line.to_string();
        let gap = " ".repeat(number.len());
        let (from, width) = spot.underline;
        let (from, mark) = (" ".repeat(from), "^".repeat(width));
        write!(f, "\n{gap}--> {}:{}:{}", self.file, spot.line, spot.column)?;
        write!(f, "\n{gap} |\n{number} | {}\n{gap} | {from}{mark}", spot.text)?;
        if !help.is_empty() {
            write!(f, "\n{gap} = help: {help}")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with the settings; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors(pub Vec<Problem>);

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings can't be used")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n\n{problem}"))
    }
}

impl std::error::Error for SettingsErrors {}

/// Collects what validation finds wrong with one file.
#[derive(Debug)]
pub(super) struct Problems {
    source: Arc<Source>,
    found: Vec<(usize, Problem)>,
}

impl Problems {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        Self { source: Arc::clone(source), found: Vec::new() }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn add(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let problem = Problem {
            file: self.source.name.clone(),
            spot: Some(Box::new(Spot::new(&self.source.text, span))),
            message: message.into(),
            help: help.into(),
        };
        self.found.push((span.start, problem));
    }

    /// Adds what is wrong with another file, which this one names at `span`.
    pub(super) fn also(&mut self, span: &Range<usize>, found: Vec<Problem>) {
        self.found.extend(found.into_iter().map(|problem| (span.start, problem)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What was found, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(at, _)| *at);
        self.found.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// `did you mean "x"?` for the candidate most like `word`, if one is close.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, candidates).map(|name| format!("did you mean \"{name}\"?"))
}

fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 60 {
        return None;
    }
    let plain = word.to_ascii_lowercase().replace('_', "-");
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = strsim::jaro_winkler(&plain, candidate)
            .max(strsim::normalized_damerau_levenshtein(&plain, candidate));
        if likeness > best.map_or(0.8, |(most, _)| most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, span: Range<usize>) -> String {
        let mut problems = Problems::new(&Source::new("packgate.toml", text));
        problems.add(&span, "unknown key \"path\" in [internal]", "did you mean \"paths\"?");
        SettingsErrors(problems.finish()).to_string()
    }

    #[test]
    fn points_at_the_place() {
        let text = "[internal]\n\tpath = []\r\n";
        assert_eq!(
            problem(text, 12..16),
            "the settings can't be used\n\nerror: unknown key \"path\" in [internal]\n --> packgate.toml:2:2\n  |\n2 |  path = []\n  |  ^^^^\n  = help: did you mean \"paths\"?"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}path{}", "x".repeat(1_000_000), "y".repeat(1_000_000));
        let shown = problem(&text, 1_000_000..1_000_004);
        assert!(shown.len() < 600, "{shown}");
        assert!(shown.contains("xpathy") || shown.contains("xpath\n"), "{shown}");
        assert!(shown.contains(":1:1000001"));
    }

    #[test]
    fn spans_beyond_the_text_and_inside_characters_are_harmless() {
        for span in [0..0, 3..900, 900..901, 1..2] {
            assert!(!problem("ä\u{1b}[31mö", span).contains('\u{1b}'));
        }
    }

    #[test]
    fn suggests_only_what_is_close() {
        let names = ["paths", "markers", "source-map-embedded"];
        assert_eq!(closest("path", names), Some("paths"));
        assert_eq!(closest("source_map_embeded", names), Some("source-map-embedded"));
        assert_eq!(closest("colour", names), None);
    }
}
