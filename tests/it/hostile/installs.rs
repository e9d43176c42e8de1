//! Random packages of constructs that meet where they are installed. Each is installed with its client, and where
//! packgate stops none of it, what lies on disk is what the installed view says.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use packgate::audit::{Audit, Auditor, Options};
use packgate::inventory::{Entry, EntryKind, Kind};

use super::build::{Member, Tar, Zip, extra, gzip, record};
use super::clients::{
    Tree, bsdtar, collect, dpkg_deb, gnu_tar, go, is_stopped, is_there, java, npm, python, seven_zip, unzip,
    uv,
};
use super::formats::ar;
use super::index::uv_from_index;
use crate::clients::{have, have_silent};
use crate::dice::{Dice, fresh_seed};

/// Packages of each kind; `PACKGATE_TREES` asks for more.
fn packages() -> usize {
    std::env::var("PACKGATE_TREES").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

/// Installs each package into the folder of its number; says which ones it refuses.
type Install = fn(&[PathBuf], &Path) -> BTreeSet<usize>;

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

/// A wheel whose `entry_points.txt` is of lines at random.
fn wheel_of_commands(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const LINES: [&str; 25] = [
        "acme = acme.core:main",
        "tool=acme.core:Main.run [extra]",
        "other.tool = acme.core : main",
        "tool = acme.core:main",
        "tool = acme.core",
        "tool = acme.core:main # it",
        "tool = acme.core:main;it",
        "tool: acme.core:main",
        "two words = acme.core:main",
        "a=b=acme.core:main",
        "a%b = acme.core:main",
        "a#b = acme.core:main",
        "a+b-c.d_1 = acme.core:main",
        "= = acme.core:main",
        "tool = acme.core:main [extra",
        ";tool = acme.core:main",
        "# a comment",
        "",
        "  more = acme.core:main",
        "[gui_scripts]",
        "[acme.plugins]",
        "[DEFAULT]",
        "[ console_scripts ]",
        "[gui_scripts] # more",
        "[console_scripts]",
    ];
    let mut lines = vec!["[console_scripts]", "acme = acme.core:main"];
    if dice.is_some() {
        lines.truncate(1 + below(dice, 2));
        let more = below(dice, 4);
        lines.extend((0..more).map(|_| LINES[below(dice, LINES.len())]));
    }
    let end = ["\r\n", "\n"][below(dice, 2)];
    let table = lines.join(end) + end;
    Zip::wheel([Member::file("acme-1.0.0.dist-info/entry_points.txt", table.as_bytes())]).bytes()
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

/// A zip of what some readers take otherwise, each construct at random.
fn zip(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const POOL: [&str; 8] = ["a.txt", "b/c.txt", "b/D.txt", "b/d.txt", "e;1", "f/", "g.txt", "h/i.txt"];
    let members: Vec<Member> =
        some(dice, &POOL).into_iter().map(|(path, text)| odd_member(path, &text, dice)).collect();
    let first = Member::file("first.txt", b"first\n");
    Zip::of([first].into_iter().chain(members)).with(|zip| zip.comment = vec![b'c'; below(dice, 40)]).bytes()
}

fn odd_member(path: &str, text: &[u8], dice: &mut Option<&mut Dice>) -> Member {
    let member = match path.ends_with('/') {
        true => Member::stored(path, b""),
        false => Member::file(path, text),
    };
    let mode = [0o100_644u16, 0o100_755, 0o120_777, 0o040_755, 0o104_755][below(dice, 5)];
    // Java's stream refuses an empty member with its size behind it, which does nobody harm.
    let streamed = |member: Member| if member.data.is_empty() { member } else { member.streamed() };
    let sizes = |size: u32, packed: u32| [u64::from(size), u64::from(packed)].map(u64::to_le_bytes).concat();
    match below(dice, 22) {
        0 => member.both(|said| said.extra = extra(0x5455, b"\x01\0\0\0\x40")),
        1 => {
            member.with(|member| member.local.extra = extra(0x7875, b"\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0"))
        }
        2 => member.both(|said| {
            said.extra = extra(0x756e, &[&[0; 4], &mode.to_le_bytes()[..], &[0; 8]].concat());
        }),
        3 => member.with(|member| {
            member.local.extra = extra(0x6c78, &[&[4], &(u32::from(mode) << 16).to_le_bytes()[..]].concat());
        }),
        4 => member.with(|member| member.attributes = u32::from(mode) << 16),
        5 => {
            let attributes = [0, 0x10, 0x20, 1][below(dice, 4)];
            member.with(|member| member.attributes = attributes)
        }
        6 => streamed(member),
        7 => streamed(member).with(|member| {
            let said = &member.central;
            member.behind =
                [&0x0807_4b50u32.to_le_bytes()[..], &said.crc.to_le_bytes(), &sizes(said.packed, said.size)]
                    .concat();
        }),
        8 => member
            .with(|member| member.local.extra = extra(1, &sizes(member.local.size, member.local.packed))),
        9 => member
            .with(|member| member.central.extra = extra(1, &sizes(member.local.size, member.local.packed))),
        10 => member.with(|member| member.local.extra = extra(1, &[0; 24])),
        11 => member.both(|said| said.extra = extra(0x7777, b"unknown")),
        12 => member.with(|member| member.comment = b"a note".to_vec()),
        13 => member.both(|said| said.extra = vec![0; 3]),
        14 => member.both(|said| said.flags |= 1 << 11),
        15 => member.both(|said| said.flags |= 0b110),
        16 => member.with(|member| member.local.name = b"other.txt".to_vec()),
        17 => member.with(|member| member.local.crc ^= 1),
        18 => streamed(member).with(|member| member.behind.truncate(12)),
        _ => member,
    }
}

/// A plain tarball of what some readers take otherwise, each construct at random.
fn plain_tar(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const POOL: [&str; 7] = ["a/b.txt", "a/c.txt", "a/d/e.txt", "a/D/f.txt", "./a/g.txt", "a/h", "a/i.txt"];
    const RECORDS: [(&str, &str); 12] = [
        ("mtime", "1.5"),
        ("mtime", "soon"),
        ("atime", "-1"),
        ("uid", "0"),
        ("gid", "99999999999"),
        ("comment", "a note"),
        ("SCHILY.xattr.user.a", "b"),
        ("SCHILY.xattr.user.a\0", "b"),
        ("SCHILY.a\n20 path=a/evil.tx", "t"),
        ("linkpath", "x"),
        ("size", "3"),
        ("LIBARCHIVE.creationtime", "1.5"),
    ];
    let mut tar = Tar::default().file("a/first.txt", b"first\n");
    for (path, text) in some(dice, &POOL) {
        tar = match below(dice, 15) {
            0 => tar.pax(&record("path", path)).file("a/short", &text),
            1 => tar.long_name(path).file("a/short", &text),
            2 => tar.entry(path, 0, &text),
            3 => tar.entry(path, b'7', &text),
            4 => tar.link(path, b'1', "a/first.txt"),
            5 => tar.entry("g", b'g', record("comment", "a note").as_bytes()).file(path, &text),
            6 => tar.odd(path, b'0', &text, |block| block[257..265].copy_from_slice(b"ustar  \0")),
            7 => tar.odd(path, b'0', &text, |block| block[257..].fill(0)),
            8 => tar.link(path, b'2', ["first.txt", "../a/first.txt", "nothing"][below(dice, 3)]),
            9..=11 => {
                let (key, value) = RECORDS[below(dice, RECORDS.len())];
                tar.pax(&record(key, value)).file(path, &text)
            }
            _ => tar.file(path, &text),
        };
    }
    tar.tgz()
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

/// A Debian package of members, compressions and versions at random.
fn deb(dice: &mut Option<&mut Dice>) -> Vec<u8> {
    const VERSIONS: [&[u8]; 4] = [b"2.1\n", b"3.0\n", b"2.0\nmore\n", b"2.0\n"];
    const SUFFIXES: [&str; 6] = [".foo", ".lzma", ".gz", ".xz", ".bz2", ""];
    const POOL: [&str; 4] = ["./usr/share/a", "usr/share/b", "./usr/share/a/c", "./etc/d.conf"];
    let control = Tar::default().file("./control", CONTROL).end();
    let mut data = Tar::default().entry("./", b'5', b"").file("./usr/lib/acme", b"acme\n");
    // Where a stream may end: between two entries.
    let mut cut = data.clone().end().len() - 1024;
    for (path, text) in some(dice, &POOL) {
        cut = [cut, data.clone().end().len() - 1024][below(dice, 2)];
        data = data.file(path, &text);
    }
    let (data, odd) = (data.end(), below(dice, 3) == 0 && dice.is_some());
    let suffix = |dice: &mut Option<&mut Dice>| SUFFIXES[below(dice, SUFFIXES.len())];
    let packed = |name: &str, bytes: &[u8], suffix: &str, streams: usize| {
        let parts = if streams == 1 { vec![bytes] } else { vec![&bytes[..cut], &bytes[cut..]] };
        let packed: Vec<u8> = parts.into_iter().flat_map(|part| pack(suffix, part)).collect();
        (format!("{name}{suffix}"), packed)
    };
    let streams = 2 - below(dice, 2);
    let mut members = vec![
        ("debian-binary".to_owned(), if odd { VERSIONS[below(dice, 4)] } else { VERSIONS[3] }.to_vec()),
        packed("control.tar", &control, if odd { suffix(dice) } else { ".gz" }, 1),
        packed("data.tar", &data, suffix(dice), streams),
    ];
    if odd {
        match below(dice, 6) {
            0 => drop(members.remove(below(dice, 3))),
            1 => members.swap(1, 2),
            2 => members.push(packed("data.tar", &data, ".gz", 1)),
            3 => members.insert(1, ("_more".to_owned(), b"more".to_vec())),
            4 => members.iter_mut().for_each(|(name, _)| name.push('/')),
            _ => {}
        }
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    ar(&members)
}

const CONTROL: &[u8] =
    b"Package: acme\nVersion: 1.0.0\nArchitecture: all\nMaintainer: A <a@example.com>\nDescription: x\n";

/// Bytes packed as the suffix says.
fn pack(suffix: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match suffix {
        ".gz" => out = gzip(bytes),
        ".xz" => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut writer = lzma_rust2::XzWriter::new(&mut out, options).unwrap();
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap();
        }
        ".lzma" => {
            let options = lzma_rust2::LzmaOptions::with_preset(1);
            let size = Some(bytes.len() as u64);
            let mut writer = lzma_rust2::LzmaWriter::new_use_header(&mut out, &options, size).unwrap();
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap();
        }
        ".bz2" => {
            let mut writer = bzip2::write::BzEncoder::new(&mut out, bzip2::Compression::fast());
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap();
        }
        _ => out.extend(bytes),
    }
    out
}

/// What the installed view says, with the places of schemes as a client lays them out in one folder.
fn view(audit: &Audit, gem: bool) -> Tree {
    let mut tree = Tree::new();
    let is_plain = matches!(audit.inventory.kind, Kind::Zip | Kind::Tar)
        && audit.inventory.everything().all(|entry| entry.installed.is_none());
    for entry in audit.inventory.everything() {
        let is_there = entry.has_bytes() || linked(audit, entry).is_some();
        let own = || (entry.parent.is_none() && is_there).then_some(entry.path.as_str());
        let Some(installed) = (if is_plain { own() } else { entry.installed.as_deref() }) else { continue };
        let path = match (installed.strip_prefix("{scripts}/"), installed.strip_prefix("gems/")) {
            (Some(script), _) => format!("bin/{script}"),
            (_, Some(below)) if gem => below.to_owned(),
            (_, None) if gem => continue,
            _ => installed.to_owned(),
        };
        let digest = if is_plain { linked(audit, entry) } else { None };
        tree.insert(path, digest.or_else(|| entry.sha256.clone()).unwrap_or_default());
    }
    tree.retain(|path, _| !path.contains(".dist-info/"));
    tree.extend(made_commands(audit).map(|path| (path, MADE.to_owned())));
    tree
}

/// What `collect` finds where a link of a plain archive was made.
fn linked(audit: &Audit, entry: &Entry) -> Option<String> {
    match &entry.kind {
        EntryKind::Symlink { target } => Some(format!("-> {target}")),
        EntryKind::Hardlink { target } => {
            let mut there = audit.inventory.top_files();
            there.find(|other| other.path == *target).and_then(|other| other.sha256.clone())
        }
        _ => None,
    }
}

/// Instead of the digest of a script that the client itself writes.
const MADE: &str = "made by the client";

/// Where a client writes the commands that it makes of a wheel's entry points.
fn made_commands(audit: &Audit) -> impl Iterator<Item = String> {
    let package = audit.inventory.package.iter().filter(|_| audit.inventory.kind == Kind::Wheel);
    let commands = package.flat_map(|package| &package.commands);
    commands
        .filter(|command| command.starts != command.declared_in)
        .map(|command| format!("bin/{}", command.name))
}

fn hold(file_name: &str, client: &str, install: Install, make: fn(&mut Option<&mut Dice>) -> Vec<u8>) {
    let seed = fresh_seed();
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
        if is_stopped(&audit)
            || audit.findings.iter().any(|judged| judged.finding.rule == "manifest-ambiguous")
        {
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
        for path in made_commands(&audit) {
            tree.entry(path).and_modify(|digest| MADE.clone_into(digest));
        }
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
fn commands_by_pip_and_uv() {
    if have(&["python3"]) {
        let install: Install = |archives, out| python("pip-install", archives, out);
        hold("acme-1.0.0-py3-none-any.whl", "pip", install, wheel_of_commands);
    }
    if have(&["uv"]) {
        hold("acme-1.0.0-py3-none-any.whl", "uv", uv, wheel_of_commands);
    }
}

#[test]
fn debian_packages_by_dpkg() {
    if have(&["dpkg-deb"]) {
        hold("acme_1.0.0_all.deb", "dpkg-deb", dpkg_deb, deb);
    }
}

#[test]
fn wheels_by_uv_from_an_index() {
    if have(&["uv"]) {
        hold("acme-1.0.0-py3-none-any.whl", "uv from an index", uv_from_index, wheel);
    }
}

#[test]
fn zips_by_many() {
    if have(&["bsdtar", "python3"]) && have_silent("unzip") && have_silent("7z") {
        let zipfile: Install = |archives, out| python("zipfile", archives, out);
        for (client, install) in
            [("unzip", unzip as Install), ("bsdtar", bsdtar), ("7-Zip", seven_zip), ("zipfile", zipfile)]
        {
            hold("a.zip", client, install, zip);
        }
    }
}

#[test]
fn zips_by_java_and_go() {
    let by_directory: Install = |archives, out| java("file", archives, out);
    let as_stream: Install = |archives, out| java("stream", archives, out);
    let go: Install = |archives, out| go("zip", archives, out);
    for (client, install) in [("Java", by_directory), ("Java's stream", as_stream), ("Go", go)] {
        if is_there(client) {
            hold("a.zip", client, install, zip);
        }
    }
}

#[test]
fn plain_tarballs_by_many() {
    if have(&["tar", "bsdtar", "python3"]) {
        let tarfile: Install = |archives, out| python("tarfile", archives, out);
        for (client, install) in [("GNU tar", gnu_tar as Install), ("bsdtar", bsdtar), ("tarfile", tarfile)] {
            hold("a.tar.gz", client, install, plain_tar);
        }
    }
    let go: Install = |archives, out| go("tar", archives, out);
    if is_there("Go") {
        hold("a.tar.gz", "Go", go, plain_tar);
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
