//! An agent's hands: listens, answers, and runs the part that it was given.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use vc::clock::now;
use vc_fleet::agent::{Agent, Deed};
use vc_fleet::keys::{Channel, Keys, Refusal};
use vc_fleet::permission::Permission;
use vc_fleet::{Answer, Ask, Request, Start, frame, relay};
use vc_plan::plan::{NodeKind, PlannedNode};
use vc_plan::{MachineName, ProcessDescribe, Program, machine};

use super::equip;
use super::part::{News, PartProcess};
use crate::report;

/// How long a question about news waits for some.
const WAIT: Duration = Duration::from_millis(300);
/// How long who connects may take to say who he is.
const WHO: Duration = Duration::from_secs(5);
/// A connection that says nothing for so long is closed.
const SILENCE: Duration = Duration::from_secs(30);
/// The most connections at a time.
const MOST_CONNECTIONS: usize = 32;

/// An agent.
pub(crate) struct Server {
    name: MachineName,
    permission: Permission,
    describe: ProcessDescribe,
    log_dir: Option<PathBuf>,
    keys: Option<Keys>,
    refused: Mutex<Refused>,
    state: Mutex<State>,
    news: Condvar,
    connections: AtomicUsize,
}

/// Who was refused; told at most so often in so long a time that nobody can fill a log.
#[derive(Debug, Default)]
struct Refused {
    since: Option<Instant>,
    told: u32,
    untold: u32,
}

impl Refused {
    const MOST: u32 = 10;
    const WINDOW: Duration = Duration::from_secs(10);

    fn tell(&mut self, from: SocketAddr, refusal: &Refusal, now: Instant) {
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= Self::WINDOW) {
            (self.since, self.told) = (Some(now), 0);
        }
        if self.told >= Self::MOST {
            self.untold = self.untold.saturating_add(1);
            return;
        }
        self.told += 1;
        let more = match std::mem::take(&mut self.untold) {
            0 => String::new(),
            more => format!(" ({more} more were refused before)"),
        };
        report::note(&format!("refused {from}: {refusal}{more}"));
    }
}

#[derive(Default)]
struct State {
    agent: Agent,
    part: Option<PartProcess>,
}

impl Server {
    pub(crate) fn new(
        name: MachineName,
        permission: Permission,
        log_dir: Option<PathBuf>,
        keys: Option<Keys>,
    ) -> Arc<Self> {
        Arc::new(Self {
            name,
            permission,
            describe: ProcessDescribe::new(),
            log_dir,
            keys,
            refused: Mutex::default(),
            state: Mutex::default(),
            news: Condvar::new(),
            connections: AtomicUsize::new(0),
        })
    }

    /// Answers whoever connects, for ever, in a thread of its own.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn listen(self: &Arc<Self>, listener: TcpListener) -> io::Result<()> {
        let server = Arc::clone(self);
        let accept = move || {
            for stream in listener.incoming() {
                match stream {
                    Ok(stream) => server.connected(stream),
                    // Out of descriptors, most likely: it gets better or it does not.
                    Err(_) => thread::sleep(Duration::from_millis(100)),
                }
            }
        };
        thread::Builder::new().name("vc-agent".into()).spawn(accept).map(drop)
    }

    fn connected(self: &Arc<Self>, stream: TcpStream) {
        if self.connections.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            self.connections.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let server = Arc::clone(self);
        let serve = move || {
            // Whoever sends garbage or goes away has ended the talk.
            let _ = server.talk(stream);
            server.connections.fetch_sub(1, Ordering::Relaxed);
        };
        if thread::Builder::new().name("vc-talk".into()).spawn(serve).is_err() {
            self.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn talk(self: &Arc<Self>, stream: TcpStream) -> io::Result<()> {
        let from = stream.peer_addr()?;
        stream.set_nodelay(true)?;
        let own = stream.local_addr()?.ip();
        let mut stream = match Channel::accept(stream, self.keys.as_ref(), WHO) {
            Ok(stream) => stream,
            Err(Refusal::Looked) => return Ok(()),
            Err(refusal) => {
                let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                refused.tell(from, &refusal, Instant::now());
                return Ok(());
            }
        };
        stream.set_patience(SILENCE, SILENCE)?;
        while let Some(question) = frame::read(&mut stream)? {
            if stream.is_expired() {
                let why = "your certificate has expired since you connected".to_owned();
                return frame::write(&mut stream, &serde_json::to_vec(&Answer::Refused { why })?);
            }
            let answer = match Request::read(&question) {
                Ok(request) => self.answer(request.ask, own),
                Err(why) => Answer::Refused { why },
            };
            let bytes = serde_json::to_vec(&answer)?;
            if bytes.len() > frame::LONGEST {
                let why = "the answer would be too long".to_owned();
                frame::write(&mut stream, &serde_json::to_vec(&Answer::Refused { why })?)?;
            } else {
                frame::write(&mut stream, &bytes)?;
            }
        }
        Ok(())
    }

    /// `own`: where who asks has reached this machine.
    fn answer(self: &Arc<Self>, mut ask: Ask, own: IpAddr) -> Answer {
        match &mut ask {
            Ask::Hello => {
                return Answer::Hello {
                    name: self.name.clone(),
                    vclaunch: env!("CARGO_PKG_VERSION").to_owned(),
                    running: self.lock().agent.running().map(str::to_owned),
                };
            }
            Ask::LookUp(asked) => {
                return Answer::Found(machine::look_up(asked, &self.permission.search, &self.describe));
            }
            Ask::Start(start) => {
                if let Err(why) = self.admit(start, own) {
                    return Answer::Refused { why };
                }
            }
            Ask::Told { run, after } => self.wait_for_news(run, *after),
            Ask::Time { run } => {
                let came_ns = now();
                self.lock().agent.hear(run, Instant::now());
                return Answer::Time { came_ns, left_ns: now() };
            }
            Ask::Order { .. } | Ask::Attach => {}
        }
        let mut state = self.lock();
        let (answer, deed) = state.agent.answer(ask, Instant::now());
        match deed.map(|deed| self.act(&mut state, deed)) {
            Some(Err(error)) => Answer::Refused { why: format!("cannot start the part: {error}") },
            _ => answer,
        }
    }

    /// Checks what is to be started, and adds what only this machine knows: how its relay and its blocks in Python run.
    ///
    /// # Errors
    /// Why it may not be started.
    fn admit(&self, start: &mut Start, own: IpAddr) -> Result<(), String> {
        let search = &self.permission.search;
        let find = || equip::find(search, &self.describe);
        relay::equip(&mut start.part, Some(own), &start.connect, self.keys.as_ref(), find)?;
        self.permission.check(&start.part, &self.describe)?;
        let is_block = |node: &&mut PlannedNode| matches!(node.kind, NodeKind::Block { .. });
        for node in start.part.nodes.iter_mut().filter(is_block) {
            Program::installed(node.program.clone(), search)?.equip(node);
        }
        Ok(())
    }

    fn wait_for_news(&self, run: &str, after: u64) {
        let state = self.lock();
        let waits = |state: &mut State| !state.agent.has_news(run, after);
        drop(self.news.wait_timeout_while(state, WAIT, waits).unwrap_or_else(PoisonError::into_inner));
    }

    fn act(self: &Arc<Self>, state: &mut State, deed: Deed) -> io::Result<()> {
        match deed {
            Deed::Start(start) => {
                let server = Arc::clone(self);
                let started =
                    PartProcess::start(&start, self.log_dir.as_deref(), move |news| server.told(news));
                match started {
                    Ok(part) => state.part = Some(part),
                    Err(error) => {
                        state.agent.gone(&error.to_string());
                        return Err(error);
                    }
                }
            }
            Deed::Obey(order) => state.part.iter_mut().for_each(|part| part.obey(order)),
        }
        Ok(())
    }

    fn told(&self, news: News) {
        let mut state = self.lock();
        match news {
            News::Told(told) => state.agent.told(told),
            News::Gone(how) => {
                state.agent.gone(&how);
                state.part = None;
            }
        }
        drop(state);
        self.news.notify_all();
    }

    /// Lets the agent notice that its operator is silent.
    pub(crate) fn tick(self: &Arc<Self>) {
        let mut state = self.lock();
        if let Some(deed) = state.agent.tick(Instant::now()) {
            // To stop cannot fail.
            let _ = self.act(&mut state, deed);
        }
    }

    /// Asks what runs here to stop; again to hurry.
    pub(crate) fn stop(&self) {
        self.lock().part.iter_mut().for_each(PartProcess::stop);
    }

    /// Whether something runs here.
    pub(crate) fn is_busy(&self) -> bool {
        self.lock().part.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
