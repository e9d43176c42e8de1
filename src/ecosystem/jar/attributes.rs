//! The format of manifests and signature files: sections of `Key: value`, separated by empty lines.

/// A section with its bytes, the empty line after it included.
#[derive(Debug, Default)]
pub(super) struct Section<'a> {
    attributes: Vec<(String, String)>,
    pub(super) bytes: &'a [u8],
}

impl Section<'_> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// Algorithm and value of each `<algorithm>-<end>`, decoded.
    pub(super) fn digests(&self, end: &str) -> impl Iterator<Item = (&str, Option<Vec<u8>>)> {
        use base64::Engine as _;
        self.attributes.iter().filter_map(move |(key, value)| {
            let at = key.len().checked_sub(end.len() + 1)?;
            let (algorithm, rest) = key.split_at_checked(at)?;
            let is_it = rest.strip_prefix('-')?.eq_ignore_ascii_case(end);
            let decoded = base64::engine::general_purpose::STANDARD.decode(value.trim()).ok();
            is_it.then_some((algorithm, decoded))
        })
    }
}

/// The sections of a file, the main one first. Long lines are continued by a leading space.
pub(super) fn sections(bytes: &[u8]) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut begin = 0;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            if !section.attributes.is_empty() {
                section.bytes = bytes.get(begin..at).unwrap_or_default();
                sections.push(std::mem::take(&mut section));
            }
            begin = at;
        } else if let Some(rest) = text.strip_prefix(' ') {
            if let Some((_, value)) = section.attributes.last_mut() {
                value.push_str(rest);
            }
        } else if let Some((key, value)) = text.split_once(':') {
            section.attributes.push((key.trim().to_owned(), value.trim_start().to_owned()));
        }
    }
    if !section.attributes.is_empty() {
        section.bytes = bytes.get(begin..).unwrap_or_default();
        sections.push(section);
    }
    sections
}
