//! The loop that keeps the two sides in step.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::AsFd;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use vc::domain::Domain;
use vc::host::{Host, HostGraph};
use vc::notify::Notify;
use vc::stop::Stop;
use vc_ros2::dds::ANNOUNCEMENTS;
use vc_ros2::token::graph_of;
use vc_session::{Environment, Place};
use vc_words::TopicName;
use zenoh::sample::SampleKind;
use zenoh::{Session, Wait};

use crate::across::{Across, Toward, across};
use crate::clocks::Clocks;
use crate::crossing::Crossing;
use crate::demand::{Demand, Mismatch};
use crate::door::Door;
use crate::error::{RelayError, chain};
use crate::expected::Expected;
use crate::inlet::Inlet;
use crate::outlet::{Outlet, Ways};
use crate::peers::access_control;
use crate::remote::Remote;
use crate::rules::Rules;
use crate::sockets;
use crate::tokens::Tokens;
use crate::wake::{Wake, rest};

/// A change may be seen only a moment after it was told: then it is looked again, so long after.
const AGAIN: [Duration; 3] =
    [Duration::from_millis(5), Duration::from_millis(30), Duration::from_millis(200)];
/// What is expected and not there for so long is told.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// How long the loop rests where nothing tells of a change.
const REST: Duration = Duration::from_secs(10);

/// What a relay is opened with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// How it reaches others.
    pub session: vc_session::Settings,
    /// The domain on the wire; none: the host's.
    pub wire_domain: Option<u32>,
    /// Whether it speaks with `zenoh-bridge-ros2dds` too.
    pub dds: bool,
    /// What may cross.
    pub rules: Rules,
    /// What must flow before it is told that all does.
    pub expected: Expected,
    /// Whether a relay that the domain has already is used instead of failing.
    pub share: bool,
}

/// A relay at work.
pub struct Relay {
    // In this order they end: what carries, then what it is carried by.
    pub(crate) outlets: BTreeMap<TopicName, Outlet>,
    pub(crate) inlets: BTreeMap<TopicName, Inlet>,
    pub(crate) crossings: BTreeMap<(TopicName, Toward), Crossing>,
    tokens: Tokens,
    clocks: Clocks,
    pub(crate) remote: Arc<RwLock<Remote>>,
    pub(crate) session: Session,
    pub(crate) place: Place,
    /// Whose keys it has.
    pub(crate) own: Option<String>,
    pub(crate) graph: HostGraph,
    pub(crate) demand: Demand,
    /// What goes through between others who speak different dialects.
    pub(crate) across: BTreeMap<(TopicName, Toward), Across>,
    pub(crate) dds: bool,
    told: BTreeSet<Mismatch>,
    /// What failed last, by topic: told once.
    failed: BTreeMap<TopicName, String>,
    rules: Rules,
    expected: Expected,
    /// When it is told what of that is missing.
    complaint: Option<Instant>,
    pub(crate) wire_domain: u32,
    wake: Wake,
    pub(crate) host: Host,
    door: Door,
    stop: Stop,
}

impl Relay {
    /// Joins `domain` and the network. The relay works while [`Relay::run`] runs.
    ///
    /// # Errors
    /// [`RelayError::Second`] if the domain has a relay already, [`RelayError::Session`] if nobody can be reached.
    pub fn open(domain: Domain, settings: &Settings, stop: Stop) -> Result<Self, RelayError> {
        let door = Door::open(domain)?;
        let host = Host::join(domain, "relay", stop.clone())?;
        let access_control = access_control(&settings.rules, settings.dds)?;
        let session = vc_session::Settings { access_control, ..settings.session.clone() };
        let (session, place) = session.open(&Environment::of_process())?;
        sockets::tune(&session)?;
        let wire_domain = settings.wire_domain.unwrap_or(domain.id());
        let wake = Wake::new()?;
        let clocks = Clocks::open(&session, &wake)?;
        let remote = Arc::new(RwLock::new(Remote::new(settings.dds)));
        watch(&session, graph_of(wire_domain), &remote, &wake)?;
        if settings.dds {
            watch(&session, ANNOUNCEMENTS.to_owned(), &remote, &wake)?;
        }
        Ok(Self {
            outlets: BTreeMap::new(),
            inlets: BTreeMap::new(),
            crossings: BTreeMap::new(),
            tokens: Tokens::new(session.clone(), wire_domain, settings.dds)?,
            clocks,
            remote,
            session,
            place,
            own: settings.session.keys.as_ref().map(|keys| keys.own.clone()),
            graph: HostGraph::default(),
            demand: Demand::default(),
            across: BTreeMap::new(),
            dds: settings.dds,
            told: BTreeSet::new(),
            failed: BTreeMap::new(),
            rules: settings.rules.clone(),
            expected: settings.expected.clone(),
            complaint: (!settings.expected.is_met()).then(|| Instant::now() + PATIENCE),
            wire_domain,
            wake,
            host,
            door,
            stop,
        })
    }

    /// What the relay is to others.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its session, as others see it.
    pub fn session_id(&self) -> String {
        self.session.zid().to_string()
    }

    /// Relays until it is asked to stop, and tells by `notify` which of the topics that are expected flow.
    ///
    /// # Errors
    /// [`RelayError`] if the host's topics or the network can no longer be used at all. What fails for one topic is
    /// told, and tried again.
    pub fn run(&mut self, notify: &Notify) -> Result<(), RelayError> {
        let mut again: Vec<Instant> = Vec::new();
        while !self.stop.is_stopped() {
            self.wake.take();
            self.update()?;
            self.clocks.ask();
            self.look_for_expected(notify);
            self.door.answer(|| self.status());
            if self.rest(again.first().copied().into_iter().chain(self.complaint).min())? {
                let now = Instant::now();
                again = AGAIN.iter().map(|after| now + *after).collect();
            } else {
                again.retain(|when| *when > Instant::now());
            }
        }
        // Before anything here is let go: so no thread waits for the network any more.
        sockets::close(&self.session)
    }

    /// Sleeps until something happens, or `until`. Whether something did.
    fn rest(&self, until: Option<Instant>) -> Result<bool, RelayError> {
        let pause = until.map_or(REST, |until| until.saturating_duration_since(Instant::now()));
        rest([self.host.as_fd(), self.stop.as_fd(), self.wake.as_fd(), self.door.as_fd()], pause)
    }

    /// Looks at both sides and makes true what follows.
    fn update(&mut self) -> Result<(), RelayError> {
        self.graph = self.host.look()?;
        let remote = self.remote.read().unwrap_or_else(PoisonError::into_inner);
        self.demand = Demand::of(&self.graph, &remote, &self.rules);
        if self.dds {
            self.across = across(&remote, &self.rules, &self.session.zid().to_string());
        }
        drop(remote);
        self.tell();
        let mut failures = BTreeMap::new();
        // First we listen, then we show who reads: whoever sees a reader can send to it.
        self.listen(&mut failures);
        self.tokens.show(&self.graph, &self.demand)?;
        self.tokens.interpret(&self.across)?;
        self.speak(&mut failures);
        self.interpret(&mut failures);
        self.complain(failures);
        Ok(())
    }

    fn ways(&self) -> Ways<'_> {
        Ways {
            host: &self.host,
            session: &self.session,
            tokens: &self.tokens,
            clocks: &self.clocks,
            rules: &self.rules,
            domain: self.wire_domain,
            wake: &self.wake,
        }
    }

    /// Listens to what is wanted here.
    fn listen(&mut self, failures: &mut BTreeMap<TopicName, String>) {
        let mut inlets = std::mem::take(&mut self.inlets);
        inlets.retain(|topic, inlet| self.demand.r#in.get(topic).is_some_and(|coming| inlet.suits(coming)));
        for (topic, coming) in &self.demand.r#in {
            let inlet = match inlets.remove(topic) {
                Some(inlet) => Ok(inlet),
                None => Inlet::open(&self.ways(), &self.remote, topic, coming),
            };
            let updated = inlet.and_then(|inlet| {
                let updated = inlet.update(&self.ways(), coming);
                inlets.insert(topic.clone(), inlet);
                updated
            });
            if let Err(error) = updated {
                failures.insert(topic.clone(), chain(&error));
            }
        }
        self.inlets = inlets;
    }

    /// Sends what others may have.
    fn speak(&mut self, failures: &mut BTreeMap<TopicName, String>) {
        let mut outlets = std::mem::take(&mut self.outlets);
        outlets.retain(|topic, outlet| {
            self.demand.out.get(topic).is_some_and(|out| outlet.carries(&out.carried))
        });
        for (topic, out) in &self.demand.out {
            let outlet = outlets.entry(topic.clone()).or_insert_with(|| Outlet::new(out.carried.clone()));
            if let Err(error) = outlet.update(&self.ways(), topic, out) {
                failures.insert(topic.clone(), chain(&error));
            }
        }
        self.outlets = outlets;
    }

    /// Carries what goes between others who speak different dialects.
    fn interpret(&mut self, failures: &mut BTreeMap<TopicName, String>) {
        let mut crossings = std::mem::take(&mut self.crossings);
        let wanted = |key: &(TopicName, Toward)| self.across.get(key).filter(|across| across.is_wanted());
        crossings.retain(|key, crossing| wanted(key).is_some_and(|across| crossing.suits(across)));
        for ((topic, toward), across) in self.across.iter().filter(|(_, across)| across.is_wanted()) {
            if let Entry::Vacant(entry) = crossings.entry((topic.clone(), *toward)) {
                match Crossing::open(&self.ways(), &self.remote, topic, (*toward, across)) {
                    Ok(crossing) => {
                        entry.insert(crossing);
                    }
                    Err(error) => {
                        failures.insert(topic.clone(), chain(&error));
                    }
                }
            }
        }
        self.crossings = crossings;
    }

    /// Tells which of the topics that are expected flow now; and after a while, once, which do not.
    fn look_for_expected(&mut self, notify: &Notify) {
        if self.expected.is_met() {
            return;
        }
        let topics = self.topics(&self.remote.read().unwrap_or_else(PoisonError::into_inner));
        self.expected.look(&topics, &self.denied(), notify);
        let is_due = self.complaint.take_if(|when| *when <= Instant::now()).is_some();
        if is_due && !self.expected.is_met() {
            self.status().complaints(&self.expected).for_each(|text| tracing::warn!("{text}"));
        }
    }

    /// Tells what cannot be relayed, once, and that it can be again.
    fn tell(&mut self) {
        for mismatch in self.demand.mismatches.difference(&self.told) {
            tracing::warn!("{mismatch}; nothing is relayed between them");
        }
        for mismatch in self.told.difference(&self.demand.mismatches) {
            tracing::info!(topic = %mismatch.topic, "a mismatch of types is gone");
        }
        self.told.clone_from(&self.demand.mismatches);
    }

    fn complain(&mut self, failures: BTreeMap<TopicName, String>) {
        for (topic, reason) in &failures {
            if self.failed.get(topic) != Some(reason) {
                tracing::warn!(%topic, reason, "cannot be relayed");
            }
        }
        self.failed = failures;
    }
}

/// Follows the tokens of others.
fn watch(
    session: &Session,
    tokens: String,
    remote: &Arc<RwLock<Remote>>,
    wake: &Wake,
) -> Result<(), RelayError> {
    let own = session.zid().to_string();
    let (remote, wake) = (Arc::clone(remote), wake.clone());
    let follow = move |sample: zenoh::sample::Sample| {
        let token = sample.key_expr().as_str();
        // Ours say so in the second or third place.
        if token.split('/').skip(1).take(2).any(|chunk| chunk == own) {
            return;
        }
        let mut remote = remote.write().unwrap_or_else(PoisonError::into_inner);
        let changed = match sample.kind() {
            SampleKind::Put => remote.add(token),
            SampleKind::Delete => remote.remove(token),
        };
        drop(remote);
        if changed {
            wake.wake();
        }
    };
    let watching = session.liveliness().declare_subscriber(tokens).history(true).callback(follow);
    watching.background().wait().map_err(RelayError::zenoh("follow the graph of others"))
}
