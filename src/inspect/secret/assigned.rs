//! Which literal a variable stands for, read from the text around without knowing the language: `name = "value"`,
//! `name := "value"`, `"name": "value"`, `name: str = 'value'`.

use memchr::memmem;

/// Bytes on either side in which the other is looked for.
const AROUND: usize = 16 << 10;

/// The assignments of one text, looked up one by one, and not without end.
#[derive(Debug)]
pub(super) struct Assigned<'a> {
    text: &'a [u8],
    lookups_left: usize,
}

impl<'a> Assigned<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        const MOST_LOOKUPS: usize = 64;
        Self { text, lookups_left: MOST_LOOKUPS }
    }

    /// The literal that this name, which is used at `at`, stands for.
    pub(super) fn to(&mut self, name: &[u8], at: usize) -> Option<&'a [u8]> {
        let text = self.text;
        self.places(name, at)?.find_map(|place| assigned(text.get(place..)?))
    }

    /// The name that the literal is assigned to whose quote opens at `at`, and where it stands.
    pub(super) fn name_of(&self, at: usize) -> Option<(&'a [u8], usize)> {
        const LONGEST: usize = 24;
        let is_sign = |byte: &u8| matches!(byte, b'=' | b':' | b'>' | b' ' | b'"' | b'\'');
        let before = self.text.get(..at)?;
        let signs = before.iter().rev().take(LONGEST).take_while(|byte| is_sign(byte)).count();
        let (names, signs) = before.split_at(before.len() - signs);
        signs.iter().find(|byte| matches!(byte, b'=' | b':'))?;
        let length = names.iter().rev().take(LONGEST).take_while(|byte| is_of_name(**byte)).count();
        let name = names.get(names.len() - length..).filter(|name| !name.is_empty())?;
        Some((name, at))
    }

    /// Where this name, which is assigned to at a place, stands elsewhere: the places behind it. Where it is assigned to once
    /// more, as an attribute is in each element, it isn't used.
    pub(super) fn uses(&mut self, (name, at): (&[u8], usize)) -> Vec<usize> {
        const MOST: usize = 8;
        let text = self.text;
        let is_used = |place: &usize| {
            *place > at && text.get(*place..).is_some_and(|behind| assigned(behind).is_none())
        };
        self.places(name, at).into_iter().flatten().filter(is_used).take(MOST).collect()
    }

    /// The places behind each whole word that is this name.
    fn places<'b>(&mut self, name: &'b [u8], at: usize) -> Option<impl Iterator<Item = usize> + use<'a, 'b>> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        let text = self.text;
        let floor = at.saturating_sub(AROUND);
        let window = text.get(floor..(at + AROUND).min(text.len()))?;
        let is_part = move |place: Option<usize>| {
            place.and_then(|place| text.get(place)).is_some_and(|byte| is_of_name(*byte))
        };
        let places = memmem::find_iter(window, name).map(move |place| floor + place);
        let whole = places
            .filter(move |place| !is_part(place.checked_sub(1)) && !is_part(place.checked_add(name.len())));
        Some(whole.map(|place| place + name.len()))
    }
}

/// The literal that is assigned to the name which ends where this begins.
fn assigned(behind: &[u8]) -> Option<&[u8]> {
    /// Bytes of a type, and of a literal.
    const LONGEST: usize = 200;
    let near = behind.get(..LONGEST).unwrap_or(behind);
    // the quote of a name in JSON
    let near = near.strip_prefix(b"\"").or_else(|| near.strip_prefix(b"'")).unwrap_or(near);
    let is_of_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b" :=>[]".contains(byte);
    let open = near.iter().position(|byte| !is_of_sign(byte))?;
    let (sign, literal) = near.split_at(open);
    let sign = sign.trim_ascii();
    let (quote, inside) = literal.split_first().filter(|(quote, _)| b"\"'`".contains(quote))?;
    let is_assignment =
        sign.ends_with(b"=") && !sign.ends_with(b"==") || sign == b":" || sign.ends_with(b"=>");
    let end = memchr::memchr2(*quote, b'\n', inside)?;
    inside.get(..end).filter(|_| is_assignment && inside.get(end) == Some(quote))
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_what_is_assigned_to_them() {
        for text in [
            "ab = \"cd\"",
            "ab := 'cd'",
            "{\"ab\": \"cd\"}",
            "ab: str = 'cd'",
            "String ab=\"cd\";",
            "ab => 'cd'",
            "abc = 'x'; xab = 'y'; ab = `cd`",
        ] {
            assert_eq!(Assigned::new(text.as_bytes()).to(b"ab", 0), Some(&b"cd"[..]), "{text}");
        }
        for text in ["ab == 'cd'", "ab('cd')", "ab = f('cd')", "abc = 'cd'", "ab = 'cd\n'"] {
            assert_eq!(Assigned::new(text.as_bytes()).to(b"ab", 0), None, "{text}");
        }
    }

    #[test]
    fn what_is_assigned_to_once_more_is_not_used() {
        let uses = |text: &str| {
            let at = text.find('"').unwrap();
            let mut assigned = Assigned::new(text.as_bytes());
            let name = assigned.name_of(at).unwrap();
            assigned.uses(name).into_iter().map(|place| text[place..].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(uses("[alt=\"AB7\" i],\n[alt=\"CDE\" i]"), [""; 0]);
        assert_eq!(uses("<a id=\"AB\"/><a id='CD'/>"), [""; 0]);
        assert_eq!(
            uses("a = \"AB\"\na = a + 'CD'\na += 'E'"),
            [" = a + 'CD'\na += 'E'", " + 'CD'\na += 'E'", " += 'E'"]
        );
    }

    #[test]
    fn a_literal_has_the_name_before_it() {
        for (text, expected) in
            [("x; ab = \"", Some(&b"ab"[..])), ("\"ab\": \"", Some(b"ab")), ("f(\"", None)]
        {
            let found = Assigned::new(text.as_bytes()).name_of(text.len() - 1);
            assert_eq!(found.map(|(name, _)| name), expected, "{text}");
        }
    }
}
