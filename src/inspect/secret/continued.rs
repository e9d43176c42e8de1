//! Tokens of which only the beginning stands where their keyword is: code puts the rest behind it, from the literals and
//! variables that follow, or a tag stands in between. No language is parsed. What follows is tried part by part until
//! the whole has the form of the token, which by chance it never has.

use super::assigned::Assigned;
use super::spelling::is_jumbled;
use super::table::Search;
use super::{Found, is_in_list, is_no_word, match_in};

/// Bytes of a beginning from its keyword on.
const LONGEST_BEGINNING: usize = 160;
/// Bytes behind the beginning in which the rest may stand.
const REACH: usize = 2 << 10;
/// Parts of one token.
const MOST_PARTS: usize = 24;
/// Bytes between two parts, and names between them that stand for no text: `").append("`, `, `.
const LONGEST_GAP: usize = 48;
const MOST_OTHERS: usize = 8;

/// What was looked up in one text, which has an end where many tokens only begin.
#[derive(Debug)]
pub(super) struct Continued<'a> {
    text: &'a [u8],
    assigned: Assigned<'a>,
    walks_left: usize,
}

impl<'a> Continued<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        const MOST_WALKS: usize = 2000;
        Self { text, assigned: Assigned::new(text), walks_left: MOST_WALKS }
    }

    /// The token whose keyword is at `at`, if it goes on elsewhere.
    pub(super) fn find(&mut self, at: usize, keyword: &str, search: &Search) -> Option<Found> {
        let pattern = search.pattern;
        if !is_distinct(keyword) || pattern.context || pattern.names_value {
            return None;
        }
        let (before, behind) = self.text.split_at_checked(at)?;
        let is_own = |byte: &&u8| is_of_token(**byte);
        let start = at - before.iter().rev().take(pattern.before).take_while(is_own).count();
        let end = at + behind.iter().take(LONGEST_BEGINNING).take_while(is_own).count();
        let rest = self.text.get(end..)?;
        let slots = [&b"%s"[..], b"%v", b"{}", b"{0}"].into_iter().filter(|slot| rest.starts_with(slot));
        let slot = slots.map(<[u8]>::len).max().unwrap_or(0);
        let rest = rest.get(slot..)?;
        // without quotes, as a shell has it
        let is_bare =
            || self.text.get(start.saturating_sub(1)..at).is_some_and(|before| before.contains(&b'='));
        match rest {
            [b'"' | b'\'' | b'`' | b'<' | b'{', ..] | [b'$' | b'#', b'{', ..] | [b']', b']', b'>', ..] => {}
            [b'\n' | b'\r', ..] if is_bare() => {}
            _ => return None,
        }
        self.walks_left = self.walks_left.checked_sub(1)?;
        let mut token = Token { text: self.text.get(start..end)?.to_vec(), at: at - start, keyword, search };
        let next = end + slot;
        let whole = match rest.first()? {
            b'<' | b']' => token.behind_tags(rest)?,
            b'\n' | b'\r' => token.in_lines(rest)?,
            b'$' | b'#' | b'{' => self.walk(&mut token, next)?,
            _ => self.walk(&mut token, next + 1).or_else(|| self.where_used(&mut token, start))?,
        };
        let start = start + whole.token.start;
        pattern.guard.begins(self.text, start).then(|| {
            let token = start..end;
            Found { rule: search.rule, span: token.clone(), prefix: whole.prefix.min(token.len()), token }
        })
    }

    /// Adds what follows from `from` on, until it is a token.
    fn walk(&mut self, token: &mut Token<'_>, from: usize) -> Option<Found> {
        let own = token.text.len();
        let (mut at, mut parts, mut others) = (from, Vec::new(), 0);
        while parts.len() < MOST_PARTS && others < MOST_OTHERS && at < from + REACH {
            let near = self.text.get(at..)?;
            let near = near.get(..LONGEST_GAP).unwrap_or(near);
            let Some(gap) = near.iter().position(|byte| is_quote(*byte) || is_of_name(*byte)) else { break };
            at += gap;
            let part = match self.text.get(at)? {
                quote if is_quote(*quote) => {
                    let Some(inside) = literal(self.text, at) else { break };
                    at += inside.len() + 2;
                    if inside.iter().any(u8::is_ascii_whitespace) {
                        break;
                    }
                    // the name of what follows is no part
                    let behind = self.text.get(at..).unwrap_or_default();
                    Some(inside).filter(|_| !behind.trim_ascii_start().starts_with(b":"))
                }
                _ => {
                    let name = self.text.get(at..)?;
                    let name = name.get(..name.iter().take_while(|byte| is_of_name(**byte)).count())?;
                    // what stands in a text behind the name of a variable: `"{$a}bc"`
                    let is_text = at == from + 1 && self.text.get(from) == Some(&b'}');
                    at += name.len();
                    self.assigned.to(name, at).or(Some(name).filter(|_| is_text))
                }
            };
            let is_new = |part: &&[u8]| {
                !part.is_empty()
                    && part.iter().all(|byte| is_of_token(*byte))
                    && !parts.contains(part)
                    && !token.text.starts_with(part)
            };
            match part.filter(is_new) {
                Some(part) => {
                    parts.push(part);
                    token.text.extend_from_slice(part);
                    let is_token = || is_by_chance(token.text.get(own..)) || token.begins_by_chance(own);
                    if let Some(found) = token.found().filter(|_| is_token()) {
                        return Some(found);
                    }
                }
                None => others += 1,
            }
            if token.text.len() > token.search.pattern.longest {
                break;
            }
        }
        token.text.truncate(own);
        None
    }

    /// The same behind the places where the variable is used that the beginning at `at` is assigned to.
    fn where_used(&mut self, token: &mut Token<'_>, at: usize) -> Option<Found> {
        let name = self.assigned.name_of(at.checked_sub(1)?)?;
        let places = self.assigned.uses(name);
        places.into_iter().find_map(|place| self.walk(token, place))
    }
}

/// What is put together so far, with the place of its keyword.
struct Token<'a> {
    text: Vec<u8>,
    at: usize,
    keyword: &'a str,
    search: &'a Search,
}

impl Token<'_> {
    /// The token, if this is one.
    fn found(&self) -> Option<Found> {
        let text = &self.text;
        if !self.search.pattern.may_stand(text, self.at, self.keyword, None) {
            return None;
        }
        let found = match_in(text, 0..text.len(), self.at, self.keyword, self.search)?;
        (is_no_word(text, &found) && !is_in_list(text, &found, self.search)).then_some(found)
    }

    /// Whether what stands behind the keyword, up to `end`, tells enough: then any rest may follow.
    fn begins_by_chance(&self, end: usize) -> bool {
        const SHORTEST: usize = 8;
        let body = self.text.get(self.at + self.keyword.len()..end).unwrap_or_default();
        body.len() >= SHORTEST && is_by_chance(Some(body))
    }

    /// Adds what the next lines of a shell assign: `A=ab`, `B=cd`.
    fn in_lines(&mut self, rest: &[u8]) -> Option<Found> {
        let own = self.text.len();
        let rest = rest.get(..REACH).unwrap_or(rest).trim_ascii_start();
        let words = rest.split(|byte| *byte == b'\n').map_while(word).take(MOST_PARTS);
        words.into_iter().find_map(|word| {
            self.text.extend_from_slice(word);
            self.found().filter(|_| is_by_chance(self.text.get(own..)) || self.begins_by_chance(own))
        })
    }

    /// Adds what follows without its tags: `<b>ab</b><b>cd</b>`, `<![CDATA[ab]]><![CDATA[cd]]>`.
    fn behind_tags(&mut self, rest: &[u8]) -> Option<Found> {
        let mut rest = rest.get(..REACH).unwrap_or(rest);
        while self.text.len() <= self.search.pattern.longest {
            rest = match rest {
                [b']', b']', b'>', behind @ ..] => behind,
                [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', behind @ ..] => behind,
                [b'<', ..] => rest.get(memchr::memchr(b'>', rest)? + 1..)?,
                [byte, behind @ ..] if is_of_token(*byte) => {
                    self.text.push(*byte);
                    behind
                }
                _ => break,
            };
        }
        self.found()
    }
}

/// The word that a line of a shell assigns to a name: `B=cd`, `export B=cd`, `set B=cd`.
fn word(line: &[u8]) -> Option<&[u8]> {
    let (name, word) = line.trim_ascii().split_at_checked(memchr::memchr(b'=', line.trim_ascii())?)?;
    let name = [&b"export "[..], b"set "].iter().find_map(|sign| name.strip_prefix(*sign)).unwrap_or(name);
    let word = behind_variable(word.get(1..)?);
    let word = Some(word).filter(|word| !word.is_empty() && word.iter().all(|byte| is_of_token(*byte)))?;
    name.iter().all(|byte| is_of_name(*byte)).then_some(word)
}

/// The word without the variable that it begins with: `%A%bc`, `${A}bc`.
fn behind_variable(word: &[u8]) -> &[u8] {
    let (name, end) = match word {
        [b'%', name @ ..] => (name, b'%'),
        [b'$', b'{', name @ ..] => (name, b'}'),
        _ => return word,
    };
    let length = name.iter().take_while(|byte| is_of_name(**byte)).count();
    name.get(length..).and_then(|rest| rest.strip_prefix(&[end])).unwrap_or(word)
}

/// Whether what follows is no name in a program.
fn is_by_chance(rest: Option<&[u8]>) -> bool {
    rest.is_some_and(|rest| rest.iter().filter(|byte| byte.is_ascii_digit()).count() > 1 || is_jumbled(rest))
}

/// Whether a keyword is no part of a word.
fn is_distinct(keyword: &str) -> bool {
    keyword.len() >= 4
        && (keyword.contains(['_', '-']) || keyword.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// What is in the quotes that open at `at`, in one line.
fn literal(text: &[u8], at: usize) -> Option<&[u8]> {
    const LONGEST: usize = 512;
    let quote = *text.get(at)?;
    let inside = text.get(at + 1..)?;
    let inside = inside.get(..LONGEST).unwrap_or(inside);
    let end = memchr::memchr2(quote, b'\n', inside)?;
    inside.get(..end).filter(|_| inside.get(end) == Some(&quote))
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~')
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;
    use crate::inspect::{Scanner, inspect};
    use crate::inventory::{Entry, Media};

    fn is_found(text: &str) -> bool {
        let mut entry =
            Entry { path: "package/lib/a.txt".to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        !entry.secrets.is_empty()
    }

    /// Ways in which code puts a text together, with the parts in them as `A`, `B` and `C`.
    const WAYS: &[&str] = &[
        "var a = \"A\";\nvar b = \"BC\";\nvar token = a + b;\n",
        "const b = 'BC';\nconst x = 1;\nconst token = `A${b}`;\n",
        "a = \"A\"\nx = 'one two'\nb = 'BC'\ntoken = f\"{a}{b}\"\n",
        "s.append(\"A\").append(\"B\"); s.append(\"C\"); return s.toString();",
        "var t = strings.Join([]string{\"A\", \"B\", \"C\"}, \"\")",
        "var t = fmt.Sprintf(\"%s%s%s\", \"A\", \"B\", \"C\")",
        "t = 'A%s' % b\nb: str = 'BC'\n",
        "c = {'head': 'A', 'size': 3, 'tail': 'BC'}\nt = c.head + c.tail\n",
        "x=A\ny=BC\nsend $x$y\n",
        "set x=A\r\nset y=B\r\nset z=C\r\n",
        "set x=A\r\nset x=%x%BC\r\n",
        "$a = 'A';\nsend(\"{$a}BC\");\n",
        "<td>A</td><td>B</td><wbr/>C\n",
        "<a><![CDATA[A]]><![CDATA[BC]]></a>",
    ];

    #[test]
    fn tokens_are_put_together_as_code_does() {
        let mut dice = Dice::new(fresh_seed());
        let mut missed = Vec::new();
        for way in WAYS {
            for (recipe, head) in
                [("sk_live_{base62:24}", 8), ("glpat-{base62:20}", 10), ("ghp_{base62:30}{crc}", 9)]
            {
                let token = instance(&mut dice, recipe);
                let (first, rest) = token.split_at(head);
                let (second, third) = rest.split_at(rest.len() / 2);
                let make = |third: &str| {
                    let parts = [("A", first), ("B", second), ("C", third)];
                    // one pass, as the parts have such letters, too
                    let bare = |text: &str| text.replace("CDATA", "\u{1}");
                    bare(way)
                        .chars()
                        .map(|letter| {
                            let part = parts.iter().find(|(name, _)| name.starts_with(letter));
                            part.map_or_else(|| letter.to_string(), |(_, part)| (*part).to_owned())
                        })
                        .collect::<String>()
                        .replace('\u{1}', "CDATA")
                };
                let text = make(third);
                if !is_found(&text) {
                    missed.push(text);
                }
                let short = make(&third[..1]);
                assert!(!is_found(&short), "{short}");
            }
        }
        // chance makes parts of few digits that are read as words
        assert!(missed.len() <= 2, "{missed:?}");
    }

    #[test]
    fn a_beginning_that_tells_enough_goes_on_with_any_rest() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let body = dice.make("{base62:12}{digits:2}");
            let text = format!("x = Builder(\"glpat-{body}\").add(\"winter\").make();\n");
            assert!(is_found(&text), "{text}");
        }
        assert!(!is_found("x = Builder(\"glpat-\").add(\"WinterHarbourInTheNorth\").make();\n"));
    }

    #[test]
    fn lists_of_beginnings_are_none() {
        for text in [
            "const all = ['sk_live_', 'rk_live_', 'pk_live_', 'whsec_', 'glpat-', 'gldt-', 'glrt-', 'glsoat-'];",
            "if (t.startsWith('glpat-')) return 'GitLab2PersonalAccessToken'; else return 'x';",
            "expect(mask('sk_live_')).toBe('sk_live_'); const name = 'aaaaaaaaaaaaaaaaaaaaaaaa';",
        ] {
            assert!(!is_found(text), "{text}");
        }
    }
}
