//! How a part's relay is started: by whoever starts the part, since he knows where it lies and where it listens.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use vc_plan::Plan;
use vc_plan::machine::Asked;
use vc_plan::plan::NodeKind;
use vc_plan::relay::{PORT, PROGRAM};

use crate::keys::Keys;

/// How a machine is asked for its relay's program.
pub fn asked() -> Asked {
    Asked { pkg: None, exec: PROGRAM.to_owned(), describe: false }
}

/// Where a relay listens on, or is reached at, an address; with keys nobody speaks plainly.
pub fn endpoint(address: IpAddr, with_keys: bool) -> String {
    let protocol = if with_keys { "tls" } else { "tcp" };
    format!("{protocol}/{}", SocketAddr::new(address, PORT))
}

/// Makes the command line of a part's relay, if it has one. Whatever the plan says of it beside what it carries does
/// not count. It listens for others on `own`, the address at which this machine is reached by who sends the part, and
/// uses the `keys` that its machine's links use.
///
/// # Errors
/// Why there is no program for it.
pub fn equip(
    part: &mut Plan,
    own: Option<IpAddr>,
    connect: &[String],
    keys: Option<&Keys>,
    find: impl Fn() -> Result<PathBuf, String>,
) -> Result<(), String> {
    for node in &mut part.nodes {
        let NodeKind::Relay(relay) = &node.kind else { continue };
        let own = own.filter(|_| relay.is_met).map(|address| endpoint(address, keys.is_some()));
        node.args = relay.arguments(&Vec::from_iter(own), connect);
        node.args.extend(match keys {
            Some(keys) => vec!["--keys".to_owned(), keys.folder().display().to_string()],
            None => vec!["--no-keys".to_owned()],
        });
        node.program = find()?;
        // zenoh puts up with clocks that are half a second apart, and complains of each sample beyond: a day will do.
        let patience = ("UHLC_MAX_DELTA_MS".to_owned(), Some("86400000".to_owned()));
        (node.prefix, node.env, node.cwd) = (Vec::new(), vec![patience], None);
    }
    Ok(())
}
