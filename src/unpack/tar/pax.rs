//! PAX records: `LENGTH KEY=VALUE\n`, each cut by its own length.

use std::collections::HashSet;

use crate::inventory::AnomalyKind;

use super::header::Unsure;
use crate::unpack::blob::SMALL;

/// What an extension header says about the next entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// Keys and values of which no client needs anything to unpack the entry, but those of plain numbers.
    pub(super) attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Keys of POSIX, which every reader knows or may ignore.
const POSIX: &[&[u8]] = &[
    b"atime",
    b"charset",
    b"comment",
    b"ctime",
    b"gid",
    b"gname",
    b"hdrcharset",
    b"linkpath",
    b"mtime",
    b"path",
    b"size",
    b"uid",
    b"uname",
];

/// Reads the body of an `x` header (`global` is false) or a `g` header.
pub(super) fn read(body: &[u8], global: bool) -> Result<Pax, Unsure> {
    if body.is_empty() {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX header has no records: bun and uv refuse the archive, others go on",
        ));
    }
    let mut pax = Pax::default();
    let mut keys = HashSet::new();
    for record in records(body)? {
        let (key, value) = record;
        if !keys.insert(key) {
            return Err(Unsure(
                AnomalyKind::PaxSyntax,
                "a PAX header gives the same key twice: cargo and pnpm take the first value, npm, pip and GNU tar the last",
            ));
        }
        if global && key != b"comment" {
            return Err(Unsure(
                AnomalyKind::PaxGlobal,
                "a global PAX header sets more than a comment: GNU tar and pip apply it to all entries, npm and cargo don't",
            ));
        }
        check_value(key, value)?;
        match key {
            b"path" => pax.path = Some(value.to_vec()),
            b"linkpath" => pax.link = Some(value.to_vec()),
            b"size" => pax.size = Some(size(value)?),
            _ if is_number(key, value) => {}
            _ => pax.attributes.push((key.to_vec(), value.to_vec())),
        }
    }
    Ok(pax)
}

/// Whether a record is a time, an owner or the like, in which nothing else can be.
fn is_number(key: &[u8], value: &[u8]) -> bool {
    const MOST: usize = 32;
    let number = value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    number && value.len() <= MOST && (POSIX.contains(&key) || key.len() <= MOST)
}

/// How long a record is, at most, that ordinary tools write. Systems keep access lists, origins and signatures of
/// files beside them.
pub(super) fn most_usual(key: &[u8]) -> usize {
    const BESIDE: [&[u8]; 5] =
        [b"SCHILY.xattr.", b"LIBARCHIVE.xattr.", b"SCHILY.acl.", b"RHT.security.", b"LIBARCHIVE.symlinktype"];
    if BESIDE.iter().any(|known| key.starts_with(known)) { 4 * SMALL } else { SMALL }
}

fn check_value(key: &[u8], value: &[u8]) -> Result<(), Unsure> {
    if key.contains(&0) {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX key holds a NUL: GNU tar and Go refuse the archive, others go on",
        ));
    }
    if key.iter().any(|byte| byte.is_ascii_control()) {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX key holds a line break or another control character: npm cuts records at line breaks and reads another name or size",
        ));
    }
    // Of GNU, star and Solaris.
    if key.starts_with(b"GNU.sparse.") || matches!(key, b"SCHILY.realsize" | b"SUN.holesdata") {
        return Err(Unsure(
            AnomalyKind::TarSparse,
            "a sparse file: pip, GNU tar and bsdtar expand it under its real name, npm and cargo write the raw form",
        ));
    }
    if !is_known(key) {
        return Err(Unsure(
            AnomalyKind::PaxKey,
            "a PAX header has a key that is neither of POSIX nor of a vendor: npm takes some of these for fields of the entry",
        ));
    }
    if memchr::memchr(b'\n', value).is_some() {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX value holds a line break: npm cuts records at line breaks and reads another name or size",
        ));
    }
    let binary = key.starts_with(b"SCHILY.xattr.") || key.starts_with(b"LIBARCHIVE.xattr.");
    if !binary && memchr::memchr(0, value).is_some() {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX value holds a NUL: npm and GNU tar cut it there, others keep it or refuse",
        ));
    }
    if !has_form(key, value) {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX time or owner is no such thing: GNU tar, bsdtar or Go refuse the archive, npm and pip go on",
        ));
    }
    if value.is_empty() && matches!(key, b"path" | b"linkpath") {
        return Err(Unsure(
            AnomalyKind::PaxSyntax,
            "a PAX header gives an empty name: npm drops the entry, others keep or rename it",
        ));
    }
    Ok(())
}

/// Whether what POSIX defines has the form that every reader takes: times with a fraction, numbers of owners that a
/// system can hold, their names in UTF-8.
fn has_form(key: &[u8], value: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match key {
        b"atime" | b"ctime" | b"mtime" => {
            let time = value.strip_prefix(b"-").unwrap_or(value);
            let whole = time.split(|byte| *byte == b'.').next().unwrap_or_default();
            let fraction = time.get(whole.len() + 1..);
            // More digits are no time that a system knows.
            digits(whole)
                && whole.len() <= 12
                && fraction.is_none_or(|fraction| fraction.iter().all(u8::is_ascii_digit))
        }
        b"uid" | b"gid" => {
            let number = std::str::from_utf8(value).ok().filter(|_| digits(value));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        }
        b"uname" | b"gname" => std::str::from_utf8(value).is_ok(),
        _ => true,
    }
}

fn is_known(key: &[u8]) -> bool {
    let vendor = key.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    POSIX.contains(&key)
        || key.starts_with(b"realtime.")
        || key.starts_with(b"security.")
        || (vendor > 0 && key.get(vendor) == Some(&b'.') && !key.starts_with(b"GNU."))
}

fn size(value: &[u8]) -> Result<u64, Unsure> {
    let plain = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| plain);
    text.and_then(|text| text.parse().ok()).ok_or(Unsure(
        AnomalyKind::PaxSize,
        "a PAX size is not a plain decimal number: npm, pip, cargo and GNU tar each read another size",
    ))
}

/// Cuts a body into records, strictly by their lengths.
fn records(body: &[u8]) -> Result<Vec<Record<'_>>, Unsure> {
    let bad = Unsure(
        AnomalyKind::PaxSyntax,
        "a PAX record has a wrong length or form: some clients ignore it, others stop or read another name",
    );
    let mut records = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let Some((record, behind)) = next_record(rest) else { return Err(bad) };
        records.push(record);
        rest = behind;
    }
    Ok(records)
}

/// Key and value.
type Record<'a> = (&'a [u8], &'a [u8]);

fn next_record(rest: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // A leading zero is octal to some readers.
    if digits == 0 || rest.first() == Some(&b'0') || rest.get(digits) != Some(&b' ') {
        return None;
    }
    let length: usize = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    let (record, behind) = rest.split_at_checked(length)?;
    let text = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', text)?;
    (equals > 0).then_some(((text.get(..equals)?, text.get(equals + 1..)?), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> String {
        let mut length = text.len() + 2;
        while length.to_string().len() + text.len() + 2 != length {
            length = length.to_string().len() + text.len() + 2;
        }
        format!("{length} {text}\n")
    }

    #[test]
    fn ordinary_records() {
        let body = [
            "path=package/a.js",
            "mtime=1.5",
            "SCHILY.dev=3",
            "atime=-12.",
            "uid=4294967294",
            "NODETAR.depth=1",
            "SCHILY.xattr.x=\0\u{1}",
            "size=12",
        ]
        .map(record)
        .concat();
        let pax = read(body.as_bytes(), false).unwrap();
        let attributes = vec![(b"SCHILY.xattr.x".to_vec(), b"\0\x01".to_vec())];
        let path = Some(b"package/a.js".to_vec());
        assert_eq!(pax, Pax { path, link: None, size: Some(12), attributes });
        assert!(read(record("comment=0123abc").as_bytes(), true).is_ok());
    }

    #[test]
    fn every_doubtful_record_is_refused() {
        let two = ["path=a", "path=b"].map(record).concat();
        let cases: [(&str, AnomalyKind); 27] = [
            ("", AnomalyKind::PaxSyntax),
            (&record("SCHILY.xattr.null\0=x"), AnomalyKind::PaxSyntax),
            (&record("SCHILY.a\n20 path=evil"), AnomalyKind::PaxSyntax),
            (&record("NODETAR.a\rb=x"), AnomalyKind::PaxSyntax),
            (&record("mtime=abc"), AnomalyKind::PaxSyntax),
            (&record("mtime="), AnomalyKind::PaxSyntax),
            (&record("atime=1.2.3"), AnomalyKind::PaxSyntax),
            (&record("uid=root"), AnomalyKind::PaxSyntax),
            (&record("gid=99999999999"), AnomalyKind::PaxSyntax),
            (&record("ctime=9999999999999"), AnomalyKind::PaxSyntax),
            (&two, AnomalyKind::PaxSyntax),
            (&record("path="), AnomalyKind::PaxSyntax),
            (&record("path=a\0b"), AnomalyKind::PaxSyntax),
            (&record("comment=x\n20 path=evil"), AnomalyKind::PaxSyntax),
            (&record("size=0x10"), AnomalyKind::PaxSize),
            (&record("size= 0"), AnomalyKind::PaxSize),
            (&record("size="), AnomalyKind::PaxSize),
            (&record("size=99999999999999999999"), AnomalyKind::PaxSize),
            (&record("type=Directory"), AnomalyKind::PaxKey),
            (&record("GNU.sparse.name=x"), AnomalyKind::TarSparse),
            (&record("SCHILY.realsize=100000"), AnomalyKind::TarSparse),
            (&record("=x"), AnomalyKind::PaxSyntax),
            ("8 path=a\n", AnomalyKind::PaxSyntax),
            ("99 path=a\n", AnomalyKind::PaxSyntax),
            ("-9 path=a\n", AnomalyKind::PaxSyntax),
            ("0 path=a\n", AnomalyKind::PaxSyntax),
            ("10 path=ab", AnomalyKind::PaxSyntax),
        ];
        for (body, kind) in cases {
            assert_eq!(read(body.as_bytes(), false).unwrap_err().0, kind, "{body:?}");
        }
        assert_eq!(read(record("path=x").as_bytes(), true).unwrap_err().0, AnomalyKind::PaxGlobal);
    }
}
