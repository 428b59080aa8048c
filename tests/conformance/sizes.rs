//! From nothing to a hundred megabytes.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::{Float32MultiArray, Float64MultiArray, String as Text, UInt8MultiArray};

use super::{Isolated, Ports};

/// A value for each place, so that bytes in the wrong place are seen.
fn pattern(at: usize) -> u8 {
    (at % 251) as u8
}

pub fn sizes_grow_and_shrink<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let writer = world.writer::<UInt8MultiArray>("data");
    let growing = [0, 1, 63, 64, 65, 1000, 4096, 65_536, 1_000_000, 8_000_000];

    // Twice, so that small ones come after big ones, and the old ones are held meanwhile.
    for _ in 0..2 {
        let mut held = Vec::new();
        for len in growing {
            let mut loan = writer.loan(&UInt8MultiArray::default(), len).unwrap();
            loan.region_mut().iter_mut().enumerate().for_each(|(at, byte)| *byte = pattern(at));
            loan.send().unwrap();
            held.push((len, reader.next()));
            if held.len() == vc::topic::MAX_HELD_SAMPLES {
                check(held.remove(0));
            }
        }
        held.into_iter().for_each(check);
    }
}

fn check<P: Ports>((len, sample): (usize, Sample<UInt8MultiArray, P>)) {
    let view = sample.view().unwrap();
    let data = view.data();
    assert_eq!(data.len(), len);
    assert!(data.iter().enumerate().all(|(at, byte)| *byte == pattern(at)), "{len} bytes");
}

pub fn a_sequence_of_length_zero_arrives<W: Isolated>() {
    let world = W::isolated();
    let mut numbers = world.reader::<Float64MultiArray>("numbers");
    let mut words = world.reader::<Text>("words");

    let (some_numbers, some_words) = (world.writer("numbers"), world.writer("words"));
    some_numbers.publish(&Float64MultiArray::default()).unwrap();
    some_words.publish(&Text::default()).unwrap();

    let sample = numbers.next();
    assert_eq!(sample.view().unwrap().data().as_slice(), Some(&[][..]));
    assert_eq!(words.next().view().unwrap().data(), "");
}

pub fn a_hundred_megabytes_arrive<W: Isolated>() {
    const LEN: usize = 100_000_000;
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let writer = world.writer::<UInt8MultiArray>("data");

    let mut loan = writer.loan(&UInt8MultiArray::default(), LEN).unwrap();
    for (at, chunk) in loan.region_mut().chunks_mut(4096).enumerate() {
        chunk.fill(pattern(at));
    }
    loan.send().unwrap();

    let sample = reader.next();
    let view = sample.view().unwrap();
    let data = view.data();
    assert_eq!(data.len(), LEN);
    for (at, chunk) in data.chunks(4096).enumerate() {
        assert!(chunk.iter().all(|byte| *byte == pattern(at)));
    }
}

pub fn numbers_can_be_borrowed_where_they_lie<W: Isolated>() {
    let world = W::isolated();
    let mut small = world.reader::<Float32MultiArray>("small");
    let mut large = world.reader::<Float64MultiArray>("large");
    let numbers: Vec<f32> = (0..100_u8).map(f32::from).collect();

    let writer32 = world.writer("small");
    let fields = Float32MultiArray::default();
    let mut loan = writer32.loan(&fields, numbers.len()).unwrap();
    loan.region_mut().copy_from_slice(&numbers);
    loan.send().unwrap();
    let writer64 = world.writer("large");
    writer64.publish(&Float64MultiArray { data: vec![0.5; 100], ..Default::default() }).unwrap();

    let sample = small.next();
    let view = sample.view().unwrap();
    let borrowed = view.data().as_slice().unwrap();
    assert_eq!(borrowed, numbers);
    let whole = sample.cdr().as_ptr_range();
    assert!(whole.contains(&borrowed.as_ptr().cast()), "not a copy");
    assert_eq!((whole.start.addr() + vc::cdr::ENCAPSULATION_LEN) % 64, 0, "the body is aligned to 64 bytes");
    assert_eq!(large.next().view().unwrap().data().as_slice(), Some(&[0.5; 100][..]));
}
