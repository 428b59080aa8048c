//! Touches a slot's memory before it is written, so that a full `/dev/shm` is an error and not SIGBUS.

use rustix::mm::{Advice, madvise};

/// The page ranges of a publisher's slots that are known to be backed by memory.
///
/// A publisher cycles through few slots, so after the first messages each check is one search in a
/// short sorted list.
#[derive(Debug, Default)]
pub(super) struct Touched(Vec<(usize, usize)>);

/// Slots remembered; beyond, the list starts anew, which costs a system call for each slot again.
const LIMIT: usize = 8192;

impl Touched {
    /// Makes sure that `memory` is backed. `false` if there is no memory left for it.
    pub(super) fn touch(&mut self, memory: &[u8]) -> bool {
        let page = rustix::param::page_size();
        let start = memory.as_ptr().addr() & !(page - 1);
        let end = (memory.as_ptr().addr() + memory.len()).next_multiple_of(page);
        match self.0.binary_search_by_key(&start, |(start, _)| *start) {
            Ok(at) if self.0[at].1 >= end => true,
            Ok(at) => {
                let backed = populate(memory, start, end);
                self.0[at].1 = if backed { end } else { self.0[at].1 };
                backed
            }
            Err(at) => {
                let backed = populate(memory, start, end);
                if self.0.len() == LIMIT {
                    self.0.clear();
                } else if backed {
                    self.0.insert(at, (start, end));
                }
                backed
            }
        }
    }
}

#[expect(unsafe_code, reason = "shared memory is populated before it is written")]
fn populate(memory: &[u8], start: usize, end: usize) -> bool {
    let address = memory.as_ptr().with_addr(start).cast_mut().cast();
    // SAFETY: the range is the pages that hold `memory`, a live mapping; populating changes no byte
    // of it. The pages before and behind `memory` belong to the same mapping, which is whole pages.
    let result = unsafe { madvise(address, end - start, Advice::LinuxPopulateWrite) };
    // A kernel before 5.14 does not know the advice: then the check of free space has to do.
    result.is_ok() || result == Err(rustix::io::Errno::INVAL)
}
