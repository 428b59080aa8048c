//! What the transport's ports share with their loans and samples, held without an allocation for each loan.
//!
//! iceoryx2 puts the state of every loan behind a counted pointer, which its own services allocate anew each
//! time. Here the memory of those that are gone is kept for the next: after the first few loans nothing is
//! allocated any more. Which service a port uses does not show in shared memory, so ours and iceoryx2's own
//! meet on the same topics.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};

use iceoryx2_bb_elementary_traits::testing::abandonable::Abandonable;
use iceoryx2_cal::arc_sync_policy::{ArcSyncPolicy, ArcSyncPolicyCreationError, LockGuard};

/// Memory for one small value: the state of a loan fits.
#[repr(align(16))]
pub struct Block {
    _bytes: [u8; 80],
}

/// Memory that held a value and waits for the next.
type Spare = Vec<Box<MaybeUninit<Block>>>;

/// Blocks kept; beyond, memory goes back to the system. A publisher has four loans at most.
const KEPT: usize = 64;

/// How a value is counted and guarded: for one thread, or for all.
pub trait Sharing: Sized + 'static {
    /// What guards the value while it is used.
    #[doc(hidden)]
    type Gate: Default;
    #[doc(hidden)]
    type Pass<'a>;
    #[doc(hidden)]
    fn enter(gate: &Self::Gate) -> Self::Pass<'_>;
    /// One more holder.
    #[doc(hidden)]
    fn join(holders: &AtomicUsize);
    /// One holder less. Whether it was the last.
    #[doc(hidden)]
    fn leave(holders: &AtomicUsize) -> bool;
    /// Takes or gives back blocks; `None` where that is not possible any more, at a thread's end.
    #[doc(hidden)]
    fn spare<R>(with: impl FnOnce(&mut Spare) -> R) -> Option<R>;
}

/// Held by one thread.
#[derive(Debug)]
pub struct OneThread;

impl Sharing for OneThread {
    type Gate = ();
    type Pass<'a> = ();

    fn enter((): &()) {}

    fn join(holders: &AtomicUsize) {
        holders.store(holders.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    fn leave(holders: &AtomicUsize) -> bool {
        let left = holders.load(Ordering::Relaxed) - 1;
        holders.store(left, Ordering::Relaxed);
        left == 0
    }

    fn spare<R>(with: impl FnOnce(&mut Spare) -> R) -> Option<R> {
        thread_local!(static SPARE: RefCell<Spare> = const { RefCell::new(Vec::new()) });
        SPARE.try_with(|spare| spare.try_borrow_mut().map(|mut spare| with(&mut spare)).ok()).ok().flatten()
    }
}

/// Held by any number of threads, one at a time; a thread may enter again what it has entered.
#[derive(Debug)]
pub struct AllThreads;

#[derive(Debug, Default)]
pub struct Gate {
    lock: Mutex<()>,
    /// The thread that is in, as [`this_thread`] tells it; 0: none.
    inside: AtomicUsize,
}

/// Being inside a gate; the outermost one of a thread lets others in when it ends.
#[derive(Debug)]
pub struct Pass<'a>(Option<(&'a AtomicUsize, MutexGuard<'a, ()>)>);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some((inside, _lock)) = &self.0 {
            inside.store(0, Ordering::Relaxed);
        }
    }
}

/// A number for the calling thread that no other living one has.
fn this_thread() -> usize {
    thread_local!(static HERE: u8 = const { 0 });
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

impl Sharing for AllThreads {
    type Gate = Gate;
    type Pass<'a> = Pass<'a>;

    fn enter(gate: &Gate) -> Pass<'_> {
        let this = this_thread();
        // Only this thread writes its own number there, so seeing it means being inside.
        if gate.inside.load(Ordering::Relaxed) == this {
            return Pass(None);
        }
        let lock = gate.lock.lock().unwrap_or_else(PoisonError::into_inner);
        gate.inside.store(this, Ordering::Relaxed);
        Pass(Some((&gate.inside, lock)))
    }

    fn join(holders: &AtomicUsize) {
        holders.fetch_add(1, Ordering::Relaxed);
    }

    fn leave(holders: &AtomicUsize) -> bool {
        let was_last = holders.fetch_sub(1, Ordering::Release) == 1;
        if was_last {
            // What other holders did comes before the value's end.
            fence(Ordering::Acquire);
        }
        was_last
    }

    fn spare<R>(with: impl FnOnce(&mut Spare) -> R) -> Option<R> {
        static SPARE: Mutex<Spare> = Mutex::new(Vec::new());
        Some(with(&mut SPARE.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

struct Inner<T, M: Sharing> {
    holders: AtomicUsize,
    gate: M::Gate,
    value: T,
}

/// A value with several holders, in memory that was used before where there is such.
pub struct Held<T, M: Sharing> {
    inner: NonNull<Inner<T, M>>,
    value: PhantomData<Inner<T, M>>,
}

#[expect(unsafe_code, reason = "the holders of a value may be in several threads")]
// SAFETY: the gate lets one thread at a time use the value, and the count is atomic.
unsafe impl<T: Send> Send for Held<T, AllThreads> {}
#[expect(unsafe_code, reason = "the holders of a value may be in several threads")]
// SAFETY: as for Send.
unsafe impl<T: Send> Sync for Held<T, AllThreads> {}

impl<T, M: Sharing> Held<T, M> {
    const IS_SMALL: bool = size_of::<Inner<T, M>>() <= size_of::<Block>() && align_of::<Inner<T, M>>() <= 16;

    fn of(value: T) -> Self {
        let place: NonNull<Inner<T, M>> = if Self::IS_SMALL {
            let used = M::spare(Vec::pop).flatten();
            NonNull::from(Box::leak(used.unwrap_or_else(Box::new_uninit))).cast()
        } else {
            NonNull::from(Box::leak(Box::<Inner<T, M>>::new_uninit())).cast()
        };
        let inner = Inner { holders: AtomicUsize::new(1), gate: M::Gate::default(), value };
        #[expect(unsafe_code, reason = "memory is used again")]
        // SAFETY: `place` is a block of our own, large and aligned enough for an `Inner` (`IS_SMALL`), which
        // nobody else knows of.
        unsafe {
            place.write(inner);
        }
        Self { inner: place, value: PhantomData }
    }

    fn inner(&self) -> &Inner<T, M> {
        #[expect(unsafe_code, reason = "the holders share one value")]
        // SAFETY: written by `of`, and alive as long as there is a holder, which this is.
        unsafe {
            self.inner.as_ref()
        }
    }

    /// Gives the memory back. Only for the last holder, when the value is gone.
    fn release(&mut self) {
        if Self::IS_SMALL {
            #[expect(unsafe_code, reason = "memory is used again")]
            // SAFETY: `of` got it as a leaked `Box` of a block; the value in it is gone.
            let block = unsafe { Box::from_raw(self.inner.cast::<MaybeUninit<Block>>().as_ptr()) };
            M::spare(|spare| {
                if spare.len() < KEPT {
                    spare.push(block);
                }
            });
        } else {
            #[expect(unsafe_code, reason = "memory goes back to the system")]
            // SAFETY: `of` got it as a leaked `Box` of an `Inner`; the value in it is gone.
            drop(unsafe { Box::from_raw(self.inner.cast::<MaybeUninit<Inner<T, M>>>().as_ptr()) });
        }
    }
}

impl<T, M: Sharing> Clone for Held<T, M> {
    fn clone(&self) -> Self {
        M::join(&self.inner().holders);
        Self { inner: self.inner, value: PhantomData }
    }
}

impl<T, M: Sharing> Drop for Held<T, M> {
    fn drop(&mut self) {
        if M::leave(&self.inner().holders) {
            #[expect(unsafe_code, reason = "the last holder ends the value")]
            // SAFETY: nobody else holds it, and it is not used after this.
            unsafe {
                self.inner.drop_in_place();
            }
            self.release();
        }
    }
}

impl<T, M: Sharing> fmt::Debug for Held<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

/// Use of a held value.
pub struct Guard<'a, T, M: Sharing> {
    value: &'a T,
    _pass: M::Pass<'a>,
}

impl<T, M: Sharing> Deref for Guard<'_, T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value
    }
}

impl<'a, T: Send + fmt::Debug + Abandonable, M: Sharing> LockGuard<'a, T> for Guard<'a, T, M> {}

impl<T: Send + fmt::Debug + Abandonable, M: Sharing> ArcSyncPolicy<T> for Held<T, M> {
    type LockGuard<'a>
        = Guard<'a, T, M>
    where
        Self: 'a,
        T: 'a;

    fn new(value: T) -> Result<Self, ArcSyncPolicyCreationError> {
        Ok(Self::of(value))
    }

    fn lock(&self) -> Guard<'_, T, M> {
        let inner = self.inner();
        Guard { value: &inner.value, _pass: M::enter(&inner.gate) }
    }
}

impl<T: Send + fmt::Debug + Abandonable, M: Sharing> Abandonable for Held<T, M> {
    /// Forgets the value as a crash would: what it owns outside this process stays. For the transport's own
    /// tests; the memory is lost.
    #[expect(unsafe_code, reason = "the trait's")]
    unsafe fn abandon_in_place(this: NonNull<Self>) {
        // SAFETY: the caller promises a valid value that is not used again.
        let held = unsafe { this.read() };
        if M::leave(&held.inner().holders) {
            let mut inner = held.inner;
            // SAFETY: nobody else holds it.
            let value = NonNull::from(unsafe { &mut inner.as_mut().value });
            // SAFETY: valid, and not used again, since its memory is not given back.
            unsafe { T::abandon_in_place(value) };
        }
        std::mem::forget(held);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Debug)]
    struct Counted<const BYTES: usize>(Arc<AtomicUsize>, [u8; BYTES]);

    impl<const BYTES: usize> Drop for Counted<BYTES> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl<const BYTES: usize> Abandonable for Counted<BYTES> {
        #[expect(unsafe_code, reason = "the trait's")]
        unsafe fn abandon_in_place(_this: NonNull<Self>) {}
    }

    fn ends_with_its_last_holder<M: Sharing, const BYTES: usize>() {
        let ended = Arc::new(AtomicUsize::new(0));
        let first = Held::<_, M>::of(Counted(Arc::clone(&ended), [7; BYTES]));
        let second = first.clone();

        drop(first);
        assert_eq!((ended.load(Ordering::Relaxed), second.lock().1[BYTES - 1]), (0, 7));
        drop(second);
        assert_eq!(ended.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_value_ends_with_its_last_holder() {
        ends_with_its_last_holder::<OneThread, 8>();
        ends_with_its_last_holder::<OneThread, 500>();
        ends_with_its_last_holder::<AllThreads, 8>();
        ends_with_its_last_holder::<AllThreads, 500>();
    }

    #[test]
    fn memory_is_used_again() {
        let place = |held: &Held<[u8; 8], OneThread>| held.inner.addr();
        let first = Held::<_, OneThread>::of([1; 8]);
        let before = place(&first);
        drop(first);

        let second = Held::of([2; 8]);

        assert_eq!(place(&second), before);
        assert_eq!(second.inner().value, [2; 8]);
    }

    #[test]
    fn an_abandoned_value_does_not_end() {
        let ended = Arc::new(AtomicUsize::new(0));
        let first = Held::<_, AllThreads>::of(Counted(Arc::clone(&ended), [0; 8]));
        first.clone().abandon();
        first.abandon();

        assert_eq!(ended.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn threads_take_turns_and_may_enter_again() {
        const TURNS: usize = 1000;
        let held = Held::<_, AllThreads>::of(Counted(Arc::default(), [0; 8]));
        let turns = Arc::new(AtomicUsize::new(0));
        let threads = [0, 1].map(|_| {
            let (held, turns) = (held.clone(), Arc::clone(&turns));
            std::thread::spawn(move || {
                for _ in 0..TURNS {
                    let outer = held.lock();
                    drop(held.lock());
                    // Not atomic as a whole: right only if one thread at a time is inside.
                    turns.store(turns.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
                    drop(outer);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }

        assert_eq!(turns.load(Ordering::Relaxed), 2 * TURNS);
    }
}
