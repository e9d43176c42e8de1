//! Reading a document while it comes.

use super::Found;
use super::document::{Reader, Reading, Stop};

/// A document of which the end is still to come, read as far as it goes.
#[derive(Debug)]
pub(crate) struct Growing {
    reader: Reader<'static>,
    /// Bytes that must be there before it is worth reading on.
    enough: usize,
}

impl Growing {
    /// The document that begins at `start`; `None` if none begins there.
    pub(crate) fn new(so_far: &[u8], start: usize) -> Option<Self> {
        let mut reader = Reader::new(so_far, start, Reading::default());
        reader.begin().ok()?;
        Some(Self { reader: reader.over(&[]), enough: 0 })
    }

    /// Reads on in what has come. `None` if it is broken: the whole must be read at once.
    pub(crate) fn read_on(mut self, so_far: &[u8]) -> Option<Self> {
        if so_far.len() < self.enough {
            return Some(self);
        }
        let mut reader = self.reader.over(so_far);
        reader.growing = true;
        let outcome = reader.walk();
        let missing = so_far.len().saturating_sub(reader.cursor.at);
        self.reader = reader.over(&[]);
        // What was cut off is begun again, so it had better be twice as long by then.
        self.enough = so_far.len() + missing;
        matches!(outcome, Ok(()) | Err(Stop::Cut)).then_some(self)
    }

    /// The same as [`super::read`] says of the whole.
    pub(crate) fn finish(self, bytes: &[u8]) -> (Vec<Found>, usize) {
        let mut reader = self.reader.over(bytes);
        reader.growing = false;
        let damage = reader.walk().err();
        reader.finish(damage)
    }

    /// Where it begins.
    pub(crate) fn start(&self) -> usize {
        self.reader.start
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const SECTION: &str = r#"{"offset":{"line":0,"column":0},"map":{"version":3,"sources":["x.ts"],
        "sourcesContent":["x"],"mappings":""}}"#;

    /// Reads the document in steps of this length, each of its ends a place where it may be cut off.
    fn ahead(document: &[u8], step: usize) -> Option<Growing> {
        let ends = (0..document.len()).step_by(step);
        let begun = Growing::new(document, 0);
        ends.fold(begun, |growing, end| growing.and_then(|growing| growing.read_on(&document[..end])))
    }

    #[test]
    fn what_was_read_ahead_says_the_same_as_the_whole() {
        for document in [
            r#"{"version":3,"file":"a.js","sources":["a.ts","b\u00e4.ts",null],"names":["n"],"ignoreList":[1, 2],
                "sourcesContent":["let a = \"\ud83d\ude00\";\n",null,"c"],"mappings":"AAAA;"}"#
                .to_owned(),
            format!(r#"{{"version":3,"sections":[{SECTION},{SECTION}]}} "#),
            r#"{"sourcesContent":["a","b"],"sources":["a"],"sourcesContent":["c"],"mappings":"A"}"#.to_owned(),
            r#"[{"a":{"b":[1,2.5e3,true,[],{}]}},{"sourcesContent":{"a.ts":"a"},"mappings":""}]"#.to_owned(),
            r#"{"version":3,"sources":["a.ts"],"sourcesContent":["cut of"#.to_owned(),
        ] {
            let whole = read(document.as_bytes(), 0, Default::default());
            assert!(!whole.0.is_empty(), "{document}");
            for step in 1..40 {
                let growing = ahead(document.as_bytes(), step).expect("no part of it is broken");
                assert!(growing.reader.cursor.at > 20 || step > 1, "{document} was not read ahead");
                assert_eq!(growing.finish(document.as_bytes()), whole, "{document} in steps of {step}");
            }
        }
    }

    #[test]
    fn a_broken_document_is_given_up() {
        let broken = r#"{"version":3,"sources":["a.ts"],"sourcesContent":["a"}, and much behind it"#;
        assert!(ahead(broken.as_bytes(), 10).is_none());
        assert!(Growing::new(b"no object", 0).is_none());
    }
}
