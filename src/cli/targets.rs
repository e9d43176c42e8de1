use std::io::BufRead;
use std::path::{Path, PathBuf};

use packgate::commit::CommitOptions;
use packgate::ecosystem::{Edit, broken_manifest, is_manifest};
use packgate::inventory::Inventory;
use packgate::outcome::LeftOut;
use packgate::pack::{self, Artifact, Choice, PackError, Watch};

/// One artifact to examine.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that it was packed from, if it was.
    pub folder: Option<PathBuf>,
    /// The folder of the command line that it was packed for: the same, or the root of its workspace.
    pub named: Option<PathBuf>,
    /// The command that publishes the file, if it was kept.
    pub publish: Option<String>,
}

/// What to do with folders.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    /// Take them as they stand.
    pub as_is: bool,
    /// Which members of workspaces to pack.
    pub choice: Choice,
    /// Where to keep what is packed.
    pub keep: Option<PathBuf>,
}

impl Packing {
    /// Packs all there is to pack, unless folders are wanted as they stand.
    pub(crate) fn as_is(as_is: bool) -> Self {
        Self { as_is, ..Self::default() }
    }

    /// Whether a client will be run for these arguments.
    pub(crate) fn packs(&self, arguments: &[PathBuf]) -> bool {
        let is_packed = |path: &Path| !self.as_is && path.is_dir() && pack::has_manifest(path);
        match arguments.is_empty() {
            true => is_packed(Path::new(".")),
            false => arguments.iter().any(|path| is_packed(path)),
        }
    }

    /// Whether all that there is to pack is what the working directory's workspace publishes.
    pub(crate) fn is_here(&self, arguments: &[PathBuf]) -> bool {
        arguments.iter().all(|path| path.as_os_str() == ".") && !self.choice.is_narrow()
    }

    /// Why something that isn't packed can't be taken as it is.
    fn keeps_from(&self, path: &Path) -> Option<String> {
        if let Some(why) = is_meant_otherwise(path) {
            return Some(why);
        }
        if self.choice.is_narrow() {
            return Some(
                "--member and --since choose among the packages of a workspace, and this is none".to_owned(),
            );
        }
        let broken = (!self.as_is && path.is_dir()).then(|| broken_manifest(path)).flatten()?;
        Some(format!("{broken}; use --as-is to audit the folder as it is"))
    }
}

/// The artifacts of a command line. Those that were packed for it are kept as long as this lives.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// In the order of the command line.
    pub all: Vec<Target>,
    /// Folders that another run of this program is packing right now, with what to say about them: the package's own
    /// script started this run, and the outer one audits the result.
    pub under_way: Vec<String>,
    /// Members of workspaces that are not published.
    pub left_out: Vec<LeftOut>,
    /// Whether all that is published of a workspace is among them.
    pub has_whole_workspace: bool,
    /// Members of workspaces that could not be packed.
    pub failed: Vec<LeftOut>,
    /// Folders that a client refuses to pack, and what would have to be changed there.
    pub ways_out: Vec<(PathBuf, Vec<Edit>)>,
    _packed: Vec<pack::Packed>,
}

impl Targets {
    /// Folders with a manifest are packed by their own client, unless they are to be taken as they are. What can't be
    /// packed is added to `wrong`.
    pub(crate) fn gather(
        arguments: &[PathBuf],
        packing: &Packing,
        wrong: &mut Vec<String>,
    ) -> Result<Self, String> {
        Self::gather_watched(arguments, packing, &Watch::default(), wrong)
    }

    /// The same, where somebody watches what is packed.
    pub(crate) fn gather_watched(
        arguments: &[PathBuf],
        packing: &Packing,
        watch: &Watch,
        wrong: &mut Vec<String>,
    ) -> Result<Self, String> {
        let mut targets = Self::default();
        for path in expanded(arguments)? {
            if packing.as_is || !path.is_dir() || !pack::has_manifest(&path) {
                match packing.keeps_from(&path) {
                    Some(why) => wrong.push(format!("{}: {why}", path.display())),
                    None => targets.all.push(Target { path, folder: None, named: None, publish: None }),
                }
                continue;
            }
            match pack::pack_watched(&path, &packing.choice, watch) {
                Ok(made) => targets.add(made, &path, packing.keep.as_deref())?,
                Err(error @ PackError::Again) => {
                    targets.under_way.push(format!("{}: {error}", path.display()));
                }
                Err(error) => {
                    targets.ways_out.extend(way_out(&error));
                    wrong.push(format!("{}: {error}", path.display()));
                }
            }
        }
        Ok(targets)
    }

    fn add(&mut self, mut made: pack::Packed, named: &Path, keep: Option<&Path>) -> Result<(), String> {
        for artifact in &made.artifacts {
            let kept = keep.map(|folder| kept(artifact, folder)).transpose()?;
            let publish = kept.as_ref().map(|kept| artifact.publish_command(&word(kept)));
            let path = kept.unwrap_or_else(|| artifact.path.clone());
            let (folder, named) = (Some(artifact.folder.clone()), Some(named.to_path_buf()));
            self.all.push(Target { path, folder, named, publish });
        }
        self.has_whole_workspace |= made.is_whole_workspace;
        let left_out = std::mem::take(&mut made.left_out).into_iter();
        self.left_out.extend(left_out.map(|one| LeftOut { name: one.name, why: one.why }));
        self.ways_out.extend(made.failed.iter().filter_map(|(_, error)| way_out(error)));
        let failed = std::mem::take(&mut made.failed).into_iter();
        self.failed.extend(failed.map(|(name, error)| LeftOut { name, why: error.to_string() }));
        self._packed.push(made);
        Ok(())
    }

    /// What is needed to compare them with a commit: `revision`, or the one that they should be from.
    pub(crate) fn commit(&self, revision: Option<String>, project: &Path) -> CommitOptions {
        let folders = self.all.iter().filter_map(|target| target.folder.as_deref());
        CommitOptions::of(revision, folders.chain([project]))
    }
}

/// What to do about a target that no artifact can be.
fn is_meant_otherwise(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let text = path.to_str()?;
    if path.is_file() {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return is_manifest(name)
            .then(|| format!("this is a manifest; name its folder: packgate check {}", folder.display()));
    }
    if path.exists() {
        return None;
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Some("packgate opens no connection; fetch it, and name the file".to_owned());
    }
    name.contains('*').then(|| "no file fits this pattern".to_owned())
}

fn way_out(error: &PackError) -> Option<(PathBuf, Vec<Edit>)> {
    error.way_out().map(|(folder, edits)| (folder.to_path_buf(), edits.to_vec()))
}

/// A path as a word of shell that no client takes for an option or for an address.
fn word(path: &Path) -> String {
    let is_plain = path.is_absolute() || path.starts_with(".") || path.starts_with("..");
    let path = if is_plain { path.to_path_buf() } else { Path::new(".").join(path) };
    let text = path.display().to_string();
    match text.chars().all(|c| c.is_alphanumeric() || "/\\:._-+@=,".contains(c)) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Puts an artifact where it is kept, before it is audited: what is kept is what was audited.
fn kept(artifact: &Artifact, folder: &Path) -> Result<PathBuf, String> {
    let into = folder.join(artifact.path.file_name().unwrap_or_default());
    let copied = std::fs::create_dir_all(folder).and_then(|()| std::fs::copy(&artifact.path, &into));
    copied.map_err(|error| format!("--keep: cannot write {}: {error}", into.display()))?;
    Ok(into)
}

impl Target {
    /// Removes the temporary folder from the name that reports use for a packed artifact.
    pub(crate) fn name(&self, inventory: &mut Inventory) {
        if self.folder.is_some()
            && self.publish.is_none()
            && let Some(name) = Path::new(&self.path).file_name()
        {
            inventory.artifact.path = name.to_string_lossy().into_owned();
        }
    }
}

fn expanded(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if arguments.is_empty() {
        return Ok(vec![PathBuf::from(".")]);
    }
    let mut targets = Vec::new();
    for target in arguments {
        if target.as_os_str() != "-" {
            targets.push(target.clone());
            continue;
        }
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|error| format!("cannot read the list on stdin: {error}"))?;
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                targets.push(PathBuf::from(line));
            }
        }
    }
    if targets.is_empty() {
        return Err("the list on stdin names no artifact; nothing was audited".into());
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_client_takes_a_kept_file_for_something_else() {
        // npm asks GitHub for `packed/a.tgz`.
        for (path, shown) in [
            ("packed/a-1.0.0.tgz", "./packed/a-1.0.0.tgz"),
            ("./packed/a.tgz", "./packed/a.tgz"),
            ("../out/a.tgz", "../out/a.tgz"),
            ("/tmp/a.tgz", "/tmp/a.tgz"),
            ("-x/a.tgz", "./-x/a.tgz"),
            ("my files/a.tgz", "'./my files/a.tgz'"),
            ("it's/$(x).tgz", r"'./it'\''s/$(x).tgz'"),
        ] {
            assert_eq!(word(Path::new(path)), shown);
        }
    }
}
