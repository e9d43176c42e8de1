//! `gem` packs and fetches.

use std::ffi::OsString;
use std::path::Path;

use super::keep_out;
use super::names::platform;
use super::project::gemspec;
use crate::ecosystem::client::{Client, ClientError, Fetched, Recipe, Release, Rewrite, Run, Wish, is_word};
use crate::ecosystem::file_name;
use crate::ecosystem::folder::Files;
use crate::project::read;
use crate::scratch;

pub(super) struct RubyGems;

/// What people call its manifest.
const MANIFEST: &str = "a .gemspec";

impl Client for RubyGems {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        gemspec(&Files::OnDisk(folder)).map(|_| Recipe::new(MANIFEST, false))
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        let run = Run::of("gem", "a .gemspec is there", folder)?.reproducibly();
        let Some(name) = gemspec(&Files::OnDisk(folder)) else {
            return Err(ClientError::NothingWritten { command: "gem build".to_owned() });
        };
        let file = into.join(name.trim_end_matches(".gemspec")).into_os_string();
        let file = [file, OsString::from(".gem")].iter().fold(OsString::new(), |mut path, part| {
            path.push(part);
            path
        });
        let specification = folder.join(name).into_os_string();
        run.with(&["build"], &[specification, OsString::from("--output"), file])
    }

    /// A file that git doesn't track yet is packed from the commit on that adds it.
    fn keep_out(&self, folder: &Path, names: &[&str]) -> Option<Rewrite> {
        let file = gemspec(&Files::OnDisk(folder))?;
        let text = keep_out::without(&read(&folder.join(&file))?, names)?;
        Some(Rewrite { file, text })
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("", &[".gem"])
    }

    fn publishes(&self, _folder: &Path, file: &str) -> String {
        format!("gem push {file}")
    }

    fn release(&self, folder: &Path) -> Vec<String> {
        vec![
            "rm -rf packed && packgate check --keep packed &&".to_owned(),
            format!("  {}", self.publishes(folder, "packed/*.gem")),
        ]
    }
}

/// `gem fetch` downloads without running anything; it writes to the folder that it runs in.
pub(super) fn fetch(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    let version = wish.beside.package.as_ref().map_or("", |package| package.version.as_str());
    let wanted = platform(file_name(&wish.beside.artifact.path), version);
    let platform = if is_word(&wanted) { wanted } else { "ruby".to_owned() };
    let into = scratch::Folder::new()?;
    let mut arguments: Vec<OsString> =
        ["fetch", wish.name, "--platform", &platform].map(OsString::from).into();
    if let Release::Version(version) = wish.release {
        arguments.extend(["--version", version].map(OsString::from));
    }
    let arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let run = Run::of("gem", "it fetches the earlier release", into.path())?;
    let command = run.named("gem fetch".to_owned(), &arguments)?;
    Fetched::only_file(into, command)
}
