/// How a repository names its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ObjectFormat {
    /// By SHA-1.
    #[default]
    Sha1,
    /// By SHA-256.
    Sha256,
}

/// The ids that git would give to a file's bytes, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlobIds {
    /// Of the bytes as they are.
    pub exact: Box<str>,
    /// Of a text with `\n` for every `\r\n`, if it has any.
    pub unix: Option<Box<str>>,
}
