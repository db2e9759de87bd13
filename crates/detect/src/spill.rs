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
            serde_json::to_writer(&mut buffer, &record?)?;
            buffer.push(b'\n');
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
        let whole = self.rest.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
        for line in self.rest[..whole].split(|it| *it == b'\n').filter(|it| !it.is_empty()) {
            self.ready.push_back(serde_json::from_slice(line)?);
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
