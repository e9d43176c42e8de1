use super::*;
use crate::inspect::inspect;
use crate::inventory::Entry;

fn facts(media: Media, bytes: &[u8]) -> BinaryFacts {
    let mut entry = Entry { media, ..Entry::default() };
    inspect(bytes, &Lookout::new(Wanted::default()), &mut entry);
    entry.binary.expect("facts of a program")
}
