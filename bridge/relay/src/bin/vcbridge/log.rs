//! Log output: to standard error, as nodes do.

use std::fmt;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use vc_fleet::keys::Refusal;

/// What zenoh's TLS calls itself.
const TLS: &str = "zenoh_link_tls";
/// What it adds to every refusal, whatever the reason.
const NO_HINT: &str = ". Hint: increase the system open file limit.";
/// One refusal is told in so long a time: whoever is refused tries again at once.
const QUIET: Duration = Duration::from_secs(10);

/// Sends log events to standard error: those of `RUST_LOG`, else ours of level info and zenoh's of level error: it
/// says as warnings what is daily life to it. But whom its TLS refuses is told.
pub(crate) fn init() {
    let from_env = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse::<Targets>().ok());
    let ours = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_target(TLS, LevelFilter::WARN)
        .with_targets(["vcbridge", "vc_relay", "vc_session", "vc"].map(|target| (target, LevelFilter::INFO)));
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Words {
            lines: tracing_subscriber::fmt::format().with_target(false),
            told: Mutex::default(),
        })
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let _ = tracing_subscriber::registry().with(from_env.unwrap_or(ours)).with(lines).try_init();
}

/// Lines as they are, but refusals in plain words.
struct Words {
    lines: Format,
    told: Mutex<Option<Instant>>,
}

impl<S, N> FormatEvent<S, N> for Words
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if !event.metadata().target().starts_with(TLS) {
            return self.lines.format_event(context, writer, event);
        }
        let mut message = Message::default();
        event.record(&mut message);
        let Some(cause) = message.0.strip_suffix(NO_HINT) else {
            return self.lines.format_event(context, writer, event);
        };
        let (mut told, now) = (self.told.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        if told.is_some_and(|told| now.saturating_duration_since(told) < QUIET) {
            return Ok(());
        }
        *told = Some(now);
        let mut line = String::new();
        self.lines.format_event(context, Writer::new(&mut line), event)?;
        let mut writer = writer;
        writer.write_str(&line.replace(&message.0, &format!("refused a connection: {}", words(cause))))
    }
}

/// What an event says.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// A refusal of rustls in the words of agents.
fn words(cause: &str) -> String {
    let known = [
        ("corrupt message", Refusal::Plain),
        ("no certificates", Refusal::NoCertificate),
        ("UnknownIssuer", Refusal::OtherAuthority),
        ("expired", Refusal::Expired),
        ("fatal alert: UnknownCA", Refusal::WeAreUnknown),
        ("fatal alert: CertificateExpired", Refusal::WeAreExpired),
        ("fatal alert", Refusal::WeAreRefused(cause.rsplit(' ').next().unwrap_or_default().to_owned())),
        ("Timeout", Refusal::Silent),
        ("eof", Refusal::Gone),
    ];
    let found = known.into_iter().find(|(part, _)| cause.contains(part));
    found.map_or_else(|| cause.to_owned(), |(_, refusal)| refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tls_refuses_is_told_in_plain_words() {
        for (cause, told) in [
            ("received corrupt message of type InvalidContentType", "it has no keys"),
            ("peer sent no certificates", "it shows no certificate"),
            ("invalid peer certificate: UnknownIssuer", "of another authority"),
            ("received fatal alert: BadCertificate", "it refuses our certificate (BadCertificate)"),
            ("Too many open files (os error 24)", "Too many open files"),
        ] {
            assert!(words(cause).contains(told), "{cause}: {}", words(cause));
        }
    }
}
