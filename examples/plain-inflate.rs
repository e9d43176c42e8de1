//! The yardstick of the benchmarks: inflates a gzip file, or every entry of a zip, into one reused buffer,
//! and does nothing else. Prints the bytes produced.

use std::fs::File;
use std::io::{BufReader, Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut buffer = vec![0; 1 << 20];
    let mut produced = 0;
    for path in std::env::args().skip(1) {
        let file = BufReader::with_capacity(1 << 20, File::open(&path)?);
        if path.ends_with("gz") || path.ends_with(".crate") {
            produced += drain(&mut flate2::bufread::GzDecoder::new(file), &mut buffer)?;
        } else {
            let mut zip = zip::ZipArchive::new(file)?;
            for number in 0..zip.len() {
                produced += drain(&mut zip.by_index(number)?, &mut buffer)?;
            }
        }
    }
    writeln!(std::io::stdout(), "{produced}")?;
    Ok(())
}

fn drain(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<u64> {
    let mut produced = 0;
    loop {
        match reader.read(buffer)? {
            0 => return Ok(produced),
            count => produced += count as u64,
        }
    }
}
