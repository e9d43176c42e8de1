//! What compiled classes of the Java virtual machine do with texts, in the words of its source: the constants of a class,
//! what its variables are given, and what its calls are. In the file, a password stands far from the name that tells it.
//! The form is that of "The Java Virtual Machine Specification", 4.

mod code;
mod pool;

use std::ops::Range;

use self::code::{Operand, Statement, Variables};
use self::pool::{Pool, long, short};
use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

const MAGIC: &[u8] = b"\xCA\xFE\xBA\xBE";
/// The least version; in programs of macOS that begin so, the number of their parts is there.
const OLDEST: u16 = 45;

/// Bytes of a text that may be a password or a key.
const LONGEST: usize = 1_000;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "a compiled class", stands_in: StandsIn::Binary, uncover };

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if is_class(bytes)
        && let Some((pool, behind)) = Pool::read(bytes)
        && pool.texts().any(may_be_secret)
    {
        let mut writer =
            Writer { bytes, layer: Builder::new(WRAPPING.name, false, budget, found), parts: false };
        // what was read before the file turned out to be broken counts, too
        members(&pool, behind, &mut |statement| writer.write(&statement));
    }
}

fn is_class(bytes: &[u8]) -> bool {
    let version =
        bytes.strip_prefix(MAGIC).and_then(|rest| rest.get(2..)).and_then(|mut rest| short(&mut rest));
    version.is_some_and(|version| version >= OLDEST)
}

/// Whether a text may be a password or a key: most classes have none.
fn may_be_secret(text: &[u8]) -> bool {
    const SHORTEST: usize = 8;
    (SHORTEST..=LONGEST).contains(&text.len())
        && text.iter().all(u8::is_ascii_graphic)
        && text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation())
}

/// Hands out what the fields and methods of a class do with texts.
fn members<'a>(
    pool: &Pool<'a>,
    mut rest: &'a [u8],
    found: &mut dyn FnMut(Statement<'a>) -> bool,
) -> Option<()> {
    // access, own number, that of the class above
    rest = rest.get(6..)?;
    let interfaces = short(&mut rest)?;
    rest = rest.get(usize::from(interfaces) * 2..)?;
    for is_method in [false, true] {
        for _ in 0..short(&mut rest)? {
            // access
            rest = rest.get(2..)?;
            let name = pool.utf8(short(&mut rest)?)?;
            // its type
            rest = rest.get(2..)?;
            for _ in 0..short(&mut rest)? {
                let (kind, mut value) = attribute(pool, &mut rest)?;
                match kind {
                    b"ConstantValue" if !is_method => {
                        let value = short(&mut value).and_then(|number| pool.text(number));
                        if value.is_some_and(|value| !found(Statement::Assigned { name, value })) {
                            return None;
                        }
                    }
                    b"Code" if is_method => {
                        method(pool, value, found);
                    }
                    _ => {}
                }
            }
        }
    }
    Some(())
}

/// What the code of a method does with texts.
fn method<'a>(pool: &Pool<'a>, code: &'a [u8], found: &mut dyn FnMut(Statement<'a>) -> bool) -> Option<()> {
    // the most values on the stack and of variables
    let mut rest = code.get(4..)?;
    let length = long(&mut rest)? as usize;
    let (instructions, mut rest) = rest.split_at_checked(length)?;
    let handlers = short(&mut rest)?;
    rest = rest.get(usize::from(handlers) * 8..)?;
    let mut variables = Variables { all: Vec::new() };
    for _ in 0..short(&mut rest)? {
        let (kind, value) = attribute(pool, &mut rest)?;
        if kind == b"LocalVariableTable" {
            variables = Variables { all: self::variables(pool, value) };
        }
    }
    code::walk(instructions, pool, &variables, found);
    Some(())
}

fn variables<'a>(pool: &Pool<'a>, mut table: &[u8]) -> Vec<(usize, usize, usize, &'a [u8])> {
    /// Whatever is given to one looks through them.
    const MOST: usize = 60;
    let count = short(&mut table).unwrap_or_default();
    let read = |entry: &[u8]| {
        let mut entry = entry;
        let [start, length, name, _, slot] = std::array::from_fn(|_| short(&mut entry).unwrap_or_default());
        Some((start.into(), length.into(), slot.into(), pool.utf8(name)?))
    };
    table.chunks_exact(10).take(usize::from(count).min(MOST)).filter_map(read).collect()
}

/// The name of an attribute, and what is in it.
fn attribute<'a>(pool: &Pool<'a>, rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let name = pool.utf8(short(rest)?)?;
    let length = long(rest)? as usize;
    let (value, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some((name, value))
}

/// Writes statements as source has them.
struct Writer<'a, 'b> {
    bytes: &'a [u8],
    layer: Builder<'b>,
    /// Whether what was written last is a call with texts: one without any must part it from the next.
    parts: bool,
}

impl Writer<'_, '_> {
    /// Whether there was room for it.
    fn write(&mut self, statement: &Statement<'_>) -> bool {
        match statement {
            Statement::Assigned { value, .. } if self.is_long(value) => true,
            Statement::Assigned { name, value } => {
                self.parts = false;
                self.own(name) && self.own(b" = ") && self.text(value.clone()) && self.end()
            }
            Statement::Called { receiver, name, arguments } => {
                let has_text = [receiver].into_iter().chain(arguments).any(Operand::is_text);
                if !has_text && !std::mem::take(&mut self.parts) {
                    return true;
                }
                self.parts = has_text;
                let receiver = match receiver {
                    Operand::Variable(..) | Operand::Other => true,
                    receiver => self.operand(receiver) && self.own(b"."),
                };
                receiver
                    && self.own(name)
                    && self.own(b"(")
                    && self.arguments(arguments)
                    && self.own(b")")
                    && self.end()
            }
        }
    }

    /// Ends a statement.
    fn end(&mut self) -> bool {
        let is_there = self.own(b";");
        self.layer.end();
        is_there
    }

    fn arguments(&mut self, arguments: &[Operand<'_>]) -> bool {
        arguments
            .iter()
            .enumerate()
            .all(|(place, operand)| (place == 0 || self.own(b", ")) && self.operand(operand))
    }

    fn operand(&mut self, operand: &Operand<'_>) -> bool {
        match operand {
            Operand::Text(place) if self.is_long(place) => self.own(b"it"),
            Operand::Text(place) => self.text(place.clone()),
            Operand::Number(number) => self.own(number.to_string().as_bytes()),
            Operand::Name(name) => self.own(name),
            Operand::Variable(..) | Operand::Other => self.own(b"it"),
        }
    }

    fn own(&mut self, bytes: &[u8]) -> bool {
        let is_there = self.layer.afford(bytes.len());
        if is_there {
            self.layer.push(bytes);
        }
        is_there
    }

    /// Whether a text has lines, or as much as no password or address: it is looked into where it stands.
    fn is_long(&self, place: &Range<usize>) -> bool {
        let text = self.bytes.get(place.clone()).unwrap_or_default();
        text.len() > LONGEST || text.iter().any(u8::is_ascii_control)
    }

    /// A text in quotes, with what ends it behind a backslash.
    fn text(&mut self, place: Range<usize>) -> bool {
        let text = self.bytes.get(place.clone()).unwrap_or_default();
        if !self.layer.afford(2 * text.len() + 2) {
            return false;
        }
        self.layer.push(b"\"");
        self.layer.mark(place.start, Rate::SAME);
        for byte in text {
            match byte {
                b'"' | b'\\' => self.layer.push(&[b'\\', *byte]),
                _ => self.layer.push(&[*byte]),
            }
        }
        self.layer.push(b"\"");
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Puts a class together, with a constant for each text and name that its code has.
    #[derive(Default)]
    struct Assembler {
        pool: Vec<u8>,
        count: u16,
    }

    impl Assembler {
        fn add(&mut self, tag: u8, parts: &[&[u8]]) -> [u8; 2] {
            self.pool.push(tag);
            self.pool.extend(parts.concat());
            self.count += 1;
            self.count.to_be_bytes()
        }

        fn utf8(&mut self, text: &str) -> [u8; 2] {
            let length = (text.len() as u16).to_be_bytes();
            self.add(1, &[&length, text.as_bytes()])
        }

        fn text(&mut self, text: &str) -> [u8; 2] {
            let text = self.utf8(text);
            self.add(8, &[&text])
        }

        fn member(&mut self, name: &str, descriptor: &str) -> [u8; 2] {
            let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
            let class = self.utf8("com/acme/Settings");
            let class = self.add(7, &[&class]);
            let own = self.add(12, &[&name, &descriptor]);
            self.add(9, &[&class, &own])
        }

        /// An attribute, as fields, methods and their code have them.
        fn attribute(&mut self, name: &str, value: &[u8]) -> Vec<u8> {
            let name = self.utf8(name);
            [&name[..], &(value.len() as u32).to_be_bytes(), value].concat()
        }

        /// A class with one field that is a constant, and one method with such code.
        fn class(mut self, (name, value): (&str, &str), code: &[u8], variables: &[(u16, &str)]) -> Vec<u8> {
            let (field, value) = (self.utf8(name), self.text(value));
            let value = self.attribute("ConstantValue", &value);
            let mut table = (variables.len() as u16).to_be_bytes().to_vec();
            for (start, name) in variables {
                let name = self.utf8(name);
                // the first variable, from there to the end
                table.extend([&start.to_be_bytes()[..], &[0, 99], &name, &[0, 1, 0, 1]].concat());
            }
            let table = self.attribute("LocalVariableTable", &table);
            let length = (code.len() as u32).to_be_bytes();
            let code = [&[0, 9, 0, 9][..], &length, code, &[0, 0, 0, 1], &table].concat();
            let code = self.attribute("Code", &code);
            let method = self.utf8("run");
            let count = (self.count + 1).to_be_bytes();
            let mut class = [MAGIC, &[0, 0, 0, 61], &count, &self.pool, &[0; 8]].concat();
            class.extend([&[0, 1, 0, 0][..], &field, &[0, 1, 0, 1], &value].concat());
            class.extend([&[0, 1, 0, 0][..], &method, &[0, 1, 0, 1], &code].concat());
            class
        }
    }

    fn source(class: &[u8]) -> String {
        let mut text = Vec::new();
        uncover(class, &Budget::of(class.len()), &mut |layer| text.extend(layer.text));
        String::from_utf8(text).unwrap()
    }

    /// `ldc_w`, and instructions with the number of a field or a method.
    fn with(opcode: u8, number: [u8; 2]) -> Vec<u8> {
        vec![opcode, number[0], number[1]]
    }

    #[test]
    fn texts_are_given_to_constants_fields_variables_and_calls() {
        let mut class = Assembler::default();
        let (user, label, url) = (class.text("svc"), class.text("two\"7x9"), class.text("db7.acme.io"));
        let field = class.member("label", "Ljava/lang/String;");
        let connect = class.member("connect", "(Ljava/lang/String;I[JLjava/lang/String;)Lcom/acme/Link;");
        let equals = class.member("equals", "(Ljava/lang/Object;)Z");
        let start = class.member("<init>", "(Ljava/lang/String;)V");
        let code = [
            // this.label = "..."
            &[0x2A][..],
            &with(0x13, label),
            &with(0xB5, field),
            // String key = "..."; its variable begins behind
            &with(0x13, label),
            &[0x4C],
            // connect("db7.acme.io", 6379, it, key)
            &with(0x13, url),
            &[0x11, 0x18, 0xEB, 0x01, 0x2B],
            &with(0xB8, connect),
            &[0x57],
            // "svc".equals(label)
            &with(0x13, user),
            &with(0xB2, field),
            &with(0xB6, equals),
            &[0x57],
            // new Settings("svc")
            &[0xBB, 0, 1, 0x59],
            &with(0x13, user),
            &with(0xB7, start),
            &[0xB1],
        ]
        .concat();
        assert_eq!(
            source(&class.class(("API_KEY", "k7x9-abc"), &code, &[(11, "key")])),
            "API_KEY = \"k7x9-abc\";\nlabel = \"two\\\"7x9\";\nkey = \"two\\\"7x9\";\n\
             connect(\"db7.acme.io\", 6379, it, key);\n\"svc\".equals(label);\nSettings(\"svc\");\n"
        );
    }

    #[test]
    fn a_jump_leads_past_nothing() {
        let mut class = Assembler::default();
        let (one, two) = (class.text("one-7x9-a"), class.text("two-7x9-a"));
        let field = class.member("label", "Ljava/lang/String;");
        // if (it) it = "one"; the switch has two cases, and its operands begin at eight
        let mut code = [&with(0x13, one)[..], &[0xA7, 0, 9, 0xAA, 0]].concat();
        code.extend([0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6]);
        code.extend([with(0x13, two), with(0xB3, field)].concat());
        let class = class.class(("A", "a"), &code, &[]);
        assert_eq!(source(&class), "A = \"a\";\nlabel = \"two-7x9-a\";\n");
    }

    #[test]
    fn a_class_with_words_alone_is_left() {
        let class = Assembler::default().class(("NAME", "a name of words"), &[0xB1], &[]);
        assert_eq!(source(&class), "");
        // a program for two processors begins alike
        assert_eq!(source(b"\xCA\xFE\xBA\xBE\0\0\0\x02\x01\0\0\x07"), "");
    }

    proptest! {
        #[test]
        fn a_text_stands_where_it_is_in_the_class(
            name in "[a-zA-Z_]{1,20}", value in "[!-~]{7,40}[a-z]7", code in vec(any::<u8>(), 0..300),
        ) {
            let class = Assembler::default().class((&name, &value), &code, &[]);
            let mut places = Vec::new();
            let written = value.replace('\\', "\\\\").replace('"', "\\\"");
            uncover(&class, &Budget::of(class.len()), &mut |layer| {
                let text = String::from_utf8_lossy(&layer.text).into_owned();
                let at = text.find(&written).map(|at| layer.places.source(at));
                places.extend(at);
            });
            prop_assert_eq!(places.len(), 1);
            prop_assert!(class[places[0]..].starts_with(value.as_bytes()));
        }

        #[test]
        fn a_broken_class_comes_to_an_end(
            changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..30), code in vec(any::<u8>(), 0..300),
        ) {
            let mut class = Assembler::default();
            class.member("label", "(Ljava/lang/String;)V");
            let mut class = class.class(("A", "k7x9-abc"), &code, &[(0, "key"), (3, "key")]);
            for (at, byte) in changes {
                let at = at.index(class.len());
                class[at] = byte;
            }
            let mut length = 0;
            uncover(&class, &Budget::of(class.len()), &mut |layer| length += layer.text.len());
        }
    }
}
