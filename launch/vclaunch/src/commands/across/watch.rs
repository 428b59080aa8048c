//! A circuit on several machines that is being watched: what all machines tell becomes one view, and what follows from
//! it becomes orders to all.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use vc_fleet::Told;
use vc_fleet::conductor::Conductor;
use vc_fleet::operator::{Machine, Operator};
use vc_supervise::{Event, Name, Observer, Order};

use crate::exit_code::Code;
use crate::fleet::follower::News;
use crate::fleet::part::{self, PartProcess};
use crate::fleet::signals;
use crate::report::{Reporter, Style};

/// Between two reports of the wires' figures.
const REPORT: Duration = Duration::from_secs(1);
/// How long a machine out of sight is waited for once the circuit stops.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long lines that nobody reads hold up the end.
const LINES: Duration = Duration::from_secs(2);

/// What the threads around tell.
enum Message {
    Of(Machine, News),
    Signal(&'static str),
}

/// Passes on what is told of a machine.
#[derive(Clone)]
pub(super) struct Teller {
    machine: Machine,
    /// The nodes whose lines it may tell.
    nodes: Arc<HashSet<Name>>,
    sender: Sender<Message>,
    observer: Arc<dyn Observer>,
}

impl Teller {
    /// A line goes straight to who watches: where that one is slow, only this machine waits.
    fn tell(&self, news: News) {
        match news {
            News::Told(Told::Line(line)) => {
                if self.nodes.contains(&line.node) {
                    self.observer.line(line);
                }
            }
            news => drop(self.sender.send(Message::Of(self.machine.clone(), news))),
        }
    }
}

pub(super) fn of_agent(teller: Teller) -> impl Fn(News) + Clone + Send + 'static {
    move |news| teller.tell(news)
}

pub(super) fn of_local(teller: Teller) -> impl Fn(part::News) + Send + 'static {
    move |news| {
        teller.tell(match news {
            part::News::Told(told) => News::Told(told),
            part::News::Gone(how) => News::Gone(how),
        });
    }
}

/// A circuit on several machines.
pub(super) struct Watch {
    operator: Operator,
    conductor: Conductor,
    pub(super) local: Option<PartProcess>,
    /// Where agents take orders.
    pub(super) agents: Vec<Sender<Order>>,
    inbox: Receiver<Message>,
    sender: Sender<Message>,
    reporter: Reporter,
    observer: Arc<dyn Observer>,
    began: Instant,
    /// Since when it stops, and how often somebody asked for it.
    stopping: Option<Instant>,
    signals: u32,
    has_rested: bool,
}

impl Watch {
    /// Begins to show a circuit. Nothing is started yet.
    ///
    /// # Errors
    /// The system's, if there can be no threads.
    pub(super) fn new(
        operator: Operator,
        conductor: Conductor,
        title: &str,
        json: bool,
        style: Style,
    ) -> io::Result<Self> {
        let (sender, inbox) = mpsc::channel();
        let signal = sender.clone();
        signals::on_stop(move |name| drop(signal.send(Message::Signal(name))))?;
        let reporter = Reporter::across(title, operator.places(), json, style)?;
        let observer = reporter.observer();
        observer.event(operator.began());
        Ok(Self {
            operator,
            conductor,
            local: None,
            agents: Vec::new(),
            inbox,
            sender,
            reporter,
            observer,
            began: Instant::now(),
            stopping: None,
            signals: 0,
            has_rested: false,
        })
    }

    pub(super) fn machines(&self) -> Vec<Machine> {
        self.operator.machines()
    }

    pub(super) fn teller(&self, machine: &Machine) -> Teller {
        Teller {
            machine: machine.clone(),
            nodes: Arc::new(self.operator.nodes_of(machine)),
            sender: self.sender.clone(),
            observer: Arc::clone(&self.observer),
        }
    }

    /// Until all parts have ended.
    pub(super) fn watch(mut self) -> Code {
        self.run();
        self.operator.clocks().into_iter().for_each(|event| self.tell(event));
        let summary = self.operator.summary(self.began.elapsed());
        let code = Code::of(summary.verdict);
        self.observer.event(Event::Summary(summary));
        drop(self.local.take());
        self.reporter.finish();
        code
    }

    fn run(&mut self) {
        let mut report = Instant::now() + REPORT;
        while !self.operator.is_over() {
            let until = self.conductor.deadline().map_or(report, |deadline| deadline.min(report));
            match self.inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let now = Instant::now();
            if report <= now {
                report = now + REPORT;
                self.observer.event(Event::Wires(self.operator.wires()));
            }
            self.conduct(now);
            self.lose_patience(now);
        }
    }

    fn conduct(&mut self, now: Instant) {
        let figures = if self.conductor.is_ebbing() { self.operator.wires() } else { Vec::new() };
        let want = self.conductor.next(&figures, now);
        want.warning
            .map(|text| self.operator.note(&None, &text))
            .into_iter()
            .for_each(|event| self.tell(event));
        self.order(want.orders);
    }

    fn lose_patience(&mut self, now: Instant) {
        let Some(since) = self.stopping else { return };
        if since + LINES <= now && !self.has_rested {
            // Who waits to show a line must not wait to tell how it ended.
            self.has_rested = true;
            self.observer.rest();
        }
        if self.signals > 2 || since + PATIENCE <= now {
            for machine in self.operator.machines() {
                if self.operator.is_out_of_sight(&machine) {
                    self.operator.give_up(&machine);
                }
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Of(machine, News::Told(told)) => {
                self.conductor.told(&machine, &told);
                let step = self.operator.told(&machine, told);
                step.events.into_iter().for_each(|event| self.tell(event));
                if step.stop {
                    self.stop();
                }
            }
            Message::Of(machine, News::Link(is_there)) => {
                self.conductor.sight(&machine, is_there);
                self.operator.link(&machine, is_there).into_iter().for_each(|event| self.tell(event));
            }
            Message::Of(machine, News::Clock(offset)) => {
                self.operator.clock(&machine, offset).into_iter().for_each(|event| self.tell(event));
            }
            Message::Of(machine, News::Gone(why)) => {
                if !self.operator.has_ended(&machine) {
                    self.conductor.sight(&machine, false);
                    self.tell(self.operator.note(&machine, &why));
                    self.operator.give_up(&machine);
                    // The others are of no use without it.
                    self.stop();
                }
            }
            Message::Signal(signal) => {
                self.signals += 1;
                let event = self.operator.asked_to_stop(signal, self.signals);
                self.tell(event);
                self.stop();
                if self.signals > 1 {
                    let order = self.conductor.hurry(self.signals);
                    self.order([order]);
                }
            }
        }
    }

    fn tell(&self, event: Event) {
        self.observer.event(event);
    }

    /// Begins to stop, if it does not stop already.
    fn stop(&mut self) {
        let now = Instant::now();
        self.stopping.get_or_insert(now);
        let orders = self.conductor.stop(now);
        self.order(orders);
    }

    fn order(&mut self, orders: impl IntoIterator<Item = Order>) {
        for order in orders {
            self.local.iter_mut().for_each(|part| part.obey(order));
            // Who is gone obeys nobody.
            self.agents.iter().for_each(|agent| _ = agent.send(order));
        }
    }
}
