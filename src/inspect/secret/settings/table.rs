use std::collections::HashMap;
use std::sync::LazyLock;

use crate::inspect::pattern::fit;

/// An application, or a kind of file. `policies/settings_files.toml` says what the fields mean.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    #[cfg_attr(not(test), expect(dead_code, reason = "the documentation is made of it"))]
    pub(crate) what: &'static str,
    pub(crate) paths: &'static [&'static str],
    pub(super) not: &'static [&'static str],
    pub(super) anywhere: bool,
    pub(super) format: Format,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make files of it"))]
    pub(super) example: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make near misses of it"))]
    pub(super) near: &'static [&'static str],
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `name=value` or `name: value`, a line each: properties, INI, environments, TOML.
    Lines,
    Yaml,
    /// YAML or JSON, if it is a manifest of Kubernetes.
    Kubernetes,
    Json,
    Xml,
    /// Assignments of which only quoted values count.
    Code,
    /// Requests with headers.
    Http,
    /// Commands that carry credentials.
    Scripts,
    /// Nothing but a key.
    Key,
    /// Nothing but a password, or a name in the line before.
    Password,
    /// Comma-separated values.
    Columns,
    /// A login a line, the password behind its user.
    Logins,
    /// Code in the strings of JSON.
    Notebook,
    /// Names and values a line each, their lengths before them.
    Counted,
}

pub(crate) static TABLE: &[SettingsFile] = include!(concat!(env!("OUT_DIR"), "/settings_files.rs"));

/// A pattern, and the file whose it is, as its index in [`TABLE`].
#[derive(Debug, Clone, Copy)]
struct Row {
    file: usize,
    pattern: &'static str,
    /// What the file's name begins and ends with.
    head: &'static str,
    tail: &'static str,
}

/// All patterns by what they ask of a file's name.
#[derive(Debug, Default)]
struct Index {
    /// Those that have all of it.
    named: HashMap<&'static str, Vec<Row>>,
    /// Those with a `*` in it, by its last byte; at 0 if that is the `*`.
    wild: Vec<Vec<Row>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { wild: vec![Vec::new(); 256], ..Index::default() };
    for (number, file) in TABLE.iter().enumerate() {
        for pattern in file.paths {
            let name = name_of(pattern);
            let head = name.split('*').next().unwrap_or_default();
            let tail = name.rsplit('*').next().unwrap_or_default();
            let row = Row { file: number, pattern, head, tail };
            if !name.contains('*') {
                index.named.entry(name).or_default().push(row);
            } else if let Some(list) = index.wild.get_mut(last_byte(name)) {
                list.push(row);
            }
        }
    }
    index
});

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn last_byte(name: &str) -> usize {
    name.bytes().last().filter(|byte| *byte != b'*').map_or(0, usize::from)
}

/// Whether a file may be one of settings without an ending, as programs under Unix have them: no command, and none that
/// packages have for people, whose names are in capitals often.
fn is_bare(name: &str, text: &[u8]) -> bool {
    const LARGEST: usize = 64 << 10;
    const FOR_PEOPLE: &[&str] = &[
        "authors",
        "change",
        "contribut",
        "copying",
        "description",
        "faq",
        "history",
        "install",
        "licen",
        "metadata",
        "news",
        "notice",
        "patents",
        "pkg-info",
        "readme",
        "thanks",
        "third",
        "todo",
        "version",
    ];
    let lower = name.to_ascii_lowercase();
    !name.strip_prefix('.').unwrap_or(name).contains('.')
        && name.contains(|letter: char| letter.is_ascii_lowercase())
        && !FOR_PEOPLE.iter().any(|beginning| lower.starts_with(beginning))
        && text.len() <= LARGEST
        && !text.starts_with(b"#!")
}

/// The path of the file that one was copied from, or is put together to: `config.php-prod`, `ipsec.secrets.inc`.
fn original_of(path: &str) -> Option<&str> {
    const OF_COPIES: &[&str] = &[
        ".bak",
        ".backup",
        ".old",
        ".orig",
        ".save",
        ".new",
        ".inc",
        ".copy",
        ".live",
        ".prod",
        ".production",
        ".staging",
        ".local",
        ".secret",
        ".private",
        "-prod",
        "-production",
        "-live",
        "-staging",
        "-local",
        "-old",
        "-backup",
        "_bak",
        "_old",
        "_backup",
        ".1",
        ".txt",
        "~",
    ];
    // what Emacs saves while somebody writes: `#config.py#`
    if let Some(name) = name_of(path).strip_prefix('#').and_then(|rest| rest.strip_suffix('#')) {
        return name.contains('.').then_some(name);
    }
    // what Vim saves: `.config.py.swp`, `.npmrc.swp`
    if let Some(name) = [".swp", ".swo", ".swn"].iter().find_map(|ending| name_of(path).strip_suffix(ending))
    {
        return Some(name.strip_prefix('.').filter(|rest| rest.contains('.')).unwrap_or(name));
    }
    let original = OF_COPIES.iter().find_map(|ending| path.strip_suffix(ending))?;
    // what is left must have an ending of its own
    name_of(original).trim_start_matches('.').contains('.').then_some(original)
}

/// How a file may be read, in the order of the table, and whether its name says little.
pub(super) fn formats(path: &str, text: &[u8]) -> Vec<(Format, bool)> {
    let name = name_of(path);
    let path = path.to_ascii_lowercase();
    let own_name = name_of(&path);
    let named = INDEX.named.get(own_name).into_iter().flatten();
    let wild = [last_byte(own_name), 0].into_iter().filter_map(|last| INDEX.wild.get(last)).flatten();
    let first = own_name.as_bytes().first();
    let wild = wild.filter(|row| {
        row.head.as_bytes().first().is_none_or(|byte| first == Some(byte))
            && own_name.starts_with(row.head)
            && own_name.ends_with(row.tail)
    });
    let mut fitting: Vec<usize> =
        named.chain(wild).filter(|row| fit(row.pattern, &path).is_some()).map(|row| row.file).collect();
    fitting.sort_unstable();
    fitting.dedup();
    let files = fitting.into_iter().filter_map(|number| TABLE.get(number));
    let files = files.filter(|file| !file.not.iter().any(|not| fit(not, &path).is_some()));
    let mut formats: Vec<(Format, bool)> = Vec::new();
    for file in files {
        if !formats.iter().any(|(format, _)| *format == file.format) {
            formats.push((file.format, file.anywhere));
        }
    }
    if formats.is_empty()
        && let Some(original) = original_of(&path)
    {
        return self::formats(original, text);
    }
    if formats.is_empty() && is_bare(name, text) {
        formats.push((Format::Lines, true));
    }
    formats
}
