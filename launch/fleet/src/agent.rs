//! An agent's mind: which run there is, who may ask what, and what follows from the operator's silence.

use std::time::{Duration, Instant};

use vc_plan::OnOperatorLost;
use vc_supervise::{Order, Summary};

use crate::protocol::{Answer, Ask, Start, Told};
use crate::record::Record;

/// An operator who asks nothing for so long is lost.
pub const LOST: Duration = Duration::from_secs(5);
/// From one request to stop to the next, harder one, where nobody is there to ask.
const HARDER: Duration = Duration::from_secs(15);

/// What the agent is to do.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Start a part.
    Start(Box<Start>),
    /// Have the part do this.
    Obey(Order),
}

/// A run, from its start until the next one's.
#[derive(Debug)]
struct Run {
    start: Box<Start>,
    record: Record,
    /// When the operator was last heard.
    heard: Instant,
    is_lost: bool,
    /// How many orders came.
    orders: u64,
    /// Whether the part's sources may begin.
    is_open: bool,
    /// How hard the part was asked to stop, and when last.
    stops: u32,
    stopped: Option<Instant>,
    /// How it ended, kept until its process is gone: who reads it may start the next run at once.
    summary: Option<Summary>,
    /// Whether its process is gone.
    is_gone: bool,
}

/// An agent's mind.
#[derive(Debug, Default)]
pub struct Agent {
    run: Option<Run>,
}

impl Agent {
    /// The launch file whose part runs here.
    pub fn running(&self) -> Option<&str> {
        self.run.as_ref().filter(|run| !run.is_gone).map(|run| run.start.title.as_str())
    }

    /// Whether there is something to tell beyond `after`, or nothing to wait for.
    pub fn has_news(&self, run: &str, after: u64) -> bool {
        let known = self.run.as_ref().filter(|known| known.start.run == run);
        known.is_none_or(|known| known.record.count() > after || known.is_gone)
    }

    /// Answers a question about the run. What [`Ask::Hello`], [`Ask::LookUp`] and [`Ask::Time`]
    /// want to know is not in here.
    pub fn answer(&mut self, ask: Ask, now: Instant) -> (Answer, Option<Deed>) {
        match ask {
            Ask::Hello | Ask::LookUp(_) | Ask::Time { .. } => {
                (refused("that is for somebody else to answer"), None)
            }
            Ask::Start(start) => self.start(start, now),
            Ask::Told { run, after } => (self.told_after(&run, after, now), None),
            Ask::Order { run, number, order } => self.order(&run, number, order, now),
            Ask::Attach => match &mut self.run {
                Some(run) if !run.is_gone => {
                    run.heard = now;
                    (Answer::Attached { start: run.start.clone(), orders: run.orders }, None)
                }
                _ => (refused("nothing runs there"), None),
            },
        }
    }

    /// The operator of a run is here.
    pub fn hear(&mut self, run: &str, now: Instant) {
        if let Some(known) = self.known(run) {
            known.heard = now;
            known.is_lost = false;
        }
    }

    fn start(&mut self, start: Box<Start>, now: Instant) -> (Answer, Option<Deed>) {
        if let Some(run) = self.run.as_ref().filter(|run| !run.is_gone) {
            if run.start.run == start.run {
                // The same request came twice, when its answer was lost.
                return (Answer::Done, None);
            }
            let title = &run.start.title;
            let since = if run.is_lost { ", whose operator is lost" } else { "" };
            let why = format!(
                "`{title}` runs there{since}; `vclaunch attach` takes it over, and Ctrl-C then stops it"
            );
            return (refused(&why), None);
        }
        self.run = Some(Run {
            start: start.clone(),
            record: Record::default(),
            heard: now,
            is_lost: false,
            orders: 0,
            is_open: false,
            stops: 0,
            stopped: None,
            summary: None,
            is_gone: false,
        });
        (Answer::Done, Some(Deed::Start(start)))
    }

    fn told_after(&mut self, run: &str, after: u64, now: Instant) -> Answer {
        self.hear(run, now);
        let Some(known) = self.known(run) else { return unknown(run) };
        let news = known.record.news(after);
        Answer::Told { told: news.told, next: news.next, forgotten: news.forgotten }
    }

    fn order(&mut self, run: &str, number: u64, order: Order, now: Instant) -> (Answer, Option<Deed>) {
        self.hear(run, now);
        let Some(known) = self.known(run) else { return (unknown(run), None) };
        let is_new = number > known.orders && !known.is_gone;
        known.orders = known.orders.max(number);
        if !is_new {
            return (Answer::Done, None);
        }
        match order {
            Order::Open { layer } => known.is_open |= layer == 0,
            Order::Ebb { .. } => {}
            Order::Stop { times } => {
                known.stops = known.stops.max(times);
                known.stopped = Some(now);
            }
        }
        (Answer::Done, Some(Deed::Obey(order)))
    }

    fn known(&mut self, run: &str) -> Option<&mut Run> {
        self.run.as_mut().filter(|known| known.start.run == run)
    }

    /// Something happened in the part that was started last.
    pub fn told(&mut self, told: Told) {
        let Some(run) = &mut self.run else { return };
        match told {
            Told::Summary(summary) => run.summary = Some(summary),
            told => run.record.add(told),
        }
    }

    /// The part's process is gone. Without a summary it ended badly.
    pub fn gone(&mut self, how: &str) {
        let Some(run) = &mut self.run else { return };
        run.is_gone = true;
        run.record.add(match run.summary.take() {
            Some(summary) => Told::Summary(summary),
            None => Told::Warning(format!("the part's supervisor ended without a word: {how}")),
        });
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Instant) -> Option<Deed> {
        let run = self.run.as_mut().filter(|run| !run.is_gone)?;
        run.is_lost |= now.saturating_duration_since(run.heard) >= LOST;
        if !run.is_lost {
            return None;
        }
        if run.start.on_operator_lost == OnOperatorLost::Keep {
            // Nobody else says that it may begin.
            let order = Order::Open { layer: 0 };
            return (!std::mem::replace(&mut run.is_open, true)).then_some(Deed::Obey(order));
        }
        if run.stopped.is_some_and(|stopped| now.saturating_duration_since(stopped) < HARDER) {
            return None;
        }
        run.stops += 1;
        run.stopped = Some(now);
        Some(Deed::Obey(Order::Stop { times: run.stops }))
    }
}

fn refused(why: &str) -> Answer {
    Answer::Refused { why: why.to_owned() }
}

fn unknown(run: &str) -> Answer {
    let run: String = run.chars().take(64).collect();
    refused(&format!("run `{}` is not known there any more", run.escape_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vc_plan::Plan;
    use vc_supervise::Verdict;

    fn start(run: &str, on_operator_lost: OnOperatorLost) -> Ask {
        let part = Plan {
            file: "a.launch.yaml".into(),
            machines: Vec::new(),
            nodes: Vec::new(),
            wires: Vec::new(),
            stop: None,
        };
        Ask::Start(Box::new(Start {
            run: run.into(),
            title: "a.launch.yaml".into(),
            part,
            domain: None,
            on_operator_lost,
            ready_timeout: Duration::from_secs(1),
            show_all_output: false,
            layers: Vec::new(),
            connect: Vec::new(),
        }))
    }

    fn told(run: &str, after: u64) -> Ask {
        Ask::Told { run: run.into(), after }
    }

    fn order(number: u64, order: Order) -> Ask {
        Ask::Order { run: "one".into(), number, order }
    }

    fn is_stop(deed: Option<&Deed>, hard: u32) -> bool {
        matches!(deed, Some(Deed::Obey(Order::Stop { times })) if *times == hard)
    }

    fn why(answer: Answer) -> String {
        match answer {
            Answer::Refused { why } => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_run_at_a_time() {
        let (mut agent, now) = (Agent::default(), Instant::now());

        let (answer, deed) = agent.answer(start("one", OnOperatorLost::Stop), now);
        assert!(matches!((answer, deed), (Answer::Done, Some(Deed::Start(_)))));
        let (answer, deed) = agent.answer(start("two", OnOperatorLost::Stop), now);
        assert!(deed.is_none());
        assert!(why(answer).contains("`a.launch.yaml` runs there"));

        agent.gone("exit code 0");
        let (_, deed) = agent.answer(start("two", OnOperatorLost::Stop), now);
        assert!(matches!(deed, Some(Deed::Start(_))));
        assert!(why(agent.answer(told("one", 0), now).0).contains("not known"));
    }

    #[test]
    fn a_silent_operator_stops_the_part_and_each_time_harder() {
        let (mut agent, now) = (Agent::default(), Instant::now());
        agent.answer(start("one", OnOperatorLost::Stop), now);

        assert!(agent.tick(now + LOST / 2).is_none());
        agent.answer(told("one", 0), now + LOST / 2);
        assert!(agent.tick(now + LOST).is_none());
        let lost = now + LOST * 3 / 2;
        assert!(is_stop(agent.tick(lost).as_ref(), 1));
        assert!(agent.tick(lost + LOST).is_none());
        assert!(is_stop(agent.tick(lost + HARDER).as_ref(), 2));
        agent.gone("exit code 0");
        assert!(agent.tick(lost + 2 * HARDER).is_none());
    }

    #[test]
    fn what_is_to_be_kept_goes_on_and_can_be_taken_over() {
        let (mut agent, now) = (Agent::default(), Instant::now());
        agent.answer(start("one", OnOperatorLost::Keep), now);

        let late = now + 100 * LOST;
        assert!(matches!(agent.tick(late), Some(Deed::Obey(Order::Open { layer: 0 }))), "it may begin");
        assert!(agent.tick(late).is_none());
        let answer = agent.answer(start("two", OnOperatorLost::Keep), late).0;
        assert!(why(answer).contains("whose operator is lost; `vclaunch attach`"));
        assert!(
            matches!(agent.answer(Ask::Attach, late).0, Answer::Attached { start, .. } if start.run == "one")
        );
        assert!(matches!(agent.answer(told("one", 0), late).0, Answer::Told { .. }));
    }

    #[test]
    fn an_order_that_comes_twice_counts_once() {
        let (mut agent, now) = (Agent::default(), Instant::now());
        agent.answer(start("one", OnOperatorLost::Stop), now);

        let stop = Order::Stop { times: 1 };
        let deeds = [1, 1, 2, 2, 1].map(|number| agent.answer(order(number, stop), now).1.is_some());

        assert_eq!(deeds, [true, false, true, false, false]);
        assert!(matches!(agent.answer(Ask::Attach, now).0, Answer::Attached { orders: 2, .. }));
    }

    #[test]
    fn who_reads_how_a_run_ended_can_start_the_next_one() {
        let (mut agent, now) = (Agent::default(), Instant::now());
        agent.answer(start("one", OnOperatorLost::Stop), now);
        let (nodes, wires) = (Vec::new(), Vec::new());
        let summary = Summary { verdict: Verdict::Success, nodes, wires, lasted: Duration::ZERO };

        agent.told(Told::Summary(summary.clone()));
        assert!(!agent.has_news("one", 0) && agent.running().is_some());
        agent.gone("exit code 0");

        let (answer, _) = agent.answer(told("one", 0), now);
        assert!(matches!(answer, Answer::Told { told, .. } if told == [Told::Summary(summary)]));
        assert!(matches!(agent.answer(start("two", OnOperatorLost::Stop), now).1, Some(Deed::Start(_))));
    }

    #[test]
    fn there_is_nothing_to_wait_for_in_a_run_that_is_over() {
        let (mut agent, now) = (Agent::default(), Instant::now());
        assert!(agent.has_news("one", 0));
        assert!(why(agent.answer(Ask::Attach, now).0).contains("nothing runs"));
        agent.answer(start("one", OnOperatorLost::Stop), now);
        assert!(!agent.has_news("one", 0) && agent.has_news("other", 0));
        agent.told(Told::Warning("a".into()));
        assert!(agent.has_news("one", 0) && !agent.has_news("one", 1));
        agent.gone("SIGKILL");
        assert!(agent.has_news("one", 1) && agent.running().is_none());
    }
}
