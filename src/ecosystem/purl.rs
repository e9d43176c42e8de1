//! Package URLs: names of packages that everybody understands.

use std::fmt::Write as _;

/// A package URL of <https://github.com/package-url/purl-spec>, part by part.
#[derive(Debug, Default)]
pub(crate) struct Purl<'a> {
    /// `npm`, `cargo`, ...
    pub kind: &'static str,
    /// What stands before the name: scope, publisher, group.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: String,
    /// The platform, under the key that this ecosystem has for it.
    pub platform: Option<String>,
}

impl Purl<'_> {
    /// The whole, of this version.
    pub(super) fn text(&self, version: &str) -> String {
        let mut text = format!("pkg:{}/", self.kind);
        for segment in self.namespace.iter().flat_map(|namespace| namespace.split('/')) {
            push(&mut text, segment);
            text.push('/');
        }
        push(&mut text, &self.name);
        if !version.is_empty() {
            text.push('@');
            push(&mut text, version);
        }
        if let Some(platform) = self.platform.as_ref().filter(|platform| !platform.is_empty()) {
            text.push_str("?platform=");
            push(&mut text, platform);
        }
        text
    }
}

/// Percent-encodes what isn't plain.
fn push(text: &mut String, part: &str) {
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                text.push(char::from(byte));
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
}
