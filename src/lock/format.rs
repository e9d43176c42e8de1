use std::fmt::Write as _;
use std::path::Path;

use super::pattern::is_conflict_marker;
use super::{Line, Lock, LockError, Pattern, Problem, Section, Subject};

/// First line, without the version.
const MAGIC: &str = "packgate-lock";
/// The version that is read and written here.
const VERSION: &str = "1";

/// Reads a lock's text. `file` is for messages.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Lock, LockError> {
    let fail = |line: Option<usize>, problem| LockError { file: file.into(), line, problem };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        fail(Some(1 + before.iter().filter(|byte| **byte == b'\n').count()), Problem::NotText)
    })?;
    let mut reader =
        Reader { lock: Lock { file: file.into(), ..Lock::default() }, comments: Vec::new(), started: false };
    let mut count = 0;
    for line in text.split_terminator('\n') {
        count += 1;
        reader.line(count, line).map_err(|problem| fail(Some(count), problem))?;
    }
    if count == 0 {
        return Err(fail(Some(1), Problem::NoHeader));
    }
    while reader.comments.last().is_some_and(String::is_empty) {
        reader.comments.pop();
    }
    reader.lock.trailing = reader.comments;
    Ok(reader.lock)
}

struct Reader {
    lock: Lock,
    /// Comments that wait for the line that they are about.
    comments: Vec<String>,
    started: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), Problem> {
        if line.ends_with('\r') {
            return Err(Problem::CarriageReturn);
        }
        if is_conflict_marker(line) {
            return Err(Problem::Conflict);
        }
        if !self.started {
            self.started = true;
            return header(line);
        }
        if line.is_empty() || line.starts_with('#') {
            self.comments.push(line.to_owned());
            return Ok(());
        }
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(heading) => self.heading(number, heading),
            None => self.path(number, line),
        }
    }

    fn heading(&mut self, number: usize, heading: &str) -> Result<(), Problem> {
        let subject = Subject::parse(heading).ok_or_else(|| Problem::BadHeading(heading.to_owned()))?;
        if let Some(section) = self.lock.section(&subject) {
            return Err(Problem::DuplicateSection { subject: subject.to_string(), first: section.number });
        }
        if self.lock.sections.last().is_some_and(|before| before.subject > subject) {
            return Err(Problem::UnsortedSection(heading.to_owned()));
        }
        let mut comments = std::mem::take(&mut self.comments);
        if self.lock.sections.is_empty() {
            // The first paragraph is about the file, what is right above the heading is about the section.
            let cut = comments.iter().rposition(String::is_empty).map_or(0, |at| at + 1);
            let own = comments.split_off(cut);
            self.lock.comments = std::mem::replace(&mut comments, own);
        }
        comments.retain(|comment| !comment.is_empty());
        trim_empty(&mut self.lock.comments);
        self.lock.sections.push(Section { subject, number, comments, lines: Vec::new() });
        Ok(())
    }

    fn path(&mut self, number: usize, line: &str) -> Result<(), Problem> {
        let mut entry = read_line(line)?;
        entry.number = number;
        let Some(section) = self.lock.sections.last_mut() else {
            return Err(Problem::NoHeading);
        };
        if let Some(before) = section.lines.last() {
            let (above, here) = (before.pattern.text(), entry.pattern.text());
            if let Some(same) = (above >= here)
                .then(|| section.lines.iter().find(|line| line.pattern.text() == here))
                .flatten()
            {
                return Err(Problem::Duplicate { path: here.to_owned(), first: same.number });
            }
            if above > here {
                return Err(Problem::Unsorted { path: here.to_owned(), before: above.to_owned() });
            }
        }
        entry.comments = std::mem::take(&mut self.comments);
        entry.comments.retain(|comment| !comment.is_empty());
        section.lines.push(entry);
        Ok(())
    }
}

fn trim_empty(comments: &mut Vec<String>) {
    while comments.last().is_some_and(String::is_empty) {
        comments.pop();
    }
    let leading = comments.iter().take_while(|comment| comment.is_empty()).count();
    comments.drain(..leading);
}

fn header(line: &str) -> Result<(), Problem> {
    match line.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(' ')) {
        Some(VERSION) => Ok(()),
        Some(version) => Err(Problem::UnknownVersion(version.chars().take(20).collect())),
        None => Err(Problem::NoHeader),
    }
}

fn read_line(line: &str) -> Result<Line, Problem> {
    let (pattern, attributes) = if line.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(line).into_iter::<String>();
        let path = match stream.next() {
            Some(Ok(path)) => path,
            Some(Err(error)) => return Err(Problem::BadQuotes(error.to_string())),
            None => return Err(Problem::BadQuotes("nothing there".to_owned())),
        };
        (Pattern::Exact(path), line.get(stream.byte_offset()..).unwrap_or_default())
    } else {
        let cut = line.find("  ").unwrap_or(line.len());
        let (path, attributes) = line.split_at(cut);
        if path != path.trim() || path.chars().any(char::is_control) {
            return Err(Problem::Unquoted);
        }
        (Pattern::Glob(path.to_owned()), attributes)
    };
    if !is_path(pattern.text()) {
        return Err(Problem::BadPath(pattern.text().to_owned()));
    }
    let mut entry = Line::new(pattern);
    for attribute in attributes.split("  ").map(str::trim).filter(|attribute| !attribute.is_empty()) {
        match attribute {
            "optional" if !entry.optional => entry.optional = true,
            _ if entry.limit.is_none() => {
                entry.limit =
                    Some(read_size(attribute).ok_or_else(|| Problem::BadAttribute(attribute.to_owned()))?);
            }
            _ => return Err(Problem::BadAttribute(attribute.to_owned())),
        }
    }
    if !attributes.is_empty() && !attributes.starts_with("  ") {
        return Err(Problem::BadAttribute(attributes.trim().to_owned()));
    }
    Ok(entry)
}

/// Segments without `.` and `..`; `../` at the beginning stands for what lies beside the root folder.
fn is_path(path: &str) -> bool {
    let inside = path.strip_prefix("../").unwrap_or(path);
    inside.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

fn read_size(text: &str) -> Option<u64> {
    let (number, unit) = text.strip_prefix("<= ")?.split_once(' ')?;
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn write_size(bytes: u64) -> String {
    match UNITS.iter().find(|(_, factor)| bytes.is_multiple_of(*factor)) {
        Some((unit, factor)) if bytes > 0 => format!("<= {} {unit}", bytes / factor),
        _ => format!("<= {} KiB", bytes.div_ceil(1 << 10)),
    }
}

/// The text of a lock. Reading it gives the same lock again.
pub fn write(lock: &Lock) -> String {
    let mut text = format!("{MAGIC} {VERSION}\n");
    for comment in &lock.comments {
        text.push_str(comment);
        text.push('\n');
    }
    for section in &lock.sections {
        text.push('\n');
        for comment in &section.comments {
            text.push_str(comment);
            text.push('\n');
        }
        let _ = writeln!(text, "[{}]", section.subject);
        for line in &section.lines {
            for comment in &line.comments {
                text.push_str(comment);
                text.push('\n');
            }
            text.push_str(&line.to_string());
            text.push('\n');
        }
    }
    for comment in &lock.trailing {
        text.push_str(comment);
        text.push('\n');
    }
    text
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.pattern {
            Pattern::Glob(text) => f.write_str(text)?,
            Pattern::Exact(path) => write_quoted(f, path)?,
        }
        if self.optional {
            f.write_str("  optional")?;
        }
        if let Some(limit) = self.limit {
            write!(f, "  {}", write_size(limit))?;
        }
        Ok(())
    }
}

/// As a JSON string, with everything escaped that a terminal or an editor would act on.
fn write_quoted(f: &mut std::fmt::Formatter<'_>, path: &str) -> std::fmt::Result {
    f.write_char('"')?;
    for c in path.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            ' '..='~' => f.write_char(c)?,
            c if c.is_alphanumeric() => f.write_char(c)?,
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(f, "\\u{unit:04x}")?;
                }
            }
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "packgate-lock 1
# What this is.

# The program.
[npm @acme/cli]
README.md
# Written by hand.
docs/**
dist/assets/*-????????.js
dist/cli.js  <= 16 MiB
dist/model.bin  optional  <= 512 KiB

[npm @acme/lib]
\"odd * name\"
package.json
# The end.
";

    fn sorted() -> String {
        GOOD.replace("# Written by hand.\ndocs/**\n", "")
            .replace("  optional  <= 512 KiB\n", "  optional  <= 512 KiB\n# Written by hand.\ndocs/**\n")
    }

    fn parse(text: &str) -> Result<Lock, LockError> {
        super::parse(Path::new("packgate.lock"), text.as_bytes())
    }

    #[test]
    fn reads_and_writes_the_same() {
        let text = sorted();
        let lock = parse(&text).unwrap();
        assert_eq!(write(&lock), text);
        let cli = &lock.sections[0];
        assert_eq!(cli.comments, ["# The program."]);
        assert_eq!(cli.lines[4].comments, ["# Written by hand."]);
        assert_eq!(cli.lines[2].limit, Some(16 << 20));
        assert!(cli.lines[3].optional);
        assert_eq!(lock.sections[1].lines[0].pattern, Pattern::Exact("odd * name".into()));
        assert_eq!(lock.trailing, ["# The end."]);
    }

    #[test]
    fn errors_have_their_line() {
        let head = "packgate-lock 1\n[npm a]\n";
        for (text, line, words) in [
            (String::new(), 1, "first line"),
            ("a.js\n".into(), 1, "first line"),
            ("packgate-lock 2\n[npm a]\n".into(), 1, "version `2` is unknown"),
            ("packgate-lock\n".into(), 1, "first line"),
            (format!("{head}a.js\n<<<<<<< HEAD\nb.js\n=======\nc.js\n>>>>>>> other\n"), 4, "merge conflict"),
            ("<<<<<<< HEAD\npackgate-lock 1\n".into(), 1, "merge conflict"),
            (format!("{head}a.js\n=======\n"), 4, "merge conflict"),
            (format!("{head}a.js\r\n"), 3, "CR LF"),
            (format!("{head}a.js\nb.js\nb.js\n"), 5, "already on line 4"),
            (format!("{head}b.js\na.js\nb.js\n"), 4, "belongs above `b.js`"),
            (format!("{head}a.js\nb.js\na.js\n"), 5, "already on line 3"),
            (format!("{head}\"a.js\"\na.js\n"), 4, "already on line 3"),
            ("packgate-lock 1\na.js\n".into(), 2, "before the first heading"),
            ("packgate-lock 1\n[npm]\n".into(), 2, "not a heading"),
            ("packgate-lock 1\n[pear a]\n".into(), 2, "not a heading"),
            (format!("{head}a.js\n[npm b]\nb.js\n[npm a]\n"), 6, "begins on line 2"),
            ("packgate-lock 1\n[npm b]\nb.js\n[npm a]\n".into(), 4, "sorted"),
            (format!("{head}a/../b\n"), 3, "not a path"),
            (format!("{head}/a\n"), 3, "not a path"),
            (format!("{head}a/\n"), 3, "not a path"),
            (format!("{head}a.js \n"), 3, "double quotes"),
            (format!("{head}a\u{1b}[2J.js\n"), 3, "double quotes"),
            (format!("{head}a.js  <= 8 MB\n"), 3, "not understood"),
            (format!("{head}a.js  <= 99999999999 GiB\n"), 3, "not understood"),
            (format!("{head}a.js  big\n"), 3, "not understood"),
            (format!("{head}\"a\\x\"\n"), 3, "as in JSON"),
            (format!("{head}\"a\"optional\n"), 3, "not understood"),
        ] {
            let error = parse(&text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}\n{error}");
            assert!(error.to_string().contains(words), "{text}\n{error}");
            assert!(error.to_string().starts_with(&format!("packgate.lock:{line}: ")), "{error}");
        }
        let error =
            super::parse(Path::new("packgate.lock"), b"packgate-lock 1\n[npm a]\n\xff\n").unwrap_err();
        assert_eq!((error.line, error.problem), (Some(3), Problem::NotText));
    }

    #[test]
    fn near_misses_are_fine() {
        for line in [
            "=======a",
            "a =======",
            "[id]/page.js",
            "a b.js",
            "pages/[id].js",
            "a#b",
            "../beside.js",
            "....js",
        ] {
            parse(&format!("packgate-lock 1\n[npm a]\n{line}\n"))
                .unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("<= 8 MiB", 8 << 20), ("<= 2 GiB", 2 << 30), ("<= 1536 KiB", 1536 << 10)] {
            assert_eq!(read_size(text), Some(bytes));
            assert_eq!(write_size(bytes), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_survives(path in "\\PC{1,12}(/[ -~]{1,8})?") {
            proptest::prop_assume!(is_path(&path));
            let line = Line::new(Pattern::of_path(&path));
            let text = format!("packgate-lock 1\n\n[npm a]\n{line}\n");
            let lock = parse(&text).unwrap();
            proptest::prop_assert_eq!(lock.sections[0].lines[0].pattern.text(), path);
            proptest::prop_assert_eq!(write(&lock), text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(packgate-lock 1\n)?(\\PC{0,10}\n|\\[npm a\\]\n|[a-c]\n){0,8}") {
            if let Ok(lock) = parse(&text) {
                let again = write(&lock);
                proptest::prop_assert_eq!(write(&parse(&again).unwrap()), again);
            }
        }
    }
}
