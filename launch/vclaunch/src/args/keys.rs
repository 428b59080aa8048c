//! The command line, as far as it is about keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vc_plan::MachineName;

/// Which keys links to other machines use.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeysArgs {
    /// The folder of this computer's keys [default: `$VC_KEYS`, else ~/.config/vc/keys, if there are some]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Speak plainly to other machines though there are keys
    #[arg(long, conflicts_with = "keys")]
    pub(crate) no_keys: bool,
}

/// `vclaunch keys`
#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Make an authority that certifies others, and this computer's own keys as the first operator
    Init {
        /// This computer's name [default: what it is called]
        name: Option<MachineName>,
        #[command(flatten)]
        terms: Terms,
    },
    /// Certify a machine: write its keys to a file, to be installed there
    Add {
        /// The machine's name in launch files
        name: MachineName,
        /// Certify another operator instead
        #[arg(long)]
        operator: bool,
        #[command(flatten)]
        terms: Terms,
        /// The file to write [default: NAME.keys]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Put keys that `add` wrote in place, on the computer that they are for, and remove the file
    Install {
        /// The file
        file: PathBuf,
        /// Also where others are in place
        #[arg(long)]
        replace: bool,
    },
    /// Show this computer's certificate, and those that were given to others
    List {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
}

/// What a certificate says beside a name.
#[derive(Debug, Args)]
pub(crate) struct Terms {
    /// An address or name by which others reach its vcbridge; NAME and NAME.local are known already
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Vec<String>,
    /// For how many days it holds
    #[arg(long, value_name = "NUMBER", default_value = "365", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: u32,
}
