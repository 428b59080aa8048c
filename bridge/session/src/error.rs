//! Why there is no session.

/// Why no session could be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// An address that is none.
    #[error("`{endpoint}` is no address; write it as `tcp/10.0.0.2:7447`")]
    Endpoint {
        /// What was given.
        endpoint: String,
    },
    /// An address that would be plain, on a host with keys.
    #[error(
        "`{endpoint}` is plain, and this host has keys, those of {own}: write it as `tls/…` (the other side needs keys \
         of the same authority), or give `--no-keys`"
    )]
    Plain {
        /// The address.
        endpoint: String,
        /// Whose keys.
        own: String,
    },
    /// An address that needs keys, on a host without.
    #[error("`{endpoint}` needs keys, and this host has none: `vclaunch keys --help`")]
    NoKeys {
        /// The address.
        endpoint: String,
    },
    /// A variable of the environment that cannot be used.
    #[error("{variable} is `{value}`: {reason}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What it holds.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another router has the port, and this one was asked to reach others.
    #[error(
        "{endpoint} is taken by another router, and only one can connect this host to others; \
         stop it, let it connect itself, or listen elsewhere with `--listen tcp/127.0.0.1:7448`"
    )]
    Taken {
        /// The address.
        endpoint: String,
    },
    /// zenoh could not open it.
    #[error("cannot open a zenoh session ({action}): {reason}")]
    Open {
        /// What was tried.
        action: String,
        /// What zenoh says.
        reason: String,
    },
}
