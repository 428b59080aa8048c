//! `vcbridge`: joins this host's topics to other hosts and to ROS 2.

mod args;
mod doctor;
mod keys;
mod log;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use vc::domain::Domain;
use vc::launcher::die_with_launcher;
use vc::notify::Notify;
use vc::stop::Stop;
use vc_fleet::keys::Keys;
use vc_relay::{Relay, RelayError, ask, stand_in};

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    log::init();
    end_on_panic();
    let ended = keys::of(&args).and_then(|keys| run(&args, keys).map_err(|error| vc_relay::chain(&error)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// A thread that panics, be it zenoh's, may leave a lock that nobody gets any more. A relay that then carries nothing and
/// looks alive is worse than one that ends, and is started again.
fn end_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::exit(101);
    }));
}

fn run(args: &Args, keys: Option<Keys>) -> Result<(), RelayError> {
    let domain = Domain::from_env()?;
    match &args.command {
        Some(Command::Doctor { json, seconds }) => examine(domain, *json, *seconds),
        None => relay(domain, args, keys),
    }
}

fn relay(domain: Domain, args: &Args, keys: Option<Keys>) -> Result<(), RelayError> {
    die_with_launcher()?;
    let mut settings = args.settings()?;
    settings.session.keys = keys.as_ref().map(keys::for_session);
    // A topic takes some descriptors, and there may be hundreds.
    let limit = getrlimit(Resource::Nofile);
    if let Err(errno) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%errno, "cannot open more files than {:?}", limit.current);
    }
    let (notify, stop) = (Notify::from_env(), Stop::on_signals()?);
    let mut relay = match Relay::open(domain, &settings, stop.clone()) {
        Err(RelayError::Second { .. }) if settings.share => {
            return stand_in(domain, &settings, &notify, &stop);
        }
        opened => opened?,
    };
    tracing::info!(domain = domain.id(), session = relay.session_id(), "relays as {}", relay.place());
    if let Some(keys) = &keys {
        tracing::info!("links are certified; this host is {}", keys.own());
        keys::warn_of_the_web(&settings.session.connect);
    }
    for endpoint in relay.place().plain() {
        tracing::warn!(
            "whoever reaches {endpoint} can read and write what may cross: nobody is asked who he is"
        );
    }
    keys::explain(settings.session.connect.clone(), keys);
    notify.send("READY=1");
    relay.run(&notify)
}

#[expect(clippy::print_stdout, reason = "what was asked for")]
fn examine(domain: Domain, json: bool, seconds: f64) -> Result<(), RelayError> {
    let (before, began) = (ask(domain)?, Instant::now());
    if json {
        println!("{}", serde_json::to_string_pretty(&before).unwrap_or_default());
        return Ok(());
    }
    std::thread::sleep(Duration::from_secs_f64(seconds));
    let after = ask(domain)?;
    let between = began.elapsed();
    print!("{}", doctor::Examination { before, after, between }.report());
    Ok(())
}
