//! The one place where the page's memory is mapped.

use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// A type that any bytes may stand for and that several processes may use at once.
///
/// # Safety
/// All bit patterns are valid, and all fields are atomics.
#[expect(unsafe_code, reason = "the trait is the promise that makes the mapping sound")]
pub(crate) unsafe trait SharedBytes {}

/// A `T` in a shared mapping, unmapped on drop.
pub(crate) struct Map<T: SharedBytes>(NonNull<T>);

impl<T: SharedBytes> Map<T> {
    /// Maps the memory file behind `fd`, which must be at least as long as a `T`.
    #[expect(unsafe_code, reason = "memory is shared here")]
    pub(crate) fn new(fd: BorrowedFd<'_>) -> std::io::Result<Self> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        let length = std::mem::size_of::<T>();
        // SAFETY: a fresh mapping at an address of the kernel's choice touches no memory of ours.
        let address = unsafe { mmap(std::ptr::null_mut(), length, protection, MapFlags::SHARED, fd, 0) }?;
        NonNull::new(address.cast()).map(Self).ok_or_else(|| std::io::ErrorKind::OutOfMemory.into())
    }
}

impl<T: SharedBytes> std::ops::Deref for Map<T> {
    type Target = T;

    #[expect(unsafe_code, reason = "memory is shared here")]
    fn deref(&self) -> &T {
        // SAFETY: `new` mapped a whole page-aligned T that lives until drop; `SharedBytes` promises
        // that any bytes are a T and that concurrent writers are allowed.
        unsafe { self.0.as_ref() }
    }
}

impl<T: SharedBytes> Drop for Map<T> {
    #[expect(unsafe_code, reason = "memory is shared here")]
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` with this length, and nothing borrows it any more.
        // A failure could only mean that it is gone already.
        let _ = unsafe { munmap(self.0.as_ptr().cast(), std::mem::size_of::<T>()) };
    }
}

#[expect(unsafe_code, reason = "memory is shared here")]
// SAFETY: a mapping may be used from any thread; all access goes through atomics.
unsafe impl<T: SharedBytes> Send for Map<T> {}
#[expect(unsafe_code, reason = "memory is shared here")]
// SAFETY: as for Send.
unsafe impl<T: SharedBytes> Sync for Map<T> {}
