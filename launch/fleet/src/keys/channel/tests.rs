use std::net::TcpListener;

use tempfile::TempDir;
use vc_plan::MachineName;

use super::*;
use crate::keys::store::{self, Order};
use crate::{Ask, Request};

/// Far more than any of these takes.
const PATIENCE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

fn order(name: &str, role: Role) -> Order {
    Order { name: MachineName::parse(name).unwrap(), role, addresses: vec!["10.1.2.3".into()], days: 10 }
}

/// An authority with computers it has certified.
struct Fleet(TempDir);

impl Fleet {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        store::init(folder.path(), &order("base", Role::Operator), SystemTime::now()).unwrap();
        Self(folder)
    }

    fn operator(&self) -> Keys {
        Keys::open(self.0.path()).unwrap()
    }

    fn machine(&self, name: &str) -> Keys {
        self.certified(&order(name, Role::Machine), SystemTime::now())
    }

    fn certified(&self, order: &Order, now: SystemTime) -> Keys {
        let folder = tempfile::tempdir().unwrap();
        let (_, text) = store::add(self.0.path(), order, now).unwrap();
        let file = folder.path().join("a.keys");
        std::fs::write(&file, text).unwrap();
        std::os::unix::fs::chown(&file, None, None).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, mode).unwrap();
        store::install(folder.path(), &file, true).unwrap();
        Keys::open(folder.path()).unwrap()
    }
}

/// What both sides make of each other: the agent of the operator, and the operator's answer.
fn meet(agent: Option<&Keys>, operator: Option<&Keys>, whom: Whom<'_>) -> (Result<(), Refusal>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::scope(|scope| {
        let agent = scope.spawn(move || {
            let mut channel = Channel::accept(listener.accept().unwrap().0, agent, PATIENCE)?;
            frame::read(&mut channel).unwrap().unwrap();
            frame::write(&mut channel, &serde_json::to_vec(&Answer::Done).unwrap()).unwrap();
            Ok(())
        });
        let ask = || -> io::Result<String> {
            let mut channel = Channel::connect(TcpStream::connect(address)?, operator, whom, PATIENCE)?;
            frame::write(&mut channel, &serde_json::to_vec(&Request::new(Ask::Hello))?)?;
            let answer = frame::read(&mut channel)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            Ok(match serde_json::from_slice(&answer)? {
                Answer::Done => "done".to_owned(),
                Answer::Refused { why } => why,
                other => format!("{other:?}"),
            })
        };
        let answer = ask().unwrap_or_else(|error| error.to_string());
        (agent.join().unwrap(), answer)
    })
}

fn arm() -> MachineName {
    MachineName::parse("arm").unwrap()
}

#[test]
fn certified_operators_and_machines_understand_each_other() {
    let fleet = Fleet::new();
    let (operator, machine, arm) = (fleet.operator(), fleet.machine("arm"), arm());
    for whom in [Whom::Machine(&arm), Whom::AnyMachine, Whom::Host("10.1.2.3"), Whom::Host("arm.local")] {
        assert_eq!(meet(Some(&machine), Some(&operator), whom), (Ok(()), "done".to_owned()), "{whom:?}");
    }
    let second = fleet.certified(&order("second", Role::Operator), SystemTime::now());
    assert_eq!(meet(Some(&machine), Some(&second), Whom::AnyMachine).0, Ok(()));
    assert_eq!(meet(None, None, Whom::Machine(&arm)), (Ok(()), "done".to_owned()));
}

#[test]
fn nobody_else_is_an_operator() {
    let (fleet, other) = (Fleet::new(), Fleet::new());
    let (machine, arm) = (fleet.machine("arm"), arm());
    let past = SystemTime::now() - 100 * DAY;
    let expired = fleet.certified(&order("old", Role::Operator), past);
    let leg = fleet.machine("leg");

    let (refused, told) = meet(Some(&machine), None, Whom::Machine(&arm));
    assert_eq!(refused, Err(Refusal::Plain));
    assert!(told.contains("certified operators only"), "{told}");
    let (refused, told) = meet(Some(&machine), Some(&leg), Whom::Machine(&arm));
    assert_eq!(refused, Err(Refusal::NoOperator("machine leg".into())));
    assert!(told.contains("your certificate is that of machine leg"), "{told}");
    let (refused, told) = meet(Some(&machine), Some(&expired), Whom::Machine(&arm));
    assert_eq!((refused, told), (Err(Refusal::Expired), Refusal::WeAreExpired.to_string()));
    let (refused, told) = meet(Some(&machine), Some(&other.operator()), Whom::Machine(&arm));
    assert_eq!((refused, told), (Err(Refusal::WeAreUnknown), Refusal::OtherAuthority.to_string()));
}

#[test]
fn nobody_else_is_the_machine_that_was_meant() {
    let (fleet, arm) = (Fleet::new(), arm());
    let operator = fleet.operator();
    let past = SystemTime::now() - 100 * DAY;
    let expired = fleet.certified(&order("arm", Role::Machine), past);

    let (refused, told) = meet(None, Some(&operator), Whom::Machine(&arm));
    assert_eq!((refused, told), (Err(Refusal::NoKeysHere), Refusal::Plain.to_string()));
    let (refused, told) = meet(Some(&fleet.machine("leg")), Some(&operator), Whom::Machine(&arm));
    assert!(matches!(refused, Err(Refusal::WeAreRefused(_))), "{refused:?}");
    assert_eq!(told, "its certificate is not for machine arm, but for machine leg");
    let (_, told) = meet(Some(&operator), Some(&operator), Whom::AnyMachine);
    assert_eq!(told, "its certificate is not for any machine, but for operator base");
    let (_, told) = meet(Some(&fleet.machine("leg")), Some(&operator), Whom::Host("10.0.0.9"));
    assert_eq!(told, "its certificate is not for 10.0.0.9, but for leg, leg.local, 10.1.2.3");
    let (refused, told) = meet(Some(&expired), Some(&operator), Whom::Machine(&arm));
    assert_eq!((refused, told), (Err(Refusal::WeAreExpired), Refusal::Expired.to_string()));
}

/// What an agent makes of somebody who says just that, and waits.
fn says(agent: Option<&Keys>, bytes: &[u8], patience: Duration) -> Refusal {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut other = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    other.write_all(bytes).unwrap();
    let accepted = Channel::accept(listener.accept().unwrap().0, agent, patience);
    accepted.map(drop).unwrap_err()
}

#[test]
fn silence_garbage_and_half_of_a_handshake_end_in_time() {
    let machine = Fleet::new().machine("arm");
    let (machine, moment) = (Some(&machine), Duration::from_millis(200));
    let hello: &[u8] = &[0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];
    let mut broken = hello.to_vec();
    broken.resize(205, 0xff);
    let both = [machine, None].into_iter().flat_map(|keys| {
        [
            (keys, &b""[..], moment, Refusal::Silent),
            (keys, b"abc", moment, Refusal::Silent),
            (keys, &hello[..5], moment, Refusal::Silent),
            (keys, b"GET / HTTP/1.1\r\n\r\n", PATIENCE, Refusal::NoTls),
        ]
    });
    let one = [(machine, hello, moment, Refusal::Silent), (None, hello, PATIENCE, Refusal::NoKeysHere)];
    thread::scope(|scope| {
        for (keys, bytes, patience, refusal) in both.chain(one) {
            scope.spawn(move || assert_eq!(says(keys, bytes, patience), refusal, "{bytes:?}"));
        }
        let refused = says(machine, &broken, PATIENCE);
        assert!(matches!(refused, Refusal::NoTls | Refusal::Other(_)), "{refused:?}");
    });
}

#[test]
fn a_question_that_begins_as_tls_does_is_a_question() {
    assert_eq!(Speech::of_bytes(&[0x16, 3, 1, 0, b'{']), None);
    assert_eq!(Speech::of_bytes(&[0x16, 3, 1, 0, b'{', b'"']), Some(Speech::Plain));
    assert_eq!(Speech::of_bytes(&[0x16, 3, 1, 0, b'{', 1]), Some(Speech::Tls));
    assert_eq!(Speech::of_bytes(&[47, 0, 0, 0, b'{']), Some(Speech::Plain));
    assert_eq!(Speech::of_bytes(&[0x16, 3, 1, 0]), None);
}
