//! In steady state a message costs no allocation, and is read where it was written.
//!
//! The allocator of this program counts, for each thread by itself, so that other tests do not disturb.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use vc::args::Args;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::{Header, String as Text, UInt64};
use vc_tests::conformance::{Isolated, OneThread, SharedMemory};
use vc_tests::harness::{Mapping, TestDomain, until};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe by nature")]
// SAFETY: every call goes to the system's allocator, unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread so far.
fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

/// Allocations of 1000 messages, after 100 to get into the swing: in `send`, and in `receive`.
fn in_steady_state(mut send: impl FnMut(), mut receive: impl FnMut()) -> (u64, u64) {
    let mut counts = (0, 0);
    for turn in 0..1100 {
        let before = allocations();
        send();
        let between = allocations();
        receive();
        if turn >= 100 {
            counts = (counts.0 + between - before, counts.1 + allocations() - between);
        }
    }
    counts
}

#[test]
fn the_counter_counts() {
    let counts = in_steady_state(|| drop(std::hint::black_box(Box::new(1))), || ());

    assert_eq!(counts, (1000, 0));
}

#[test]
fn a_small_message_costs_no_allocation() {
    let world = OneThread::isolated();
    let (mut words, talker) = (
        world.reader_with::<Text>("words", Qos::DEFAULT).unwrap(),
        world.writer_with::<Text>("words", Qos::DEFAULT).unwrap(),
    );
    let word = Text { data: "a few words, more than a pointer holds".to_owned() };

    let (sending, receiving) = in_steady_state(
        || talker.publish(&word).unwrap(),
        || {
            let sample = words.next();
            assert_eq!(sample.view().unwrap().data().len(), word.data.len());
        },
    );

    println!("1000 messages: publish {sending} allocations, recv and view {receiving}");
    assert_eq!((sending, receiving), (0, 0));
}

#[test]
fn ports_for_any_thread_cost_no_allocation_either() {
    let world = SharedMemory::isolated();
    let (mut numbers, counter) = (world.reader::<UInt64>("numbers"), world.writer::<UInt64>("numbers"));

    let counts = in_steady_state(
        || counter.publisher.publish(&UInt64 { data: 7 }).unwrap(),
        || assert_eq!(numbers.subscriber.take().unwrap().unwrap().view().unwrap().data(), 7),
    );

    println!("1000 messages over ports for any thread: {counts:?} allocations");
    assert_eq!(counts, (0, 0));
}

fn full_hd() -> (Image, usize) {
    let header = Header { frame_id: "camera".to_owned(), ..Header::default() };
    let image = Image {
        header,
        height: 1080,
        width: 1920,
        encoding: "bgr8".to_owned(),
        step: 5760,
        ..Image::default()
    };
    (image, 1080 * 5760)
}

#[test]
fn a_loaned_frame_costs_no_allocation() {
    let world = OneThread::isolated();
    let (mut screen, camera) = (
        world.reader_with::<Image>("image", Qos::DEFAULT).unwrap(),
        world.writer_with::<Image>("image", Qos::DEFAULT).unwrap(),
    );
    let (fields, bytes) = full_hd();

    let (sending, receiving) = in_steady_state(
        || {
            let mut loan = camera.loan(&fields, bytes).unwrap();
            // A pixel in each page: the frames are not the point here.
            loan.region_mut().iter_mut().step_by(4096).for_each(|pixel| *pixel = 5);
            loan.send().unwrap();
        },
        || {
            let sample = screen.take().unwrap().unwrap();
            let view = sample.view().unwrap();
            assert_eq!((view.encoding(), view.data().len()), ("bgr8", bytes));
        },
    );

    println!("1000 frames: loan and send {sending} allocations, take and view {receiving}");
    assert_eq!((sending, receiving), (0, 0));
}

#[test]
fn a_callback_costs_no_allocation() {
    const FIRST: u64 = 100;
    const LAST: u64 = 1100;
    let world = TestDomain::new();
    let (answer, counted) = mpsc::channel();
    let heard = Arc::new(AtomicU64::new(u64::MAX));
    let hears = Arc::clone(&heard);

    let domain = world.domain();
    let listener = thread::spawn(move || {
        let block = Block::new("listener", "Listens.");
        let count = block.input::<UInt64>("count", "Numbers.");
        let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
        let (stop, mut before) = (node.stopper(), 0);
        node.on(&count, move |number| {
            match number.data() {
                FIRST => before = allocations(),
                LAST => {
                    answer.send(allocations() - before).unwrap();
                    stop.stop();
                }
                _ => {}
            }
            hears.store(number.data(), Ordering::Release);
        })
        .unwrap();
        node.run().unwrap();
    });
    let block = Block::new("talker", "Talks.");
    let count = block.output::<UInt64>("count", "Numbers.");
    let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
    let count = node.publisher(&count).unwrap();
    for data in 0..=LAST {
        count.publish(&UInt64 { data }).unwrap();
        until("the number is heard", || {
            if data == 0 {
                // The listener may not have been there yet.
                count.publish(&UInt64 { data }).unwrap();
            }
            heard.load(Ordering::Acquire) == data
        });
    }

    let count = counted.recv().unwrap();
    drop(node);
    listener.join().unwrap();
    println!("callback: {count} allocations in 1000 messages");
    assert_eq!(count, 0);
}

#[test]
fn what_is_read_is_what_was_written_and_no_copy() {
    let world = OneThread::isolated();
    let (mut screen, camera) = (
        world.reader_with::<Image>("image", Qos::DEFAULT).unwrap(),
        world.writer_with::<Image>("image", Qos::DEFAULT).unwrap(),
    );
    let (fields, bytes) = full_hd();

    for _ in 0..10 {
        let mut loan = camera.loan(&fields, bytes).unwrap();
        let written = loan.region_mut().as_ptr();
        let (written, segment) = place(written);
        loan.send().unwrap();

        let sample = screen.next();
        let (read, _) = place(sample.view().unwrap().data().as_ptr());
        assert_eq!(written, read, "the same byte of the same file");
        assert!(segment.starts_with("/dev/shm/vc"), "{segment}");
    }
}

/// Which byte of which file lies at `address`.
fn place(address: *const u8) -> ((u64, usize), String) {
    let mapping = Mapping::of(address).unwrap();
    (mapping.place(address), mapping.path)
}
