//! A link between operator and agent: over TLS where there are keys, else plain.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::tls::{ClientSide, ServerSide, Timed};
use super::{Identity, Keys, Refusal, Role, Whom};
use crate::{Answer, frame};

/// How long who is refused is still listened to, so that he hears why.
const FAREWELL: Duration = Duration::from_secs(1);
/// How much of him is listened to.
const LONGEST_FAREWELL: usize = 64 << 10;
/// Between two looks at the first bytes of a connection.
const LOOK: Duration = Duration::from_millis(5);

/// A link whose other end is known as well as it can be.
#[derive(Debug)]
pub struct Channel {
    road: Road,
    peer: Option<Identity>,
}

#[derive(Debug)]
enum Road {
    Plain(TcpStream),
    Server(Box<ServerSide>),
    Client(Box<ClientSide>),
}

impl Channel {
    /// An agent's end: of an operator, if there are keys. Takes at most `patience`, and a second if it refuses.
    ///
    /// # Errors
    /// Why the other side is refused. It was told so, as far as it can understand.
    pub fn accept(stream: TcpStream, keys: Option<&Keys>, patience: Duration) -> Result<Self, Refusal> {
        let farewell = stream.try_clone().map_err(|error| Refusal::Other(error.to_string()))?;
        let accepted = Self::open(stream, keys, Instant::now() + patience);
        if accepted.is_err() {
            part(&farewell);
        }
        accepted
    }

    fn open(mut stream: TcpStream, keys: Option<&Keys>, end: Instant) -> Result<Self, Refusal> {
        match (Speech::of(&stream, end)?, keys) {
            (Speech::Plain, None) => Ok(Self { road: Road::Plain(stream), peer: None }),
            (Speech::Tls, Some(keys)) => {
                let (mut road, peer) = keys.serve(stream, end)?;
                if peer.role != Role::Operator {
                    let why =
                        format!("this agent obeys operators only, and your certificate is that of {peer}");
                    refuse(&mut road, why);
                    return Err(Refusal::NoOperator(peer.to_string()));
                }
                Ok(Self { road: Road::Server(Box::new(road)), peer: Some(peer) })
            }
            (Speech::Plain, Some(_)) => {
                let why = "this agent obeys certified operators only, and you have no keys (or use none): \
                           `vclaunch keys --help`";
                refuse(&mut stream, why.to_owned());
                Err(Refusal::Plain)
            }
            (Speech::Tls, None) => {
                // What is no TLS is answer enough.
                refuse(&mut stream, "no keys here".to_owned());
                Err(Refusal::NoKeysHere)
            }
            (Speech::Neither, _) => Err(Refusal::NoTls),
        }
    }

    /// An operator's end: of whom he means, if there are keys.
    ///
    /// # Errors
    /// Why the other side is refused. Whether it takes us shows when it first answers.
    pub fn connect(
        stream: TcpStream,
        keys: Option<&Keys>,
        whom: Whom<'_>,
        patience: Duration,
    ) -> Result<Self, Refusal> {
        let Some(keys) = keys else { return Ok(Self { road: Road::Plain(stream), peer: None }) };
        let farewell = stream.try_clone().map_err(|error| Refusal::Other(error.to_string()))?;
        let called = keys.call(stream, whom, Instant::now() + patience);
        let (road, peer) = called.map_err(|refusal| {
            part(&farewell);
            if refusal == Refusal::NoTls { Refusal::Plain } else { refusal }
        })?;
        Ok(Self { road: Road::Client(Box::new(road)), peer: Some(peer) })
    }

    /// Who is at the other end, if there are keys.
    pub fn peer(&self) -> Option<&Identity> {
        self.peer.as_ref()
    }

    /// Whether the other end's certificate has expired since.
    pub fn is_expired(&self) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.days_left(SystemTime::now()) < 0)
    }

    /// How long each reading and each writing may take.
    ///
    /// # Errors
    /// The system's.
    pub fn set_patience(&self, reading: Duration, writing: Duration) -> io::Result<()> {
        let stream = match &self.road {
            Road::Plain(stream) => stream,
            Road::Server(road) => &road.sock,
            Road::Client(road) => &road.sock,
        };
        stream.set_read_timeout(Some(reading))?;
        stream.set_write_timeout(Some(writing))
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.road {
            Road::Plain(stream) => stream.read(buffer),
            Road::Server(road) => road.read(buffer),
            Road::Client(road) => road.read(buffer),
        };
        read.map_err(told)
    }
}

impl Write for Channel {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = match &mut self.road {
            Road::Plain(stream) => stream.write(buffer),
            Road::Server(road) => road.write(buffer),
            Road::Client(road) => road.write(buffer),
        };
        written.map_err(told)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.road {
            Road::Plain(stream) => stream.flush(),
            Road::Server(road) => road.flush(),
            Road::Client(road) => road.flush(),
        }
    }
}

/// In plain words, if it is about who is who.
fn told(error: io::Error) -> io::Error {
    Refusal::of_io(&error).map_or(error, io::Error::from)
}

/// Tells who is refused why, in the words of agents.
fn refuse(stream: &mut impl Write, why: String) {
    // Whoever does not listen does not learn it.
    let _ = serde_json::to_vec(&Answer::Refused { why })
        .map_err(io::Error::from)
        .and_then(|answer| frame::write(stream, &answer));
}

/// Ends a connection so that what was written last arrives: a stream that is closed with something unread in it is
/// torn down, and takes that along.
fn part(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let mut rest = Timed { stream, end: Instant::now() + FAREWELL };
    let (mut buffer, mut heard) = ([0; 4096], 0);
    while heard < LONGEST_FAREWELL {
        match rest.read(&mut buffer) {
            Ok(1..) => heard += buffer.len(),
            _ => return,
        }
    }
}

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speech {
    /// TLS's first message.
    Tls,
    /// A question: four bytes of length, then JSON's `{`.
    Plain,
    Neither,
}

impl Speech {
    fn of(stream: &TcpStream, end: Instant) -> Result<Self, Refusal> {
        let mut first = [0; 6];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Refusal::Silent);
            }
            let seen = stream.set_read_timeout(Some(left)).and_then(|()| stream.peek(&mut first));
            match seen.map_err(|error| Refusal::of(&error))? {
                0 => return Err(Refusal::Looked),
                seen => match Self::of_bytes(&first[..seen]) {
                    Some(speech) => return Ok(speech),
                    None => thread::sleep(LOOK),
                },
            }
        }
    }

    /// None: more of them must be seen. A question may have the length that looks like TLS's beginning.
    fn of_bytes(first: &[u8]) -> Option<Self> {
        match first {
            [0x16, 3, _, _, _, 1, ..] => Some(Self::Tls),
            [0x16, 3, _, _, _] => None,
            [_, _, _, _, b'{', ..] => Some(Self::Plain),
            [_, _, _, _, _, ..] => Some(Self::Neither),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
