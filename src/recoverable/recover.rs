//! Recovering: the original files that a stranger could write out of an artifact, and writing them.
//!
//! It is the proof of the count: the files are those that [`exposure`](super::exposure) sums up, no more and no less.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exposure::{Exposure, ExposureSurvey};
use crate::fingerprint::OwnSource;
use crate::inspect::{ScanOptions, Scanner};
use crate::inventory::{Entry, SourceMap, Unexamined};
use crate::own;
use crate::settings::OwnMode;
use crate::stocktake::{Budget, Stocktake, StocktakeError};
use crate::unpack::Limits;

/// What can be recovered from an artifact.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// The files, in the order of the artifact.
    pub files: Vec<RecoveredFile>,
    /// Their sums.
    pub exposure: Exposure,
    /// What of the artifact could not be examined.
    pub unexamined: Vec<Unexamined>,
}

/// An original file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredFile {
    /// A relative path that is safe to write: without `..`, without names that some system refuses, and no
    /// two alike.
    pub path: String,
    /// The path as the map writes it. Not safe to print.
    pub source: String,
    /// The place of the map's entry. Not safe to print.
    pub place: String,
    /// The text.
    pub text: Vec<u8>,
    /// Its lines.
    pub lines: u64,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder has something in it already.
    #[error("{}: the folder is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The system refused.
    #[error("{}: {}", .0.display(), .1)]
    Refused(PathBuf, io::Error),
}

/// What is known of the project that an artifact came from.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Its source text.
    pub own: Option<Arc<OwnSource>>,
    /// In which artifacts it is looked for.
    pub mode: OwnMode,
}

/// Walks an artifact and takes out every text that it gives away.
///
/// # Errors
/// When the artifact doesn't exist or can't be opened.
pub fn recover(
    artifact: &Path,
    limits: &Limits,
    known: &Known,
    workers: usize,
) -> Result<Recovery, StocktakeError> {
    let own_source = known.own.clone();
    let options =
        ScanOptions { recovered: true, limits: limits.clone(), own_source, ..ScanOptions::default() };
    let scanner = Scanner::new(options);
    let budget = Budget::default();
    let stocktake =
        Stocktake { scanner: &scanner, limits, kind: None, project: None, budget: &budget, workers };
    let mut inventory = stocktake.of(artifact)?;
    own::settle(&mut inventory, known.own.as_deref(), known.mode);
    let survey = ExposureSurvey::new(&inventory);
    let exposure = survey.exposure;
    let mut names = Names::default();
    let mut chosen: HashMap<(usize, usize, usize), RecoveredFile> = HashMap::new();
    let mut order = Vec::new();
    for &(report, source) in &survey.recoverable {
        let Some(report) = survey.maps.get(report) else { continue };
        let Some(facts) = report.map.sources.get(source) else { continue };
        let key = (report.entry.id.index(), report.number, source);
        order.push(key);
        let file = RecoveredFile {
            path: names.take(segments(report.entry, report.map, &facts.path)),
            source: facts.path.clone(),
            place: report.entry.place.clone(),
            text: Vec::new(),
            lines: facts.text.map_or(0, |text| text.lines),
        };
        chosen.insert(key, file);
    }
    let own = own_files(&survey, &mut names);
    for (number, entry) in inventory.entries.iter_mut().enumerate() {
        for (map, source, text) in entry.recovered.drain(..) {
            if let Some(file) = chosen.get_mut(&(number, map, source)) {
                file.text = text;
            }
        }
    }
    let files = order.iter().filter_map(|key| chosen.remove(key)).chain(own).collect();
    Ok(Recovery { files, exposure, unexamined: inventory.unexamined })
}

/// The project's own files of which text is in something else, each as it is where most of it is.
fn own_files(survey: &ExposureSurvey<'_>, names: &mut Names) -> Vec<RecoveredFile> {
    let escaped = |file: &str| {
        let own = survey.own.iter().filter(|escape| escape.counts() && escape.text.file == file);
        own.max_by_key(|escape| (escape.text.lines.all(), std::cmp::Reverse(escape.entry.id)))
    };
    let files: BTreeSet<&str> =
        survey.own.iter().filter(|escape| escape.counts()).map(|escape| escape.text.file.as_str()).collect();
    let file = |file: &str| {
        let escape = escaped(file)?;
        let texts = escape.entry.own_recovered.iter().filter(|(name, _)| name == file);
        Some(RecoveredFile {
            path: names.take(file.split('/').map(safe_name).collect()),
            source: file.to_owned(),
            place: escape.entry.place.clone(),
            text: texts.map(|(_, text)| text).max_by_key(|text| text.len()).cloned().unwrap_or_default(),
            lines: u64::from(escape.text.lines.all()),
        })
    };
    files.into_iter().filter_map(file).collect()
}

impl Recovery {
    /// Writes the files into a folder, which must be empty or not exist yet. Nothing is ever overwritten.
    ///
    /// # Errors
    /// When the folder is not empty or the system refuses to write.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let refused = |path: &Path| {
            let path = path.to_owned();
            move |error| WriteError::Refused(path, error)
        };
        match fs::read_dir(folder) {
            Ok(mut listing) => {
                if listing.next().is_some() {
                    return Err(WriteError::NotEmpty(folder.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(WriteError::Refused(folder.to_owned(), error)),
        }
        fs::create_dir_all(folder).map_err(refused(folder))?;
        for file in &self.files {
            let path = folder.join(&file.path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(refused(parent))?;
            }
            File::create_new(&path).and_then(|mut new| new.write_all(&file.text)).map_err(refused(&path))?;
        }
        Ok(())
    }
}

/// The segments of the path to write a source to: where its project has it, as far as the map tells.
fn segments(entry: &Entry, map: &SourceMap, source: &str) -> Vec<String> {
    const MOST_SEGMENTS: usize = 40;
    let root = map.source_root.as_deref().unwrap_or_default();
    let (folder, path) = match source.split_once("://") {
        // `webpack://acme/./src/a.ts`, `file:///home/ann/acme/src/a.ts`
        Some((scheme, rest)) => {
            let rest = match rest.split_once('/') {
                Some((name, below)) if scheme != "file" && !name.is_empty() && name != "." => below,
                _ => rest,
            };
            ("", rest.to_owned())
        }
        None if source.starts_with('/') || root.contains("://") || root.starts_with('/') => {
            ("", source.to_owned())
        }
        None => {
            let folder = entry.below_root().rsplit_once('/').map_or("", |(folder, _)| folder);
            (folder, if root.is_empty() { source.to_owned() } else { format!("{root}/{source}") })
        }
    };
    let mut segments: Vec<&str> = Vec::new();
    for segment in folder.split('/').chain(path.split(['/', '\\'])) {
        match segment {
            "" | "." => {}
            ".." => _ = segments.pop(),
            name => segments.push(name),
        }
    }
    let from = segments.len().saturating_sub(MOST_SEGMENTS);
    let mut safe: Vec<String> =
        segments.get(from..).unwrap_or_default().iter().map(|name| safe_name(name)).collect();
    if safe.is_empty() {
        safe.push("unnamed".to_owned());
    }
    safe
}

/// A name that every system takes for a file's.
fn safe_name(name: &str) -> String {
    const LONGEST: usize = 120;
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let odd = |character: char| {
        character.is_control()
            || matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut safe: String =
        name.chars().map(|character| if odd(character) { '_' } else { character }).collect();
    if safe.len() > LONGEST {
        let cut = safe.len() - LONGEST;
        let from = safe.char_indices().map(|(at, _)| at).find(|at| *at >= cut).unwrap_or(0);
        safe = safe.split_off(from);
    }
    let end = safe.trim_end_matches(['.', ' ']).len();
    safe.truncate(end);
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = ["com", "lpt"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|rest| {
            rest.chars().count() == 1
                && rest.chars().all(|digit| digit.is_ascii_digit() || "¹²³".contains(digit))
        })
    });
    if safe.is_empty() || numbered || DEVICES.contains(&stem.trim_end()) {
        safe.insert(0, '_');
    }
    safe
}

/// The paths given out so far, in lower case, since some file systems ignore case.
#[derive(Debug, Default)]
struct Names {
    /// Path to whether it is a folder.
    taken: HashMap<String, bool>,
    /// The number to try next for a path that is taken.
    next: HashMap<String, usize>,
}

impl Names {
    /// A path that no other file has, and of which no folder is another file.
    fn take(&mut self, segments: Vec<String>) -> String {
        let mut path = String::new();
        let last = segments.len().saturating_sub(1);
        for (number, segment) in segments.into_iter().enumerate() {
            let is_folder = number < last;
            if !path.is_empty() {
                path.push('/');
            }
            path = self.free(&path, &segment, is_folder);
        }
        path
    }

    fn free(&mut self, parent: &str, name: &str, is_folder: bool) -> String {
        let wanted = format!("{parent}{name}");
        let mut path = wanted.clone();
        loop {
            let known = self.taken.get(&path.to_lowercase());
            match known {
                None => break,
                Some(true) if is_folder => return path,
                Some(_) => {
                    let number = self.next.entry(wanted.to_lowercase()).or_insert(2);
                    let (stem, extension) = match name.rfind('.').filter(|dot| *dot > 0 && !is_folder) {
                        Some(dot) => name.split_at(dot),
                        None => (name, ""),
                    };
                    path = format!("{parent}{stem}~{number}{extension}");
                    let is_shared = is_folder && self.taken.get(&path.to_lowercase()) != Some(&false);
                    *number += usize::from(!is_shared);
                }
            }
        }
        self.taken.insert(path.to_lowercase(), is_folder);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{At, MapForm};

    fn path(entry: &str, root: &str, source: &str) -> String {
        let entry = Entry { path: entry.to_owned(), ..Entry::default() };
        let map = SourceMap {
            form: MapForm::File,
            at: At::default(),
            file: None,
            source_root: Some(root.to_owned()),
            debug_id: None,
            section_urls: Vec::new(),
            sources: Vec::new(),
            maker: None,
            damage: None,
        };
        segments(&entry, &map, source).join("/")
    }

    #[test]
    fn puts_files_where_their_project_has_them() {
        for (entry, root, source, wanted) in [
            ("package/dist/a.js.map", "", "../src/a.ts", "src/a.ts"),
            ("package/dist/a.js.map", "", "a.ts", "dist/a.ts"),
            ("package/dist/a.js.map", "../src/", "a.ts", "src/a.ts"),
            ("package/dist/a.js.map", "", "webpack://acme/./src/a.ts", "src/a.ts"),
            ("package/dist/a.js.map", "", "webpack:///./src/a.ts", "src/a.ts"),
            ("package/a.js.map", "", "file:///home/ann/a.ts", "home/ann/a.ts"),
            ("package/a.js.map", "https://m.example/", "src/a.ts", "src/a.ts"),
        ] {
            assert_eq!(path(entry, root, source), wanted, "{source}");
        }
    }

    #[test]
    fn no_path_leads_out_or_is_refused() {
        for (source, wanted) in [
            ("../../../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\Users\\ann\\a.ts", "C_/Users/ann/a.ts"),
            ("..\\..\\a.ts", "a.ts"),
            ("webpack://x/../../../a.ts", "a.ts"),
            ("App.vue?vue&type=script", "App.vue_vue&type=script"),
            ("con.ts", "_con.ts"),
            ("COM1", "_COM1"),
            ("a. ", "a"),
            ("...", "_"),
            ("", "unnamed"),
            ("a\0b\u{202e}.ts", "a_b_.ts"),
            ("~/.ssh/authorized_keys", "~/.ssh/authorized_keys"),
        ] {
            assert_eq!(path("a.map", "", source), wanted, "{source}");
        }
        assert!(path("a.map", "", &"x".repeat(5000)).len() <= 120);
        assert!(path("a.map", "", &"x/".repeat(5000)).split('/').count() <= 40);
    }

    #[test]
    fn no_two_files_share_a_path() {
        let mut names = Names::default();
        let mut take = |path: &str| names.take(path.split('/').map(str::to_owned).collect());
        assert_eq!(take("src/a.ts"), "src/a.ts");
        assert_eq!(take("src/a.ts"), "src/a~2.ts");
        assert_eq!(take("src/A.ts"), "src/A~3.ts");
        assert_eq!(take("src/a.ts/b.ts"), "src/a.ts~4/b.ts");
        assert_eq!(take("src/a.ts/c.ts"), "src/a.ts~4/c.ts");
        assert_eq!(take("src"), "src~2");
        assert_eq!(take(".env"), ".env");
        assert_eq!(take(".env"), ".env~2");
    }
}
