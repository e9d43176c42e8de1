//! The bytes of one member, decompressed and checked.

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Member, Meter};
use crate::unpack::compressed::Zstd;
use crate::unpack::{Damage, ReadAt, Window};

/// Compressed and decompressed bytes handled at once.
const CHUNK: usize = 256 << 10;
/// Smallest dictionary of LZMA.
const LEAST_DICTIONARY: u32 = 4 << 10;

/// Compression methods that can be read.
pub(super) fn is_known(method: u16) -> bool {
    matches!(method, 0 | 8 | 9 | 12 | 14 | 93 | 95)
}

/// Decompresses a member piece by piece into `out`, and checks length and checksum.
///
/// # Errors
/// When it is damaged, encrypted, of an unknown method, or over a limit. What came before the damage was
/// given to `out`.
pub fn extract(
    source: &dyn ReadAt,
    member: &Member,
    meter: &Meter<'_>,
    out: &mut dyn FnMut(&[u8]),
) -> Result<(), Damage> {
    meter
        .entry(member.raw.len())
        .map_err(|overrun| Damage::new(member.header.offset, overrun.to_string()))?;
    if let Some(fault) = &member.fault {
        return Err(fault.clone());
    }
    let mut taker = Taker { member, meter, out, crc: Crc::new(), taken: 0 };
    let window = Window::new(source, member.data, member.packed);
    match member.method {
        0 => copy(window, &mut taker)?,
        8 => inflate(window, &mut taker)?,
        9 => copy(deflate64::Deflate64Decoder::new(window), &mut taker)?,
        12 => copy(bzip2::read::BzDecoder::new(window), &mut taker)?,
        14 => copy(lzma(window, member, meter)?, &mut taker)?,
        // It holds back no more than the member is to have.
        93 => copy(Zstd::new(window, meter, member.size), &mut taker)?,
        95 => copy(xz(window, meter), &mut taker)?,
        method => {
            let why = format!("the member is compressed by method {method}, which can't be read");
            return Err(Damage::new(member.header.offset, why));
        }
    }
    taker.finish()
}

/// Receives a member's bytes and checks them on the way.
struct Taker<'a> {
    member: &'a Member,
    meter: &'a Meter<'a>,
    out: &'a mut dyn FnMut(&[u8]),
    crc: Crc,
    taken: u64,
}

impl Taker<'_> {
    fn damage(&self, why: &str) -> Damage {
        Damage::new(self.member.header.offset, why)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Damage> {
        self.taken += bytes.len() as u64;
        if self.taken > self.member.size {
            return Err(self.damage("the member holds more bytes than the directory says"));
        }
        let counted = self.meter.produce(bytes.len() as u64);
        counted.map_err(|overrun| self.damage(&overrun.to_string()))?;
        self.crc.update(bytes);
        (self.out)(bytes);
        Ok(())
    }

    fn finish(self) -> Result<(), Damage> {
        if self.taken != self.member.size {
            return Err(self.damage("the member holds fewer bytes than the directory says"));
        }
        if self.crc.sum() != self.member.crc {
            return Err(self.damage("the member's checksum (CRC-32) is wrong"));
        }
        Ok(())
    }
}

fn copy(mut reader: impl Read, taker: &mut Taker<'_>) -> Result<(), Damage> {
    let mut buffer = vec![0; CHUNK.min(usize::try_from(taker.member.size).unwrap_or(CHUNK) + 1)];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => taker.take(buffer.get(..count).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let known = error.downcast::<Damage>().map(|damage| damage.why);
                return Err(
                    taker.damage(known.as_deref().unwrap_or("the member's compressed bytes are damaged"))
                );
            }
        }
    }
}

/// What inflating takes beside the member itself.
struct Inflater {
    inflate: Decompress,
    input: Vec<u8>,
    output: Vec<u8>,
}

thread_local! {
    /// Kept from member to member. What is found in one stays until the end, and would lie in the gap that another
    /// one's 48 KB have left: with each of many members the heap would grow by so much.
    static READY: Cell<Option<Box<Inflater>>> = const { Cell::new(None) };
}

impl Inflater {
    fn new() -> Self {
        Self { inflate: Decompress::new(false), input: vec![0; CHUNK], output: vec![0; CHUNK] }
    }

    /// Inflates; the data must end where the member does.
    fn run(&mut self, mut window: Window<'_>, taker: &mut Taker<'_>) -> Result<(), Damage> {
        let Self { inflate, input, output } = self;
        inflate.reset(false);
        let (mut start, mut end) = (0, 0);
        loop {
            if start == end {
                start = 0;
                end = window.read(input).map_err(|error| Damage::unreadable(taker.member.data, &error))?;
            }
            let available = input.get(start..end).unwrap_or_default();
            let at_end = available.is_empty();
            let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
            let status = inflate
                .decompress(available, output, FlushDecompress::None)
                .map_err(|_| taker.damage("the member's compressed bytes are damaged"))?;
            start += (inflate.total_in() - before_in) as usize;
            let produced = (inflate.total_out() - before_out) as usize;
            taker.take(output.get(..produced).unwrap_or_default())?;
            if status == Status::StreamEnd {
                break;
            }
            if at_end && produced == 0 {
                return Err(taker.damage("the member's compressed bytes end too early"));
            }
        }
        if inflate.total_in() != taker.member.packed {
            return Err(taker.damage("the member's compressed bytes end before the member does: what follows them is read by nobody or by stream readers only"));
        }
        Ok(())
    }
}

fn inflate(window: Window<'_>, taker: &mut Taker<'_>) -> Result<(), Damage> {
    let mut inflater = READY.take().unwrap_or_else(|| Box::new(Inflater::new()));
    let inflated = inflater.run(window, taker);
    READY.set(Some(inflater));
    inflated
}

/// LZMA as zip keeps it: version, length of properties, properties, stream.
fn lzma<'a>(
    mut window: Window<'a>,
    member: &Member,
    meter: &Meter<'_>,
) -> Result<impl Read + use<'a>, Damage> {
    let damaged = || Damage::new(member.header.offset, "the member's LZMA header is damaged");
    let mut header = [0; 9];
    window.read_exact(&mut header).map_err(|_| damaged())?;
    let [_, _, 5, 0, properties, a, b, c, d] = header else { return Err(damaged()) };
    // Nothing can be repeated from further back than the member is long.
    let dictionary = u32::from_le_bytes([a, b, c, d])
        .min(u32::try_from(member.size).unwrap_or(u32::MAX).max(LEAST_DICTIONARY));
    let memory = lzma_rust2::lzma_get_memory_usage_by_props(dictionary, properties).map_err(|_| damaged())?;
    if memory > meter.limits().dictionary() {
        return Err(Damage::new(member.header.offset, "the member asks for a dictionary that is too large"));
    }
    lzma_rust2::LzmaReader::new_with_props(BufReader::new(window), member.size, properties, dictionary, None)
        .map_err(|_| damaged())
}

fn xz<'a>(window: Window<'a>, meter: &Meter<'_>) -> impl Read + use<'a> {
    lzma_rust2::XzReader::new_mem_limit(BufReader::new(window), true, meter.limits().dictionary())
}
