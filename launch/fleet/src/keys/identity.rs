//! Who a certificate is about.

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use rustls::pki_types::DnsName;
use time::OffsetDateTime;
use vc_plan::MachineName;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::KeysError;

/// The domain that roles stand in. Nobody can get a certificate for it from an authority of the web.
const DOMAIN: &str = "vc.internal";
/// Where every relay is reached on its own computer.
pub(super) const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What a computer may do to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Start and stop what agents run.
    Operator,
    /// Be asked to.
    Machine,
}

impl Role {
    /// The host name that all of the role are certified for.
    pub(super) fn host(self) -> String {
        format!("{self}.{DOMAIN}")
    }

    /// The host name that only the one of that name is certified for.
    pub(super) fn host_of(self, name: &MachineName) -> String {
        format!("{name}.{}", self.host())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "operator",
            Self::Machine => "machine",
        })
    }
}

/// Who a certificate is about. Displayed as `machine arm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What it may do.
    pub role: Role,
    /// Its name.
    pub name: MachineName,
    /// The names and addresses by which its relay may be reached from elsewhere.
    pub addresses: Vec<String>,
    valid_until: OffsetDateTime,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.role, self.name)
    }
}

impl Identity {
    /// Reads a certificate. It says nothing about who made it.
    pub(super) fn read(certificate: &[u8]) -> Result<Self, String> {
        let (_, certificate) =
            X509Certificate::from_der(certificate).map_err(|error| format!("no certificate: {error}"))?;
        let names = certificate.subject_alternative_name().map_err(|error| error.to_string())?;
        let names = names.iter().flat_map(|names| &names.value.general_names);
        let names: Vec<String> = names.filter_map(text).collect();
        let role_of = |role: Role| {
            let host = format!(".{}", role.host());
            let name = names.iter().find_map(|name| name.strip_suffix(host.as_str()));
            name.and_then(|name| Some((role, MachineName::parse(name).ok()?)))
        };
        let (role, name) = role_of(Role::Operator)
            .or_else(|| role_of(Role::Machine))
            .ok_or("a certificate, but none of `vclaunch keys`")?;
        let valid_until = certificate.validity().not_after.to_datetime();
        let addresses = names.into_iter().filter(|name| !is_ours(name) && !LOOPBACK.contains(&name.as_str()));
        Ok(Self { role, name, addresses: addresses.collect(), valid_until })
    }

    /// Whether its relay is certified for that address.
    pub fn is_reached_at(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.addresses.iter().any(|own| own.parse() == Ok(address))
    }

    /// Whether both certificates are of the same name and role.
    pub fn is_the_same(&self, other: &Self) -> bool {
        (self.role, &self.name) == (other.role, &other.name)
    }

    /// The last day on which it holds, `2027-11-26`.
    pub fn valid_until(&self) -> String {
        self.valid_until.date().to_string()
    }

    /// Whole days until it ends; below zero: it has ended.
    pub fn days_left(&self, now: SystemTime) -> i64 {
        let left = self.valid_until - OffsetDateTime::from(now);
        if left.is_negative() { -1 } else { left.whole_days() }
    }

    /// How to make it hold longer.
    pub fn renewal(&self) -> String {
        let operator = if self.role == Role::Operator { " --operator" } else { "" };
        format!("make a new one where the authority is, `vclaunch keys add {}{operator}`", self.name)
    }
}

fn text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let address = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = address.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// Whether a host name speaks of roles.
fn is_ours(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(DOMAIN).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Checks the name or address of a relay, as it is to stand in a certificate.
pub(super) fn check_address(address: &str) -> Result<(), KeysError> {
    let refused = |why| Err(KeysError::Text { text: address.to_owned(), why });
    if is_ours(address) {
        return refused("speaks of roles: no relay is called so");
    }
    if address.parse::<IpAddr>().is_err() && DnsName::try_from(address).is_err() {
        return refused("is no address: give a host's name or address, without a port");
    }
    Ok(())
}

/// The names by which a machine's relay may be reached without anybody's saying so.
pub(super) fn own_names(name: &MachineName) -> Result<Vec<String>, KeysError> {
    let plain = name.to_string();
    if DnsName::try_from(Role::Machine.host_of(name)).is_err() {
        return Err(KeysError::Text { text: plain, why: "can be a machine, but not the name of a host" });
    }
    check_address(&plain)?;
    let local = (!plain.contains('.')).then(|| format!("{plain}.local"));
    Ok(std::iter::once(plain).chain(local).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_a_role_by_his_name_or_address() {
        for address in ["operator.vc.internal", "a.operator.VC.internal", "vc.internal", "vc.internal."] {
            assert!(check_address(address).is_err(), "{address}");
            let name = MachineName::parse(address).unwrap();
            assert!(own_names(&name).is_err(), "{address}");
        }
        for address in ["a:7447", "", "a b", "*.a", "10.0.0.2:7447", "[::1]", "a/b"] {
            assert!(check_address(address).is_err(), "{address}");
        }
        for address in ["10.0.0.2", "fe80::1", "arm", "arm.local", "robot.example.com", "xvc.internal"] {
            assert!(check_address(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn names_that_no_host_can_have_are_told() {
        for name in ["a..b", "a-", "a."] {
            assert!(own_names(&MachineName::parse(name).unwrap()).is_err(), "{name}");
        }
        let names = |name| own_names(&MachineName::parse(name).unwrap()).unwrap();
        assert_eq!(names("Arm_2"), ["Arm_2", "Arm_2.local"]);
        assert_eq!(names("arm.lab"), ["arm.lab"]);
    }
}
