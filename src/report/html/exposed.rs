//! The original source that a stranger could recover, as the tree it was written in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::escape::{html, shown};
use crate::outcome::Audit;
use crate::recoverable::ExposureSurvey;
use crate::words;

use super::Page;

/// Folders that can be folded.
const FOLDERS: usize = 2_000;
/// Files that are named in one folder.
const FILES: usize = 200;
/// Paths deeper than this end in one long name.
const DEPTH: usize = 64;

/// One recoverable file.
struct Source {
    path: String,
    lines: u64,
    bytes: u64,
}

#[derive(Default)]
struct Folder {
    files: u64,
    lines: u64,
    folders: BTreeMap<String, Folder>,
    own: Vec<Source>,
}

impl Page<'_> {
    pub(super) fn exposed(&mut self, audit: &Audit) {
        let sources = sources(audit);
        if sources.is_empty() {
            return;
        }
        let mut root = Folder::default();
        for source in sources {
            root.add(source);
        }
        let _ = writeln!(
            self.body,
            "<section>\n<h2>What a stranger could recover</h2>\n<p>{} of original source, {}, as the maps in this package name them. <code>packgate recover</code> writes them out.</p>\n<div class=\"tree\">",
            words::counted(root.files, "file"),
            words::counted(root.lines, "line")
        );
        let mut budget = FOLDERS;
        root.write(&mut self.body, &mut budget, 0);
        self.body.push_str("</div>\n</section>\n");
    }
}

/// The first-party texts that the artifact gives away, each once.
fn sources(audit: &Audit) -> Vec<Source> {
    let survey = ExposureSurvey::new(&audit.inventory);
    let found =
        survey.recoverable.iter().filter_map(|(map, source)| survey.maps.get(*map)?.map.sources.get(*source));
    found
        .filter_map(|source| {
            let text = source.text?;
            Some(Source { path: source.path.clone(), lines: text.lines, bytes: text.bytes })
        })
        .collect()
}

impl Folder {
    fn add(&mut self, source: Source) {
        let path = source.path.clone();
        let mut folder = self;
        let (_, path) = path.split_once("://").unwrap_or(("", &path));
        let mut segments: Vec<&str> =
            path.splitn(DEPTH, '/').filter(|segment| !matches!(*segment, "" | "." | "..")).collect();
        let name = segments.pop().unwrap_or("(no name)").to_string();
        folder.count(&source);
        for segment in segments {
            folder = folder.folders.entry(segment.to_string()).or_default();
            folder.count(&source);
        }
        folder.own.push(Source { path: name, ..source });
    }

    fn count(&mut self, source: &Source) {
        self.files += 1;
        self.lines += source.lines;
    }

    fn write(&self, out: &mut String, budget: &mut usize, depth: usize) {
        out.push_str("<ul>\n");
        let mut hidden = 0;
        for (name, folder) in &self.folders {
            let (name, folder) = folder.joined(name.clone());
            if *budget == 0 {
                hidden += folder.files;
                continue;
            }
            *budget -= 1;
            let open = if depth == 0 && self.folders.len() < 4 { " open" } else { "" };
            let _ = writeln!(
                out,
                "<li><details{open}><summary><code>{}/</code> <small>{}, {}</small></summary>",
                html(&shown(&name).to_string()),
                words::counted(folder.files, "file"),
                words::counted(folder.lines, "line")
            );
            folder.write(out, budget, depth + 1);
            out.push_str("</details></li>\n");
        }
        for file in self.own.iter().take(FILES) {
            let _ = writeln!(
                out,
                "<li><code>{}</code> <small>{}, {}</small></li>",
                html(&shown(&file.path).to_string()),
                words::counted(file.lines, "line"),
                words::bytes(file.bytes)
            );
        }
        hidden += self.own.len().saturating_sub(FILES) as u64;
        if hidden > 0 {
            let _ = writeln!(out, "<li>and {} more</li>", words::counted(hidden, "file"));
        }
        out.push_str("</ul>\n");
    }

    /// A folder that contains only one folder is shown together with it.
    fn joined(&self, mut name: String) -> (String, &Self) {
        let mut folder = self;
        while let (true, 1, Some((only, below))) =
            (folder.own.is_empty(), folder.folders.len(), folder.folders.first_key_value())
        {
            name = format!("{name}/{only}");
            folder = below;
        }
        (name, folder)
    }
}
