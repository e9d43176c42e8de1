//! Private keys of every kind and size made at run time, built from random integers: what a reader goes by is
//! their structure, not their arithmetic. The unit tests of the secret inspector use this file too.

use super::dice::{Dice, base64};

/// A private key as its tools write it.
pub(crate) struct Key {
    pub(crate) label: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Key {
    /// In PEM, its base64 wrapped at so many characters.
    pub(crate) fn pem(&self, width: usize, end: &str) -> String {
        let mut text = format!("-----BEGIN {}-----{end}", self.label);
        for line in base64(&self.bytes).as_bytes().chunks(width) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push_str(end);
        }
        text + &format!("-----END {}-----{end}", self.label)
    }
}

/// One key of every kind and size.
pub(crate) fn every_kind(dice: &mut Dice) -> Vec<Key> {
    let mut keys = Vec::new();
    for bits in [512, 1024, 2048, 3072, 4096, 8192] {
        let key = rsa(dice, bits);
        let rsa_algorithm =
            sequence(&[&oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]), &[5, 0]]);
        keys.push(Key { label: "PRIVATE KEY", bytes: pkcs8(&rsa_algorithm, &key) });
        keys.push(Key { label: "RSA PRIVATE KEY", bytes: key });
    }
    for (curve, size) in [
        (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07][..], 32),
        (&[0x2B, 0x81, 0x04, 0x00, 0x0A], 32),
        (&[0x2B, 0x81, 0x04, 0x00, 0x22], 48),
        (&[0x2B, 0x81, 0x04, 0x00, 0x23], 66),
    ] {
        let curve = oid(curve);
        let ec_algorithm = sequence(&[&oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), &curve]);
        for with_public in [true, false] {
            keys.push(Key { label: "EC PRIVATE KEY", bytes: sec1(dice, size, Some(&curve), with_public) });
            let inner = sec1(dice, size, None, with_public);
            keys.push(Key { label: "PRIVATE KEY", bytes: pkcs8(&ec_algorithm, &inner) });
        }
    }
    for (last, size) in [(0x70, 32), (0x71, 57), (0x6E, 32), (0x6F, 56)] {
        let seed = tagged(0x04, &dice.bytes(size));
        let algorithm = sequence(&[&oid(&[0x2B, 0x65, last])]);
        keys.push(Key { label: "PRIVATE KEY", bytes: pkcs8(&algorithm, &seed) });
    }
    let fields: Vec<Vec<u8>> =
        [256, 32, 256, 256, 32].into_iter().map(|size| integer(&dice.bytes(size))).collect();
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    keys.push(Key { label: "DSA PRIVATE KEY", bytes: sequence(&[&[&[2, 1, 0][..]], &fields[..]].concat()) });
    keys.extend(
        [32, 64, 256, 512, 1024].map(|size| Key { label: "OPENSSH PRIVATE KEY", bytes: openssh(dice, size) }),
    );
    keys
}

/// PKCS#1.
pub(crate) fn rsa(dice: &mut Dice, bits: usize) -> Vec<u8> {
    let size = bits / 8;
    let sizes = [size, 0, size, size / 2, size / 2, size / 2, size / 2, size / 2];
    let mut fields = vec![vec![2, 1, 0]];
    for size in sizes {
        let random = if size == 0 { vec![1, 0, 1] } else { dice.bytes(size) };
        fields.push(integer(&random));
    }
    sequence(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn sec1(dice: &mut Dice, size: usize, curve: Option<&[u8]>, with_public: bool) -> Vec<u8> {
    let mut fields = vec![vec![2, 1, 1], tagged(0x04, &dice.bytes(size))];
    fields.extend(curve.map(|curve| tagged(0xA0, curve)));
    if with_public {
        let point = [&[0, 4][..], &dice.bytes(size * 2)].concat();
        fields.push(tagged(0xA1, &tagged(0x03, &point)));
    }
    sequence(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

pub(crate) fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[&[2, 1, 0], algorithm, &tagged(0x04, key)])
}

/// OpenSSH's own format, not encrypted, with private fields of so many bytes.
fn openssh(dice: &mut Dice, size: usize) -> Vec<u8> {
    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
    let kind = string(if size == 32 { b"ssh-ed25519" } else { b"ssh-rsa" });
    let public = [kind.clone(), string(&dice.bytes(size))].concat();
    let check = dice.bytes(4);
    let mut private =
        [&check[..], &check, &public, &string(&dice.bytes(size * 2)), &string(b"me@host")].concat();
    private.extend((1..=(8 - private.len() % 8) % 8).map(|number| number as u8));
    [
        b"openssh-key-v1\0".to_vec(),
        string(b"none"),
        string(b"none"),
        string(b""),
        vec![0, 0, 0, 1],
        string(&public),
        string(&private),
    ]
    .concat()
}

pub(crate) fn sequence(fields: &[&[u8]]) -> Vec<u8> {
    tagged(0x30, &fields.concat())
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    tagged(0x06, bytes)
}

/// A positive number.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    tagged(0x02, &[sign, bytes].concat())
}

pub(crate) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let length = match length {
        0..0x80 => vec![length as u8],
        0x80..0x100 => vec![0x81, length as u8],
        _ => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag][..], &length, content].concat()
}
