//! The files that git tracks, read from its index: asking git for them takes longer than many an audit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Larger indexes are left to git.
const MOST_BYTES: u64 = 256 << 20;
/// Bytes of an entry before the name of its object: times, device, mode, owner, size.
const FACTS: usize = 40;
/// Bytes of an object's name, and of the checksum at the end.
const SHA_1: usize = 20;
const SHA_256: usize = 32;
/// A flag of entries that have two more bytes of flags.
const EXTENDED: u8 = 0x40;

/// The paths in the index of the checkout at this folder; `None` if git has to be asked, because it keeps a part of the
/// index elsewhere, or because this is none that is known.
pub(super) fn paths(root: &Path) -> Option<BTreeSet<String>> {
    let file = git_folder(root)?.join("index");
    if fs::metadata(&file).ok()?.len() > MOST_BYTES {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    let (body, length) = sealed(&bytes)?;
    read(body, length)
}

/// What is before the checksum, and that one's length; `None` if it is another's.
fn sealed(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let cut = |length: usize| bytes.split_at_checked(bytes.len().checked_sub(length)?);
    let by_sha_1 = cut(SHA_1).filter(|(body, sum)| Sha1::digest(body).as_slice() == *sum);
    let by_sha_256 = || cut(SHA_256).filter(|(body, sum)| Sha256::digest(body).as_slice() == *sum);
    by_sha_1.map(|(body, _)| (body, SHA_1)).or_else(|| Some((by_sha_256()?.0, SHA_256)))
}

/// The folder that git keeps for a checkout. In a submodule and in a further checkout a file names it.
fn git_folder(root: &Path) -> Option<PathBuf> {
    let folder = root.join(".git");
    if folder.is_dir() {
        return Some(folder);
    }
    let text = fs::read_to_string(folder).ok()?;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()))
}

fn read(bytes: &[u8], object_name: usize) -> Option<BTreeSet<String>> {
    let (head, _) = bytes.split_first_chunk::<12>()?;
    let [b'D', b'I', b'R', b'C', 0, 0, 0, version @ 2..=4, count @ ..] = *head else { return None };
    let mut paths = BTreeSet::new();
    let (mut at, mut path) = (head.len(), Vec::new());
    for _ in 0..u32::from_be_bytes(count) {
        let start = at;
        at += FACTS + object_name;
        let flags = *bytes.get(at)?;
        at += if version > 2 && flags & EXTENDED != 0 { 4 } else { 2 };
        let kept = match version {
            4 => path.len().checked_sub(number(bytes, &mut at)?)?,
            _ => 0,
        };
        let name = bytes.get(at..)?;
        let name = name.get(..memchr::memchr(0, name)?)?;
        path.truncate(kept);
        path.extend_from_slice(name);
        at += name.len();
        at = match version {
            4 => at + 1,
            // One zero at least, and as many more as make the entry a multiple of eight bytes long.
            _ => start + (at - start) / 8 * 8 + 8,
        };
        // A folder whose files the index leaves out.
        if path.ends_with(b"/") {
            return None;
        }
        paths.insert(String::from_utf8_lossy(&path).into_owned());
    }
    leaves_entries(bytes.get(at..)?).then_some(paths)
}

/// Whether what follows is nothing but extensions that leave the entries as they are.
fn leaves_entries(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        // The names of those that matter begin with a small letter.
        let Some(([b'A'..=b'Z', _, _, _, size @ ..], behind)) = rest.split_first_chunk::<8>() else {
            return false;
        };
        let Some(behind) = behind.get(u32::from_be_bytes(*size) as usize..) else { return false };
        rest = behind;
    }
    true
}

/// A number as git writes how much of the path before is dropped.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut number = 0usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number = number.checked_mul(128)?.checked_add(usize::from(byte & 0x7F))?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> Vec<u8> {
        let settings =
            ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.hooksPath=/dev/null"];
        let output =
            Command::new("git").args(settings).args(arguments).current_dir(folder).output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// A checkout with these files.
    fn checkout(format: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        git(folder.path(), &["init", "-q", &format!("--object-format={format}")]);
        let long = format!("deep/{}/ünder.ts", "folder/".repeat(20));
        for path in ["a", "a-b.ts", "a/b.ts", "src/one.ts", "src/only.ts", "src/other/one.ts", &long] {
            let path = folder.path().join(if path == "a" { "a.ts" } else { path });
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, "text").expect("a file");
        }
        git(folder.path(), &["add", "-A"]);
        git(folder.path(), &["commit", "-qm", "all"]);
        folder
    }

    fn as_git_says(folder: &Path) -> BTreeSet<String> {
        let output = git(folder, &["ls-files", "-z"]);
        let paths = output.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }

    #[test]
    fn the_files_are_those_that_git_lists() {
        for format in ["sha1", "sha256"] {
            let folder = checkout(format);
            let folder = folder.path();
            for version in ["2", "3", "4"] {
                git(folder, &["update-index", "--index-version", version]);
                git(folder, &["update-index", "--skip-worktree", "src/one.ts"]);
                assert_eq!(paths(folder), Some(as_git_says(folder)), "{format} {version}");
            }
            git(folder, &["worktree", "add", "-q", "further"]);
            let further = folder.join("further");
            assert!(further.join(".git").is_file());
            assert_eq!(paths(&further), Some(as_git_says(&further)));
        }
    }

    #[test]
    fn what_is_kept_elsewhere_is_left_to_git() {
        let folder = checkout("sha1");
        git(folder.path(), &["update-index", "--split-index"]);
        assert_eq!(paths(folder.path()), None);
        let folder = checkout("sha1");
        git(folder.path(), &["sparse-checkout", "set", "--cone", "--sparse-index", "src"]);
        assert_eq!(paths(folder.path()), None);
    }

    #[test]
    fn a_damaged_index_is_left_to_git() {
        let folder = checkout("sha1");
        let file = folder.path().join(".git/index");
        let bytes = fs::read(&file).expect("an index");
        for length in 0..bytes.len() {
            fs::write(&file, &bytes[..length]).expect("a file");
            assert_eq!(paths(folder.path()), None, "{length}");
        }
        fs::write(&file, [&bytes[..], b"x"].concat()).expect("a file");
        assert_eq!(paths(folder.path()), None);
    }
}
