//! Just enough of Python's marshal format to read a table of names and numbers.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    /// A list or tuple; a dictionary is a list of pairs.
    List(Vec<Value>),
    /// One that a table has no use for.
    Other,
}

/// Reads the value that a text begins with.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    Reader { rest: bytes, shared: Vec::new() }.value(MOST_DEPTH)
}

const MOST_DEPTH: u32 = 8;
/// Values that others may refer to.
const MOST_SHARED: usize = 1 << 20;

struct Reader<'a> {
    rest: &'a [u8],
    /// Values that may come again, by their numbers.
    shared: Vec<Value>,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Option<Value> {
        const SHARED: u8 = 0x80;
        let code = self.byte()?;
        let number = (code & SHARED != 0).then_some(self.shared.len());
        if number.is_some() {
            // A container has its number before its elements have theirs.
            self.shared.push(Value::Other);
        }
        let value = self.of(code & !SHARED, depth.checked_sub(1)?)?;
        if let Some(place) = number.and_then(|number| self.shared.get_mut(number)) {
            // Only short values come again in a table; a list would make it a net.
            if !matches!(value, Value::List(_)) {
                place.clone_from(&value);
            }
        }
        (self.shared.len() < MOST_SHARED).then_some(value)
    }

    fn of(&mut self, code: u8, depth: u32) -> Option<Value> {
        Some(match code {
            b'i' => Value::Number(i64::from(self.int()?)),
            b'N' | b'T' | b'F' => Value::Other,
            b'z' | b'Z' => {
                let length = usize::from(self.byte()?);
                self.text(length)?
            }
            b'a' | b'A' | b'u' | b't' | b's' => {
                let length = self.length()?;
                self.text(length)?
            }
            b')' => {
                let count = usize::from(self.byte()?);
                self.list(count, depth)?
            }
            b'(' | b'[' => {
                let count = self.length()?;
                self.list(count, depth)?
            }
            b'{' => self.pairs(depth)?,
            b'r' => {
                let number = self.length()?;
                self.shared.get(number)?.clone()
            }
            _ => return None,
        })
    }

    fn list(&mut self, count: usize, depth: u32) -> Option<Value> {
        // Each element takes a byte at least.
        let count = (count <= self.rest.len()).then_some(count)?;
        (0..count).map(|_| self.value(depth)).collect::<Option<_>>().map(Value::List)
    }

    fn pairs(&mut self, depth: u32) -> Option<Value> {
        const END: u8 = b'0';
        let mut pairs = Vec::new();
        while self.rest.first() != Some(&END) {
            pairs.push(Value::List(vec![self.value(depth)?, self.value(depth)?]));
        }
        self.byte()?;
        Some(Value::List(pairs))
    }

    fn text(&mut self, length: usize) -> Option<Value> {
        Some(Value::Text(String::from_utf8_lossy(self.take(length)?).into_owned()))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.int()?).ok()
    }

    fn int(&mut self) -> Option<i32> {
        Some(i32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_python_writes() {
        // marshal.dumps([("acme.core", (0, 17, 300)), ("acme.core", (1, 17, 4))])
        let list = b"[\x02\0\0\0)\x02\xfa\x09acme.core)\x03\xe9\0\0\0\0\xe9\x11\0\0\0i\x2c\x01\0\0\
            )\x02r\0\0\0\0)\x03\xe9\x01\0\0\0r\x02\0\0\0i\x04\0\0\0";
        let entry = |kind, length| {
            let place = vec![Value::Number(kind), Value::Number(17), Value::Number(length)];
            Value::List(vec![Value::Text("acme.core".to_owned()), Value::List(place)])
        };
        assert_eq!(read(list), Some(Value::List(vec![entry(0, 300), entry(1, 4)])));
        let pair = Value::List(vec![Value::Text("a".to_owned()), Value::Number(1)]);
        assert_eq!(read(b"{z\x01ai\x01\0\0\x000"), Some(Value::List(vec![pair])));
    }

    #[test]
    fn hostile_values_are_refused() {
        for bytes in [
            &b"[\xff\xff\xff\x7f"[..],
            b"[\xff\xff\xff\xff",
            b"r\0\0\0\0",
            b"z\xffabc",
            b"{i\x01\0\0\0",
            b"c",
        ] {
            assert_eq!(read(bytes), None, "{}", bytes.escape_ascii());
        }
        assert_eq!(read(&b")\x01".repeat(100_000)), None);
    }
}
