//! What a compiler or bundler takes away from a script: types, imports, exports. Each function gets the
//! text after a word and says how many bytes of it go; `None` if it looked far for nothing, which the
//! caller allows only so often. Rough on purpose: what is not clearly a type stays.

/// Types longer than this are left alone.
const LONGEST: usize = 2_000;
/// Aliases of more lines are left alone.
const MOST_LINES: usize = 200;
/// Lists and bodies longer than this are left alone.
pub(super) const FARTHEST: usize = 20_000;

/// `import ... from "x"`, `export { a, b } from "x"`, `export * from "x"`; only the word itself for
/// everything else.
pub(super) fn module_statement(word: &[u8], rest: &[u8]) -> Option<usize> {
    let start = spaces(rest);
    let text = rest.get(start..).unwrap_or_default();
    let is_list = text.starts_with(b"{") || text.starts_with(b"*");
    if word == b"export" {
        if !is_list {
            return Some(0);
        }
        let near = text.get(..FARTHEST.min(text.len())).unwrap_or_default();
        let list = if text.starts_with(b"{") { memchr::memchr(b'}', near)? + 1 } else { 1 };
        let after = text.get(list..).unwrap_or_default();
        let gap = spaces(after);
        let tail = after.get(gap..).unwrap_or_default();
        return match tail.starts_with(b"from") || tail.starts_with(b"as ") {
            true => Some(start + list + gap + to_string_end(tail)?),
            false => Some(start + list),
        };
    }
    if text.starts_with(b"(") || text.starts_with(b".") {
        return Some(0);
    }
    Some(start + to_string_end(text)?)
}

/// The end of the first string, if nothing is before it but names and lists of names.
fn to_string_end(text: &[u8]) -> Option<usize> {
    let quote = text.iter().take(FARTHEST).position(|byte| !is_import(*byte))?;
    let mark = *text.get(quote).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let end = memchr::memchr(mark, text.get(quote + 1..)?.get(..LONGEST.min(text.len() - quote - 1))?)?;
    Some(quote + end + 2)
}

fn is_import(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte.is_ascii_whitespace()
        || matches!(byte, b'_' | b'$' | b'{' | b'}' | b',' | b'*' | b'/' | b'.' | b'-' | b':')
}

/// `interface A {...}`, `type A = ...`, `implements A, B`.
pub(super) fn type_statement(word: &[u8], rest: &[u8]) -> Option<usize> {
    let start = spaces(rest);
    let text = rest.get(start..).unwrap_or_default();
    let name = text.iter().take_while(|byte| is_name(**byte)).count();
    if start == 0 || name == 0 {
        return Some(0);
    }
    let after = text.get(name..).unwrap_or_default();
    let end = match word {
        b"interface" => {
            let open = skip_type(after, b"{")?;
            open + closing(after.get(open..)?)?
        }
        b"implements" => skip_type(after, b"{")?,
        _ => {
            let generics = skip_type(after, b"=;\n")?;
            let is_alias = after.get(generics) == Some(&b'=') && after.get(generics + 1) != Some(&b'=');
            if !is_alias {
                return Some(0);
            }
            generics + 1 + alias_length(after.get(generics + 1..).unwrap_or_default())?
        }
    };
    Some(start + name + end)
}

/// The type of an alias ends with its semicolon, or with a line after which it doesn't go on.
fn alias_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for _ in 0..MOST_LINES {
        at += skip_type(text.get(at..)?, b";\n")?;
        let before = text.get(..at)?.trim_ascii_end();
        let after = text.get(at..(at + LONGEST).min(text.len()))?.trim_ascii_start();
        let goes_on = before.is_empty()
            || before.ends_with(b"=")
            || before.ends_with(b"|")
            || before.ends_with(b"&")
            || matches!(after.first(), Some(b'|' | b'&' | b'?' | b':'))
            || after.starts_with(b"extends ");
        if text.get(at) == Some(&b';') || !goes_on {
            return Some(at);
        }
        at += spaces(text.get(at..)?).max(1);
    }
    None
}

/// `: Type` or `?: Type` after a name, up to what follows a declaration.
pub(super) fn annotation(rest: &[u8]) -> Option<usize> {
    let mut at = spaces(rest);
    if matches!(rest.get(at), Some(b'?' | b'!')) {
        at += 1;
    }
    if rest.get(at) != Some(&b':') || rest.get(at + 1) == Some(&b':') {
        return Some(0);
    }
    at += 1;
    Some(at + skip_type(rest.get(at..)?, b"=,;)\n")?)
}

/// `: Type` after the bracket that closes a list of parameters, if a body follows.
pub(super) fn return_type(rest: &[u8]) -> usize {
    let start = spaces(rest);
    if rest.get(start) != Some(&b':') {
        return 0;
    }
    let text = rest.get(start + 1..).unwrap_or_default();
    let is_type = |byte: u8| {
        is_name(byte) || matches!(byte, b'.' | b'<' | b'>' | b'[' | b']' | b'|' | b'&' | b',' | b' ')
    };
    let length = text.iter().take(300).take_while(|byte| is_type(**byte)).count();
    let kind = text.get(..length).unwrap_or_default();
    let has_body = match text.get(length) {
        Some(b'{') => true,
        Some(b'=') => text.get(length + 1) == Some(&b'>'),
        _ => false,
    };
    if has_body && !kind.trim_ascii().is_empty() { start + 1 + length } else { 0 }
}

/// `<A, B>` after a name, if a bracket follows.
pub(super) fn type_arguments(rest: &[u8]) -> usize {
    if rest.first() != Some(&b'<') {
        return 0;
    }
    let mut depth = 0usize;
    for (at, byte) in rest.iter().enumerate().take(120) {
        match byte {
            b'<' => depth += 1,
            b'>' if rest.get(at.wrapping_sub(1)) == Some(&b'=') => {}
            b'>' => {
                depth -= 1;
                if depth == 0 {
                    return if rest.get(at + 1) == Some(&b'(') { at + 1 } else { 0 };
                }
            }
            b';' | b'(' | b')' | b'+' => return 0,
            _ => {}
        }
    }
    0
}

/// The type behind `as` or `satisfies`.
pub(super) fn assertion(rest: &[u8]) -> Option<usize> {
    let start = spaces(rest);
    let mut at = start;
    loop {
        let text = rest.get(at..).unwrap_or_default();
        let name = text.iter().take_while(|byte| is_name(**byte) || **byte == b'.').count();
        at += name;
        match rest.get(at) {
            Some(b'<') => at += skip_type(rest.get(at + 1..)?, b">")? + 2,
            Some(b'[') if rest.get(at + 1) == Some(&b']') => at += 2,
            _ if name == 0 => return Some(at),
            _ => {}
        }
        if at - start > LONGEST {
            return Some(at);
        }
    }
}

/// The length of a type up to one of `stops` outside its brackets.
fn skip_type(text: &[u8], stops: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate().take(LONGEST) {
        let is_arrow = *byte == b'>' && at > 0 && text.get(at - 1) == Some(&b'=');
        let opens_arrow = *byte == b'=' && text.get(at + 1) == Some(&b'>');
        if depth == 0 && stops.contains(byte) && !is_arrow && !opens_arrow {
            return Some(at);
        }
        match byte {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' if is_arrow => {}
            b'>' | b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// The length of a text in braces.
fn closing(text: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate().take(FARTHEST) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn spaces(text: &[u8]) -> usize {
    text.iter().take(LONGEST).take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}
