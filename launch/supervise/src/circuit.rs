//! A running circuit: what the event loop knows, and what it does at each event.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use vc_counters::Page;
use vc_plan::Plan;
use vc_plan::plan::{NodeKind, OnExit, PlannedNode};

use crate::child_state::{Action, ChildEvent, ChildState, End, Rung, step};
use crate::cleaner::CleaningThread;
use crate::flow::{self, Ebb};
use crate::gate::Gates;
use crate::guard::Guard;
use crate::leftovers;
use crate::log_folder;
use crate::message::{Life, Message};
use crate::notify::Notice;
use crate::observer::{
    Event, Name, NodeChange, NodeSummary, Observer, StopReason, Summary, Verdict, Warning,
};
use crate::output::{LogFile, Pump, Reading, Shown};
use crate::policy::Policy;
use crate::process::{self, Equipment, Process, Run};
use crate::random;
use crate::supervisor::{Options, SuperviseError};
use crate::typed::Typed;
use crate::wires::Ledger;
use order::Need;

/// Between two reports of the wires' figures.
const REPORT: Duration = Duration::from_secs(1);
/// A deadline noticed this late means that this process itself stood still (a debugger, Ctrl-Z): the
/// nodes' signs of life may be waiting to be read.
const STOOD_STILL: Duration = Duration::from_millis(500);
/// How long the output of processes that have all ended is read.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How long the last clean-up of shared memory may take.
const CLEANING: Duration = Duration::from_secs(3);

mod conduct;
mod order;
mod stop;

pub use conduct::Order;

struct Node {
    planned: PlannedNode,
    name: Name,
    policy: Policy,
    /// What must have happened before it is started.
    needs: Vec<Need>,
    /// How many of them had not happened when that was told.
    told_needs: usize,
    /// Whether it ever was ready.
    was_ready: bool,
    state: ChildState,
    /// The state that the observer knows and the deadline belongs to.
    announced: ChildState,
    deadline: Option<Instant>,
    watchdog: Option<Instant>,
    process: Option<Process>,
    /// Processes made so far.
    lives: u32,
    last_words: Vec<String>,
    /// Whether the ladder's last rung was needed to stop it.
    was_killed: bool,
}

pub(crate) struct Circuit {
    nodes: Vec<Node>,
    ledger: Ledger,
    run: Run,
    options: Options,
    observer: Arc<dyn Observer>,
    cleaning: CleaningThread,
    guard: Option<Guard>,
    log_folder: Option<PathBuf>,
    /// For the node that reads what is typed.
    typed: Typed,
    began: Instant,
    next_report: Instant,
    /// When it was last looked which nodes may start.
    settled: Instant,
    /// When and why it stops by itself.
    planned_stop: Option<(Instant, String)>,
    /// For each node, how far downstream it is.
    layers: Vec<usize>,
    /// Whether every node was ready, or could not be.
    is_ready: bool,
    /// A stop on its way downstream.
    ebb: Option<Ebb>,
    /// The layer up to which nodes were asked to end, by order.
    ebbed: Option<usize>,
    /// When it stops by itself for a reason that it has told, if nobody says how.
    alone: Option<(Instant, StopReason)>,
    /// How hard the circuit is being stopped.
    stopping: Option<Rung>,
    times_asked: u32,
}

impl Circuit {
    pub(crate) fn new(
        plan: Plan,
        options: Options,
        messages: Sender<Message>,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, SuperviseError> {
        let began = Instant::now();
        let mark = format!("{}-{}", std::process::id(), random::token());
        let ledger = Ledger::new(&plan, began);
        let layers = options.conducted.clone().unwrap_or_else(|| flow::layers(&plan));
        // All begin at once, unless somebody says in which order.
        let gates = options.conducted.clone().unwrap_or_else(|| vec![0]);
        let mut needs = order::needs(&plan).into_iter();
        let nodes = plan.nodes.into_iter().map(|planned| Node {
            name: planned.name.to_string().trim_start_matches('/').into(),
            policy: Policy::new(&planned, options.ready_timeout, options.watchdog),
            planned,
            needs: needs.next().unwrap_or_default(),
            told_needs: 0,
            was_ready: false,
            state: ChildState::Waiting,
            announced: ChildState::Waiting,
            deadline: None,
            watchdog: None,
            process: None,
            lives: 0,
            last_words: Vec::new(),
            was_killed: false,
        });
        Ok(Self {
            nodes: nodes.collect(),
            ledger,
            cleaning: CleaningThread::start(Arc::clone(&options.cleaner))?,
            guard: options.guard.clone().map(|command| Guard::new(command, mark.clone())),
            log_folder: None,
            typed: Typed::start(options.stdin.as_ref().and_then(|stdin| stdin.try_clone().ok()))?,
            run: Run { mark, gates: Gates::close(gates)?, messages, reading: Reading::default() },
            layers,
            is_ready: false,
            ebb: None,
            ebbed: None,
            alone: None,
            options,
            observer,
            began,
            next_report: began + REPORT,
            settled: began,
            planned_stop: plan.stop.and_then(|stop| Some((began.checked_add(stop.after)?, stop.reason))),
            stopping: None,
            times_asked: 0,
        })
    }

    /// Starts the nodes that wait for nothing, in order.
    pub(crate) fn start(&mut self) {
        self.start_guard();
        self.cleaning.ask();
        self.make_log_folder();
        let names = self.nodes.iter().map(|node| node.name.clone()).collect();
        let wires = self.ledger.summary(self.began);
        self.tell(Event::Began { log_folder: self.log_folder.clone(), nodes: names, wires });
        self.settle(Instant::now());
    }

    pub(crate) fn is_over(&self) -> bool {
        self.nodes.iter().all(|node| node.state.is_final())
    }

    pub(crate) fn times_asked(&self) -> u32 {
        self.times_asked
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let ebb = self.ebb.map(|ebb| ebb.until);
        let nodes = self.nodes.iter().flat_map(|node| [node.deadline, node.watchdog]).flatten();
        let stop = self.planned_stop.as_ref().map(|(at, _)| *at);
        let alone = self.alone.as_ref().map(|(until, _)| *until);
        nodes.chain(ebb).chain(stop).chain(alone).chain(self.next_due()).min()
    }

    /// Takes in what a task or another thread has to say.
    pub(crate) fn take(&mut self, message: Message) {
        match message {
            Message::Said { life, notices } => {
                if self.is_current(life) {
                    for notice in notices {
                        self.said(life.node, notice);
                    }
                }
            }
            Message::Exited { life, end, last_words } => {
                if self.is_current(life) {
                    self.exited(life.node, end, last_words);
                }
            }
            Message::GuardEnded => self.start_guard(),
            Message::Stop => {
                let times = self.times_asked + 1;
                self.stop(StopReason::Asked { signal: "stop", times });
            }
            Message::Order(order) => self.obey(order),
        }
        self.settle(Instant::now());
    }

    fn is_current(&self, life: Life) -> bool {
        self.nodes.get(life.node).is_some_and(|node| node.lives == life.count && node.process.is_some())
    }

    fn said(&mut self, index: usize, notice: Notice) {
        let node = &mut self.nodes[index];
        match notice {
            Notice::Ready => {
                node.expect_sign_of_life();
                self.apply(index, ChildEvent::Ready);
            }
            Notice::Alive => node.expect_sign_of_life(),
            // A node that stops by itself still has to show that it lives.
            Notice::Stopping => {}
            Notice::Status(text) => {
                let node = node.name.clone();
                self.tell(Event::Status { node, text });
            }
            Notice::Flows { topic, node } => self.tell(Event::Flows { topic, end: node }),
            Notice::Errno(number) => {
                let (node, text) = (node.name.clone(), io::Error::from_raw_os_error(number).to_string());
                self.tell(Event::Status { node, text });
            }
        }
    }

    fn exited(&mut self, index: usize, end: End, last_words: Vec<String>) {
        let node = &mut self.nodes[index];
        if let (Some(process), Some(guard)) = (node.process.take(), &mut self.guard) {
            guard.remove(process.group);
        }
        if node.planned.stdin {
            self.typed.gone();
        }
        node.watchdog = None;
        node.last_words = last_words;
        self.ledger.detach(index, Instant::now());
        self.cleaning.ask();
        self.apply(index, ChildEvent::Exited(end));
        if self.stopping.is_some() && !self.nodes[index].state.is_final() {
            // It ended before it was asked to: nothing is started again now.
            self.apply(index, ChildEvent::Stop(Rung::Ask));
        }
        self.follow_ebb(Instant::now());
    }

    /// Serves every deadline that has passed.
    pub(crate) fn on_time(&mut self, now: Instant) {
        if let Some((_, reason)) = self.planned_stop.take_if(|(at, _)| *at <= now) {
            self.ought_to_stop(StopReason::Planned { reason });
        }
        self.stop_alone(now);
        for index in 0..self.nodes.len() {
            let node = &mut self.nodes[index];
            if let Some(watchdog) = node.watchdog.filter(|watchdog| *watchdog <= now) {
                if now - watchdog > STOOD_STILL {
                    node.expect_sign_of_life();
                } else {
                    node.watchdog = None;
                    self.apply(index, ChildEvent::Hung);
                }
            }
            let node = &mut self.nodes[index];
            if node.deadline.is_some_and(|deadline| deadline <= now) {
                node.deadline = None;
                self.apply(index, ChildEvent::TimeUp);
            }
        }
        self.follow_ebb(now);
        self.settle(now);
    }

    /// Looks at the counters and at what nodes have left behind.
    pub(crate) fn look(&mut self, now: Instant) {
        if now < self.next_report && !self.is_ebbing() {
            self.ledger.look(now);
            self.settle(now);
            return;
        }
        self.next_report = now + REPORT;
        let wires = self.ledger.report(now);
        if !wires.is_empty() {
            self.tell(Event::Wires(wires));
        }
        if self.options.owns_process {
            leftovers::collect_dead(&self.own_pids());
        }
        self.settle(now);
    }

    /// Hands an event to a node's state machine and does what it says.
    fn apply(&mut self, index: usize, event: ChildEvent) {
        let node = &mut self.nodes[index];
        let state = std::mem::replace(&mut node.state, ChildState::Waiting);
        let (state, action) = step(state, event, &node.policy);
        node.state = state;
        match action {
            Action::Nothing => {}
            Action::Signal(rung) => {
                node.was_killed |= rung == Rung::Kill && self.stopping.is_some();
                if let Some(process) = &node.process {
                    process.signal(rung);
                }
            }
            Action::Spawn => match self.spawn(index) {
                Ok(()) => {}
                Err(error) => self.apply(index, ChildEvent::NotStarted { reason: error.to_string() }),
            },
        }
        self.announce(index);
        let node = &self.nodes[index];
        if matches!(node.state, ChildState::Starting { .. }) && node.planned.kind == NodeKind::Foreign {
            // It has no way to say that it is ready.
            self.apply(index, ChildEvent::Ready);
        }
    }

    /// If the state is new: sets its deadline, tells the observer, and lets the circuit follow the
    /// end of a required node.
    fn announce(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        if node.state == node.announced {
            return;
        }
        let is_settling = node.state.word() == "running" && node.announced.word() == "running";
        node.announced = node.state.clone();
        node.deadline = node.policy.patience(&node.state).map(|patience| Instant::now() + patience);
        if is_settling {
            return;
        }
        match node.state {
            ChildState::Running { .. } => node.was_ready = true,
            _ => node.watchdog = None,
        }
        let ended_badly = matches!(node.state, ChildState::Resting { .. } | ChildState::Failed { .. });
        let change = NodeChange {
            node: node.name.clone(),
            state: node.state.clone(),
            pid: node.process.as_ref().map(|process| process.pid),
            restarts: node.restarts(),
            last_words: if ended_badly { std::mem::take(&mut node.last_words) } else { Vec::new() },
            memory_limit: node.planned.limits.memory.filter(|_| ended_badly),
        };
        let is_required = node.planned.on_exit == OnExit::Shutdown;
        let has_ended = matches!(node.state, ChildState::Ended { .. } | ChildState::Failed { .. });
        let name = node.name.clone();
        self.tell(Event::State(change));
        if is_required && has_ended {
            self.ought_to_stop(StopReason::RequiredNode { node: name });
        }
    }

    fn spawn(&mut self, index: usize) -> io::Result<()> {
        let page = self.make_page(index);
        let node = &mut self.nodes[index];
        node.lives += 1;
        let life = Life { node: index, count: node.lives };
        let log = self.log_folder.as_ref().and_then(|folder| {
            let opened = LogFile::open(folder, &node.name);
            opened
                .inspect_err(|error| {
                    let warning = Warning::LogCut { node: node.name.clone(), reason: error.to_string() };
                    self.observer.event(Event::Warning(warning));
                })
                .ok()
        });
        let shown = Shown::of(node.planned.output, self.options.show_all_output);
        let (observer, reading) = (Arc::clone(&self.observer), self.run.reading.clone());
        let pump = Pump { node: node.name.clone(), shown, log, observer, _reading: reading };
        let stdin = node.planned.stdin.then(|| self.typed.next()).transpose()?;
        let gate = self.run.gates.path(self.options.conducted.as_ref().map_or(0, |layers| layers[index]));
        let equipment = Equipment { pump, page, gate, watchdog: node.policy.watchdog, stdin };
        let process = process::spawn(&node.planned, life, &self.run, equipment)?;
        if let Some(guard) = &mut self.guard {
            guard.add(process.group);
        }
        node.process = Some(process);
        Ok(())
    }

    /// A page of counters for a node's next process, in the ledger; gives its descriptor.
    fn make_page(&mut self, index: usize) -> Option<std::os::fd::OwnedFd> {
        match Page::create() {
            Ok((page, fd)) => {
                self.ledger.attach(index, page);
                Some(fd)
            }
            Err(error) => {
                let node = self.nodes[index].name.clone();
                self.tell(Event::Warning(Warning::NoCounters { node, reason: error.to_string() }));
                None
            }
        }
    }

    fn start_guard(&mut self) {
        let Some(guard) = &mut self.guard else { return };
        match guard.start() {
            Ok(mut child) => {
                let messages = self.run.messages.clone();
                tokio::spawn(async move {
                    let _ = child.wait().await;
                    let _ = messages.send(Message::GuardEnded).await;
                });
            }
            Err(error) => {
                self.guard = None;
                self.tell(Event::Warning(Warning::NoGuard { reason: error.to_string() }));
            }
        }
    }

    fn make_log_folder(&mut self) {
        let Some(folder) = self.options.log_folder.clone() else { return };
        match log_folder::create(&folder) {
            Ok(()) => self.log_folder = Some(folder),
            Err(error) => {
                self.tell(Event::Warning(Warning::NoLog { folder, reason: error.to_string() }));
            }
        }
    }

    fn own_pids(&self) -> Vec<u32> {
        let nodes = self.nodes.iter().filter_map(|node| node.process.as_ref()).map(|process| process.pid);
        nodes.chain(self.guard.as_ref().and_then(|guard| guard.pid)).collect()
    }

    /// Ends what the nodes left behind and sums up.
    pub(crate) async fn finish(mut self) -> Summary {
        let known = self.own_pids();
        for warning in leftovers::end(&self.run.mark, &known, self.options.owns_process).await {
            self.tell(Event::Warning(warning));
        }
        self.observer.rest();
        if !self.run.read(LAST_OUTPUT).await {
            self.tell(Event::Warning(Warning::OutputCut));
        }
        let now = Instant::now();
        let summary = Summary {
            verdict: self.verdict(),
            nodes: self.nodes.iter().map(Node::summary).collect(),
            wires: self.ledger.summary(now),
            lasted: now - self.began,
        };
        let is_clean = self.cleaning.finish(CLEANING);
        // A guard without a farewell cleans up once more.
        if let Some(guard) = self.guard.filter(|_| is_clean) {
            guard.farewell().await;
        }
        self.observer.event(Event::Summary(summary.clone()));
        summary
    }

    fn verdict(&self) -> Verdict {
        let verdicts = self.nodes.iter().map(|node| match (&node.state, node.planned.on_exit) {
            (ChildState::Failed { .. }, OnExit::Shutdown) => Verdict::RequiredNodeFailed,
            (ChildState::Failed { .. }, OnExit::Continue) => Verdict::NodeFailed,
            // Somebody else may have killed it before: that is not about stopping.
            (ChildState::Stopped { .. }, _) if !node.was_killed => Verdict::Success,
            (ChildState::Stopped { end: Some(End::Signal(9) | End::Unkillable) }, _) => Verdict::NodeKilled,
            _ => Verdict::Success,
        });
        verdicts.max_by_key(|verdict| *verdict as u8).unwrap_or(Verdict::Success)
    }

    fn tell(&self, event: Event) {
        self.observer.event(event);
    }
}

impl Node {
    fn expect_sign_of_life(&mut self) {
        let alive = matches!(self.state, ChildState::Running { .. } | ChildState::Starting { .. });
        self.watchdog = self.policy.watchdog.filter(|_| alive).map(|limit| Instant::now() + limit);
    }

    fn restarts(&self) -> u32 {
        self.lives.saturating_sub(1)
    }

    fn summary(&self) -> NodeSummary {
        NodeSummary {
            node: self.name.clone(),
            state: self.state.clone(),
            exit: self.state.end().cloned(),
            restarts: self.restarts(),
        }
    }
}
