//! A node's page of counters: rows for its outputs, and for each source of each of its inputs.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

use rustix::fs::{MemfdFlags, SealFlags};

use crate::histogram::{Buckets, Histogram};
use crate::map::{Map, SharedBytes};

/// Outputs a node can count; further ones are not counted.
const OUTPUTS: usize = 128;
/// Publishers, over all inputs, that a node can count; further ones share the last row.
const SOURCES: usize = 256;
/// "vcpage" and the version of this layout.
const MAGIC: u64 = u64::from_le_bytes(*b"vcpage\0\x01");

/// Text of up to `WORDS * 8` bytes; longer text is cut.
#[repr(C)]
struct Text<const WORDS: usize>([AtomicU64; WORDS]);

impl<const WORDS: usize> Text<WORDS> {
    fn write(&self, text: &str) {
        let mut chunks = text.as_bytes().chunks(8);
        for word in &self.0 {
            let mut bytes = [0; 8];
            let chunk = chunks.next().unwrap_or_default();
            bytes[..chunk.len()].copy_from_slice(chunk);
            word.store(u64::from_le_bytes(bytes), Relaxed);
        }
    }

    fn read(&self) -> String {
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.load(Relaxed).to_le_bytes()).collect();
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    }
}

/// What outputs and sources have in common: whose they are.
#[repr(C)]
struct Label {
    gid: [AtomicU64; 2],
    port: Text<16>,
    topic: Text<32>,
}

impl Label {
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the gid")]
    fn write(&self, port: &str, topic: &str, gid: u128) {
        self.gid[0].store(gid as u64, Relaxed);
        self.gid[1].store((gid >> 64) as u64, Relaxed);
        self.port.write(port);
        self.topic.write(topic);
    }

    fn gid(&self) -> u128 {
        u128::from(self.gid[0].load(Relaxed)) | (u128::from(self.gid[1].load(Relaxed)) << 64)
    }
}

#[repr(C)]
struct OutputRow {
    label: Label,
    sent: AtomicU64,
    bytes: AtomicU64,
}

#[repr(C)]
struct SourceRow {
    label: Label,
    received: AtomicU64,
    lost: AtomicU64,
    latency: Buckets,
}

#[repr(C)]
struct Layout {
    magic: AtomicU64,
    outputs: AtomicU64,
    sources: AtomicU64,
    output_rows: [OutputRow; OUTPUTS],
    source_rows: [SourceRow; SOURCES],
}

#[expect(unsafe_code, reason = "the promise that makes the mapping sound")]
// SAFETY: made of AtomicU64 only, in `repr(C)` structs: no padding, every bit pattern valid.
unsafe impl SharedBytes for Layout {}

/// Why a page cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The system refused.
    #[error("cannot map a page of counters")]
    Io(#[from] io::Error),
    /// Not a page, or one of another version of this library.
    #[error("not a page of counters of this version")]
    Form,
}

/// A node's counters. Clones are the same page.
#[derive(Clone)]
pub struct Page(Arc<Map<Layout>>);

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").finish_non_exhaustive()
    }
}

impl Page {
    /// Makes an empty page; the descriptor keeps it open for others to map.
    ///
    /// # Errors
    /// The system's, if no memory file can be made.
    pub fn create() -> io::Result<(Self, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let fd = rustix::fs::memfd_create("vc-counters", flags)?;
        rustix::fs::ftruncate(&fd, std::mem::size_of::<Layout>() as u64)?;
        // Nobody can shorten the file under a mapping, which would end in SIGBUS.
        rustix::fs::fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let page = Self(Arc::new(Map::new(fd.as_fd())?));
        page.0.magic.store(MAGIC, Release);
        Ok((page, fd))
    }

    /// Maps the page that another process made.
    ///
    /// # Errors
    /// [`PageError::Form`] if it is none, or the system's error.
    pub fn open(path: &Path) -> Result<Self, PageError> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let long_enough = file.metadata()?.len() >= std::mem::size_of::<Layout>() as u64;
        if !long_enough || !is_sealed(&file) {
            return Err(PageError::Form);
        }
        let page = Self(Arc::new(Map::new(file.as_fd())?));
        if page.0.magic.load(Acquire) == MAGIC { Ok(page) } else { Err(PageError::Form) }
    }

    /// Begins to count for an output. `None` if the page is full.
    pub fn add_output(&self, port: &str, topic: &str, gid: u128) -> Option<OutputCounters> {
        let row = usize::try_from(self.0.outputs.load(Relaxed)).ok().filter(|row| *row < OUTPUTS)?;
        self.0.output_rows[row].label.write(port, topic, gid);
        self.0.outputs.fetch_add(1, Release);
        Some(OutputCounters { page: self.clone(), row })
    }

    /// Begins to count for one publisher that an input hears. When the page is full, further ones
    /// share its last row.
    pub fn add_source(&self, port: &str, topic: &str, gid: u128) -> SourceCounters {
        let row = usize::try_from(self.0.sources.load(Relaxed)).unwrap_or(SOURCES);
        if row < SOURCES {
            self.0.source_rows[row].label.write(port, topic, gid);
            self.0.sources.fetch_add(1, Release);
        }
        SourceCounters { page: self.clone(), row: row.min(SOURCES - 1) }
    }

    /// The figures of all outputs.
    pub fn outputs(&self) -> Vec<OutputReading> {
        let rows = usize::try_from(self.0.outputs.load(Acquire)).unwrap_or(OUTPUTS).min(OUTPUTS);
        let read = |row: &OutputRow| OutputReading {
            port: row.label.port.read(),
            topic: row.label.topic.read(),
            gid: row.label.gid(),
            sent: row.sent.load(Relaxed),
            bytes: row.bytes.load(Relaxed),
        };
        self.0.output_rows[..rows].iter().map(read).collect()
    }

    /// The figures of all sources of all inputs.
    pub fn sources(&self) -> Vec<SourceReading> {
        let rows = usize::try_from(self.0.sources.load(Acquire)).unwrap_or(SOURCES).min(SOURCES);
        let read = |row: &SourceRow| SourceReading {
            port: row.label.port.read(),
            topic: row.label.topic.read(),
            gid: row.label.gid(),
            received: row.received.load(Relaxed),
            lost: row.lost.load(Relaxed),
            latency: row.latency.read(),
        };
        self.0.source_rows[..rows].iter().map(read).collect()
    }
}

fn is_sealed(file: &File) -> bool {
    rustix::fs::fcntl_get_seals(file).is_ok_and(|seals| seals.contains(SealFlags::SHRINK))
}

/// Counts for one output, which has a row to itself: so nobody else adds to it.
#[derive(Debug)]
pub struct OutputCounters {
    page: Page,
    row: usize,
}

impl OutputCounters {
    /// Counts one sample of `bytes` bytes.
    pub fn sent(&mut self, bytes: u64) {
        // One writer needs no atomic addition, which costs more than all else here.
        let add = |to: &AtomicU64, more| to.store(to.load(Relaxed).wrapping_add(more), Relaxed);
        let row = &self.page.0.output_rows[self.row];
        add(&row.sent, 1);
        add(&row.bytes, bytes);
    }
}

/// Counts for one publisher that an input hears.
#[derive(Debug, Clone)]
pub struct SourceCounters {
    page: Page,
    row: usize,
}

impl SourceCounters {
    /// Counts one sample that took `latency_ns` from send to receipt.
    pub fn received(&self, latency_ns: u64) {
        let row = &self.page.0.source_rows[self.row];
        row.received.fetch_add(1, Relaxed);
        row.latency.record(latency_ns);
    }

    /// Counts `samples` that never came.
    pub fn lost(&self, samples: u64) {
        self.page.0.source_rows[self.row].lost.fetch_add(samples, Relaxed);
    }
}

/// The figures of one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputReading {
    /// The output, by its own name.
    pub port: String,
    /// The topic it writes.
    pub topic: String,
    /// The publisher's identity, as its samples carry it.
    pub gid: u128,
    /// Samples sent.
    pub sent: u64,
    /// CDR bytes sent.
    pub bytes: u64,
}

/// The figures of one publisher that an input hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReading {
    /// The input, by its own name.
    pub port: String,
    /// The topic it reads.
    pub topic: String,
    /// The publisher's identity.
    pub gid: u128,
    /// Samples received.
    pub received: u64,
    /// Samples that never came, by the gaps in the publisher's sequence.
    pub lost: u64,
    /// From send to receipt.
    pub latency: Histogram,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn another_mapping_sees_what_was_counted() {
        let (page, fd) = Page::create().unwrap();
        let path = format!("/proc/{}/fd/{}", std::process::id(), fd.as_raw_fd());
        let watcher = Page::open(Path::new(&path)).unwrap();

        page.add_output("image", "/camera/image", 7 << 70).unwrap().sent(100);
        let source = page.add_source("image", "/camera/image", 9);
        source.received(1000);
        source.lost(3);

        let output = &watcher.outputs()[0];
        assert_eq!((output.port.as_str(), output.topic.as_str()), ("image", "/camera/image"));
        assert_eq!((output.gid, output.sent, output.bytes), (7 << 70, 1, 100));
        let source = &watcher.sources()[0];
        assert_eq!((source.gid, source.received, source.lost, source.latency.count()), (9, 1, 3, 1));
    }

    #[test]
    fn a_full_page_goes_on() {
        let (page, _fd) = Page::create().unwrap();

        for gid in 0..1000 {
            page.add_output("o", "/o", gid);
            page.add_source("i", "/i", gid).received(1);
        }

        assert_eq!((page.outputs().len(), page.sources().len()), (OUTPUTS, SOURCES));
        assert_eq!(page.sources()[SOURCES - 1].received, 1000 - (SOURCES as u64 - 1));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(Page::open(Path::new("/dev/zero")), Err(PageError::Form)));
        assert!(matches!(Page::open(Path::new("/no/such")), Err(PageError::Io(_))));
    }

    #[test]
    fn long_names_are_cut() {
        let (page, _fd) = Page::create().unwrap();

        page.add_output(&"p".repeat(999), &"t".repeat(999), 1);

        assert_eq!((page.outputs()[0].port.len(), page.outputs()[0].topic.len()), (128, 256));
    }
}
