//! What git says of a repository. Nothing that the repository names is run: commands that read objects run no hooks,
//! filters or pagers, and objects that a partial clone lacks aren't fetched.

use std::collections::HashMap;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::inventory::{ObjectFormat, VersionTag};
use crate::project::{Project, git};
use crate::scratch;

use super::tree::Tree;

/// A repository of git.
#[derive(Debug, Clone)]
pub(super) struct Repository {
    /// The folder of the checkout.
    pub(super) root: PathBuf,
    /// How it names objects.
    pub(super) format: ObjectFormat,
    /// Whether it lacks what came before some commit.
    pub(super) is_shallow: bool,
}

impl Repository {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// Why there is none that can be asked.
    pub(super) fn of(folder: &Path) -> Result<Self, String> {
        let project = Project::new(folder);
        let root = project.vcs_root().filter(|root| root.join(".git").exists());
        let root = root.ok_or("the project is in no git repository")?.to_owned();
        let output = scratch::output(git(&root).args([
            "rev-parse",
            "--show-object-format",
            "--is-shallow-repository",
        ]))
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
        Ok(Self { root, format, is_shallow: lines.next() == Some("true") })
    }

    /// The full id of the commit that somebody's words name.
    pub(super) fn commit(&self, words: &str) -> Option<String> {
        let wanted = format!("{words}^{{commit}}");
        let output = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        let id = String::from_utf8_lossy(&output).trim().to_owned();
        (!id.is_empty()).then_some(id)
    }

    /// The first of these tags that there is.
    pub(super) fn tag(&self, names: &[String]) -> Option<VersionTag> {
        // The object, and the commit where the tag is an object of its own.
        let mut arguments =
            vec!["for-each-ref".to_owned(), "--format=%(objectname) %(*objectname) %(refname)".to_owned()];
        arguments.extend(names.iter().map(|name| format!("refs/tags/{name}")));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = self.ask(&arguments)?;
        let text = String::from_utf8_lossy(&output).into_owned();
        let tags: HashMap<&str, &str> = text
            .lines()
            .filter_map(|line| {
                let (ids, name) = line.rsplit_once(' ')?;
                let (own, peeled) = ids.split_once(' ')?;
                let commit = if peeled.is_empty() { own } else { peeled };
                Some((name.strip_prefix("refs/tags/")?, commit))
            })
            .collect();
        names.iter().find_map(|name| {
            let commit = (*tags.get(name.as_str())?).to_owned();
            Some(VersionTag { name: name.clone(), commit })
        })
    }

    /// All that a commit holds.
    pub(super) fn tree(&self, commit: &str) -> Option<Tree> {
        Some(Tree::read(&self.ask(&["ls-tree", "-r", "-z", "--full-tree", commit])?))
    }

    /// The repository of a submodule; `None` if it isn't checked out.
    pub(super) fn submodule(&self, path: &str) -> Option<Self> {
        let root = self.root.join(path);
        // The path may lead out of the repository by a link in the checkout.
        let is_inside = root.canonicalize().is_ok_and(|real| real.starts_with(&self.root));
        (is_inside && root.join(".git").exists()).then(|| Self { root, ..self.clone() })
    }

    /// The bytes of blobs, by their ids.
    pub(super) fn blobs(&self, ids: &[&str]) -> HashMap<String, Vec<u8>> {
        let wanted = || {
            let mut file = tempfile::tempfile().ok()?;
            file.write_all(ids.join("\n").as_bytes()).ok()?;
            file.rewind().ok()?;
            let output =
                scratch::output(git(&self.root).args(["cat-file", "--batch"]).stdin(Stdio::from(file)))
                    .ok()?;
            output.status.success().then_some(output.stdout)
        };
        if ids.is_empty() {
            HashMap::new()
        } else {
            wanted().map(|output| batch(&output)).unwrap_or_default()
        }
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
