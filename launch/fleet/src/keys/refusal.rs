//! Why a link is refused, in plain words.

use std::io::{self, ErrorKind};

use rustls::{AlertDescription, CertificateError, Error as TlsError};

use super::Role;
use super::identity::LOOPBACK;

/// Why one side of a link refuses the other. Reads as something that is said of the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It speaks plainly to somebody who has keys.
    #[error("it has no keys, or was told not to use them")]
    Plain,
    /// It speaks TLS to somebody who has no keys.
    #[error("it has keys, and here are none")]
    NoKeysHere,
    /// What it says is no TLS.
    #[error("what it says is neither TLS nor a question to an agent")]
    NoTls,
    /// It said too little in too long a time.
    #[error("it did not say who it is within seconds")]
    Silent,
    /// It connected, said nothing and went away: a look whether somebody listens.
    #[error("it said nothing")]
    Looked,
    /// It went away before it was known.
    #[error("it ended the connection before it said who it is")]
    Gone,
    /// It shows no certificate.
    #[error("it shows no certificate")]
    NoCertificate,
    /// Its certificate is of another authority.
    #[error("its certificate is of another authority, that of another `vclaunch keys init`")]
    OtherAuthority,
    /// The time of its certificate is over.
    #[error("its certificate has expired (or the clock here is wrong)")]
    Expired,
    /// Its certificate is about somebody else.
    #[error("its certificate is not for {wanted}, but for {certified}")]
    SomebodyElse {
        /// Who was expected.
        wanted: String,
        /// For whom it is.
        certified: String,
    },
    /// It may not give orders.
    #[error("its certificate is that of {0}, and only an operator's counts here")]
    NoOperator(String),
    /// It does not know our authority.
    #[error(
        "it refuses our certificate: it knows another authority only, that of another `vclaunch keys init`"
    )]
    WeAreUnknown,
    /// It says that our certificate has expired.
    #[error("it refuses our certificate as expired (or the clock there is wrong)")]
    WeAreExpired,
    /// It refuses us for another reason.
    #[error("it refuses our certificate ({0})")]
    WeAreRefused(String),
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl Refusal {
    /// What an error of a link means, if it is about who is who.
    pub(super) fn of_io(error: &io::Error) -> Option<Self> {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>())?;
        Some(Self::of_tls(tls.clone()))
    }

    /// What an error of a handshake means.
    pub(super) fn of(error: &io::Error) -> Self {
        Self::of_io(error).unwrap_or_else(|| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Silent,
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Self::Gone,
            _ => Self::Other(error.to_string()),
        })
    }

    pub(super) fn of_tls(error: TlsError) -> Self {
        match error {
            TlsError::NoCertificatesPresented => Self::NoCertificate,
            TlsError::InvalidCertificate(why) => Self::of_certificate(why),
            TlsError::InvalidMessage(_) => Self::NoTls,
            TlsError::AlertReceived(AlertDescription::UnknownCA) => Self::WeAreUnknown,
            TlsError::AlertReceived(AlertDescription::CertificateExpired) => Self::WeAreExpired,
            TlsError::AlertReceived(alert) => Self::WeAreRefused(format!("{alert:?}")),
            other => Self::Other(other.to_string()),
        }
    }

    fn of_certificate(error: CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::OtherAuthority,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidForNameContext { expected, presented } => {
                let (wanted, is_role) = shown(&expected.to_str());
                Self::SomebodyElse { wanted, certified: certified(&presented, is_role) }
            }
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(ErrorKind::PermissionDenied, refusal)
    }
}

/// `arm.machine.vc.internal` → `machine arm`, which is a role; any other host stays.
fn shown(host: &str) -> (String, bool) {
    let of = |role: Role| {
        let rest = host.strip_suffix(role.host().as_str())?;
        Some(rest.strip_suffix('.').map_or_else(|| format!("any {role}"), |name| format!("{role} {name}")))
    };
    let role = of(Role::Machine).or_else(|| of(Role::Operator));
    role.map_or_else(|| (host.to_owned(), false), |role| (role, true))
}

/// For whom a certificate is, as rustls tells its names: its roles if one was asked for, else its hosts.
fn certified(presented: &[String], is_role: bool) -> String {
    let names = presented.iter().map(|name| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        shown(inner.unwrap_or(name).trim_matches('"'))
    });
    // Its way of writing `::1`.
    let is_loopback = |name: &str| LOOPBACK.contains(&name) || name == "0::1";
    let wanted =
        |(name, role): &(String, bool)| *role == is_role && !name.starts_with("any ") && !is_loopback(name);
    let names: Vec<String> = names.filter(wanted).map(|(name, _)| name).take(8).collect();
    if names.is_empty() { "somebody else".to_owned() } else { names.join(", ") }
}
