//! The promises of a topic, over shared memory.

mod queues;

mod ports_of_all_threads {
    vc_tests::every_promise!(vc_tests::conformance::SharedMemory);
}

mod ports_of_one_thread {
    vc_tests::every_promise!(vc_tests::conformance::OneThread);
}
