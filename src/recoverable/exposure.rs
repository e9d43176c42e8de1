//! What a stranger could recover: original files that are in the artifact only as text inside something else.
//!
//! Text that ships anyway exposes nothing: when the same text is in the artifact as a file (line ends, byte-order
//! marks and blanks at the end aside). A shipped file of the same path with another text doesn't count: the map may
//! hold what the file lost. The same text in several maps counts once.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::decode::percent;
use crate::inventory::{Entry, EntryId, Inventory, SourceFacts, SourceMap, TextDigest};
use crate::paths;
use crate::unpack;

use super::own::{self, Escape};

/// Sums over the recoverable first-party files of an artifact; third-party ones apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// First-party files.
    pub files: u64,
    /// Their lines.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files under `node_modules` or on an ignore list.
    pub third_party_files: u64,
}

impl Exposure {
    /// Sums over all maps of an artifact.
    pub fn of(inventory: &Inventory) -> Self {
        ExposureSurvey::new(inventory).exposure
    }

    /// Files of the project of which text is in something else, with the lines that were recognised: no more than
    /// that is sure.
    fn of_own(own: &[Escape<'_>]) -> Self {
        let mut most: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for escape in own.iter().filter(|escape| escape.counts()) {
            let known = most.entry(&escape.text.file).or_default();
            *known = (*known).max((u64::from(escape.text.lines.all()), escape.text.bytes));
        }
        let (lines, bytes) = most.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Self { files: most.len() as u64, lines, bytes, third_party_files: 0 }
    }

    fn count(&mut self, source: &SourceFacts) {
        let Some(text) = source.text else { return };
        if source.third_party {
            self.third_party_files += 1;
        } else {
            self.files += 1;
            self.lines += text.lines;
            self.bytes += text.bytes;
        }
    }
}

/// What a map gives away by itself, for those who ship maps on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapState {
    /// It holds the text of its sources.
    SelfContained,
    /// Its sources are files of the package.
    Resolves,
    /// Sources are neither in it nor in the package: debuggers find nothing, strangers read paths.
    Dangling,
}

/// A map with what it gives away.
#[derive(Debug, Clone)]
pub struct MapReport<'a> {
    /// The entry that it is in.
    pub entry: &'a Entry,
    /// Its number in the entry.
    pub number: usize,
    /// The map.
    pub map: &'a SourceMap,
    /// What it alone gives away.
    pub exposure: Exposure,
    /// What it gives away by itself.
    pub state: MapState,
    /// Its exposed first-party sources, as indices.
    pub exposed: Vec<usize>,
    /// Its first-party sources that are neither in it nor in the package, as indices.
    pub missing: Vec<usize>,
    /// The maps of its sections that it says are elsewhere in the package, and are not.
    pub missing_sections: Vec<&'a str>,
}

/// All maps of an artifact with what they give away.
#[derive(Debug, Clone)]
pub struct ExposureSurvey<'a> {
    /// In the order of the entries.
    pub maps: Vec<MapReport<'a>>,
    /// Sums; a text that several maps hold counts once.
    pub exposure: Exposure,
    /// The sources that make up the sum, as indices into `maps` and the map's sources.
    pub recoverable: Vec<(usize, usize)>,
    /// Where lines of the project's own source text are.
    pub own: Vec<Escape<'a>>,
}

impl<'a> ExposureSurvey<'a> {
    /// Joins the maps of an artifact with its files.
    pub fn new(inventory: &'a Inventory) -> Self {
        let own = own::escapes(inventory);
        let mut survey =
            Self { maps: Vec::new(), exposure: Exposure::of_own(&own), recoverable: Vec::new(), own };
        if !inventory.files().any(|entry| !entry.maps.is_empty()) {
            return survey;
        }
        let shipped = Shipped::new(inventory);
        let mut counted = HashSet::new();
        for entry in inventory.files() {
            for (number, map) in entry.maps.iter().enumerate() {
                let report = shipped.report(entry, number, map);
                for &source in &report.exposed {
                    let Some(facts) = map.sources.get(source) else { continue };
                    if facts.text.is_some_and(|text| counted.insert((false, text.digest))) {
                        survey.exposure.count(facts);
                        survey.recoverable.push((survey.maps.len(), source));
                    }
                }
                for source in map.sources.iter().filter(|source| source.third_party) {
                    if source.text.is_some_and(|text| counted.insert((true, text.digest))) {
                        survey.exposure.count(source);
                    }
                }
                survey.maps.push(report);
            }
        }
        survey
    }
}

/// The files of an artifact, by text and by path.
struct Shipped<'a> {
    inventory: &'a Inventory,
    texts: HashSet<TextDigest>,
    paths: HashMap<(Option<EntryId>, &'a str), &'a Entry>,
}

impl<'a> Shipped<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let texts = inventory.files().filter_map(|entry| Some(entry.text?.digest)).collect();
        let paths = inventory.files().map(|entry| ((entry.parent, entry.path.as_str()), entry)).collect();
        Self { inventory, texts, paths }
    }

    fn report(&self, entry: &'a Entry, number: usize, map: &'a SourceMap) -> MapReport<'a> {
        let location = MapLocation::of(self.inventory, entry, map);
        let mut exposure = Exposure::default();
        let (mut exposed, mut missing, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        let (mut with_text, mut resolving) = (0u64, 0u64);
        for (index, source) in map.sources.iter().enumerate() {
            match source.text {
                Some(text) => {
                    with_text += 1;
                    let is_new = text.bytes > 0 && seen.insert(text.digest);
                    if is_new && (source.third_party || !self.texts.contains(&text.digest)) {
                        exposure.count(source);
                        if !source.third_party {
                            exposed.push(index);
                        }
                    }
                }
                None if source.third_party || source.path.is_empty() => {}
                None if self.find(&location, &source.path).is_some() => resolving += 1,
                None => missing.push(index),
            }
        }
        let missing_sections = self.missing_sections(entry, map);
        let state = match (missing.is_empty() && missing_sections.is_empty(), with_text, resolving) {
            (false, ..) => MapState::Dangling,
            (true, 0, 1..) => MapState::Resolves,
            _ => MapState::SelfContained,
        };
        MapReport { entry, number, map, exposure, state, exposed, missing, missing_sections }
    }

    fn missing_sections(&self, entry: &Entry, map: &'a SourceMap) -> Vec<&'a str> {
        let is_missing = |url: &&str| {
            let is_relative = !url.contains("://") && !url.starts_with("//") && !url.starts_with("data:");
            let path = beside(entry, url);
            is_relative && !path.is_some_and(|path| self.paths.contains_key(&(entry.parent, path.as_str())))
        };
        map.section_urls.iter().map(String::as_str).filter(is_missing).collect()
    }

    /// The shipped file that a source's path leads to.
    fn find(&self, location: &MapLocation<'_>, path: &str) -> Option<&'a Entry> {
        location
            .candidates(path)
            .into_iter()
            .find_map(|path| self.paths.get(&(location.container, path.as_str())).copied())
    }
}

/// Where a map is, to resolve its paths.
struct MapLocation<'a> {
    container: Option<EntryId>,
    /// The folder of the map.
    folder: &'a str,
    /// The first folder of the package.
    root: &'a str,
    map: &'a SourceMap,
}

impl<'a> MapLocation<'a> {
    fn of(inventory: &'a Inventory, entry: &'a Entry, map: &'a SourceMap) -> Self {
        // A compressed map is where its compressed file is.
        let packed = entry.parent.and_then(|parent| inventory.entry(parent)).filter(|parent| {
            unpack::is_compressed(parent.media)
                && !entry.path.contains('/')
                && parent.file_name().starts_with(entry.path.as_str())
        });
        let (container, path) = match packed {
            Some(parent) => {
                (parent.parent, parent.path.rsplit_once('.').map_or(parent.path.as_str(), |(path, _)| path))
            }
            None => (entry.parent, entry.path.as_str()),
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let root = path.split_once('/').map_or("", |(root, _)| root);
        Self { container, folder, root, map }
    }

    /// Paths inside the container that a source may mean.
    fn candidates(&self, path: &str) -> Vec<String> {
        let mut candidates = Vec::new();
        let path = path.split(['?', '#']).next().unwrap_or(path);
        if let Some((_, rest)) = path.split_once("://") {
            // A bundler's own scheme: `webpack://acme/./src/a.js` is relative to the project.
            candidates.extend(resolve(self.root, rest));
            candidates.extend(rest.split_once('/').and_then(|(_, below)| resolve(self.root, below)));
            return candidates;
        }
        let source_root = self.map.source_root.as_deref().unwrap_or_default();
        if source_root.is_empty() {
            candidates.extend(resolve(self.folder, path));
        } else if !source_root.contains("://") && !source_root.starts_with('/') {
            candidates.extend(resolve(self.folder, &format!("{source_root}/{path}")));
        } else {
            candidates.extend(resolve(self.root, path));
        }
        if path.starts_with('/') {
            candidates.extend(resolve(self.root, path.trim_start_matches('/')));
        }
        candidates
    }
}

/// The path inside its container of what a relative URL in an entry points to; `None` if it leads out.
pub(crate) fn beside(entry: &Entry, url: &str) -> Option<String> {
    let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let decoded = percent::plain(path.as_bytes());
    resolve(folder, &String::from_utf8_lossy(&decoded))
}

/// A relative path from a folder, without `.` and `..`; `None` if it leads out.
fn resolve(folder: &str, path: &str) -> Option<String> {
    (!path.starts_with('/')).then(|| paths::join(folder, &path.replace('\\', "/")))?
}

#[cfg(test)]
pub(crate) mod testing {
    //! Hand-made maps.

    use crate::inspect::{Scanner, inspect};
    use crate::inventory::{Entry, EntryId, Inventory, Media};

    /// An inventory whose entries were inspected from these texts.
    pub(crate) fn inventory(files: &[(&str, &str)]) -> Inventory {
        let scanner = Scanner::plain();
        let mut inventory = Inventory::default();
        for (number, (path, text)) in files.iter().enumerate() {
            let mut entry = Entry {
                id: EntryId(number as u32),
                path: (*path).to_owned(),
                place: (*path).to_owned(),
                media: Media::Text,
                size: text.len() as u64,
                ..Entry::default()
            };
            inspect(text.as_bytes(), scanner, &mut entry);
            inventory.entries.push(Box::new(entry));
        }
        inventory
    }

    /// A map of sources with their texts; `None` for no text.
    pub(crate) fn map(sources: &[(&str, Option<&str>)]) -> String {
        let paths: Vec<&str> = sources.iter().map(|(path, _)| *path).collect();
        let texts: Vec<Option<&str>> = sources.iter().map(|(_, text)| *text).collect();
        serde_json::json!({ "version": 3, "sources": paths, "sourcesContent": texts, "mappings": "" })
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{inventory, map};
    use super::*;

    fn exposure(files: &[(&str, &str)]) -> (u64, u64, u64) {
        let exposure = Exposure::of(&inventory(files));
        (exposure.files, exposure.lines, exposure.third_party_files)
    }

    const TEXT: &str = "export const a = 1;\nexport const b = 2;\n";

    #[test]
    fn counts_first_party_text_apart_from_others() {
        let map = map(&[
            ("../src/a.ts", Some(TEXT)),
            ("../src/b.ts", None),
            ("../node_modules/c/c.js", Some("c();\n")),
            ("webpack/bootstrap", Some("d();\n")),
            ("../src/empty.ts", Some("")),
        ]);
        assert_eq!(exposure(&[("package/dist/a.js.map", &map)]), (1, 2, 2));
    }

    #[test]
    fn text_that_ships_anyway_exposes_nothing() {
        let plain = map(&[("../src/a.ts", Some(TEXT))]);
        let crlf = TEXT.replace('\n', "\r\n");
        for (files, what) in [
            (vec![("package/other/name.txt", TEXT)], "same text elsewhere"),
            (vec![("package/other/name.txt", crlf.as_str())], "other line ends"),
            (
                vec![("package/src/a.ts", "export const a = 1;\nexport const b = 2;\n\n \n")],
                "blanks at the end",
            ),
        ] {
            let mut files = files.clone();
            files.push(("package/dist/a.js.map", &plain));
            assert_eq!(exposure(&files), (0, 0, 0), "{what}");
        }
        for (files, what) in [
            (vec![("package/src/a.ts", "//\n")], "a stub"),
            (
                vec![("package/src/a.ts", "// built once more\nexport const a = 1;\n")],
                "another text at its path",
            ),
            (vec![("package/dist/src/a.ts", "export const a = 1; export const b = 3;")], "another folder"),
        ] {
            let mut files = files.clone();
            files.push(("package/dist/a.js.map", &plain));
            assert_eq!(exposure(&files), (1, 2, 0), "{what}");
        }
        let own = map(&[("a.js", Some(TEXT))]);
        let generated = "export const a=1;export const b=2;\n//# sourceMappingURL=a.js.map";
        assert_eq!(exposure(&[("package/a.js", generated), ("package/a.js.map", &own)]), (1, 2, 0));
    }

    #[test]
    fn the_same_text_counts_once() {
        let one = map(&[("a.ts", Some(TEXT)), ("copy.ts", Some(TEXT))]);
        let two = map(&[("../a.ts", Some(TEXT)), ("b.ts", Some("b();\n"))]);
        assert_eq!(exposure(&[("package/a.map", &one), ("package/b/b.map", &two)]), (2, 3, 0));
    }

    #[test]
    fn says_how_a_map_stands() {
        let states = |files: &[(&str, &str)]| -> Vec<MapState> {
            let inventory = inventory(files);
            ExposureSurvey::new(&inventory).maps.iter().map(|report| report.state).collect()
        };
        let bare = map(&[("../src/a.ts", None)]);
        assert_eq!(states(&[("package/dist/a.js.map", &bare)]), [MapState::Dangling]);
        assert_eq!(
            states(&[("package/src/a.ts", TEXT), ("package/dist/a.js.map", &bare)]),
            [MapState::Resolves]
        );
        let whole = map(&[("../src/a.ts", Some(TEXT))]);
        assert_eq!(states(&[("package/dist/a.js.map", &whole)]), [MapState::SelfContained]);
        let partly = map(&[("../src/a.ts", Some(TEXT)), ("../src/b.ts", None)]);
        assert_eq!(states(&[("package/dist/a.js.map", &partly)]), [MapState::Dangling]);
    }

    #[test]
    fn paths_never_lead_out() {
        for (folder, path, wanted) in [
            ("package/dist", "../src/a.ts", Some("package/src/a.ts")),
            ("package/dist", "./a//b/../c.ts", Some("package/dist/a/c.ts")),
            ("package", "../../a.ts", None),
            ("", "../a.ts", None),
            ("package", "/a.ts", None),
        ] {
            assert_eq!(resolve(folder, path).as_deref(), wanted, "{path}");
        }
    }
}
