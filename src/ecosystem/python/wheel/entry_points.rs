//! `entry_points.txt`: what it says, and whether all installers read the same in it.

use std::collections::HashSet;

use crate::inventory::{ManifestProblem, ManifestTrouble};

/// A line of `entry_points.txt`.
#[derive(Debug)]
pub(super) struct EntryPoint {
    pub(super) group: String,
    pub(super) name: String,
    /// `module:function`.
    pub(super) target: String,
    pub(super) line: u64,
}

impl EntryPoint {
    /// The module that it names. Some programs take `module.Class` in a plugin's line, too.
    pub(super) fn module(&self) -> &str {
        let named = self.target.split([':', '[']).next().unwrap_or_default().trim();
        let is_class = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
        match named.rsplit_once('.') {
            Some((module, name)) if is_class(name) && !self.is_command() && named == self.target => module,
            _ => named,
        }
    }

    /// Whether installers make a command of it.
    pub(super) fn is_command(&self) -> bool {
        is_of_commands(&self.group)
    }
}

fn is_of_commands(group: &str) -> bool {
    matches!(group, "console_scripts" | "gui_scripts")
}

/// Everything that it says.
pub(super) fn read(bytes: &[u8]) -> Vec<EntryPoint> {
    let text = String::from_utf8_lossy(bytes);
    let mut group = String::new();
    let mut points = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.split(['#', ';']).next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            group = name.trim().to_owned();
        } else if let Some((name, target)) = line.split_once('=').filter(|_| !group.is_empty()) {
            let (name, target) = (name.trim().to_owned(), target.trim().to_owned());
            points.push(EntryPoint { group: group.clone(), name, target, line: number });
        }
    }
    points
}

/// The first line that pip (23.0 to 26.3), uv 0.13 and installer read differently, or that all of them refuse. They
/// differ in whether that makes a command, under which name, and whether the wheel is installed at all.
pub(super) fn trouble(bytes: &[u8], place: &str) -> Option<ManifestProblem> {
    let (line, why) = first_trouble(bytes)?;
    Some(ManifestProblem {
        kind: ManifestTrouble::Malformed,
        place: place.to_owned(),
        line: Some(line),
        detail: format!(
            "{why}: installers differ in the commands that they make of this, or refuse the wheel"
        ),
    })
}

fn first_trouble(bytes: &[u8]) -> Option<(u64, &'static str)> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some((1, "it is not UTF-8")) };
    if text.starts_with('\u{feff}') {
        return Some((1, "it begins with a byte order mark"));
    }
    let mut sections = HashSet::new();
    let mut section: Option<&str> = None;
    let mut names = HashSet::new();
    // How far the entry point before is indented: what is further in goes on with it.
    let mut indent = None;
    for (line, number) in text.lines().zip(1..) {
        let trimmed = line.trim();
        let depth = line.len() - line.trim_start().len();
        let is_break = |c: char| c != '\t' && c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let why = if line.contains(is_break) {
            Some("a line has a control character or a line break of another kind")
        } else if trimmed.is_empty() || trimmed.starts_with('#') {
            None
        } else if trimmed.starts_with(';') {
            Some("a line begins with a semicolon")
        } else if indent.is_some_and(|before| depth > before) {
            Some("a line is indented, as if the one before went on")
        } else if let Some(rest) = trimmed.strip_prefix('[') {
            let name = rest.strip_suffix(']').unwrap_or_default();
            (section, indent) = (Some(name), None);
            names.clear();
            if name.is_empty() || name != name.trim() || name.contains(['[', ']']) || name == "DEFAULT" {
                Some("a section has no plain name")
            } else {
                (!sections.insert(name)).then_some("a section is there twice")
            }
        } else if let Some((name, target)) = trimmed.split_once('=') {
            indent = Some(depth);
            let (name, target) = (name.trim(), target.trim());
            match section {
                None => Some("an entry point stands before all sections"),
                Some(_) if name.is_empty() => Some("an entry point has no name"),
                Some(_) if !names.insert(name) => Some("an entry point is there twice"),
                Some(group) if is_of_commands(group) => odd_command(name, target),
                Some(_) => None,
            }
        } else {
            Some("a line is neither a section nor an entry point")
        };
        if let Some(why) = why {
            return Some((number, why));
        }
    }
    None
}

fn odd_command(name: &str, target: &str) -> Option<&'static str> {
    // pip before 24 makes the command `b` of the name `a%b`.
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
    if !name.chars().all(is_plain) {
        return Some("a command's name has other characters than letters, digits, `_`, `.`, `-`, `+`");
    }
    (!is_function(target)).then_some("a command starts something else than `module:function`")
}

/// Whether it is `module:function`, with or without extras, which nobody heeds any more.
fn is_function(target: &str) -> bool {
    let extras = target.strip_suffix(']').and_then(|target| target.split_once('['));
    let (named, extras) = extras.map_or((target, ""), |(named, extras)| (named.trim_end(), extras));
    let is_dotted = |name: &str| {
        name.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    let is_extra = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '_' | '-');
    named.split_once(':').is_some_and(|(module, function)| is_dotted(module) && is_dotted(function))
        && extras.chars().all(is_extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_installers_read_alike_is_no_trouble() {
        for text in [
            "",
            "[console_scripts]\nfoo = acme.core:main\n",
            "[console_scripts]\r\nfoo=acme.core:Main.run\r\n\r\n[gui_scripts]\r\nfoo=acme:main\r\n",
            "# by hand\n[console_scripts]\n  # more\nf\u{f6}o-1.2 = acme.core:main [extra,other]\n",
            // As setuptools wrote it where setup.py had one text.
            "\n    [console_scripts]\n    foo = acme:main\n    bar = acme:main\n    ",
            "[mkdocs.plugins]\nmaterial/blog = material.blog:Plugin\na b = x; y # z\n",
            "[a]\nx = b:c\n[d]\nx = b:c\n",
        ] {
            assert_eq!(first_trouble(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_they_read_differently_is_told_with_its_line() {
        for (text, line) in [
            ("\u{feff}[console_scripts]\n", 1),
            ("foo = acme:main\n[console_scripts]\n", 1),
            ("[console_scripts]\nfoo = a:b\nfoo = a:c\n", 3),
            ("[other]\nfoo = a:b\nfoo = a:c\n", 3),
            ("[console_scripts]\nfoo = a:b\n[console_scripts]\nbar = a:b\n", 3),
            ("[console_scripts]\nfoo: a:b\n", 2),
            ("[console_scripts]\nfoo = acme\n  :main\n", 2),
            ("[other]\nfoo = acme\n  bar = x\n", 3),
            ("[console_scripts]\n;foo = a:b\n", 2),
            ("[console_scripts]\nfoo = a:b # main\n", 2),
            ("[console_scripts]\nfoo = a:b;import os\n", 2),
            ("[console_scripts]\nfoo = a\n", 2),
            ("[console_scripts]\nfoo = a:%(x)s\n", 2),
            ("[console_scripts]\na=b=c:d\n", 2),
            ("[console_scripts]\nfoo bar = a:b\n", 2),
            ("[console_scripts]\n = a:b\n", 2),
            ("[acme.plugins]\n = a:b\n", 2),
            ("[console_scripts]\nfoo%bar = a:b\n", 2),
            ("[gui_scripts]\nfoo#bar = a:b\n", 2),
            ("[console_scripts]\rfoo = a:b\r", 1),
            ("[console_scripts]\nfoo = a:b\u{2028}bar = a:b\n", 2),
            ("[DEFAULT]\nfoo = a:b\n[console_scripts]\n", 1),
            ("[ console_scripts ]\nfoo = a:b\n", 1),
            ("[console_scripts] # x\nfoo = a:b\n", 1),
        ] {
            assert_eq!(first_trouble(text.as_bytes()).map(|(line, _)| line), Some(line), "{text:?}");
        }
        assert!(first_trouble(b"[console_scripts]\nf\xf6 = a:b\n").is_some());
    }
}
