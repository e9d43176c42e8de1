//! What changed between two artifacts: for people, and as JSON.

pub mod wire;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::diff::{Alike, Diff, FieldChange, Release};
use crate::recoverable::Exposure;

use super::Look;
use crate::escape::shown;
use crate::words::{bytes, counted, number};

/// Lines shown for one kind of change; the rest is only counted.
const MOST: usize = 60;
/// Characters shown of a manifest's value.
const MOST_VALUE: usize = 120;

/// Writes a comparison as JSON.
///
/// # Errors
/// When writing fails.
pub fn json(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &wire::Report::new(diff))?;
    writeln!(out)
}

/// Writes a comparison for people.
///
/// # Errors
/// When writing fails.
pub fn human(diff: &Diff, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { look, out };
    page.sums(diff)?;
    if !diff.manifest.is_empty() {
        page.line("\nmanifest")?;
        page.some(&diff.manifest, Page::field)?;
    }
    let files = &diff.files;
    if files.is_empty() {
        let all = counted(files.unchanged, "file");
        return page.line(&format!("\nfiles: no change, {all} the same"));
    }
    page.line(&format!(
        "\nfiles: {} added, {} removed, {} changed, {} renamed, {} the same",
        number(files.added.len() as u64),
        number(files.removed.len() as u64),
        number(files.changed.len() as u64),
        number(files.renamed.len() as u64),
        number(files.unchanged),
    ))?;
    page.some(&files.added, |page, file| page.change('+', &file.path, &bytes(file.bytes)))?;
    page.some(&files.removed, |page, file| page.change('-', &file.path, &bytes(file.bytes)))?;
    page.some(&files.renamed, |page, rename| {
        let how = match rename.alike {
            Alike::Same => "the same bytes".to_owned(),
            Alike::HashName | Alike::Similar => {
                from_to(&bytes(rename.before), &bytes(rename.after), page.look)
            }
        };
        page.change('>', &from_to(&rename.from, &rename.to, page.look), &how)
    })?;
    page.some(&files.changed, |page, change| {
        let mut what = from_to(&bytes(change.before), &bytes(change.after), page.look);
        if let Some((before, after)) = change.mode {
            what.push_str(&format!(
                ", mode {}",
                from_to(&format!("{before:o}"), &format!("{after:o}"), page.look)
            ));
        }
        page.change('~', &change.path, &what)
    })
}

struct Page<'a> {
    look: &'a Look,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn sums(&mut self, diff: &Diff) -> io::Result<()> {
        let (old, new) = (&diff.old, &diff.new);
        let heading = from_to(&title(old), &title(new), self.look);
        let heading = self.paint(Style::new().bold(), &shown(&heading).to_string());
        self.line(&heading)?;
        self.sum("packed", &bytes(old.bytes), &bytes(new.bytes))?;
        self.sum("unpacked", &bytes(old.unpacked_bytes), &bytes(new.unpacked_bytes))?;
        self.sum("files", &number(old.files), &number(new.files))?;
        self.sum("exposed", &exposed(&old.exposure), &exposed(&new.exposure))?;
        for release in [old, new].into_iter().filter(|release| !release.complete) {
            let path = shown(&release.path).to_string();
            self.line(&format!("  {path} could not be fully examined: more may have changed"))?;
        }
        Ok(())
    }

    fn sum(&mut self, name: &str, old: &str, new: &str) -> io::Result<()> {
        let text = if old == new { old.to_owned() } else { from_to(old, new, self.look) };
        self.line(&format!("  {name:<9} {text}"))
    }

    fn field(&mut self, change: &FieldChange) -> io::Result<()> {
        let value = |text: &str| match text.char_indices().nth(MOST_VALUE) {
            Some((cut, _)) => format!("{}...", text.get(..cut).unwrap_or_default()),
            None => text.to_owned(),
        };
        match (&change.before, &change.after) {
            (None, Some(after)) => self.change('+', &change.field, &value(after)),
            (Some(before), None) => self.change('-', &change.field, &value(before)),
            (before, after) => {
                let both = [before, after].map(|side| value(side.as_deref().unwrap_or_default()));
                let [before, after] = both;
                let text = from_to(&before, &after, self.look);
                self.change('~', &change.field, &text)
            }
        }
    }

    fn change(&mut self, sign: char, what: &str, detail: &str) -> io::Result<()> {
        let colour = match sign {
            '+' => AnsiColor::Green,
            '-' => AnsiColor::Red,
            _ => AnsiColor::Yellow,
        };
        let text = self.paint(colour.on_default(), &format!("{sign} {}", shown(what)));
        let detail = shown(detail).to_string();
        self.line(&format!("  {text}  {detail}"))
    }

    /// The first of a list, and how many more there are.
    fn some<T>(
        &mut self,
        items: &[T],
        mut show: impl FnMut(&mut Self, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        for item in items.iter().take(MOST) {
            show(self, item)?;
        }
        match items.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => self.line(&format!("  and {} more; --format json lists them all", number(more as u64))),
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.look.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn from_to(old: &str, new: &str, look: &Look) -> String {
    let arrow = if look.unicode { "→" } else { "->" };
    format!("{old} {arrow} {new}")
}

fn title(release: &Release) -> String {
    match (release.name.as_str(), release.version.as_str()) {
        ("", _) | (_, "") => release.path.clone(),
        (name, version) => format!("{name} {version}"),
    }
}

fn exposed(exposure: &Exposure) -> String {
    match exposure.files {
        0 => "nothing".to_owned(),
        files => format!("{}, {}", counted(files, "original file"), counted(exposure.lines, "line")),
    }
}
