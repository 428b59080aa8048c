//! A domain that no other test has, and that must be empty in the end.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use vc::domain::Domain;

use super::random::{Random, seed};

/// A domain of a test's own. When it is dropped, nothing of it may be left in `/dev/shm`.
#[derive(Debug)]
pub struct TestDomain(Domain);

impl TestDomain {
    /// A domain that nobody else uses.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mixed = Random::new(seed() ^ (u64::from(std::process::id()) << 20) ^ count).next();
        // Above what people use.
        Self(Domain::new((mixed >> 33) as u32 + 1000))
    }

    /// The domain.
    pub fn domain(&self) -> Domain {
        self.0
    }

    /// The value of `ROS_DOMAIN_ID` that names it.
    pub fn variable(&self) -> String {
        self.0.id().to_string()
    }

    /// What of it lies in `/dev/shm` now.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        leftovers(self.0)
    }
}

impl Drop for TestDomain {
    fn drop(&mut self) {
        let left = self.leftovers();
        if std::thread::panicking() {
            for path in left {
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        } else {
            assert!(left.is_empty(), "left behind: {left:?}");
        }
    }
}

/// What lies in `/dev/shm` for a domain: its folder, and every segment with its prefix.
pub fn leftovers(domain: Domain) -> Vec<PathBuf> {
    let folder = domain.folder();
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| {
            let entry = entry.file_name();
            let rest = entry.to_str().and_then(|entry| entry.strip_prefix(&name));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}
