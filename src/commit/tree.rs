//! The files of a commit.

use std::collections::{BTreeMap, BTreeSet};

/// What a commit holds, by path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    all: BTreeMap<String, Object>,
}

/// One thing that a commit holds, with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    /// A file.
    File(String),
    /// A symbolic link.
    Link(String),
    /// The commit of another repository.
    Submodule(String),
}

impl Tree {
    /// Reads the output of `git ls-tree -r -z`.
    pub(super) fn read(output: &[u8]) -> Self {
        let line = |line: &[u8]| {
            let line = String::from_utf8_lossy(line).into_owned();
            let (facts, path) = line.split_once('\t')?;
            let mut facts = facts.split(' ');
            let (mode, _, id) = (facts.next()?, facts.next()?, facts.next()?.to_owned());
            let object = match mode {
                "120000" => Object::Link(id),
                "160000" => Object::Submodule(id),
                _ => Object::File(id),
            };
            Some((path.to_owned(), object))
        };
        Self { all: output.split(|byte| *byte == 0).filter_map(line).collect() }
    }

    /// What stands at a path.
    pub(super) fn at(&self, path: &str) -> Option<&Object> {
        self.all.get(path)
    }

    /// The paths of all files below a folder, relative to it.
    pub(super) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let from = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.all.range(from.clone()..);
        inside.map_while(move |(path, _)| path.strip_prefix(from.as_str()))
    }

    /// The blobs of all files of this name, in whichever folder.
    pub(super) fn named(&self, name: &str) -> Vec<&str> {
        let so_named = self.all.iter().filter(|(path, _)| path.rsplit('/').next() == Some(name));
        so_named
            .filter_map(|(_, object)| if let Object::File(id) = object { Some(id.as_str()) } else { None })
            .collect()
    }

    /// The links and submodules, which other paths may lead through.
    pub(super) fn crossings(&self) -> impl Iterator<Item = (&str, &Object)> {
        let is_crossing = |(_, object): &(&String, &Object)| !matches!(object, Object::File(_));
        self.all.iter().filter(is_crossing).map(|(path, object)| (path.as_str(), object))
    }

    /// Adds what another repository holds under a path.
    pub(super) fn graft(&mut self, path: &str, other: Self) {
        self.all.remove(path);
        self.all.extend(other.all.into_iter().map(|(below, object)| (format!("{path}/{below}"), object)));
    }

    /// The folders below a folder, relative to it, in which a path of several segments or one of these names stands.
    pub(super) fn folders_with(&self, folder: &str, path: &str) -> BTreeSet<&str> {
        let end =
            |all: &'_ str| all == path || all.strip_suffix(path).is_some_and(|rest| rest.ends_with('/'));
        let from = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.all.range(from.clone()..).map_while(|(path, _)| path.strip_prefix(from.as_str()));
        inside.filter(|all| end(all)).filter_map(|all| all.get(..all.len() - path.len())).collect()
    }
}
