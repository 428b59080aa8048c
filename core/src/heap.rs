//! Keeps the heap from going back to the system between two messages.
//!
//! A node works on messages of the same size over and over, and libraries such as OpenCV's take and free their scratch
//! memory each time. glibc's allocator gives what is freed at the heap's end back to the kernel as soon as it is 128 KiB,
//! so every frame would pay for the same pages again: a fifth of the edge detector's time at 640x480.

/// The largest block that glibc's allocator takes as a hint: its `DEFAULT_MMAP_THRESHOLD_MAX`, less its own header.
const HINT: usize = (32 << 20) - (64 << 10);

/// Has the allocator keep up to 64 MiB of freed memory, instead of 128 KiB. Memory that was never used is not taken.
///
/// glibc learns from what is freed: a large block that had a mapping of its own and is given back makes it expect more
/// such. Other allocators are left as they are.
pub(crate) fn keep() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(HINT)));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages this thread has been given by the kernel so far.
    fn faults() -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        stat.rsplit(") ").next().unwrap().split(' ').nth(7).unwrap().parse().unwrap()
    }

    #[test]
    #[cfg(target_env = "gnu")]
    fn memory_that_is_used_again_costs_no_page_faults() {
        const BYTES: usize = 8 << 20;
        let pages = (BYTES / rustix::param::page_size()) as u64;
        let use_once = || drop(std::hint::black_box(vec![1u8; BYTES]));

        keep();
        use_once();
        let before = faults();
        use_once();

        assert!(faults() - before < pages / 10, "{} of {pages} pages", faults() - before);
    }
}
