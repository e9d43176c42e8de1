use std::borrow::Cow;

/// A text that stays in memory until it is known whether it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeptText {
    /// As it is.
    Plain(Box<[u8]>),
    /// In a block of LZ4, behind its size: of scripts some third of their bytes.
    Packed(Box<[u8]>),
}

impl KeptText {
    pub(crate) fn packed(text: &[u8]) -> Self {
        Self::Packed(lz4_flex::block::compress_prepend_size(text).into())
    }

    /// Bytes that it takes.
    pub(crate) fn size(&self) -> u64 {
        let (Self::Plain(bytes) | Self::Packed(bytes)) = self;
        bytes.len() as u64
    }

    /// The text.
    pub(crate) fn text(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            // packed here, so it can be unpacked
            Self::Packed(block) => {
                Cow::Owned(lz4_flex::block::decompress_size_prepended(block).unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_packed_is_the_same_again(text in "(require\\('[ab]'\\);\n?|\\PC){0,500}") {
            let kept = KeptText::packed(text.as_bytes());
            proptest::prop_assert_eq!(kept.text(), text.as_bytes());
        }
    }

    #[test]
    fn scripts_get_smaller() {
        let script = "exports.a = require('./a.js');\n".repeat(100);
        assert!(KeptText::packed(script.as_bytes()).size() < script.len() as u64 / 10);
    }
}
