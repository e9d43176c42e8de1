use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::builder::TypedValueParser;
use packgate::audit::Audit;
use packgate::escape::shown_lines;
use packgate::outcome::LeftOut;
use packgate::report::{self, Look, Parts, Reporter, Verdicts};

use super::file::NewFile;
use super::known::Known;

/// `FORMAT` or `FORMAT=FILE` of the command line.
#[derive(Clone)]
pub(crate) struct Format {
    reporter: &'static Reporter,
    file: Option<PathBuf>,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, "")) => return Err(format!("no file is named behind {name}=")),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let reporter = report::find(name)
            .ok_or_else(|| format!("no such format; known are {}", formats().join(", ")))?;
        Ok(Self { reporter, file })
    }
}

/// How `--format` of the command line is read.
pub(crate) fn format() -> impl TypedValueParser<Value = Format> {
    Known(formats).try_map(|text| text.parse::<Format>())
}

/// The names of the formats.
pub(crate) fn formats() -> Vec<&'static str> {
    report::REPORTERS.iter().map(|reporter| reporter.name).collect()
}

/// Where a report goes.
enum Target {
    Stdout,
    File(NewFile),
    Append(PathBuf, File),
}

/// Reports to be written. Their files are opened before anything is audited, so that a path that can't be written
/// fails at once.
pub(crate) struct Outputs {
    outputs: Vec<(&'static Reporter, Target)>,
    look: Look,
}

impl Outputs {
    /// Opens all files. If no format goes to stdout, the human report does.
    pub(crate) fn open(formats: &[Format], look: Look) -> Result<Self, String> {
        let mut outputs = Vec::new();
        let mut files: Vec<&Path> = Vec::new();
        for format in formats {
            if let Some(path) = format.file.as_deref() {
                if files.contains(&path) {
                    return Err(format!(
                        "--format: two reports would both go to {}, and one of them be lost; name another file",
                        path.display()
                    ));
                }
                files.push(path);
            }
            let target = match &format.file {
                None => Target::Stdout,
                Some(path) => Target::File(NewFile::begin(path)?),
            };
            outputs.push((format.reporter, target));
        }
        let on_stdout: Vec<&str> = outputs
            .iter()
            .filter(|(_, target)| matches!(target, Target::Stdout))
            .map(|(reporter, _)| reporter.name)
            .collect();
        if let [first, .., last] = on_stdout.as_slice() {
            return Err(format!(
                "--format {first} and --format {last} would both go to stdout, where neither could be read; write one into a file: --format {last}=FILE"
            ));
        }
        if !outputs.iter().any(|(_, target)| matches!(target, Target::Stdout)) {
            let human = report::find("human").ok_or("there is no human report")?;
            outputs.insert(0, (human, Target::Stdout));
        }
        Ok(Self { outputs, look })
    }

    /// Adds a report that is appended to a file.
    pub(crate) fn also_append(&mut self, reporter: &'static Reporter, path: PathBuf) -> Result<(), String> {
        let file = File::options()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        self.outputs.push((reporter, Target::Append(path, file)));
        Ok(())
    }

    /// Adds a report on stdout, if what goes there is for people rather than for a program.
    pub(crate) fn also_print(&mut self, name: &str) {
        let mut printed = self.outputs.iter().filter(|(_, target)| matches!(target, Target::Stdout));
        if let Some(reporter) = report::find(name)
            && printed.all(|(other, _)| other.name == "human")
        {
            self.outputs.push((reporter, Target::Stdout));
        }
    }

    /// Takes down of which packages of a workspace there is nothing to report.
    pub(crate) fn without(&mut self, left_out: Vec<LeftOut>) {
        self.look.left_out = left_out;
    }

    /// Whether a report shows the entries of the artifacts.
    pub(crate) fn need_entries(&self) -> bool {
        self.outputs.iter().any(|(reporter, _)| reporter.needs_entries)
    }

    /// Whether a report has a line for each artifact.
    pub(crate) fn are_by_line(&self) -> bool {
        self.outputs.iter().any(|(reporter, _)| reporter.parts.as_ref().is_some_and(|parts| parts.alone))
    }

    /// The only report, if it can be written artifact by artifact. On a terminal it would get in the way of the
    /// progress line.
    pub(crate) fn one_by_one(&self) -> Option<OneByOne> {
        let [(reporter, Target::Stdout)] = self.outputs.as_slice() else { return None };
        let parts = reporter.parts.as_ref().filter(|_| !io::stdout().is_terminal())?;
        Some(OneByOne { parts, look: self.look.clone(), verdicts: Verdicts::default(), failed: None })
    }

    /// Writes all reports, and says why any of them could not be written.
    pub(crate) fn write(self, audits: &[Audit]) -> Vec<String> {
        let plain =
            Look { width: None, colour: false, hyperlinks: false, unicode: true, ..self.look.clone() };
        let look = self.look;
        let write = |(reporter, target): (&Reporter, Target)| match target {
            Target::Stdout => stdout(|out| (reporter.write)(audits, &look, out)),
            Target::File(file) => file.write(|out| {
                // On a terminal stderr says so beside the report; a file is read alone.
                let errors = audits.iter().filter_map(|audit| audit.error.as_ref());
                let mut errors = errors.filter(|_| reporter.name == "human");
                errors.try_for_each(|error| writeln!(out, "packgate: {}", shown_lines(error)))?;
                (reporter.write)(audits, &plain, out)
            }),
            Target::Append(path, mut file) => {
                // In one go, so that a full disk is less likely to leave half of it.
                let mut text = Vec::new();
                let written =
                    (reporter.write)(audits, &plain, &mut text).and_then(|()| file.write_all(&text));
                written.map_err(|error| format!("cannot write {}: {error}", path.display()))
            }
        };
        self.outputs.into_iter().filter_map(|output| write(output).err()).collect()
    }
}

/// A report that is written to stdout while the audit goes on.
pub(crate) struct OneByOne {
    parts: &'static Parts,
    look: Look,
    verdicts: Verdicts,
    failed: Option<io::Error>,
}

impl OneByOne {
    /// Writes the part about the next artifact.
    pub(crate) fn add(&mut self, audit: &Audit) {
        let number = self.verdicts.all();
        self.verdicts.add(audit);
        self.write(|parts, _, look, out| (parts.artifact)(audit, number, look, out));
    }

    /// Writes the end.
    pub(crate) fn end(mut self) -> Result<(), String> {
        self.write(|parts, verdicts, look, out| (parts.end)(verdicts, look, out));
        self.failed.map_or(Ok(()), |error| forgive(Err(error)))
    }

    /// After a failure to write, nothing more is written.
    fn write(&mut self, write: impl FnOnce(&Parts, &Verdicts, &Look, &mut dyn Write) -> io::Result<()>) {
        if self.failed.is_none() {
            let text = |text: &mut dyn Write| write(self.parts, &self.verdicts, &self.look, text);
            self.failed = unmixed(text).err();
        }
    }
}

/// Writes to stdout what `write` writes, under a lock.
fn unmixed(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
    write(&mut out)?;
    out.flush()?;
    // Stdout keeps what `out` passes on until the end of a line.
    io::stdout().flush()
}

/// A closed pipe means that the reader has read enough; any other error is a failure.
fn forgive(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to stdout: {error}"))
        }
        _ => Ok(()),
    }
}

fn stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    forgive(unmixed(write))
}

/// Prints to stdout what `write` writes, and stops quietly at a closed pipe. All that goes to stdout goes through
/// here or through [`Outputs`].
pub(crate) fn print(write: impl FnOnce(&Look, &mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    stdout(|out| write(&look(), out))
}

/// Prints a text as it is.
pub(crate) fn text(text: &str) -> Result<(), String> {
    stdout(|out| out.write_all(text.as_bytes()))
}

/// Prints a line.
pub(crate) fn line(line: fmt::Arguments<'_>) -> Result<(), String> {
    stdout(|out| writeln!(out, "{line}"))
}

/// What `clap` prints for `--help` and `--version`.
pub(crate) fn help(help: &clap::Error) -> Result<(), String> {
    forgive(help.print().and_then(|()| io::stdout().flush()))
}

/// Prints a line on stderr. If that fails, there is nowhere left to report it.
pub(crate) fn note(line: &dyn fmt::Display) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// How the terminal on stdout looks.
pub(crate) fn look() -> Look {
    let terminal = io::stdout().is_terminal();
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    Look {
        width: terminal.then_some(width.unwrap_or(80)),
        hyperlinks: terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        colour: anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        unicode: speaks_unicode(),
        quiet: false,
        fail_on: packgate::settings::Level::Error,
        project: None,
        is_fix: false,
        left_out: Vec::new(),
        not_packed: Vec::new(),
    }
}

fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
}
