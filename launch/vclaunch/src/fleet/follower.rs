//! What an operator does for each machine: one thread fetches what happens there, another has orders carried out and
//! looks at the clock, each on a link of its own. So an order need not wait until there is news, and a terminal that is
//! paused keeps nobody from hearing that the operator is there.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use vc::clock::now;
use vc_fleet::clock::{Clock, Offset};
use vc_fleet::keys::Keys;
use vc_fleet::{Answer, Ask, Start, Told};
use vc_plan::MachineName;
use vc_supervise::Order;

use super::link::Link;

/// Between two tries to reach an agent.
const RETRY: Duration = Duration::from_millis(500);
/// Between two looks at a machine's clock: at first, and later.
const FIRST_LOOKS: Duration = Duration::from_millis(20);
const LOOKS: Duration = Duration::from_secs(1);
/// How many looks are first ones.
const FIRST: u32 = 10;

/// What is told of a machine.
pub(crate) enum News {
    /// Something happened there.
    Told(Told),
    /// Its agent answers, or does not.
    Link(bool),
    /// How far its clock is ahead.
    Clock(Offset),
    /// Its part is no more, or cannot be started, and why.
    Gone(String),
}

/// A run at an agent.
pub(crate) struct Run<'a> {
    /// Where the agent is.
    pub(crate) address: &'a str,
    /// Whose agent it must be.
    pub(crate) machine: &'a MachineName,
    /// By which both know each other.
    pub(crate) keys: Option<Keys>,
    /// The run's name.
    pub(crate) name: &'a str,
    /// What is to be started; none: it runs already.
    pub(crate) start: Option<Start>,
    /// How many orders came for it already.
    pub(crate) orders: u64,
}

/// Follows a run at an agent, and passes on what is told of it. Gives where its orders are taken.
///
/// # Errors
/// The system's, if there can be no threads.
pub(crate) fn follow(
    run: Run<'_>,
    tell: impl Fn(News) + Clone + Send + 'static,
) -> std::io::Result<Sender<Order>> {
    let Run { address, machine, keys, name, start, orders } = run;
    let link = || Link::new(address, Some(machine.clone()), keys.clone());
    let (sender, inbox) = mpsc::channel();
    let (begun, started) = mpsc::channel();
    let mut fetch = Fetch { link: link(), run: name.to_owned(), tell: tell.clone() };
    thread::Builder::new().name("vc-fetch".into()).spawn(move || {
        if let Err(why) = fetch.fetch(start, &begun) {
            (fetch.tell)(News::Gone(why));
        }
    })?;
    let mut carry =
        Carry { link: link(), run: name.to_owned(), number: orders, clock: Clock::default(), tell };
    thread::Builder::new().name("vc-orders".into()).spawn(move || {
        // Orders are for a part that is there.
        if started.recv().is_ok() {
            carry.carry(&inbox);
        }
    })?;
    Ok(sender)
}

struct Fetch<T> {
    link: Link,
    run: String,
    tell: T,
}

impl<T: Fn(News)> Fetch<T> {
    /// Starts what is to be started, and fetches until the part's end.
    ///
    /// # Errors
    /// Why there is nothing to follow.
    fn fetch(&mut self, start: Option<Start>, begun: &Sender<()>) -> Result<(), String> {
        if let Some(start) = start {
            match self.insist(&Ask::Start(Box::new(start))) {
                Answer::Done => {}
                Answer::Refused { why } => return Err(why),
                _ => return Err("its agent answered something else".to_owned()),
            }
        }
        let _ = begun.send(());
        let mut after = 0;
        loop {
            match self.insist(&Ask::Told { run: self.run.clone(), after }) {
                Answer::Told { told, next, forgotten } => {
                    after = next;
                    if forgotten > 0 {
                        let text = format!("{forgotten} older lines and events are forgotten");
                        (self.tell)(News::Told(Told::Warning(text)));
                    }
                    let is_over = told.iter().any(|told| matches!(told, Told::Summary(_)));
                    for told in told {
                        (self.tell)(News::Told(told));
                    }
                    if is_over {
                        return Ok(());
                    }
                }
                Answer::Refused { why } => return Err(why),
                _ => return Err("its agent answered something else".to_owned()),
            }
        }
    }

    /// Asks until there is an answer. Who waits for it in vain gives the machine up.
    fn insist(&mut self, ask: &Ask) -> Answer {
        loop {
            if let Ok(answer) = self.link.ask(ask.clone()) {
                return answer;
            }
            thread::sleep(RETRY);
        }
    }
}

struct Carry<T> {
    link: Link,
    run: String,
    number: u64,
    clock: Clock,
    tell: T,
}

impl<T: Fn(News)> Carry<T> {
    /// Carries orders out, and looks at the clock between them, until nobody gives any.
    fn carry(&mut self, inbox: &Receiver<Order>) {
        let mut looks = 0_u32;
        loop {
            match inbox.recv_timeout(if looks < FIRST { FIRST_LOOKS } else { LOOKS }) {
                Ok(order) => {
                    self.number += 1;
                    let run = self.run.clone();
                    self.insist(&Ask::Order { run, number: self.number, order });
                }
                Err(RecvTimeoutError::Timeout) => {
                    looks = looks.saturating_add(1);
                    self.look();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Orders wait for their turn, however long the link is lost.
    fn insist(&mut self, ask: &Ask) {
        loop {
            let answer = self.link.ask(ask.clone());
            (self.tell)(News::Link(answer.is_ok()));
            if answer.is_ok() {
                return;
            }
            thread::sleep(RETRY);
        }
    }

    /// Looks at the clock there, by which the agent hears that we are here.
    fn look(&mut self) {
        let asked = now();
        let answer = self.link.ask(Ask::Time { run: self.run.clone() });
        let heard = now();
        (self.tell)(News::Link(answer.is_ok()));
        if let Ok(Answer::Time { came_ns, left_ns }) = answer {
            self.clock.take(asked, (came_ns, left_ns), heard);
            if let Some(offset) = self.clock.offset() {
                (self.tell)(News::Clock(offset));
            }
        }
    }
}
