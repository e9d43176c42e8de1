//! Every literal that packgate looks for, as bait: `cargo bench --bench baits`. Each is repeated, in several forms, until it
//! fills an entry, and that is looked at twice: as it is, and at four times the size. What then takes far more than four
//! times as long grows with the square of the file, and is printed, as are the dearest ones.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops if it can't begin"
)]

use std::time::{Duration, Instant};

use packgate::inspect::{ScanOptions, Scanner, inspect};
use packgate::inventory::{Entry, Media};

/// Bytes of the smaller entry.
const SMALL: usize = 256 << 10;
/// Times as many has the larger.
const GROWTH: usize = 4;
/// From this on a time tells how it grows.
const TELLING: Duration = Duration::from_millis(8);
/// The dearest ones that are printed.
const MOST: usize = 30;

/// What is made of a literal: a name, what stands before and behind it, and the file's name.
const FORMS: [(&str, &[u8], &[u8], &str); 10] = [
    ("alone", b"", b"", "a.js"),
    ("in lines", b"", b"\n", "a.env"),
    ("with blanks", b"", b" ", "a.txt"),
    ("as a string", b"'", b"' + ", "a.js"),
    ("as an escaped string", b"\\\"", b"\\\":\\\"x\\\",", "a.json"),
    ("as a member", b"\"", b"\":\"x\",", "a.json"),
    ("in an object each", b"{\"", b"\":\"x\"},", "a.json"),
    ("before a token", b"", b"aB3dE5gH7jK9mN1pQ3sT5vW7xY9z ", "a.yml"),
    ("with a value", b"", b"=\"aB3dE5gH7jK9mN1pQ3sT5vW7\"\n", "a.py"),
    ("in a program", b"\0", b"\0", "a.bin"),
];

/// What readers look for that no literal starts: a name, what is repeated, and the file's name.
const READERS: [(&str, &[u8], &str); 14] = [
    ("names of settings files", b"\".env\",", "a.js"),
    ("settings files with their text", b"\".env\":\"A=b\\nC=d\\n\",", "a.js"),
    ("paths and contents", b"{\"path\":\"config/prod.yml\",\"content\":\"a:\\n  b: c\\n\"},", "a.json"),
    ("settings in literals", b"x(\"A=b\\nDB_PASSWORD=c\\n\");", "a.js"),
    ("settings in lists", b"[\"A=b\",\"DB_PASSWORD=c\"],", "a.js"),
    ("open literals of Python", b"C = \"\"\"\nuser=a\n", "a.py"),
    ("open literals of JavaScript", b"`\nuser=a\npassword=b\n", "a.ts"),
    ("open pages", b"<pre>\nuser=a\npassword=b\n", "a.html"),
    ("pages", b"<pre><code>user=a\npassword=b\n</code></pre>", "a.html"),
    ("packed settings", b"N4Ig7gdgLglgNjCB7AzgUwgLlBANgVzWxABoQAHFA", "a.js"),
    ("users with roles", b"a: b, c\n", "users.properties"),
    ("calls with logins", b"x.auth('a', 'bcdefgh')\n", ".mongorc.js"),
    ("keys of bytes", b"\\x0f\\xa2", "config.py"),
    ("names in names", b"\"secretKey\":{\"key\":", "a.json"),
];

fn main() {
    let scanner = Scanner::new(ScanOptions::default());
    let mut all = Vec::new();
    for literal in scanner.literals() {
        for (form, before, behind, path) in FORMS {
            let unit = [before, literal, behind].concat();
            let looked = |size: usize| look(&scanner, path, &unit.repeat(size / unit.len()));
            let (few, many) = (looked(SMALL), looked(SMALL * GROWTH));
            let bait = format!("{} {form}", literal.escape_ascii());
            if many > TELLING && many > few * 2 * GROWTH as u32 {
                println!("grows: {bait}: {few:.1?} -> {many:.1?}");
            }
            all.push((many, bait));
        }
    }
    for (reader, unit, path) in READERS {
        let looked = |size: usize| look(&scanner, path, &unit.repeat(size / unit.len()));
        let (few, many) = (looked(SMALL), looked(SMALL * GROWTH));
        if many > TELLING && many > few * 2 * GROWTH as u32 {
            println!("grows: {reader}: {few:.1?} -> {many:.1?}");
        }
        all.push((many, reader.to_owned()));
    }
    all.sort_unstable_by(|one, other| other.cmp(one));
    let megabytes = (SMALL * GROWTH) as f64 / f64::from(1 << 20);
    for (took, bait) in all.iter().take(MOST) {
        println!("{:6.1} ms/MiB {bait}", took.as_secs_f64() * 1e3 / megabytes);
    }
    let median = all.get(all.len() / 2).expect("literals");
    println!("{:6.1} ms/MiB is the median of {}", median.0.as_secs_f64() * 1e3 / megabytes, all.len());
}

/// How long all inspectors take over an entry.
fn look(scanner: &Scanner, path: &str, text: &[u8]) -> Duration {
    let media = if path.ends_with(".bin") { Media::Binary } else { Media::Text };
    let mut entry = Entry::default();
    (entry.path, entry.media) = (format!("package/{path}"), media);
    let start = Instant::now();
    inspect(text, scanner, &mut entry);
    start.elapsed()
}
