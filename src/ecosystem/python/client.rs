//! uv or `build` packs; pip fetches.

use std::ffi::OsStr;
use std::path::Path;

use super::advice::{has_own_list, hatch_list};
use super::metadata;
use super::project::{PythonProject, manifest};
use crate::ecosystem::client::{
    Client, ClientError, Fetched, Recipe, Release, Rewrite, Run, Wish, find_program, is_word, missing,
};
use crate::ecosystem::folder::{Files, ProjectFolder as _};
use crate::ecosystem::{Change, Edit, List};
use crate::inventory::Kind;
use crate::project::Member;
use crate::scratch;

pub(super) struct BuildFrontend;

impl Client for BuildFrontend {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        let files = Files::OnDisk(folder);
        let manifest = manifest(&files)?;
        let package = PythonProject.package(&files, &mut Vec::new());
        Some(Recipe::new(manifest, package.is_some_and(|package| package.private)))
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        let into = into.as_os_str().to_owned();
        if let Some(program) = find_program("uv") {
            return Run::at(folder, program, "uv").reproducibly().with(&["build", "--out-dir"], &[into]);
        }
        let missing = || missing("uv or python -m build", "pyproject.toml or setup.py is there");
        let run = python(folder).ok_or_else(missing)?;
        if run.output(&["-c", "import build.__main__"]).is_err() {
            return Err(missing());
        }
        run.reproducibly().with(&["-m", "build", "--outdir"], &[into])
    }

    /// uv packs all members or one: members that aren't wanted cost time and nothing else.
    fn pack_all(&self, root: &Path, members: &[&Member], into: &Path) -> Option<Result<String, ClientError>> {
        let program = find_program("uv")?;
        let all = PythonProject.members(root)?;
        let published = all.iter().filter(|member| member.held_back.is_none()).count();
        (members.len() * 2 > published).then(|| {
            let run = Run::at(root, program, "uv").reproducibly().packing(members);
            run.with(&["build", "--all-packages", "--out-dir"], &[into.as_os_str().to_owned()])
        })
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("", &[".whl", ".tar.gz", ".zip"])
    }

    fn publishes(&self, _folder: &Path, file: &str) -> String {
        let command = if find_program("uv").is_some() { "uv publish" } else { "twine upload" };
        format!("{command} {file}")
    }

    fn release(&self, folder: &Path) -> Vec<String> {
        vec![
            "rm -rf dist && packgate check --keep dist &&".to_owned(),
            format!("  {}", self.publishes(folder, "dist/*")),
        ]
    }

    /// Some backends pack what git tracks or doesn't ignore, as setuptools-scm has setuptools do; the others pack modules.
    fn keep_out(&self, folder: &Path, names: &[&str]) -> Option<Rewrite> {
        let text = std::fs::read_to_string(folder.join(MANIFEST)).ok()?;
        let table: toml::Table = toml::from_str(&text).ok()?;
        let system = table.get("build-system")?;
        let backend = system.get("build-backend")?.as_str()?;
        let mut required = system.get("requires").and_then(toml::Value::as_array).into_iter().flatten();
        let is_scm = |one: &toml::Value| {
            one.as_str().is_some_and(|one| one.replace('_', "-").starts_with("setuptools-scm"))
        };
        if backend == "setuptools.build_meta" && required.any(is_scm) {
            let lines: Vec<String> = names.iter().map(|name| format!("exclude {name}")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            return Rewrite::add_lines(folder, "MANIFEST.in", &lines);
        }
        let sdist =
            table.get("tool").and_then(|tool| tool.get("hatch")?.get("build")?.get("targets")?.get("sdist"));
        let is_listed = |key: &&str| sdist.is_some_and(|sdist| sdist.get(*key).is_some());
        let (tables, root): (&'static [&'static str], _) = match backend {
            "hatchling.build" if ["include", "only-include"].iter().any(is_listed) => return None,
            "hatchling.build" => (hatch_list(Kind::Sdist, has_own_list(&table, Kind::Sdist)), "/"),
            "scikit_build_core.build" => (&["tool", "scikit-build", "sdist"], "/"),
            // what cargo would pack
            "maturin" => (&["tool", "maturin"], ""),
            _ => return None,
        };
        let list = Some(List { tables, key: "exclude", begins_with: Vec::new() });
        let change = Change::Add(names.iter().map(|name| format!("{root}{name}")).collect());
        let changed = Edit { file: MANIFEST.to_owned(), list, change }.apply(Some(&text)).ok()?;
        (changed != text).then(|| Rewrite { file: MANIFEST.to_owned(), text: changed })
    }
}

/// The file that says how a package is built.
const MANIFEST: &str = "pyproject.toml";

pub(super) fn python(folder: &Path) -> Option<Run<'_>> {
    let program = find_program("python3").or_else(|| find_program("python"))?;
    Some(Run::at(folder, program, "python"))
}

fn pip<'a>(wish: &Wish<'a>) -> Result<Run<'a>, ClientError> {
    python(wish.folder).ok_or_else(|| missing("python with pip", "it fetches the earlier release"))
}

/// The wheel for the same platform.
pub(super) fn fetch_wheel(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    let specifier = wish.release.after(wish.name, "==");
    let mut arguments = vec!["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"];
    let tags = wheel_tags(&wish.beside.artifact.path);
    if let Some([python, abi, platforms]) = &tags {
        arguments.extend(["--implementation", implementation(python), "--abi", abi]);
        if let Some(version) = python_version(python) {
            arguments.extend(["--python-version", version]);
        }
        for platform in platforms.split('.') {
            arguments.extend(["--platform", platform]);
        }
    }
    arguments.extend([specifier.as_str(), "--dest"]);
    let into = scratch::Folder::new()?;
    let command = pip(wish)?.with(&arguments, &[into.path().as_os_str().to_owned()])?;
    Fetched::only_file(into, command)
}

/// The source distribution. `pip download` would run its `setup.py` to learn what it depends on, so pip is only asked
/// where it is, and that file is saved.
pub(super) fn fetch_sdist(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    let version = match wish.release {
        Release::Latest => "",
        Release::Version(version) => version,
    };
    let into = scratch::Folder::new()?;
    let command =
        format!("asking pip for the source distribution of {}", wish.release.after(wish.name, "=="));
    let arguments = ["-c", include_str!("fetch_sdist.py"), wish.name, version].map(OsStr::new);
    let command = pip(wish)?.named(command, &[&arguments[..], &[into.path().as_os_str()]].concat())?;
    let fetched = Fetched::only_file(into, command)?;
    // The archive's name is the index's choice: it must be the package that was asked for.
    let file = fetched.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_asked_for = metadata::sdist_name(&file)
        .is_some_and(|name| metadata::normal_name(name) == metadata::normal_name(wish.name));
    match is_asked_for {
        true => Ok(fetched),
        false => Err(ClientError::NothingWritten { command: fetched.command }),
    }
}

/// The tags of Python, ABI and platforms in a wheel's file name, unless it fits everywhere.
fn wheel_tags(path: &str) -> Option<[String; 3]> {
    let name = Path::new(path).file_name()?.to_str()?.strip_suffix(".whl")?;
    let mut tags = name.rsplit('-');
    let (platform, abi, python) = (tags.next()?, tags.next()?, tags.next()?);
    let words = |text: &str| text.split('.').all(is_word);
    (platform != "any" && words(platform) && words(abi) && words(python))
        .then(|| [python.to_owned(), abi.to_owned(), platform.to_owned()])
}

fn implementation(python: &str) -> &str {
    if python.starts_with("pp") {
        "pp"
    } else if python.starts_with("py") {
        "py"
    } else {
        "cp"
    }
}

/// `cp311` as `311`.
fn python_version(python: &str) -> Option<&str> {
    let first = python.split('.').next()?;
    first.get(2..).filter(|version| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_wheels() {
        assert_eq!(wheel_tags("six-1.16.0-py2.py3-none-any.whl"), None);
        let tags =
            wheel_tags("x/numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl").unwrap();
        assert_eq!(tags, ["cp312", "cp312", "manylinux_2_17_x86_64.manylinux2014_x86_64"]);
        assert_eq!((implementation("cp312"), python_version("cp312")), ("cp", Some("312")));
        assert_eq!((implementation("pp39"), python_version("py3.py2")), ("pp", Some("3")));
    }

    #[test]
    fn own_files_are_kept_out_of_what_setuptools_scm_packs() {
        let folder = tempfile::tempdir().unwrap();
        let kept_out = |requires: &str| {
            let text = format!(
                "[build-system]\nrequires = [{requires}]\nbuild-backend = \"setuptools.build_meta\"\n"
            );
            std::fs::write(folder.path().join(MANIFEST), text).unwrap();
            BuildFrontend.keep_out(folder.path(), &["packgate.toml", "packgate.lock"])
        };
        let rewrite = kept_out("\"setuptools>=77\", \"setuptools_scm[toml]>=8\"").unwrap();
        assert_eq!(rewrite.file, "MANIFEST.in");
        assert_eq!(rewrite.text, "exclude packgate.toml\nexclude packgate.lock\n");
        assert_eq!(kept_out("\"setuptools>=77\""), None);
    }

    #[test]
    fn own_files_are_kept_out_of_what_hatchling_packs() {
        let folder = tempfile::tempdir().unwrap();
        let kept_out = |more: &str| {
            let text = format!("[build-system]\nbuild-backend = \"hatchling.build\"\n{more}");
            std::fs::write(folder.path().join(MANIFEST), text).unwrap();
            let rewrite = BuildFrontend.keep_out(folder.path(), &["packgate.lock"])?;
            rewrite.text.split_once(more).map(|(_, after)| after.to_owned()).or(Some(rewrite.text))
        };
        let new = kept_out("").unwrap();
        assert!(new.ends_with("[tool.hatch.build]\nexclude = [\"/packgate.lock\"]\n"), "{new}");
        // A list for the kind alone counts in place of the general one.
        for table in ["[tool.hatch.build]", "[tool.hatch.build.targets.sdist]"] {
            let added = kept_out(&format!("{table}\nexclude = [\"docs\"]\n")).unwrap();
            assert!(
                added.ends_with(&format!("{table}\nexclude = [\"docs\", \"/packgate.lock\"]\n")),
                "{added}"
            );
        }
        assert_eq!(kept_out("[tool.hatch.build.targets.sdist]\nonly-include = [\"src\"]\n"), None);
        assert_eq!(kept_out("[tool.hatch.build]\nexclude = [\"/packgate.lock\"]\n"), None, "twice");
    }

    #[test]
    fn own_files_are_kept_out_of_what_builds_extensions() {
        let folder = tempfile::tempdir().unwrap();
        for (backend, settings, expected) in [
            ("maturin", "", "[tool.maturin]\nexclude = [\"packgate.lock\"]\n"),
            ("scikit_build_core.build", "", "[tool.scikit-build.sdist]\nexclude = [\"/packgate.lock\"]\n"),
            (
                "scikit_build_core.build",
                "[tool.scikit-build]\nsdist.exclude = [\"docs\"]\n",
                "sdist.exclude = [\"docs\", \"/packgate.lock\"]\n",
            ),
        ] {
            let text = format!("[build-system]\nbuild-backend = \"{backend}\"\n{settings}");
            std::fs::write(folder.path().join(MANIFEST), text).unwrap();
            let rewrite = BuildFrontend.keep_out(folder.path(), &["packgate.lock"]).unwrap();
            assert!(rewrite.text.ends_with(expected), "{}", rewrite.text);
        }
    }
}
