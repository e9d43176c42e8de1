//! `gem` packs and fetches.

use std::ffi::OsString;
use std::path::Path;

use super::keep_out;
use super::names::platform;
use super::project::{GEMSPEC, gemspec, gemspecs};
use crate::ecosystem::client::{Client, ClientError, Fetched, Recipe, Release, Rewrite, Run, Wish, is_word};
use crate::ecosystem::file_name;
use crate::ecosystem::folder::Files;
use crate::project::read;
use crate::scratch;

pub(super) struct RubyGems;

impl Client for RubyGems {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        gemspec(&Files::OnDisk(folder)).map(|_| Recipe::new(GEMSPEC, false))
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        let specifications: Vec<String> = gemspecs(&Files::OnDisk(folder)).collect();
        let mut command = String::new();
        for name in specifications {
            let mut file = into.join(name.trim_end_matches(".gemspec")).into_os_string();
            file.push(".gem");
            let run = Run::of("gem", "a .gemspec is there", folder)?.reproducibly();
            command = run
                .with(&["build"], &[folder.join(name).into_os_string(), OsString::from("--output"), file])?;
        }
        match command.is_empty() {
            true => Err(ClientError::NothingWritten { command: "gem build".to_owned() }),
            false => Ok(command),
        }
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
