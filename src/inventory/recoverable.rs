use serde::{Deserialize, Serialize};

use super::word::{self, Word};
use super::{At, TextFacts};

/// A source map, or another by-product that holds original source text in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceMap {
    /// How it is carried.
    pub form: MapForm,
    /// Where it begins in the entry.
    pub at: At,
    /// `file`: the generated file that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// `sourceRoot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_root: Option<String>,
    /// `debugId` or `debug_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_id: Option<String>,
    /// URLs of sections that are elsewhere (legacy index maps).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub section_urls: Vec<String>,
    /// The original files that it names, in its order, those of nested sections included.
    pub sources: Vec<SourceFacts>,
    /// The tool that wrote it, as far as the order of its members and the look of its paths tell.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "word::read_some")]
    pub maker: Option<Word>,
    /// Why it could not be read to the end, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

/// How a map, or text in the manner of a map, is carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MapForm {
    /// The entry is the map.
    #[default]
    File,
    /// In a `data:` URL of a `sourceMappingURL` comment.
    Inline,
    /// In a `data:` URL inside an `eval("...")` string.
    EvalMap,
    /// The module's text itself in an `eval("...")` string that ends in `sourceURL=`.
    Eval,
    /// A bundler's report that holds module texts (webpack's `stats.json`).
    BundlerReport,
    /// A coverage record with `inputSourceMap`.
    Coverage,
}

/// One original file that a map names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceFacts {
    /// The path or URL as the map writes it, without `sourceRoot`; empty for `null`.
    pub path: String,
    /// Whether it is on `ignoreList` or `x_google_ignoreList`, or under `node_modules`: somebody else's.
    pub third_party: bool,
    /// The original text, if the map holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextFacts>,
}

/// A comment that links generated text to its source map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Where the comment begins.
    pub at: At,
    /// What it points to.
    pub target: LinkTarget,
    /// Whether it is the one that readers use (the last one).
    pub in_force: bool,
}

/// What a link comment points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkTarget {
    /// A `data:` URL; the map itself is among the entry's maps.
    Inline {
        /// Length of the URL in bytes.
        bytes: u64,
    },
    /// A relative reference.
    Relative {
        /// As written.
        url: String,
    },
    /// An absolute URL, or one that begins with `//`.
    Remote {
        /// As written, at most 2,000 bytes.
        url: String,
    },
}
