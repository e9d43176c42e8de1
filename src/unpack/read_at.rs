use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Bytes that can be read at any offset, by several threads at once.
pub trait ReadAt: Sync {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Reads at `offset` into `buffer` and returns how many bytes came; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Fills `buffer` from `offset`, or says that the end came too early.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read_at(rest, offset + done as u64) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|start| self.get(start..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        (**self).read_at(buffer, offset)
    }
}

/// A file on disk, as it was when it was opened.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    size: u64,
    /// All of a small one: it is read twice, to be unpacked and to be digested.
    whole: Option<Vec<u8>>,
}

impl FileSource {
    /// Opens a file for reading.
    pub fn open(path: &Path) -> io::Result<Self> {
        const SMALL: u64 = 1 << 20;
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut whole = None;
        if size <= SMALL {
            let bytes = whole.insert(Vec::with_capacity(usize::try_from(size).unwrap_or_default()));
            (&file).take(size).read_to_end(bytes)?;
        }
        Ok(Self { file, size, whole })
    }
}

impl ReadAt for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if let Some(whole) = &self.whole {
            return whole.as_slice().read_at(buffer, offset);
        }
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}
