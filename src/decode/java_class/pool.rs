//! The constants of a class file, by their numbers ("The Java Virtual Machine Specification", 4.4).

use std::ops::Range;

/// A constant, as far as it matters here.
#[derive(Debug, Clone, Copy)]
enum Constant {
    /// Where a text of so many bytes is.
    Utf8(usize, u16),
    Integer(i32),
    /// A text or a class: the number of its text.
    Text(u16),
    Class(u16),
    /// A field or a method: the number of its name and type.
    Member(u16, u16),
    /// The numbers of a name and of a type.
    NameAndType(u16, u16),
    Other,
}

/// The constants of a class.
pub(super) struct Pool<'a> {
    bytes: &'a [u8],
    constants: Vec<Constant>,
}

/// A field or a method that code refers to.
pub(super) struct Member<'a> {
    pub class: &'a [u8],
    pub name: &'a [u8],
    /// As `(Ljava/lang/String;I)V`.
    pub descriptor: &'a [u8],
}

impl<'a> Pool<'a> {
    /// Reads the constants of a class, and hands them back with what stands behind.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        const COUNT: usize = 8;
        let mut rest = bytes.get(COUNT..)?;
        let count = short(&mut rest)?;
        let mut constants = vec![Constant::Other];
        while constants.len() < usize::from(count) {
            let (tag, behind) = rest.split_first()?;
            rest = behind;
            let constant = match tag {
                1 => {
                    let length = short(&mut rest)?;
                    let at = bytes.len() - rest.len();
                    rest = rest.get(usize::from(length)..)?;
                    Constant::Utf8(at, length)
                }
                3 => Constant::Integer(long(&mut rest)?.cast_signed()),
                4 | 17 | 18 => long(&mut rest).map(|_| Constant::Other)?,
                5 | 6 => {
                    // takes two numbers
                    constants.push(Constant::Other);
                    rest = rest.get(8..)?;
                    Constant::Other
                }
                7 => Constant::Class(short(&mut rest)?),
                8 => Constant::Text(short(&mut rest)?),
                9..=11 => Constant::Member(short(&mut rest)?, short(&mut rest)?),
                12 => Constant::NameAndType(short(&mut rest)?, short(&mut rest)?),
                15 => {
                    rest = rest.get(3..)?;
                    Constant::Other
                }
                16 | 19 | 20 => short(&mut rest).map(|_| Constant::Other)?,
                _ => return None,
            };
            constants.push(constant);
        }
        Some((Self { bytes, constants }, rest))
    }

    fn get(&self, number: u16) -> Constant {
        self.constants.get(usize::from(number)).copied().unwrap_or(Constant::Other)
    }

    fn utf8_at(&self, number: u16) -> Option<Range<usize>> {
        match self.get(number) {
            Constant::Utf8(at, length) => Some(at..at + usize::from(length)),
            _ => None,
        }
    }

    /// A name or a type.
    pub(super) fn utf8(&self, number: u16) -> Option<&'a [u8]> {
        self.bytes.get(self.utf8_at(number)?)
    }

    /// Where a text that code works with is.
    pub(super) fn text(&self, number: u16) -> Option<Range<usize>> {
        match self.get(number) {
            Constant::Text(text) => self.utf8_at(text),
            _ => None,
        }
    }

    /// All texts that code works with.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a [u8]> {
        self.constants.iter().filter_map(|constant| match constant {
            Constant::Text(text) => self.utf8(*text),
            _ => None,
        })
    }

    pub(super) fn integer(&self, number: u16) -> Option<i32> {
        match self.get(number) {
            Constant::Integer(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn member(&self, number: u16) -> Option<Member<'a>> {
        let Constant::Member(class, own) = self.get(number) else { return None };
        let Constant::Class(class) = self.get(class) else { return None };
        let Constant::NameAndType(name, descriptor) = self.get(own) else { return None };
        Some(Member { class: self.utf8(class)?, name: self.utf8(name)?, descriptor: self.utf8(descriptor)? })
    }
}

pub(super) fn short(rest: &mut &[u8]) -> Option<u16> {
    let (two, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u16::from_be_bytes(*two))
}

pub(super) fn long(rest: &mut &[u8]) -> Option<u32> {
    let (four, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u32::from_be_bytes(*four))
}
