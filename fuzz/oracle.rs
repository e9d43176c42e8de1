//! What fuzzing and property tests hold against: packgate lists what the `tar` and `zip` crates list, or says
//! that it can't.

use std::io::Read;

use packgate::unpack::{Damage, Header, Limits, RawAnomaly, Sink, Spent, walk};

/// What a walk gave.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) entries: Entries,
    open: Option<(String, Vec<u8>)>,
    /// Whether anything was said against the archive.
    pub(crate) complained: bool,
}

impl Sink for Gathered {
    fn begin(&mut self, header: Header) {
        assert!(self.open.is_none(), "an entry begins inside another");
        self.open = Some((header.path, Vec::new()));
    }

    fn data(&mut self, bytes: &[u8]) {
        self.open.as_mut().expect("bytes belong to an entry").1.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.entries.push(self.open.take().expect("an entry ends that began"));
    }

    fn broken(&mut self, _damage: Damage) {
        self.open.take().expect("an entry breaks that began");
        self.complained = true;
    }

    fn anomaly(&mut self, anomaly: RawAnomaly) {
        self.complained |= !anomaly.kind.depends_on_client();
    }
}

pub(crate) fn gather(name: &str, bytes: &[u8]) -> Gathered {
    let limits = Limits { total: 64 << 20, entry: 8 << 20, ..Limits::default() };
    let mut gathered = Gathered::default();
    let walked = walk(&bytes, name, &limits, &Spent::default(), &mut gathered);
    gathered.complained |= walked.is_err();
    assert!(gathered.open.is_none(), "an entry was left open");
    gathered
}

fn clean(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path).into_owned();
    text.split('/').filter(|segment| !segment.is_empty() && *segment != ".").collect::<Vec<_>>().join("/")
}

/// Entries: path and content.
pub(crate) type Entries = Vec<(String, Vec<u8>)>;

/// Entries as the `tar` crate reads them; `None` where it fails.
pub(crate) fn tar_crate(bytes: &[u8]) -> Option<Entries> {
    let mut archive = tar::Archive::new(bytes);
    let mut entries = Vec::new();
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        if entry.header().entry_type() == tar::EntryType::XGlobalHeader {
            continue;
        }
        let path = clean(&entry.path_bytes());
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        if !(path.is_empty() && content.is_empty()) {
            entries.push((path, content));
        }
    }
    Some(entries)
}

/// Members as the `zip` crate reads them, the directories' names without their slash.
pub(crate) fn zip_crate(bytes: &[u8]) -> Option<Entries> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).ok()?;
        let path = clean(member.name_raw());
        let mut content = Vec::new();
        (&mut member).take(8 << 20).read_to_end(&mut content).ok()?;
        entries.push((path, content));
    }
    Some(entries)
}

/// The oracle: silent only where the crate reads the same.
pub(crate) fn agrees(name: &str, bytes: &[u8], theirs: fn(&[u8]) -> Option<Entries>) -> Result<(), String> {
    let gathered = gather(name, bytes);
    if gathered.complained || theirs(bytes).as_ref() == Some(&gathered.entries) {
        return Ok(());
    }
    Err(format!("no complaint, but {:?} against {:?}", gathered.entries, theirs(bytes)))
}

/// The oracle for gzip around tar, of which the `flate2` crate reads the first member.
pub(crate) fn gzip_agrees(bytes: &[u8]) -> Result<(), String> {
    let gathered = gather("a.tgz", bytes);
    if gathered.complained {
        return Ok(());
    }
    let mut plain = Vec::new();
    let most = 64 << 20;
    let read = flate2::read::GzDecoder::new(bytes).take(most).read_to_end(&mut plain);
    if read.is_ok() && tar_crate(&plain).as_ref() == Some(&gathered.entries) {
        return Ok(());
    }
    Err(format!("no complaint, but {:?}", gathered.entries))
}

/// Makes the checksum of every block right that has the magic of a header, so that what is behind it is reached.
pub(crate) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    bytes
}
