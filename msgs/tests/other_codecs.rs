//! Our bytes against the crates `cdr` and `cdr-encoding`, which reach the same types through serde.
#![expect(clippy::unwrap_used, reason = "a failure is the answer a test wants")]

mod samples;

use serde::{Serialize, de::DeserializeOwned};
use vc_msgs::{ENCAPSULATION_LEN, Message};

fn compare<M: Message + Serialize + DeserializeOwned>(message: &M) {
    let mut ours = vec![0; message.cdr_size()];
    assert_eq!(message.encode(&mut ours), Ok(ours.len()));

    let by_cdr = cdr::serialize::<_, _, cdr::CdrLe>(message, cdr::Infinite).unwrap();
    let by_cdr_encoding = cdr_encoding::to_vec::<_, byteorder::LittleEndian>(message).unwrap();

    assert_eq!(ours, by_cdr, "cdr: {message:?}");
    assert_eq!(ours[ENCAPSULATION_LEN..], by_cdr_encoding, "cdr-encoding: {message:?}");
    assert_eq!(cdr::deserialize::<M>(&ours).as_ref().unwrap(), message);
    let (read, _) =
        cdr_encoding::from_bytes::<M, byteorder::LittleEndian>(&ours[ENCAPSULATION_LEN..]).unwrap();
    assert_eq!(read, *message);
}

#[test]
fn three_codecs_write_the_same_bytes() {
    compare(&samples::image());
    compare(&samples::cloud());
    compare(&samples::joints());
    compare(&samples::diagnostics());
    compare(&samples::descriptor());
    compare(&samples::value());
    compare(&samples::odometry());
    compare(&samples::camera());
    compare(&samples::empty());
}
