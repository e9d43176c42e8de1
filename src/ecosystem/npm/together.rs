//! Packing all members of a workspace with one start of a client, which takes about as long as packing one of them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::project::{self, PREPUBLISH, PREPUBLISH_ONLY, has_script};
use crate::ecosystem::client::{ClientError, Run};
use crate::project::Member;

/// How a client is told of the members, and what it calls things.
pub(super) struct Words {
    /// The members, where they stand before what is done with them.
    before: Vec<String>,
    /// The members, where they stand behind it.
    after: Vec<String>,
    /// Runs a script of those that have it.
    run: &'static [&'static str],
    /// The script that is for publishing.
    script: &'static str,
    /// The option that names the folder to write into, and what else belongs to its value.
    destination: (&'static str, &'static str),
    /// The command in messages.
    called: &'static str,
}

/// The root is a member too.
pub(super) fn by_npm(root: &Path, members: &[&Member]) -> Words {
    let chosen = |member: &&Member| match member.folder == root {
        true => vec!["--include-workspace-root".to_owned()],
        false => vec!["-w".to_owned(), relative(root, member)],
    };
    Words {
        before: Vec::new(),
        after: members.iter().flat_map(chosen).collect(),
        run: &["run", "--if-present"],
        script: PREPUBLISH_ONLY,
        destination: ("--pack-destination=", ""),
        called: "npm pack --workspaces",
    }
}

pub(super) fn by_pnpm(root: &Path, members: &[&Member]) -> Words {
    let filter = |member: &&Member| ["--filter".to_owned(), format!("./{}", relative(root, member))];
    Words {
        before: std::iter::once("-r".to_owned()).chain(members.iter().flat_map(filter)).collect(),
        after: Vec::new(),
        run: &["run", "--if-present"],
        script: PREPUBLISH_ONLY,
        destination: ("--pack-destination=", ""),
        called: "pnpm -r pack",
    }
}

/// yarn since its fourth version; older ones need a plugin for it. It passes over those that don't have a script.
pub(super) fn by_yarn(members: &[&Member]) -> Words {
    let include = |member: &&Member| ["--include".to_owned(), member.name.clone()];
    let foreach = ["workspaces", "foreach", "--all"].map(str::to_owned);
    Words {
        before: foreach.into_iter().chain(members.iter().flat_map(include)).collect(),
        after: Vec::new(),
        run: &["run"],
        script: PREPUBLISH,
        destination: ("--out=", "%s-%v.tgz"),
        called: "yarn workspaces foreach pack",
    }
}

/// Packs them into an empty folder and returns the command that did it.
pub(super) fn pack(
    run: &Run<'_>,
    words: &Words,
    members: &[&Member],
    into: &Path,
) -> Result<String, ClientError> {
    let arguments = |what: &[&str]| -> Vec<OsString> {
        let what = what.iter().map(|word| (*word).to_owned());
        let all = words.before.iter().cloned().chain(what).chain(words.after.iter().cloned());
        all.map(OsString::from).collect()
    };
    let named = |command: &str, arguments: &[OsString]| {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        run.named(command.to_owned(), &arguments)
    };
    let asks = |member: &&Member| has_script(&project::at(&member.folder).unwrap_or_default(), words.script);
    if members.iter().any(asks) {
        let command: Vec<&str> = words.run.iter().copied().chain([words.script]).collect();
        named(&format!("{} run {}", run.called, words.script), &arguments(&command))?;
    }
    let (option, file) = words.destination;
    let mut destination = OsString::from(option);
    destination.push(into.join(file));
    let mut arguments = arguments(&["pack"]);
    arguments.push(destination);
    let command = named(words.called, &arguments)?;
    without_signs(into)?;
    Ok(command)
}

/// yarn begins the names of files with the `@` of a scope, and no other client does.
fn without_signs(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(plain) = name.to_str().and_then(|name| name.strip_prefix('@')) {
            fs::rename(folder.join(&name), folder.join(plain))?;
        }
    }
    Ok(())
}

/// A member's folder as seen from the root.
fn relative(root: &Path, member: &Member) -> String {
    member.folder.strip_prefix(root).unwrap_or(&member.folder).to_string_lossy().replace('\\', "/")
}
