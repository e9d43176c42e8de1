//! Builders of archives, byte by byte: every field can be made wrong.

use std::io::Write;

/// A tar header block: ustar, mode 0644, checksum right.
pub(crate) fn head(name: &str, flag: u8, size: usize) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"03560103564\0");
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    block
}

/// Puts the right checksum into a header block.
pub(crate) fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A PAX record with the right length.
pub(crate) fn record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

/// A tar archive in the making.
#[derive(Clone, Default)]
pub(crate) struct Tar(pub(crate) Vec<u8>);

impl Tar {
    /// The ordinary beginning of a package that passes: manifest and one file.
    pub(crate) fn package() -> Self {
        let manifest = br#"{"name":"acme","version":"1.0.0","license":"MIT","main":"index.js","files":["index.js","dist"]}"#;
        Self::default()
            .file("package/package.json", manifest)
            .file("package/index.js", b"module.exports = 1;\n")
    }

    /// A file.
    pub(crate) fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.block(head(name, b'0', bytes.len())).bytes(bytes)
    }

    /// An entry of any type whose header was changed; the checksum is made right again.
    pub(crate) fn odd(self, name: &str, flag: u8, bytes: &[u8], change: impl FnOnce(&mut [u8; 512])) -> Self {
        let mut block = head(name, flag, bytes.len());
        change(&mut block);
        seal(&mut block);
        self.block(block).bytes(bytes)
    }

    /// An entry of any type.
    pub(crate) fn entry(self, name: &str, flag: u8, bytes: &[u8]) -> Self {
        self.odd(name, flag, bytes, |_| {})
    }

    /// A link.
    pub(crate) fn link(self, name: &str, flag: u8, target: &str) -> Self {
        self.odd(name, flag, b"", |block| block[157..157 + target.len()].copy_from_slice(target.as_bytes()))
    }

    /// A PAX header for the next entry.
    pub(crate) fn pax(self, records: &str) -> Self {
        self.entry("PaxHeader/x", b'x', records.as_bytes())
    }

    /// A GNU long name for the next entry.
    pub(crate) fn long_name(self, name: &str) -> Self {
        self.entry("././@LongLink", b'L', format!("{name}\0").as_bytes())
    }

    /// A block as it is.
    pub(crate) fn block(mut self, block: [u8; 512]) -> Self {
        self.0.extend(block);
        self
    }

    /// Bytes, filled up to a block.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// The two zero blocks.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }

    /// The archive with its end, compressed.
    pub(crate) fn tgz(self) -> Vec<u8> {
        gzip(&self.end())
    }
}

/// The file that must not get by: what a hidden entry holds.
pub(crate) const HIDDEN: &str = "package/dist/index.js.map";

/// The hidden file as a complete entry.
pub(crate) fn hidden() -> Vec<u8> {
    let map = br#"{"version":3,"sources":["../src/index.ts"],"sourcesContent":["const own = 1;\n"],"names":[],"mappings":"AAAA"}"#;
    Tar::default().file(HIDDEN, map).0
}

/// A gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Raw deflate data.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a local header or a directory record says of a member. `None` is what the other one says.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) size: u32,
    pub(crate) extra: Vec<u8>,
}

/// A member of a zip, with everything that can be wrong about it.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) local: Said,
    pub(crate) central: Said,
    pub(crate) data: Vec<u8>,
    /// Bytes behind the data: a descriptor, or what shouldn't be there.
    pub(crate) behind: Vec<u8>,
    pub(crate) attributes: u32,
    pub(crate) comment: Vec<u8>,
    /// The disk on which the directory says that it is.
    pub(crate) disk: u16,
    /// Where the directory says that the local header is; where it is, if `None`.
    pub(crate) offset: Option<u32>,
    /// Whether it stands in the directory, and in the file.
    pub(crate) listed: bool,
    pub(crate) stored: bool,
}

impl Member {
    /// A deflated file.
    pub(crate) fn file(name: &str, bytes: &[u8]) -> Self {
        Self::packed(name.as_bytes(), 8, deflate(bytes), bytes)
    }

    /// A stored file.
    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self::packed(name.as_bytes(), 0, bytes.to_vec(), bytes)
    }

    /// A member of any method.
    pub(crate) fn packed(name: &[u8], method: u16, data: Vec<u8>, bytes: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let said = Said {
            name: name.to_vec(),
            flags: 0,
            method,
            crc: crc.sum(),
            packed: u32::try_from(data.len()).unwrap(),
            size: u32::try_from(bytes.len()).unwrap(),
            extra: Vec::new(),
        };
        Self {
            local: said.clone(),
            central: said,
            data,
            behind: Vec::new(),
            attributes: 0o100_644 << 16,
            comment: Vec::new(),
            disk: 0,
            offset: None,
            listed: true,
            stored: true,
        }
    }

    /// Changes both headers alike.
    pub(crate) fn both(mut self, change: impl Fn(&mut Said)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// Changes anything.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Sizes and checksum behind the data, and zeros in the local header.
    pub(crate) fn streamed(self) -> Self {
        let mut member = self.both(|said| said.flags |= 8);
        let said = &member.central;
        let fields = [0x0807_4b50, said.crc, said.packed, said.size];
        member.behind = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
        (member.local.crc, member.local.packed, member.local.size) = (0, 0, 0);
        member
    }
}

/// A zip in the making.
#[derive(Clone, Default)]
pub(crate) struct Zip {
    pub(crate) members: Vec<Member>,
    pub(crate) prefix: Vec<u8>,
    /// Between the members and the directory.
    pub(crate) gap: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    pub(crate) suffix: Vec<u8>,
    /// Changes the directory's bytes and the end record.
    pub(crate) end: End,
}

/// What the end record says otherwise than it is.
#[derive(Clone, Default)]
pub(crate) struct End {
    pub(crate) entries: Option<u16>,
    pub(crate) size: Option<u32>,
    pub(crate) offset: Option<u32>,
    pub(crate) disk: u16,
    pub(crate) comment_length: Option<u16>,
    /// Records before the plain one.
    pub(crate) before: Vec<u8>,
}

impl Zip {
    /// A zip of these members.
    pub(crate) fn of(members: impl IntoIterator<Item = Member>) -> Self {
        Self { members: members.into_iter().collect(), ..Self::default() }
    }

    /// An ordinary wheel that passes, with more members.
    pub(crate) fn wheel(more: impl IntoIterator<Item = Member>) -> Self {
        let metadata = b"Metadata-Version: 2.1\nName: acme\nVersion: 1.0.0\nLicense: MIT\n";
        let mut members = vec![
            Member::file("acme/core.py", b"VALUE = 1\n"),
            Member::file("acme-1.0.0.dist-info/METADATA", metadata),
            Member::file(
                "acme-1.0.0.dist-info/WHEEL",
                b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            ),
        ];
        members.extend(more);
        let record: String = members
            .iter()
            .map(|member| format!("{},,\n", String::from_utf8_lossy(&member.central.name)))
            .collect();
        let record = format!("{record}acme-1.0.0.dist-info/RECORD,,\n");
        members.push(Member::file("acme-1.0.0.dist-info/RECORD", record.as_bytes()));
        Self::of(members)
    }

    /// Changes anything.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The members' own part, and the directory with true offsets.
    pub(crate) fn parts(&self) -> (Vec<u8>, Vec<u8>) {
        let mut file = self.prefix.clone();
        let mut directory = Vec::new();
        for member in &self.members {
            let at = u32::try_from(file.len()).unwrap();
            if member.stored {
                file.extend(b"PK\x03\x04\x14\0");
                said(&mut file, &member.local);
                file.extend(&member.local.name);
                file.extend(&member.local.extra);
                file.extend(&member.data);
                file.extend(&member.behind);
            }
            if member.listed {
                directory.extend(b"PK\x01\x02\x14\x03\x14\0");
                said(&mut directory, &member.central);
                let comment = u16::try_from(member.comment.len()).unwrap();
                directory.extend(comment.to_le_bytes());
                directory.extend(member.disk.to_le_bytes());
                directory.extend([0; 2]);
                directory.extend(member.attributes.to_le_bytes());
                directory.extend(member.offset.unwrap_or(at).to_le_bytes());
                directory.extend(&member.central.name);
                directory.extend(&member.central.extra);
                directory.extend(&member.comment);
            }
        }
        file.extend(&self.gap);
        (file, directory)
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut file, directory) = self.parts();
        let offset = self.end.offset.unwrap_or(u32::try_from(file.len()).unwrap());
        let size = self.end.size.unwrap_or(u32::try_from(directory.len()).unwrap());
        let listed = self.members.iter().filter(|member| member.listed).count();
        let entries = self.end.entries.unwrap_or(u16::try_from(listed).unwrap());
        file.extend(&directory);
        file.extend(&self.end.before);
        file.extend(end_record(self.end.disk, entries, size, offset));
        let comment_length = self.end.comment_length.unwrap_or(u16::try_from(self.comment.len()).unwrap());
        file.extend(comment_length.to_le_bytes());
        file.extend(&self.comment);
        file.extend(&self.suffix);
        file
    }
}

/// An end record without the length of its comment.
pub(crate) fn end_record(disk: u16, entries: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut record = b"PK\x05\x06".to_vec();
    for field in [disk, disk, entries, entries] {
        record.extend(field.to_le_bytes());
    }
    record.extend(size.to_le_bytes());
    record.extend(offset.to_le_bytes());
    record
}

/// A ZIP64 end record and its locator.
pub(crate) fn end_records64(at: u64, entries: u64, size: u64, offset: u64, extensible: &[u8]) -> Vec<u8> {
    let mut record = b"PK\x06\x06".to_vec();
    record.extend((44 + extensible.len() as u64).to_le_bytes());
    record.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for field in [entries, entries, size, offset] {
        record.extend(field.to_le_bytes());
    }
    record.extend(extensible);
    record.extend(b"PK\x06\x07\0\0\0\0");
    record.extend(at.to_le_bytes());
    record.extend(1u32.to_le_bytes());
    record
}

/// An extra field.
pub(crate) fn extra(id: u16, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&id.to_le_bytes()[..], &length.to_le_bytes(), bytes].concat()
}

/// A Unicode path field for a member of this plain name.
pub(crate) fn unicode_path(plain: &str, unicode: &str) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(plain.as_bytes());
    extra(0x7075, &[&[1], &crc.sum().to_le_bytes()[..], unicode.as_bytes()].concat())
}

fn said(out: &mut Vec<u8>, said: &Said) {
    for field in [said.flags, said.method, 0, 0x5a21] {
        out.extend(field.to_le_bytes());
    }
    for field in [said.crc, said.packed, said.size] {
        out.extend(field.to_le_bytes());
    }
    out.extend(u16::try_from(said.name.len()).unwrap().to_le_bytes());
    out.extend(u16::try_from(said.extra.len()).unwrap().to_le_bytes());
}
