//! Records beyond what memory may hold, on disk, read back in chunks.
//!
//! Invariant: what is read is what was written, in the order written; a reader holds one chunk at a time.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes read at once by one reader, and written at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Bytes before each record that say its length.
const LENGTH: usize = 4;

/// Somewhere to write and read back, such as an unnamed temporary file.
pub trait Spill: Read + Write + Seek + Send {}
impl<T: Read + Write + Seek + Send> Spill for T {}

/// Runs of records in one file.
pub struct Runs {
    file: Mutex<Box<dyn Spill>>,
    /// Where each run begins and ends, in bytes.
    runs: Vec<(u64, u64)>,
    length: u64,
}

impl Runs {
    /// Nothing written yet.
    pub fn new(file: Box<dyn Spill>) -> Runs {
        Runs { file: Mutex::new(file), runs: Vec::new(), length: 0 }
    }

    /// Appends one run.
    pub fn write<T: Serialize>(
        &mut self,
        records: impl IntoIterator<Item = io::Result<T>>,
    ) -> io::Result<()> {
        let start = self.length;
        let mut buffer = Vec::with_capacity(CHUNK_BYTES * 2);
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        for record in records {
            let at = buffer.len();
            buffer.extend([0; LENGTH]);
            buffer = postcard::to_extend(&record?, buffer).map_err(io::Error::other)?;
            let length = u32::try_from(buffer.len() - at - LENGTH).map_err(io::Error::other)?;
            buffer[at..at + LENGTH].copy_from_slice(&length.to_le_bytes());
            if buffer.len() >= CHUNK_BYTES {
                file.write_all(&buffer)?;
                self.length += buffer.len() as u64;
                buffer.clear();
            }
        }
        file.write_all(&buffer)?;
        file.flush()?;
        self.length += buffer.len() as u64;
        self.runs.push((start, self.length));
        Ok(())
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// The records of one run, in order.
    pub fn read<T: DeserializeOwned>(&self, run: usize) -> Reader<'_, T> {
        let (at, end) = self.runs[run];
        Reader { runs: self, at, end, rest: Vec::new(), ready: VecDeque::new() }
    }
}

/// Reads one run.
pub struct Reader<'a, T> {
    runs: &'a Runs,
    at: u64,
    end: u64,
    /// The beginning of a record whose end is in the next chunk.
    rest: Vec<u8>,
    ready: VecDeque<T>,
}

impl<T: DeserializeOwned> Reader<'_, T> {
    fn refill(&mut self) -> io::Result<()> {
        let length = (self.end - self.at).min(CHUNK_BYTES as u64) as usize;
        let held = self.rest.len();
        self.rest.resize(held + length, 0);
        {
            let mut file = self.runs.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.at))?;
            file.read_exact(&mut self.rest[held..])?;
        }
        self.at += length as u64;
        let mut whole = 0;
        while let Some((length, rest)) = self.rest[whole..].split_first_chunk::<LENGTH>() {
            let length = u32::from_le_bytes(*length) as usize;
            let Some(record) = rest.get(..length) else { break };
            self.ready.push_back(postcard::from_bytes(record).map_err(io::Error::other)?);
            whole += LENGTH + length;
        }
        self.rest.drain(..whole);
        Ok(())
    }
}

impl<T: DeserializeOwned> Iterator for Reader<'_, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<io::Result<T>> {
        while self.ready.is_empty() && self.at < self.end {
            if let Err(error) = self.refill() {
                self.at = self.end;
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
