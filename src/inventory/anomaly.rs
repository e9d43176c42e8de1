use serde::Serialize;

/// An oddity of a container that a tolerant reader would shrug at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anomaly {
    /// What it is.
    pub kind: AnomalyKind,
    /// Byte offset in the (decompressed) container where it stands.
    pub offset: u64,
    /// The place inside the artifact: the entry concerned, or the container; empty for the artifact itself.
    pub place: String,
    /// What exactly was seen, and who reads it how. One sentence without names from the archive unescaped.
    pub detail: String,
}

/// The kinds of oddities. The rules of the archive family say what each one means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnomalyKind {
    /// Two readers would see another list of entries or other bytes.
    Ambiguous,
    /// An entry that would land outside its folder, or whose name is unsafe on some system.
    UnsafePath,
    /// A symbolic or hard link, or a device.
    Link,
    /// The same path twice with different bytes, or names that collide on some file system.
    Duplicate,
    /// The same path twice with identical bytes.
    DuplicateIdentical,
    /// Bytes before, between or after what belongs to the archive.
    TrailingData,
    /// An entry outside the package's root folder.
    ForeignRoot,
    /// A file mode that nobody expects: set-uid, world-writable.
    Mode,
    /// The name's extension and the content disagree about the container.
    Mismatch,
}
