//! What the kernel knows: memory that is really there, mappings, processes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use vc::domain::Domain;

use super::domain::leftovers;

/// Bytes of memory that a domain's segments really take, however large they are on paper.
pub fn memory_touched(domain: Domain) -> u64 {
    let files = leftovers(domain).into_iter().filter_map(|path| fs::metadata(path).ok());
    files.filter(fs::Metadata::is_file).map(|file| file.blocks() * 512).sum()
}

/// A line of `/proc/self/maps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its first address.
    pub start: usize,
    /// The address behind it.
    pub end: usize,
    /// Where in the file it begins.
    pub offset: usize,
    /// The file's number.
    pub inode: u64,
    /// The file.
    pub path: String,
}

impl Mapping {
    /// The mapping of this process that holds `address`.
    pub fn of<T>(address: *const T) -> Option<Self> {
        mappings().into_iter().find(|map| (map.start..map.end).contains(&address.addr()))
    }

    /// Where in the mapped file `address` lies.
    pub fn place<T>(&self, address: *const T) -> (u64, usize) {
        (self.inode, self.offset + (address.addr() - self.start))
    }
}

/// All mappings of this process.
pub fn mappings() -> Vec<Mapping> {
    let text = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    text.lines().filter_map(mapping).collect()
}

fn mapping(line: &str) -> Option<Mapping> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let offset = words.nth(1)?;
    let inode = words.nth(1)?.parse().ok()?;
    let hex = |text| usize::from_str_radix(text, 16).ok();
    let path = words.next().unwrap_or_default().to_owned();
    Some(Mapping { start: hex(start)?, end: hex(end)?, offset: hex(offset)?, inode, path })
}

/// A number of `/proc/PID/status`, or of a thread's by the path `PID/task/TID`.
pub fn status_field(process: &str, field: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Living processes whose environment has `variable`, such as `ROS_DOMAIN_ID=7`: number and command line.
pub fn processes_with(variable: &str) -> Vec<(u32, String)> {
    let has = |path: PathBuf| {
        let pid: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let environment = fs::read(path.join("environ")).ok()?;
        environment.split(|byte| *byte == 0).find(|entry| *entry == variable.as_bytes())?;
        let command = fs::read(path.join("cmdline")).unwrap_or_default();
        Some((pid, String::from_utf8_lossy(&command).replace('\0', " ")))
    };
    let mut found: Vec<_> =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| has(entry.path())).collect();
    found.sort();
    found
}

/// The children of a process: number and name.
pub fn children_of(parent: u32) -> Vec<(u32, String)> {
    let child = |path: PathBuf| {
        let pid: u32 = path.file_name()?.to_str()?.parse().ok()?;
        (status_field(&pid.to_string(), "PPid")? == u64::from(parent)).then_some(())?;
        Some((pid, fs::read_to_string(path.join("comm")).ok()?.trim().to_owned()))
    };
    let mut found: Vec<_> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| child(entry.path()))
        .collect();
    found.sort();
    found
}
