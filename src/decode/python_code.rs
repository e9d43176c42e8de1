//! What code that Python has compiled (`.pyc`) gives its texts to, in the words of its source: variables, members of
//! dictionaries, arguments by name. In the file, a password stands far from the name that tells it. The form is that of
//! `marshal.c` and the instructions of CPython from 3.7 on.

use std::ops::Range;
use std::rc::Rc;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "compiled Python", stands_in: StandsIn::Binary, uncover };

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if bytes.get(2..4) != Some(b"\r\n") {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    for (name, value) in pairs(bytes) {
        let (name, text) =
            (bytes.get(name).unwrap_or_default(), bytes.get(value.clone()).unwrap_or_default());
        // what has lines or ends a literal is looked into where it stands
        let is_plain = |byte: &u8| !byte.is_ascii_control() && !b"\"\\".contains(byte);
        if !name.iter().chain(text).all(is_plain) {
            continue;
        }
        if !layer.afford(name.len() + text.len() + 6) {
            return;
        }
        layer.push(name);
        layer.push(b" = \"");
        layer.mark(value.start, Rate::SAME);
        layer.push(text);
        layer.push(b"\"");
        layer.end();
    }
}

/// The places of texts in a compiled file, each behind that of the name it is given to.
pub(crate) fn pairs(bytes: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    const HEADER: usize = 16;
    let version = bytes.first_chunk().map_or(0, |version| u16::from_le_bytes(*version));
    let Some(dialect) = Dialect::of(version) else { return Vec::new() };
    let mut reader = Reader { bytes, at: HEADER, dialect, shared: Vec::new(), pairs: Vec::new() };
    // what was read before the file turned out to be broken counts, too
    reader.value(MOST_DEPTH);
    reader.pairs
}

const MOST_DEPTH: u32 = 40;

/// What differs between versions.
#[derive(Debug, Clone, Copy)]
struct Dialect {
    /// Numbers that a piece of code begins with.
    numbers: usize,
    /// Values behind the line that it begins in.
    last: usize,
    load: u8,
    store: u8,
    /// The same of a variable of a function.
    store_local: u8,
    /// Names of the arguments of a call, where no constant is loaded for them.
    names: Option<u8>,
    extend: u8,
    /// What is between instructions and is none.
    has_gaps: bool,
}

impl Dialect {
    fn of(version: u16) -> Option<Self> {
        let old = Self {
            numbers: 6,
            last: 1,
            load: 100,
            store: 90,
            store_local: 125,
            names: None,
            extend: 144,
            has_gaps: false,
        };
        match version {
            3390..3400 => Some(Self { numbers: 5, ..old }),
            3400..3450 => Some(old),
            3450..3500 => Some(Self { numbers: 5, last: 2, names: Some(172), has_gaps: true, ..old }),
            3500..3550 => Some(Self { numbers: 5, last: 2, names: Some(173), has_gaps: true, ..old }),
            3550..3600 => Some(Self {
                numbers: 5,
                last: 2,
                load: 83,
                store: 114,
                store_local: 110,
                names: None,
                extend: 71,
                has_gaps: true,
            }),
            _ => None,
        }
    }
}

/// A value, as far as it matters.
#[derive(Debug, Clone)]
enum Value {
    Text(Range<usize>),
    List(Rc<Vec<Value>>),
    Other,
}

/// Reads values one after the other, and code in them as soon as it comes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    dialect: Dialect,
    /// Values that may come again, by their numbers.
    shared: Vec<Value>,
    pairs: Vec<(Range<usize>, Range<usize>)>,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Option<Value> {
        const SHARED: u8 = 0x80;
        let depth = depth.checked_sub(1)?;
        let code = self.byte()?;
        let number = (code & SHARED != 0).then_some(self.shared.len());
        if number.is_some() {
            self.shared.push(Value::Other);
        }
        let value = self.of(code & !SHARED, depth)?;
        if let Some(place) = number.and_then(|number| self.shared.get_mut(number)) {
            place.clone_from(&value);
        }
        Some(value)
    }

    fn of(&mut self, code: u8, depth: u32) -> Option<Value> {
        match code {
            b'0' | b'N' | b'T' | b'F' | b'S' | b'.' => {}
            b'i' => self.skip(4)?,
            b'I' | b'g' => self.skip(8)?,
            b'y' => self.skip(16)?,
            b'l' => {
                let digits = self.int()?.unsigned_abs();
                self.skip(usize::try_from(digits).ok()?.checked_mul(2)?)?;
            }
            b'z' | b'Z' => {
                let length = usize::from(self.byte()?);
                return self.text(length);
            }
            b's' | b'u' | b't' | b'a' | b'A' => {
                let length = self.count()?;
                return self.text(length);
            }
            b')' => {
                let count = usize::from(self.byte()?);
                return self.list(count, depth);
            }
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.count()?;
                return self.list(count, depth);
            }
            b'r' => {
                let number = self.count()?;
                return self.shared.get(number).cloned();
            }
            b'c' => self.code(depth)?,
            _ => return None,
        }
        Some(Value::Other)
    }

    /// A piece of code: a module, a class, a function.
    fn code(&mut self, depth: u32) -> Option<()> {
        const BETWEEN: usize = 4;
        self.skip(self.dialect.numbers * 4)?;
        let [steps, constants, names] = [self.value(depth)?, self.value(depth)?, self.value(depth)?];
        let variables = self.value(depth)?;
        for _ in 0..BETWEEN {
            self.value(depth)?;
        }
        self.skip(4)?;
        for _ in 0..self.dialect.last {
            self.value(depth)?;
        }
        if let (Value::Text(steps), Value::List(constants), Value::List(names), Value::List(variables)) =
            (steps, constants, names, variables)
        {
            self.run(steps, &constants, &names, &variables);
        }
        Some(())
    }

    /// Writes down what the constants are given to that stand one behind the other.
    fn run(&mut self, steps: Range<usize>, constants: &[Value], names: &[Value], variables: &[Value]) {
        const MOST: usize = 20_000;
        let mut loaded: Vec<&Value> = Vec::new();
        let mut high = 0;
        for step in self.bytes.get(steps).unwrap_or_default().chunks_exact(2) {
            let [step, low] = step else { return };
            let number = high | usize::from(*low);
            high = 0;
            if *step == self.dialect.extend {
                high = (number & 0xFF_FFFF) << 8;
            } else if *step == self.dialect.load || self.dialect.names == Some(*step) {
                let Some(value) = constants.get(number) else { return };
                match (value, loaded.last()) {
                    // names of members or arguments, behind what they are given
                    (Value::List(names), Some(_)) => {
                        let both = names.iter().rev().zip(loaded.iter().rev());
                        self.pairs.extend(both.filter_map(|both| match both {
                            (Value::Text(name), Value::Text(value)) => Some((name.clone(), value.clone())),
                            _ => None,
                        }));
                    }
                    (Value::Text(value), Some(Value::Text(name))) => {
                        self.pairs.push((name.clone(), value.clone()));
                    }
                    _ => {}
                }
                loaded.push(value);
            } else if *step == self.dialect.store || *step == self.dialect.store_local {
                let names = if *step == self.dialect.store { names } else { variables };
                if let (Some(Value::Text(name)), Some(Value::Text(value))) =
                    (names.get(number), loaded.last())
                {
                    self.pairs.push((name.clone(), value.clone()));
                }
                loaded.clear();
            } else if *step != 0 || !self.dialect.has_gaps {
                loaded.clear();
            }
            if self.pairs.len() > MOST {
                return;
            }
        }
    }

    fn list(&mut self, count: usize, depth: u32) -> Option<Value> {
        // each takes a byte at least
        let count = (count <= self.bytes.len() - self.at).then_some(count)?;
        let values: Option<Vec<Value>> = (0..count).map(|_| self.value(depth)).collect();
        values.map(|values| Value::List(Rc::new(values)))
    }

    fn text(&mut self, length: usize) -> Option<Value> {
        let start = self.at;
        self.skip(length)?;
        Some(Value::Text(start..self.at))
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.int()?).ok()
    }

    fn int(&mut self) -> Option<i32> {
        let start = self.at;
        self.skip(4)?;
        self.bytes.get(start..self.at)?.try_into().ok().map(i32::from_le_bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.skip(1)?;
        self.bytes.get(self.at - 1).copied()
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len())?;
        self.at = end;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module as some version of Python compiles it: its constants, its names, and steps by what they do.
    fn compiled(version: u16, constants: &[&[u8]], names: &[&str], steps: &[(char, u8)]) -> Vec<u8> {
        let dialect = Dialect::of(version).expect("a known version");
        let short = |text: &str| [&[b'z', text.len() as u8][..], text.as_bytes()].concat();
        let list = |values: &[Vec<u8>]| [&[b')', values.len() as u8][..], &values.concat()].concat();
        let steps: Vec<u8> = steps
            .iter()
            .flat_map(|(step, number)| match step {
                'l' => vec![dialect.load, *number],
                's' if dialect.has_gaps => vec![0, 0, dialect.store, *number],
                's' => vec![dialect.store, *number],
                'e' => vec![dialect.extend, *number],
                _ => vec![1, *number],
            })
            .collect();
        let constants: Vec<Vec<u8>> = constants.iter().map(|value| value.to_vec()).collect();
        let names: Vec<Vec<u8>> = names.iter().map(|name| short(name)).collect();
        let mut code = vec![b'c' | 0x80];
        code.extend(vec![0; dialect.numbers * 4]);
        code.push(b's');
        code.extend((steps.len() as u32).to_le_bytes());
        code.extend(steps);
        code.extend([list(&constants), list(&names)].concat());
        code.extend([list(&[]), list(&[]), list(&[]), short("a.py"), short("<module>")].concat());
        code.extend([0; 4]);
        code.extend(b"N".repeat(dialect.last));
        [&version.to_le_bytes()[..], b"\r\n", &[0; 12], &code].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        [&[b'z' | 0x80, text.len() as u8][..], text.as_bytes()].concat()
    }

    fn read(bytes: &[u8]) -> Vec<(String, String)> {
        let text = |place: Range<usize>| String::from_utf8_lossy(&bytes[place]).into_owned();
        pairs(bytes).into_iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    #[test]
    fn what_is_given_is_written_as_its_source_and_from_its_place() {
        let constants = [&text("k7x9abc")[..], &text("two\nlines"), &text("svc")];
        let steps = [('l', 0), ('s', 0), ('l', 1), ('s', 1), ('l', 2), ('s', 2)];
        let bytes = compiled(3531, &constants, &["PASSWORD", "TEXT", "USER"], &steps);
        let mut written = String::new();
        uncover(&bytes, &Budget::of(bytes.len()), &mut |layer| {
            let text = String::from_utf8_lossy(&layer.text).into_owned();
            let at = text.find("k7x9abc").map(|at| layer.places.source(at)).expect("the first");
            assert!(bytes[at..].starts_with(b"k7x9abc"));
            written.push_str(&text);
        });
        assert_eq!(written, "PASSWORD = \"k7x9abc\"\nUSER = \"svc\"\n");
    }

    #[test]
    fn texts_have_the_names_that_the_code_gives_them() {
        for version in [3394, 3413, 3425, 3439, 3495, 3531, 3571] {
            let keys = [&[b')', 2][..], &text("USER"), &text("PASSWORD")].concat();
            let constants = [&text("Abc")[..], &text("svc"), &text("Def"), &keys, &text("TOKEN"), b"N"];
            let steps = [
                ('l', 0),
                ('s', 1),
                ('l', 1),
                ('l', 2),
                ('l', 3),
                ('?', 2),
                ('s', 0),
                ('l', 5),
                ('?', 0),
                ('l', 4),
                ('l', 0),
                ('?', 1),
                ('e', 1),
                ('l', 0),
            ];
            let bytes = compiled(version, &constants, &["DB", "SECRET_KEY"], &steps);
            let found = read(&bytes);
            for (name, value) in
                [("SECRET_KEY", "Abc"), ("PASSWORD", "Def"), ("USER", "svc"), ("TOKEN", "Abc")]
            {
                assert!(
                    found.contains(&(name.to_owned(), value.to_owned())),
                    "{version}: {name} in {found:?}"
                );
            }
            assert_eq!(found.len(), 5, "{version}: {found:?}");
            for length in 0..bytes.len() {
                pairs(&bytes[..length]);
            }
        }
    }
}
