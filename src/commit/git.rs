//! What git says of a repository. Nothing that the repository names is run: commands that read objects run no hooks,
//! filters or pagers, and objects that a partial clone lacks aren't fetched.

use std::collections::HashMap;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::inventory::{ObjectFormat, VersionTag};
use crate::project::{git, submodule, tracked};
use crate::scratch;

use super::checkout::{self, Attributes};
use super::tree::Tree;

/// A repository of git. What it was asked once, it knows.
#[derive(Debug)]
pub(super) struct Repository {
    /// The folder of the checkout.
    pub(super) root: PathBuf,
    /// How it names objects.
    pub(super) format: ObjectFormat,
    /// Whether it lacks what came before some commit.
    pub(super) is_shallow: bool,
    /// Full ids, by what people call the commits.
    commits: Mutex<HashMap<String, Option<String>>>,
    /// The commits that tags stand at.
    tags: OnceLock<HashMap<String, String>>,
}

impl Repository {
    fn new(root: PathBuf, format: ObjectFormat, is_shallow: bool) -> Self {
        Self { root, format, is_shallow, commits: Mutex::default(), tags: OnceLock::new() }
    }

    /// The repository that is checked out in this folder.
    ///
    /// # Errors
    /// Why it can't be asked.
    pub(super) fn at(root: &Path) -> Result<Self, String> {
        let output =
            scratch::output(git(root).args(["rev-parse", "--show-object-format", "--is-shallow-repository"]))
                .map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => "git is not installed".to_owned(),
                    _ => format!("git can't be run: {error}"),
                })?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = words.lines();
        if !output.status.success() {
            return Err(format!("git refuses to read the repository: {}", last_words(&output)));
        }
        let format = match lines.next() {
            Some("sha256") => ObjectFormat::Sha256,
            _ => ObjectFormat::Sha1,
        };
        Ok(Self::new(root.to_path_buf(), format, lines.next() == Some("true")))
    }

    /// The full id of the commit that somebody's words name.
    pub(super) fn commit(&self, words: &str) -> Option<String> {
        let mut known = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(words.to_owned()).or_insert_with_key(|words| self.find_commit(words)).clone()
    }

    fn find_commit(&self, words: &str) -> Option<String> {
        let wanted = format!("{words}^{{commit}}");
        let output = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        let id = String::from_utf8_lossy(&output).trim().to_owned();
        (!id.is_empty()).then_some(id)
    }

    /// The first of these tags that there is.
    pub(super) fn tag(&self, names: &[String]) -> Option<VersionTag> {
        let tags = self.tags.get_or_init(|| self.find_tags().unwrap_or_default());
        names.iter().find_map(|name| {
            let commit = tags.get(name)?.clone();
            Some(VersionTag { name: name.clone(), commit })
        })
    }

    fn find_tags(&self) -> Option<HashMap<String, String>> {
        // The object, and the commit where the tag is an object of its own.
        let format = "--format=%(objectname) %(*objectname) %(refname)";
        let output = self.ask(&["for-each-ref", format, "refs/tags"])?;
        let text = String::from_utf8_lossy(&output).into_owned();
        let tag = |line: &str| {
            let (ids, name) = line.rsplit_once(' ')?;
            let (own, peeled) = ids.split_once(' ')?;
            let commit = if peeled.is_empty() { own } else { peeled };
            Some((name.strip_prefix("refs/tags/")?.to_owned(), commit.to_owned()))
        };
        Some(text.lines().filter_map(tag).collect())
    }

    /// The files of a commit, without what is in other repositories.
    pub(super) fn tree(&self, commit: &str) -> Option<Tree> {
        Some(Tree::read(&self.ask(&["ls-tree", "-r", "-z", "--full-tree", commit])?))
    }

    /// The files in which the checkout says how git treats others.
    pub(super) fn attribute_files(&self) -> Vec<PathBuf> {
        let paths = tracked(&self.root).unwrap_or_default();
        let is_one = |path: &&String| path.rsplit('/').next() == Some(".gitattributes");
        paths.iter().filter(is_one).map(|path| self.root.join(path)).collect()
    }

    /// The repository of a submodule; `None` if it isn't checked out.
    pub(super) fn submodule(&self, path: &str) -> Option<Self> {
        submodule(&self.root, path).map(|root| Self::new(root, self.format, self.is_shallow))
    }

    /// The bytes of blobs, by their ids.
    pub(super) fn blobs(&self, ids: &[&str]) -> HashMap<String, Vec<u8>> {
        let output = self.ask_of(ids, '\n', &["cat-file", "--batch"]);
        output.map(|output| batch(&output)).unwrap_or_default()
    }

    /// What the checkout says of files, by their paths.
    pub(super) fn attributes(&self, paths: &[&str]) -> HashMap<String, Attributes> {
        let arguments = [&["check-attr", "-z", "--stdin"][..], &checkout::NAMES].concat();
        let output = self.ask_of(paths, '\0', &arguments).unwrap_or_default();
        let output = String::from_utf8_lossy(&output).into_owned();
        // Path, name, value.
        let words: Vec<&str> = output.split('\0').collect();
        let files = words.chunks_exact(3 * checkout::NAMES.len());
        files
            .filter_map(|file| {
                let mut values = file.chunks_exact(3).filter_map(|line| line.get(2).copied());
                let path = (*file.first()?).to_owned();
                Some((path, Attributes::of(std::array::from_fn(|_| values.next().unwrap_or_default()))))
            })
            .collect()
    }

    /// Asks about several things, which git reads from its input; nothing if there are none.
    fn ask_of(&self, things: &[&str], end: char, arguments: &[&str]) -> Option<Vec<u8>> {
        if things.is_empty() {
            return None;
        }
        let mut file = tempfile::tempfile().ok()?;
        things.iter().try_for_each(|thing| write!(file, "{thing}{end}")).ok()?;
        file.rewind().ok()?;
        let output = scratch::output(git(&self.root).args(arguments).stdin(Stdio::from(file))).ok()?;
        output.status.success().then_some(output.stdout)
    }

    fn ask(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = scratch::output(git(&self.root).args(arguments)).ok()?;
        output.status.success().then_some(output.stdout)
    }
}

fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it doesn't say why").trim().to_owned()
}

/// What `cat-file --batch` wrote: for each object a line with id, type and size, its bytes, and a line end.
fn batch(output: &[u8]) -> HashMap<String, Vec<u8>> {
    let mut blobs = HashMap::new();
    let mut rest = output;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let (line, after) = rest.split_at(end);
        let after = after.get(1..).unwrap_or_default();
        let line = String::from_utf8_lossy(line).into_owned();
        let mut words = line.split(' ');
        let (Some(id), Some(_), Some(size)) = (words.next(), words.next(), words.next()) else {
            // "ID missing".
            rest = after;
            continue;
        };
        let size: usize = size.parse().unwrap_or(0);
        let Some((bytes, next)) = after.split_at_checked(size) else { break };
        blobs.insert(id.to_owned(), bytes.to_vec());
        rest = next.get(1..).unwrap_or_default();
    }
    blobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_one_after_another() {
        let output = b"aa blob 3\nx\ny\nbb missing\ncc blob 0\n\n";
        let blobs = batch(output);
        assert_eq!(blobs.get("aa").map(Vec::as_slice), Some(&b"x\ny"[..]));
        assert_eq!(blobs.get("cc").map(Vec::as_slice), Some(&b""[..]));
        assert_eq!(blobs.len(), 2);
    }
}
