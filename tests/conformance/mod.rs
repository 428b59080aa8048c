//! The promises of a topic, as functions generic over the way a sample travels.
//!
//! Both ends are of the way's own kind, ports of one thread or of all; where a promise is about several threads, an end
//! that needs it is of all.
//!
//! A way to travel implements [`Isolated`]; then one line, `every_promise!(TheWay)`, runs the suite for it. Each promise
//! has a world of its own, and when that is dropped nothing may be left of it.

#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod delivery;
mod ends;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod late_joiners;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod many;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod memory;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod restart;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod sizes;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod types;
#[expect(missing_docs, reason = "a promise says in its name what it promises")]
pub mod waiting;

use std::marker::PhantomData;

pub use ends::{Ports, Reader, Writer};
use vc::domain::Domain;
use vc::prelude::*;
use vc::topic::Local;

use crate::harness::TestDomain;

/// A way for samples to travel, in a world of its own.
pub trait Isolated: Sized {
    /// How its ports may be used.
    type Ports: Ports;

    /// A world that nobody else uses. When it is dropped, nothing may be left of it.
    fn isolated() -> Self;

    /// Another side of the same world: where publishers are.
    fn writing(&self) -> Domain;

    /// And where subscribers are.
    fn reading(&self) -> Domain;

    /// Returns when everybody who reads `topic` by now will get what is written from now on.
    fn settle(&self, topic: &str);

    /// A publisher on `topic` with the type's own quality of service.
    fn writer<T: Message>(&self, topic: &str) -> Writer<T, Self::Ports> {
        self.writer_with(topic, own_qos::<T>()).unwrap()
    }

    /// A publisher on `topic`.
    ///
    /// # Errors
    /// The node's.
    fn writer_with<T: Message>(&self, topic: &str, qos: Qos) -> Result<Writer<T, Self::Ports>, Error> {
        Writer::open(self, topic, qos)
    }

    /// A publisher that any thread may use.
    fn shared_writer<T: Message>(&self, topic: &str, qos: Qos) -> Writer<T> {
        Writer::open(self, topic, qos).unwrap()
    }

    /// A subscriber of `topic` with the type's own quality of service.
    fn reader<T: Message>(&self, topic: &str) -> Reader<T, Self::Ports> {
        self.reader_with(topic, own_qos::<T>()).unwrap()
    }

    /// A subscriber of `topic`.
    ///
    /// # Errors
    /// The node's.
    fn reader_with<T: Message>(&self, topic: &str, qos: Qos) -> Result<Reader<T, Self::Ports>, Error> {
        Reader::open(self, &[topic], qos)
    }

    /// A subscriber of several topics in one input.
    fn reader_of<T: Message>(&self, topics: &[&str]) -> Reader<T, Self::Ports> {
        Reader::open(self, topics, Qos::DEFAULT).unwrap()
    }

    /// A subscriber that any thread may use.
    fn shared_reader<T: Message>(&self, topic: &str) -> Reader<T> {
        Reader::open(self, &[topic], Qos::DEFAULT).unwrap()
    }
}

/// What a port has whose block says nothing.
fn own_qos<T: Message>() -> Qos {
    Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH)
}

/// Both sides in one domain of one host.
#[derive(Debug)]
pub struct OnOneHost<P>(TestDomain, PhantomData<P>);

/// Over shared memory, with ports that any thread may use.
pub type SharedMemory = OnOneHost<Shared>;
/// Over shared memory, with ports that stay on one thread.
pub type OneThread = OnOneHost<Local>;

impl<P: Ports> Isolated for OnOneHost<P> {
    type Ports = P;

    fn isolated() -> Self {
        Self(TestDomain::new(), PhantomData)
    }

    fn writing(&self) -> Domain {
        self.0.domain()
    }

    fn reading(&self) -> Domain {
        self.0.domain()
    }

    fn settle(&self, _topic: &str) {
        // A subscriber is connected when it is open.
    }
}

/// Makes a test of each promise, for one way to travel.
#[macro_export]
macro_rules! every_promise {
    ($way:ty) => {
        $crate::promises! { $way;
            delivery: samples_arrive_in_order
                each_sample_carries_who_sent_it_and_when
                a_full_queue_keeps_the_newest
                a_long_queue_keeps_a_burst
                every_loss_is_counted
                a_loss_before_the_first_look_is_counted_too
                a_dropped_loan_is_never_delivered
                a_loan_is_sent_as_it_was_written
                several_threads_keep_one_publishers_order
                two_domains_do_not_meet;
            late_joiners: a_volatile_topic_gives_nothing_old
                an_idle_publisher_gives_what_it_kept
                no_more_is_given_than_the_subscriber_asks_for
                no_more_is_given_than_the_publisher_keeps
                a_publisher_that_comes_after_its_subscriber_is_heard_from_its_first_sample
                a_sample_sent_while_joining_arrives_once
                a_transient_local_subscriber_hears_a_volatile_publisher
                a_volatile_subscriber_hears_a_transient_local_publisher_live;
            types: another_type_is_named_with_both_types
                the_same_name_with_other_fields_is_told;
            restart: a_publisher_that_comes_again_is_heard
                a_subscriber_that_comes_again_hears
                a_publisher_killed_many_times_is_heard_again
                what_was_sent_last_arrives_though_the_publisher_has_left
                a_sample_outlives_its_publisher;
            many: sixteen_publishers_are_heard_by_sixteen_subscribers
                one_more_than_there_is_room_for_is_refused
                several_topics_come_together_in_one_input
                a_flooded_topic_starves_no_other;
            sizes: sizes_grow_and_shrink
                a_sequence_of_length_zero_arrives
                a_hundred_megabytes_arrive
                numbers_can_be_borrowed_where_they_lie;
            memory: held_samples_have_a_limit_that_is_told
                loans_have_a_limit_that_is_told;
            waiting: recv_wakes_for_a_sample
                recv_wakes_for_stop
                async_recv_works_on_one_thread
                async_recv_works_on_many_threads
                async_recv_loses_nothing_when_it_is_cancelled
                async_recv_wakes_for_stop
        }
    };
}

/// See [`every_promise!`].
#[doc(hidden)]
#[macro_export]
macro_rules! promises {
    ($way:ty; $($theme:ident: $($promise:ident)+);+) => {
        $(mod $theme {
            use super::*;
            $(
                #[test]
                fn $promise() {
                    $crate::conformance::$theme::$promise::<$way>();
                }
            )+
        })+
    };
}
