//! The inventory as JSON, version 1: separate structs, so that the internal ones can change without changing the
//! output. Within version 1, fields and words are only ever added. `docs/inventory.schema.json` is generated from
//! these types.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Serialize;

use crate::inventory::{self as facts, Inventory};
use crate::recoverable::Exposure as Exposed;
use crate::report::wire::{Kind, Skipped, Tool};
use crate::stored::{Facts, Sought};

/// The value of `schema`.
pub const SCHEMA: &str = "packgate/inventory/v1";

/// What `packgate inventory --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(title = "packgate inventory, version 1"))]
#[non_exhaustive]
pub struct Report<'a> {
    /// Always `packgate/inventory/v1`.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The program that made it.
    pub tool: Tool,
    /// The artifacts in the order of the command line.
    pub artifacts: Vec<Artifact<'a>>,
}

/// The value of `schema` in a line.
pub const LINE_SCHEMA: &str = "packgate/inventory-line/v1";

/// One line of what `packgate inventory --format ndjson` prints: an artifact, and all that is needed to judge it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(title = "a line of packgate's inventory, version 1"))]
#[non_exhaustive]
pub struct Line<'a> {
    /// Always `packgate/inventory-line/v1`.
    #[cfg_attr(test, schemars(extend("const" = LINE_SCHEMA)))]
    pub schema: &'static str,
    /// The program that made it.
    pub tool: Tool,
    /// Why nothing is known about it; `null` if it could be read.
    pub error: Option<&'a str>,
    /// The artifact, whose fields stand beside these.
    #[serde(flatten)]
    pub artifact: Artifact<'a>,
    /// What `packgate judge` reads; its form may change with every version. `null` if it could not be read.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Map<String, serde_json::Value>>"))]
    pub facts: Option<Facts<'a>>,
}

/// Everything known about one artifact.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Artifact<'a> {
    /// The path as it was given.
    pub path: &'a str,
    /// The kind of artifact.
    pub kind: Kind,
    /// Size of the file in bytes; for a folder, of all files in it.
    pub bytes: u64,
    /// SHA-256 of the file in hex; for a folder, of its sorted listing.
    pub sha256: &'a str,
    /// How it is packed, outermost first: `["gzip", "tar"]`.
    pub containers: Vec<&'a str>,
    /// Bytes produced by unpacking, over all levels.
    pub unpacked_bytes: u64,
    /// What the manifest says; `null` when there is none.
    pub package: Option<Package<'a>>,
    /// What a stranger could recover.
    pub exposure: Exposure,
    /// Whether every part of it was examined.
    pub complete: bool,
    /// What was not examined.
    pub skipped: Vec<Skipped<'a>>,
    /// What a tolerant reader of the container would have ignored.
    pub anomalies: Vec<Anomaly<'a>>,
    /// What is wrong with the manifest itself.
    pub manifest_problems: Vec<ManifestProblem<'a>>,
    /// Every entry in the order of the container; those of a nested archive follow it.
    pub entries: Vec<Entry<'a>>,
}

/// What the manifest says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Package<'a> {
    /// Name; empty if the manifest has none.
    pub name: &'a str,
    /// Version; empty if the manifest has none.
    pub version: &'a str,
    /// Licence as written.
    pub license: Option<&'a str>,
    /// Whether the manifest forbids publishing.
    pub private: bool,
    /// Path of the manifest inside the artifact.
    pub manifest: &'a str,
    /// Root folder of the package inside the artifact; empty if entries are at the top.
    pub root: &'a str,
    /// What the manifest says may ship; `null` if the ecosystem has no such list.
    pub allowlist: Option<Allowlist<'a>>,
    /// Compiled entry points, relative to the root.
    pub entry_points: Vec<&'a str>,
    /// Entry points that the artifact lacks, as the manifest writes them.
    pub missing_entry_points: Vec<&'a str>,
    /// Commands that it installs.
    pub commands: Vec<Command<'a>>,
    /// Scripts that run when it is installed.
    pub install_scripts: Vec<Script<'a>>,
    /// The commit that it says it was built from.
    pub revision: Option<&'a str>,
    /// Whether it says that it was built from a dirty tree.
    pub dirty: Option<bool>,
}

/// What the manifest says may ship.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Allowlist<'a> {
    /// Whether the manifest has one.
    pub present: bool,
    /// Where it is, or would be: `"files" in package.json`.
    pub name: &'a str,
    /// Its patterns as written.
    pub patterns: Vec<&'a str>,
    /// Identifiers of entries that it doesn't cover.
    pub uncovered: Vec<u32>,
}

/// A command that the package installs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub struct Command<'a> {
    /// Its name, as written.
    pub name: &'a str,
    /// What it starts: a file of the package, or a function.
    pub starts: &'a str,
}

/// A script that runs when the package is installed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Script<'a> {
    /// `preinstall`, `postinstall`, `build.rs`.
    pub event: &'a str,
    /// The command as written; `null` when a file implies it.
    pub command: Option<&'a str>,
}

/// What a stranger could recover: original files that are in the artifact only as text inside other files.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Exposure {
    /// First-party files.
    pub files: u64,
    /// Their lines.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files of others: under `node_modules` or on an ignore list.
    pub third_party_files: u64,
}

/// An anomaly of a container.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Anomaly<'a> {
    /// A word for it: `tar-checksum`, `path-traversal`.
    pub kind: String,
    /// The entry concerned, or the container; empty for the artifact itself.
    pub place: &'a str,
    /// Byte offset in the decompressed container.
    pub offset: u64,
    /// What was seen.
    pub detail: &'a str,
}

/// Something wrong with the manifest itself.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct ManifestProblem<'a> {
    /// A word for it: `missing`, `unreadable`, `twice`.
    pub kind: String,
    /// Where the manifest is or should be.
    pub place: &'a str,
    /// Line from 1.
    pub line: Option<u64>,
    /// What was seen.
    pub detail: &'a str,
}

/// One entry of a container.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Entry<'a> {
    /// Its number: the position in `entries`.
    pub id: u32,
    /// Number of the archive that it is in; `null` in the artifact's own container.
    pub parent: Option<u32>,
    /// Path from the artifact's root, nested containers joined by `!`. May hold control characters.
    pub place: &'a str,
    /// Path inside its own container.
    pub path: &'a str,
    /// Where the package's client writes it, relative to the folder in which it installs the package; a place
    /// elsewhere begins with its name in braces. `null` if the client doesn't write it, or nothing is installed.
    pub installed: Option<&'a str>,
    /// Unix permission bits with which the client writes it there under umask 022. Missing where that isn't known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_mode: Option<u16>,
    /// `file`, `directory`, `symlink`, `hardlink` or `special`.
    #[serde(rename = "type")]
    pub entry_type: &'static str,
    /// Where a link points, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<&'a str>,
    /// Size in bytes.
    pub bytes: u64,
    /// Unix permission bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// Type by content: `text`, `gzip`, `elf`.
    pub media: String,
    /// SHA-256 in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<&'a str>,
    /// Number of lines, in texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<u64>,
    /// Source maps in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<Map<'a>>,
    /// Comments in it that link to a source map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link<'a>>,
    /// Places where a secret pattern matched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret<'a>>,
    /// Words that the settings name, and local paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention<'a>>,
    /// Facts of executables and object files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<Binary<'a>>,
    /// A program that carries its source inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Program<'a>>,
    /// Content signs of the stray-file tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<&'a str>,
}

/// A place in an entry.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct At<'a> {
    /// Byte offset from 0.
    pub offset: u64,
    /// Line from 1; `null` in binaries.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub line: Option<u64>,
    /// Column in characters from 1; `null` in binaries.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub column: Option<u64>,
    /// What the text was decoded from; the offset is then that of the encoded text.
    pub inside: Option<&'a str>,
}

/// A source map, or anything else that contains original text in the same way.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Map<'a> {
    /// `file`, `inline`, `eval_map`, `eval`, `bundler_report`, `coverage`.
    pub form: String,
    /// Where it begins.
    pub at: At<'a>,
    /// The generated file that it belongs to.
    pub file: Option<&'a str>,
    /// Its `sourceRoot`.
    pub source_root: Option<&'a str>,
    /// Why it could not be read completely.
    pub damage: Option<&'a str>,
    /// The original files that it names.
    pub sources: Vec<Source<'a>>,
}

/// An original file that a map names.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Source<'a> {
    /// The path or URL as written.
    pub path: &'a str,
    /// Whether it is somebody else's.
    pub third_party: bool,
    /// Bytes of its text, if the map holds it.
    pub bytes: Option<u64>,
    /// Lines of its text, if the map holds it.
    pub lines: Option<u64>,
}

/// A comment that links to a source map.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Link<'a> {
    /// Where it begins.
    pub at: At<'a>,
    /// `inline`, `relative` or `remote`.
    pub target: &'static str,
    /// What it points to; `null` for an inline one.
    pub url: Option<&'a str>,
    /// Whether readers use this one.
    pub in_force: bool,
}

/// A place where a secret pattern matched. The secret itself is never kept.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Secret<'a> {
    /// The rule of the pattern.
    pub rule: &'a str,
    /// Where.
    pub at: At<'a>,
    /// A form that is safe to print.
    pub redacted: &'a str,
    /// The same for the same secret.
    pub digest: &'a str,
}

/// A word that the settings name, or a local path.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Mention<'a> {
    /// `marker`, `host`, `package`, `local_path` and others.
    pub kind: String,
    /// As found.
    pub what: &'a str,
    /// First place.
    pub at: At<'a>,
    /// How often.
    pub count: u64,
}

/// Facts of an executable or object file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Binary<'a> {
    /// `ELF`, `Mach-O`, `PE`, `wasm`.
    pub format: &'a str,
    /// Names of sections that only a debugger needs.
    pub debug_sections: Vec<&'a str>,
    /// Their size together in bytes.
    pub debug_bytes: u64,
    /// Build identifier in hex.
    pub build_id: Option<&'a str>,
    /// Whether whole source files are embedded.
    pub embedded_source: bool,
    /// Paths of the build machine.
    pub local_paths: Vec<&'a str>,
}

/// A program that carries its source inside.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Program<'a> {
    /// The program that made it.
    pub packer: &'a str,
    /// Byte offset of the payload.
    pub offset: u64,
    /// Its length in bytes, if known.
    pub bytes: Option<u64>,
    /// Whether it is source text.
    pub source_text: bool,
    /// Whether that text is minified.
    pub minified: bool,
}

impl<'a> Report<'a> {
    /// The report on these inventories.
    pub fn new(inventories: &'a [Inventory]) -> Self {
        Self { schema: SCHEMA, tool: Tool::THIS, artifacts: inventories.iter().map(Artifact::new).collect() }
    }
}

impl<'a> Line<'a> {
    /// The line on an inventory that was taken while this was looked for.
    pub fn new(inventory: &'a Inventory, sought: &'a Sought) -> Self {
        let facts = Some(Facts::new(inventory, sought));
        Self { schema: LINE_SCHEMA, tool: Tool::THIS, error: None, artifact: Artifact::new(inventory), facts }
    }

    /// The line on what could not be read, whose `inventory` says no more than that.
    pub fn failed(inventory: &'a Inventory, why: &'a str) -> Self {
        let artifact = Artifact::new(inventory);
        Self { schema: LINE_SCHEMA, tool: Tool::THIS, error: Some(why), artifact, facts: None }
    }
}

impl<'a> Artifact<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let artifact = &inventory.artifact;
        Self {
            path: &artifact.path,
            kind: inventory.kind.into(),
            bytes: artifact.bytes,
            sha256: &artifact.sha256,
            containers: artifact.containers.clone(),
            unpacked_bytes: artifact.unpacked_bytes,
            package: inventory.package.as_ref().map(Package::new),
            exposure: Exposure::new(Exposed::of(inventory)),
            complete: inventory.is_complete(),
            skipped: inventory
                .unexamined
                .iter()
                .map(|part| Skipped { place: &part.place, why: &part.why })
                .collect(),
            anomalies: inventory.anomalies.iter().map(Anomaly::new).collect(),
            manifest_problems: inventory.manifest_problems.iter().map(ManifestProblem::new).collect(),
            entries: inventory.everything().map(Entry::new).collect(),
        }
    }
}

impl<'a> Package<'a> {
    fn new(package: &'a facts::Package) -> Self {
        let declared = &package.declared;
        Self {
            name: &package.name,
            version: &package.version,
            license: package.license.as_deref(),
            private: package.private,
            manifest: &package.manifest,
            root: &package.root,
            allowlist: declared.has_allowlist.map(|present| Allowlist {
                present,
                name: declared.allowlist_name,
                patterns: texts(&declared.patterns),
                uncovered: declared.unlisted.iter().map(|id| id.0).collect(),
            }),
            entry_points: texts(&declared.entry_points),
            missing_entry_points: declared.missing.iter().map(|missing| missing.target.as_str()).collect(),
            commands: package
                .commands
                .iter()
                .map(|command| Command { name: &command.name, starts: &command.starts })
                .collect(),
            install_scripts: package
                .install_scripts
                .iter()
                .map(|script| Script { event: &script.event, command: script.command.as_deref() })
                .collect(),
            revision: package.vcs.as_ref().and_then(|vcs| vcs.revision.as_deref()),
            dirty: package.vcs.as_ref().map(|vcs| vcs.dirty),
        }
    }
}

impl Exposure {
    pub(in crate::report) fn new(exposed: Exposed) -> Self {
        Self {
            files: exposed.files,
            lines: exposed.lines,
            bytes: exposed.bytes,
            third_party_files: exposed.third_party_files,
        }
    }
}

impl<'a> Anomaly<'a> {
    fn new(anomaly: &'a facts::Anomaly) -> Self {
        Self {
            kind: anomaly.kind.name(),
            place: &anomaly.place,
            offset: anomaly.offset,
            detail: &anomaly.detail,
        }
    }
}

impl<'a> ManifestProblem<'a> {
    fn new(problem: &'a facts::ManifestProblem) -> Self {
        Self { kind: word(problem.kind), place: &problem.place, line: problem.line, detail: &problem.detail }
    }
}

impl<'a> Entry<'a> {
    fn new(entry: &'a facts::Entry) -> Self {
        let (entry_type, target) = match &entry.kind {
            facts::EntryKind::File => ("file", None),
            facts::EntryKind::Directory => ("directory", None),
            facts::EntryKind::Symlink { target } => ("symlink", Some(target.as_str())),
            facts::EntryKind::Hardlink { target } => ("hardlink", Some(target.as_str())),
            facts::EntryKind::Special => ("special", None),
            facts::EntryKind::Blob { .. } => ("blob", None),
        };
        Self {
            id: entry.id.0,
            parent: entry.parent.map(|parent| parent.0),
            place: &entry.place,
            path: &entry.path,
            installed: entry.installed.as_deref(),
            installed_mode: entry.installed_mode,
            entry_type,
            target,
            bytes: entry.size,
            mode: entry.mode,
            media: word(entry.media),
            sha256: entry.sha256.as_deref(),
            lines: entry.text.map(|text| text.lines),
            maps: entry.maps.iter().map(Map::new).collect(),
            links: entry.links.iter().map(Link::new).collect(),
            secrets: entry.secrets.iter().map(Secret::new).collect(),
            mentions: entry.mentions.iter().map(Mention::new).collect(),
            binary: entry.binary.as_deref().map(Binary::new),
            program: entry.program.as_deref().map(Program::new),
            signs: entry.signs.to_vec(),
        }
    }
}

impl<'a> At<'a> {
    fn new(at: &'a facts::At) -> Self {
        Self { offset: at.offset, line: at.line, column: at.column, inside: at.inside.as_deref() }
    }
}

impl<'a> Map<'a> {
    fn new(map: &'a facts::SourceMap) -> Self {
        let source = |source: &'a facts::SourceFacts| Source {
            path: &source.path,
            third_party: source.third_party,
            bytes: source.text.map(|text| text.bytes),
            lines: source.text.map(|text| text.lines),
        };
        Self {
            form: word(map.form),
            at: At::new(&map.at),
            file: map.file.as_deref(),
            source_root: map.source_root.as_deref(),
            damage: map.damage.as_deref(),
            sources: map.sources.iter().map(source).collect(),
        }
    }
}

impl<'a> Link<'a> {
    fn new(link: &'a facts::Link) -> Self {
        let (target, url) = match &link.target {
            facts::LinkTarget::Inline { .. } => ("inline", None),
            facts::LinkTarget::Relative { url } => ("relative", Some(url.as_str())),
            facts::LinkTarget::Remote { url } => ("remote", Some(url.as_str())),
        };
        Self { at: At::new(&link.at), target, url, in_force: link.in_force }
    }
}

impl<'a> Secret<'a> {
    fn new(secret: &'a facts::Secret) -> Self {
        Self {
            rule: secret.rule,
            at: At::new(&secret.at),
            redacted: &secret.redacted,
            digest: &secret.digest,
        }
    }
}

impl<'a> Mention<'a> {
    fn new(mention: &'a facts::Mention) -> Self {
        Self { kind: word(mention.kind), what: &mention.what, at: At::new(&mention.at), count: mention.count }
    }
}

impl<'a> Binary<'a> {
    fn new(binary: &'a facts::BinaryFacts) -> Self {
        Self {
            format: binary.format,
            debug_sections: binary.debug_sections.iter().map(|section| section.name.as_str()).collect(),
            debug_bytes: binary
                .debug_sections
                .iter()
                .map(|section| section.bytes)
                .fold(0, u64::saturating_add),
            build_id: binary.build_id.as_deref(),
            embedded_source: binary.embedded_source,
            local_paths: binary.local_paths.iter().map(|local| local.path.as_str()).collect(),
        }
    }
}

impl<'a> Program<'a> {
    fn new(program: &'a facts::ProgramFacts) -> Self {
        Self {
            packer: program.packer,
            offset: program.offset,
            bytes: program.bytes,
            source_text: program.source_text,
            minified: program.minified,
        }
    }
}

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// The word by which a fact is serialised.
pub(super) fn word(fact: impl Serialize) -> String {
    let value = serde_json::to_value(fact).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
