//! What is new since the previous artifact.

use std::fmt::Write as _;

use crate::diff::{Diff, Sized};
use crate::escape::{html, shown};
use crate::outcome::Audit;
use crate::words;

use super::Page;

/// Rows shown in each table; for more, the totals must do.
const ROWS: usize = 200;

/// A line of a table: what it is about, before and after.
struct Row {
    name: String,
    before: String,
    after: String,
}

impl Page<'_> {
    pub(super) fn changes(&mut self, audit: &Audit) {
        let Some(diff) = &audit.diff else { return };
        let _ = write!(
            self.body,
            "<section class=\"changes\">\n<h2>Compared with the previous artifact</h2>\n<p>The other artifact is <code>{}</code>.</p>\n",
            html(&shown(&diff.old.path).to_string())
        );
        if diff.is_empty() {
            self.body.push_str("<p>The same files, byte for byte, and the same manifest.</p>\n</section>\n");
            return;
        }
        self.before_and_now("Sums", sums(diff), true);
        self.before_and_now("In the manifest", manifest(diff), true);
        self.before_and_now("New files", sized(&diff.files.added, false), diff.files.added.len() <= 20);
        self.before_and_now("Removed files", sized(&diff.files.removed, true), false);
        self.before_and_now("Changed files", changed(diff), false);
        self.before_and_now("Renamed files", renamed(diff), false);
        self.body.push_str("</section>\n");
    }

    fn before_and_now(&mut self, title: &str, rows: Vec<Row>, open: bool) {
        if rows.is_empty() {
            return;
        }
        let _ = write!(
            self.body,
            "<details{}>\n<summary>{title} ({})</summary>\n<table>\n<thead><tr><th scope=\"col\">What</th>\
             <th scope=\"col\">Before</th><th scope=\"col\">Now</th></tr></thead>\n<tbody>\n",
            if open { " open" } else { "" },
            words::number(rows.len() as u64)
        );
        for row in rows.iter().take(ROWS) {
            let [name, before, after] =
                [&row.name, &row.before, &row.after].map(|text| shown(text).to_string());
            let _ = writeln!(
                self.body,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                html(&name),
                html(&before),
                html(&after)
            );
        }
        self.body.push_str("</tbody>\n</table>\n");
        if rows.len() > ROWS {
            let _ = writeln!(self.body, "<p>and {} more</p>", words::number((rows.len() - ROWS) as u64));
        }
        self.body.push_str("</details>\n");
    }
}

fn sums(diff: &Diff) -> Vec<Row> {
    let row = |name: &str, of: fn(u64) -> String, before, after| {
        (before != after).then(|| Row { name: name.into(), before: of(before), after: of(after) })
    };
    let (old, new) = (&diff.old, &diff.new);
    let rows = [
        row("files", words::number, old.files, new.files),
        row("artifact", words::bytes, old.bytes, new.bytes),
        row("unpacked", words::bytes, old.unpacked_bytes, new.unpacked_bytes),
        row("files given away", words::number, old.exposure.files, new.exposure.files),
        row("lines given away", words::number, old.exposure.lines, new.exposure.lines),
    ];
    rows.into_iter().flatten().collect()
}

fn manifest(diff: &Diff) -> Vec<Row> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
    let fields = diff.manifest.iter();
    fields
        .map(|change| Row {
            name: change.field.clone(),
            before: value(&change.before),
            after: value(&change.after),
        })
        .collect()
}

fn sized(files: &[Sized], gone: bool) -> Vec<Row> {
    let mut files: Vec<&Sized> = files.iter().collect();
    files.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    files
        .into_iter()
        .map(|file| {
            let (there, not) = (words::bytes(file.bytes), "none".to_string());
            let (before, after) = if gone { (there, not) } else { (not, there) };
            Row { name: file.path.clone(), before, after }
        })
        .collect()
}

fn changed(diff: &Diff) -> Vec<Row> {
    let mut files: Vec<_> = diff.files.changed.iter().collect();
    files.sort_by(|a, b| {
        b.after.abs_diff(b.before).cmp(&a.after.abs_diff(a.before)).then_with(|| a.path.cmp(&b.path))
    });
    files
        .into_iter()
        .map(|file| {
            let (mut before, mut after) = (words::bytes(file.before), words::bytes(file.after));
            if let Some((from, to)) = file.mode {
                before.push_str(&format!(", mode {from:o}"));
                after.push_str(&format!(", mode {to:o}"));
            }
            Row { name: file.path.clone(), before, after }
        })
        .collect()
}

fn renamed(diff: &Diff) -> Vec<Row> {
    let files = diff.files.renamed.iter();
    files
        .map(|file| Row {
            name: file.to.clone(),
            before: format!("{}, {}", file.from, words::bytes(file.before)),
            after: words::bytes(file.after),
        })
        .collect()
}
