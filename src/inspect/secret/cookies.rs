//! Cookies of somebody who is signed in: the jars of curl, wget and browsers' extensions, what Playwright and Puppeteer
//! keep of a session, and recorded requests (HAR).

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::{Map, Value};

use super::Found;
use super::plausible::is_opaque;
use super::{Sample, table};

/// What the name of a cookie has that stands for a login.
const LOGINS: &[&str] = &[
    "sess", "sid", "auth", "token", "jwt", "login", "logged", "remember", "identity", "li_at", "sapisid",
    "bearer",
];
/// What it has that only counts visitors, or is there for everybody.
const HARMLESS: &[&str] = &[
    "csrf",
    "xsrf",
    "consent",
    "visitor",
    "analytics",
    "_ga",
    "_gid",
    "_fbp",
    "ajs_",
    "amp_",
    "optimizely",
    "mp_",
];

/// The session cookies that a text holds because it is a collection of cookies.
pub(super) fn find(sample: &Sample<'_>) -> Vec<Found> {
    let text = sample.bytes.trim_ascii_start();
    let values = match text.first() {
        Some(b'#') => in_jar(text),
        Some(b'{' | b'[') if may_hold(sample.path, text) => in_json(text),
        _ => return Vec::new(),
    };
    let Some(rule) = table::rule("secret-session-cookie").filter(|_| !values.is_empty()) else {
        return Vec::new();
    };
    let mut from = 0;
    let places = values.into_iter().filter_map(|value| {
        // each is behind the one before it, or stands there in another form as well
        let find = |from: usize| {
            let rest = sample.bytes.get(from..)?;
            memchr::memmem::find(rest, value.as_bytes()).map(|at| from + at)
        };
        from = find(from).or_else(|| find(0))?;
        Some(from..from + value.len())
    });
    places.map(|token| Found { rule, span: token.clone(), token, prefix: 0 }).collect()
}

/// Whether JSON may have cookies: its name says so, or it tells which of them scripts must not see.
fn may_hold(path: &str, text: &[u8]) -> bool {
    static HIDDEN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"httpOnly\""));
    let name = path.rsplit('/').next().unwrap_or(path);
    ["cookie", "state", "auth", "session", "storage", ".har"].iter().any(|word| name.contains(word))
        || HIDDEN.find(text).is_some()
}

/// A jar in Netscape's form, which curl, wget and Python write: seven fields a line.
fn in_jar(text: &[u8]) -> Vec<String> {
    const HEAD: usize = 200;
    let head = text.get(..HEAD).unwrap_or(text);
    if memchr::memmem::find(head, b"HTTP Cookie File").is_none() {
        return Vec::new();
    }
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let cookies = lines.filter_map(|line| {
        let fields: Vec<&str> = line.trim_end().split('\t').collect();
        let [domain, _, _, _, expires, name, value] = fields.as_slice() else { return None };
        let hidden = domain.starts_with("#HttpOnly_");
        let is_line = hidden || !domain.starts_with('#');
        let expires = expires.parse().unwrap_or(0.0);
        (is_line && is_login(name, value, hidden) && !is_over(expires)).then(|| (*value).to_owned())
    });
    cookies.collect()
}

/// The cookies in JSON, wherever they are in it. Not recursive: the depth is the file's.
fn in_json(text: &[u8]) -> Vec<String> {
    /// A larger file is no session that somebody kept; what it holds in memory is many times its size.
    const LARGEST: usize = 8 << 20;
    const MOST: usize = 200;
    if text.len() > LARGEST {
        return Vec::new();
    }
    let Ok(json) = serde_json::from_slice::<Value>(text) else { return Vec::new() };
    let is_state = json.get("origins").is_some();
    // with what each is in
    let (mut found, mut open) = (Vec::new(), vec![("", &json)]);
    while let Some((name, value)) = open.pop().filter(|_| found.len() < MOST) {
        match value {
            Value::Array(list) => open.extend(list.iter().rev().map(|item| (name, item))),
            Value::Object(fields) => {
                // requests that were recorded have no more of a cookie than its name and its value
                let own = cookie(fields, name == "cookies");
                found.extend(stored(fields).filter(|_| is_state && own.is_empty()));
                found.extend(own);
                open.extend(fields.iter().rev().map(|(name, value)| (name.as_str(), value)));
            }
            _ => {}
        }
    }
    found
}

/// The value of an object that is a cookie, or a request's header with cookies.
fn cookie(fields: &Map<String, Value>, is_listed: bool) -> Vec<String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let (Some(name), Some(value)) = (text("name"), text("value")) else { return Vec::new() };
    if name.eq_ignore_ascii_case("cookie") {
        let pairs = value.split(';').filter_map(|pair| pair.trim().split_once('='));
        return pairs
            .filter(|(name, value)| is_login(name, value, false))
            .map(|(_, value)| value.to_owned())
            .collect();
    }
    let is_cookie = is_listed || fields.contains_key("httpOnly") || fields.contains_key("domain");
    let hidden = fields.get("httpOnly") == Some(&Value::Bool(true));
    let expires = ["expires", "expirationDate", "expiry"].iter().find_map(|name| fields.get(*name)?.as_f64());
    let is_login = is_cookie && is_login(name, value, hidden) && !is_over(expires.unwrap_or(0.0));
    is_login.then(|| value.to_owned()).into_iter().collect()
}

/// What a page keeps in a browser beside cookies, where its name stands for a login.
fn stored(fields: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let (name, value) = (text("name")?, text("value")?);
    (fields.len() == 2 && is_login(name, value, false)).then(|| value.to_owned())
}

/// Whether a cookie opens somebody's account: its value is random, and its name says so, or scripts must not see it.
fn is_login(name: &str, value: &str, hidden: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let random = value.strip_prefix("s%3A").unwrap_or(value);
    (hidden || has(LOGINS)) && !has(HARMLESS) && is_opaque(random.as_bytes())
}

/// Whether a day, in seconds since 1970, has passed. Zero and less stand for the end of the browser's session.
fn is_over(expires: f64) -> bool {
    expires > 0.0 && expires < super::decode::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;
    use crate::inventory::Media;

    fn count(text: &str) -> usize {
        find(&Sample::new("state.json", text.as_bytes(), Media::Text)).len()
    }

    const LATER: &str = "9999999999";

    #[test]
    fn sessions_are_told_from_what_counts_visitors() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let value = instance(&mut dice, "{base62:40}");
            let jar = |line: &str| count(&format!("# Netscape HTTP Cookie File\n\n{line}\n"));
            assert_eq!(jar(&format!("#HttpOnly_a.net\tFALSE\t/\tTRUE\t{LATER}\tx\t{value}")), 1);
            assert_eq!(jar(&format!(".a.net\tTRUE\t/\tTRUE\t0\tsessionid\t{value}\r")), 1);
            assert_eq!(jar(&format!(".a.net\tTRUE\t/\tTRUE\t99\tsessionid\t{value}")), 0);
            assert_eq!(jar(&format!(".a.net\tTRUE\t/\tTRUE\t0\t_gid\t{value}")), 0);
            assert_eq!(jar(".a.net\tTRUE\t/\tTRUE\t0\tsessionid\tnone"), 0);
            let stored = format!("[{{\"name\":\"access_token\",\"value\":\"{value}\"}}]");
            assert_eq!(count(&format!("{{\"cookies\":[],\"origins\":[{{\"localStorage\":{stored}}}]}}")), 1);
            assert_eq!(count(&format!("{{\"cookies\":[],\"other\":{stored}}}")), 0);
            let state = |cookie: &str| count(&format!("{{\"cookies\": [{cookie}], \"origins\": []}}"));
            for (cookie, expected) in [
                (format!("{{\"name\":\"x\",\"value\":\"{value}\",\"domain\":\"a\",\"httpOnly\":true}}"), 1),
                (format!("{{\"name\":\"x\",\"value\":\"{value}\",\"domain\":\"a\",\"httpOnly\":false}}"), 0),
                (
                    format!(
                        "{{\"name\":\"authToken\",\"value\":\"{value}\",\"domain\":\"a\",\"expires\":-1}}"
                    ),
                    1,
                ),
                (format!("{{\"name\":\"auth\",\"value\":\"{value}\",\"domain\":\"a\",\"expires\":9.5}}"), 0),
                (format!("{{\"name\":\"sid\",\"value\":\"{value}\"}}"), 1),
                (format!("{{\"name\":\"theme\",\"value\":\"{value}\"}}"), 0),
                (format!("{{\"name\":\"Cookie\",\"value\":\"a=b; connect.sid=s%3A{value}; c=d\"}}"), 1),
            ] {
                assert_eq!(state(&cookie), expected, "{cookie}");
            }
        }
    }
}
