use proptest::prelude::*;
use vc_plan::plan::{Grace, Restart, RestartPolicy};

use super::*;

fn policy(restart: RestartPolicy, max_retries: Option<u32>) -> Policy {
    Policy {
        restart: Restart { policy: restart, delay: Duration::from_secs(1), max_retries },
        grace: Grace { sigterm: Duration::from_secs(5), sigkill: Duration::from_secs(5) },
        ready: Some(Duration::from_secs(10)),
        watchdog: Some(Duration::from_secs(10)),
    }
}

fn resting(retries: u32, end: End) -> ChildState {
    ChildState::Resting { retries, pause: Duration::from_secs(1 << (retries - 1)), end }
}

fn recovering(rung: Rung, end: End) -> ChildState {
    ChildState::Stopping { rung, then: Then::Recover { end, retries: 0 } }
}

fn asked(rung: Rung) -> ChildState {
    ChildState::Stopping { rung, then: Then::Rest }
}

#[test]
fn every_step_of_an_ordinary_life() {
    use ChildEvent as E;
    use ChildState as S;
    let starting = || S::Starting { retries: 0 };
    let running = || S::Running { retries: 0 };
    let crash = || End::Signal(11);
    let table = [
        (S::Waiting, E::Start, starting(), Action::Spawn),
        (S::Waiting, E::Stop(Rung::Ask), S::Stopped { end: None }, Action::Nothing),
        (
            S::Waiting,
            E::Hopeless { reason: "why".into() },
            S::Failed { end: End::NeverStarted { reason: "why".into() } },
            Action::Nothing,
        ),
        (starting(), E::Ready, running(), Action::Nothing),
        (starting(), E::TimeUp, recovering(Rung::Term, End::NeverReady), Action::Signal(Rung::Term)),
        (starting(), E::Exited(End::Code(3)), resting(1, End::Code(3)), Action::Nothing),
        (starting(), E::Stop(Rung::Ask), asked(Rung::Ask), Action::Signal(Rung::Ask)),
        (running(), E::Exited(End::Code(0)), S::Ended { end: End::Code(0) }, Action::Nothing),
        (running(), E::Exited(crash()), resting(1, crash()), Action::Nothing),
        (running(), E::Hung, recovering(Rung::Abort, End::Hung), Action::Signal(Rung::Abort)),
        (S::Running { retries: 4 }, E::TimeUp, running(), Action::Nothing),
        (resting(1, crash()), E::TimeUp, S::Starting { retries: 1 }, Action::Spawn),
        (resting(1, crash()), E::Stop(Rung::Ask), S::Stopped { end: Some(crash()) }, Action::Nothing),
        (S::Running { retries: 1 }, E::Exited(crash()), resting(2, crash()), Action::Nothing),
        (asked(Rung::Ask), E::TimeUp, asked(Rung::Term), Action::Signal(Rung::Term)),
        (asked(Rung::Ask), E::Stop(Rung::Kill), asked(Rung::Kill), Action::Signal(Rung::Kill)),
        (asked(Rung::Term), E::TimeUp, asked(Rung::Kill), Action::Signal(Rung::Kill)),
        (asked(Rung::Term), E::Stop(Rung::Term), asked(Rung::Term), Action::Nothing),
        (asked(Rung::Kill), E::TimeUp, S::Stopped { end: Some(End::Unkillable) }, Action::Nothing),
        (asked(Rung::Ask), E::Exited(End::Code(1)), S::Stopped { end: Some(End::Code(1)) }, Action::Nothing),
        (
            recovering(Rung::Abort, End::Hung),
            E::TimeUp,
            recovering(Rung::Kill, End::Hung),
            Action::Signal(Rung::Kill),
        ),
        (
            recovering(Rung::Kill, End::Hung),
            E::Exited(End::Signal(9)),
            resting(1, End::Hung),
            Action::Nothing,
        ),
        (recovering(Rung::Kill, End::Hung), E::TimeUp, S::Failed { end: End::Unkillable }, Action::Nothing),
        (recovering(Rung::Term, End::NeverReady), E::Stop(Rung::Ask), asked(Rung::Term), Action::Nothing),
    ];
    let policy = policy(RestartPolicy::OnFailure, None);

    for (state, event, next, action) in table {
        let seen = step(state.clone(), event.clone(), &policy);

        assert_eq!(seen, (next, action), "{state:?} on {event:?}");
    }
}

#[test]
fn restarts_follow_the_policy() {
    let crash = || ChildEvent::Exited(End::Code(1));
    let done = || ChildEvent::Exited(End::Code(0));
    let after = |restart, retries, most, event| {
        step(ChildState::Running { retries }, event, &policy(restart, most)).0.word()
    };

    assert_eq!(after(RestartPolicy::Never, 0, None, crash()), "failed");
    assert_eq!(after(RestartPolicy::Never, 0, None, done()), "ended");
    assert_eq!(after(RestartPolicy::OnFailure, 0, None, crash()), "resting");
    assert_eq!(after(RestartPolicy::OnFailure, 0, None, done()), "ended");
    assert_eq!(after(RestartPolicy::Always, 0, None, done()), "resting");
    assert_eq!(after(RestartPolicy::Always, 2, Some(3), crash()), "resting");
    assert_eq!(after(RestartPolicy::Always, 3, Some(3), crash()), "failed");
}

#[test]
fn signals_have_names() {
    assert_eq!(End::Signal(9).to_string(), "SIGKILL");
    assert_eq!(End::Signal(11).to_string(), "SIGSEGV");
    assert_eq!(End::Signal(40).to_string(), "signal 40");
}

fn any_end() -> impl Strategy<Value = End> {
    prop_oneof![
        (0..4).prop_map(End::Code),
        (1..16).prop_map(End::Signal),
        Just(End::NeverReady),
        Just(End::Hung),
        Just(End::NotStarted { reason: "no such file".into() }),
        Just(End::NeverStarted { reason: "what it waits for has failed".into() }),
    ]
}

fn any_rung() -> impl Strategy<Value = Rung> {
    prop_oneof![Just(Rung::Ask), Just(Rung::Term), Just(Rung::Abort), Just(Rung::Kill)]
}

fn any_event() -> impl Strategy<Value = ChildEvent> {
    prop_oneof![
        Just(ChildEvent::Start),
        Just(ChildEvent::Hopeless { reason: "what it waits for has failed".into() }),
        Just(ChildEvent::NotStarted { reason: "no such file".into() }),
        Just(ChildEvent::Ready),
        Just(ChildEvent::Hung),
        Just(ChildEvent::TimeUp),
        any_end().prop_map(ChildEvent::Exited),
        any_rung().prop_map(ChildEvent::Stop),
    ]
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let restart =
        prop_oneof![Just(RestartPolicy::Never), Just(RestartPolicy::OnFailure), Just(RestartPolicy::Always)];
    (restart, proptest::option::of(0_u32..3)).prop_map(|(restart, most)| policy(restart, most))
}

proptest! {
    /// Whatever happened before, `Stop` and the passing of time alone end a node: at most the four
    /// rungs later it is over, even if its process never reports an end.
    #[test]
    fn stop_from_any_state_ends_in_bounded_steps(
        policy in any_policy(),
        history in proptest::collection::vec(any_event(), 0..40),
    ) {
        let state = history.into_iter().fold(ChildState::Waiting, |state, event| step(state, event, &policy).0);

        let (mut state, _) = step(state, ChildEvent::Stop(Rung::Ask), &policy);
        let mut steps = 0;
        while !state.is_final() {
            prop_assert!(policy.patience(&state).is_some(), "{state:?} would last for ever");
            (state, _) = step(state, ChildEvent::TimeUp, &policy);
            steps += 1;
            prop_assert!(steps <= 4, "{state:?} after {steps} steps");
        }
    }

    /// After `Stop` nothing starts any more.
    #[test]
    fn nothing_starts_after_stop(
        policy in any_policy(),
        before in proptest::collection::vec(any_event(), 0..40),
        after in proptest::collection::vec(any_event(), 0..40),
    ) {
        let state = before.into_iter().fold(ChildState::Waiting, |state, event| step(state, event, &policy).0);

        let (mut state, mut action) = step(state, ChildEvent::Stop(Rung::Ask), &policy);
        for event in after {
            prop_assert_ne!(action, Action::Spawn);
            (state, action) = step(state, event, &policy);
        }
    }

    /// A process is made only where there is none.
    #[test]
    fn no_second_process_beside_the_first(
        policy in any_policy(),
        events in proptest::collection::vec(any_event(), 0..60),
    ) {
        let mut state = ChildState::Waiting;
        for event in events {
            let had_process = state.has_process();
            let (next, action) = step(state, event, &policy);
            prop_assert!(!(had_process && action == Action::Spawn));
            prop_assert_eq!(action == Action::Spawn, !had_process && next.has_process());
            state = next;
        }
    }
}
