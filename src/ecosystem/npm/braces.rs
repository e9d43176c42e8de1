//! Brace expansion, with the habits of the library that npm uses: `{a,b}`, `{1..9..2}`, `{a..e}`, nesting,
//! what isn't expanded (`${a,b}`, `{a}`), and what becomes of escapes.

/// Most strings that a pattern may stand for, and most characters in all of them. npm's own bounds are wider;
/// no real manifest comes near either.
const MOST_RESULTS: usize = 5_000;
const MOST_CHARACTERS: usize = 1_000_000;

/// Escaped characters while the braces are worked on, from a range that no path uses.
const ESCAPES: [(&str, char, char); 5] = [
    (r"\\", '\u{10fff0}', '\\'),
    (r"\{", '\u{10fff1}', '{'),
    (r"\}", '\u{10fff2}', '}'),
    (r"\,", '\u{10fff3}', ','),
    (r"\.", '\u{10fff4}', '.'),
];
const CLOSE: char = '\u{10fff2}';

/// What a pattern expands to; itself if there is nothing to expand. `None` if that would be too much.
pub(super) fn expand(pattern: &str) -> Option<Vec<String>> {
    if !has_braces(pattern) {
        return Some(vec![pattern.to_owned()]);
    }
    let mut text = match pattern.strip_prefix("{}") {
        Some(rest) => format!(r"\{{\}}{rest}"),
        None => pattern.to_owned(),
    };
    for (written, stand_in, _) in ESCAPES {
        text = text.replace(written, &stand_in.to_string());
    }
    let mut expanded = expand_groups(&text, true, 0)?;
    for item in &mut expanded {
        for (_, stand_in, meant) in ESCAPES {
            if item.contains(stand_in) {
                *item = item.replace(stand_in, &meant.to_string());
            }
        }
    }
    Some(expanded)
}

/// Whether there is a `{`, then no other `{`, then a `}`, on one line.
fn has_braces(pattern: &str) -> bool {
    let mut open = false;
    for c in pattern.chars() {
        match c {
            '{' => open = true,
            '}' if open => return true,
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => open = false,
            _ => {}
        }
    }
    false
}

/// The first pair of braces that belong together: what is before, between and after.
fn pair(text: &str) -> Option<(&str, &str, &str)> {
    let mut open: Vec<usize> = Vec::new();
    let mut inner: Option<(usize, usize)> = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => match (open.pop(), open.is_empty()) {
                (Some(begin), true) => return split_at_pair(text, begin, at),
                (Some(begin), false) if inner.is_none_or(|(left, _)| begin < left) => {
                    inner = Some((begin, at))
                }
                _ => {}
            },
            _ => {}
        }
    }
    inner.filter(|_| !open.is_empty()).and_then(|(begin, end)| split_at_pair(text, begin, end))
}

fn split_at_pair(text: &str, begin: usize, end: usize) -> Option<(&str, &str, &str)> {
    Some((text.get(..begin)?, text.get(begin + 1..end)?, text.get(end + 1..)?))
}

fn expand_groups(text: &str, mut is_top: bool, depth: usize) -> Option<Vec<String>> {
    if depth > 20 {
        return None;
    }
    let mut text = text.to_owned();
    let mut done = vec![String::new()];
    let mut drops_empty = false;
    let mut is_first = true;
    loop {
        let Some((before, body, after)) = pair(&text) else {
            return combine(&done, &text, &[String::new()], drops_empty);
        };
        let last = after.is_empty();
        if before.ends_with('$') {
            done = combine(&done, &format!("{before}{{{body}}}"), &[String::new()], drops_empty && last)?;
            is_first = false;
        } else {
            let sequence = sequence(body);
            if sequence.is_none() && !body.contains(',') {
                if closes_later(after) {
                    text = format!("{before}{{{body}{CLOSE}{after}");
                    is_top = true;
                    continue;
                }
                return combine(&done, &text, &[String::new()], drops_empty);
            }
            if is_first {
                drops_empty = is_top && sequence.is_none();
                is_first = false;
            }
            let values = match sequence {
                Some(values) => values?,
                None => options(body, depth)?,
            };
            done = combine(&done, before, &values, drops_empty && last)?;
        }
        if last {
            return Some(done);
        }
        text = after.to_owned();
    }
}

/// Whether a comma that isn't followed by another and, later on its line, a `}` come after.
fn closes_later(after: &str) -> bool {
    let mut commas = after.char_indices().filter(|(_, c)| *c == ',');
    commas.any(|(at, _)| {
        let rest = after.get(at + 1..).unwrap_or_default();
        let line = rest.split(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
        !rest.starts_with(',') && line.contains('}')
    })
}

/// The values of `{a,b}`.
fn options(body: &str, depth: usize) -> Option<Vec<String>> {
    let parts = split_at_commas(body);
    if let [only] = parts.as_slice() {
        // x{{a,b}}y is x{a}y and x{b}y.
        return Some(
            expand_groups(only, false, depth + 1)?.into_iter().map(|item| format!("{{{item}}}")).collect(),
        );
    }
    let mut values = Vec::new();
    for part in parts {
        values.extend(expand_groups(&part, false, depth + 1)?);
        if values.len() > MOST_RESULTS {
            return None;
        }
    }
    Some(values)
}

/// Splits at commas outside inner braces.
fn split_at_commas(text: &str) -> Vec<String> {
    let Some((before, body, after)) = pair(text) else {
        return text.split(',').map(str::to_owned).collect();
    };
    let mut parts: Vec<String> = before.split(',').map(str::to_owned).collect();
    if let Some(last) = parts.last_mut() {
        last.push_str(&format!("{{{body}}}"));
    }
    if !after.is_empty() {
        let mut rest = split_at_commas(after).into_iter();
        if let (Some(last), Some(first)) = (parts.last_mut(), rest.next()) {
            last.push_str(&first);
        }
        parts.extend(rest);
    }
    parts
}

/// The values of `{1..9}` and `{a..e..2}`; the inner `None` if there are too many.
fn sequence(body: &str) -> Option<Option<Vec<String>>> {
    let parts: Vec<&str> = body.split("..").collect();
    let (from, to, step) = match parts.as_slice() {
        [from, to] => (*from, *to, None),
        [from, to, step] => (*from, *to, Some(*step)),
        _ => return None,
    };
    let is_number = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_letter = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if step.is_some_and(|step| !is_number(step)) {
        return None;
    }
    let letters = is_letter(from) && is_letter(to);
    if !(letters || is_number(from) && is_number(to)) {
        return None;
    }
    Some(values_between(from, to, step, letters))
}

fn values_between(from: &str, to: &str, step: Option<&str>, letters: bool) -> Option<Vec<String>> {
    let value = |text: &str| match letters {
        true => text.bytes().next().map(i64::from),
        false => text.parse::<i64>().ok().filter(|number| number.abs() < 1 << 53),
    };
    let (x, y) = (value(from)?, value(to)?);
    let step = step.map_or(Some(1), |step| step.parse::<i64>().ok())?.checked_abs()?.max(1);
    if (x - y).abs() / step > MOST_RESULTS as i64 {
        return None;
    }
    let is_padded = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        digits.len() > 1 && digits.starts_with('0')
    };
    let padded = [Some(from), Some(to)].into_iter().flatten().any(is_padded);
    let width = from.len().max(to.len());
    let mut values = Vec::new();
    let mut at = x;
    while if y < x { at >= y } else { at <= y } {
        values.push(match (letters, padded) {
            (true, _) => char::from(u8::try_from(at).ok()?).to_string().replace('\\', ""),
            (false, false) => at.to_string(),
            (false, true) => format!("{at:0width$}"),
        });
        at += if y < x { -step } else { step };
    }
    Some(values)
}

fn combine(done: &[String], before: &str, values: &[String], drops_empty: bool) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut characters = 0;
    for head in done {
        for value in values {
            let item = format!("{head}{before}{value}");
            if drops_empty && item.is_empty() {
                continue;
            }
            characters += item.len();
            if out.len() >= MOST_RESULTS || characters > MOST_CHARACTERS {
                return None;
            }
            out.push(item);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces() {
        for (pattern, expected) in [
            ("a", "a"),
            ("{a,b}", "a b"),
            ("x{a,b{c,d}}y", "xay xbcy xbdy"),
            ("{1..3}", "1 2 3"),
            ("{03..1}", "03 02 01"),
            ("{a..e..2}", "a c e"),
            ("{a}", "{a}"),
            ("{a", "{a"),
            ("a}b", "a}b"),
            ("${a,b}", "${a,b}"),
            (r"\{a,b}", "{a,b}"),
            ("{a,b}{c,d}", "ac ad bc bd"),
            ("{{a,b}}", "{a} {b}"),
            ("{,a}b", "b ab"),
            ("{a},b}", "a} b"),
            ("{},a}b", "{},a}b"),
        ] {
            assert_eq!(expand(pattern).unwrap().join(" "), expected, "{pattern}");
        }
    }

    #[test]
    fn no_explosion() {
        assert_eq!(expand(&"{a,b}".repeat(40)), None);
        assert_eq!(expand("{1..100000000}"), None);
        assert_eq!(expand("{1..9223372036854775807}"), None);
        let _ = expand(&"{".repeat(5_000));
        let _ = expand(&"{a,".repeat(200));
        let _ = expand(&format!("{}{}", "{a,".repeat(200), "}".repeat(200)));
    }
}
