//! Random packages of constructs that meet where they are installed. Each is installed with its client, and where
//! packgate stops none of it, what lies on disk is what the installed view says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use packgate::audit::{Audit, Auditor, Options};

use super::build::{Member, Tar, Zip, extra, gzip, record};
use super::clients::{Tree, collect, is_stopped, npm, python, uv};
use crate::clients::have;
use crate::dice::Dice;

/// Packages of each kind; `PACKGATE_TREES` asks for more.
fn packages() -> usize {
    std::env::var("PACKGATE_TREES").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

/// Installs each package into the folder of its number; says which ones it refuses.
type Install = fn(&[PathBuf], &Path) -> BTreeSet<usize>;

fn seed() -> u64 {
    let given = std::env::var("PACKGATE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into())
}

/// Some of these, in any order, each with a text of its own or one that others have, too.
fn some<'a>(dice: &mut Option<&mut Dice>, pool: &[&'a str]) -> Vec<(&'a str, Vec<u8>)> {
    let Some(dice) = dice else { return Vec::new() };
    let count = dice.below(5);
    let mut chosen: Vec<(&str, Vec<u8>)> = Vec::new();
    for _ in 0..count {
        let path = pool[dice.below(pool.len())];
        if chosen.iter().all(|(other, _)| *other != path) {
            chosen.push((path, format!("VALUE = {}\n", dice.below(3)).into_bytes()));
        }
    }
    chosen
}

/// A throw of the dice, the last side where there are none.
fn below(dice: &mut Option<&mut Dice>, sides: usize) -> usize {
    dice.as_mut().map_or(sides - 1, |dice| dice.below(sides))
}

fn wheel(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const POOL: [&str; 12] = [
        "acme/other.py",
        "acme/Core.py",
        "acme-1.0.0.data/purelib/acme/core.py",
        "acme-1.0.0.data/purelib/acme/new.py",
        "acme-1.0.0.data/platlib/acme/new.py",
        "acme-1.0.0.data/platlib/acme.pth",
        "acme-1.0.0.data/scripts/acme",
        "acme-1.0.0.data/scripts/Acme",
        "acme.data/purelib/acme/more.py",
        "zzz-1.0.data/scripts/acme",
        "acme.pth",
        "acme/data/purelib/x.py",
    ];
    let more = some(dice, &POOL).into_iter().map(|(path, text)| {
        let member = Member::file(path, &text);
        match below(dice, 6) {
            0 => member.both(|said| said.extra = extra(0x5455, b"\x01\0\0\0\x40")),
            1 => member.streamed(),
            2 => member.with(|member| member.comment = b"a note".to_vec()),
            _ => member,
        }
    });
    let more: Vec<Member> = more.collect();
    Zip::wheel(more).bytes()
}

fn tarball(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const POOL: [&str; 8] = [
        "package/lib/a.js",
        "package/lib/A.js",
        "package/.gitignore",
        "package/.npmignore",
        "package/lib/.gitignore",
        "package/lib/.npmignore",
        "package/a.gitignore",
        "other/index.js",
    ];
    let mut tar = Tar::package();
    for (path, text) in some(dice, &POOL) {
        tar = match below(dice, 5) {
            0 => tar.pax(&record("path", path)).file("package/short", &text),
            1 => tar.long_name(path).file("package/short", &text),
            2 => tar.entry(path, 0, &text),
            3 => tar.link("package/lib/link.js", b'2', "a.js").file(path, &text),
            _ => tar.file(path, &text),
        };
    }
    tar.tgz()
}

fn gem(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const POOL: [&str; 4] = ["lib/acme/a.rb", "lib/acme/b.rb", "bin/acme", "README.md"];
    let mut data = Tar::default().file("lib/acme.rb", b"A = 1\n");
    for (path, text) in some(dice, &POOL) {
        data = match below(dice, 9) {
            0 => data.pax(&record("path", path)).file("lib/short.rb", &text),
            1 => data.long_name(path).file("lib/short.rb", &text),
            2 => data.entry(path, 0, &text),
            3 => data.entry(path, b'7', &text),
            4 => data.pax(&record("mtime", "1.5")).file(path, &text),
            _ => data.file(path, &text),
        };
    }
    let data = if below(dice, 6) == 1 {
        [gzip(&data.0), gzip(&Tar::default().file("lib/late.rb", b"").end())].concat()
    } else {
        data.tgz()
    };
    let metadata = "--- !ruby/object:Gem::Specification
name: acme
version: !ruby/object:Gem::Version
  version: 1.0.0
platform: ruby
authors:
- A
bindir: bin
cert_chain: []
date: 2026-01-01 00:00:00.000000000 Z
dependencies: []
description: d
executables: []
extensions: []
extra_rdoc_files: []
files:
- lib/acme.rb
licenses:
- MIT
metadata: {}
rdoc_options: []
require_paths:
- lib
required_ruby_version: !ruby/object:Gem::Requirement
  requirements:
  - - \">=\"
    - !ruby/object:Gem::Version
      version: '0'
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements:
  - - \">=\"
    - !ruby/object:Gem::Version
      version: '0'
requirements: []
rubygems_version: 3.3.15
specification_version: 4
summary: s
test_files: []
";
    Tar::default().file("metadata.gz", &gzip(metadata.as_bytes())).file("data.tar.gz", &data).end()
}

/// All with one start of Ruby, which takes longer than the unpacking.
fn gem_unpack(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    let script = r#"
        require "fileutils"
        require "rubygems/package"
        out = ARGV.shift
        refused = ARGV.each_index.select do |number|
          into = File.join(out, number.to_s, "acme-1.0.0")
          FileUtils.mkdir_p(into)
          begin
            Gem::Package.new(ARGV[number]).extract_files(into)
            false
          rescue StandardError
            true
          end
        end
        puts refused.inspect
    "#;
    let output = Command::new("ruby").args(["-e", script]).arg(out).args(archives).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the installed view says, with the places of schemes as a client lays them out in one folder.
fn view(audit: &Audit, gem: bool) -> Tree {
    let mut tree = Tree::new();
    for entry in audit.inventory.everything() {
        let Some(installed) = entry.installed.as_deref() else { continue };
        let path = match (installed.strip_prefix("{scripts}/"), installed.strip_prefix("gems/")) {
            (Some(script), _) => format!("bin/{script}"),
            (_, Some(below)) if gem => below.to_owned(),
            (_, None) if gem => continue,
            _ => installed.to_owned(),
        };
        tree.insert(path, entry.sha256.clone().unwrap_or_default());
    }
    tree.retain(|path, _| !path.contains(".dist-info/"));
    tree
}

fn hold(file_name: &str, client: &str, install: Install, make: fn(&mut Option<&mut Dice>) -> Vec<u8>) {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let archives: Vec<PathBuf> = (0..packages())
        .map(|number| {
            let archive = folder.path().join(format!("in/{number}")).join(file_name);
            std::fs::create_dir_all(archive.parent().unwrap()).unwrap();
            // The first one is ordinary.
            let bytes = if number == 0 { make(&mut None) } else { make(&mut Some(&mut dice)) };
            std::fs::write(&archive, bytes).unwrap();
            archive
        })
        .collect();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let refused = install(&archives, &out);
    let auditor = Auditor::new(Options::default().keep_entries(true).digests(true));
    let mut compared = 0;
    for (number, archive) in archives.iter().enumerate() {
        let audit = auditor.audit(archive, 1).unwrap();
        if is_stopped(&audit) {
            continue;
        }
        assert!(
            !refused.contains(&number),
            "seed {seed}: {client} refuses number {number}, packgate doesn't"
        );
        let mut tree = Tree::new();
        let root = out.join(number.to_string());
        collect(&root, &root, false, &mut tree);
        tree.retain(|path, _| !path.contains(".dist-info/") && path != ".lock");
        assert_eq!(tree, view(&audit, file_name.ends_with(".gem")), "seed {seed}: {client}, number {number}");
        compared += 1;
    }
    assert!(compared > 0, "seed {seed}: packgate stops everything");
}

#[test]
fn wheels_by_pip() {
    if have(&["python3"]) {
        let install: Install = |archives, out| python("pip-install", archives, out);
        hold("acme-1.0.0-py3-none-any.whl", "pip", install, wheel);
    }
}

#[test]
fn wheels_by_uv() {
    if have(&["uv"]) {
        hold("acme-1.0.0-py3-none-any.whl", "uv", uv, wheel);
    }
}

#[test]
fn tarballs_by_npm() {
    if have(&["npm", "node"]) {
        hold("acme-1.0.0.tgz", "npm", npm, tarball);
    }
}

#[test]
fn gems_by_rubygems() {
    if have(&["ruby"]) {
        hold("acme-1.0.0.gem", "RubyGems", gem_unpack, gem);
    }
}
