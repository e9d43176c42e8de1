use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::outcome::Audit;
use crate::policy::Judged;
use crate::settings::Level;

use super::repository::{Repository, RepositoryFile};
use super::{Look, Reporter, markdown, phrases};
use crate::escape::{shown, shown_lines};
use crate::words;

/// Annotations for GitHub Actions, as workflow commands.
pub(super) const REPORTER: Reporter = Reporter { name: "github", needs_entries: false, write, parts: None };

/// How many of each kind GitHub shows for one step; it drops the rest silently.
const ANNOTATIONS: usize = 10;

/// The size in bytes of a step summary that GitHub accepts, with some room left.
const SUMMARY_BYTES: usize = 1_000_000;

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let repository = Repository::of(look);
    let mut annotations: BTreeMap<Command, Vec<Annotation>> = BTreeMap::new();
    let mut waived = Vec::new();
    for audit in audits {
        for part in audit.unexamined() {
            let place = if part.place.is_empty() { &audit.inventory.artifact.path } else { &part.place };
            let annotation = Annotation {
                file: repository.manifest(audit),
                title: "not examined".into(),
                text: format!("{place}: {}", part.why),
            };
            match audit.weight(part) {
                Level::Off => waived.push(annotation),
                level => annotations.entry(Command::of(level)).or_default().push(annotation),
            }
        }
        for judged in &audit.findings {
            let annotation = Annotation::of(&repository, audit, judged);
            match judged.waived {
                Some(_) => waived.push(annotation),
                None => annotations.entry(Command::of(judged.level)).or_default().push(annotation),
            }
        }
        for waiver in &audit.waivers {
            annotations.entry(Command::Warning).or_default().push(Annotation {
                file: repository.manifest(audit),
                title: "idle waiver".into(),
                text: phrases::idle_waiver(waiver),
            });
        }
    }
    let mut rest = Vec::new();
    for (command, mut list) in annotations {
        if list.len() > ANNOTATIONS {
            let more = list.split_off(ANNOTATIONS - 1);
            list.push(Annotation::more(&more));
            rest.extend(more);
        }
        for annotation in &list {
            annotation.command(command, out)?;
        }
    }
    group("Further findings", &rest, out)?;
    group("Waived findings", &waived, out)?;
    for audit in audits {
        let artifact = &audit.inventory.artifact;
        let digest = match artifact.sha256.as_str() {
            "" => String::new(),
            sha256 => format!(", SHA-256 {sha256}"),
        };
        let text = format!("{}: {}{digest}", artifact.path, phrases::verdict(audit.verdict));
        writeln!(out, "packgate: {}", shown(&text))?;
    }
    Ok(())
}

/// What goes into the file that `GITHUB_STEP_SUMMARY` names: the Markdown report with more room.
pub const STEP_SUMMARY: Reporter = Reporter {
    name: "step summary",
    needs_entries: false,
    write: |audits, look, out| out.write_all(markdown::render(audits, look, SUMMARY_BYTES).as_bytes()),
    parts: None,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Command {
    Error,
    Warning,
    Notice,
}

impl Command {
    fn of(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note | Level::Off => Self::Notice,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

struct Annotation {
    file: RepositoryFile,
    title: String,
    text: String,
}

impl Annotation {
    fn of(repository: &Repository, audit: &Audit, judged: &Judged) -> Self {
        let finding = &judged.finding;
        let mut text = format!("{}: {}", phrases::place(audit, &finding.place), finding.message);
        if let Some(reason) = &judged.waived {
            text.push_str(&format!("\nWaived: {reason}"));
        } else if !finding.help.is_empty() {
            text.push_str(&format!("\nWhat to do: {}", finding.help));
        }
        Self { file: repository.file(audit, &finding.place), title: finding.rule.into(), text }
    }

    /// One annotation that stands for those that GitHub would drop.
    fn more(rest: &[Self]) -> Self {
        let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
        for annotation in rest {
            *rules.entry(&annotation.title).or_default() += 1;
        }
        let rules: Vec<String> =
            rules.iter().map(|(rule, count)| format!("{rule} ({})", words::number(*count))).collect();
        let file = rest.first().map(|first| first.file.path.clone()).unwrap_or_default();
        Self {
            file: RepositoryFile { path: file, line: None, column: None },
            title: format!("{} more", words::number(rest.len() as u64)),
            text: format!("{}. The log and the summary list them all.", rules.join(", ")),
        }
    }

    fn command(&self, command: Command, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "::{} file={}", command.word(), property(&self.file.path))?;
        if let Some(line) = self.file.line {
            write!(out, ",line={line}")?;
            if let Some(column) = self.file.column {
                write!(out, ",col={column}")?;
            }
        }
        writeln!(out, ",title=packgate: {}::{}", property(&self.title), data(&self.text))
    }
}

/// Plain lines in a collapsed group of the log.
fn group(title: &str, annotations: &[Annotation], out: &mut dyn Write) -> io::Result<()> {
    if annotations.is_empty() {
        return Ok(());
    }
    writeln!(out, "::group::{title}: {}", words::number(annotations.len() as u64))?;
    for annotation in annotations {
        let text = shown_lines(&annotation.text).to_string().replace('\n', "\n    ");
        writeln!(out, "{}: {text}", shown(&annotation.title))?;
    }
    writeln!(out, "::endgroup::")
}

/// The text after the second `::` of a command.
fn data(text: &str) -> String {
    shown_lines(text).to_string().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a command's property.
fn property(text: &str) -> String {
    data(&shown(text).to_string()).replace(':', "%3A").replace(',', "%2C")
}
