//! The sample artifacts under `fixtures/samples` are what the trees under `fixtures/trees` say.
//! `INSTA_UPDATE=always` writes them anew.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Each sample and the tree it is made of.
const SAMPLES: [(&str, &str); 2] = [("acme-cli-2.1.88.tgz", "leak"), ("left-edge-1.0.3.tgz", "clean")];

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// All files of a tree, as paths with `/` and bytes, sorted.
pub(crate) fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Writes files into a folder.
pub(crate) fn plant(folder: &Path, files: impl IntoIterator<Item = (impl AsRef<Path>, impl AsRef<[u8]>)>) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// A tarball as `npm pack` makes them: ustar, fixed times and modes.
pub(crate) fn npm_tarball(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(499_162_500);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, path, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
        })
        .collect()
}

#[test]
fn samples_are_what_their_trees_say() {
    for (sample, tree) in SAMPLES {
        let files = files(&fixtures().join("trees").join(tree));
        let path = fixtures().join("samples").join(sample);
        if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
            fs::File::create(&path).unwrap().write_all(&npm_tarball(&files)).unwrap();
        }
        assert_eq!(
            unpacked(&fs::read(&path).unwrap()),
            files,
            "{sample}; INSTA_UPDATE=always writes it anew"
        );
    }
}
