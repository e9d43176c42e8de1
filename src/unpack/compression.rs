//! Compressions around a single stream, by name.

/// A compression around a single stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Brotli,
    Zlib,
    Deflate,
    Lzma,
}

impl Compression {
    /// Its name in the list of containers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Brotli => "brotli",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Lzma => "lzma",
        }
    }

    /// Suffixes of file names, each with what stands instead of it in the name of the file inside.
    pub(super) fn suffixes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Gzip => &[(".gz", ""), (".gzip", ""), (".svgz", ".svg")],
            Self::Zstd => &[(".zst", ""), (".zstd", "")],
            Self::Xz => &[(".xz", "")],
            Self::Bzip2 => &[(".bz2", "")],
            Self::Brotli => &[(".br", ""), (".brotli", "")],
            Self::Zlib | Self::Deflate => &[(".zz", ""), (".zlib", ""), (".deflate", ""), (".z", "")],
            Self::Lzma => &[(".lzma", "")],
        }
    }

    /// The name of the file inside.
    pub(super) fn inner_name(self, name: &str) -> String {
        for (suffix, instead) in self.suffixes() {
            if has_suffix(name, suffix) && name.len() > suffix.len() {
                let stem = name.get(..name.len() - suffix.len()).unwrap_or(name);
                return format!("{stem}{instead}");
            }
        }
        name.to_owned()
    }
}

/// Whether a name ends so, in whatever case.
pub(super) fn has_suffix(name: &str, suffix: &str) -> bool {
    let start = name.len().checked_sub(suffix.len()).and_then(|start| name.get(start..));
    start.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}
