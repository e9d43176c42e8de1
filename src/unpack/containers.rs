//! Every container there is, and what a file's type and name tell of it.

use crate::inventory::{AnomalyKind, Media};

use super::container::Container;
use super::{RawAnomaly, ar, compressed, cpio, gzip, lz4, lzw, rpm, sevenzip, tar, zip};

/// Each has a file that reads it.
const CONTAINERS: [&Container; 16] = [
    &zip::CONTAINER,
    &tar::CONTAINER,
    &ar::CONTAINER,
    &cpio::CONTAINER,
    &rpm::CONTAINER,
    &sevenzip::CONTAINER,
    &gzip::CONTAINER,
    &compressed::ZSTD,
    &compressed::XZ,
    &compressed::BZIP2,
    &lz4::CONTAINER,
    &lzw::CONTAINER,
    &compressed::BROTLI,
    &compressed::ZLIB,
    &compressed::DEFLATE,
    &compressed::LZMA,
];

/// The container that a file of this type and name is.
pub(super) fn told(media: Media, name: &str) -> Option<&'static Container> {
    let mut all = CONTAINERS.into_iter();
    let by_content = CONTAINERS.into_iter().find(|container| container.media == Some(media));
    by_content.or_else(|| all.find(|container| container.is_told_by(name)))
}

/// The container that a name promises to every client.
pub(super) fn promised(name: &str) -> Option<&'static Container> {
    CONTAINERS.into_iter().find(|container| container.is_promised_by(name))
}

/// Whether the walk opens files of this type.
pub fn opens(media: Media, name: &str) -> bool {
    told(media, name).is_some_and(|container| container.looks_like() == media)
}

/// Whether a file of this type may be a single compressed file.
pub fn is_compressed(media: Media) -> bool {
    let mut compressions = CONTAINERS.into_iter().filter(|container| container.compression().is_some());
    compressions.any(|container| container.looks_like() == media)
}

/// What is odd about a file of this content having this name.
pub fn mismatch(media: Media, name: &str) -> Option<RawAnomaly> {
    let promised = promised(name).filter(|promised| promised.media != Some(media));
    promised.filter(|_| media != Media::Empty).map(|_| RawAnomaly {
        kind: AnomalyKind::Mismatch,
        offset: 0,
        entry: None,
        detail: "the name promises another kind of container: some clients go by the name and refuse the file, others go by its content"
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_by_one_thing() {
        for container in CONTAINERS {
            let same = |other: &&&Container| other.name == container.name;
            assert_eq!(CONTAINERS.iter().filter(same).count(), 1, "{}", container.name);
            if let Some(media) = container.media {
                assert_eq!(told(media, "").unwrap().name, container.name);
            }
            for suffix in container.promised_by {
                assert_eq!(promised(&format!("A{suffix}")).unwrap().name, container.name);
            }
        }
        assert_eq!(told(Media::Binary, "a.js.BR").unwrap().name, "brotli");
        assert!(told(Media::Binary, "a.js.zz").is_none());
    }

    #[test]
    fn names_inside() {
        let compression = gzip::CONTAINER.compression().unwrap();
        for (name, inside) in [("a.js.gz", "a.js"), ("logo.svgz", "logo.svg"), (".gz", ".gz"), ("a", "a")] {
            assert_eq!(compression.inner_name(name), inside);
        }
    }
}
