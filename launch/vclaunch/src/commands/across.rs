//! `vclaunch run` of a circuit on several machines, and `vclaunch attach`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use vc_fleet::operator::{Machine, Operator};
use vc_fleet::{Answer, Ask, Start, Told};
use vc_plan::{OnOperatorLost, Plan};
use vc_supervise::{Event, Observer};

use crate::args::{AttachArgs, RunArgs};
use crate::exit_code::{self, Code};
use crate::fleet::link::Link;
use crate::fleet::part::{News, PartProcess};
use crate::fleet::signals;
use crate::fleet::{self, agents::Agents};
use crate::report::{self, Reporter, Style};

/// Between two reports of the wires' figures.
const REPORT: Duration = Duration::from_secs(1);
/// How long a machine out of sight is waited for once the circuit stops.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to reach an agent.
const RETRY: Duration = Duration::from_millis(500);

/// What the threads around tell the operator.
enum Message {
    Told(Machine, Told),
    Link(Machine, bool),
    /// A part is no more, or cannot be started, and why.
    Gone(Machine, String),
    Signal(&'static str),
}

/// How often all parts were asked to stop.
type Stops = Arc<AtomicU32>;

/// Runs a circuit whose agents were asked already.
pub(crate) fn run(plan: &Plan, agents: &Agents, args: &RunArgs, style: Style) -> Code {
    let title = plan.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let run = run_name();
    let start = |machine: &Machine| {
        let declared = plan.machines.iter().find(|planned| Some(&planned.name) == machine.as_ref());
        Start {
            run: run.clone(),
            title: title.clone(),
            part: plan.part(machine.as_ref()),
            domain: std::env::var("ROS_DOMAIN_ID").ok(),
            on_operator_lost: declared.map_or(OnOperatorLost::Stop, |planned| planned.on_operator_lost),
            ready_timeout: args.ready_timeout,
            show_all_output: args.show_all_output,
        }
    };
    let operator = Operator::new(plan.clone());
    let (sender, inbox) = mpsc::channel();
    let stops = Stops::default();
    let mut local = None;
    for machine in operator.machines() {
        let start = start(&machine);
        let Some(name) = &machine else {
            let sender = sender.clone();
            let tell = move |news| drop(sender.send(of_local(news)));
            match PartProcess::start(&start, args.log_dir.as_deref(), tell) {
                Ok(part) => local = Some(part),
                Err(error) => return cannot_start(&error.to_string(), style),
            }
            continue;
        };
        let keys = match agents.keys() {
            Ok(keys) => keys,
            Err(why) => return cannot_start(&why, style),
        };
        let address = agents.address(name).unwrap_or_else(|| name.to_string());
        let link = Link::new(&address, Some(name.clone()), keys);
        let (sender, stops) = (sender.clone(), Arc::clone(&stops));
        follow(Follower { machine, link, run: run.clone(), sender, stops }, Some(start));
    }
    Watch { operator, local, stops, inbox, sender }.watch(&title, args.json, style)
}

/// Takes over what runs on other machines.
pub(crate) fn attach(args: &AttachArgs, style: Style) -> Code {
    let keys = match fleet::keys::of(&args.keys, style) {
        Ok(keys) => keys,
        Err(error) => {
            fleet::keys::tell(&error, style);
            return exit_code::KEYS;
        }
    };
    let (sender, inbox) = mpsc::channel();
    let stops = Stops::default();
    let mut whole: Option<(Start, Plan)> = None;
    for address in &args.address {
        let mut link = Link::new(address, None, keys.clone());
        let failed = |why: &str| {
            report::error(&format!("cannot take over what runs at {address}: {why}"), None, style);
            exit_code::NO_AGENT
        };
        let (name, start) = match (link.ask(Ask::Hello), link.ask(Ask::Attach)) {
            (Ok(Answer::Hello { name, .. }), Ok(Answer::Attached(start))) => (name, *start),
            (Ok(Answer::Refused { why }), _) | (_, Ok(Answer::Refused { why })) => return failed(&why),
            (Err(error), _) | (_, Err(error)) => return failed(&report::reason(&error)),
            _ => return failed("its agent answered something else"),
        };
        if let Some(certified) = link.certified().filter(|certified| **certified != name) {
            return failed(&format!("it says that it is `{name}`, but its certificate is for `{certified}`"));
        }
        let run = start.run.clone();
        match &mut whole {
            None => whole = Some((start.clone(), start.part)),
            Some((first, plan)) if first.run == run => {
                plan.nodes.extend(start.part.nodes);
                let new = start.part.wires.into_iter().filter(|wire| !plan.wires.contains(wire));
                let new: Vec<_> = new.collect();
                plan.wires.extend(new);
            }
            Some((first, _)) => return failed(&format!("it is another run than that of `{}`", first.title)),
        }
        let (sender, stops) = (sender.clone(), Arc::clone(&stops));
        follow(Follower { machine: Some(name), link, run, sender, stops }, None);
    }
    let Some((first, plan)) = whole else { return exit_code::USAGE };
    let operator = Operator::new(plan);
    Watch { operator, local: None, stops, inbox, sender }.watch(&first.title, args.json, style)
}

/// A name that no other run has.
fn run_name() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{}-{:x}", std::process::id(), now.map_or(0, |since| since.as_nanos()))
}

fn of_local(news: News) -> Message {
    match news {
        News::Told(told) => Message::Told(None, told),
        News::Gone(how) => Message::Gone(None, how),
    }
}

fn cannot_start(why: &str, style: Style) -> Code {
    report::error(why, None, style);
    exit_code::CANNOT_START
}

/// Starts a machine's part if there is one to start, and passes on what its agent tells, in a thread.
fn follow(mut follower: Follower, start: Option<Start>) {
    let (machine, sender) = (follower.machine.clone(), follower.sender.clone());
    let run = move || {
        if let Err(why) = follower.follow(start) {
            drop(follower.sender.send(Message::Gone(follower.machine.clone(), why)));
        }
    };
    if let Err(error) = thread::Builder::new().name("vc-follow".into()).spawn(run) {
        drop(sender.send(Message::Gone(machine, error.to_string())));
    }
}

struct Follower {
    machine: Machine,
    link: Link,
    run: String,
    sender: Sender<Message>,
    stops: Stops,
}

impl Follower {
    /// Until the part's end.
    ///
    /// # Errors
    /// Why there is nothing to follow.
    fn follow(&mut self, start: Option<Start>) -> Result<(), String> {
        if let Some(start) = start {
            match self.insist(&Ask::Start(Box::new(start))) {
                Answer::Done => {}
                Answer::Refused { why } => return Err(why),
                _ => return Err("its agent answered something else".to_owned()),
            }
        }
        let (mut after, mut stopped) = (0, 0);
        loop {
            if self.stops.load(Ordering::Relaxed) > stopped {
                stopped += 1;
                self.insist(&Ask::Stop { run: self.run.clone(), times: stopped });
            }
            match self.insist(&Ask::Told { run: self.run.clone(), after }) {
                Answer::Told { told, next, forgotten } => {
                    after = next;
                    if forgotten > 0 {
                        self.tell(Told::Warning(format!("{forgotten} older lines and events are forgotten")));
                    }
                    let is_over = told.iter().any(|told| matches!(told, Told::Summary(_)));
                    for told in told {
                        self.tell(told);
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
            let answer = self.link.ask(ask.clone());
            drop(self.sender.send(Message::Link(self.machine.clone(), answer.is_ok())));
            if let Ok(answer) = answer {
                return answer;
            }
            thread::sleep(RETRY);
        }
    }

    fn tell(&self, told: Told) {
        drop(self.sender.send(Message::Told(self.machine.clone(), told)));
    }
}

/// A circuit on several machines that is being watched.
struct Watch {
    operator: Operator,
    local: Option<PartProcess>,
    stops: Stops,
    inbox: Receiver<Message>,
    sender: Sender<Message>,
}

impl Watch {
    fn watch(mut self, title: &str, json: bool, style: Style) -> Code {
        let sender = self.sender.clone();
        if let Err(error) = signals::on_stop(move |name| drop(sender.send(Message::Signal(name)))) {
            return cannot_start(&error.to_string(), style);
        }
        let reporter = match Reporter::across(title, self.operator.places(), json, style) {
            Ok(reporter) => reporter,
            Err(error) => return cannot_start(&error.to_string(), style),
        };
        let observer = reporter.observer();
        let began = Instant::now();
        observer.event(self.operator.began());
        self.run(observer.as_ref());
        let summary = self.operator.summary(began.elapsed());
        let code = Code::of(summary.verdict);
        observer.event(Event::Summary(summary));
        drop(self.local.take());
        reporter.finish();
        code
    }

    fn run(&mut self, observer: &dyn Observer) {
        let mut report = Instant::now() + REPORT;
        let mut stopping: Option<Instant> = None;
        while !self.operator.is_over() {
            match self.inbox.recv_timeout(report.saturating_duration_since(Instant::now())) {
                Ok(message) => self.take(message, observer),
                Err(RecvTimeoutError::Timeout) => {
                    report = Instant::now() + REPORT;
                    observer.event(Event::Wires(self.operator.wires()));
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let stops = self.stops.load(Ordering::Relaxed);
            if stops > 0 {
                let since = *stopping.get_or_insert_with(Instant::now);
                self.give_up_lost(stops > 2 || since.elapsed() > PATIENCE);
            }
        }
    }

    /// Machines out of sight are not waited for for ever.
    fn give_up_lost(&mut self, is_enough: bool) {
        for machine in self.operator.machines() {
            if is_enough && self.operator.is_out_of_sight(&machine) {
                self.operator.give_up(&machine);
            }
        }
    }

    fn take(&mut self, message: Message, observer: &dyn Observer) {
        match message {
            Message::Told(machine, told) => {
                let step = self.operator.told(&machine, told);
                step.events.into_iter().for_each(|event| observer.event(event));
                step.line.into_iter().for_each(|line| observer.line(line));
                if step.stop {
                    self.stop();
                }
            }
            Message::Link(machine, is_there) => {
                self.operator.link(&machine, is_there).into_iter().for_each(|event| observer.event(event));
            }
            Message::Gone(machine, why) => {
                if !self.operator.has_ended(&machine) {
                    let event = self.operator.told(&machine, Told::Warning(why));
                    event.events.into_iter().for_each(|event| observer.event(event));
                    self.operator.give_up(&machine);
                    // The others are of no use without it.
                    self.stop();
                }
            }
            Message::Signal(signal) => {
                let times = self.stop();
                observer.event(self.operator.asked_to_stop(signal, times));
            }
        }
    }

    /// Asks all parts to stop; gives how often they were asked.
    fn stop(&mut self) -> u32 {
        self.local.iter_mut().for_each(PartProcess::stop);
        self.stops.fetch_add(1, Ordering::Relaxed) + 1
    }
}
