//! What the code of a method does with texts: which it gives to fields, variables and calls ("The Java Virtual Machine
//! Specification", 6.5). What is on the stack is followed as far as no jump leads in between.

use std::ops::Range;

use super::pool::{Member, Pool, short};

/// What is on the stack.
#[derive(Debug, Clone)]
pub(super) enum Operand<'a> {
    /// Where a text is.
    Text(Range<usize>),
    Number(i32),
    /// A field or a variable.
    Name(&'a [u8]),
    /// The variable at a place among them, as seen from a place in the code.
    Variable(u8, usize),
    Other,
}

impl Operand<'_> {
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}

/// What is done with a text.
pub(super) enum Statement<'a> {
    Assigned { name: &'a [u8], value: Range<usize> },
    Called { receiver: Operand<'a>, name: &'a [u8], arguments: Vec<Operand<'a>> },
}

/// The variables of a method that a debugger is told of.
pub(super) struct Variables<'a> {
    /// Where each begins to be, how long it is, its place among the variables, and its name.
    pub(super) all: Vec<(usize, usize, usize, &'a [u8])>,
}

impl<'a> Variables<'a> {
    /// The variable at a place among them, as seen from a place in the code.
    fn name(&self, slot: u8, at: usize) -> Option<&'a [u8]> {
        let is_it = |(start, length, own, _): &&(usize, usize, usize, _)| {
            *own == usize::from(slot) && (*start..start + length).contains(&at)
        };
        self.all.iter().find(is_it).map(|(.., name)| *name)
    }
}

/// Hands out what code does with texts.
pub(super) fn walk<'a>(
    code: &[u8],
    pool: &Pool<'a>,
    variables: &Variables<'a>,
    found: &mut dyn FnMut(Statement<'a>) -> bool,
) {
    let mut stack = Stack(Vec::new());
    let mut at = 0;
    while let Some((opcode, rest)) = code.get(at..).and_then(|rest| rest.split_first()) {
        let Some(length) = length(*opcode, rest, at) else { return };
        let next = at + length;
        let first = rest.first().copied().unwrap_or_default();
        let wide = short(&mut &*rest).unwrap_or_default();
        let statement = match *opcode {
            2..=8 => stack.push(Operand::Number(i32::from(*opcode) - 3)),
            16 => stack.push(Operand::Number(first.cast_signed().into())),
            17 => stack.push(Operand::Number(wide.cast_signed().into())),
            18 => stack.push(constant(pool, first.into())),
            19 => stack.push(constant(pool, wide)),
            1 | 9..=15 | 20..=24 | 26..=41 | 187 => stack.push(Operand::Other),
            25 => stack.push(Operand::Variable(first, at)),
            42..=45 => stack.push(Operand::Variable(opcode - 42, at)),
            // a variable begins to be behind what gives it its value
            58 => stack.pop_into(|| variables.name(first, next)),
            75..=78 => stack.pop_into(|| variables.name(opcode - 75, next)),
            54..=57 | 59..=74 | 87 | 88 | 194 | 195 => stack.drop(1),
            79..=86 => stack.drop(3),
            89..=94 => stack.repeat(),
            95 => stack.swap(),
            46..=53 | 96..=115 | 120..=131 | 148..=152 => stack.replace(2),
            116..=119 | 188..=190 | 193 => stack.replace(1),
            // nothing, counting up, conversions and casts
            0 | 132..=147 | 192 => None,
            178 => stack.push(pool.member(wide).map_or(Operand::Other, |field| Operand::Name(field.name))),
            179 => stack.pop_into(|| pool.member(wide).map(|field| field.name)),
            180 => {
                stack.drop(1);
                stack.push(pool.member(wide).map_or(Operand::Other, |field| Operand::Name(field.name)))
            }
            181 => {
                let statement = stack.pop_into(|| pool.member(wide).map(|field| field.name));
                stack.drop(1);
                statement
            }
            182..=185 => pool.member(wide).and_then(|method| stack.call(&method, *opcode == 184, variables)),
            186 => {
                stack.0.clear();
                stack.push(Operand::Other)
            }
            _ => {
                stack.0.clear();
                None
            }
        };
        if statement.is_some_and(|statement| !found(statement)) {
            return;
        }
        at = next;
    }
}

fn constant<'a>(pool: &Pool<'a>, number: u16) -> Operand<'a> {
    let text = pool.text(number).map(Operand::Text);
    text.or_else(|| pool.integer(number).map(Operand::Number)).unwrap_or(Operand::Other)
}

/// Bytes of an instruction; `None` where it is none.
fn length(opcode: u8, operands: &[u8], at: usize) -> Option<usize> {
    let number = |place: usize| operands.get(place..)?.first_chunk().map(|four| i32::from_be_bytes(*four));
    // the operands of switches begin at a multiple of four
    let padding = 3 - at % 4;
    let cases = |from: usize, count: i64, bytes: usize| {
        let count = usize::try_from(count).ok()?;
        (count <= operands.len()).then(|| 1 + padding + from + count * bytes)
    };
    match opcode {
        16 | 18 | 21..=25 | 54..=58 | 169 | 188 => Some(2),
        17 | 19 | 20 | 132 | 153..=168 | 178..=184 | 187 | 189 | 192 | 193 | 198 | 199 => Some(3),
        197 => Some(4),
        185 | 186 | 200 | 201 => Some(5),
        170 => {
            let (low, high) = (number(padding + 4)?, number(padding + 8)?);
            cases(12, i64::from(high) - i64::from(low) + 1, 4)
        }
        171 => cases(8, number(padding + 4)?.into(), 8),
        196 => Some(if operands.first() == Some(&132) { 6 } else { 4 }),
        202.. => None,
        _ => Some(1),
    }
}

struct Stack<'a>(Vec<Operand<'a>>);

impl<'a> Stack<'a> {
    fn push(&mut self, operand: Operand<'a>) -> Option<Statement<'a>> {
        /// What code of compilers never has.
        const DEEPEST: usize = 1_000;
        if self.0.len() < DEEPEST {
            self.0.push(operand);
        }
        None
    }

    fn drop(&mut self, count: usize) -> Option<Statement<'a>> {
        self.0.truncate(self.0.len().saturating_sub(count));
        None
    }

    fn replace(&mut self, count: usize) -> Option<Statement<'a>> {
        self.drop(count);
        self.push(Operand::Other)
    }

    fn repeat(&mut self) -> Option<Statement<'a>> {
        self.0.last().cloned().and_then(|last| self.push(last))
    }

    fn swap(&mut self) -> Option<Statement<'a>> {
        let length = self.0.len();
        if length >= 2 {
            self.0.swap(length - 1, length - 2);
        }
        None
    }

    /// Takes a value that something gets.
    fn pop_into(&mut self, name: impl FnOnce() -> Option<&'a [u8]>) -> Option<Statement<'a>> {
        match self.0.pop() {
            Some(Operand::Text(value)) => Some(Statement::Assigned { name: name()?, value }),
            _ => None,
        }
    }

    fn call(
        &mut self,
        method: &Member<'a>,
        is_static: bool,
        variables: &Variables<'a>,
    ) -> Option<Statement<'a>> {
        let (count, has_result) = shape(method.descriptor);
        let arguments = self.0.split_off(self.0.len().saturating_sub(count));
        let receiver = if is_static { None } else { self.0.pop() }.unwrap_or(Operand::Other);
        if has_result {
            self.push(Operand::Other);
        }
        let name = match method.name {
            b"<init>" => method.class.rsplit(|byte| b"/$".contains(byte)).next().unwrap_or_default(),
            name => name,
        };
        // what is appended between two texts parts them
        let matters = receiver.is_text() || arguments.iter().any(Operand::is_text) || name == b"append";
        let named = |operand| match operand {
            Operand::Variable(slot, at) => variables.name(slot, at).map_or(Operand::Other, Operand::Name),
            operand => operand,
        };
        matters.then(|| Statement::Called {
            receiver: named(receiver),
            name,
            arguments: arguments.into_iter().map(named).collect(),
        })
    }
}

/// How many values a method takes, and whether it gives one.
fn shape(descriptor: &[u8]) -> (usize, bool) {
    let mut count = 0;
    let mut rest = descriptor.strip_prefix(b"(").unwrap_or_default();
    while let Some((kind, behind)) = rest.split_first() {
        rest = behind;
        match kind {
            b')' => break,
            b'[' => continue,
            b'L' => {
                let end = memchr::memchr(b';', rest).map_or(rest.len(), |end| end + 1);
                rest = rest.get(end..).unwrap_or_default();
            }
            _ => {}
        }
        count += 1;
    }
    (count, rest != b"V")
}
