//! The promises of a topic, over shared memory.

use vc_tests::conformance::SharedMemory;

vc_tests::every_promise!(SharedMemory);
