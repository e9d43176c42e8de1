//! What an ecosystem knows of a format of artifacts that it publishes.

use std::collections::BTreeMap;

use crate::inventory::{
    Anomaly, BrokenImport, Declared, Entry, EntryId, Import, Inventory, Kind, Making, ManifestProblem,
    Package, ReadBy,
};
use crate::project::Project;

use super::client::{ClientError, Fetched, Wish};
use super::edit::Edit;
use super::origin::Origins;
use super::purl::Purl;
use super::registry::Registry;
use super::unwanted::Unwanted;

/// A format of artifacts: how to recognise one, how to read its manifest, and what else differs between formats.
pub(crate) trait Format: Sync {
    /// The word for it.
    fn kind(&self) -> Kind;

    /// Extensions of its own, in lower case: `.whl`.
    fn suffixes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Extensions that its client gives its artifacts but that others use as well: `.tar.gz`. If several formats
    /// recognise an artifact, its name decides.
    fn usual_ends(&self) -> &'static [&'static str] {
        &[]
    }

    /// How sure [`Format::recognises`] is: if several formats say yes and the file's name doesn't decide, the surest
    /// wins.
    fn certainty(&self) -> Certainty;

    /// Whether this is one of its artifacts, going by the entries.
    fn recognises(&self, inventory: &Inventory) -> bool;

    /// Whether the whole of a file is to be kept for `read`, by its path inside the artifact's own container.
    fn keeps(&self, path: &str) -> bool;

    /// The same of a file in an archive within the artifact.
    fn keeps_within(&self, _path: &str) -> bool {
        false
    }

    /// Reads the manifest into [`Package`], allowlist included, and says what is wrong with it. `None` when
    /// there is none that could be read.
    fn read(
        &self,
        inventory: &Inventory,
        project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package>;

    /// The files that must be parsed, too, where those that were have imports that lead nowhere.
    fn leading_imports(
        &self,
        _inventory: &Inventory,
        _package: &Package,
        _sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<EntryId> {
        Vec::new()
    }

    /// The imports that lead nowhere; `sure` are those that are carried out without condition.
    fn broken_imports(
        &self,
        _inventory: &Inventory,
        _package: &Package,
        _sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        Vec::new()
    }

    /// Where its client writes an entry, relative to the folder in which it installs the package; a place elsewhere
    /// begins with its name in braces. `None` if it doesn't write the entry, or nothing is installed.
    fn installs(&self, _inventory: &Inventory, _entry: &Entry) -> Option<String> {
        None
    }

    /// The permission bits with which its client writes an entry where others may read but not write (umask 022);
    /// `None` if that isn't known, or nothing is installed.
    fn installed_mode(&self, _inventory: &Inventory, _entry: &Entry) -> Option<u32> {
        None
    }

    /// What else is odd about where entries land.
    fn odd_landings(&self, _inventory: &Inventory) -> Vec<Anomaly> {
        Vec::new()
    }

    /// Tells which archives its client unpacks: those that stand in the artifact or in another one that it unpacks.
    fn unpacks<'a>(&'a self, _inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        Box::new(|_| false)
    }

    /// Whose clients unpack it.
    fn read_by(&self, _inventory: &Inventory) -> ReadBy {
        ReadBy::Kind(self.kind())
    }

    /// Whether it has a table of digests that its entries are compared with.
    fn has_digests(&self) -> bool {
        false
    }

    /// Whether a file may be that table, and hold digests other than SHA-256.
    fn is_table(&self, _path: &str) -> bool {
        false
    }

    /// The fields of the manifest that matter to whoever installs the package; `None` if the manifest isn't read
    /// field by field, and there is only what `read` returns.
    fn fields(&self, _path: &str, _manifest: &[u8]) -> Option<Fields> {
        None
    }

    /// What to call a kept file other than the manifest that as a whole matters to whoever installs the package.
    fn beside(&self, _path: &str) -> Option<&'static str> {
        None
    }

    /// The platform in an artifact's file name, if a package has one artifact for each: without versions of systems
    /// and interpreters, since a wheel for another Python has the same contents.
    fn platform(&self, _file: &str, _version: &str) -> String {
        String::new()
    }

    /// Whether everything is in one folder at the top.
    fn has_one_folder(&self) -> bool {
        false
    }

    /// The only name that the client accepts for that folder.
    fn folder_name(&self, _package: &Package) -> Option<String> {
        None
    }

    /// Where its entries come from in a project; `None` if too little of that is known to compare them.
    fn origins(&self) -> Option<&'static dyn Origins> {
        None
    }

    /// What its packages are compiled to.
    fn compiled(&self) -> Compiled {
        Compiled::Anything
    }

    /// Folders whose sources are meant to be compiled into the programs that use the package.
    fn sources_for_users(&self) -> &'static [&'static str] {
        &[]
    }

    /// Where a project says what it publishes in this format, likeliest first.
    fn written_in(&self) -> &'static [&'static str] {
        &[]
    }

    /// How the package comes about, told from the project where it is at hand.
    fn making(&self, _inventory: &Inventory, _project: Option<&Project>) -> Making {
        Making::default()
    }

    /// The words of its helps.
    fn advice(&self) -> &'static dyn Advice {
        &General
    }

    /// Its package URL, which names the package to everybody; `None` where the name isn't one of a registry.
    fn purl<'a>(&self, _package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        None
    }

    /// What the registry calls the file, where that isn't the name it has here.
    fn file_in_registry(&self, _package: &Package, file: &str) -> String {
        file.to_owned()
    }

    /// Who sends its artifacts to a registry, and hands out what that serves.
    fn registry(&self) -> Option<&'static dyn Registry> {
        None
    }

    /// Fetches an earlier release with the ecosystem's client; `None` when no client hands out artifacts.
    fn fetch(&self, _wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        None
    }
}

/// How sure a format is that an artifact is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// It isn't a file, so its name means nothing.
    Folder,
    /// There is a file that no other format has.
    Own,
    /// There is a manifest that other archives may have as well.
    Manifest,
    /// It looks like one, and nothing else does.
    Looks,
    /// It is nothing else.
    Rest,
}

/// What the compiled form of a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiled {
    /// Scripts and style sheets, entered as the manifest says.
    Scripts,
    /// Classes: an archive without any is one of sources.
    Classes,
    /// Its contents decide.
    Anything,
}

/// The words of help texts that differ between ecosystems.
pub(crate) trait Advice: Sync {
    /// The changes that keep files out; `None` where no list that could be written to decides.
    fn leave_out(&self, _inventory: &Inventory, _unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        None
    }

    /// What to say where there are no such changes; `what` are the unwanted files in words.
    fn leave_out_by_hand(&self, _inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        format!("Leave {what} out.")
    }

    /// The command that packs: `npm pack`.
    fn packs_by(&self, _making: &Making) -> Option<&'static str> {
        None
    }

    /// What else brings in a file that a list excludes, after "which leaves it out".
    fn takes_it_back(&self) -> &'static str {
        ", or take the item out of the list."
    }

    /// The allowlist with these items, as the manifest would have it; `None` if there is none to write to.
    fn allowlist(&self, _declared: &Declared, _items: &[String]) -> Option<String> {
        None
    }

    /// What the lack of an allowlist means, and what to do.
    fn without_allowlist(&self) -> [&'static str; 2] {
        ["The manifest doesn't say which files may ship.", "List the files that are meant to ship."]
    }

    /// Tells which files ship by an allowlist with these items, or by themselves.
    fn packed_by<'a>(&self, _items: &'a [String]) -> Box<dyn Fn(&str) -> bool + 'a> {
        Box::new(|_| true)
    }

    /// The change by which a file ships that no item covers yet; `None` where one does.
    fn let_in(&self, _declared: &Declared, _path: &str) -> Option<Edit> {
        None
    }

    /// The change that writes an allowlist with these items where there is none.
    fn new_allowlist(&self, _items: &[String]) -> Option<Edit> {
        None
    }
}

/// For formats without words of their own.
struct General;

impl Advice for General {}

/// Fields of a manifest by their paths (`scripts.postinstall`), flattened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub BTreeMap<String, String>);

impl Fields {
    /// Adds a value under its name: objects field by field, lists of strings as one, the rest as JSON.
    pub(crate) fn insert(&mut self, name: &str, value: &serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::Object(inner) => {
                for (key, value) in inner {
                    self.insert(&format!("{name}.{key}"), value);
                }
            }
            Value::String(text) => {
                self.0.insert(name.to_owned(), text.clone());
            }
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                self.0.insert(name.to_owned(), texts.join(", "));
            }
            other => {
                self.0.insert(name.to_owned(), other.to_string());
            }
        }
    }
}
