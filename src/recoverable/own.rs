//! What the lines mean that were found of the project's own source text.

use std::collections::BTreeSet;

use crate::inventory::{Declared, Entry, EntryId, Fate, Inventory, Kind, Media, OwnText};

/// Fewer lines of one file are chance.
const LEAST: u32 = 4;

/// What lines of a file in an entry mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The code that ships keeps its comments.
    Comments,
    /// Source text is there.
    Source,
}

/// Lines of one of the project's files that got into an entry and mean something.
#[derive(Debug, Clone)]
pub struct Escape<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// The lines.
    pub text: &'a OwnText,
    /// What they mean.
    pub meaning: Meaning,
    /// Whether the entry is that file.
    pub whole: bool,
}

impl Escape<'_> {
    /// Whether it is source text that is in something else.
    pub(super) fn counts(&self) -> bool {
        self.meaning == Meaning::Source && !self.whole
    }
}

/// All that got out, in the order of the entries.
pub(super) fn escapes(inventory: &Inventory) -> Vec<Escape<'_>> {
    let mut escapes = Vec::new();
    let ships =
        |entry: &Entry, text: &OwnText| is_file(inventory, entry, text) && is_meant(inventory, entry, text);
    let is_shipped =
        |entry: &Entry, text: &OwnText| ships(entry, text) && is_in_place(inventory, entry, text);
    let shipped: BTreeSet<u32> = inventory
        .files()
        .flat_map(|entry| entry.own_text.iter().filter(move |text| is_shipped(entry, text)))
        .map(|text| text.number)
        .collect();
    for entry in inventory.files().filter(|entry| !entry.own_text.is_empty()) {
        let carrier = Carrier::of(inventory, entry);
        // What is in a file that is meant to ship is meant, whichever others have the same lines.
        let is_meant = entry.own_text.iter().any(|text| ships(entry, text));
        let texts = entry.own_text.iter().filter(|text| text.decoded || !is_meant);
        // What ships as the file that it is, is no secret anywhere else.
        for text in texts.filter(|text| !shipped.contains(&text.number)) {
            let is_other = text.decoded || is_foreign(entry, text);
            let carrier = if is_other { Carrier::Other } else { carrier };
            let Some(meaning) = carrier.meaning(text) else { continue };
            if !is_in_map(entry, text) {
                escapes.push(Escape { entry, text, meaning, whole: is_whole(entry, text) });
            }
        }
    }
    escapes
}

/// What kind of thing an entry is, by what an honest build leaves in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// Code that runs as it is, and may keep comments.
    Code,
    /// Declarations and stubs, which have comments and types.
    Declarations,
    /// Machine code and bytecode, which keeps strings.
    Binary,
    /// A page, which may be documentation.
    Page,
    /// Text for people.
    Manual,
    /// Everything else: nothing of a source belongs there.
    Other,
}

impl Carrier {
    fn of(inventory: &Inventory, entry: &Entry) -> Self {
        let is_wrapped = |parent| !inventory.is_unpacked(entry) && !is_transparent(inventory, parent, entry);
        if entry.parent.is_some_and(is_wrapped) {
            return Self::Other;
        }
        let name = entry.file_name().to_ascii_lowercase();
        let name = [".gz", ".br", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        let has = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if has(&[".d.ts", ".d.mts", ".d.cts", ".pyi"]) {
            Self::Declarations
        } else if has(&[
            ".js", ".mjs", ".cjs", ".jsx", ".css", ".vue", ".svelte", ".py", ".rb", ".lua", ".php",
        ]) {
            Self::Code
        } else if has(&[".html", ".htm", ".xhtml"]) {
            Self::Page
        } else if has(&[".md", ".mdx", ".markdown", ".rst", ".adoc"])
            || ["readme", "changelog", "changes", "llms"].iter().any(|word| name.starts_with(word))
        {
            Self::Manual
        } else if is_machine_code(entry.media) {
            Self::Binary
        } else {
            Self::Other
        }
    }

    /// What lines of a file mean in such an entry.
    fn meaning(self, text: &OwnText) -> Option<Meaning> {
        let lines = &text.lines;
        let gone = lines.comments + lines.lowered;
        let compiled = text.fate == Fate::Compiled;
        let is = |meaning, holds: bool| holds.then_some(meaning);
        match self {
            Self::Code => {
                let docs = if compiled { 0 } else { lines.docs };
                let source = lines.lowered >= LEAST || compiled && lines.statements + gone >= LEAST;
                is(Meaning::Source, source).or(is(Meaning::Comments, gone + docs >= LEAST))
            }
            Self::Declarations => is(Meaning::Source, lines.statements >= LEAST),
            Self::Binary => is(Meaning::Source, gone + if compiled { lines.statements } else { 0 } >= LEAST),
            Self::Page => {
                let shown = lines.statements >= 2 && gone + lines.statements >= LEAST;
                let types = lines.lowered >= 10;
                is(Meaning::Source, lines.comments >= LEAST || shown).or(is(Meaning::Comments, types))
            }
            // It may show as much as it likes, but not all.
            Self::Manual => is(Meaning::Source, is_all(text)),
            Self::Other => {
                let sure = gone >= 2 || lines.statements >= 3 || is_all(text);
                let all = if sure { lines.all() } else { gone };
                // Documentation alone is what manuals, helps and schemas are made of.
                let comments = lines.docs >= 10 && gone + lines.statements > 0;
                is(Meaning::Source, all >= LEAST).or(is(Meaning::Comments, comments))
            }
        }
    }
}

/// Whether a file is there with nearly all of its lines. One that is documentation for the most part is known by that; a
/// table is not.
fn is_all(text: &OwnText) -> bool {
    let lines = &text.lines;
    let is_mixed = lines.all() > lines.docs && lines.all() >= lines.code + 5;
    is_mixed && lines.all() >= 10 && lines.all() * 10 >= text.of * 9
}

/// Languages whose files nothing serves and nothing compiles to.
const ALONE: [&str; 4] = [".py", ".rb", ".lua", ".php"];

/// Whether what is in a container is there as it would be by itself: a file compressed for a server, a file of an
/// application's archive.
fn is_transparent(inventory: &Inventory, parent: EntryId, entry: &Entry) -> bool {
    inventory.entry(parent).is_some_and(|parent| {
        let stem = parent.file_name().rsplit_once('.').map_or("", |(stem, _)| stem);
        let is_served = !ALONE.iter().any(|end| stem.ends_with(end));
        let is_alone = matches!(parent.media, Media::Gzip | Media::Zstd | Media::Binary)
            && entry.path == stem
            && is_served;
        parent.parent.is_none() && (is_alone || parent.media == Media::Asar)
    })
}

/// Whether an entry is code in a language to which nothing compiles the file's.
fn is_foreign(entry: &Entry, text: &OwnText) -> bool {
    ALONE.iter().any(|end| entry.path.ends_with(end) && !text.file.ends_with(end)) && text.fate == Fate::Kept
}

fn is_machine_code(media: Media) -> bool {
    use Media::{Elf, Hermes, JavaClass, MachO, Pe, Pyc, Wasm};
    matches!(media, Elf | MachO | Pe | Wasm | JavaClass | Pyc | Hermes)
}

/// Whether an entry is the file itself: it has its extension, and all but a few of its lines.
fn is_whole(entry: &Entry, text: &OwnText) -> bool {
    let extension = |path: &str| path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    !text.decoded
        && extension(&entry.path) == extension(&text.file)
        && u64::from(text.lines.all()) * 10 >= u64::from(text.of) * 9
}

/// Whether an entry is the file, going by its lines, or by its place where all files are the project's.
fn is_file(inventory: &Inventory, entry: &Entry, text: &OwnText) -> bool {
    is_whole(entry, text) || !text.decoded && is_of_sources(inventory) && is_in_place(inventory, entry, text)
}

/// Whether such packages are made of source text as it is.
fn is_of_sources(inventory: &Inventory) -> bool {
    matches!(inventory.kind, Kind::Crate | Kind::Sdist | Kind::Gem)
}

/// Whether an entry stands where the project has the file.
fn is_in_place(inventory: &Inventory, entry: &Entry, text: &OwnText) -> bool {
    let root = inventory.package.as_ref().map_or("", |package| &package.root);
    let path = entry.path.strip_prefix(root).unwrap_or(&entry.path).trim_start_matches('/');
    text.file.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether a file that ships as it is does so on purpose: it runs as it is, or is what such packages are made of, or
/// an allowlist names it where it is. A copy among what was built is no such file, whatever names the folder.
fn is_meant(inventory: &Inventory, entry: &Entry, text: &OwnText) -> bool {
    let package = inventory.package.as_ref();
    let is_listed =
        |declared: &Declared| declared.has_allowlist == Some(true) && !declared.unlisted.contains(&entry.id);
    inventory.is_unpacked(entry)
        && (text.fate == Fate::Kept
            || is_of_sources(inventory)
            || package.is_some_and(|package| is_listed(&package.declared))
                && is_in_place(inventory, entry, text))
}

/// Whether a source map in the entry holds a text of this name: what maps give away is told as such.
fn is_in_map(entry: &Entry, text: &OwnText) -> bool {
    let name = |path: &str| {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
    };
    let own = name(&text.file);
    let mut sources = entry.maps.iter().flat_map(|map| &map.sources);
    sources.any(|source| source.text.is_some() && name(&source.path) == own)
}
