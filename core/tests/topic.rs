//! First smoke test.
use vc::args::Args;
use vc::domain::Domain;
use vc::prelude::*;
use vc_msgs::std_msgs::msg::String as Text;

#[test]
fn a_message_arrives() {
    let domain = Domain::new(std::process::id());
    let block = Block::new("talker", "Talks.");
    let output = block.output::<Text>("chatter", "Words.");
    let mut talker = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
    let block = Block::new("listener", "Listens.");
    let input = block.input::<Text>("chatter", "Words.");
    let mut listener = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();

    let publisher = talker.publisher(&output).unwrap();
    let mut subscriber = listener.subscriber(&input).unwrap();
    publisher.publish(&Text { data: "hello".into() }).unwrap();
    let sample = subscriber.recv().unwrap().unwrap();
    assert_eq!(sample.view().unwrap().data(), "hello");
    drop((sample, publisher, subscriber, talker, listener));
    assert!(!domain.folder().exists());
    let left: Vec<_> = std::fs::read_dir("/dev/shm")
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .filter(|n| n.to_string_lossy().starts_with(&format!("vc0_{}", domain.id())))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
