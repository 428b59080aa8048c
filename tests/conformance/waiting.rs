//! Waiting asleep: what wakes, and that nothing is lost by giving up.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;

use super::Isolated;
use crate::harness::{status_field, until};

/// Runs `work` once the thread `sleeper` sleeps in the kernel, and did not merely begin.
fn once_asleep(sleeper: u64, work: impl FnOnce()) {
    let stat = format!("/proc/self/task/{sleeper}/stat");
    until("the other thread sleeps", || {
        let text = std::fs::read_to_string(&stat).unwrap_or_default();
        text.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'))
    });
    work();
}

fn own_thread() -> u64 {
    status_field("thread-self", "Pid").unwrap()
}

pub fn recv_wakes_for_a_sample<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.shared_writer::<UInt64>("count", Qos::DEFAULT);
    let (publisher, sleeper) = (&writer.publisher, own_thread());

    thread::scope(|scope| {
        scope.spawn(move || once_asleep(sleeper, || publisher.publish(&UInt64 { data: 1 }).unwrap()));
        assert_eq!(reader.next_sequences(1), [1]);
    });
}

pub fn recv_wakes_for_stop<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.shared_writer::<UInt64>("count", Qos::DEFAULT);
    let (stop, sleeper) = (reader.node.stopper(), own_thread());

    thread::scope(|scope| {
        scope.spawn(move || once_asleep(sleeper, || stop.stop()));
        assert!(reader.recv().unwrap().is_none());
    });

    writer.publish(&UInt64 { data: 1 }).unwrap();
    assert_eq!(reader.next_sequences(1), [1], "what is there is still given");
    assert!(reader.recv().unwrap().is_none(), "and it stays stopped");
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_io().build().unwrap()
}

pub fn async_recv_works_on_one_thread<W: Isolated>() {
    async_recv::<W>(&one_thread());
}

pub fn async_recv_works_on_many_threads<W: Isolated>() {
    async_recv::<W>(&Builder::new_multi_thread().worker_threads(2).enable_io().build().unwrap());
}

/// Two tasks, each waiting for the other: neither may block its thread.
fn async_recv<W: Isolated>(runtime: &Runtime) {
    const ROUNDS: u64 = 200;
    let world = W::isolated();
    let (pings, pongs) = (world.shared_reader::<UInt64>("ping"), world.shared_reader::<UInt64>("pong"));
    let (ping, pong) = (
        world.shared_writer::<UInt64>("ping", Qos::DEFAULT),
        world.shared_writer::<UInt64>("pong", Qos::DEFAULT),
    );

    runtime.block_on(async {
        let (mut pings, pong) = (pings.subscriber.into_async().unwrap(), pong.publisher);
        let mut pongs = pongs.subscriber.into_async().unwrap();
        let echo = tokio::spawn(async move {
            for _ in 0..ROUNDS {
                let data = pings.recv().await.unwrap().unwrap().view().unwrap().data();
                pong.publish(&UInt64 { data }).unwrap();
            }
        });
        for data in 1..=ROUNDS {
            ping.publish(&UInt64 { data }).unwrap();
            assert_eq!(pongs.recv().await.unwrap().unwrap().view().unwrap().data(), data);
        }
        echo.await.unwrap();
    });
}

pub fn async_recv_loses_nothing_when_it_is_cancelled<W: Isolated>() {
    let world = W::isolated();
    let reader = world.shared_reader::<UInt64>("count");
    let writer = world.shared_writer::<UInt64>("count", Qos::DEFAULT);

    one_thread().block_on(async {
        let mut numbers = reader.subscriber.into_async().unwrap();
        for data in 1..=50 {
            {
                // Asked once, then forgotten: with nothing there, and with a sample on its way.
                let mut given_up = pin!(numbers.recv());
                assert!(given_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                writer.publish(&UInt64 { data }).unwrap();
            }
            let other = async { tokio::task::yield_now().await };
            tokio::select! { biased; () = std::future::ready(()) => {}, _ = numbers.recv() => unreachable!() }
            other.await;
            assert_eq!(numbers.recv().await.unwrap().unwrap().envelope().sequence, data);
        }
    });
}

pub fn async_recv_wakes_for_stop<W: Isolated>() {
    let world = W::isolated();
    let reader = world.shared_reader::<UInt64>("count");
    let stop = reader.node.stopper();

    one_thread().block_on(async {
        let mut numbers = reader.subscriber.into_async().unwrap();
        let mut waiting = pin!(numbers.recv());
        let first = std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending()));
        assert!(first.await);
        stop.stop();
        assert!(waiting.await.unwrap().is_none());
    });
}
