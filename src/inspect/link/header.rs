//! Links in the settings of a web server: the header `SourceMap` that is sent with a script is as good as a comment
//! in it.

use std::ops::Range;

use crate::inspect::Sample;
use crate::inventory::{Link, LinkTarget};

use super::{is_data, target};

/// Files in which headers are set.
const FILES: [&str; 13] = [
    "_headers",
    ".htaccess",
    "netlify.toml",
    "vercel.json",
    "now.json",
    "serve.json",
    "firebase.json",
    "staticwebapp.config.json",
    "web.config",
    "nginx.conf",
    "httpd.conf",
    "caddyfile",
    "customhttp.yml",
];

/// The links that a file of settings makes.
pub(super) fn links(sample: &Sample<'_>) -> Vec<Link> {
    let name = sample.path.rsplit('/').next().unwrap_or_default();
    let is_settings = sample.decoded.is_none()
        && sample.media.is_text()
        && FILES.iter().any(|known| name.eq_ignore_ascii_case(known));
    if !is_settings {
        return Vec::new();
    }
    let link = |(at, url): (usize, Range<usize>)| {
        let url = sample.bytes.get(url).unwrap_or_default();
        // A path from the root of the site, where these settings are.
        let url = if url.starts_with(b"//") { url } else { url.strip_prefix(b"/").unwrap_or(url) };
        Link { at: sample.at(at), target: target(url, url.len()), in_force: true }
    };
    let links = headers(sample.bytes).into_iter().map(link);
    links.filter(|link| !matches!(link.target, LinkTarget::Inline { .. })).collect()
}

/// The places where the header is named, and its values.
fn headers(text: &[u8]) -> Vec<(usize, Range<usize>)> {
    const NAME: &[u8] = b"sourcemap";
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(&lower, NAME) {
        let before = lower.get(..at).unwrap_or_default();
        let before = before.strip_suffix(b"x-").unwrap_or(before);
        let begins =
            before.last().is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\''));
        let behind = at + NAME.len();
        if let Some(value) = begins.then(|| value(&lower, behind)).flatten() {
            found.push((before.len(), value));
        }
    }
    found
}

/// The value after a header's name, however the file writes it: `: URL`, `= "URL"`, `", "value": "URL"`.
fn value(lower: &[u8], from: usize) -> Option<Range<usize>> {
    let between =
        |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b':' | b'=' | b',');
    let skip = |at: usize| {
        let rest = lower.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| between(byte)).count()
    };
    let mut start = skip(from);
    if start == from {
        return None;
    }
    if lower.get(start..).is_some_and(|rest| rest.starts_with(b"value") && rest.get(5).is_some_and(between)) {
        start = skip(start + 5);
    }
    let rest = lower.get(start..)?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b';' | b'<' | b'>');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let url = rest.get(..length)?;
    let is_url = is_data(url) || url.contains(&b'/') || url.ends_with(b".map");
    is_url.then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<&str> {
        headers(text.as_bytes()).into_iter().map(|(_, value)| &text[value]).collect()
    }

    #[test]
    fn reads_the_header_as_servers_write_it() {
        for text in [
            "/a.js\n  SourceMap: /maps/A.js.map\n",
            "/a.js\r\n\tX-SourceMap:/maps/A.js.map\r\n",
            "Header set SourceMap \"/maps/A.js.map\"\n",
            "add_header X-SourceMap /maps/A.js.map;",
            "[headers.values]\nSourceMap = \"/maps/A.js.map\"\n",
            r#"{"key":"sourcemap", "value": "/maps/A.js.map"}"#,
            "<add name=\"SourceMap\" value=\"/maps/A.js.map\" />",
        ] {
            assert_eq!(values(text), ["/maps/A.js.map"], "{text}");
        }
    }

    #[test]
    fn other_words_set_no_header() {
        for text in [
            "# no source maps: they stay at home\n",
            "/a.js\n  Access-Control-Expose-Headers: SourceMap\n",
            "build.sourcemap = true",
            "GENERATE_SOURCEMAP=false",
            "[build.environment]\nsourcemap = \"hidden\"\n",
            "/sourcemap/x.js\n  Cache-Control: no-store\n",
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }
}
