//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use vc_relay::rules::Entry;
use vc_relay::{ConfigError, RelayError, Settings};

/// Joins this host's topics to other hosts and to ROS 2 (`rmw_zenoh`).
///
/// The domain is that of `ROS_DOMAIN_ID`. A topic crosses while a node on one side publishes it and a node on the other
/// subscribes to it; nothing else leaves this host.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Two hosts:   vcbridge --listen tcp/0.0.0.0:7447        on one
             vcbridge --connect tcp/ONE:7447           on the other
With keys:   the same with tls/ instead of tcp/        (`vclaunch keys --help`)
With ROS 2:  vcbridge                                  its nodes look for a router on this port
Also read:   ROS_DOMAIN_ID, ZENOH_CONFIG_OVERRIDE, ZENOH_ROUTER_CONFIG_URI, ZENOH_SESSION_CONFIG_URI,
             ZENOH_ROUTER_CHECK_ATTEMPTS, RUST_LOG
How it is:   vcbridge doctor"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Read these settings from a YAML file; what stands here is added to it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The same as a file's text; `vclaunch` starts relays so
    #[arg(long, value_name = "YAML", conflicts_with = "config")]
    settings: Option<String>,
    /// Where to listen, such as tcp/0.0.0.0:7447; without it only this host is served
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Whom to connect to, such as tcp/10.0.0.2:7447
    #[arg(long, value_name = "ADDRESS")]
    connect: Vec<String>,
    /// Be the client of whom it connects to, never a router
    #[arg(long, requires = "connect")]
    client: bool,
    /// The folder of this host's keys [default: `$VC_KEYS`, else ~/.config/vc/keys, if there are some]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Speak plainly to other hosts though there are keys
    #[arg(long, conflicts_with = "keys")]
    pub(crate) no_keys: bool,
    /// Speak with zenoh-bridge-ros2dds too, for robots on DDS
    #[arg(long)]
    dds: bool,
    /// The domain on the wire, where it is another one than `ROS_DOMAIN_ID`
    #[arg(long, value_name = "NUMBER")]
    wire_domain: Option<u32>,
    /// Topics that may leave: /camera/*, /robot1/**; without it all may. For one peer only: /map@certificate:NAME,
    /// /map@session:ID, /map@interface:wlan0; then who is not named may nothing
    #[arg(long, value_name = "TOPICS")]
    allow_out: Vec<String>,
    /// Topics that may not leave; for one peer only as above
    #[arg(long, value_name = "TOPICS")]
    deny_out: Vec<String>,
    /// Topics that may come in; without it all may
    #[arg(long, value_name = "TOPICS")]
    allow_in: Vec<String>,
    /// Topics that may not come in
    #[arg(long, value_name = "TOPICS")]
    deny_in: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tells how this domain's relay is: who is connected, who sees whom, why a topic is silent, what crosses
    Doctor {
        /// What it knows, as JSON, at once
        #[arg(long)]
        json: bool,
        /// How long to look, for the rates
        #[arg(long, default_value_t = 1.0, value_parser = seconds)]
        seconds: f64,
    },
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.01..=3600.0).contains(number));
    number.ok_or_else(|| "a number from 0.01 to 3600".to_owned())
}

impl Args {
    pub(crate) fn settings(&self) -> Result<Settings, RelayError> {
        let mut settings = match (&self.config, &self.settings) {
            (Some(file), _) => read(file)?,
            (None, Some(text)) => Settings::parse(text).map_err(|error| RelayError::Config {
                path: "--settings".into(),
                source: ConfigError::Text(error),
            })?,
            (None, None) => Settings::default(),
        };
        settings.session.listen.extend(self.listen.iter().cloned());
        settings.session.connect.extend(self.connect.iter().cloned());
        settings.session.client |= self.client;
        settings.dds |= self.dds;
        settings.wire_domain = self.wire_domain.or(settings.wire_domain);
        let rules = &mut settings.rules;
        for (to, texts) in [
            (&mut rules.out.allow, &self.allow_out),
            (&mut rules.out.deny, &self.deny_out),
            (&mut rules.r#in.allow, &self.allow_in),
            (&mut rules.r#in.deny, &self.deny_in),
        ] {
            for text in texts {
                to.push(Entry::parse(text)?);
            }
        }
        Ok(settings)
    }
}

fn read(path: &PathBuf) -> Result<Settings, RelayError> {
    let failed = |source| RelayError::Config { path: path.clone(), source };
    let text = std::fs::read_to_string(path).map_err(|error| failed(ConfigError::Read(error)))?;
    Settings::parse(&text).map_err(|error| failed(ConfigError::Text(error)))
}
